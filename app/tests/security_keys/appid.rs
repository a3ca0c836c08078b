//! U2F keys in WebAuthn ceremonies, by the `appid` extension (WebAuthn Level 3, 10.1.1 and 10.1.2).

use postern_core::factor::security_key::{
    Assertion, AssertionAnswer, AuthenticationCeremony, KIND, Person, RegistrationAnswer, RegistrationCeremony,
    RelyingParty, SecurityKey, State, u2f, verify_assertion, verify_registration,
};
use postern_core::factor::{Factor, Submission, Verdict};
use postern_core::model::{KeyFlaw, Timestamp};
use postern_core::testing::{Asserting, Authenticator, U2fToken};
use serde_json::{Value, json};

use crate::setup::{ORIGIN, flaw_of};

const APP: &str = "https://door.example.org/app-id.json";
const OTHER_APP: &str = "https://door.example.org/other.json";

fn rp() -> RelyingParty {
    RelyingParty::of_origin("Door", ORIGIN)
}

/// Asks for any of these keys, and what a browser gets.
fn begin(keys: &[State]) -> (AuthenticationCeremony, Value) {
    let (ceremony, options) = AuthenticationCeremony::begin(rp(), keys).expect("options");
    (ceremony, serde_json::to_value(options).expect("JSON"))
}

/// A U2F key of an app on the same origin.
fn u2f_key(token: &U2fToken, app: &str) -> State {
    let asked = u2f::Asked { challenge: vec![5; 32], app_id: app.parse().expect("an app id") };
    let answer =
        token.register(&json!({ "appId": app, "challenge": asked.challenge_text() }), ORIGIN, |_| {}).to_string();
    let answer = u2f::RegisterAnswer::read(&answer).expect("an answer");
    u2f::verify_registration(&asked, b"handle", &answer).expect("registered")
}

fn begin_registration(others: &[State]) -> (RegistrationCeremony, Value) {
    let person = Person { handle: b"handle".to_vec(), name: "ada".to_owned(), display_name: "Ada".to_owned() };
    let (ceremony, options) = RegistrationCeremony::begin(rp(), person, others).expect("options");
    (ceremony, serde_json::to_value(options).expect("JSON"))
}

fn webauthn_key(key: &mut Authenticator) -> State {
    let (ceremony, options) = begin_registration(&[]);
    let answer = key.create(&options, ORIGIN, |_| {}).to_string();
    verify_registration(&ceremony, &RegistrationAnswer::read(&answer).expect("an answer")).expect("registered")
}

fn verify(ceremony: &AuthenticationCeremony, key: &State, answer: &Value) -> Result<Assertion, KeyFlaw> {
    verify_assertion(ceremony, key, &AssertionAnswer::read(&answer.to_string())?).map_err(flaw_of)
}

/// A U2F key that is asked by its app id answers with one part changed.
fn passes(change: impl FnOnce(&mut Asserting)) -> Result<Assertion, KeyFlaw> {
    let mut token = U2fToken::new(1);
    let keys = [u2f_key(&token, APP)];
    let (ceremony, options) = begin(&keys);
    verify(&ceremony, &keys[0], &token.get(&options, ORIGIN, change))
}

#[test]
fn a_u2f_key_signs_in_by_its_app_id() {
    let mut token = U2fToken::new(1);
    let keys = [u2f_key(&token, APP)];
    let (ceremony, options) = begin(&keys);
    assert_eq!(options["publicKey"]["extensions"], json!({ "appid": APP }));
    assert_eq!(options["publicKey"]["allowCredentials"][0]["transports"], json!(["usb"]));
    let passed = verify(&ceremony, &keys[0], &token.get(&options, ORIGIN, |_| {})).expect("passed");
    let credential_id = keys[0].credential_id.clone();
    assert_eq!(
        passed,
        Assertion { credential_id, count: 1, verified: false, backup_eligible: false, backed_up: false }
    );
}

#[test]
fn one_count_is_kept_for_both_ways_of_asking() {
    let mut token = U2fToken::new(1);
    let key = u2f_key(&token, APP);
    let keys = std::slice::from_ref(&key);
    let (ceremony, options) = begin(keys);
    let passed = verify(&ceremony, &key, &token.get(&options, ORIGIN, |_| {})).expect("passed");
    let judge = |state: &State| {
        let now = Timestamp::from_secs(1_000_000_000);
        SecurityKey.judge(&state.write(), &Submission::Assertion(&passed), now).expect("a readable state")
    };
    let Verdict::Right { state } = judge(&key) else { panic!("{KIND} was not accepted") };
    let kept = State::read(&state).expect("a readable state");
    assert_eq!(kept, State { count: 1, ..key });
    assert!(matches!(judge(&kept), Verdict::Cloned));
}

#[test]
fn a_u2f_key_passes_only_if_it_was_asked_by_its_app_id() {
    let mut token = U2fToken::new(1);
    let keys = [u2f_key(&token, APP)];
    // Of whom no U2F key is known, and of whom one of another app is.
    for others in [vec![], vec![u2f_key(&U2fToken::new(2), OTHER_APP)]] {
        let (ceremony, mut options) = begin(&others);
        options["publicKey"]["extensions"] = json!({ "appid": APP });
        let answer = token.get(&options, ORIGIN, |_| {});
        assert_eq!(verify(&ceremony, &keys[0], &answer), Err(KeyFlaw::UnknownKey));
        // Nor as a key of the relying party, which it is not.
        options["publicKey"].as_object_mut().expect("options").remove("extensions");
        let as_ours = token.get(&options, ORIGIN, |_| {});
        assert_eq!(verify(&ceremony, &keys[0], &as_ours), Err(KeyFlaw::UnknownKey));
    }
}

