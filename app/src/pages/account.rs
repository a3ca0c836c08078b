//! `/account`, and the forms on it.

use leptos::prelude::*;

use super::document::{doors_of, page, session_of, standing_alone};
use super::labels::{happened, label_of};
use super::views::account::{
    AccountNote, AccountView, Actions, AddLinks, BadName, CodesView, EventView, FactorView, RequiredView, SCRIPTS,
    SessionRow, account, required,
};
use super::views::recovery_codes::{self, RecoveryCodesView};
use crate::portal::{Answer, VisitState};
use crate::web::context::RequestContext;
use crate::web::flash::{FlashMessage, Outcome};
use crate::web::form::{FormFields, FormResponse, FormRoute};
use crate::web::path::Page;
use crate::words::account as words;
use crate::words::recovery_codes as recovery_words;
use postern_core::factor::{self, hotp, totp};
use postern_core::model::{FactorRecord, Refusal, Secret, SessionEntry, SessionOrigin, Timestamp, summarize};
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

async fn load(context: RequestContext) -> Answer<AnyView> {
    let (portal, visit) = (context.portal(), &context.visit);
    let look = context.state().await?;
    let Some(own) = look.account() else { return Err(Refusal::NoSession.into()) };
    let note: Option<FlashMessage> = portal.take_note(visit, HERE).await?;
    if look.must_enrol {
        // The mail's own door is passed; the others lead in.
        let doors = doors_of(&look, None).into_iter().skip(1).collect();
        let view = RequiredView { doors, session: session_of(&look)? };
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
        frozen_until: own.frozen_until(look.now),
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

fn said(note: &FlashMessage, codes_left: usize, now: Timestamp) -> Option<AccountNote> {
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
        Outcome::AccountMade => AccountNote::Made,
        Outcome::SteppedUp => AccountNote::Confirmed,
        Outcome::FactorAdded => AccountNote::FactorAdded(name()),
        Outcome::Renamed => AccountNote::Renamed,
        Outcome::Removed => AccountNote::FactorRemoved(name()),
        Outcome::RecoveryUsed => AccountNote::RecoveryCodeUsed { left: codes_left },
        Outcome::SessionEnded => AccountNote::SessionEnded,
        Outcome::OthersEnded => AccountNote::OthersEnded,
        Outcome::CodesRenewed => AccountNote::CodesRenewed,
        Outcome::FreezeLifted => AccountNote::FreezeLifted,
        Outcome::AddressChanged => AccountNote::AddressChanged(name()),
        _ => return None,
    })
}

/// What was typed comes back after a refusal, and after a factor had to be passed first.
fn bad_name(note: &FlashMessage) -> Option<BadName> {
    let factor = note.typed("factor")?.to_owned();
    Some(BadName { factor, typed: note.typed("name")?.to_owned() })
}

fn factor_view(record: &FactorRecord) -> FactorView {
    FactorView {
        id: record.id.to_string(),
        way: label_of(&record.kind),
        name: record.name.clone(),
        added: record.confirmed_at.unwrap_or(record.added_at),
        last_used: record.last_used_at,
        remove: format!("{}?factor={}", Page::RemoveFactor, record.id),
    }
}

fn add_links(look: &VisitState) -> AddLinks {
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

fn sessions(look: &VisitState) -> Vec<SessionRow> {
    let row = |(entry, opened): (&SessionEntry, &SessionOrigin)| SessionRow {
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

async fn rename(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    let factor = fields.text("factor").parse().map_err(|_| Refusal::NotEnrolled)?;
    context.portal().rename_factor(&context.visit, factor, fields.text("name")).await?;
    Ok((Outcome::Renamed, HERE))
}

async fn end_session(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    // A handle that is none of ours names a session that is gone.
    if let Ok(handle) = fields.text("session").parse() {
        context.portal().end_session(&context.visit, handle).await?;
    }
    Ok((Outcome::SessionEnded, HERE))
}

async fn lift_freeze(context: RequestContext, _: FormFields) -> Answer<(Outcome, Page)> {
    context.portal().lift_freeze(&context.visit).await?;
    Ok((Outcome::FreezeLifted, HERE))
}

async fn keep_codes(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    let set = fields.text("set").parse().map_err(|_| Refusal::NotConfirmed)?;
    context.portal().keep_recovery_codes(&context.visit, set).await?;
    Ok((Outcome::CodesRenewed, HERE))
}

/// A page with ten new codes.
async fn new_codes(context: RequestContext, _: FormFields) -> Answer<FormResponse> {
    let renewed = context.portal().renew_recovery_codes(&context.visit).await?;
    let address = context.state().await?.address()?;
    let codes = renewed.codes.iter().map(|code| code.expose().clone()).collect();
    let view = RecoveryCodesView {
        codes: Secret::new(codes),
        portal: context.portal().name().to_owned(),
        address: address.map(|address| address.to_string()).unwrap_or_default(),
        made: renewed.made_at,
        keep: renewed.waits.map(|set| (KEEP_CODES, set.to_string())),
        account: HERE.path(),
    };
    let inside = move || recovery_codes::recovery_codes(view).into_any();
    let html = standing_alone(&context, NEW_CODES, recovery_words::TITLE, recovery_codes::SCRIPTS, inside);
    Ok(FormResponse::Html(Secret::new(html)))
}

/// Everything that is kept of the account and can be told.
async fn export(context: RequestContext, _: FormFields) -> Answer<FormResponse> {
    Ok(FormResponse::file("postern-account.json", &context.portal().export(&context.visit).await?))
}
