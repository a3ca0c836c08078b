//! What browsers are asked for (WebAuthn Level 3, 5.4 and 5.5).

use data_encoding::BASE64URL_NOPAD;
use webauthn_rs_proto::{
    AllowCredentials, AttestationConveyancePreference, AuthenticatorSelectionCriteria, AuthenticatorTransport,
    CreationChallengeResponse, PubKeyCredParams, PublicKeyCredentialCreationOptions, PublicKeyCredentialDescriptor,
    PublicKeyCredentialRequestOptions, RequestChallengeResponse, ResidentKeyRequirement, User, UserVerificationPolicy,
};

use super::answer::hash_of;
use super::library::ALGORITHMS;
use super::{Asked, RelyingParty, State};
use crate::rules::limits;

const PUBLIC_KEY: &str = "public-key";

/// Whom a new key is for, as the key and the browser show it.
#[derive(Clone, Debug)]
pub struct Person {
    /// Random, and says nothing (14.6.1). One for all keys of a holder.
    pub handle: Vec<u8>,
    pub name: String,
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
/// holder is verified is asked for and not insisted on, or keys without PIN and finger would be shut out.
pub fn creation(asked: &Asked, person: Person, others: &[State]) -> CreationChallengeResponse {
    let public_key = PublicKeyCredentialCreationOptions {
        rp: relying_party(&asked.rp),
        user: User { id: person.handle, display_name: person.name.clone(), name: person.name },
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
    CreationChallengeResponse { public_key }
}

/// PublicKeyCredentialRequestOptionsJSON: any of these keys.
pub fn request(asked: &Asked, keys: &[State]) -> RequestChallengeResponse {
    let public_key = PublicKeyCredentialRequestOptions {
        challenge: asked.challenge.clone(),
        timeout: Some(timeout()),
        rp_id: asked.rp.id.clone(),
        allow_credentials: keys.iter().map(allowed).collect(),
        user_verification: UserVerificationPolicy::Preferred,
        hints: None,
        extensions: None,
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
