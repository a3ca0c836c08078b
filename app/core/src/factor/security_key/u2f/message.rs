//! What the key itself answered (U2F Raw Message Formats), read to the last byte.

use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use x509_parser::asn1_rs::{Any, Tag};
use x509_parser::oid_registry::{OID_EC_P256, OID_KEY_TYPE_EC_PUBLIC_KEY};
use x509_parser::prelude::{FromDer, SubjectPublicKeyInfo, TbsCertificate};

use crate::model::KeyFlaw;

/// What every registration begins with, for historical reasons (4.3).
const RESERVED: u8 = 0x05;
/// A user was there (5.4). The other bits of its byte mean nothing yet.
const PRESENT: u8 = 0x01;

/// Registration Response Message: Success (4.3).
pub(super) struct Registered<'a> {
    pub public_key: &'a [u8; 65],
    pub key_handle: &'a [u8],
    /// The key of the certificate.
    attester: VerifyingKey,
    signature: &'a [u8],
}

/// Authentication Response Message: Success (5.4).
pub(super) struct Signed<'a> {
    presence: u8,
    count: [u8; 4],
    signature: &'a [u8],
}

impl<'a> Registered<'a> {
    /// A certificate says itself how long it is; all behind it is the signature.
    pub fn read(bytes: &'a [u8]) -> Result<Self, KeyFlaw> {
        let rest = bytes.strip_prefix(&[RESERVED]).ok_or(KeyFlaw::Malformed)?;
        let (public_key, rest) = rest.split_first_chunk::<65>().ok_or(KeyFlaw::Malformed)?;
        let (length, rest) = rest.split_first().ok_or(KeyFlaw::Malformed)?;
        let (key_handle, rest) = rest.split_at_checked(usize::from(*length)).ok_or(KeyFlaw::Malformed)?;
        if key_handle.is_empty() {
            return Err(KeyFlaw::Malformed);
        }
        VerifyingKey::from_sec1_bytes(public_key).map_err(|_| KeyFlaw::Point)?;
        let (signature, certificate) = Any::from_der(rest).map_err(|_| KeyFlaw::Certificate)?;
        let attester = certified(&certificate).ok_or(KeyFlaw::Certificate)?;
        Ok(Self { public_key, key_handle, attester, signature })
    }

    /// Fails unless the certificate's key signed all of this, for this app and this client data. Both come as SHA-256.
    pub fn verify(&self, app: &[u8; 32], client_data: &[u8; 32]) -> Result<(), KeyFlaw> {
        let Self { public_key, key_handle, attester, signature } = self;
        let signed = [&[0][..], app, client_data, key_handle, &public_key[..]].concat();
        verify(attester, &signed, signature, KeyFlaw::Statement)
    }
}

impl<'a> Signed<'a> {
    pub fn read(bytes: &'a [u8]) -> Result<Self, KeyFlaw> {
        let (presence, rest) = bytes.split_first().ok_or(KeyFlaw::Malformed)?;
        let (count, signature) = rest.split_first_chunk::<4>().ok_or(KeyFlaw::Malformed)?;
        if presence & !PRESENT != 0 {
            return Err(KeyFlaw::ReservedFlags);
        }
        if presence & PRESENT == 0 {
            return Err(KeyFlaw::Untouched);
        }
        Ok(Self { presence: *presence, count: *count, signature })
    }

    pub fn count(&self) -> u32 {
        u32::from_be_bytes(self.count)
    }

    /// Fails unless this key signed all of this, for this app and this client data. Both come as SHA-256.
    pub fn verify(&self, key: &VerifyingKey, app: &[u8; 32], client_data: &[u8; 32]) -> Result<(), KeyFlaw> {
        let Self { presence, count, signature } = self;
        let signed = [app, &[*presence][..], count, client_data].concat();
        verify(key, &signed, signature, KeyFlaw::Signature)
    }
}

/// The key of a certificate (RFC 5280 4.1). Who signed the certificate is nothing to us, and that signature is not read:
/// some early keys have it in a bit string that counts unused bits where there are none.
fn certified(certificate: &Any<'_>) -> Option<VerifyingKey> {
    certificate.header.assert_tag(Tag::Sequence).ok()?;
    let (_, certificate) = TbsCertificate::from_der(certificate.data).ok()?;
    on_p256(&certificate.subject_pki)
}

/// A key on P-256, as a certificate has it (RFC 5480 2).
fn on_p256(key: &SubjectPublicKeyInfo<'_>) -> Option<VerifyingKey> {
    let curve = key.algorithm.parameters.as_ref()?.as_oid().ok()?;
    let fits = key.algorithm.algorithm == OID_KEY_TYPE_EC_PUBLIC_KEY && curve == OID_EC_P256;
    if fits { VerifyingKey::from_sec1_bytes(&key.subject_public_key.data).ok() } else { None }
}

/// ECDSA with SHA-256; the signature is DER, which tells its length in the second byte.
fn verify(key: &VerifyingKey, signed: &[u8], signature: &[u8], flaw: KeyFlaw) -> Result<(), KeyFlaw> {
    if signature.get(1).is_some_and(|length| signature.len() > usize::from(*length) + 2) {
        return Err(KeyFlaw::Trailing);
    }
    let signature = Signature::from_der(signature).map_err(|_| flaw)?;
    key.verify(signed, &signature).map_err(|_| flaw)
}
