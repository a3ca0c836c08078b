//! The published examples (U2F Raw Message Formats 1.2, 8), byte for byte. Their app ids are one without https and one with
//! facets, neither of which we take from anyone; so the messages are verified here, and answers as a whole elsewhere.

use data_encoding::HEXLOWER;
use p256::ecdsa::VerifyingKey;
use sha2::{Digest, Sha256};

use super::client_data::ClientData;
use super::message::{Registered, Signed};
use crate::model::KeyFlaw;

const REGISTER_APP: &str = "http://example.com";
const REGISTER_CLIENT: &str = r#"{"typ":"navigator.id.finishEnrollment","challenge":"vqrS6WXDe1JUs5_c3i4-LkKIHRr-3XVb3azuA5TifHo","cid_pubkey":{"kty":"EC","crv":"P-256","x":"HzQwlfXX7Q4S5MtCCnZUNBw3RMzPO9tOyWjBqRl4tJ8","y":"XVguGFLIZx1fXg3wNqfdbn75hi4-_7-BxhMljw42Ht4"},"origin":"http://example.com"}"#;
const REGISTERED_KEY: &str = "04b174bc49c7ca254b70d2e5c207cee9cf174820ebd77ea3c65508c26da51b657c1cc6b952f8621697936482da0a6d3d3826a590\
    95daf6cd7c03e2e60385d2f6d9";
const REGISTERED_HANDLE: &str = "2a552dfdb7477ed65fd84133f86196010b2215b57da75d315b7b9e8fe2e3925a6019551bab61d16591659cbaf00b4950f7ab\
    fe6660e2e006f76868b772d70c25";
const CERTIFICATE: &str = "3082013c3081e4a003020102020a47901280001155957352300a06082a8648ce3d0403023017311530130603550403130c476e75\
    6262792050696c6f74301e170d3132303831343138323933325a170d3133303831343138323933325a3031312f302d0603550403132650696c6f7447\
    6e756262792d302e342e312d34373930313238303030313135353935373335323059301306072a8648ce3d020106082a8648ce3d030107034200048d\
    617e65c9508e64bcc5673ac82a6799da3c1446682c258c463fffdf58dfd2fa3e6c378b53d795c4a4dffb4199edd7862f23abaf0203b4b8911ba05699\
    94e101300a06082a8648ce3d0403020347003044022060cdb6061e9c22262d1aac1d96d8c70829b2366531dda268832cb836bcd30dfa0220631b1459\
    f09e6330055722c8d89b7f48883b9089b88d60d1d9795902b30410df";
const REGISTER_SIGNATURE: &str = "304502201471899bcc3987e62e8202c9b39c33c19033f7340352dba80fcab017db9230e402210082677d673d891933ade6\
    f617e5dbde2e247e70423fd5ad7804a6d3d3961ef871";

const SIGN_APP: &str = "https://gstatic.com/securitykey/a/example.com";
const SIGN_CLIENT: &str = r#"{"typ":"navigator.id.getAssertion","challenge":"opsXqUifDriAAmWclinfbS0e-USY0CgyJHe_Otd7z8o","cid_pubkey":{"kty":"EC","crv":"P-256","x":"HzQwlfXX7Q4S5MtCCnZUNBw3RMzPO9tOyWjBqRl4tJ8","y":"XVguGFLIZx1fXg3wNqfdbn75hi4-_7-BxhMljw42Ht4"},"origin":"http://example.com"}"#;
const SIGN_KEY: &str = "04d368f1b665bade3c33a20f1e429c7750d5033660c019119d29aa4ba7abc04aa7c80a46bbe11ca8cb5674d74f31f8a903f6bad105fb\
    6ab74aefef4db8b0025e1d";
const SIGNED: &str = "0100000001304402204b5f0cd17534cedd8c34ee09570ef542a353df4436030ce43d406de870b847780220267bb998fac9b7266eb60e7c\
    b0b5eabdfd5ba9614f53c7b22272ec10047a923f";

fn hex(text: &str) -> Vec<u8> {
    HEXLOWER.decode(text.as_bytes()).expect("hex")
}

