//! Verifying what a U2F key answered. Pure: nothing changes here, and the one use of a ceremony is the caller's business.

use p256::ecdsa::VerifyingKey;
use sha2::{Digest, Sha256};
use webauthn_rs_core::proto::COSEKeyType;

use super::Asked;
use super::answer::{RegisterAnswer, SignAnswer, Websafe};
use super::client_data::ClientData;
use super::message::{Registered, Signed};
use crate::factor::security_key::{AnswerError, Assertion, LibraryError, State, library};
use crate::model::KeyFlaw;

/// A `COSE_Key` on P-256 for ES256 (RFC 9053 2.1, 7.1.1) up to its x, and between x and y, as keys that speak CTAP2 write it.
const COSE_BEFORE_X: [u8; 10] = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
const COSE_BEFORE_Y: [u8; 3] = [0x22, 0x58, 0x20];

/// The new key, if everything about the answer holds (U2F Raw Message Formats 4.3). The attestation's signature is checked
/// and the chain of its certificate is not: whose make a key is, is nothing to us. Whether its handle is already somebody's
/// is for the caller to find out. `user_handle` is what its WebAuthn answers would be for.
///
/// Such a key is no relying party's: `rp_id` and `origin` stay empty.
pub fn verify_registration(asked: &Asked, user_handle: &[u8], answer: &RegisterAnswer) -> Result<State, KeyFlaw> {
    let client_data = checked("navigator.id.finishEnrollment", asked, &answer.client_data)?;
    let registered = Registered::read(&answer.registration_data.0)?;
    registered.verify(&asked.app_id.hash(), &client_data)?;
    Ok(State {
        credential_id: registered.key_handle.to_vec(),
        public_key: cose_key(registered.public_key),
        count: 0,
        verified_at_registration: false,
        verified: false,
        backup_eligible: false,
        backed_up: false,
        transports: vec!["usb".to_owned()],
        user_handle: user_handle.to_vec(),
        rp_id: String::new(),
        origin: String::new(),
        aaguid: [0; 16],
        app_id: Some(asked.app_id.clone()),
    })
}

/// U2F Raw Message Formats 5.4, all but the count: `key` is the one that was asked.
pub fn verify_sign(asked: &Asked, key: &State, answer: &SignAnswer) -> Result<Assertion, AnswerError> {
    let SignAnswer { signature_data, client_data, key_handle } = answer;
    let other = key_handle.as_ref().is_some_and(|handle| handle.0 != key.credential_id);
    if other || key.app_id.as_ref() != Some(&asked.app_id) {
        return Err(KeyFlaw::UnknownKey.into());
    }
    let client_data = checked("navigator.id.getAssertion", asked, client_data)?;
    let signed = Signed::read(&signature_data.0)?;
    signed.verify(&public_key(key)?, &asked.app_id.hash(), &client_data)?;
    let (credential_id, count) = (key.credential_id.clone(), signed.count());
    Ok(Assertion { credential_id, count, verified: false, backup_eligible: false, backed_up: false })
}

/// The hash of client data that is an answer to what was asked: the challenge parameter (4.1).
fn checked(typ: &str, asked: &Asked, client_data: &Websafe) -> Result<[u8; 32], KeyFlaw> {
    ClientData::read(&client_data.0)?.check(typ, asked)?;
    Ok(Sha256::digest(&client_data.0).into())
}

/// An uncompressed point, as all our records have their keys.
pub fn cose_key(point: &[u8]) -> Vec<u8> {
    [&COSE_BEFORE_X[..], &point[1..33], &COSE_BEFORE_Y, &point[33..]].concat()
}

fn public_key(key: &State) -> Result<VerifyingKey, LibraryError> {
    let unreadable = |why: &dyn std::fmt::Display| LibraryError::new("stored key", why);
    let COSEKeyType::EC_EC2(point) = library::stored_key(key)?.key else {
        return Err(unreadable(&"not on a curve"));
    };
    VerifyingKey::from_sec1_bytes(&[&[0x04], &point.x[..], &point.y].concat()).map_err(|why| unreadable(&why))
}
