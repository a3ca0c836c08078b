//! Raw U2F: the passing control, and one answer for each thing that is refused.

use data_encoding::{BASE64URL, BASE64URL_NOPAD, HEXLOWER};
use postern_core::factor::security_key::u2f::{Asked, RegisterAnswer, SignAnswer, verify_registration, verify_sign};
use postern_core::factor::security_key::{Assertion, State};
use postern_core::model::KeyFlaw;
use postern_core::testing::{U2fRegistering, U2fSigning, U2fToken};
use serde_json::{Value, json};

use crate::setup::flaw_of;

const APP: &str = "https://app.example.org/app-id.json";
const APP_ORIGIN: &str = "https://app.example.org";

/// A certificate whose key is on P-384.
const P384_CERTIFICATE: &str = "308201573081de021439f3f9ff360334c3c75b2a35577311dd18562b41300a06082a8648ce3d0403023010310e300c06035504030c05502d3338\
    34301e170d3236313132323035323531345a170d3336313131393035323531345a3010310e300c06035504030c05502d3338343076301006072a\
    8648ce3d020106052b81040022036200045b44cef161f3ad1bc680d54ae7875ebceb64a4c7eb86edd6db9be946b2b8aa1c0112dccd76253be122\
    f04b645fe373633571a5c8b71ec2cbccbf2c952b32f9b33921017c16479396e6dcc3a5623dbf10482c9810b73f641de908d02642e7d015300a06\
    082a8648ce3d0403020368003065023100ea8a823352f8740e2c2f15e214683e7d67bd5de2b034fa7d223032e6171d37e285d5a100f5244094d7\
    65c9af27137f16023056f962605122103f91b3b053ca595408d089e9eb3ed692f9bdf8441b611a2dc6703cc148edd59bd064950558d519b8fe";

fn asked() -> Asked {
    Asked { challenge: (0..32).collect(), app_id: APP.parse().expect("an app id") }
}

/// As a client gets it.
fn request(asked: &Asked) -> Value {
    json!({ "version": "U2F_V2", "appId": asked.app_id, "challenge": asked.challenge_text() })
}

fn registers(token: &U2fToken, change: impl FnOnce(&mut U2fRegistering)) -> Result<State, KeyFlaw> {
    let answer = token.register(&request(&asked()), APP_ORIGIN, change);
    verify_registration(&asked(), b"handle", &RegisterAnswer::read(&answer.to_string())?)
}

fn registered(token: &U2fToken) -> State {
    registers(token, |_| {}).expect("registered")
}

fn signs(token: &mut U2fToken, key: &State, change: impl FnOnce(&mut U2fSigning)) -> Result<Assertion, KeyFlaw> {
    let answer = token.sign(&request(&asked()), APP_ORIGIN, change);
    verify_sign(&asked(), key, &SignAnswer::read(&answer.to_string())?).map_err(flaw_of)
}

/// A registration is refused for exactly that.
fn not_registered(expected: KeyFlaw, change: impl FnOnce(&mut U2fRegistering)) {
    assert_eq!(registers(&U2fToken::new(1), change), Err(expected));
}

/// A signature is refused for exactly that; the same key without the change passes afterwards.
fn not_passed(expected: KeyFlaw, change: impl FnOnce(&mut U2fSigning)) {
    let mut token = U2fToken::new(1);
    let key = registered(&token);
    assert_eq!(signs(&mut token, &key, change), Err(expected));
    assert!(signs(&mut token, &key, |_| {}).is_ok());
}

#[test]
fn a_key_registers_and_is_kept_as_any_other_with_its_app() {
    let token = U2fToken::new(1);
    let State { credential_id, public_key, count, transports, user_handle, rp_id, origin, app_id, .. } =
        registered(&token);
    assert_eq!((credential_id, count), (token.key.id.clone(), 0));
    assert_eq!((transports, user_handle), (vec!["usb".to_owned()], b"handle".to_vec()));
    assert_eq!((rp_id.as_str(), origin.as_str(), app_id), ("", "", Some(asked().app_id)));
    // ES256 on P-256, canonical CTAP2 CBOR.
    let map: serde_cbor_2::Value = serde_cbor_2::from_slice(&public_key).expect("CBOR");
    assert_eq!(serde_cbor_2::to_vec(&map).expect("CBOR"), public_key);
    assert_eq!(HEXLOWER.encode(&public_key[..10]), "a5010203262001215820");
    assert_eq!(public_key.len(), 77);
}

