//! Signing in and being asked again, state by state.

use super::{at, document};
use crate::pages::views::challenge::{
    ChallengeView, ChoiceState, ChoiceView, CodeChallenge, CodeRefusal, Current, KeyChallenge, KeyRefusal,
    MailChallenge, MailStage, RecoveryChallenge, RecoveryRefusal,
};
use crate::pages::views::mail_code::{self, Actions, AskRefusal, Sent};
use crate::pages::views::sign_in::{self as view, SignInNote, SignInView, Stage};
use crate::pages::views::step_up::{self, StepUpView, Why};
use crate::words::labels::FactorLabel;
use postern_core::model::SendLimit;

const ACTIONS: Actions = Actions {
    send: "/forms/sign-in/send",
    check: "/forms/sign-in/check",
    resend: "/forms/sign-in/resend",
    another: "/forms/sign-in/another",
};

pub fn sent(refusal: Option<mail_code::CodeRefusal>) -> Sent {
    Sent {
        masked: "a\u{2026}@example.org".to_owned(),
        tries_left: 4,
        expires_in_secs: 272,
        resend_in_secs: 18,
        digits: 6,
        fresh: false,
        refusal,
    }
}

fn choice(way: FactorLabel, name: Option<&str>, state: ChoiceState) -> ChoiceView {
    ChoiceView { way, name: name.map(str::to_owned), href: format!("/sign-in?with={}", way as u8), state }
}

fn with(current: Current, choices: Vec<ChoiceView>) -> ChallengeView {
    ChallengeView { choices, current, support: Some("the front desk, extension 12".to_owned()) }
}

fn all_ways() -> Vec<ChoiceView> {
    vec![
        choice(FactorLabel::SecurityKey, None, ChoiceState::Open),
        choice(FactorLabel::Totp, Some("Ada\u{2019}s phone"), ChoiceState::Open),
        choice(FactorLabel::Hotp, Some("The grey token"), ChoiceState::Shut),
        choice(FactorLabel::RecoveryCode, None, ChoiceState::Open),
    ]
}

fn code(refusal: Option<CodeRefusal>) -> CodeChallenge {
    CodeChallenge { check: "/forms/challenge/code", digits: 6, refusal }
}

fn key(refusal: Option<KeyRefusal>) -> Current {
    Current::SecurityKey(KeyChallenge {
        check: "/forms/challenge/key",
        options: "/forms/challenge/key-options",
        origin: "http://localhost:3000".to_owned(),
        refusal,
    })
}

fn recovery(refusal: Option<RecoveryRefusal>) -> Current {
    Current::RecoveryCode(RecoveryChallenge { check: "/forms/challenge/recovery", refusal })
}

fn mail(stage: MailStage) -> Current {
    Current::EmailCode(MailChallenge {
        send: "/forms/challenge/send",
        check: "/forms/challenge/mail",
        resend: "/forms/challenge/resend",
        stage,
    })
}

/// Every way with everything that can be said of it.
fn challenges() -> Vec<(&'static str, ChallengeView)> {
    let app = |refusal| Current::Totp(code(refusal));
    let token = |refusal| Current::Hotp(code(refusal));
    let (wrong, wait) = (CodeRefusal::Wrong { tries_left: 3 }, CodeRefusal::Throttled { wait_secs: 30 });
    let alone = |current| with(current, vec![choice(FactorLabel::Totp, None, ChoiceState::Shut)]);
    let mut all: Vec<(&str, ChallengeView)> = [
        ("app", app(None)),
        ("app-missing", app(Some(CodeRefusal::Missing))),
        ("app-malformed", app(Some(CodeRefusal::Malformed))),
        ("app-wrong", app(Some(wrong.clone()))),
        ("app-replayed", app(Some(CodeRefusal::Replayed { next_secs: Some(12) }))),
        ("app-throttled", app(Some(wait.clone()))),
        ("app-shut", app(Some(CodeRefusal::Blocked))),
        ("token", token(None)),
        ("token-wrong", token(Some(wrong))),
        ("token-spent", token(Some(CodeRefusal::Replayed { next_secs: None }))),
        ("token-throttled", token(Some(wait))),
        ("recovery", recovery(None)),
        ("recovery-missing", recovery(Some(RecoveryRefusal::Missing))),
        ("recovery-malformed", recovery(Some(RecoveryRefusal::Malformed))),
        ("recovery-wrong", recovery(Some(RecoveryRefusal::Wrong { tries_left: 2 }))),
        ("recovery-used", recovery(Some(RecoveryRefusal::Used))),
        ("recovery-throttled", recovery(Some(RecoveryRefusal::Throttled { wait_secs: 60 }))),
        ("recovery-shut", recovery(Some(RecoveryRefusal::Blocked))),
        ("key", key(None)),
        ("key-missing", key(Some(KeyRefusal::Missing))),
        ("key-late", key(Some(KeyRefusal::TooLate))),
        ("key-elsewhere", key(Some(KeyRefusal::Elsewhere))),
        ("key-unknown", key(Some(KeyRefusal::Unknown))),
        ("key-untouched", key(Some(KeyRefusal::NotTouched))),
        ("key-malformed", key(Some(KeyRefusal::Malformed))),
        ("key-signature", key(Some(KeyRefusal::Signature))),
        ("key-cloned", key(Some(KeyRefusal::Cloned("Security key 1".to_owned())))),
        ("key-often", key(Some(KeyRefusal::TooOften { wait_secs: 40 }))),
        ("key-throttled", key(Some(KeyRefusal::Throttled { wait_secs: 30 }))),
        ("key-shut", key(Some(KeyRefusal::Blocked))),
    ]
    .map(|(name, current)| (name, with(current, all_ways())))
    .into();
    all.push(("app-alone", alone(app(None))));
    all.push(("app-alone-shut", alone(app(Some(CodeRefusal::Blocked)))));
    all.push(("key-alone", with(key(None), vec![choice(FactorLabel::SecurityKey, None, ChoiceState::Open)])));
    all
}

