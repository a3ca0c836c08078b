//! `/api/v1/vault`: vaults of people who encrypt at home. The user hash is all that opens one. The `open2fa` program speaks
//! this, as it is.

mod entries;

use axum::extract::{FromRequestParts, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::request::Parts;
use postern_app::portal;
use postern_app::vault::{Refusal, Unfit, UseCaseError, UserHash};
use postern_app::web::context::AppState;
use postern_core::model::{Network, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use self::entries::{Given, Kept, Replacement};
use super::refusals::{Asked, Bounded, Changing, ErrorResponses, Lots, OfVault, Reading, Replacing, Sent, Storing};
use super::{Json, Problem, kind, tag};

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(alive)).routes(routes!(alive_below)).routes(routes!(list, add, replace, remove))
}

/// Whose vault it is, by the header.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "described here; the header is read by itself")]
struct Owner {
    /// Names the vault and opens it: 1 to 128 printable ASCII characters, which its owner derives from a secret and keeps
    /// as one. It is kept here as a keyed hash, and never logged.
    #[param(rename = "X-User-Hash", pattern = r"^[!-~]{1,128}$", example = "2NEpo7TZRRrLZSi2U0vQ8k")]
    user_hash: String,
}

/// The vault that a request is about, and where it comes from. Told before its body is read.
struct Of {
    user: UserHash,
    network: Network,
}

impl FromRequestParts<AppState> for Of {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &AppState) -> Result<Self, Problem> {
        let Some(network) = parts.extensions.get::<Network>().copied() else {
            return Err(Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR));
        };
        let user = UserHash::read(super::mfa::text(&parts.headers, "x-user-hash"));
        user.map(|user| Self { user, network }).map_err(|unfit| of_refusal(&unfit.into(), app.portal.now()))
    }
}

/// A use case's no, as a problem.
struct Refused(Problem);

impl Refused {
    fn by(app: &AppState) -> impl FnOnce(UseCaseError) -> Self + use<> {
        let now = app.portal.now();
        move |no| match no {
            UseCaseError::Refused(refusal) => Self(of_refusal(&refusal, now)),
            UseCaseError::InternalError(fault) => Self(Problem::of(&portal::UseCaseError::InternalError(fault), now)),
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

fn of_refusal(refusal: &Refusal, now: Timestamp) -> Problem {
    match refusal {
        Refusal::Unfit(unfit) => {
            let name = match unfit {
                Unfit::UserHash => "X-User-Hash",
                Unfit::EncSecret => "enc_secret",
                Unfit::Replaces => "replaces",
                Unfit::Totps => "totps",
                Unfit::Name => "name",
            };
            Problem::new(kind::BAD_SETTING, format!("{name} is missing or out of its range: {unfit}."))
        }
        Refusal::Unknown => Problem::new(kind::NO_VAULT, "There is no vault of this hash."),
        Refusal::Gone => Problem::new(kind::ENTRY_GONE, "What is to be replaced is not there any more."),
        Refusal::TooMany => Problem::new(kind::TOO_MANY_ENTRIES, "A vault has at most 1000 entries."),
        Refusal::Full => Problem::new(kind::VAULTS_FULL, "All vaults together have no room for that."),
        Refusal::TooManyNew { until } => {
            let detail = "This network has made as many vaults as it may within an hour.";
            Problem::new(kind::TOO_MANY_VAULTS, detail).after(now.secs_until(*until).max(1))
        }
        Refusal::TooMuchGrowth { until } => {
            let detail = "This network has put as much into vaults as it may within a day.";
            Problem::new(kind::VAULT_GROWTH, detail).after(now.secs_until(*until).max(1))
        }
        Refusal::TooManyUnknown { until } => {
            let detail = "This network has asked for too many vaults that are not there.";
            Problem::new(kind::TOO_MANY_UNKNOWN, detail).after(now.secs_until(*until).max(1))
        }
    }
}

type Shown<T> = Result<axum::Json<T>, Refused>;

/// Vaults are served here.
#[derive(Serialize, ToSchema)]
#[schema(as = VaultStatus)]
struct Alive {
    #[schema(pattern = "^ok$", example = "ok")]
    status: &'static str,
}

/// Tell that vaults are served here
#[utoipa::path(
    get,
    path = "/api/v1/vault",
    operation_id = "vaultStatus",
    tag = tag::VAULT,
    security(()),
    responses((status = OK, description = "They are.", body = Alive), ErrorResponses<(Asked, Lots)>),
)]
async fn alive() -> axum::Json<Alive> {
    axum::Json(Alive { status: "ok" })
}

/// Tell that vaults are served here
///
/// The same, for programs that put a slash behind the path.
#[utoipa::path(
    get,
    path = "/api/v1/vault/",
    operation_id = "vaultStatusBelow",
    tag = tag::VAULT,
    security(()),
    responses((status = OK, description = "They are.", body = Alive), ErrorResponses<(Asked, Lots)>),
)]
async fn alive_below() -> axum::Json<Alive> {
    alive().await
}

