//! Authenticator apps and counter tokens, state by state.

use super::doors::{account_session, session, walk};
use super::{at, document};
use crate::pages::parts::FactorCardState;
use crate::pages::views::oath::{Actions, ChooseNote, CodeRefusal, Enrolled, EnrolledNote, Waiting};
use crate::pages::views::{hotp, totp};

const SECRET: &str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";

fn waiting(kind: &str, refusal: Option<CodeRefusal>) -> Waiting {
    Waiting {
        uri: format!("otpauth://{kind}/Postern:ada%40example.org?secret={SECRET}&issuer=Postern"),
        key: SECRET.to_owned(),
        expires_in_secs: 540,
        refusal,
    }
}

fn enrolled(note: Option<EnrolledNote>) -> Enrolled {
    Enrolled { name: "Ada\u{2019}s phone".to_owned(), added: at(), last_used: Some(at()), note }
}

fn choose_notes() -> [(&'static str, Option<ChooseNote>); 4] {
    [
        ("choose", None),
        ("choose-bad", Some(ChooseNote::BadSetting)),
        ("choose-expired", Some(ChooseNote::Expired)),
        ("choose-removed", Some(ChooseNote::Removed)),
    ]
}

/// Those that both kinds have.
fn scan_refusals() -> Vec<(&'static str, Option<CodeRefusal>)> {
    vec![
        ("scan", None),
        ("scan-missing", Some(CodeRefusal::Missing)),
        ("scan-malformed", Some(CodeRefusal::Malformed)),
        ("scan-wrong", Some(CodeRefusal::Wrong { tries_left: 4 })),
        ("scan-throttled", Some(CodeRefusal::Throttled { wait_secs: 30 })),
        ("scan-ignored", Some(CodeRefusal::SettingIgnored { ignored: "SHA256".to_owned(), tries_left: 3 })),
    ]
}

/// Those that both kinds have.
fn enrolled_notes() -> Vec<(&'static str, Option<EnrolledNote>)> {
    vec![
        ("confirmed", Some(EnrolledNote::Paired)),
        ("confirmed-later", None),
        ("confirmed-verified", Some(EnrolledNote::Verified)),
        ("confirmed-wrong", Some(EnrolledNote::Refused(CodeRefusal::Wrong { tries_left: 1 }))),
        ("confirmed-throttled", Some(EnrolledNote::Refused(CodeRefusal::Throttled { wait_secs: 30 }))),
        ("confirmed-blocked", Some(EnrolledNote::Refused(CodeRefusal::Blocked))),
        ("confirmed-renamed", Some(EnrolledNote::Renamed)),
        ("confirmed-name", Some(EnrolledNote::BadName("x".repeat(50)))),
    ]
}

fn actions(kind: &str) -> Actions {
    match kind {
        "totp" => Actions {
            begin: "/forms/totp/begin",
            check: "/forms/totp/check",
            start_over: "/forms/totp/start-over",
            rename: "/forms/totp/rename",
            remove: "/forms/totp/remove",
        },
        _ => Actions {
            begin: "/forms/hotp/begin",
            check: "/forms/hotp/check",
            start_over: "/forms/hotp/start-over",
            rename: "/forms/hotp/rename",
            remove: "/forms/hotp/remove",
        },
    }
}

pub fn totps(pages: &mut Vec<(String, String)>) {
    use totp::{Choose, Confirmed, Scan, SettingView, Stage};
    let setting = SettingView::default;
    let scan =
        |refusal| Stage::Scan(Scan { waiting: waiting("totp", refusal), setting: setting(), next_code_secs: 17 });
    let confirmed =
        |note| Stage::Confirmed(Confirmed { enrolled: enrolled(note), setting: setting(), next_code_secs: 17 });
    let replayed = CodeRefusal::Replayed { next_secs: Some(12) };
    let clock = CodeRefusal::ClockOff { secs: 120, ahead: true, tries_left: 3 };
    let mut stages: Vec<(&str, Stage)> = Vec::new();
    stages.extend(choose_notes().map(|(name, note)| (name, Stage::Choose(Choose { setting: setting(), note }))));
    stages.extend(scan_refusals().into_iter().map(|(name, refusal)| (name, scan(refusal))));
    stages.extend([("scan-replayed", scan(Some(replayed))), ("scan-clock", scan(Some(clock)))]);
    stages.extend(enrolled_notes().into_iter().map(|(name, note)| (name, confirmed(note))));
    for (name, stage) in stages {
        let passed = matches!(stage, Stage::Confirmed(_));
        let app = if passed { FactorCardState::Passed(at()) } else { FactorCardState::Next };
        let mut doors = walk(FactorCardState::Passed(at()), app, FactorCardState::Closed);
        if name == "confirmed-verified" {
            doors[0].state = FactorCardState::Next;
        }
        doors[1].just_opened = name == "confirmed";
        let session = session(if passed { 2 } else { 1 });
        let view = totp::TotpView { doors, session, here: "/totp", actions: actions("totp"), stage };
        pages.push((format!("totp-{name}"), document("Authenticator app", "/totp", move || totp::totp(view))));
    }
    // An account's, too.
    for (name, level, stage) in [("choose", 1, Stage::Choose(Choose::default())), ("confirmed", 2, confirmed(None))] {
        let doors = walk(FactorCardState::Passed(at()), FactorCardState::Next, FactorCardState::Closed);
        let view =
            totp::TotpView { doors, session: account_session(level), here: "/totp", actions: actions("totp"), stage };
        let html = document("Authenticator app", "/totp", move || totp::totp(view));
        pages.push((format!("account-totp-{name}"), html));
    }
}

fn hotp_stages() -> Vec<(&'static str, hotp::Stage)> {
    use hotp::{Choose, Confirmed, Refused, Scan, SettingView, Stage};
    let choose = |note, refused| Stage::Choose(Choose { setting: SettingView::default(), note, refused });
    let scan = |refusal, not_in_step| {
        let waiting = waiting("hotp", refusal);
        Stage::Scan(Scan { waiting, algorithm: "SHA1", digits: 6, counter: 36, not_in_step })
    };
    let confirmed = |note| {
        let (enrolled, counter) = (enrolled(note), 9_007_199_254_740_993);
        Stage::Confirmed(Confirmed { enrolled, algorithm: "SHA1", digits: 6, look_ahead: 10, counter })
    };
    let bad = Some(ChooseNote::BadSetting);
    let wrong = || CodeRefusal::Wrong { tries_left: 2 };
    let spent = || CodeRefusal::Replayed { next_secs: None };
    let mut stages: Vec<_> = choose_notes().map(|(name, note)| (name, choose(note, None))).into();
    stages.extend(scan_refusals().into_iter().map(|(name, refusal)| (name, scan(refusal, false))));
    stages.extend(enrolled_notes().into_iter().map(|(name, note)| (name, confirmed(note))));
    stages.extend([
        ("choose-counter", choose(bad, Some(Refused::Counter))),
        ("choose-look-ahead", choose(bad, Some(Refused::LookAhead))),
        ("scan-spent", scan(Some(spent()), false)),
        ("scan-ahead", scan(Some(CodeRefusal::Ahead { codes: 23, tries_left: 3 }), false)),
        ("scan-not-in-step", scan(Some(wrong()), true)),
        ("scan-counter", scan(Some(CodeRefusal::CounterIgnored { expected: 36, tries_left: 3 }), false)),
        ("confirmed-spent", confirmed(Some(EnrolledNote::Refused(spent())))),
        ("confirmed-in-step", confirmed(Some(EnrolledNote::InStep))),
        ("confirmed-not-in-step", confirmed(Some(EnrolledNote::NotInStep(wrong())))),
        ("confirmed-pair-spent", confirmed(Some(EnrolledNote::NotInStep(spent())))),
    ]);
    stages
}

pub fn hotps(pages: &mut Vec<(String, String)>) {
    for (name, stage) in hotp_stages() {
        let passed = matches!(stage, hotp::Stage::Confirmed(_));
        let token = if passed { FactorCardState::Passed(at()) } else { FactorCardState::Next };
        let mut doors = walk(FactorCardState::Passed(at()), FactorCardState::Passed(at()), token);
        doors[2].just_opened = name == "confirmed";
        let actions = hotp::Actions { oath: actions("hotp"), resync: "/forms/hotp/resync" };
        let view = hotp::HotpView { doors, session: session(2), here: "/hotp", actions, stage };
        pages.push((format!("hotp-{name}"), document("Counter token", "/hotp", move || hotp::hotp(view))));
    }
}
