//! Sessions: somebody asks, custodians agree, codes are made.

use axum::Extension;
use axum::extract::{Path, State};
use http::StatusCode;
use postern_app::quorum::{self, Ask, Given, Joining, Refusal, SessionId};
use postern_app::web::context::AppState;
use postern_core::model::{Network, Secret};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Fields, JsonOrForm};
use super::{RouteError, RouteResult};
use crate::api::input::whole;
use crate::api::refusals::{
    Asked, AskingTogether, Changing, Completing, ErrorResponses, Joining as MayJoin, OfQuorum, Sent, WithPrivate,
};
use crate::api::{Problem, kind, tag};

/// Seconds that a session lasts unless told otherwise.
const LASTS: u64 = 3600;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(ask)).routes(routes!(show, end)).routes(routes!(join)).routes(routes!(code))
}

/// The share of the one who asks.
#[derive(Deserialize, ToSchema)]
struct AskTogether {
    /// A plain share, `PREFIX$INDEX$DATA`.
    #[schema(value_type = String, format = "quorum-share", example = "XMHPQ3YK$1$AbsO-G8KpWdRTTSICU6ISagDBQH4uGMyQHoWI7NFSBaqtvJHI98e0qjYBBd9cZ0kc6009sEiv6fK6F09fB8iSLsTS30eeix5jgEtWBz5VDIHCRLC4Q5Rnmwb43Mc5QQ")]
    first_share: Secret<String>,
    /// How long the session lasts, in seconds; 3600 unless told otherwise.
    #[serde(default, deserialize_with = "whole")]
    #[schema(minimum = 60, maximum = 86400, example = 3600)]
    ttl: Option<u64>,
    /// How many shares there are, if that is to be checked against the share: 2 to the most that this portal takes.
    #[serde(default, deserialize_with = "whole")]
    #[schema(minimum = 2, maximum = 255, example = 5)]
    shares: Option<u64>,
    /// How many are needed, if that is to be checked against the share.
    #[serde(default, deserialize_with = "whole")]
    #[schema(minimum = 2, maximum = 255, example = 3)]
    threshold: Option<u64>,
}

impl Fields for AskTogether {
    const NUMBERS: &'static [&'static str] = &["ttl", "shares", "threshold"];
}

/// A session. `id` and `tek` are for the other custodians; `private` is for nobody else.
#[derive(Serialize, ToSchema)]
struct QuorumSession {
    /// 128 random bits as unpadded base64url. Whoever is told it may bring a share.
    #[schema(pattern = "^[A-Za-z0-9_-]{22}$", example = "p9Qmdm3yT0mXcJ9mUuVZ1g")]
    id: String,
    /// An age X25519 identity, without which no code is made and no share read. The server does not keep it.
    #[schema(value_type = String, pattern = "^AGE-SECRET-KEY-1[A-Z0-9]+$", example = "AGE-SECRET-KEY-1ULWWK29VKXZ9NGX43QHY77YCZ0Z3C60HFTQKXGTRR3WKLR4EULDSKCV95E")]
    private: Secret<String>,
    /// What the shares of this group begin with.
    #[schema(pattern = "^[A-Z2-7]{8}$", example = "XMHPQ3YK")]
    prefix: String,
    /// The public half of `private`: what shares may be encrypted to.
    #[schema(pattern = "^age1[a-z0-9]+$", example = "age19ydt3tz3yc6ayaley5z983ttczanhvmshjlc08yj8p5y3d8jwy9shcl87h")]
    tek: String,
    /// How many custodians have to agree, the first one included.
    #[schema(minimum = 2, maximum = 255, example = 3)]
    threshold: u8,
    #[schema(format = DateTime, example = "2026-11-22T06:00:00Z")]
    expires_at: String,
}

/// Ask the custodians
///
/// Begins a session with the asker's own share. What is kept of it is encrypted to the session's own key, whose private half
/// is in this answer alone. A network may begin 60 sessions an hour.
#[utoipa::path(
    post,
    path = "/sessions",
    operation_id = "askTogether",
    tag = tag::QUORUM,
    security(()),
    request_body(
        content((AskTogether = "application/json"), (AskTogether = "application/x-www-form-urlencoded")),
        description = "The first share, and for how long.",
    ),
    responses(
        (status = OK, description = "The session.", body = QuorumSession),
        ErrorResponses<(Asked, Changing, Sent, AskingTogether)>,
    ),
)]
async fn ask(
    State(app): State<AppState>,
    Extension(network): Extension<Network>,
    JsonOrForm(AskTogether { first_share, ttl, shares, threshold }): JsonOrForm<AskTogether>,
) -> RouteResult<axum::Json<QuorumSession>> {
    let ask = Ask { first: first_share.expose(), lasts: ttl.unwrap_or(LASTS), why: "", numbers: (threshold, shares) };
    let asked = app.quorum.ask(network, ask).await.map_err(RouteError::by(&app))?;
    Ok(axum::Json(QuorumSession {
        id: asked.id.to_string(),
        private: asked.private,
        prefix: asked.group.prefix(),
        tek: asked.tek,
        threshold: asked.group.threshold,
        expires_at: asked.ends_at.rfc3339(),
    }))
}

