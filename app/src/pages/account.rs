//! `/account`, and the forms on it.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::document::{doors_of, page, session_of};
use super::views::account::{
    AccountNote, AccountView, Actions, AddLinks, BadName, CodesView, EventView, FactorView, RequiredView, SCRIPTS,
    SessionRow, account, required,
};
use super::ways::{happened, way_of};
use crate::portal::{Answer, Look};
use crate::web::front::Front;
use crate::web::note::{Done, Note};
use crate::web::path::Page;
use crate::web::reply::form;
use crate::words::account as words;
use postern_core::factor::{self, hotp, recovery_codes, totp};
use postern_core::model::{FactorRecord, Opened, Refusal, SessionEntry, Timestamp, summarize};
use postern_core::rules::limits;

const HERE: Page = Page::Account;

/// Events on the page; the export has all.
const EVENTS: usize = 20;

/// How many of them may be of one sort.
const ALIKE: usize = 5;

/// Forms that the process answers: the one with a page that is shown once, the other with a file.
pub const NEW_CODES: &str = "/forms/account/recovery-codes";
pub const EXPORT: &str = "/forms/account/export";

pub fn account_page() -> impl IntoView {
    page(HERE, words::TITLE, SCRIPTS, load)
}

async fn load(front: Front) -> Answer<AnyView> {
    let (portal, visit) = (front.portal(), &front.visit);
    let look = portal.look(visit).await?;
    let Some(own) = look.account() else { return Err(Refusal::NoSession.into()) };
    let note: Option<Note> = portal.take_note(visit, HERE).await?;
    if look.must_enrol {
        // The mail's own door is passed; the others lead in.
        let doors = doors_of(&look, None).into_iter().skip(1).collect();
        let view = RequiredView { doors, session: session_of(&look)?, note: None };
        return Ok(required(view).into_any());
    }
    let events = portal.activity(visit).await?;
    let codes = portal.recovery_codes_left(&look)?;
    let view = AccountView {
        now: look.now,
        actions: ACTIONS,
        address: look.address()?.map(|address| address.to_string()).unwrap_or_default(),
        level: look.level.number(),
        made: own.created_at,
        note: note.as_ref().and_then(|note| said(note, codes.map_or(0, |(left, _)| left), look.now)),
        frozen_until: own.frozen_until.filter(|until| look.now < *until),
        factors: look.enrolled().filter(|record| factor::is_second(record)).map(factor_view).collect(),
        add: add_links(&look),
        bad_name: note.as_ref().and_then(bad_name),
        codes: codes.zip(look.only(&recovery_codes::KIND)).map(|((left, of), record)| CodesView {
            left,
            of,
            made: record.confirmed_at.unwrap_or(record.added_at),
        }),
        sessions: sessions(&look),
        events: summarize(&events, EVENTS, ALIKE).into_iter().map(event).collect(),
    };
    Ok(account(view).into_any())
}

const ACTIONS: Actions = Actions {
    rename: AccountRename::PATH,
    new_codes: NEW_CODES,
    end_session: EndOtherSession::PATH,
    export: EXPORT,
    end_others: Page::EndSessions.path(),
    change_address: Page::ChangeAddress.path(),
    delete: Page::DeleteAccount.path(),
    lift_freeze: LiftFreeze::PATH,
};

fn said(note: &Note, codes_left: usize, now: Timestamp) -> Option<AccountNote> {
    let name = || note.typed("name").unwrap_or_default().to_owned();
    if let Some(refusal) = note.refusal() {
        return Some(match refusal {
            Refusal::Frozen { until } => AccountNote::Frozen(*until),
            Refusal::TooManyRenewals { until } => AccountNote::TooManyRenewals { wait_secs: now.secs_until(*until) },
            Refusal::BadSetting(_) => AccountNote::BadName,
            Refusal::FixedName => AccountNote::FixedName,
            Refusal::NotEnrolled => AccountNote::FactorGone,
            Refusal::SecondFactorNeeded => AccountNote::LastNeeded,
            Refusal::NotConfirmed => AccountNote::CodesNotReplaced,
            _ => return None,
        });
    }
    Some(match note.done()? {
        Done::AccountMade => AccountNote::Made,
        Done::SteppedUp => AccountNote::Confirmed,
        Done::FactorAdded => AccountNote::FactorAdded(name()),
        Done::Renamed => AccountNote::Renamed,
        Done::Removed => AccountNote::FactorRemoved(name()),
        Done::RecoveryUsed => AccountNote::RecoveryCodeUsed { left: codes_left },
        Done::SessionEnded => AccountNote::SessionEnded,
        Done::OthersEnded => AccountNote::OthersEnded,
        Done::CodesRenewed => AccountNote::CodesRenewed,
        Done::FreezeLifted => AccountNote::FreezeLifted,
        Done::AddressChanged => AccountNote::AddressChanged(name()),
        _ => return None,
    })
}