pub fn sign_ins(pages: &mut Vec<(String, String)>) {
    let ask = |typed: &str, refusal, note| Stage::Ask { typed: typed.to_owned(), refusal, note };
    let fresh = Sent { fresh: true, ..sent(None) };
    let no_account = |support: Option<&str>| Stage::NoAccount {
        masked: "a\u{2026}@example.org".to_owned(),
        support: support.map(str::to_owned),
    };
    let mut stages: Vec<(String, Stage)> = [
        ("ask", ask("", None, None)),
        ("ask-bad", ask("ada@", Some(AskRefusal::NotAnAddress), None)),
        (
            "ask-wait",
            ask("ada@example.org", Some(AskRefusal::TooMany { wait_secs: 2400, limit: SendLimit::Network }), None),
        ),
        ("signed-out", ask("", None, Some(SignInNote::SignedOut))),
        ("deleted", ask("", None, Some(SignInNote::AccountDeleted))),
        ("ran-out", ask("ada@example.org", None, Some(SignInNote::RanOut))),
        ("busy", ask("", None, Some(SignInNote::Busy))),
        ("sent", Stage::Sent(sent(None))),
        ("sent-fresh", Stage::Sent(fresh)),
        ("sent-wrong", Stage::Sent(sent(Some(mail_code::CodeRefusal::Wrong)))),
        ("sent-void", Stage::Sent(sent(Some(mail_code::CodeRefusal::Void)))),
        ("no-account", no_account(Some("the front desk, extension 12"))),
        ("no-account-alone", no_account(None)),
    ]
    .map(|(name, stage)| (name.to_owned(), stage))
    .into();
    stages.extend(challenges().into_iter().map(|(name, challenge)| {
        let stage = Stage::Second { address: "ada@example.org".to_owned(), mail_at: at(), challenge };
        (format!("second-{name}"), stage)
    }));
    for (name, stage) in stages {
        let page = SignInView { actions: ACTIONS, stage };
        pages.push((format!("sign-in-{name}"), document("Sign in", "/sign-in", move || view::sign_in(page))));
    }
}

pub fn step_ups(pages: &mut Vec<(String, String)>) {
    let ask = |refusal| mail(MailStage::Ask { masked: "a\u{2026}@example.org".to_owned(), refusal });
    let mail_only = |current| with(current, vec![choice(FactorLabel::EmailCode, None, ChoiceState::Open)]);
    let mut states: Vec<(String, Why, ChallengeView)> = [
        ("mail", Why::AddFactor, mail_only(ask(None))),
        ("mail-wait", Why::Export, mail_only(ask(Some(AskRefusal::TooSoon { wait_secs: 20 })))),
        ("mail-sent", Why::RecoveryCodes, mail_only(mail(MailStage::Sent(sent(None))))),
        ("mail-wrong", Why::ChangeAddress, {
            mail_only(mail(MailStage::Sent(sent(Some(mail_code::CodeRefusal::Wrong)))))
        }),
        ("app", Why::DeleteAccount, with(Current::Totp(code(None)), all_ways())),
        ("rename", Why::RenameFactor, with(Current::Totp(code(None)), all_ways())),
        ("key", Why::EndSessions, with(key(None), all_ways())),
    ]
    .map(|(name, why, challenge)| (name.to_owned(), why, challenge))
    .into();
    let wrong = with(Current::Totp(code(Some(CodeRefusal::Wrong { tries_left: 3 }))), all_ways());
    states.push(("app-wrong".to_owned(), Why::RemoveFactor, wrong));
    for (name, why, challenge) in states {
        let page = StepUpView { why, challenge, back: "/account".to_owned() };
        let html = document("Confirm it is you", "/account", move || step_up::step_up(page));
        pages.push((format!("step-up-{name}"), html));
    }
}