/// How far a session is.
#[derive(Serialize, ToSchema)]
struct QuorumProgress {
    /// Whether enough have agreed. A share that waits counts when it was read.
    complete: bool,
    /// What the shares of this group begin with.
    #[schema(pattern = "^[A-Z2-7]{8}$", example = "XMHPQ3YK")]
    prefix: String,
    /// How many agreed, the first one included.
    #[schema(example = 2)]
    provided: usize,
    /// How many encrypted shares wait to be read.
    #[schema(example = 1)]
    waiting: usize,
    /// How many have to agree.
    #[schema(minimum = 2, maximum = 255, example = 3)]
    threshold: u8,
    #[schema(format = DateTime, example = "2026-11-22T06:00:00Z")]
    expires_at: String,
}

/// How far a session is
///
/// For whoever knows its id.
#[utoipa::path(
    get,
    path = "/sessions/{id}",
    operation_id = "showTogether",
    tag = tag::QUORUM,
    security(()),
    params(("id" = String, Path, description = "The session's id.", example = "p9Qmdm3yT0mXcJ9mUuVZ1g")),
    responses((status = OK, description = "So far.", body = QuorumProgress), ErrorResponses<(Asked, OfQuorum)>),
)]
async fn show(State(app): State<AppState>, Path(id): Path<String>) -> RouteResult<axum::Json<QuorumProgress>> {
    let shown = async { app.quorum.progress(&session(&id)?).await };
    let progress = shown.await.map_err(RouteError::by(&app))?;
    Ok(axum::Json(QuorumProgress {
        complete: progress.is_complete(),
        provided: progress.provided,
        waiting: progress.waiting,
        threshold: progress.threshold,
        expires_at: progress.ends_at.rfc3339(),
        prefix: progress.prefix,
    }))
}

/// What a custodian brings.
#[derive(Deserialize)]
struct BringShare {
    share: Option<Secret<String>>,
    encrypted_share: Option<Secret<String>>,
}

/// A custodian's share, as it is or encrypted; one of the two.
#[derive(ToSchema)]
#[schema(as = BringShare)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes what `BringShare` takes")]
enum OneOfBoth {
    Plain {
        /// A plain share, `PREFIX$INDEX$DATA`.
        #[schema(
            format = "quorum-share",
            example = "XMHPQ3YK$2$AbsO-G8KpWdRTTSICU6ISagDBQL4uGMyQHoWI7NFSBaqtvJHI98e0qjYBBd9cZ0kc6009tooNkCNr_cLOeyI4_VVkSbVEPFyI6Ffslm5_mYnEbiTIcCnComc0iUo1oM"
        )]
        share: String,
    },
    Encrypted {
        /// The share as an armored age file to the session's `tek`, at most 4 KiB. It is read when the asker next comes.
        #[schema(format = "armored-age-file")]
        encrypted_share: String,
    },
}

impl Fields for BringShare {}

/// Bring a share
///
/// A plain share counts at once, or is refused. An encrypted one waits until the one who asked comes with `private`; then it
/// is read, and counts or is dropped. At most as many wait as the group has shares, and 3 of one network. Up to 4 different
/// shares of one number are kept until it is known which is true, so that a forged one keeps no true one out. A network
/// may bring 120 shares within 10 minutes, 60 of them to one session.
#[utoipa::path(
    post,
    path = "/sessions/{id}/shares",
    operation_id = "bringShare",
    tag = tag::QUORUM,
    security(()),
    params(("id" = String, Path, description = "The session's id.", example = "p9Qmdm3yT0mXcJ9mUuVZ1g")),
    request_body(
        content((OneOfBoth = "application/json"), (OneOfBoth = "application/x-www-form-urlencoded")),
        description = "`share`, or `encrypted_share`.",
    ),
    responses(
        (status = OK, description = "`share joined`: it counts.", body = String, content_type = "text/plain; charset=utf-8"),
        (status = ACCEPTED, description = "`share waiting`: it is read later.", body = String, content_type = "text/plain; charset=utf-8"),
        ErrorResponses<(Asked, Changing, Sent, OfQuorum, MayJoin)>,
    ),
)]
async fn join(
    State(app): State<AppState>,
    Extension(network): Extension<Network>,
    Path(id): Path<String>,
    JsonOrForm(BringShare { share, encrypted_share }): JsonOrForm<BringShare>,
) -> RouteResult<(StatusCode, &'static str)> {
    let given = match (&share, &encrypted_share) {
        (Some(share), None) => Given::Plain(share.expose()),
        (None, Some(file)) => Given::Encrypted(file.expose()),
        _ => return Err(Problem::new(kind::MALFORMED, "Send either share or encrypted_share.").into()),
    };
    let joined = async { app.quorum.join(&session(&id)?, network, given).await };
    Ok(match joined.await.map_err(RouteError::by(&app))? {
        Joining::Joined => (StatusCode::OK, "share joined"),
        Joining::Waits => (StatusCode::ACCEPTED, "share waiting"),
    })
}

