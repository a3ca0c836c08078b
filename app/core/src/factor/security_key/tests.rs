//! Counts, and what is kept.

use super::*;

fn key(count: u32) -> State {
    State {
        credential_id: vec![7; 16],
        public_key: vec![1, 2, 3],
        count,
        verified_at_registration: true,
        verified: true,
        backup_eligible: false,
        backed_up: false,
        transports: vec!["usb".to_owned(), "nfc".to_owned()],
        user_handle: vec![9; 32],
        rp_id: "door.example.org".to_owned(),
        origin: "https://door.example.org".to_owned(),
        aaguid: [0; 16],
        app_id: None,
    }
}

fn assertion(count: u32, backup_eligible: bool) -> Assertion {
    let (verified, backed_up) = (false, backup_eligible);
    Assertion { credential_id: vec![7; 16], count, verified, backup_eligible, backed_up }
}

fn judge(stored: u32, told: u32) -> Verdict {
    let assertion = assertion(told, false);
    let now = Timestamp::from_secs(1_000_000_000);
    SecurityKey.judge(&key(stored).write(), &Submission::Assertion(&assertion), now).expect("a readable state")
}

#[test]
fn a_count_must_rise_unless_both_are_zero() {
    for (stored, told, passes) in [
        (0, 0, true),
        (0, 1, true),
        (1, 2, true),
        (1, 900, true),
        (0, u32::MAX, true),
        (u32::MAX - 1, u32::MAX, true),
        (1, 0, false),
        (1, 1, false),
        (900, 2, false),
        (u32::MAX, u32::MAX, false),
        (u32::MAX, 0, false),
    ] {
        let verdict = judge(stored, told);
        assert_eq!(matches!(verdict, Verdict::Right { .. }), passes, "{stored} then {told}: {verdict:?}");
        assert_eq!(matches!(verdict, Verdict::Cloned), !passes, "{stored} then {told}: {verdict:?}");
    }
}

#[test]
fn acceptance_keeps_the_count_and_the_flags_of_this_time_and_nothing_else() {
    let Verdict::Right { state } = judge(4, 5) else { panic!("not accepted") };
    let kept = State::read(&state).expect("a readable state");
    assert_eq!(kept, State { count: 5, verified: false, ..key(4) });
}

#[test]
fn count_of_a_synced_key_is_noticed_and_refuses_nothing() {
    let now = Timestamp::from_secs(1_000_000_000);
    for (stored, told, risen) in
        [(0, 0, true), (0, 1, true), (1, 2, true), (1, 0, false), (7, 7, false), (900, 3, false)]
    {
        let (before, told) = (State { backup_eligible: true, ..key(stored) }.write(), assertion(told, true));
        let submission = Submission::Assertion(&told);
        let verdict = SecurityKey.judge(&before, &submission, now).expect("a readable state");
        let Verdict::Right { state } = verdict else { panic!("{stored} then {}: {verdict:?}", told.count) };
        assert_eq!(State::read(&state).expect("a readable state").count, told.count);
        let notice = SecurityKey.notice(&before, &submission).expect("a readable state");
        assert_eq!(notice, (!risen).then_some(Notice::CountNotRisen), "{stored} then {}", told.count);
    }
}

#[test]
fn key_that_becomes_synced_is_noticed_and_stays_so() {
    let (before, told) = (key(5).write(), assertion(0, true));
    let submission = Submission::Assertion(&told);
    assert_eq!(SecurityKey.notice(&before, &submission).expect("a readable state"), Some(Notice::BecameSynced));
    let verdict = SecurityKey.judge(&before, &submission, Timestamp::from_secs(0)).expect("a readable state");
    let Verdict::Right { state } = verdict else { panic!("{verdict:?}") };
    let kept = State::read(&state).expect("a readable state");
    assert!(kept.backup_eligible && kept.backed_up);
}

