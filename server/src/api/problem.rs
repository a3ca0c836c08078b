//! Errors as RFC 9457 has them: `application/problem+json`. `type` is stable; `message` repeats `detail` for older clients.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use postern_app::portal::{InternalError, UseCaseError};
use postern_app::web::reply::FaultReport;
use postern_core::model::{KeyFlaw, Refusal, SendLimit, Timestamp};
use postern_core::port::WorkError;
use serde::Serialize;
use utoipa::ToSchema;

use super::kind::{self, Kind};
use super::session::FactorKind;

/// How long a client waits before it asks again when the store is away.
const AWAY: u64 = 5;

#[derive(Debug)]
pub struct Problem {
    kind: Kind,
    /// That of its kind, but for what no kind was made for.
    status: StatusCode,
    pub(super) detail: String,
    retry_after: Option<u64>,
    /// Kinds of factor that help.
    factors: Vec<String>,
}

/// What went wrong (RFC 9457). `type` is for programs and never changes; `detail` is for whoever reads the program's log.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct Body<'a> {
    /// The kind of problem.
    #[serde(rename = "type")]
    #[schema(format = "uri", pattern = "^urn:postern:[a-z-]+$", example = "urn:postern:not-enrolled")]
    type_: String,
    /// The kind in words; the same for every problem of its kind.
    #[schema(example = "Not enrolled")]
    title: &'a str,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599, example = 404)]
    status: u16,
    /// What it was this time. It never holds what was sent.
    #[schema(example = "There is no such factor here, or it is not yours.")]
    detail: &'a str,
    /// The same words as `detail`, by the name that older clients read.
    #[schema(example = "There is no such factor here, or it is not yours.")]
    message: &'a str,
    /// With `urn:postern:step-up`: the kinds of factor of which one has to be passed first.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    #[schema(required = false, value_type = Vec<FactorKind>, example = json!(["totp"]))]
    factors: &'a [String],
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self { kind, status, detail, retry_after, factors } = self;
        let body = Body {
            type_: kind.urn(),
            title: kind.title,
            status: status.as_u16(),
            detail: &detail,
            message: &detail,
            factors: &factors,
        };
        let mut response = (status, axum::Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(secs) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(secs));
        }
        response
    }
}

