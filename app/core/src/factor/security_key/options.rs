//! What browsers are asked for (WebAuthn Level 3, 5.4 and 5.5).

use serde::Serialize;
use webauthn_rs_proto::{
    AllowCredentials, AuthenticatorSelectionCriteria, AuthenticatorTransport, PublicKeyCredentialCreationOptions,
    PublicKeyCredentialDescriptor, PublicKeyCredentialRequestOptions, RequestChallengeResponse, ResidentKeyRequirement,
    UserVerificationPolicy,
};

use super::State;
use super::u2f::{AppId, shared_app_id};

const PUBLIC_KEY: &str = "public-key";

/// Whom a new key is for, as the key and the browser show it.
#[derive(Clone, Debug)]
pub struct Person {
    /// Random, and says nothing (14.6.1). One for all keys of a holder.
    pub handle: Vec<u8>,
    pub name: String,
    pub display_name: String,
}

/// CredentialCreationOptions, as JSON.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreationChallengeResponse {
    public_key: Creation,
}

/// The library's options, and the one extension that we ask for, which it does not know.
#[derive(Clone, Debug, Serialize)]
struct Creation {
    #[serde(flatten)]
    options: PublicKeyCredentialCreationOptions,
    #[serde(skip_serializing_if = "Option::is_none")]
    extensions: Option<CreationExtensions>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CreationExtensions {
    appid_exclude: AppId,
}

/// PublicKeyCredentialCreationOptionsJSON. Any kind of key will do, and a passkey is made where the key can; how its
/// holder is verified is asked for and not insisted on, or keys without PIN and finger would be shut out. A U2F key that is
/// registered already is told by its app id (10.1.2), if it shares that with the holder's other U2F keys.
///
/// `made` is what the library asks for. Its state does not know of what is put into its place here: these are requests
/// to the browser, and nothing that an answer is held to.
pub(super) fn creation(made: PublicKeyCredentialCreationOptions, registered: &[State]) -> CreationChallengeResponse {
    let options = PublicKeyCredentialCreationOptions {
        exclude_credentials: Some(registered.iter().map(descriptor).collect()),
        authenticator_selection: Some(AuthenticatorSelectionCriteria {
            authenticator_attachment: None,
            resident_key: Some(ResidentKeyRequirement::Preferred),
            require_resident_key: false,
            user_verification: UserVerificationPolicy::Preferred,
        }),
        // Written beside the options, below.
        extensions: None,
        ..made
    };
    let extensions = shared_app_id(registered).map(|app_id| CreationExtensions { appid_exclude: app_id.clone() });
    CreationChallengeResponse { public_key: Creation { options, extensions } }
}

/// Asks for a key that need not be found without its user being named.
pub const fn discourage_resident_key(response: &mut CreationChallengeResponse) {
    if let Some(selection) = &mut response.public_key.options.authenticator_selection {
        selection.resident_key = Some(ResidentKeyRequirement::Discouraged);
    }
}

/// PublicKeyCredentialRequestOptionsJSON: any of these keys, U2F keys among them if their app id is asked for.
pub(super) fn request(made: PublicKeyCredentialRequestOptions, keys: &[State]) -> RequestChallengeResponse {
    let public_key = PublicKeyCredentialRequestOptions {
        allow_credentials: keys.iter().map(allowed).collect(),
        user_verification: UserVerificationPolicy::Preferred,
        ..made
    };
    RequestChallengeResponse { public_key, mediation: None }
}

fn descriptor(key: &State) -> PublicKeyCredentialDescriptor {
    let AllowCredentials { type_, id, transports } = allowed(key);
    PublicKeyCredentialDescriptor { type_, id, transports }
}

fn allowed(key: &State) -> AllowCredentials {
    let known: Vec<AuthenticatorTransport> = key.transports.iter().filter_map(|name| name.parse().ok()).collect();
    let transports = (!known.is_empty()).then_some(known);
    AllowCredentials { type_: PUBLIC_KEY.to_owned(), id: key.credential_id.clone(), transports }
}