#[test]
fn an_answer_is_for_the_key_with_its_credential_id_and_a_code_for_none() {
    let state = key(0).write();
    let is_for = |submission: &Submission<'_>| SecurityKey.is_for(&state, submission).expect("a readable state");
    let mut assertion = assertion(0, false);
    assert!(is_for(&Submission::Assertion(&assertion)));
    assertion.credential_id = vec![7; 15];
    assert!(!is_for(&Submission::Assertion(&assertion)));
    let code = "482913".parse().expect("a code");
    assert!(!is_for(&Submission::Code(&code)));
    let judged = SecurityKey.judge(&state, &Submission::Code(&code), Timestamp::from_secs(0));
    assert!(matches!(judged, Ok(Verdict::Wrong)));
}

#[test]
fn the_relying_party_is_the_host_of_its_origin() {
    for (origin, id) in [
        ("https://door.example.org", "door.example.org"),
        ("https://door.example.org:8443", "door.example.org"),
        ("http://localhost:3000", "localhost"),
    ] {
        assert_eq!(RelyingParty::of_origin("Postern", origin).id, id);
    }
}

#[test]
fn keys_are_told_apart_by_how_they_are_reached() {
    let form = |transports: &[&str]| {
        State { transports: transports.iter().map(|it| (*it).to_owned()).collect(), ..key(0) }.form()
    };
    assert_eq!(form(&["internal"]), Form::BuiltIn);
    assert_eq!(form(&["hybrid", "internal"]), Form::BuiltIn);
    assert_eq!(form(&["hybrid"]), Form::Phone);
    assert_eq!(form(&["usb", "nfc"]), Form::Token);
    assert_eq!(form(&[]), Form::Token);
}

#[test]
fn a_key_without_an_app_id_is_written_as_before_there_were_any_and_one_with_it_is_read_back() {
    let old = key(3).write();
    assert!(!old.expose().windows(6).any(|window| window == b"app_id"));
    assert_eq!(State::read(&old).expect("a readable state"), key(3));
    let of_app = State { app_id: Some("https://door.example.org".parse().expect("an app id")), ..key(3) };
    assert_eq!(State::read(&of_app.write()).expect("a readable state"), of_app);
}

/// What is stored must stay readable: these are records as they were written before the library's states were kept.
#[test]
fn stored_form_of_a_key_is_read_and_written_as_ever() {
    let of_app = State { app_id: Some("https://door.example.org".parse().expect("an app id")), ..key(70_000) };
    for (hex, state) in [(STORED, key(3)), (STORED_OF_APP, of_app)] {
        let stored = data_encoding::HEXLOWER.decode(hex.as_bytes()).expect("hexadecimal");
        assert_eq!(State::read(&FactorState::new(stored.clone())).expect("a readable state"), state);
        assert_eq!(data_encoding::HEXLOWER.encode(state.write().expose()), hex);
    }
}

const STORED: &str = "8cad63726564656e7469616c5f6964c41007070707070707070707070707070707aa7075626c69635f6b6579c403010203a5\
636f756e7403b876657269666965645f61745f726567697374726174696f6ec3a87665726966696564c3af6261636b75705f\
656c696769626c65c2a96261636b65645f7570c2aa7472616e73706f72747392a3757362a36e6663ab757365725f68616e64\
6c65c4200909090909090909090909090909090909090909090909090909090909090909a572705f6964b0646f6f722e6578\
616d706c652e6f7267a66f726967696eb868747470733a2f2f646f6f722e6578616d706c652e6f7267a6616167756964c410\
00000000000000000000000000000000";
const STORED_OF_APP: &str = "8dad63726564656e7469616c5f6964c41007070707070707070707070707070707aa7075626c69635f6b6579c403010203a5\
636f756e74ce00011170b876657269666965645f61745f726567697374726174696f6ec3a87665726966696564c3af626163\
6b75705f656c696769626c65c2a96261636b65645f7570c2aa7472616e73706f72747392a3757362a36e6663ab757365725f\
68616e646c65c4200909090909090909090909090909090909090909090909090909090909090909a572705f6964b0646f6f\
722e6578616d706c652e6f7267a66f726967696eb868747470733a2f2f646f6f722e6578616d706c652e6f7267a661616775\
6964c41000000000000000000000000000000000a66170705f6964b868747470733a2f2f646f6f722e6578616d706c652e6f\
7267";
