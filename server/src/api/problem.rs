//! Errors as RFC 9457 has them: `application/problem+json`. `type` is stable; `message` repeats `detail` for older clients.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use postern_app::model::{KeyFlaw, Refusal, Timestamp};
use postern_app::portal::No;
use postern_app::web::reply::Told;
use serde::Serialize;

/// How long a client waits before it asks again when the store is away.
const AWAY: u64 = 5;

#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: String,
    retry_after: Option<u64>,
    /// Kinds of factor that help.
    factors: Vec<String>,
}

#[derive(Serialize)]
struct Body<'a> {
    #[serde(rename = "type")]
    type_: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    message: &'a str,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    factors: &'a [String],
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Self { status, code, title, detail, retry_after, factors } = self;
        let body = Body {
            type_: format!("urn:postern:{code}"),
            title,
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
    fn new(status: StatusCode, code: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, title, detail: detail.into(), retry_after: None, factors: Vec::new() }
    }

    /// The same, as what is wrong with the body.
    #[must_use]
    pub fn as_bad_request(self) -> Self {
        Self { status: StatusCode::BAD_REQUEST, ..self }
    }

    fn after(self, secs: u64) -> Self {
        Self { retry_after: Some(secs), ..self }
    }

    pub fn no_session() -> Self {
        let detail = "There is no session, or it has ended. GET /api/v1/session without a cookie begins one.";
        Self::new(StatusCode::UNAUTHORIZED, "no-session", "No session", detail)
    }

    pub fn malformed(why: &serde_json::Error) -> Self {
        // Where it is, not what it was: a body may hold a code.
        let detail = match why.classify() {
            serde_json::error::Category::Data => {
                format!(
                    "A member is missing, repeated or of the wrong type (line {}, column {}).",
                    why.line(),
                    why.column()
                )
            }
            _ => format!("The body is no JSON (line {}, column {}).", why.line(), why.column()),
        };
        Self::new(StatusCode::BAD_REQUEST, "malformed", "Malformed", detail)
    }

    pub fn no_object() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", "Malformed", "The body is no JSON object.")
    }

    /// For what was refused before it reached a use case.
    pub fn of_status(status: StatusCode) -> Self {
        let (code, title, detail) = match status {
            StatusCode::NOT_FOUND => ("not-found", "Not found", "There is nothing here."),
            StatusCode::METHOD_NOT_ALLOWED => {
                ("method", "Method not allowed", "This route has other methods; see Allow.")
            }
            StatusCode::PAYLOAD_TOO_LARGE => ("too-large", "Too large", "The body is larger than this route takes."),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ("media-type", "Not JSON", "Send application/json."),
            StatusCode::FORBIDDEN => ("origin", "From elsewhere", "A page of another origin may not send this."),
            StatusCode::MISDIRECTED_REQUEST => ("host", "Another host", "This server answers to another name."),
            StatusCode::SERVICE_UNAVAILABLE => return Self::away(),
            _ => ("malformed", "Malformed", "The request could not be read."),
        };
        Self::new(status, code, title, detail)
    }

    /// Ours. The reference stands in the log too.
    pub fn fault(status: StatusCode, reference: &str) -> Self {
        let detail = format!("Something of ours failed. Its reference is {reference}.");
        Self::new(status, "fault", "Our fault", detail)
    }

    fn away() -> Self {
        let detail = "The store does not answer. Nothing was changed that was not acknowledged.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "store-away", "The store is away", detail).after(AWAY)
    }

    /// What a use case answered.
    pub fn of(no: &No, now: Timestamp) -> Self {
        match no {
            No::Refused(refusal) => Self::of_refusal(refusal, now),
            No::Fault(fault) => {
                let Told { status, reference } = Told::of(fault);
                if status == StatusCode::SERVICE_UNAVAILABLE {
                    return Self::away();
                }
                Self::fault(status, &reference)
            }
        }
    }

    fn of_refusal(refusal: &Refusal, now: Timestamp) -> Self {
        use StatusCode as S;
        let wait = |until: &Timestamp| now.secs_until(*until).max(1);
        match refusal {
            Refusal::NoSession => Self::no_session(),
            Refusal::Missing => Self::new(S::BAD_REQUEST, "missing", "Missing", "A member that is needed is empty."),
            Refusal::NotACode => Self::new(S::BAD_REQUEST, "not-a-code", "Not a code", "A code has 6 or 8 digits."),
            Refusal::NotAnAddress(why) => {
                Self::new(S::BAD_REQUEST, "not-an-address", "Not a mail address", why.to_string())
            }
            Refusal::BadSetting(field) => {
                Self::new(S::BAD_REQUEST, "bad-setting", "Out of range", format!("{field} is out of its range."))
            }
            Refusal::Throttled { until } => Self::throttled("Too many wrong answers in a row.", wait(until)),
            Refusal::Blocked => {
                let detail = "Too many wrong answers in a row. It opens again when another factor is passed.";
                // No time opens it; clients that must wait for something wait for the longest throttle.
                Self::new(S::TOO_MANY_REQUESTS, "blocked", "Blocked", detail).after(900)
            }
            Refusal::CodeVoid { resend_at } if now < *resend_at => Self::new(
                S::TOO_MANY_REQUESTS,
                "code-void",
                "Too many tries",
                "The code had all its tries. Ask for a new one.",
            )
            .after(wait(resend_at)),
            Refusal::NoCodeAsked | Refusal::CodeVoid { .. } => {
                Self::new(S::NOT_FOUND, "no-code", "No code waits", "No live code was asked for in this session.")
            }
            Refusal::NotEnrolled => Self::new(
                S::NOT_FOUND,
                "not-enrolled",
                "Not enrolled",
                "There is no such factor here, or it is not yours.",
            ),
            Refusal::AlreadyEnrolled => {
                Self::new(S::CONFLICT, "already-enrolled", "Already enrolled", "Remove the confirmed one first.")
            }
            Refusal::BadRegistration(flaw @ KeyFlaw::Malformed) | Refusal::BadAssertion(flaw @ KeyFlaw::Malformed) => {
                Self::new(S::BAD_REQUEST, "malformed", "Malformed", refused_answer(*flaw))
            }
            Refusal::BadRegistration(flaw) => {
                Self::new(S::UNPROCESSABLE_ENTITY, "key-refused", "Not registered", refused_answer(*flaw))
            }
            Refusal::BadAssertion(flaw) => Self::new(S::UNAUTHORIZED, "key-refused", "Refused", refused_answer(*flaw)),
            Refusal::Cloned { .. } => {
                let detail = "The key's count of signatures did not rise: there may be a copy of it.";
                Self::new(S::UNAUTHORIZED, "key-cloned", "Perhaps a copy", detail)
            }
            Refusal::TooManyKeys => {
                Self::new(S::CONFLICT, "too-many-keys", "Too many keys", "Remove one to register another.")
            }
            Refusal::TooManyChallenges { until } => {
                let detail = "This session asked for too many challenges.";
                Self::new(S::TOO_MANY_REQUESTS, "too-many-challenges", "Too many challenges", detail).after(wait(until))
            }
            Refusal::SendTooSoon { until } | Refusal::TooManySends { until } => {
                Self::new(S::TOO_MANY_REQUESTS, "too-many-sends", "Too many mails", "Mails are limited.")
                    .after(wait(until))
            }
            Refusal::StepUp { .. }
            | Refusal::SecondFactorNeeded
            | Refusal::Frozen { .. }
            | Refusal::AddressOfAccount
            | Refusal::AddressTaken
            | Refusal::SignUpClosed
            | Refusal::NoSignIn
            | Refusal::TicketOver
            | Refusal::NotPassedLately
            | Refusal::NotARecoveryCode
            | Refusal::NotConfirmed => Self::of_account(refusal, now),
            Refusal::NoClient
            | Refusal::NoApiKey
            | Refusal::AlreadyActivated
            | Refusal::NotTheGateway
            | Refusal::TooManyApiKeys
            | Refusal::RotatedElsewhere
            | Refusal::AddressHasAccount
            | Refusal::AddressNotProved
            | Refusal::TooManyRefusals { .. } => Self::of_client(refusal, now),
            Refusal::TooManySessions { until } => {
                let detail = "This network began too many sessions.";
                Self::new(S::TOO_MANY_REQUESTS, "too-many-sessions", "Too many sessions", detail).after(wait(until))
            }
            // Routes with codes answer these with a status of false.
            Refusal::Wrong { .. } | Refusal::Replayed { .. } => {
                Self::new(S::UNAUTHORIZED, "wrong", "Wrong", "That is not right, or was used already.")
            }
        }
    }

    /// About accounts.
    fn of_account(refusal: &Refusal, now: Timestamp) -> Self {
        use StatusCode as S;
        match refusal {
            Refusal::Frozen { until } => {
                let detail = "The account's factors do not change for now: somebody said \"this was not me\".";
                Self::new(S::FORBIDDEN, "frozen", "Frozen", detail).after(now.secs_until(*until).max(1))
            }
            Refusal::SecondFactorNeeded => {
                let detail = "This portal asks every account for a second factor. Add one first.";
                Self::new(S::FORBIDDEN, "second-factor-needed", "Second factor needed", detail)
            }
            Refusal::AddressOfAccount => {
                let detail = "The session is signed in; an account's address changes on its page.";
                Self::new(S::CONFLICT, "address-of-account", "Address of an account", detail)
            }
            Refusal::AddressTaken => {
                Self::new(S::CONFLICT, "address-taken", "Taken", "Another account has this address.")
            }
            Refusal::StepUp { with } => {
                let detail = "Pass one of these factors first: the last one was passed more than 10 minutes ago.";
                let factors = with.iter().map(ToString::to_string).collect();
                Self { factors, ..Self::new(S::FORBIDDEN, "step-up", "Step-up needed", detail) }
            }
            _ => Self::new(S::CONFLICT, "not-possible", "Not possible now", "The account's pages do this."),
        }
    }

    /// About clients.
    fn of_client(refusal: &Refusal, now: Timestamp) -> Self {
        use StatusCode as S;
        match refusal {
            Refusal::NoApiKey => {
                Self::new(S::NOT_FOUND, "no-api-key", "No such key", "No such key was asked for with this address.")
            }
            Refusal::AlreadyActivated => {
                let detail = "This key was activated already; its secret was shown once. Ask for another key.";
                Self::new(S::UNAUTHORIZED, "already-activated", "Activated already", detail)
            }
            Refusal::NotTheGateway => {
                Self::new(S::FORBIDDEN, "gateway", "Not the gateway", "Keys are asked for through a gateway here.")
            }
            Refusal::TooManyApiKeys => {
                Self::new(S::CONFLICT, "too-many-api-keys", "Too many keys", "This address has as many keys as it may.")
            }
            Refusal::RotatedElsewhere => {
                let detail = "One of the two is on its way to another key already, or they are one and the same.";
                Self::new(S::CONFLICT, "rotated-elsewhere", "Rotated elsewhere", detail)
            }
            Refusal::AddressHasAccount | Refusal::AddressNotProved => {
                let detail = "The address has to be proved first, or its account signed in to.";
                Self::new(S::FORBIDDEN, "not-the-owner", "Not its owner", detail)
            }
            Refusal::TooManyRefusals { until } => {
                Self::throttled("Too many requests with what is wrong.", now.secs_until(*until).max(1))
            }
            _ => {
                let detail = "The key or the secret is wrong, or the key is not activated.";
                Self::new(S::UNAUTHORIZED, "no-client", "No client", detail)
            }
        }
    }

    fn throttled(detail: &str, secs: u64) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "throttled", "Too many tries", detail).after(secs)
    }
}

/// What is wrong with a security key's answer, as a sentence.
fn refused_answer(flaw: KeyFlaw) -> String {
    format!("The answer was refused: {flaw}.")
}
