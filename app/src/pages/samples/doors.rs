//! The overview and the doors, state by state.

use super::{at, document};
use crate::pages::parts::{DoorState, DoorView, SessionView};
use crate::pages::views::{email_code, overview, totp};
use crate::words::doors;

const SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const URI: &str = "otpauth://totp/Postern:ada%40example.org?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Postern";

pub fn walk(email: DoorState, app: DoorState) -> Vec<DoorView> {
    let door = |words, path, state| DoorView { words, path, state, just_opened: false };
    vec![
        door(&doors::EMAIL_CODE, "/email-code", email),
        door(&doors::TOTP, "/totp", app),
        door(&doors::HOTP, "/hotp", DoorState::Soon),
        door(&doors::SECURITY_KEYS, "/security-keys", DoorState::Closed),
    ]
}

pub fn session(level: u8) -> SessionView {
    SessionView { left_secs: 2460, whole_secs: 3600, level, end_action: "/forms/end" }
}

pub fn overviews(pages: &mut Vec<(String, String)>) {
    use DoorState::{Closed, Next, Passed};
    for (name, email, app, level) in [
        ("overview-new", Next, Closed, 0),
        ("overview-one", Passed(at()), Next, 1),
        ("overview-both", Passed(at()), Passed(at()), 2),
        ("overview-all", Passed(at()), Passed(at()), 3),
    ] {
        let mut doors = walk(email, app);
        doors[0].just_opened = level == 1;
        if level == 3 {
            doors[2..].iter_mut().for_each(|door| door.state = Passed(at()));
        }
        let view = overview::OverviewView { doors, session: session(level), note: None };
        pages.push((name.to_owned(), document("Overview", "/", move || overview::overview(view))));
    }
}

pub fn email_codes(pages: &mut Vec<(String, String)>) {
    use email_code::{AskRefusal, CodeRefusal, Stage};
    let ask = |typed: &str, refusal| Stage::Ask { typed: typed.to_owned(), refusal };
    let sent = |refusal| Stage::Sent {
        masked: "a\u{2026}@example.org".to_owned(),
        tries_left: 4,
        expires_in_secs: 272,
        resend_in_secs: 18,
        digits: 6,
        fresh: false,
        refusal,
    };
    let mut fresh = sent(None);
    if let Stage::Sent { fresh, tries_left, .. } = &mut fresh {
        *fresh = true;
        *tries_left = 5;
    }
    let proved = |just_now| Stage::Proved { address: "ada@example.org".to_owned(), at: at(), just_now, stale: false };
    let stages = [
        ("ask", ask("", None)),
        ("ask-bad", ask("ada@", Some(AskRefusal::NotAnAddress))),
        ("ask-wait", ask("ada@example.org", Some(AskRefusal::TooMany { wait_secs: 2400 }))),
        ("sent", sent(None)),
        ("sent-fresh", fresh),
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
            walk(DoorState::Passed(at()), DoorState::Next)
        } else {
            walk(DoorState::Next, DoorState::Closed)
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

pub fn totps(pages: &mut Vec<(String, String)>) {
    use totp::{Choose, ChooseNote, CodeRefusal, Confirmed, ConfirmedNote, Scan, SettingView, Stage};
    let choose = |note| Stage::Choose(Choose { setting: SettingView::default(), note });
    let scan = |refusal| {
        Stage::Scan(Scan {
            uri: URI.to_owned(),
            key: SECRET.to_owned(),
            setting: SettingView::default(),
            next_code_secs: 17,
            expires_in_secs: 540,
            refusal,
        })
    };
    let confirmed = |note| {
        Stage::Confirmed(Confirmed {
            name: "Ada\u{2019}s phone".to_owned(),
            setting: SettingView::default(),
            added: at(),
            last_used: Some(at()),
            next_code_secs: 17,
            note,
        })
    };
    let stages = [
        ("choose", choose(None)),
        ("choose-bad", choose(Some(ChooseNote::BadSetting))),
        ("choose-expired", choose(Some(ChooseNote::Expired))),
        ("choose-removed", choose(Some(ChooseNote::Removed))),
        ("scan", scan(None)),
        ("scan-wrong", scan(Some(CodeRefusal::Wrong { tries_left: 4 }))),
        ("scan-replayed", scan(Some(CodeRefusal::Replayed { next_secs: 12 }))),
        ("scan-throttled", scan(Some(CodeRefusal::Throttled { wait_secs: 30 }))),
        ("scan-clock", scan(Some(CodeRefusal::ClockOff { secs: 120, ahead: true, tries_left: 3 }))),
        ("scan-ignored", scan(Some(CodeRefusal::SettingIgnored { ignored: "SHA256".to_owned(), tries_left: 3 }))),
        ("confirmed", confirmed(Some(ConfirmedNote::Paired))),
        ("confirmed-verified", confirmed(Some(ConfirmedNote::Verified))),
        ("confirmed-blocked", confirmed(Some(ConfirmedNote::Refused(CodeRefusal::Blocked)))),
        ("confirmed-name", confirmed(Some(ConfirmedNote::BadName("x".repeat(50))))),
    ];
    let actions = totp::Actions {
        begin: "/forms/totp/begin",
        confirm: "/forms/totp/confirm",
        start_over: "/forms/totp/start-over",
        verify: "/forms/totp/verify",
        rename: "/forms/totp/rename",
        remove: "/forms/totp/remove",
    };
    for (name, stage) in stages {
        let passed = matches!(stage, Stage::Confirmed(_));
        let app = if passed { DoorState::Passed(at()) } else { DoorState::Next };
        let mut doors = walk(DoorState::Passed(at()), app);
        if name == "confirmed-verified" {
            doors[0].state = DoorState::Next;
        }
        doors[1].just_opened = name == "confirmed";
        let level = if passed { 2 } else { 1 };
        let view = totp::TotpView { doors, session: session(level), here: "/totp", actions, stage };
        pages.push((format!("totp-{name}"), document("Authenticator app", "/totp", move || totp::totp(view))));
    }
}
