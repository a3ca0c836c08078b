//! API keys, state by state.

use super::sign_in::sent;
use super::{at, document};
use crate::pages::views::clients::{
    self as view, Actions, BySecretView, ClientNote, ClientsView, DisableStage, DisableView, KeyRow, KeyState, OwnView,
    RotateView, RotatedView, SecretView, Stage,
};
use crate::pages::views::mail_code::{self, AskRefusal, CodeRefusal, SentActions};
use postern_core::model::{Secret, SendLimit, Timestamp};

const KEY: &str = "3f9a12c4e07b5d6688aa10fe23cd45b79081a6f2";
const OTHER: &str = "c07d55e1b2a3948fd6e7081b9c2a3f4450617283";

const ACTIONS: Actions = Actions {
    code: mail_code::Actions {
        send: "/forms/clients/send",
        check: "/forms/clients/check",
        resend: "/forms/clients/resend",
        another: "/forms/clients/another",
    },
    sign_in: "/forms/clients/sign-in",
    ask: "/forms/clients/ask",
    activate: "/forms/clients/activate",
    rotate: "/clients/rotate",
    by_secret: "/clients/disable-by-secret",
};

/// Seconds before the moment at which the pages are looked at.
fn before(secs: i64) -> Timestamp {
    Timestamp::from_secs(1_790_000_000 - secs)
}

fn row(key: &str, state: KeyState, used: Option<i64>, (apps, keys, failures): (u64, u64, u64)) -> KeyRow {
    KeyRow {
        key: key.to_owned(),
        state,
        asked: before(9_000_000),
        activated: Some(before(8_999_000)),
        last_used: used.map(before),
        apps,
        keys,
        failures,
        disable: "/clients/disable?client=a1".to_owned(),
    }
}

fn rows() -> Vec<KeyRow> {
    vec![
        row(KEY, KeyState::Active, Some(70), (1_204, 87, 31)),
        row(OTHER, KeyState::Rotating, Some(4_000), (1, 0, 1)),
        row(&OTHER.replace('c', "8"), KeyState::Rotated, Some(400_000), (0, 0, 0)),
        row(&OTHER.replace('c', "5"), KeyState::Disabled(before(600)), None, (0, 0, 0)),
    ]
}

fn own(keys: Vec<KeyRow>) -> OwnView {
    let (address, typed) = ("ada@example.org".to_owned(), String::new());
    OwnView { now: at(), address, is_account: false, by_gateway: false, keys, typed }
}

pub fn clients(pages: &mut Vec<(String, String)>) {
    let ask = |typed: &str, refusal| Stage::Ask { typed: typed.to_owned(), refusal };
    let none = || Stage::Own(own(vec![]));
    let some = || Stage::Own(own(rows()));
    let typed = |typed: &str| Stage::Own(OwnView { typed: typed.to_owned(), ..own(rows()) });
    let account = Stage::Own(OwnView { is_account: true, ..own(rows()) });
    let by_gateway = Stage::Own(OwnView { by_gateway: true, ..own(rows()) });
    let there = || Stage::HasAccount { address: "ada@example.org".to_owned() };
    for (name, note, stage) in [
        ("ask", None, ask("", None)),
        ("ask-bad", None, ask("ada@", Some(AskRefusal::NotAnAddress))),
        ("ask-disabled", Some(ClientNote::Disabled), ask("", None)),
        ("sent", None, Stage::Sent(sent(None))),
        ("sent-wrong", None, Stage::Sent(sent(Some(CodeRefusal::Wrong)))),
        ("has-account", None, there()),
        ("none", Some(ClientNote::Proved), none()),
        ("key-sent", Some(ClientNote::KeySent("a\u{2026}@example.org".to_owned())), none()),
        ("some", None, some()),
        ("account", None, account),
        ("by-gateway", None, by_gateway),
        ("too-soon", Some(ClientNote::TooSoon { wait_secs: 20 }), some()),
        ("too-many", Some(ClientNote::TooMany { wait_secs: 2_000, limit: SendLimit::Network }), some()),
        ("no-key-typed", Some(ClientNote::NoKeyTyped), none()),
        ("no-such-key", Some(ClientNote::NoSuchKey), typed("3f9a12")),
        ("already-activated", Some(ClientNote::AlreadyActivated), typed(KEY)),
        ("too-many-keys", Some(ClientNote::TooManyKeys), some()),
        ("too-many-refusals", Some(ClientNote::TooManyRefusals { wait_secs: 500 }), some()),
        ("disabled", Some(ClientNote::Disabled), some()),
        ("key-gone", Some(ClientNote::KeyGone), some()),
    ] {
        let page = ClientsView { actions: ACTIONS, note, stage };
        pages.push((format!("clients-{name}"), document("API keys", "/clients", move || view::clients(page))));
    }
    secrets(pages);
    disables(pages);
}