/// What only the one who asked has.
#[derive(Deserialize, ToSchema)]
struct Private {
    /// As it was given when the session began.
    #[schema(value_type = String, example = "AGE-SECRET-KEY-1ULWWK29VKXZ9NGX43QHY77YCZ0Z3C60HFTQKXGTRR3WKLR4EULDSKCV95E")]
    private: Secret<String>,
}

impl Fields for Private {}

/// A code of now.
#[derive(Serialize, ToSchema)]
#[schema(as = QuorumCode)]
struct Code {
    /// With the digits, the algorithm and the time step of the secret that was dealt (RFC 6238).
    #[schema(value_type = String, pattern = "^[0-9]{6,8}$", example = "482913")]
    totp: Secret<String>,
    /// How many seconds it lives.
    #[schema(minimum = 1, maximum = 255, example = 17)]
    expires_in: u64,
}

/// Make a code
///
/// For the one who asked, as often as wanted while the session lasts. Shares that wait are read first. The secret is put
/// together in memory for the moment of the answer, and no code is made of it unless it is the one that was dealt. Wrong
/// private keys are limited by session and network; the right one never waits for that. With the right one a session makes
/// 120 codes within 10 minutes, and a network 300.
#[utoipa::path(
    post,
    path = "/sessions/{id}/totp",
    operation_id = "makeQuorumCode",
    tag = tag::QUORUM,
    security(()),
    params(("id" = String, Path, description = "The session's id.", example = "p9Qmdm3yT0mXcJ9mUuVZ1g")),
    request_body(
        content((Private = "application/json"), (Private = "application/x-www-form-urlencoded")),
        description = "The session's private key.",
    ),
    responses(
        (status = OK, description = "A code.", body = Code),
        ErrorResponses<(Asked, Changing, Sent, OfQuorum, WithPrivate, Completing)>,
    ),
)]
async fn code(
    State(app): State<AppState>,
    Extension(network): Extension<Network>,
    Path(id): Path<String>,
    JsonOrForm(Private { private }): JsonOrForm<Private>,
) -> RouteResult<axum::Json<Code>> {
    let made = async { app.quorum.code(&session(&id)?, network, private.expose()).await };
    let quorum::Code { digits: totp, expires_in, .. } = made.await.map_err(RouteError::by(&app))?;
    Ok(axum::Json(Code { totp, expires_in }))
}

/// End a session
///
/// At once, with every share that was brought.
#[utoipa::path(
    delete,
    path = "/sessions/{id}",
    operation_id = "endTogether",
    tag = tag::QUORUM,
    security(()),
    params(("id" = String, Path, description = "The session's id.", example = "p9Qmdm3yT0mXcJ9mUuVZ1g")),
    request_body(
        content((Private = "application/json"), (Private = "application/x-www-form-urlencoded")),
        description = "The session's private key.",
    ),
    responses(
        (status = NO_CONTENT, description = "It is over."),
        ErrorResponses<(Asked, Changing, Sent, OfQuorum, WithPrivate)>,
    ),
)]
async fn end(
    State(app): State<AppState>,
    Extension(network): Extension<Network>,
    Path(id): Path<String>,
    JsonOrForm(Private { private }): JsonOrForm<Private>,
) -> RouteResult<StatusCode> {
    let ended = async { app.quorum.end(&session(&id)?, network, private.expose()).await };
    ended.await.map_err(RouteError::by(&app))?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is no id of ours names no session.
fn session(id: &str) -> quorum::Answer<SessionId> {
    id.parse().map_err(|_| Refusal::NoSession.into())
}
