//! Every page in every state, with made-up contents: what tests look at.

mod account;
mod acts;
mod clients;
mod doors;
mod keys;
mod oath;
mod quorum;
mod sign_in;
mod vault;

use leptos::prelude::*;

use crate::pages::parts::{DemoLinks, Frame, Link, Person, Shell};
use crate::pages::views::{message, outbox, phone};
use crate::web::submission::provide_sample_token;
use crate::words::shell;
use postern_core::model::Timestamp;

const LETTER: &str = "Your code is\n\n    482 913\n\nIt proves your mail address to Postern and lasts 5 minutes.\nType it here: http://localhost:3000/email-code\n\nWas it not you? Then do nothing: without the code, nobody gets in.\n";

/// A name and a whole document.
pub fn all() -> Vec<(String, String)> {
    let mut pages = Vec::new();
    doors::overviews(&mut pages);
    doors::email_codes(&mut pages);
    oath::totps(&mut pages);
    oath::hotps(&mut pages);
    keys::security_keys(&mut pages);
    sign_in::sign_ins(&mut pages);
    sign_in::step_ups(&mut pages);
    account::accounts(&mut pages);
    acts::keeps(&mut pages);
    acts::recovery_codes(&mut pages);
    acts::acts(&mut pages);
    acts::addresses(&mut pages);
    acts::not_mes(&mut pages);
    clients::clients(&mut pages);
    vault::vaults(&mut pages);
    quorum::quorums(&mut pages);
    helpers(&mut pages);
    messages(&mut pages);
    pages
}

fn at() -> Timestamp {
    Timestamp::from_secs(1_790_000_000)
}

fn document<V, P>(title: &'static str, here: &'static str, page: P) -> String
where
    V: IntoView + 'static,
    P: FnOnce() -> V + Send + 'static,
{
    let frame = Frame {
        name: shell::NAME.to_owned(),
        title,
        stylesheet: "/assets/postern.css".to_owned(),
        icon: "/assets/favicon.svg".to_owned(),
        scripts: ["local-time.js", "countdown.js", "copy.js", "security-key.js", "save.js", "quorum.js"]
            .map(|it| format!("/assets/{it}"))
            .to_vec(),
        home: "/",
        here,
        nav: vec![
            Link { label: shell::OVERVIEW, path: "/" },
            Link { label: shell::VAULT, path: "/vault" },
            Link { label: shell::OUTBOX, path: "/outbox" },
            Link { label: shell::PHONE, path: "/phone" },
        ],
        // Pages below `/account` are for those who are signed in.
        person: Some(if here.starts_with("/account") {
            Person::SignedIn { account: "/account", sign_out: "/forms/sign-out" }
        } else {
            Person::Stranger { sign_in: "/sign-in" }
        }),
        footer: vec![Link { label: shell::CLIENTS, path: "/clients" }, Link { label: shell::QUORUM, path: "/quorum" }],
        demo: Some(DemoLinks { outbox: "/outbox", phone: "/phone" }),
        version: "0.1.0",
    };
    Owner::new().with(|| {
        provide_sample_token();
        view! { <Shell frame=frame>{page()}</Shell> }.to_html()
    })
}

fn helpers(pages: &mut Vec<(String, String)>) {
    let letter = |subject: &str| outbox::LetterView {
        subject: subject.to_owned(),
        to: "ada@example.org".to_owned(),
        at: at(),
        text: LETTER.to_owned(),
    };
    for (name, letters) in
        [("outbox", vec![letter("482 913 is your code"), letter("110 224 is your code")]), ("outbox-empty", vec![])]
    {
        let origin = "http://localhost:3000/".to_owned();
        let view = outbox::OutboxView { letters, origin, email_code: "/email-code" };
        pages.push((name.to_owned(), document("Outbox", "/outbox", move || outbox::outbox(view))));
    }
    let entry = |id: &str, code: &str, moves| phone::EntryView {
        id: id.to_owned(),
        issuer: "Postern".to_owned(),
        account: "ada@example.org".to_owned(),
        code: code.to_owned(),
        moves,
    };
    let timed = |left_secs| phone::EntryMoves::Time { left_secs, period_secs: 30 };
    let actions = phone::Actions {
        scan: "/forms/phone/scan",
        press: "/forms/phone/press",
        remove: "/forms/phone/forget",
        here: "/phone",
        totp: "/totp",
        hotp: "/hotp",
    };
    let token = || entry("3", "003784", phone::EntryMoves::Press { counter: 36 });
    let entries = || vec![entry("1", "073512", timed(17)), entry("2", "94287082", timed(9))];
    let all = || [entries(), vec![token()]].concat();
    let of = |totp, hotp| phone::Of { totp, hotp };
    for (name, waiting, entries, note) in [
        ("phone-empty", of(false, false), vec![], None),
        ("phone-waiting", of(true, false), vec![], None),
        ("phone-waiting-token", of(false, true), entries(), None),
        ("phone-waiting-both", of(true, true), vec![], None),
        ("phone", of(false, false), entries(), Some(phone::PhoneNote::Scanned)),
        ("phone-token", of(false, false), vec![token()], Some(phone::PhoneNote::Scanned)),
        ("phone-both", of(true, false), all(), Some(phone::PhoneNote::NothingToScan)),
    ] {
        let view = phone::PhoneView { actions, waiting, entries, note };
        pages.push((name.to_owned(), document("Pocket authenticator", "/phone", move || phone::phone(view))));
    }
}

fn messages(pages: &mut Vec<(String, String)>) {
    use message::{Message, WaysOn};
    for (name, it) in [
        ("not-found", Message::NotFound),
        ("other-host", Message::OtherHost { origin: "https://mfa.example.org".to_owned() }),
        ("refused", Message::Refused),
        ("unreadable", Message::Unreadable),
        ("too-large", Message::TooLarge),
        ("time-over", Message::TimeOver),
        ("ended", Message::Ended),
        ("too-many", Message::TooMany { wait_secs: 40 }),
        ("fault", Message::InternalError { reference: "f3k9-22xq".to_owned() }),
        ("away", Message::Away { wait_secs: 5 }),
        ("busy", Message::Busy { wait_secs: 5 }),
    ] {
        let html = document(it.title(), "", move || {
            message::message(
                &it,
                WaysOn {
                    support: Some("the front desk, extension 12"),
                    again: "/",
                    overview: "/",
                    begin: "/forms/session/begin",
                },
            )
        });
        pages.push((format!("message-{name}"), html));
    }
}