fn secrets(pages: &mut Vec<(String, String)>) {
    let page = SecretView {
        key: KEY.to_owned(),
        secret: Secret::new("q3Zl0VvT9yHkXo2cWm8sJ4bRd7uNf1Ae5gPiK6tYxEw=".to_owned()),
        origin: "http://localhost:3000".to_owned(),
        back: "/clients",
    };
    pages.push(("clients-secret".to_owned(), document("API secret", "/clients", move || view::secret(page))));
    for (name, apps, keys) in [("done", (1_204, 0), (87, 0)), ("partly", (1_000, 204), (0, 1))] {
        let page = RotatedView { apps, keys, again: "/clients/rotate", back: "/clients" };
        let html = document("Moved to a new key", "/clients/rotate", move || view::rotated(page));
        pages.push((format!("clients-rotated-{name}"), html));
    }
    for (name, note) in [
        ("ask", None),
        ("missing", Some(ClientNote::FieldsMissing)),
        ("wrong", Some(ClientNote::WrongPairs)),
        ("elsewhere", Some(ClientNote::RotatedElsewhere)),
        ("unfinished", Some(ClientNote::RotationUnfinished)),
    ] {
        let typed = if note.is_some() { KEY } else { "" };
        let page = RotateView {
            action: "/forms/clients/rotate",
            old_key: typed.to_owned(),
            new_key: typed.to_owned(),
            note,
            back: "/clients",
        };
        let html = document("Move to a new key", "/clients/rotate", move || view::rotate(page));
        pages.push((format!("clients-rotate-{name}"), html));
    }
}

fn disables(pages: &mut Vec<(String, String)>) {
    let actions =
        SentActions { check: "/forms/clients/disable/check", resend: "/forms/clients/disable/resend", another: None };
    let confirm = || DisableStage::Confirm { action: "/forms/clients/disable" };
    let prove = || DisableStage::Prove { address: "ada@example.org".to_owned(), send: "/forms/clients/disable/send" };
    for (name, note, stage) in [
        ("confirm", None, confirm()),
        ("confirmed", Some(ClientNote::Confirmed), confirm()),
        ("frozen", Some(ClientNote::Frozen(Timestamp::from_secs(1_790_080_000))), confirm()),
        ("prove", None, prove()),
        ("prove-late", Some(ClientNote::NotProved), prove()),
        ("sent", None, DisableStage::Sent { sent: sent(None), actions }),
        ("sent-void", None, DisableStage::Sent { sent: sent(Some(CodeRefusal::Void)), actions }),
    ] {
        let page = DisableView {
            id: "a1".to_owned(),
            key: KEY.to_owned(),
            note,
            stage,
            rotate: "/clients/rotate",
            back: "/clients",
        };
        let html = document("Disable an API key", "/clients/disable", move || view::disable(page));
        pages.push((format!("clients-disable-{name}"), html));
    }
    for (name, note) in [
        ("ask", None),
        ("missing", Some(ClientNote::FieldsMissing)),
        ("wrong", Some(ClientNote::WrongPair)),
        ("wait", Some(ClientNote::TooManyRefusals { wait_secs: 500 })),
    ] {
        let page = BySecretView {
            action: "/forms/clients/disable-by-secret",
            key: if note.is_some() { KEY.to_owned() } else { String::new() },
            note,
            back: "/clients",
        };
        let html = document("Disable by secret", "/clients/disable-by-secret", move || view::by_secret(page));
        pages.push((format!("clients-by-secret-{name}"), html));
    }
}
