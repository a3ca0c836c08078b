//! The overview and the doors, state by state.

use super::{at, document};
use crate::pages::parts::{AccountSession, DoorView, FactorCardState, SessionView, VisitorSession};
use crate::pages::views::mail_code::Sent;
use crate::pages::views::{email_code, overview};
use crate::words::doors;
use postern_core::model::SendLimit;

pub fn walk(email: FactorCardState, app: FactorCardState, token: FactorCardState) -> Vec<DoorView> {
    let door = |words, path, state| DoorView { words, path, state, just_opened: false };
    vec![
        door(&doors::EMAIL_CODE, "/email-code", email),
        door(&doors::TOTP, "/totp", app),
        door(&doors::HOTP, "/hotp", token),
        door(&doors::SECURITY_KEYS, "/security-keys", FactorCardState::Closed),
    ]
}

pub fn session(level: u8) -> SessionView {
    SessionView::Visitor(VisitorSession { left_secs: 2460, whole_secs: 3600, level, end_action: "/forms/end" })
}

pub fn account_session(level: u8) -> SessionView {
    SessionView::Account(AccountSession {
        address: "ada@example.org".to_owned(),
        level,
        account: "/account",
        sign_out: "/forms/sign-out",
    })
}

pub fn overviews(pages: &mut Vec<(String, String)>) {
    use FactorCardState::{Closed, Next, Passed};
    for (name, email, app, token, level) in [
        ("overview-new", Next, Closed, Closed, 0),
        ("overview-one", Passed(at()), Next, Closed, 1),
        ("overview-both", Passed(at()), Passed(at()), Next, 2),
        ("overview-three", Passed(at()), Passed(at()), Passed(at()), 2),
        ("overview-all", Passed(at()), Passed(at()), Passed(at()), 3),
    ] {
        let mut doors = walk(email, app, token);
        doors[0].just_opened = level == 1;
        if name == "overview-three" {
            doors[3].state = Next;
        }
        if level == 3 {
            doors[2..].iter_mut().for_each(|door| door.state = Passed(at()));
        }
        let keep = (name == "overview-one" || level == 3).then_some("/keep");
        let (session, start_over) = (session(level), "/forms/start-over");
        let view = overview::OverviewView { doors, session, start_over, note: None, keep };
        pages.push((name.to_owned(), document("Overview", "/", move || overview::overview(view))));
    }
}

pub fn email_codes(pages: &mut Vec<(String, String)>) {
    use email_code::{AskRefusal, CodeRefusal, Stage};
    let ask = |typed: &str, refusal| Stage::Ask { typed: typed.to_owned(), refusal };
    let sent = |refusal| Sent {
        masked: "a\u{2026}@example.org".to_owned(),
        tries_left: 4,
        expires_in_secs: 272,
        resend_in_secs: 18,
        digits: 6,
        fresh: false,
        refusal,
    };
    let fresh = Sent { fresh: true, tries_left: 5, ..sent(None) };
    let sent = |refusal| Stage::Sent(sent(refusal));
    let proved = |just_now| Stage::Proved { address: "ada@example.org".to_owned(), at: at(), just_now, stale: false };
    let stages = [
        ("ask", ask("", None)),
        ("ask-bad", ask("ada@", Some(AskRefusal::NotAnAddress))),
        ("ask-wait", ask("ada@example.org", Some(AskRefusal::TooMany { wait_secs: 2400, limit: SendLimit::Network }))),
        ("sent", sent(None)),
        ("sent-fresh", Stage::Sent(fresh)),
        ("sent-wrong", sent(Some(CodeRefusal::Wrong))),
        ("sent-expired", sent(Some(CodeRefusal::Expired))),
        ("sent-void", sent(Some(CodeRefusal::Void))),
        ("sent-throttled", sent(Some(CodeRefusal::Throttled { wait_secs: 30 }))),
        ("proved", proved(true)),
        ("proved-later", proved(false)),
    ];
    let actions = email_code::Actions {
        send: "/forms/email-code/send",
        check: "/forms/email-code/check",
        resend: "/forms/email-code/resend",
        another: "/forms/email-code/another",
    };
    for (name, stage) in stages {
        let passed = matches!(stage, Stage::Proved { .. });
        let mut doors = if passed {
            walk(FactorCardState::Passed(at()), FactorCardState::Next, FactorCardState::Closed)
        } else {
            walk(FactorCardState::Next, FactorCardState::Closed, FactorCardState::Closed)
        };
        doors[0].just_opened = name == "proved";
        let view = email_code::EmailCodeView {
            doors,
            session: session(u8::from(passed)),
            here: "/email-code",
            actions,
            stage,
        };
        let html = document("Email code", "/email-code", move || email_code::email_code(view));
        pages.push((format!("email-code-{name}"), html));
    }
}