/// What was typed comes back after a refusal, and after a factor had to be passed first.
fn bad_name(note: &Note) -> Option<BadName> {
    let factor = note.typed("factor")?.to_owned();
    Some(BadName { factor, typed: note.typed("name")?.to_owned() })
}

fn factor_view(record: &FactorRecord) -> FactorView {
    FactorView {
        id: record.id.to_string(),
        way: way_of(&record.kind),
        name: record.name.clone(),
        added: record.confirmed_at.unwrap_or(record.added_at),
        last_used: record.last_used_at,
        remove: format!("{}?factor={}", Page::RemoveFactor, record.id),
    }
}

fn add_links(look: &Look) -> AddLinks {
    let keys = look.enrolled().filter(|record| record.kind == factor::security_key::KIND).count();
    let free = |kind, page: Page| {
        let has = look.enrolled().any(|record| record.kind == kind);
        (!has).then(|| page.path())
    };
    AddLinks {
        security_key: (keys < limits::MOST_KEYS).then(|| Page::SecurityKeys.path()),
        totp: free(totp::KIND, Page::Totp),
        hotp: free(hotp::KIND, Page::Hotp),
    }
}

fn sessions(look: &Look) -> Vec<SessionRow> {
    let row = |(entry, opened): (&SessionEntry, &Opened)| SessionRow {
        id: entry.handle.to_string(),
        browser: opened.browser.clone(),
        network: opened.network.clone(),
        begun: opened.at,
        seen: opened.seen_at,
        this: entry.handle == look.session.handle,
    };
    let mut rows: Vec<SessionRow> = look.sessions().into_iter().map(row).collect();
    rows.sort_by_key(|row| !row.this);
    rows
}

fn event(event: &postern_core::model::Event) -> EventView {
    EventView { what: happened(event), at: event.at, from: event.network.clone() }
}

#[server(prefix = "/forms", endpoint = "account/rename")]
pub async fn account_rename(factor: Option<String>, name: Option<String>) -> Result<(), ServerFnError> {
    let (factor, name) = (factor.unwrap_or_default(), name.unwrap_or_default());
    let typed =
        vec![("act".into(), "rename".to_owned()), ("factor".into(), factor.clone()), ("name".into(), name.clone())];
    form(HERE, typed, async move |front| {
        let id = factor.parse().map_err(|_| Refusal::NotEnrolled)?;
        front.portal().rename_factor(&front.visit, id, &name).await?;
        Ok((Done::Renamed, HERE))
    })
    .await
}

#[server(prefix = "/forms", endpoint = "account/end-session")]
pub async fn end_other_session(session: Option<String>) -> Result<(), ServerFnError> {
    form(HERE, vec![("act".into(), "sessions".to_owned())], async move |front| {
        // A handle that is none of ours names a session that is gone.
        if let Ok(handle) = session.unwrap_or_default().parse() {
            front.portal().end_session(&front.visit, handle).await?;
        }
        Ok((Done::SessionEnded, HERE))
    })
    .await
}

#[server(prefix = "/forms", endpoint = "account/lift-freeze")]
pub async fn lift_freeze() -> Result<(), ServerFnError> {
    form(HERE, vec![("act".into(), "freeze".to_owned())], async |front| {
        front.portal().lift_freeze(&front.visit).await?;
        Ok((Done::FreezeLifted, HERE))
    })
    .await
}

#[server(prefix = "/forms", endpoint = "account/keep-codes")]
pub async fn account_keep_codes(set: Option<String>) -> Result<(), ServerFnError> {
    form(HERE, Vec::new(), async move |front| {
        let set = set.unwrap_or_default().parse().map_err(|_| Refusal::NotConfirmed)?;
        front.portal().keep_recovery_codes(&front.visit, set).await?;
        Ok((Done::CodesRenewed, HERE))
    })
    .await
}
