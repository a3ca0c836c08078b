//! Verifying what a key answered. Pure: nothing changes here, and the one use of a ceremony is the caller's business.
//! The library does the signatures; what it leaves out stands here, before it is asked.

use serde_cbor_2::Value;

use super::answer::{AssertionAnswer, Bytes, ExtensionResults, RegistrationAnswer};
use super::authenticator_data::{Attested, AuthenticatorData, item};
use super::client_data::ClientData;
use super::library::{self, LibraryError};
use super::u2f::AppId;
use super::{Assertion, AuthenticationCeremony, RegistrationCeremony, State};
use crate::model::KeyFlaw;

/// Error returned when an answer is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// Something is wrong with the answer.
    #[error(transparent)]
    Flawed(#[from] KeyFlaw),
    /// Something is wrong with us. The answer was not judged.
    #[error(transparent)]
    Library(#[from] LibraryError),
}

/// WebAuthn Level 3, 7.1: the new credential, if everything about the answer holds. Whether its id is already somebody's
/// is for the caller to find out.
pub fn verify_registration(ceremony: &RegistrationCeremony, answer: &RegistrationAnswer) -> Result<State, AnswerError> {
    let RegistrationAnswer { id, raw_id, kind, response } = answer;
    is_public_key(kind)?;
    ClientData::read(&response.client_data_json.0)?.check(
        "webauthn.create",
        &ceremony.challenge_text(),
        &ceremony.rp,
    )?;
    let data = attested_data(&response.attestation_object)?;
    let Attested { aaguid, id: signed_id, public_key } =
        AuthenticatorData::read(&data)?.attested.ok_or(KeyFlaw::Malformed)?;
    if signed_id.is_empty() || [id.0.as_slice(), raw_id.0.as_slice()] != [signed_id; 2] {
        return Err(KeyFlaw::OtherId.into());
    }
    let public_key = library::canonical_key(public_key)?;
    let verified = library::register(ceremony, answer)?;
    Ok(State {
        credential_id: signed_id.to_vec(),
        public_key,
        count: verified.counter,
        verified_at_registration: verified.user_verified,
        verified: verified.user_verified,
        backup_eligible: verified.backup_eligible,
        backed_up: verified.backup_state,
        transports: response.transports.0.clone(),
        user_handle: ceremony.user_handle.clone(),
        rp_id: ceremony.rp.id.clone(),
        origin: ceremony.rp.origin.clone(),
        aaguid,
        app_id: None,
    })
}

/// WebAuthn Level 3, 7.2, all but the count (7.2.22): `key` is the credential that the answer names.
pub fn verify_assertion(
    ceremony: &AuthenticationCeremony,
    key: &State,
    answer: &AssertionAnswer,
) -> Result<Assertion, AnswerError> {
    let AssertionAnswer { id, raw_id, kind, response, client_extension_results } = answer;
    is_public_key(kind)?;
    if id != raw_id {
        return Err(KeyFlaw::OtherId.into());
    }
    if raw_id.0 != key.credential_id || !was_offered(ceremony, key) {
        return Err(KeyFlaw::UnknownKey.into());
    }
    if response.user_handle().is_some_and(|handle| handle != key.user_handle) {
        return Err(KeyFlaw::OtherUser.into());
    }
    ClientData::read(&response.client_data_json.0)?.check("webauthn.get", &ceremony.challenge_text(), &ceremony.rp)?;
    let data = AuthenticatorData::read(&response.authenticator_data.0)?;
    // A credential is attested once, when it is made.
    if data.attested.is_some() {
        return Err(KeyFlaw::Trailing.into());
    }
    check_backup(key, &data)?;
    if let Some(app_id) = &key.app_id {
        used(app_id, client_extension_results.as_ref(), &response.authenticator_data)?;
    }
    library::authenticate(ceremony, key, answer, data.backup_eligible)
}

/// 7.2.18: a credential may become able to be synced, as password managers do to existing passkeys, but not unable.
fn check_backup(key: &State, data: &AuthenticatorData<'_>) -> Result<(), KeyFlaw> {
    match (key.backup_eligible, data.backup_eligible) {
        (_, false) if data.backed_up => Err(KeyFlaw::Backup),
        (true, false) => Err(KeyFlaw::BackupWithdrawn),
        _ => Ok(()),
    }
}

/// A key answers for its relying party or, a U2F key, for its app (10.1.1): for no other, and for one of them only.
fn was_offered(ceremony: &AuthenticationCeremony, key: &State) -> bool {
    match &key.app_id {
        None => key.rp_id == ceremony.rp.id,
        Some(app_id) => ceremony.app_id.as_ref() == Some(app_id),
    }
}

/// A U2F key signs for its app, and the browser says so. Of other keys what the browser says is not read: old ones say it
/// of any key while a U2F key is plugged in, and the relying party is what such a key must have signed for.
fn used(app_id: &AppId, results: Option<&ExtensionResults>, data: &Bytes) -> Result<(), KeyFlaw> {
    if results.and_then(|results| results.appid) != Some(true) {
        Err(KeyFlaw::AppIdUnused)
    } else if !data.0.starts_with(&app_id.hash()) {
        Err(KeyFlaw::OtherSite)
    } else {
        Ok(())
    }
}

fn is_public_key(kind: &str) -> Result<(), KeyFlaw> {
    if kind == "public-key" { Ok(()) } else { Err(KeyFlaw::OtherType) }
}

/// The authenticator data inside an attestation object (6.5.4). A statement of format `none` is empty (8.7); the other
/// formats are the library's.
fn attested_data(object: &Bytes) -> Result<Vec<u8>, KeyFlaw> {
    let (Value::Map(mut object), behind) = item(&object.0)? else { return Err(KeyFlaw::Malformed) };
    if !behind.is_empty() {
        return Err(KeyFlaw::Trailing);
    }
    let mut member = |name: &str| object.remove(&Value::Text(name.to_owned())).ok_or(KeyFlaw::Malformed);
    match (member("fmt")?, member("attStmt")?, member("authData")?) {
        (Value::Text(format), Value::Map(statement), _) if format == "none" && !statement.is_empty() => {
            Err(KeyFlaw::Statement)
        }
        (Value::Text(_), Value::Map(_), Value::Bytes(data)) => Ok(data),
        _ => Err(KeyFlaw::Malformed),
    }
}