/// What is in a vault.
#[derive(Serialize, ToSchema)]
#[schema(as = VaultEntries)]
struct Listed {
    /// In the order in which they came.
    totps: Vec<Kept>,
}

/// List a vault
///
/// All of it, in the order in which it came. Who asks for vaults that are not there is limited: 600 an hour for a network.
#[utoipa::path(
    get,
    path = "/api/v1/vault/totps",
    operation_id = "listVault",
    tag = tag::VAULT,
    security(()),
    params(Owner),
    responses((status = OK, description = "What is in it.", body = Listed), ErrorResponses<(Asked, Lots, OfVault, Reading)>),
)]
async fn list(State(app): State<AppState>, of: Of) -> Shown<Listed> {
    let entries = app.vaults.list(&of.user, of.network).await.map_err(Refused::by(&app))?;
    Ok(axum::Json(Listed { totps: entries.into_iter().map(Kept::from).collect() }))
}

/// Entries of a vault.
#[derive(Deserialize, ToSchema)]
#[schema(as = GivenVaultEntries)]
struct Several {
    /// At most 1,000.
    #[schema(max_items = 1000, example = json!([{ "enc_secret": "8rBiAZ5WvqVUtaDQnN9mJn", "name": "Shop" }]))]
    totps: Vec<Given>,
}

/// What a vault holds now.
#[derive(Serialize, ToSchema)]
#[schema(as = AddedToVault)]
struct Added {
    /// There was no vault of this hash before.
    user_created: bool,
    /// All of it, in the order in which it came.
    totps: Vec<Kept>,
}

/// Add entries to a vault
///
/// All of them or none. One that is there already only gets its new name (none, if none is given), and of several names for
/// one entry the last one counts. The first entry makes the vault: 10 new ones an hour for a network, and 16 MiB a day. A vault has at most 1,000 entries.
#[utoipa::path(
    post,
    path = "/api/v1/vault/totps",
    operation_id = "addToVault",
    tag = tag::VAULT,
    security(()),
    params(Owner),
    request_body(content = Several, description = "What is to be in it. At most 4.5 MiB."),
    responses(
        (status = OK, description = "What is in it now.", body = Added),
        ErrorResponses<(Asked, Changing, Sent, Lots, Bounded, Storing)>,
    ),
)]
async fn add(State(app): State<AppState>, of: Of, Json(several): Json<Several>) -> Shown<Added> {
    let added = async { app.vaults.add(&of.user, of.network, entries::read(several.totps)?).await };
    let added = added.await.map_err(Refused::by(&app))?;
    let totps = added.entries.into_iter().map(Kept::from).collect();
    Ok(axum::Json(Added { user_created: added.user_created, totps }))
}

/// Replace an entry of a vault
///
/// In one step, and only if what is to be replaced is still there: of two devices that move one counter at once, one is
/// answered 409. The new entry stands in the place of the old one.
#[utoipa::path(
    put,
    path = "/api/v1/vault/totps",
    operation_id = "replaceInVault",
    tag = tag::VAULT,
    security(()),
    params(Owner),
    request_body(content = Replacement, description = "The old and the new."),
    responses(
        (status = OK, description = "The entry as it stands now.", body = Kept),
        ErrorResponses<(Asked, Lots, Changing, Sent, Bounded, Replacing)>,
    ),
)]
async fn replace(State(app): State<AppState>, of: Of, Json(replacement): Json<Replacement>) -> Shown<Kept> {
    let replaced = async { app.vaults.replace(&of.user, of.network, &replacement.read()?).await };
    Ok(axum::Json(replaced.await.map_err(Refused::by(&app))?.into()))
}

/// How many entries are gone.
#[derive(Serialize, ToSchema)]
#[schema(as = RemovedFromVault)]
struct Removed {
    #[schema(minimum = 0, maximum = 1000, example = 1)]
    deleted: usize,
}

/// Remove entries from a vault
///
/// All of those that are there, in one step. With the last entry the vault is gone.
#[utoipa::path(
    delete,
    path = "/api/v1/vault/totps",
    operation_id = "removeFromVault",
    tag = tag::VAULT,
    security(()),
    params(Owner),
    request_body(content = Several, description = "What is not to be in it; names do not matter. At most 4.5 MiB."),
    responses(
        (status = OK, description = "How many were there, and are gone.", body = Removed),
        ErrorResponses<(Asked, Changing, Sent, Lots, Bounded)>,
    ),
)]
async fn remove(State(app): State<AppState>, of: Of, Json(several): Json<Several>) -> Shown<Removed> {
    let removed = async {
        let secrets: Vec<_> = entries::read(several.totps)?.into_iter().map(|entry| entry.enc_secret).collect();
        app.vaults.remove(&of.user, &secrets).await
    };
    let deleted = removed.await.map_err(Refused::by(&app))?;
    Ok(axum::Json(Removed { deleted }))
}
