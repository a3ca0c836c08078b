//! The security key page, state by state.

use super::doors::{session, walk};
use super::{at, document};
use crate::pages::parts::{FactorCardState, NoteView};
use crate::pages::views::security_keys::{self as view, Actions, BadName, KeyView, SecurityKeysView};
use crate::words::security_keys as words;

const ACTIONS: Actions = Actions {
    register: "/forms/security-keys/register",
    authenticate: "/forms/security-keys/authenticate",
    rename: "/forms/security-keys/rename",
    remove: "/forms/security-keys/remove",
    registration_options: "/api/v1/security-keys/registration",
    authentication_options: "/api/v1/security-keys/authentication",
    overview: "/",
};

fn key(n: usize, used: bool) -> KeyView {
    KeyView {
        id: format!("k{n}"),
        name: format!("Security key {n}"),
        transports: vec!["usb".to_owned(), "nfc".to_owned()],
        added: at(),
        last_used: used.then(at),
        verified: n == 1,
    }
}

pub fn security_keys(pages: &mut Vec<(String, String)>) {
    let (one, two) = (|| vec![key(1, true)], || vec![key(1, true), key(2, false)]);
    let bad = |key: Option<&str>| BadName { key: key.map(str::to_owned), typed: "x".repeat(50) };
    let bad_name = || Some(NoteView::refused(words::bad_name()));
    for (name, keys, note, bad_name) in [
        ("empty", vec![], None, None),
        ("empty-name", vec![], bad_name(), Some(bad(None))),
        ("empty-already", vec![], Some(NoteView::refused(words::already_registered())), None),
        ("registered", vec![key(1, false)], Some(NoteView::done(words::registered("Security key 1"))), None),
        ("passed", one(), Some(NoteView::done(words::passed("Security key 1", true))), None),
        ("two", two(), Some(NoteView::done(words::removed())), None),
        ("cloned", two(), Some(NoteView::refused(words::cloned("Security key 1"))), None),
        ("throttled", one(), Some(NoteView::wait(words::throttled(30))), None),
        ("rename", two(), bad_name(), Some(bad(Some("k2")))),
        ("name", two(), bad_name(), Some(bad(None))),
        ("full", (1..=20).map(|n| key(n, true)).collect(), Some(NoteView::refused(words::full())), None),
    ] {
        let mut doors = walk(FactorCardState::Passed(at()), FactorCardState::Passed(at()), FactorCardState::Closed);
        let proved = keys.iter().any(|key| key.last_used.is_some());
        doors[3].state = if proved { FactorCardState::Passed(at()) } else { FactorCardState::Next };
        doors[3].just_opened = name == "passed";
        if name == "two" {
            doors[1].state = FactorCardState::Next;
        }
        let page = SecurityKeysView {
            doors,
            session: session(if proved { 3 } else { 2 }),
            here: "/security-keys",
            actions: ACTIONS,
            origin: "http://localhost:3000".to_owned(),
            room_for_more: keys.len() < 20,
            keys,
            note,
            bad_name,
        };
        let html = document("Security key", "/security-keys", move || view::security_keys(page));
        pages.push((format!("security-keys-{name}"), html));
    }
}
