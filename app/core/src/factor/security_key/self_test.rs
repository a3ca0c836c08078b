//! The self-test at start: a whole registration and a whole authentication of a fixed key, through the same functions as
//! any other. An upgrade of the library that no longer fits shows before it can refuse a user's key.

use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use sha2::{Digest, Sha256};

use super::answer::Bytes;
use super::library::LibraryError;
use super::verify::{AnswerError, verify_assertion, verify_registration};
use super::{
    AssertionAnswer, AuthenticationCeremony, KIND, Person, RegistrationAnswer, RegistrationCeremony, RelyingParty,
    State,
};
use crate::model::KeyFlaw;

const RP_ID: &str = "self-test.invalid";
const ORIGIN: &str = "https://self-test.invalid";
/// The private key. It guards nothing.
const SECRET: [u8; 32] = [0x42; 32];
const CREDENTIAL_ID: [u8; 16] = [0x17; 16];
const PRESENT: u8 = 0x01;
const ATTESTED: u8 = 0x40;

/// Error returned when the WebAuthn library does not do what this version of Postern needs of it.
#[derive(Debug, thiserror::Error)]
#[error("the self-test of security keys failed, so no security key could be used: {step}: {why}")]
pub struct SelfTestError {
    step: &'static str,
    why: String,
}

/// Registers a fixed key, passes it, and sees a forged signature refused.
pub fn self_test() -> Result<(), SelfTestError> {
    run(&SECRET, &SECRET)
}

/// `registered` is the key that registers, `signing` the one that signs afterwards: the same, unless a test wants a failure.
fn run(registered: &[u8; 32], signing: &[u8; 32]) -> Result<(), SelfTestError> {
    let key = at("registration", register(registered))?;
    let key = State::read(&key.write()).map_err(|why| failed("stored key", &why))?;
    at("authentication", authenticate(&key, signing, |_| {}))?;
    match authenticate(&key, signing, |data| data[36] ^= 1) {
        Err(AnswerError::Flawed(KeyFlaw::Signature)) => Ok(()),
        Err(why) => Err(failed("forged signature", &why)),
        Ok(()) => Err(failed("forged signature", &"it was accepted")),
    }
}

fn register(secret: &[u8; 32]) -> Result<State, AnswerError> {
    let person = Person { handle: vec![1; 32], name: RP_ID.to_owned(), display_name: RP_ID.to_owned() };
    let (ceremony, _) = RegistrationCeremony::begin(rp(), person, &[])?;
    let ceremony = stored(&ceremony)?;
    let object = attestation_object(&signing_key(secret)?);
    let answer = json!({
        "id": Bytes(CREDENTIAL_ID.to_vec()), "rawId": Bytes(CREDENTIAL_ID.to_vec()), "type": "public-key",
        "response": {
            "clientDataJSON": Bytes(client_data("webauthn.create", &ceremony.challenge_text())),
            "attestationObject": Bytes(object),
        },
    });
    verify_registration(&ceremony, &RegistrationAnswer::read(&answer.to_string())?)
}

/// `alter` changes the authenticator data once it is signed.
fn authenticate(key: &State, secret: &[u8; 32], alter: impl FnOnce(&mut Vec<u8>)) -> Result<(), AnswerError> {
    let (ceremony, _) = AuthenticationCeremony::begin(rp(), std::slice::from_ref(key))?;
    let ceremony = stored(&ceremony)?;
    let client_data = client_data("webauthn.get", &ceremony.challenge_text());
    let mut data = authenticator_data(PRESENT);
    let signed = [&data[..], &Sha256::digest(&client_data)].concat();
    let signature: Signature = signing_key(secret)?.sign(&signed);
    alter(&mut data);
    let answer = json!({
        "id": Bytes(CREDENTIAL_ID.to_vec()), "rawId": Bytes(CREDENTIAL_ID.to_vec()), "type": "public-key",
        "response": {
            "clientDataJSON": Bytes(client_data),
            "authenticatorData": Bytes(data),
            "signature": Bytes(signature.to_der().as_bytes().to_vec()),
        },
    });
    verify_assertion(&ceremony, key, &AssertionAnswer::read(&answer.to_string())?).map(drop)
}

/// A ceremony as it comes back from the store.
fn stored<T: Serialize + DeserializeOwned>(ceremony: &T) -> Result<T, LibraryError> {
    let unreadable = |why: &dyn std::fmt::Display| LibraryError::new("state", why);
    let bytes = rmp_serde::to_vec_named(ceremony).map_err(|why| unreadable(&why))?;
    rmp_serde::from_slice(&bytes).map_err(|why| unreadable(&why))
}

fn rp() -> RelyingParty {
    RelyingParty::of_origin(RP_ID, ORIGIN)
}

fn signing_key(secret: &[u8; 32]) -> Result<SigningKey, LibraryError> {
    SigningKey::from_slice(secret).map_err(|why| LibraryError::new("private key", &why))
}

fn client_data(kind: &str, challenge: &str) -> Vec<u8> {
    json!({ "type": kind, "challenge": challenge, "origin": ORIGIN, "crossOrigin": false }).to_string().into_bytes()
}

/// Relying party, flags and a count of zero (6.1).
fn authenticator_data(flags: u8) -> Vec<u8> {
    [&Sha256::digest(RP_ID)[..], &[flags], &[0; 4]].concat()
}

/// An attestation object of format `none` (6.5.4) around the key, as CBOR.
fn attestation_object(key: &SigningKey) -> Vec<u8> {
    let point = key.verifying_key().to_sec1_point(false);
    let data = [
        &authenticator_data(PRESENT | ATTESTED)[..],
        &[0; 16], // no model
        &[0, 16],
        &CREDENTIAL_ID,
        &super::u2f::cose_key(point.as_bytes()),
    ]
    .concat();
    let length = u8::try_from(data.len()).unwrap_or_default();
    [&b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58"[..], &[length], &data].concat()
}

fn at<T>(step: &'static str, outcome: Result<T, AnswerError>) -> Result<T, SelfTestError> {
    outcome.map_err(|why| failed(step, &why))
}

fn failed(step: &'static str, why: &dyn std::fmt::Display) -> SelfTestError {
    SelfTestError { step, why: format!("{KIND}: {why}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn self_test_passes() {
        self_test().expect("the self-test");
    }

    #[test]
    fn self_test_fails_if_the_signature_does_not_verify() {
        let error = run(&SECRET, &[0x43; 32]).expect_err("another key's signature");
        assert_eq!(error.step, "authentication");
        assert!(error.to_string().contains("its signature is not right"), "{error}");
    }

    #[test]
    fn self_test_fails_if_the_key_cannot_be_made() {
        let error = run(&[0; 32], &SECRET).expect_err("no private key");
        assert_eq!(error.step, "registration");
    }
}
