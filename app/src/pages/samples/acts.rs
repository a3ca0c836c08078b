//! Pages for one act each, state by state: keep, remove, move, delete, end, and "this was not me".

use super::sign_in::sent;
use super::{at, document};
use crate::pages::views::change_address::{self, ChangeAddressView, NewAddressRefusal};
use crate::pages::views::delete_account::{self, DeleteAccountView, DeleteRefusal};
use crate::pages::views::end_sessions::{self, EndSessionsView};
use crate::pages::views::keep::{self, KeepRefusal, KeepView, KeptState, KeptView};
use crate::pages::views::mail_code::{Actions, AskRefusal, CodeRefusal};
use crate::pages::views::not_me::{self, NotMeView};
use crate::pages::views::recovery_codes::{self, RecoveryCodesView};
use crate::pages::views::remove_factor::{self, RemoveFactorView};
use crate::words::activity::Happened;
use crate::words::labels::FactorLabel;
use postern_core::model::{Secret, Timestamp};

const SUPPORT: &str = "the front desk, extension 12";

fn before(secs: i64) -> Timestamp {
    Timestamp::from_secs(1_790_000_000 - secs)
}

pub fn keeps(pages: &mut Vec<(String, String)>) {
    let factor = |id: &str, way, name: &str, passed: Option<i64>, state| KeptView {
        id: id.to_owned(),
        way,
        name: name.to_owned(),
        passed: passed.map(before),
        state,
    };
    let fresh = || {
        vec![
            factor("k1", FactorLabel::SecurityKey, "The blue key", Some(120), KeptState::Fresh { ticked: true }),
            factor("t1", FactorLabel::Totp, "Authenticator app", Some(500), KeptState::Fresh { ticked: false }),
        ]
    };
    let mixed = || {
        let mut all = fresh();
        let first = KeptState::PassFirst { page: "/hotp" };
        all.push(factor("h1", FactorLabel::Hotp, "The grey token", Some(2000), first));
        all.push(factor(
            "k2",
            FactorLabel::SecurityKey,
            "The other key",
            None,
            KeptState::PassFirst { page: "/security-keys" },
        ));
        all
    };
    let exists = KeepRefusal::Exists { sign_in: "/sign-in" };
    let none_made = |support: Option<&str>| KeepRefusal::NoneMade { support: support.map(str::to_owned) };
    let stale = || KeepRefusal::AddressStale { prove: "/email-code" };
    let known = || Some("ada@example.org".to_owned());
    for (name, address, factors, refusal) in [
        ("all", known(), fresh(), None),
        ("some-first", known(), mixed(), None),
        ("mail-alone", known(), vec![], None),
        ("exists", known(), fresh(), Some(exists)),
        ("none-made", known(), fresh(), Some(none_made(Some(SUPPORT)))),
        ("none-made-alone", known(), fresh(), Some(none_made(None))),
        ("address-stale", known(), fresh(), Some(stale())),
        ("no-address", None, fresh(), Some(KeepRefusal::NoAddress { prove: "/email-code" })),
        ("factor-stale", known(), mixed(), Some(KeepRefusal::FactorStale)),
    ] {
        let page = KeepView { now: at(), keep: "/forms/keep", back: "/", address, factors, refusal };
        pages.push((format!("keep-{name}"), document("Keep these in an account", "/keep", move || keep::keep(page))));
    }
}

pub fn recovery_codes(pages: &mut Vec<(String, String)>) {
    let codes = (0..10).map(|n| format!("k{n}qm-x3fp-9t2w-hc4v-b8n{n}")).collect();
    let page = RecoveryCodesView {
        codes: Secret::new(codes),
        portal: "Postern".to_owned(),
        address: "ada@example.org".to_owned(),
        made: at(),
        keep: Some(("/forms/account/keep-codes", "s1".to_owned())),
        account: "/account",
    };
    let html = document("Recovery codes", "/account/recovery-codes", move || recovery_codes::recovery_codes(page));
    pages.push(("recovery-codes".to_owned(), html));
}

