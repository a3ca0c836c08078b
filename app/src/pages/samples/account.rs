//! The account page, state by state.

use super::doors::account_session;
use super::{at, document};
use crate::pages::parts::{DoorView, FactorCardState};
use crate::pages::views::account::{
    self as view, AccountNote, AccountView, Actions, AddLinks, BadName, CodesView, EventView, FactorView, RequiredView,
    SessionRow,
};
use crate::words::activity::Happened;
use crate::words::doors;
use crate::words::labels::FactorLabel;
use postern_core::model::Timestamp;

const ACTIONS: Actions = Actions {
    rename: "/forms/account/rename",
    new_codes: "/forms/account/recovery-codes",
    end_session: "/forms/account/end-session",
    export: "/forms/account/export",
    end_others: "/account/sessions",
    change_address: "/account/address",
    delete: "/account/delete",
    lift_freeze: "/forms/account/lift-freeze",
};

/// Seconds before the moment at which the pages are looked at.
fn before(secs: i64) -> Timestamp {
    Timestamp::from_secs(1_790_000_000 - secs)
}

fn factor(id: &str, way: FactorLabel, name: &str, used: Option<i64>) -> FactorView {
    FactorView {
        id: id.to_owned(),
        way,
        name: name.to_owned(),
        added: before(40_000_000),
        last_used: used.map(before),
        remove: format!("/account/factors/{id}/remove"),
    }
}

fn sessions(others: bool) -> Vec<SessionRow> {
    let row = |id: &str, browser: &str, network: &str, begun, seen, this| SessionRow {
        id: id.to_owned(),
        browser: browser.to_owned(),
        network: network.to_owned(),
        begun: before(begun),
        seen: before(seen),
        this,
    };
    let mut rows = vec![row("a", "Firefox on Linux", "192.0.2.7", 2400, 0, true)];
    if others {
        rows.push(row("b", "Safari on an iPhone", "2001:db8:85a3:8d3::/64", 30_000, 900, false));
        rows.push(row("c", "A browser that says nothing of itself", "198.51.100.23", 9000, 4000, false));
    }
    rows
}

fn events() -> Vec<EventView> {
    let named = |name: &str| name.to_owned();
    let app = || named("Ada\u{2019}s phone");
    [
        Happened::SignedIn { with: Some(app()) },
        Happened::FactorsReset,
        Happened::FactorAdded { name: named("The blue key") },
        Happened::CodesMade,
        Happened::Unblocked,
        Happened::Confirmed { with: app() },
        Happened::FactorRenamed { name: app() },
        Happened::FactorRemoved { name: named("The old phone") },
        Happened::KeyCloned { name: named("The blue key") },
        Happened::AddressChanged,
        Happened::SessionsEnded,
        Happened::SessionsEnded,
        Happened::Exported,
        Happened::NotMe,
        Happened::Unfrozen,
        Happened::AddressRestored,
        Happened::WrongAnswers { name: app() },
        Happened::FactorLocked { name: app() },
        Happened::SignedOut,
        Happened::SignedIn { with: None },
        Happened::AccountMade,
    ]
    .into_iter()
    .zip(0..)
    .map(|(what, n)| EventView { what, at: before(400 + n * n * 4000), from: "192.0.2.7, Firefox on Linux".to_owned() })
    .collect()
}

fn usual() -> AccountView {
    AccountView {
        now: at(),
        actions: ACTIONS,
        address: "ada@example.org".to_owned(),
        level: 3,
        made: before(41_000_000),
        note: None,
        frozen_until: None,
        factors: vec![
            factor("k1", FactorLabel::SecurityKey, "The blue key", Some(2400)),
            factor("t1", FactorLabel::Totp, "Ada\u{2019}s phone", Some(900_000)),
            factor("h1", FactorLabel::Hotp, "Counter token", None),
        ],
        add: AddLinks { security_key: Some("/security-keys"), totp: None, hotp: None },
        bad_name: None,
        codes: Some(CodesView { left: 9, of: 10, made: before(39_000_000) }),
        sessions: sessions(true),
        events: events(),
    }
}

fn mail_only() -> AccountView {
    AccountView {
        level: 1,
        factors: vec![],
        add: AddLinks { security_key: Some("/security-keys"), totp: Some("/totp"), hotp: Some("/hotp") },
        codes: None,
        sessions: sessions(false),
        events: events().split_off(20),
        ..usual()
    }
}

fn first_factor() -> AccountView {
    AccountView {
        level: 2,
        factors: vec![factor("t1", FactorLabel::Totp, "Authenticator app", Some(20))],
        add: AddLinks { security_key: Some("/security-keys"), totp: None, hotp: Some("/hotp") },
        note: Some(AccountNote::FactorAdded("Authenticator app".to_owned())),
        ..mail_only()
    }
}

pub fn accounts(pages: &mut Vec<(String, String)>) {
    let frozen = Timestamp::from_secs(1_790_080_000);
    let noted = |note| AccountView { note: Some(note), ..usual() };
    let few = |left| AccountView { codes: Some(CodesView { left, of: 10, made: before(39_000_000) }), ..usual() };
    let bad = BadName { factor: "t1".to_owned(), typed: "x".repeat(50) };
    for (name, page) in [
        ("mail-only", mail_only()),
        ("made", AccountView { note: Some(AccountNote::Made), ..mail_only() }),
        ("first-factor", first_factor()),
        ("usual", usual()),
        ("few-codes", few(3)),
        ("one-code", AccountView { note: Some(AccountNote::RecoveryCodeUsed { left: 1 }), ..few(1) }),
        ("no-codes", AccountView { note: Some(AccountNote::RecoveryCodeUsed { left: 0 }), ..few(0) }),
        ("frozen", AccountView { frozen_until: Some(frozen), ..usual() }),
        ("frozen-mail-only", AccountView { frozen_until: Some(frozen), ..mail_only() }),
        ("not-while-frozen", AccountView { frozen_until: Some(frozen), ..noted(AccountNote::Frozen(frozen)) }),
        ("renamed", noted(AccountNote::Renamed)),
        ("bad-name", AccountView { bad_name: Some(bad), ..noted(AccountNote::BadName) }),
        ("removed", noted(AccountNote::FactorRemoved("The old phone".to_owned()))),
        ("factor-gone", noted(AccountNote::FactorGone)),
        ("last-needed", noted(AccountNote::LastNeeded)),
        ("codes-renewed", noted(AccountNote::CodesRenewed)),
        ("too-many-renewals", noted(AccountNote::TooManyRenewals { wait_secs: 1_800 })),
        ("session-ended", noted(AccountNote::SessionEnded)),
        ("others-ended", AccountView { sessions: sessions(false), ..noted(AccountNote::OthersEnded) }),
        ("address-changed", noted(AccountNote::AddressChanged("ada@example.net".to_owned()))),
    ] {
        pages.push((format!("account-{name}"), document("Account", "/account", move || view::account(page))));
    }
    let door = |words, path, state| DoorView { words, path, state, just_opened: false };
    let page = RequiredView {
        doors: vec![
            door(&doors::TOTP, "/totp", FactorCardState::Next),
            door(&doors::SECURITY_KEYS, "/security-keys", FactorCardState::Closed),
            door(&doors::HOTP, "/hotp", FactorCardState::Closed),
        ],
        session: account_session(1),
    };
    pages.push(("account-required".to_owned(), document("Account", "/account", move || view::required(page))));
}