#[test]
fn a_u2f_key_passes_only_if_the_browser_says_that_it_used_the_app_id() {
    let says = |results: Value| passes(|made| made.outer["clientExtensionResults"] = results);
    assert_eq!(says(json!({ "appid": false })), Err(KeyFlaw::AppIdUnused));
    assert_eq!(says(json!({ "appid": null })), Err(KeyFlaw::AppIdUnused));
    assert_eq!(says(json!({})), Err(KeyFlaw::AppIdUnused));
    assert_eq!(says(json!(null)), Err(KeyFlaw::AppIdUnused));
    assert_eq!(says(json!({ "appid": "true" })), Err(KeyFlaw::Malformed));
    let nothing = passes(|made| drop(made.outer.as_object_mut().expect("an answer").remove("clientExtensionResults")));
    assert_eq!(nothing, Err(KeyFlaw::AppIdUnused));
    assert!(says(json!({ "appid": true, "credProps": {} })).is_ok());
}

#[test]
fn a_u2f_key_passes_only_if_it_signed_for_its_app() {
    for signed_for in ["door.example.org", OTHER_APP, "https://door.example.org", ""] {
        assert_eq!(passes(|made| made.rp_id = signed_for.to_owned()), Err(KeyFlaw::OtherSite), "{signed_for}");
    }
}

#[test]
fn everything_else_about_its_answer_is_checked_as_of_any_key() {
    assert_eq!(passes(|made| made.client["origin"] = json!("https://evil.example")), Err(KeyFlaw::OtherOrigin));
    assert_eq!(passes(|made| made.client["type"] = json!("navigator.id.getAssertion")), Err(KeyFlaw::OtherType));
    assert_eq!(passes(|made| made.client["challenge"] = json!("AAAA")), Err(KeyFlaw::NoCeremony));
    assert_eq!(passes(|made| made.client["crossOrigin"] = json!(true)), Err(KeyFlaw::Framed));
    assert_eq!(passes(|made| made.flags = 0), Err(KeyFlaw::Untouched));
    assert_eq!(passes(|made| made.flags |= 0x02), Err(KeyFlaw::ReservedFlags));
    assert_eq!(passes(|made| made.behind = vec![0]), Err(KeyFlaw::Trailing));
    assert_eq!(passes(|made| made.outer["response"]["userHandle"] = json!("AAAA")), Err(KeyFlaw::OtherUser));
    assert_eq!(passes(|made| made.outer["response"]["signature"] = json!("AAAA")), Err(KeyFlaw::Signature));
    let mut other = U2fToken::new(2);
    other.key.id = U2fToken::new(1).key.id;
    let keys = [u2f_key(&U2fToken::new(1), APP)];
    let (ceremony, options) = begin(&keys);
    let answer = other.get(&options, ORIGIN, |_| {});
    assert_eq!(verify(&ceremony, &keys[0], &answer), Err(KeyFlaw::Signature));
}

#[test]
fn a_key_made_by_webauthn_passes_for_its_relying_party_alone() {
    let mut key = Authenticator::new(2);
    let keys = [u2f_key(&U2fToken::new(1), APP), webauthn_key(&mut key)];
    let (ceremony, options) = begin(&keys);
    let mut answers = |change: &dyn Fn(&mut Asserting)| {
        let answer = key.get(&options, ORIGIN, change);
        verify(&ceremony, &keys[1], &answer)
    };
    assert!(answers(&|_| {}).is_ok());
    for says in [json!({ "appid": true }), json!({ "appid": false }), json!({})] {
        let by_app_id = |made: &mut Asserting| {
            made.rp_id = APP.to_owned();
            made.outer["clientExtensionResults"] = says.clone();
        };
        assert_eq!(answers(&by_app_id), Err(KeyFlaw::OtherSite), "{says}");
    }
    // Browsers of Level 1 say so of any key, while a U2F key is plugged in (w3c/webauthn issue 1034).
    assert!(answers(&|made| made.outer["clientExtensionResults"]["appid"] = json!(true)).is_ok());
    let foreign = State { rp_id: "other.example.org".to_owned(), ..keys[1].clone() };
    let answer = key.get(&options, ORIGIN, |_| {});
    assert_eq!(verify(&ceremony, &foreign, &answer), Err(KeyFlaw::UnknownKey));
}

#[test]
fn one_app_id_is_asked_for_or_none() {
    let (one, same) = (u2f_key(&U2fToken::new(1), APP), u2f_key(&U2fToken::new(2), APP));
    let (other, ours) = (u2f_key(&U2fToken::new(3), OTHER_APP), webauthn_key(&mut Authenticator::new(4)));
    for (keys, app) in [
        (vec![], None),
        (vec![ours.clone()], None),
        (vec![one.clone()], Some(APP)),
        (vec![ours.clone(), one.clone(), same.clone()], Some(APP)),
        (vec![one.clone(), other.clone()], None),
        (vec![one, same, ours, other], None),
    ] {
        let (ceremony, options) = begin(&keys);
        assert_eq!(ceremony.app_id.as_ref().map(u2f::AppId::as_str), app);
        let extensions = &options["publicKey"]["extensions"];
        assert_eq!(*extensions, app.map_or(Value::Null, |app| json!({ "appid": app })));
        let (_, options) = begin_registration(&keys);
        let extensions = options["publicKey"].get("extensions");
        assert_eq!(extensions.cloned(), app.map(|app| json!({ "appidExclude": app })));
        assert_eq!(options["publicKey"]["excludeCredentials"].as_array().map(Vec::len), Some(keys.len()));
    }
}
