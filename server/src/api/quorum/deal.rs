//! Dealing a secret among custodians.

use axum::Extension;
use axum::extract::State;
use postern_app::quorum::{self, Deal, Refusal};
use postern_app::web::context::AppState;
use postern_core::model::typed_text::display_name;
use postern_core::model::{Network, Secret};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Fields, JsonOrForm};
use super::{RouteError, RouteResult};
use crate::api::input::needed;
use crate::api::refusals::{Asked, Changing, Dealing, ErrorResponses, Sent};
use crate::api::tag;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(deal))
}

/// A secret, and among how many it is to be split.
#[derive(Deserialize, ToSchema)]
struct DealShares {
    /// A TOTP secret: its key of 10 to 128 bytes in base32 (RFC 4648, 6), in groups or not, or an `otpauth://totp/` link. A
    /// bare key stands for SHA1, 6 digits and 30 seconds.
    #[schema(value_type = String, format = "totp-secret", example = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")]
    secret_key: Secret<String>,
    /// How many shares there are to be: 2 to the most that this portal takes (32 unless its operator says otherwise).
    #[serde(deserialize_with = "needed")]
    #[schema(minimum = 2, maximum = 255, example = 5)]
    shares: u64,
    /// How many of them make codes together: 2 to `shares`.
    #[serde(deserialize_with = "needed")]
    #[schema(minimum = 2, maximum = 255, example = 3)]
    threshold: u64,
    /// An age X25519 public key for each share, in their order, or none. In a form it is repeated.
    #[schema(value_type = Option<Vec<AgeRecipient>>, max_items = 255)]
    #[serde(default)]
    recipients: Option<Vec<String>>,
    /// What it is, for whoever reads the request: 1 to 200 characters, none of them a control character or a change of direction. It is not kept and
    /// not shared.
    #[schema(
        pattern = r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]{1,200}$",
        example = "Root of the cloud account"
    )]
    note: Option<String>,
}

impl Fields for DealShares {
    const LISTS: &'static [&'static str] = &["recipients"];
    const NUMBERS: &'static [&'static str] = &["shares", "threshold"];
}

/// An age X25519 public key.
#[derive(ToSchema)]
#[schema(value_type = String, format = "age-recipient", example = "age19ydt3tz3yc6ayaley5z983ttczanhvmshjlc08yj8p5y3d8jwy9shcl87h")]
#[expect(dead_code, reason = "describes the items of a list")]
struct AgeRecipient(String);

/// The shares, shown this once.
#[derive(Serialize, ToSchema)]
#[schema(as = DealtShares)]
struct Dealt {
    /// What the shares of this deal begin with: the first bytes of the group's id in base32, for people.
    #[schema(pattern = "^[A-Z2-7]{8}$", example = "XMHPQ3YK")]
    prefix: String,
    /// In the order of their numbers: a line `PREFIX$INDEX$DATA` each, or an armored age file for its recipient.
    shares: Vec<OneShare>,
}

/// A share, as its custodian keeps it.
#[derive(Serialize, ToSchema)]
#[schema(as = QuorumShare, value_type = String, example = "XMHPQ3YK$1$AbsO-G8KpWdRTTSICU6ISagDBQH4uGMyQHoWI7NFSBaqtvJHI98e0qjYBBd9cZ0kc6009sEiv6fK6F09fB8iSLsTS30eeix5jgEtWBz5VDIHCRLC4Q5Rnmwb43Mc5QQ")]
struct OneShare(Secret<String>);

/// Deal a secret
///
/// Splits a TOTP secret (Shamir's sharing over GF(256) with the polynomial 0x11d): any `threshold` of the shares make codes together, and fewer say
/// nothing of it. Nothing is kept: the shares are in this answer alone. A network may deal 60 times within 10 minutes.
#[utoipa::path(
    post,
    path = "/shares",
    operation_id = "dealShares",
    tag = tag::QUORUM,
    security(()),
    request_body(
        content((DealShares = "application/json"), (DealShares = "application/x-www-form-urlencoded")),
        description = "The secret, and its custodians.",
    ),
    responses(
        (status = OK, description = "The shares.", body = Dealt),
        ErrorResponses<(Asked, Changing, Sent, Dealing)>,
    ),
)]
async fn deal(
    State(app): State<AppState>,
    Extension(network): Extension<Network>,
    JsonOrForm(asked): JsonOrForm<DealShares>,
) -> RouteResult<axum::Json<Dealt>> {
    let DealShares { secret_key: secret, shares: size, threshold, recipients, note } = asked;
    let dealt = async {
        if note.is_some_and(|note| !is_note(&note)) {
            return Err(Refusal::Note.into());
        }
        let recipients = recipients.unwrap_or_default();
        app.quorum.deal(network, Deal { secret, size, threshold, recipients }).await
    };
    let quorum::Dealt { prefix, shares, .. } = dealt.await.map_err(RouteError::by(&app))?;
    Ok(axum::Json(Dealt { prefix, shares: shares.into_iter().map(OneShare).collect() }))
}

fn is_note(note: &str) -> bool {
    display_name(note, 200).is_ok()
}