#[test]
fn a_key_signs_and_tells_its_count() {
    let mut token = U2fToken::new(1);
    let key = registered(&token);
    for count in 1..4 {
        let passed = signs(&mut token, &key, |_| {}).expect("passed");
        let credential_id = key.credential_id.clone();
        let expected = Assertion { credential_id, count, verified: false, backup_eligible: false, backed_up: false };
        assert_eq!(passed, expected);
    }
}

#[test]
fn an_answer_names_the_ceremony_that_it_answers() {
    let (asked, mut token) = (asked(), U2fToken::new(1));
    let registered = token.register(&request(&asked), APP_ORIGIN, |_| {}).to_string();
    let signed = token.sign(&request(&asked), APP_ORIGIN, |_| {}).to_string();
    let named = RegisterAnswer::read(&registered).expect("an answer").challenge_hash();
    assert_eq!(named, Ok(asked.challenge_hash()));
    assert_eq!(SignAnswer::read(&signed).expect("an answer").challenge_hash(), named);
    let other = Asked { challenge: vec![7; 32], ..asked };
    assert_ne!(Ok(other.challenge_hash()), named);
}

#[test]
fn client_data_is_of_this_ceremony_for_this_app() {
    not_registered(KeyFlaw::OtherType, |made| made.client["typ"] = json!("navigator.id.getAssertion"));
    not_registered(KeyFlaw::OtherType, |made| made.client["typ"] = json!("webauthn.create"));
    not_registered(KeyFlaw::NoCeremony, |made| made.client["challenge"] = json!("AAAA"));
    not_registered(KeyFlaw::Malformed, |made| made.client["typ"] = json!(null));
    not_registered(KeyFlaw::Malformed, |made| made.client = json!("navigator.id.finishEnrollment"));
    not_passed(KeyFlaw::OtherType, |made| made.client["typ"] = json!("navigator.id.finishEnrollment"));
    not_passed(KeyFlaw::OtherType, |made| made.client["typ"] = json!("webauthn.get"));
    not_passed(KeyFlaw::NoCeremony, |made| made.client["challenge"] = json!(format!("{}=", asked().challenge_text())));
    not_passed(KeyFlaw::Malformed, |made| drop(made.client.as_object_mut().expect("client data").remove("origin")));
    for origin in [
        "https://evil.example",
        "http://app.example.org",
        "https://app.example.org:8443",
        "https://app.example.org/",
        "https://sub.app.example.org",
        "https://example.org",
        APP,
    ] {
        not_registered(KeyFlaw::OtherOrigin, |made| made.client["origin"] = json!(origin));
        not_passed(KeyFlaw::OtherOrigin, |made| made.client["origin"] = json!(origin));
    }
}

#[test]
fn what_is_signed_is_for_this_app() {
    not_registered(KeyFlaw::Statement, |made| made.app_id = APP_ORIGIN.to_owned());
    not_passed(KeyFlaw::Signature, |made| made.app_id = APP_ORIGIN.to_owned());
}

#[test]
fn a_key_of_another_app_or_of_no_app_is_not_this_one() {
    let mut token = U2fToken::new(1);
    let key = registered(&token);
    let other = State { app_id: Some("https://app.example.org".parse().expect("an app id")), ..key.clone() };
    assert_eq!(signs(&mut token, &other, |_| {}), Err(KeyFlaw::UnknownKey));
    let of_webauthn = State { app_id: None, rp_id: "app.example.org".to_owned(), ..key };
    assert_eq!(signs(&mut token, &of_webauthn, |_| {}), Err(KeyFlaw::UnknownKey));
}

#[test]
fn a_registration_begins_with_its_reserved_byte() {
    for byte in [0, 4, 6, 0x85] {
        not_registered(KeyFlaw::Malformed, |made| made.reserved = byte);
    }
}

#[test]
fn a_public_key_is_an_uncompressed_point_of_the_curve() {
    not_registered(KeyFlaw::Point, |made| made.public_key[64] ^= 1);
    not_registered(KeyFlaw::Point, |made| made.public_key[1..].fill(0));
    for form in [0, 2, 3, 5, 6, 7] {
        not_registered(KeyFlaw::Point, |made| made.public_key[0] = form);
    }
}

#[test]
fn a_key_handle_may_be_of_any_length_but_none() {
    not_registered(KeyFlaw::Malformed, |made| made.key_handle.clear());
    for length in [1, 64, 255] {
        let key = registers(&U2fToken::new(1), |made| made.key_handle = vec![7; length]).expect("registered");
        assert_eq!(key.credential_id, vec![7; length]);
    }
}