fn sha256(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

fn registration() -> Vec<u8> {
    hex(&["05", REGISTERED_KEY, "40", REGISTERED_HANDLE, CERTIFICATE, REGISTER_SIGNATURE].concat())
}

fn verify_registration(bytes: &[u8]) -> Result<(), KeyFlaw> {
    Registered::read(bytes)?.verify(&sha256(REGISTER_APP), &sha256(REGISTER_CLIENT))
}

fn verify_sign(bytes: &[u8]) -> Result<(), KeyFlaw> {
    let key = VerifyingKey::from_sec1_bytes(&hex(SIGN_KEY)).expect("a key");
    Signed::read(bytes)?.verify(&key, &sha256(SIGN_APP), &sha256(SIGN_CLIENT))
}

#[test]
fn the_published_registration_verifies() {
    let bytes = registration();
    let registered = Registered::read(&bytes).expect("a registration");
    assert_eq!(HEXLOWER.encode(registered.public_key), REGISTERED_KEY);
    assert_eq!(HEXLOWER.encode(registered.key_handle), REGISTERED_HANDLE);
    assert_eq!(verify_registration(&bytes), Ok(()));
    let client = ClientData::read(REGISTER_CLIENT.as_bytes()).expect("client data");
    assert_eq!(client.challenge, "vqrS6WXDe1JUs5_c3i4-LkKIHRr-3XVb3azuA5TifHo");
    assert_eq!((client.typ.as_str(), client.origin.as_str()), ("navigator.id.finishEnrollment", REGISTER_APP));
}

#[test]
fn the_published_authentication_verifies() {
    let bytes = hex(SIGNED);
    assert_eq!(Signed::read(&bytes).expect("a signature").count(), 1);
    assert_eq!(verify_sign(&bytes), Ok(()));
}

#[test]
fn the_examples_are_for_their_app_and_their_client_data_alone() {
    let bytes = registration();
    let registered = Registered::read(&bytes).expect("a registration");
    let [app, client] = [sha256(REGISTER_APP), sha256(REGISTER_CLIENT)];
    assert_eq!(registered.verify(&sha256("http://example.com/"), &client), Err(KeyFlaw::Statement));
    assert_eq!(registered.verify(&app, &sha256(SIGN_CLIENT)), Err(KeyFlaw::Statement));
    let bytes = hex(SIGNED);
    let signed = Signed::read(&bytes).expect("a signature");
    let key = VerifyingKey::from_sec1_bytes(&hex(SIGN_KEY)).expect("a key");
    let other = VerifyingKey::from_sec1_bytes(&hex(REGISTERED_KEY)).expect("a key");
    let [app, client] = [sha256(SIGN_APP), sha256(SIGN_CLIENT)];
    assert_eq!(signed.verify(&key, &client, &app), Err(KeyFlaw::Signature));
    assert_eq!(signed.verify(&key, &sha256(REGISTER_APP), &client), Err(KeyFlaw::Signature));
    assert_eq!(signed.verify(&other, &app, &client), Err(KeyFlaw::Signature));
}

#[test]
fn a_message_that_ends_early_is_refused_wherever_it_ends() {
    let (registration, signed) = (registration(), hex(SIGNED));
    for end in 0..registration.len() {
        assert!(verify_registration(&registration[..end]).is_err(), "{end}");
    }
    for end in 0..signed.len() {
        assert!(verify_sign(&signed[..end]).is_err(), "{end}");
    }
}

#[test]
fn a_message_with_a_byte_too_many_is_refused() {
    for byte in [0, 1, 0x30, 0xff] {
        assert_eq!(verify_registration(&[&registration()[..], &[byte]].concat()), Err(KeyFlaw::Trailing));
        assert_eq!(verify_sign(&[&hex(SIGNED)[..], &[byte]].concat()), Err(KeyFlaw::Trailing));
    }
}

#[test]
fn a_signature_with_any_byte_changed_is_refused() {
    let whole = hex(SIGNED);
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << bit;
            assert!(verify_sign(&bytes).is_err(), "byte {at}, bit {bit}");
        }
    }
}

/// The signature covers the certificate's key and nothing else of the certificate, of which nothing is kept; so only what
/// leaves that key as it is can pass.
#[test]
fn a_registration_with_any_byte_changed_is_refused_but_for_what_a_certificate_says_beside_its_key() {
    let whole = registration();
    let certificate = 131..131 + CERTIFICATE.len() / 2;
    let key = &CERTIFICATE[CERTIFICATE.find("2a8648ce3d0301070342").expect("a curve and a point")..][..152];
    let parts = [hex(&key[..16]), hex(&key[22..])];
    assert_eq!((parts[0][0], parts[1][0], parts[1].len()), (0x2a, 0x04, 65), "the curve, and an uncompressed point");
    for at in 0..whole.len() {
        for bit in 0..8 {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << bit;
            if verify_registration(&bytes).is_ok() {
                assert!(certificate.contains(&at), "byte {at}, bit {bit}");
                for part in &parts {
                    let kept = bytes[certificate.clone()].windows(part.len()).any(|window| window == part);
                    assert!(kept, "byte {at}, bit {bit}");
                }
            }
        }
    }
}

#[test]
fn a_key_handle_has_1_to_255_bytes() {
    let none = hex(&["05", REGISTERED_KEY, "00", CERTIFICATE, REGISTER_SIGNATURE].concat());
    assert_eq!(Registered::read(&none).err(), Some(KeyFlaw::Malformed));
    let handle = "ab".repeat(255);
    let longest = hex(&["05", REGISTERED_KEY, "ff", &handle, CERTIFICATE, REGISTER_SIGNATURE].concat());
    assert_eq!(Registered::read(&longest).map(|read| read.key_handle.len()).ok(), Some(255));
}

/// Some early keys have certificates whose last bit string counts an unused bit where there is none.
#[test]
fn a_certificate_with_a_wrong_count_of_unused_bits_is_read() {
    let odd = CERTIFICATE.replace("0347003044", "0347013044");
    assert_ne!(odd, CERTIFICATE);
    let bytes = hex(&["05", REGISTERED_KEY, "40", REGISTERED_HANDLE, &odd, REGISTER_SIGNATURE].concat());
    assert_eq!(verify_registration(&bytes), Ok(()));
}
