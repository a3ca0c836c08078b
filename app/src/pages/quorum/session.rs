//! `/quorum/{id}`: custodians agree there, and the one who asked gets the code.

use http::StatusCode;
use leptos::prelude::*;
use serde::Deserialize;

use super::{END, EVENTS, SESSION, SHARES, Shown, over_page, reader, shown, told};
use crate::pages::views::quorum::{self as views, CodeView, Over, QuorumNote, Role, SESSION_SCRIPTS, SessionView};
use crate::portal::{Answer, UseCaseError as Unable};
use crate::quorum::{Code, Given, Joining, Progress, Refusal, SessionId, UseCaseError, is_armored};
use crate::web::context::AppState;
use crate::words::quorum as words;
use postern_core::model::{Network, Secret};

/// A custodian's share, plain or encrypted.
#[derive(Clone, Deserialize)]
pub struct ShareForm {
    #[serde(default)]
    share: Secret<String>,
}

impl ShareForm {
    fn given(&self) -> Given<'_> {
        let text = self.share.expose();
        if is_armored(text) { Given::Encrypted(text) } else { Given::Plain(text) }
    }
}

/// What comes of bringing a share.
pub enum Joined {
    Done(Said),
    Refused(Shown),
}

/// What a page says once, told by a cookie of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    Joined,
    Waits,
    Ended,
}

impl Said {
    const ALL: [Self; 3] = [Self::Joined, Self::Waits, Self::Ended];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Joined => "joined",
            Self::Waits => "waits",
            Self::Ended => "ended",
        }
    }

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|said| said.as_str() == name)
    }

    const fn note(self) -> Option<QuorumNote> {
        match self {
            Self::Joined => Some(QuorumNote::Joined),
            Self::Waits => Some(QuorumNote::Waits),
            Self::Ended => None,
        }
    }
}

/// Who asks for a session's page.
#[derive(Clone, Copy)]
pub struct Asker<'a> {
    pub network: Network,
    /// The session's private key, of the browser that has it.
    pub private: Option<&'a str>,
    pub said: Option<Said>,
}

/// A path of a session.
fn at(template: &str, id: &SessionId) -> String {
    template.replace("{id}", &id.to_string())
}

/// The page as it is to this browser. With the private key in hand, shares that waited are read.
pub async fn session_page(app: &AppState, id: &SessionId, asker: Asker<'_>) -> Answer<Shown> {
    let said = asker.said;
    let mut note = said.and_then(Said::note);
    let role = match asker.private {
        None => None,
        Some(private) => match app.quorum.code(id, asker.network, private).await {
            Ok(Code { digits, expires_in, period }) => {
                Some((Some(CodeView { digits, left_secs: expires_in, period_secs: period }), false))
            }
            Err(UseCaseError::Refused(Refusal::Incomplete { .. })) => Some((None, false)),
            Err(UseCaseError::Refused(Refusal::Forged)) => Some((None, true)),
            Err(UseCaseError::Refused(refusal @ Refusal::TooMany { .. })) => {
                note = Some(told(&refusal, app.portal.now()).0);
                Some((None, false))
            }
            // Of another session, or none: as anybody else.
            Err(UseCaseError::Refused(_)) => None,
            Err(UseCaseError::InternalError(fault)) => return Err(Unable::InternalError(fault)),
        },
    };
    let role = match role {
        None => as_custodian(app, id, Secret::default()),
        Some((code, forged)) => {
            let link = format!("{}{}", app.origin, at(SESSION, id));
            Role::Dealer { link, code, forged, end: at(END, id) }
        }
    };
    match app.quorum.progress(id).await {
        Ok(progress) => Ok(page(app, id, progress, StatusCode::OK, note, role)),
        Err(no) => gone(app, no, said),
    }
}

/// Brings a share.
pub async fn join(app: &AppState, network: Network, id: &SessionId, typed: ShareForm) -> Answer<Joined> {
    let refusal = match app.quorum.join(id, network, typed.given()).await {
        Ok(Joining::Joined) => return Ok(Joined::Done(Said::Joined)),
        Ok(Joining::Waits) => return Ok(Joined::Done(Said::Waits)),
        Err(UseCaseError::Refused(refusal)) => refusal,
        Err(UseCaseError::InternalError(fault)) => return Err(Unable::InternalError(fault)),
    };
    let (note, status) = told(&refusal, app.portal.now());
    Ok(Joined::Refused(match app.quorum.progress(id).await {
        Ok(progress) => {
            let role = as_custodian(app, id, typed.share);
            page(app, id, progress, status, Some(note), role)
        }
        Err(no) => gone(app, no, None)?,
    }))
}

fn as_custodian(app: &AppState, id: &SessionId, typed: Secret<String>) -> Role {
    Role::Custodian { action: at(SHARES, id), typed, reader: reader(app) }
}

fn gone(app: &AppState, no: UseCaseError, said: Option<Said>) -> Answer<Shown> {
    match no {
        UseCaseError::Refused(Refusal::Over) if said == Some(Said::Ended) => Ok(over_page(app, Over::Ended)),
        UseCaseError::Refused(Refusal::Over) => Ok(over_page(app, Over::Over)),
        UseCaseError::Refused(_) => Ok(over_page(app, Over::Unknown)),
        UseCaseError::InternalError(fault) => Err(Unable::InternalError(fault)),
    }
}

fn page(
    app: &AppState,
    id: &SessionId,
    progress: Progress,
    status: StatusCode,
    note: Option<QuorumNote>,
    role: Role,
) -> Shown {
    let (here, events, now) = (at(SESSION, id), at(EVENTS, id), app.portal.now());
    let view = SessionView { here, events, now, progress, note, role };
    shown(app, status, "", words::SESSION_TITLE, SESSION_SCRIPTS, move || views::session(view).into_any())
}
