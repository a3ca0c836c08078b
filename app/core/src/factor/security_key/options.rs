//! What browsers are asked for (WebAuthn Level 3, 5.4 and 5.5).

use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;
use webauthn_rs_proto::{
    AllowCredentials, AttestationConveyancePreference, AuthenticatorSelectionCriteria, AuthenticatorTransport,
    PubKeyCredParams, PublicKeyCredentialCreationOptions, PublicKeyCredentialDescriptor,
    PublicKeyCredentialRequestOptions, RequestAuthenticationExtensions, RequestChallengeResponse,
    ResidentKeyRequirement, User, UserVerificationPolicy,
};

use super::answer::hash_of;
use super::library::ALGORITHMS;
use super::u2f::{AppId, shared_app_id};
use super::{Asked, RelyingParty, State};
use crate::rules::limits;

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

impl Asked {
    /// Names this ceremony.
    pub fn challenge_hash(&self) -> String {
        hash_of(&self.challenge_text())
    }

    pub(super) fn challenge_text(&self) -> String {
        BASE64URL_NOPAD.encode(&self.challenge)
    }
}

/// PublicKeyCredentialCreationOptionsJSON. Any kind of key will do, and a passkey is made where the key can; how its
/// holder is verified is asked for and not insisted on, or keys without PIN and finger would be shut out. A U2F key that is
/// registered already is told by its app id (10.1.2), if it shares that with the holder's other U2F keys.
pub fn creation(asked: &Asked, person: Person, others: &[State]) -> CreationChallengeResponse {
    let options = PublicKeyCredentialCreationOptions {
        rp: relying_party(&asked.rp),
        user: User { id: person.handle, display_name: person.display_name, name: person.name },
        challenge: asked.challenge.clone(),
        pub_key_cred_params: ALGORITHMS
            .map(|algorithm| PubKeyCredParams { type_: PUBLIC_KEY.to_owned(), alg: algorithm as i64 })
            .to_vec(),
        timeout: Some(timeout()),
        exclude_credentials: Some(others.iter().map(descriptor).collect()),
        authenticator_selection: Some(AuthenticatorSelectionCriteria {
            authenticator_attachment: None,
            resident_key: Some(ResidentKeyRequirement::Preferred),
            require_resident_key: false,
            user_verification: UserVerificationPolicy::Preferred,
        }),
        hints: None,
        attestation: Some(AttestationConveyancePreference::None),
        attestation_formats: None,
        extensions: None,
    };
    let extensions = shared_app_id(others).map(|app_id| CreationExtensions { appid_exclude: app_id.clone() });
    CreationChallengeResponse { public_key: Creation { options, extensions } }
}

/// Asks for a key that need not be found without its user being named.
pub const fn discourage_resident_key(response: &mut CreationChallengeResponse) {
    if let Some(selection) = &mut response.public_key.options.authenticator_selection {
        selection.resident_key = Some(ResidentKeyRequirement::Discouraged);
    }
}

/// PublicKeyCredentialRequestOptionsJSON: any of these keys, U2F keys among them if their app id is asked for.
pub fn request(asked: &Asked, keys: &[State]) -> RequestChallengeResponse {
    let extensions = asked.app_id.as_ref().map(|app_id| RequestAuthenticationExtensions {
        appid: Some(app_id.to_string()),
        uvm: None,
        hmac_get_secret: None,
    });
    let public_key = PublicKeyCredentialRequestOptions {
        challenge: asked.challenge.clone(),
        timeout: Some(timeout()),
        rp_id: asked.rp.id.clone(),
        allow_credentials: keys.iter().map(allowed).collect(),
        user_verification: UserVerificationPolicy::Preferred,
        hints: None,
        extensions,
    };
    RequestChallengeResponse { public_key, mediation: None }
}

fn relying_party(rp: &RelyingParty) -> webauthn_rs_proto::RelyingParty {
    webauthn_rs_proto::RelyingParty { name: rp.name.clone(), id: rp.id.clone() }
}

/// As long as the challenge lives, in milliseconds.
fn timeout() -> u32 {
    u32::try_from(limits::CEREMONY_LASTS.as_millis()).unwrap_or(u32::MAX)
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