impl Problem {
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, status: kind.status, detail: detail.into(), retry_after: None, factors: Vec::new() }
    }

    #[must_use]
    pub fn after(self, secs: u64) -> Self {
        Self { retry_after: Some(secs), ..self }
    }

    pub fn is_of(&self, status: StatusCode) -> bool {
        self.status == status
    }

    pub fn no_session() -> Self {
        let detail = "There is no session, or it has ended. GET /api/v1/session without a cookie begins one.";
        Self::new(kind::NO_SESSION, detail)
    }

    /// A body that is no JSON, or whose member is not what it should be. Names the member, and says where it is, not what it
    /// was: a body may hold a code.
    pub fn malformed(why: &serde_path_to_error::Error<serde_json::Error>) -> Self {
        let error = why.inner();
        if error.classify() != serde_json::error::Category::Data {
            return Self::unparsed(error);
        }
        let (line, column) = (error.line(), error.column());
        let path = why.path().to_string();
        // The reader quotes what it read, but for the names of members, which are ours.
        let told = error.to_string();
        let named = |start: &str| told.strip_prefix(start).and_then(|rest| rest.split('`').next()).map(str::to_owned);
        let said = if let Some(member) = named("missing field `") {
            format!("The member {member} is missing")
        } else if let Some(member) = named("duplicate field `") {
            format!("The member {member} is repeated")
        } else if path == "." {
            "The body is of the wrong type".to_owned()
        } else {
            format!("The member {path} is of the wrong type")
        };
        // A form has no lines.
        let at = if line > 0 { format!(" (line {line}, column {column})") } else { String::new() };
        Self::new(kind::MALFORMED, format!("{said}{at}."))
    }

    pub fn unparsed(why: &serde_json::Error) -> Self {
        let detail = format!("The body is no JSON (line {}, column {}).", why.line(), why.column());
        Self::new(kind::MALFORMED, detail)
    }

    pub fn no_text() -> Self {
        Self::new(kind::MALFORMED, "The body is not UTF-8.")
    }

    pub fn no_object() -> Self {
        Self::new(kind::MALFORMED, "The body is no JSON object.")
    }

    /// For what was refused before it reached a use case.
    pub fn of_status(status: StatusCode) -> Self {
        let (kind, detail) = match status {
            StatusCode::NOT_FOUND => (kind::NOT_FOUND, "There is nothing here."),
            StatusCode::METHOD_NOT_ALLOWED => (kind::METHOD, "This route has other methods; see Allow."),
            StatusCode::PAYLOAD_TOO_LARGE => (kind::TOO_LARGE, "The body is larger than this route takes."),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => (kind::MEDIA_TYPE, "Send application/json."),
            StatusCode::FORBIDDEN => (kind::ORIGIN, "A page of another origin may not send this."),
            StatusCode::REQUEST_TIMEOUT => (kind::TOO_SLOW, "The body did not arrive within 30 seconds."),
            StatusCode::URI_TOO_LONG => (kind::ADDRESS_TOO_LONG, "Path and query are longer than 8,000 bytes."),
            StatusCode::SERVICE_UNAVAILABLE => return Self::away(),
            _ => (kind::MALFORMED, "The request could not be read."),
        };
        Self { status, ..Self::new(kind, detail) }
    }

    /// For a request that names another host than ours.
    pub fn other_host(origin: &str) -> Self {
        Self::new(kind::HOST, format!("This portal is at {origin}."))
    }

    /// Ours. The reference stands in the log too.
    pub fn fault(status: StatusCode, reference: &str) -> Self {
        let detail = format!("Something of ours failed. Its reference is {reference}.");
        Self { status, ..Self::new(kind::FAULT, detail) }
    }

    fn away() -> Self {
        let detail = "Service temporarily unavailable. Nothing was changed that was not acknowledged.";
        Self::new(kind::AWAY, detail).after(AWAY)
    }

    /// Heavy work that was refused.
    fn busy(error: WorkError) -> Self {
        let (kind, detail) = match error {
            WorkError::ShareExceeded => (kind::BUSY, "Too many of your requests are being worked on."),
            _ => (kind::OVERLOADED, "The portal is busy. Nothing was saved or counted. Try again in a few seconds."),
        };
        Self::new(kind, detail).after(WorkError::RETRY_AFTER)
    }

    /// What a use case answered.
    pub fn of(no: &UseCaseError, now: Timestamp) -> Self {
        match no {
            UseCaseError::Refused(refusal) => Self::of_refusal(refusal, now),
            UseCaseError::InternalError(fault) => {
                let FaultReport { status, reference } = FaultReport::of(fault);
                if let InternalError::Work(error @ (WorkError::ShareExceeded | WorkError::QueueFull)) = fault {
                    return Self::busy(*error);
                }
                if status == StatusCode::SERVICE_UNAVAILABLE {
                    return Self::away();
                }
                Self::fault(status, &reference)
            }
        }
    }

    fn of_refusal(refusal: &Refusal, now: Timestamp) -> Self {
        let wait = |until: &Timestamp| now.secs_until(*until).max(1);
        match refusal {
            Refusal::NoSession => Self::no_session(),
            Refusal::Missing => Self::new(kind::MISSING, "A member that is needed is empty."),
            Refusal::NotACode => Self::new(kind::NOT_A_CODE, "A code has 6 or 8 digits."),
            Refusal::NotAnAddress(why) => Self::new(kind::NOT_AN_ADDRESS, why.to_string()),
            Refusal::BadSetting(field) => Self::new(kind::BAD_SETTING, format!("{field} is out of its range.")),
            Refusal::Throttled { until } => Self::throttled("Too many wrong answers in a row.", wait(until)),
            Refusal::Blocked => {
                let detail = "Too many wrong answers in a row locked this factor. Pass another factor, use a recovery code, or ask the operator of the portal to unlock it.";
                Self::new(kind::BLOCKED, detail)
            }
            Refusal::CodeVoid { resend_at } if now < *resend_at => {
                Self::new(kind::CODE_VOID, "The code had all its tries. Ask for a new one.").after(wait(resend_at))
            }
            Refusal::NoCodeAsked | Refusal::CodeVoid { .. } => {
                Self::new(kind::NO_CODE, "No live code was asked for in this session.")
            }
            Refusal::NotEnrolled => Self::new(kind::NOT_ENROLLED, "There is no such factor here, or it is not yours."),
            Refusal::AlreadyEnrolled => Self::new(kind::ALREADY_ENROLLED, "Remove the confirmed one first."),
            Refusal::BadRegistration(flaw @ KeyFlaw::Malformed) | Refusal::BadAssertion(flaw @ KeyFlaw::Malformed) => {
                Self::new(kind::MALFORMED, refused_answer(*flaw))
            }
            Refusal::BadRegistration(flaw) => Self::new(kind::KEY_NOT_REGISTERED, refused_answer(*flaw)),
            Refusal::BadAssertion(flaw) => Self::new(kind::KEY_NOT_PASSED, refused_answer(*flaw)),
            Refusal::Cloned { .. } => {
                let detail = "The key's count of signatures did not rise: there may be a copy of it.";
                Self::new(kind::KEY_CLONED, detail)
            }
            Refusal::TooManyKeys => Self::new(kind::TOO_MANY_KEYS, "Remove one to register another."),
            Refusal::TooManyChallenges { until } => {
                let detail = "Too many challenges were asked for.";
                Self::new(kind::TOO_MANY_CHALLENGES, detail).after(wait(until))
            }
            Refusal::TooManyRenewals { until } => {
                let detail = "Recovery codes were renewed too often.";
                Self::new(kind::TOO_MANY_REQUESTS, detail).after(wait(until))
            }
            Refusal::SendTooSoon { until } => {
                Self::new(kind::TOO_MANY_SENDS, "An email was sent moments ago.").after(wait(until))
            }
            Refusal::TooManySends { until, limit } => {
                Self::new(kind::TOO_MANY_SENDS, which_sends(*limit)).after(wait(until))
            }
            Refusal::StepUp { .. }
            | Refusal::SecondFactorNeeded
            | Refusal::Frozen { .. }
            | Refusal::AddressOfAccount
            | Refusal::FixedName
            | Refusal::AddressTaken
            | Refusal::SignUpClosed
            | Refusal::NoSignIn
            | Refusal::TicketOver
            | Refusal::TicketUsed
            | Refusal::AddressReplaced { .. }
            | Refusal::NotPassedLately
            | Refusal::NotARecoveryCode
            | Refusal::NotConfirmed => Self::of_account(refusal, now),
            Refusal::NoClient
            | Refusal::NoApiKey
            | Refusal::AlreadyActivated
            | Refusal::NotTheGateway
            | Refusal::TooManyApiKeys
            | Refusal::RotatedElsewhere
            | Refusal::RotationUnfinished
            | Refusal::AddressHasAccount
            | Refusal::AddressNotProved
            | Refusal::TooManyRefusals { .. } => Self::of_client(refusal, now),
            Refusal::TooManySessions { until } => {
                let detail = "This network began too many sessions.";
                Self::new(kind::TOO_MANY_SESSIONS, detail).after(wait(until))
            }
            // Routes with codes answer these with a status of false.
            Refusal::Wrong { .. } | Refusal::Replayed { .. } => {
                Self::new(kind::WRONG, "That is not right, or was used already.")
            }
        }
    }

    /// About accounts.
    fn of_account(refusal: &Refusal, now: Timestamp) -> Self {
        match refusal {
            Refusal::Frozen { until } => {
                let detail = "The account's factors do not change for now: somebody said \"this was not me\".";
                Self::new(kind::FROZEN, detail).after(now.secs_until(*until).max(1))
            }
            Refusal::SecondFactorNeeded => {
                let detail = "This portal asks every account for a second factor. Add one first.";
                Self::new(kind::SECOND_FACTOR_NEEDED, detail)
            }
            Refusal::AddressOfAccount => {
                let detail = "The session is signed in; an account's address changes on its page.";
                Self::new(kind::ADDRESS_OF_ACCOUNT, detail)
            }
            Refusal::FixedName => {
                Self::new(kind::FIXED_NAME, "The email factor is called by its address, recovery codes by their kind.")
            }
            Refusal::AddressTaken => Self::new(kind::ADDRESS_TAKEN, "Another account has this address."),
            Refusal::StepUp { with } => {
                let detail = "Pass one of these factors first: the last one was passed more than 10 minutes ago.";
                let factors = with.iter().map(ToString::to_string).collect();
                Self { factors, ..Self::new(kind::STEP_UP, detail) }
            }
            _ => Self::new(kind::NOT_POSSIBLE, "The account's pages do this."),
        }
    }

    /// About clients.
    fn of_client(refusal: &Refusal, now: Timestamp) -> Self {
        match refusal {
            Refusal::NoApiKey => Self::new(kind::NO_API_KEY, "No such key was asked for with this address."),
            Refusal::AlreadyActivated => {
                let detail = "This key was activated already; its secret was shown once. Ask for another key.";
                Self::new(kind::ALREADY_ACTIVATED, detail)
            }
            Refusal::NotTheGateway => Self::new(kind::GATEWAY, "Keys are asked for through a gateway here."),
            Refusal::TooManyApiKeys => Self::new(kind::TOO_MANY_API_KEYS, "This address has as many keys as it may."),
            Refusal::RotatedElsewhere => {
                let detail = "One of the two is on its way to another key already, or they are one and the same.";
                Self::new(kind::ROTATED_ELSEWHERE, detail)
            }
            Refusal::RotationUnfinished => {
                let detail = "The records of another key are still on their way to one of the two. Call again with that key as the old one until nothing is left, then rotate this one.";
                Self::new(kind::ROTATED_ELSEWHERE, detail)
            }
            Refusal::AddressHasAccount | Refusal::AddressNotProved => {
                let detail = "The address has to be proved first, or its account signed in to.";
                Self::new(kind::NOT_THE_OWNER, detail)
            }
            Refusal::TooManyRefusals { until } => {
                let wait = now.secs_until(*until).max(1);
                Self::new(kind::TOO_MANY_REFUSALS, "Too many requests with what is wrong.").after(wait)
            }
            _ => Self::new(kind::NO_CLIENT, "The key or the secret is wrong, or the key is not activated."),
        }
    }

    /// A raw U2F key's answer, all of which is the body's fault.
    pub fn of_u2f(no: &UseCaseError, now: Timestamp) -> Self {
        match no {
            UseCaseError::Refused(Refusal::BadRegistration(flaw) | Refusal::BadAssertion(flaw))
                if *flaw != KeyFlaw::Malformed =>
            {
                Self::new(kind::U2F_REFUSED, refused_answer(*flaw))
            }
            UseCaseError::Refused(Refusal::Cloned { .. }) => {
                Self::new(kind::U2F_CLONED, "The key's count of signatures did not rise: there may be a copy of it.")
            }
            no => Self::of(no, now),
        }
    }

    fn throttled(detail: &str, secs: u64) -> Self {
        Self::new(kind::THROTTLED, detail).after(secs)
    }
}

/// What is wrong with a security key's answer, as a sentence.
fn refused_answer(flaw: KeyFlaw) -> String {
    format!("The answer was refused: {flaw}.")
}
/// Which limit for emails is reached.
const fn which_sends(limit: SendLimit) -> &'static str {
    match limit {
        SendLimit::Address => "Too many emails were sent to this address within an hour.",
        SendLimit::Network => "Too many emails were requested from this network within an hour.",
        SendLimit::Site => "Too many emails were requested from this network's IPv6 /48 within an hour.",
        SendLimit::AddressAndNetwork => {
            "Too many emails to this address were requested from this network within an hour."
        }
        SendLimit::AddressAndDevice => {
            "Too many emails to this address were requested from this browser within an hour."
        }
        SendLimit::Portal => "This portal has sent as many emails as it may within an hour.",
    }
}

#[cfg(test)]
mod tests;
