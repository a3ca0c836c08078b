//! Registration: the passing control, and one answer for each thing that is refused.

use postern_core::model::{KeyFlaw, Refusal};
use postern_core::testing::{
    ATTESTED, Authenticator, BACKED_UP, BACKUP_ELIGIBLE, EXTENSIONS, PRESENT, Registering, VERIFIED,
};
use serde_cbor_2::Value as Cbor;
use serde_json::json;

use crate::setup::{ORIGIN, TestApp, Visitor, done, flaw, refusal};

/// Refused for exactly that, and nothing is enrolled; the same key without the change registers afterwards.
async fn refused(expected: KeyFlaw, change: impl FnOnce(&mut Registering)) {
    let visitor = Visitor::of_a_house().await;
    let mut key = Authenticator::new(1);
    assert_eq!(flaw(visitor.tries_to_register(&mut key, change).await), expected);
    assert!(visitor.keys().await.is_empty());
    visitor.registers(&mut key).await;
}

#[tokio::test]
async fn a_key_registers_is_kept_whole_and_passes_nothing_by_that() {
    let visitor = Visitor::of_a_house().await;
    let mut key = Authenticator { transports: vec!["usb", "nfc"], backup: BACKUP_ELIGIBLE, ..Authenticator::new(1) };
    let options = visitor.begins_registration().await;
    let added = done(visitor.finishes_registration(&key.create(&options, ORIGIN, |_| {})).await);
    assert_eq!(added.name, "Security key 1");
    let [kept] = <[_; 1]>::try_from(visitor.keys().await).expect("one key");
    assert_eq!(kept.record.id, added.id);
    assert!(kept.record.confirmed_at.is_some() && kept.record.last_used_at.is_none());
    let state = kept.state;
    assert_eq!(state.credential_id, key.id);
    assert_eq!((state.count, state.verified_at_registration), (1, true));
    assert_eq!((state.backup_eligible, state.backed_up), (true, false));
    assert_eq!(state.transports, ["usb", "nfc"]);
    assert_eq!(Some(data_encoding::BASE64URL_NOPAD.encode(&state.user_handle)), key.user_handle);
    assert_eq!((state.rp_id.as_str(), state.origin.as_str()), ("door.example.org", ORIGIN));
    let look = done(visitor.app.portal.load_visit_state(&visitor.visit).await);
    assert_eq!(look.level.number(), 0);
}

#[tokio::test]
async fn the_options_take_every_kind_of_key_and_say_nothing_about_its_holder() {
    let app = TestApp::open().await;
    let visitor = app.visitor().await;
    let first = visitor.begins_registration().await["publicKey"].take();
    assert_eq!(first["rp"], json!({ "id": "door.example.org", "name": "Postern" }));
    assert_eq!(first["attestation"], "none");
    let selection = json!({ "residentKey": "preferred", "requireResidentKey": false, "userVerification": "preferred" });
    assert_eq!(first["authenticatorSelection"], selection);
    assert_eq!(
        first["pubKeyCredParams"],
        json!([{ "type": "public-key", "alg": -7 }, { "type": "public-key", "alg": -257 }])
    );
    assert_eq!(first["timeout"], 300_000);
    assert_eq!(first["excludeCredentials"], json!([]));
    assert!(first.get("extensions").is_none() && first.get("hints").is_none());
    assert_eq!((&first["user"]["name"], &first["user"]["displayName"]), (&json!("visitor"), &json!("visitor")));
    let bytes =
        |text: &serde_json::Value| data_encoding::BASE64URL_NOPAD.decode(text.as_str().expect("text").as_bytes());
    assert!(bytes(&first["user"]["id"]).expect("bytes").len() >= 16);
    assert!(bytes(&first["challenge"]).expect("bytes").len() >= 16);

    let second = visitor.begins_registration().await["publicKey"].take();
    assert_eq!(first["user"]["id"], second["user"]["id"], "one for all keys of a holder");
    assert_ne!(first["challenge"], second["challenge"]);
    let other = app.visitor().await.begins_registration().await["publicKey"].take();
    assert_ne!(first["user"]["id"], other["user"]["id"]);
}

#[tokio::test]
async fn keys_without_user_verification_and_synced_ones_register() {
    let visitor = Visitor::of_a_house().await;
    visitor.registers(&mut Authenticator { verifies: false, ..Authenticator::new(1) }).await;
    visitor
        .registers(&mut Authenticator { counts: false, backup: BACKUP_ELIGIBLE | BACKED_UP, ..Authenticator::new(2) })
        .await;
    let verified: Vec<bool> = visitor.keys().await.iter().map(|key| key.state.verified_at_registration).collect();
    assert_eq!(verified, [false, true]);
}