pub fn acts(pages: &mut Vec<(String, String)>) {
    for (name, way, last, opened_this) in [
        ("app", FactorLabel::Totp, false, false),
        ("key", FactorLabel::SecurityKey, false, true),
        ("last", FactorLabel::Totp, true, false),
        ("last-of-this", FactorLabel::Hotp, true, true),
    ] {
        let page = RemoveFactorView {
            id: "f1".to_owned(),
            way,
            name: "Ada\u{2019}s phone".to_owned(),
            last,
            opened_this,
            action: "/forms/account/remove-factor",
            back: "/account",
        };
        let html = document("Remove a factor", "/account/factors", move || remove_factor::remove_factor(page));
        pages.push((format!("remove-{name}"), html));
    }
    for (name, typed, refusal) in [
        ("ask", "", None),
        ("missing", "", Some(DeleteRefusal::Missing)),
        ("different", "grace@example.org", Some(DeleteRefusal::Different)),
    ] {
        let page = DeleteAccountView {
            address: "ada@example.org".to_owned(),
            typed: typed.to_owned(),
            refusal,
            action: "/forms/account/delete",
            export: "/forms/account/export",
            back: "/account",
        };
        let html = document("Delete the account", "/account/delete", move || delete_account::delete_account(page));
        pages.push((format!("delete-{name}"), html));
    }
    for (name, others) in [("none", 0), ("one", 1), ("three", 3)] {
        let page = EndSessionsView { others, action: "/forms/account/end-others", back: "/account" };
        let html = document("End all other sessions", "/account/sessions", move || end_sessions::end_sessions(page));
        pages.push((format!("end-sessions-{name}"), html));
    }
}

pub fn addresses(pages: &mut Vec<(String, String)>) {
    use change_address::Stage;
    let ask = |typed: &str, refusal| Stage::Ask { typed: typed.to_owned(), refusal };
    for (name, stage) in [
        ("ask", ask("", None)),
        ("ask-bad", ask("ada@", Some(NewAddressRefusal::Ask(AskRefusal::NotAnAddress)))),
        ("ask-wait", ask("ada@example.net", Some(NewAddressRefusal::Ask(AskRefusal::TooSoon { wait_secs: 20 })))),
        ("taken", ask("grace@example.org", Some(NewAddressRefusal::Taken))),
        ("same", ask("ada@example.org", Some(NewAddressRefusal::Same))),
        ("not-listed", ask("ada@elsewhere.example", Some(NewAddressRefusal::NotListed))),
        ("sent", Stage::Sent(sent(None))),
        ("sent-wrong", Stage::Sent(sent(Some(CodeRefusal::Wrong)))),
        ("sent-expired", Stage::Sent(sent(Some(CodeRefusal::Expired)))),
    ] {
        let page = ChangeAddressView {
            current: "ada@example.org".to_owned(),
            actions: Actions {
                send: "/forms/account/address/send",
                check: "/forms/account/address/check",
                resend: "/forms/account/address/resend",
                another: "/forms/account/address/another",
            },
            stage,
            back: "/account",
        };
        let html =
            document("Change the mail address", "/account/address", move || change_address::change_address(page));
        pages.push((format!("change-address-{name}"), html));
    }
}

pub fn not_mes(pages: &mut Vec<(String, String)>) {
    let ask = |what, restores_address| NotMeView::Ask {
        what,
        restores_address,
        at: before(90_000),
        from: "198.51.100.23, Chrome on Windows".to_owned(),
        action: "/forms/not-me",
        ticket: "8f2kq9".to_owned(),
    };
    let support = || Some(SUPPORT.to_owned());
    let done = |sessions_ended, removed, restored, support| NotMeView::Done {
        frozen_until: Timestamp::from_secs(1_790_080_000),
        sessions_ended,
        has_second_factor: sessions_ended > 0,
        removed,
        restored,
        sign_in: "/sign-in",
        support,
    };
    let removed = || vec!["The blue key".to_owned(), "Recovery codes".to_owned()];
    let restored = Some("ada@example.org".to_owned());
    for (name, page) in [
        ("ask", ask(Happened::FactorRemoved { name: "Ada\u{2019}s phone".to_owned() }, false)),
        ("ask-address", ask(Happened::AddressChanged, true)),
        ("done", done(3, removed(), restored, support())),
        ("done-alone", done(0, Vec::new(), None, None)),
        ("used", NotMeView::Used { sign_in: "/sign-in", support: support() }),
        ("gone", NotMeView::Gone { sign_in: "/sign-in", support: support() }),
    ] {
        pages.push((format!("not-me-{name}"), document("Was this you?", "/not-me", move || not_me::not_me(page))));
    }
}
