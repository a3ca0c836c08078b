//! What a quorum's routes answer when they did not do it.

use axum::response::{IntoResponse, Response};
use postern_app::quorum::{Refusal, UseCaseError};
use postern_app::web::context::AppState;
use postern_core::model::Timestamp;

use crate::api::Problem;
use crate::api::kind;

/// What a handler answers.
pub type RouteResult<T> = Result<T, RouteError>;

/// A use case's no, as a problem.
#[derive(Debug)]
pub struct RouteError(Problem);

impl RouteError {
    pub fn by(app: &AppState) -> impl FnOnce(UseCaseError) -> Self + use<> {
        let now = app.portal.now();
        move |no| match no {
            UseCaseError::Refused(refusal) => Self(of_refusal(&refusal, now)),
            UseCaseError::InternalError(fault) => {
                Self(Problem::of(&postern_app::portal::UseCaseError::InternalError(fault), now))
            }
        }
    }
}

impl From<Problem> for RouteError {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl IntoResponse for RouteError {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

fn of_refusal(refusal: &Refusal, now: Timestamp) -> Problem {
    let kind = match refusal {
        Refusal::NotASecret(_) => kind::NOT_A_SECRET,
        Refusal::Recipient(_) | Refusal::Recipients => kind::NOT_A_RECIPIENT,
        Refusal::Numbers | Refusal::TooManyShares { .. } | Refusal::Lasts | Refusal::Reason | Refusal::Note => {
            kind::BAD_SETTING
        }
        Refusal::Share(_) | Refusal::NotEncrypted => kind::NOT_A_SHARE,
        Refusal::OtherNumbers { .. } => kind::OTHER_NUMBERS,
        Refusal::NoSession => kind::NO_QUORUM_SESSION,
        Refusal::Over => kind::QUORUM_OVER,
        Refusal::OtherGroup => kind::OTHER_GROUP,
        Refusal::Twice(_) => kind::SHARE_TWICE,
        Refusal::Full | Refusal::FullOfNetwork => kind::WAITING_FULL,
        Refusal::OtherPrivate => kind::WRONG,
        Refusal::Incomplete { .. } => kind::INCOMPLETE,
        Refusal::Forged | Refusal::ForgedShare(_) => kind::FORGED,
        Refusal::TooMany { .. } => kind::TOO_MANY_REQUESTS,
        Refusal::TooManyWrong { .. } => kind::TOO_MANY_REFUSALS,
    };
    let problem = Problem::new(kind, sentence(&refusal.to_string()));
    match refusal {
        Refusal::TooMany { until } | Refusal::TooManyWrong { until } => problem.after(now.secs_until(*until).max(1)),
        _ => problem,
    }
}

fn sentence(said: &str) -> String {
    let mut letters = said.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_refused_is_told_as_a_sentence() {
        assert_eq!(sentence("this session is over"), "This session is over.");
    }
}