#[tokio::test]
async fn an_answer_made_for_another_page_is_refused() {
    refused(KeyFlaw::OtherType, |made| made.client["type"] = json!("webauthn.get")).await;
    refused(KeyFlaw::OtherType, |made| made.outer["type"] = json!("password")).await;
    for origin in [
        "https://door.example.org.evil.example",
        "https://evil.example",
        "http://door.example.org",
        "https://door.example.org:8443",
        "https://door.example.org/",
        "https://door.example.org/path",
        "https://sub.door.example.org",
        "HTTPS://door.example.org",
        "null",
        "",
    ] {
        refused(KeyFlaw::OtherOrigin, |made| made.client["origin"] = json!(origin)).await;
    }
    refused(KeyFlaw::Framed, |made| made.client["crossOrigin"] = json!(true)).await;
    refused(KeyFlaw::Framed, |made| made.client["topOrigin"] = json!("https://evil.example")).await;
    refused(KeyFlaw::Framed, |made| made.client["topOrigin"] = json!(ORIGIN)).await;
    refused(KeyFlaw::OtherSite, |made| made.rp_id = "evil.example".to_owned()).await;
}

#[tokio::test]
async fn a_key_nobody_touched_is_refused() {
    refused(KeyFlaw::Untouched, |made| made.flags &= !PRESENT).await;
}

#[tokio::test]
async fn ids_that_are_not_one_are_refused() {
    refused(KeyFlaw::OtherId, |made| made.outer["id"] = json!("AAAA")).await;
    refused(KeyFlaw::OtherId, |made| made.outer["rawId"] = json!("AAAA")).await;
    refused(KeyFlaw::OtherId, |made| made.id = vec![9; 32]).await;
    refused(KeyFlaw::OtherId, |made| {
        made.id = vec![];
        (made.outer["id"], made.outer["rawId"]) = (json!(""), json!(""));
    })
    .await;
}

#[tokio::test]
async fn an_id_has_at_most_1023_bytes() {
    for (length, fits) in [(1023, true), (1024, false)] {
        let visitor = Visitor::of_a_house().await;
        let mut key = Authenticator { id: vec![7; length], ..Authenticator::new(1) };
        let answer = visitor.tries_to_register(&mut key, |_| {}).await;
        if fits {
            done(answer);
            visitor.signs_in(&mut key).await;
        } else {
            assert_eq!(flaw(answer), KeyFlaw::LongId);
        }
    }
}

#[tokio::test]
async fn no_statement_is_an_empty_statement_and_any_other_has_to_verify() {
    let statement = || Cbor::Map([(Cbor::Text("sig".to_owned()), Cbor::Bytes(vec![1]))].into());
    refused(KeyFlaw::Statement, |made| made.statement = statement()).await;
    refused(KeyFlaw::Statement, |made| (made.format, made.statement) = ("packed", statement())).await;
    refused(KeyFlaw::Statement, |made| made.format = "fido-u2f").await;
    refused(KeyFlaw::Statement, |made| made.format = "made-up").await;
    refused(KeyFlaw::Malformed, |made| made.statement = Cbor::Text(String::new())).await;
}

#[tokio::test]
async fn no_byte_stands_behind_what_is_signed() {
    refused(KeyFlaw::Trailing, |made| made.behind = vec![0]).await;
    refused(KeyFlaw::Trailing, |made| made.after = vec![0]).await;
    refused(KeyFlaw::Trailing, |made| {
        made.flags |= EXTENSIONS;
        made.behind = vec![0xa0, 0];
    })
    .await;
    refused(KeyFlaw::Malformed, |made| made.flags |= EXTENSIONS).await;
    refused(KeyFlaw::Malformed, |made| {
        made.flags |= EXTENSIONS;
        made.behind = vec![0x80];
    })
    .await;
    refused(KeyFlaw::Malformed, |made| made.flags &= !ATTESTED).await;
}

#[tokio::test]
async fn extensions_that_are_whole_do_not_matter() {
    let visitor = Visitor::of_a_house().await;
    let unasked = |made: &mut Registering| {
        made.flags |= EXTENSIONS;
        made.behind = serde_cbor_2::to_vec(&json!({ "credProtect": 1 })).expect("CBOR");
    };
    done(visitor.tries_to_register(&mut Authenticator::new(1), unasked).await);
}

