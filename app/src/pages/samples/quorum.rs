//! Quorums, state by state.

use super::{at, document};
use crate::pages::views::quorum::{
    self as view, AskView, Checked, CodeView, DealView, Over, QuorumNote, Role, SessionView, ShareView, SharesView,
};
use crate::quorum::{NotASecret, Progress, Refusal, ShareFlaw};
use postern_core::model::{Secret, Timestamp};

const LINE: &str = "K7QV3MZP$2$AVfqmk3Yc0rT1mXcJ9mUuVZ1gAwUC8mHq0o4yTqHk1q9sV2xX0d7bNf1Ae5gPiK6tYxEwq3Zl0VvT9yHkXo2cWm8sJ4bRd7uNf1Ae5gPiK6tYxEw";
const TEK: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
const FILE: &str = "-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBqUmZ2\nS0tqdHZwV2dUZ2pZ\n-----END AGE ENCRYPTED FILE-----\n";

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

fn deal(key: &str, note: Option<QuorumNote>, checked: Option<Checked>) -> DealView {
    DealView {
        action: "/quorum",
        ask: "/quorum/ask",
        key: secret(key),
        size: "5".to_owned(),
        max_size: 32,
        threshold: "3".to_owned(),
        names: if key.is_empty() { String::new() } else { "Ada\nByron\nCharles".to_owned() },
        ages: String::new(),
        reader: Some(READER.to_owned()),
        note,
        checked,
    }
}

const READER: &str = "/assets/qr.js";

fn progress(provided: usize, waiting: usize, dropped: Vec<Refusal>) -> Progress {
    Progress {
        prefix: "K7QV3MZP".to_owned(),
        why: if waiting == 2 { String::new() } else { "The domain has to be renewed today".to_owned() },
        provided,
        waiting,
        threshold: 3,
        size: 5,
        tek: TEK.to_owned(),
        ends_at: Timestamp::from_secs(1_790_002_000),
        dropped,
    }
}

pub fn quorums(pages: &mut Vec<(String, String)>) {
    const KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    let refused = |refusal| Some(QuorumNote::Refused(refusal));
    let checked = || Some(Checked { code: secret("482913"), left_secs: 17 });
    let ages = DealView { ages: TEK.to_owned(), ..deal(KEY, refused(Refusal::Recipients), None) };
    for (name, view) in [
        ("deal", deal("", None, None)),
        ("deal-checked", deal(KEY, None, checked())),
        ("deal-bad-key", deal("not a key", refused(Refusal::NotASecret(NotASecret::Form)), None)),
        ("deal-bad-numbers", deal(KEY, refused(Refusal::Numbers), None)),
        ("deal-too-many-shares", deal(KEY, refused(Refusal::TooManyShares { most: 32 }), None)),
        ("deal-bad-names", deal(KEY, Some(QuorumNote::TooManyNames), None)),
        ("deal-bad-ages", ages),
        ("deal-too-many", deal(KEY, Some(QuorumNote::TooMany { wait_secs: 500 }), None)),
    ] {
        pages.push((format!("quorum-{name}"), document("Quorum", "/quorum", move || view::deal(view))));
    }
    for (name, text, encrypted) in [("shares", LINE, false), ("shares-age", FILE, true)] {
        let share = |name: &str| ShareView { name: name.to_owned(), text: secret(text), encrypted };
        let view = SharesView {
            portal: "Postern".to_owned(),
            origin: "http://localhost:3000".to_owned(),
            prefix: "K7QV3MZP".to_owned(),
            threshold: 2,
            dealt: at(),
            shares: vec![share("Ada Lovelace"), share("Byron"), share("Custodian 3")],
            again: "/quorum",
        };
        pages.push((format!("quorum-{name}"), document("Shares", "/quorum", move || view::shares(view))));
    }
    asks(pages);
    sessions(pages);
}

fn asks(pages: &mut Vec<(String, String)>) {
    for (name, share, note) in [
        ("ask", "", None),
        ("ask-bad-share", &LINE[..40], Some(QuorumNote::Refused(Refusal::Share(ShareFlaw::Cut)))),
        ("ask-bad-reason", LINE, Some(QuorumNote::Refused(Refusal::Reason))),
    ] {
        let (why, lasts) = (String::new(), "3600".to_owned());
        let view =
            AskView { action: "/quorum/ask", share: secret(share), why, lasts, reader: Some(READER.to_owned()), note };
        pages.push((format!("quorum-{name}"), document("Ask for a code", "/quorum/ask", move || view::ask(view))));
    }
}

fn sessions(pages: &mut Vec<(String, String)>) {
    let custodian = |typed: &str| Role::Custodian {
        action: "/quorum/a1/shares".to_owned(),
        typed: secret(typed),
        reader: Some(READER.to_owned()),
    };
    let dealer = |code, forged| Role::Dealer {
        link: "http://localhost:3000/quorum/p9Qmdm3yT0mXcJ9mUuVZ1g".to_owned(),
        code,
        forged,
        end: "/quorum/a1/end".to_owned(),
    };
    let code = || Some(CodeView { digits: secret("59040513"), left_secs: 17, period_secs: 60 });
    let dropped = || vec![Refusal::NotEncrypted, Refusal::Twice(2), Refusal::OtherGroup, Refusal::ForgedShare(4)];
    for (name, progress, note, role) in [
        ("agree", progress(1, 0, vec![]), None, custodian("")),
        ("agree-joined", progress(2, 1, vec![]), Some(QuorumNote::Joined), custodian("")),
        ("agree-waits", progress(1, 2, vec![]), Some(QuorumNote::Waits), custodian("")),
        (
            "agree-bad",
            progress(1, 0, vec![]),
            Some(QuorumNote::Refused(Refusal::Share(ShareFlaw::Damaged))),
            custodian(LINE),
        ),
        ("agree-twice", progress(2, 0, vec![]), Some(QuorumNote::Refused(Refusal::Twice(2))), custodian(LINE)),
        ("agree-complete", progress(3, 0, vec![]), Some(QuorumNote::Joined), custodian("")),
        ("asked", progress(1, 0, vec![]), None, dealer(None, false)),
        ("asked-dropped", progress(2, 0, dropped()), None, dealer(None, false)),
        ("asked-forged", progress(3, 0, vec![]), None, dealer(None, true)),
        ("asked-code", progress(3, 0, dropped()), None, dealer(code(), false)),
    ] {
        let (here, events) = ("/quorum/a1".to_owned(), "/quorum/a1/events".to_owned());
        let view = SessionView { here, events, now: at(), progress, note, role };
        pages.push((format!("quorum-{name}"), document("Quorum session", "", move || view::session(view))));
    }
    for (name, over) in [("over", Over::Over), ("ended", Over::Ended), ("unknown", Over::Unknown)] {
        let html = document("Session over", "", move || view::over(over, "/quorum"));
        pages.push((format!("quorum-{name}"), html));
    }
}