#[test]
fn a_certificate_has_a_key_on_p_256_that_signed_this() {
    not_registered(KeyFlaw::Certificate, |made| made.certificate.clear());
    not_registered(KeyFlaw::Certificate, |made| made.certificate[0] = 0x31);
    not_registered(KeyFlaw::Certificate, |made| {
        made.certificate = HEXLOWER.decode(P384_CERTIFICATE.as_bytes()).expect("hex");
    });
    // The same point, said to be on another curve, and in a key of another kind.
    for (whole, changed) in
        [("06082a8648ce3d030107", "06082a8648ce3d030106"), ("06072a8648ce3d0201", "06072a8648ce3d0202")]
    {
        not_registered(KeyFlaw::Certificate, |made| {
            let odd = HEXLOWER.encode(&made.certificate).replacen(whole, changed, 1);
            assert_ne!(odd, HEXLOWER.encode(&made.certificate));
            made.certificate = HEXLOWER.decode(odd.as_bytes()).expect("hex");
        });
    }
    not_registered(KeyFlaw::Statement, |made| made.attester = vec![9; 32]);
}

#[test]
fn a_registration_is_signed_by_the_attester_and_not_by_the_key_itself() {
    let token = U2fToken::new(1);
    let own = token.key.secret.to_vec();
    assert_eq!(registers(&token, |made| made.attester = own), Err(KeyFlaw::Statement));
}

#[test]
fn no_byte_stands_behind_a_signature() {
    for behind in [vec![0], vec![0x30, 0], vec![1; 400]] {
        not_registered(KeyFlaw::Trailing, |made| made.behind.clone_from(&behind));
        not_passed(KeyFlaw::Trailing, |made| made.behind.clone_from(&behind));
    }
}

#[test]
fn the_presence_byte_says_that_somebody_was_there_and_nothing_else() {
    not_passed(KeyFlaw::Untouched, |made| made.presence = 0);
    for bit in 1..8 {
        not_passed(KeyFlaw::ReservedFlags, |made| made.presence |= 1 << bit);
        not_passed(KeyFlaw::ReservedFlags, |made| made.presence = 1 << bit);
    }
}

#[test]
fn a_signature_is_this_keys_own_over_exactly_this() {
    let (mut token, mut other) = (U2fToken::new(1), U2fToken::new(2));
    let key = registered(&token);
    other.key.id.clone_from(&token.key.id);
    assert_eq!(signs(&mut other, &key, |_| {}), Err(KeyFlaw::Signature));
    // The count is raised after signing.
    let mut answer = token.sign(&request(&asked()), APP_ORIGIN, |_| {});
    let mut data = BASE64URL_NOPAD.decode(answer["signatureData"].as_str().expect("text").as_bytes()).expect("bytes");
    data[4] += 1;
    answer["signatureData"] = json!(BASE64URL_NOPAD.encode(&data));
    let answer = SignAnswer::read(&answer.to_string()).expect("an answer");
    assert_eq!(verify_sign(&asked(), &key, &answer).map_err(flaw_of), Err(KeyFlaw::Signature));
    not_passed(KeyFlaw::Signature, |made| made.outer["signatureData"] = json!("AQAAAAE"));
    not_passed(KeyFlaw::Malformed, |made| made.outer["signatureData"] = json!("AQAAAA"));
    not_passed(KeyFlaw::Malformed, |made| made.outer["signatureData"] = json!(""));
}

#[test]
fn a_key_handle_is_this_keys_or_not_there() {
    not_passed(KeyFlaw::UnknownKey, |made| made.outer["keyHandle"] = json!("AAAA"));
    not_passed(KeyFlaw::UnknownKey, |made| made.outer["keyHandle"] = json!(""));
    let mut token = U2fToken::new(1);
    let key = registered(&token);
    assert!(signs(&mut token, &key, |made| made.outer = json!({})).is_ok());
}

#[test]
fn padded_answers_pass_as_unpadded_ones_do() {
    let (mut token, asked) = (U2fToken::new(1), asked());
    let padded = |answer: Value| {
        let members = answer.as_object().expect("an answer").iter().filter(|(name, _)| *name != "version");
        let pad = |text: &Value| {
            BASE64URL.encode(&BASE64URL_NOPAD.decode(text.as_str().expect("text").as_bytes()).expect("bytes"))
        };
        members.map(|(name, text)| (name.clone(), pad(text))).collect::<Value>().to_string()
    };
    let answer =
        RegisterAnswer::read(&padded(token.register(&request(&asked), APP_ORIGIN, |_| {}))).expect("an answer");
    let key = verify_registration(&asked, b"handle", &answer).expect("registered");
    let answer = padded(token.sign(&request(&asked), APP_ORIGIN, |_| {}));
    assert!(answer.contains('='));
    assert!(verify_sign(&asked, &key, &SignAnswer::read(&answer).expect("an answer")).is_ok());
}