#[tokio::test]
async fn flags_that_mean_nothing_yet_are_refused() {
    refused(KeyFlaw::ReservedFlags, |made| made.flags |= 0x02).await;
    refused(KeyFlaw::ReservedFlags, |made| made.flags |= 0x20).await;
    refused(KeyFlaw::Backup, |made| made.flags |= BACKED_UP).await;
}

#[tokio::test]
async fn only_what_was_offered_is_taken_and_each_algorithm_on_its_own_curve() {
    let int = Cbor::Integer;
    refused(KeyFlaw::Algorithm, |made| made.set_in_key(3, int(-35))).await; // ES384 on P-256
    refused(KeyFlaw::Algorithm, |made| made.set_in_key(3, int(-36))).await;
    refused(KeyFlaw::Algorithm, |made| made.set_in_key(3, int(-257))).await; // RS256, but a point
    refused(KeyFlaw::Algorithm, |made| made.set_in_key(3, int(-8))).await; // EdDSA
    refused(KeyFlaw::Algorithm, |made| made.set_in_key(3, int(-65_535))).await; // RSA with SHA-1
    refused(KeyFlaw::Algorithm, |made| made.set_in_key(-1, int(2))).await; // ES256 on P-384
    refused(KeyFlaw::Algorithm, |made| made.set_in_key(-2, Cbor::Bytes(vec![1; 32]))).await; // not on the curve
    refused(KeyFlaw::Algorithm, |made| made.public_key = Cbor::Map([].into())).await;
    refused(KeyFlaw::Algorithm, |made| made.public_key = int(7)).await;
}

/// The members of a key on P-256 as the CTAP2 canonical form has them: type, algorithm, curve, x, y.
fn members(key: &Authenticator) -> [Vec<u8>; 5] {
    let mut made = None;
    let options = json!({ "publicKey": { "challenge": "AAAA", "rp": { "id": "x" }, "user": { "id": "AA" } } });
    key.clone().create(&options, ORIGIN, |registering| made = Some(registering.public_key.clone()));
    let bytes = serde_cbor_2::to_vec(&made.expect("a key")).expect("CBOR");
    assert_eq!((bytes[0], bytes.len()), (0xa5, 77));
    [&bytes[1..3], &bytes[3..5], &bytes[5..7], &bytes[7..42], &bytes[42..77]].map(<[u8]>::to_vec)
}

#[tokio::test]
async fn public_key_is_kept_as_its_few_members_and_anything_else_in_it_is_refused() {
    let [kind, algorithm, curve, x, y] = members(&Authenticator::new(1));
    let plain = [&[0xa5][..], &kind, &algorithm, &curve, &x, &y].concat();
    let with = |member: i128, value: Cbor| move |made: &mut Registering| made.set_in_key(member, value);
    // Private and optional members, up to as much as a body holds.
    refused(KeyFlaw::PublicKeyForm, with(-70_001, Cbor::Bytes(vec![7; 20_000]))).await;
    refused(KeyFlaw::PublicKeyForm, with(2, Cbor::Bytes(vec![7; 8]))).await;
    refused(KeyFlaw::PublicKeyForm, with(4, Cbor::Array(vec![Cbor::Integer(2)]))).await;
    for (bytes, what) in [
        ([&[0xa6][..], &kind, &plain[1..]].concat(), "a member twice"),
        ([&[0xbf][..], &plain[1..], &[0xff]].concat(), "a map of indefinite length"),
        (
            [&[0xa5][..], &kind, &algorithm, &curve, &[0x21, 0x5f], &x[1..], &[0xff], &y].concat(),
            "bytes of indefinite length",
        ),
        ([&[0xc0][..], &plain].concat(), "a tag"),
        ([&[0xa5, 0x01, 0x18, 0x02][..], &plain[3..]].concat(), "a number longer than it has to be"),
    ] {
        let visitor = Visitor::of_a_house().await;
        let mut key = Authenticator::new(1);
        let tried = visitor.tries_to_register(&mut key, |made| made.public_key_bytes = Some(bytes)).await;
        assert!(matches!(flaw(tried), KeyFlaw::PublicKeyForm | KeyFlaw::Malformed | KeyFlaw::Algorithm), "{what}");
        assert!(visitor.keys().await.is_empty(), "{what}");
    }
    // In another order it is the same key.
    let visitor = Visitor::of_a_house().await;
    let turned = [&[0xa5][..], &y, &x, &curve, &algorithm, &kind].concat();
    done(visitor.tries_to_register(&mut Authenticator::new(1), |made| made.public_key_bytes = Some(turned)).await);
    assert_eq!(visitor.keys().await[0].state.public_key, plain);
    visitor.signs_in(&mut Authenticator { count: 5, ..Authenticator::new(1) }).await;
}

