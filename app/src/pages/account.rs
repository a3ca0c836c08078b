//! `/account`, and the forms on it.

use leptos::prelude::*;

use super::document::{doors_of, page, session_of, standing_alone};
use super::views::account::{
    AccountNote, AccountView, Actions, AddLinks, BadName, CodesView, EventView, FactorView, RequiredView, SCRIPTS,
    SessionRow, account, required,
};
use super::views::recovery_codes::{self, RecoveryCodesView};
use super::ways::{happened, way_of};
use crate::portal::{Answer, Look};
use crate::web::form::{FormFields, FormResponse, FormRoute};
use crate::web::front::Front;
use crate::web::note::{Done, Note};
use crate::web::path::Page;
use crate::words::account as words;
use crate::words::recovery_codes as recovery_words;
use postern_core::factor::{self, hotp, totp};
use postern_core::model::{FactorRecord, Opened, Refusal, Secret, SessionEntry, Timestamp, summarize};
use postern_core::rules::limits;

const HERE: Page = Page::Account;

/// Events on the page; the export has all.
const EVENTS: usize = 20;

/// How many of them may be of one sort.
const ALIKE: usize = 5;

pub const EXPORT: &str = "/forms/account/export";
pub const KEEP_CODES: &str = "/forms/account/keep-codes";
const NEW_CODES: &str = "/forms/account/recovery-codes";
const RENAME: &str = "/forms/account/rename";
const END_SESSION: &str = "/forms/account/end-session";
const LIFT_FREEZE: &str = "/forms/account/lift-freeze";

pub fn forms() -> Vec<FormRoute> {
    vec![
        FormRoute::new(RENAME, HERE, rename).mark("act", "rename").echo(&["factor", "name"]),
        FormRoute::new(END_SESSION, HERE, end_session).mark("act", "sessions"),
        FormRoute::new(LIFT_FREEZE, HERE, lift_freeze).mark("act", "freeze"),
        FormRoute::new(NEW_CODES, HERE, new_codes).mark("act", "codes"),
        FormRoute::new(KEEP_CODES, HERE, keep_codes),
        FormRoute::new(EXPORT, HERE, export).mark("act", "export"),
    ]
}

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
        codes: codes.zip(look.only(&factor::recovery_codes::KIND)).map(|((left, of), record)| CodesView {
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
    rename: RENAME,
    new_codes: NEW_CODES,
    end_session: END_SESSION,
    export: EXPORT,
    end_others: Page::EndSessions.path(),
    change_address: Page::ChangeAddress.path(),
    delete: Page::DeleteAccount.path(),
    lift_freeze: LIFT_FREEZE,
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

async fn rename(front: Front, fields: FormFields) -> Answer<(Done, Page)> {
    let factor = fields.text("factor").parse().map_err(|_| Refusal::NotEnrolled)?;
    front.portal().rename_factor(&front.visit, factor, fields.text("name")).await?;
    Ok((Done::Renamed, HERE))
}

async fn end_session(front: Front, fields: FormFields) -> Answer<(Done, Page)> {
    // A handle that is none of ours names a session that is gone.
    if let Ok(handle) = fields.text("session").parse() {
        front.portal().end_session(&front.visit, handle).await?;
    }
    Ok((Done::SessionEnded, HERE))
}

async fn lift_freeze(front: Front, _: FormFields) -> Answer<(Done, Page)> {
    front.portal().lift_freeze(&front.visit).await?;
    Ok((Done::FreezeLifted, HERE))
}

async fn keep_codes(front: Front, fields: FormFields) -> Answer<(Done, Page)> {
    let set = fields.text("set").parse().map_err(|_| Refusal::NotConfirmed)?;
    front.portal().keep_recovery_codes(&front.visit, set).await?;
    Ok((Done::CodesRenewed, HERE))
}

/// A page with ten new codes.
async fn new_codes(front: Front, _: FormFields) -> Answer<FormResponse> {
    let renewed = front.portal().renew_recovery_codes(&front.visit).await?;
    let address = front.portal().look(&front.visit).await?.address()?;
    let codes = renewed.codes.iter().map(|code| code.expose().clone()).collect();
    let view = RecoveryCodesView {
        codes: Secret::new(codes),
        portal: front.portal().name().to_owned(),
        address: address.map(|address| address.to_string()).unwrap_or_default(),
        made: renewed.made_at,
        keep: renewed.waits.map(|set| (KEEP_CODES, set.to_string())),
        account: HERE.path(),
    };
    let inside = move || recovery_codes::recovery_codes(view).into_any();
    let html = standing_alone(&front, NEW_CODES, recovery_words::TITLE, recovery_codes::SCRIPTS, inside);
    Ok(FormResponse::Html(Secret::new(html)))
}

/// Everything that is kept of the account and can be told.
async fn export(front: Front, _: FormFields) -> Answer<FormResponse> {
    Ok(FormResponse::file("postern-account.json", &front.portal().export(&front.visit).await?))
}