/// Everything that a visitor can send, as long and as often as it is taken.
#[tokio::test]
async fn record_of_a_visitor_stays_below_thirty_two_kibibytes() {
    let visitor = Visitor::of_a_house().await;
    for seed in 1..=10 {
        let mut key = Authenticator { id: vec![seed; 1023], ..Authenticator::new(seed) };
        key.transports = vec!["aaaaaaaaaaaaaaaa", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
        let options = visitor.begins_registration().await;
        let answer = key.create(&options, ORIGIN, |_| {});
        let read =
            postern_core::factor::security_key::RegistrationAnswer::read(&answer.to_string()).expect("an answer");
        let name = "\u{1f511}".repeat(40);
        done(visitor.app.portal.finish_registration(&visitor.visit, &read, Some(&name)).await);
    }
    let place = postern_core::port::Key::new(visitor.visit.session.holder, "holder");
    let now = visitor.app.portal.now();
    let stored = postern_core::port::Store::load(&*visitor.app.store, &place, now).await.expect("a store");
    let bytes = stored.expect("a record").value.len();
    println!("a visitor's record with 10 keys of the greatest size: {bytes} bytes");
    assert!(bytes < 32 * 1024, "{bytes}");
}

#[tokio::test]
async fn base64url_is_unpadded() {
    let padded = |text: &serde_json::Value| json!(format!("{}=", text.as_str().expect("text")));
    refused(KeyFlaw::Malformed, |made| made.outer["id"] = padded(&made.outer["id"])).await;
    refused(KeyFlaw::Malformed, |made| made.outer["rawId"] = padded(&made.outer["rawId"])).await;
    refused(KeyFlaw::NoCeremony, |made| made.client["challenge"] = padded(&made.client["challenge"])).await;
    for member in ["clientDataJSON", "attestationObject"] {
        refused(KeyFlaw::Malformed, |made| made.outer["response"][member] = json!("AAA=")).await;
        refused(KeyFlaw::Malformed, |made| made.outer["response"][member] = json!("AB+/")).await;
        refused(KeyFlaw::Malformed, |made| made.outer["response"][member] = json!(null)).await;
        refused(KeyFlaw::Malformed, |made| made.outer["response"][member] = json!("AAAA")).await;
    }
}

#[tokio::test]
async fn a_key_registers_once_and_a_removed_one_can_come_back() {
    let visitor = Visitor::of_a_house().await;
    let mut key = Authenticator::new(1);
    let first = visitor.registers(&mut key).await;
    let options = visitor.begins_registration().await;
    let excluded =
        json!([{ "type": "public-key", "id": data_encoding::BASE64URL_NOPAD.encode(&key.id), "transports": ["usb"] }]);
    assert_eq!(options["publicKey"]["excludeCredentials"], excluded);
    let again = visitor.finishes_registration(&key.create(&options, ORIGIN, |_| {})).await;
    assert_eq!(refusal(again), Refusal::AlreadyEnrolled);
    assert_eq!(visitor.keys().await.len(), 1);

    visitor.signs_in(&mut key).await;
    visitor.removes(first).await;
    let second = visitor.registers(&mut key).await;
    assert_ne!(first, second);
    visitor.signs_in(&mut key).await;
}

#[tokio::test]
async fn a_holder_has_so_many_keys_and_no_more_and_each_has_a_name() {
    let visitor = Visitor::of_a_house().await;
    for seed in 1..=10 {
        visitor.registers(&mut Authenticator::new(seed)).await;
    }
    assert_eq!(visitor.keys().await.last().map(|key| key.record.name.clone()).as_deref(), Some("Security key 10"));
    let one_more = visitor.app.portal.begin_registration(&visitor.visit, None).await;
    assert!(matches!(one_more, Err(postern_app::portal::UseCaseError::Refused(Refusal::TooManyKeys))));
}

#[tokio::test]
async fn whether_the_holder_was_verified_is_kept_from_the_flags() {
    let visitor = Visitor::of_a_house().await;
    done(visitor.tries_to_register(&mut Authenticator::new(1), |made| made.flags &= !VERIFIED).await);
    assert!(!visitor.keys().await[0].state.verified_at_registration);
}
