//! `/security-keys`.

use leptos::prelude::*;

use super::confirmations::{added, to_removal};
use super::document::{doors_of, page, session_of};
use super::parts::NoteView;
use super::views::security_keys::{Actions, BadName, KeyView, SCRIPTS, SecurityKeysView, security_keys};
use crate::portal::{Answer, Key, checked_name};
use crate::web::context::RequestContext;
use crate::web::flash::{FlashMessage, Outcome};
use crate::web::form::{FormFields, FormRoute};
use crate::web::path::Page;
use crate::words::security_keys as words;
use postern_core::factor::security_key::{AssertionAnswer, RegistrationAnswer};
use postern_core::model::{FactorId, KeyFlaw, NextTry, Refusal, Timestamp};
use postern_core::rules::limits;

const HERE: Page = Page::SecurityKeys;

const REGISTER: &str = "/forms/security-keys/register";
const AUTHENTICATE: &str = "/forms/security-keys/authenticate";
const RENAME: &str = "/forms/security-keys/rename";
const REMOVE: &str = "/forms/security-keys/remove";

pub fn forms() -> Vec<FormRoute> {
    vec![
        FormRoute::new(REGISTER, HERE, register).echo(&["name"]),
        FormRoute::new(AUTHENTICATE, HERE, authenticate),
        FormRoute::new(RENAME, HERE, rename).echo(&["key", "name"]),
        FormRoute::new(REMOVE, HERE, remove),
    ]
}

pub fn security_keys_page() -> impl IntoView {
    page(HERE, words::TITLE, SCRIPTS, load)
}

async fn load(context: RequestContext) -> Answer<AnyView> {
    let portal = context.portal();
    let note: Option<FlashMessage> = portal.take_note(&context.visit, HERE).await?;
    let look = context.state().await?;
    let keys = portal.keys(&look)?;
    let next = portal.keys_next_try(&context.visit).await?;
    let view = SecurityKeysView {
        doors: doors_of(&look, note.as_ref()),
        session: session_of(&look)?,
        here: HERE.path(),
        actions: ACTIONS,
        origin: context.app.origin.to_string(),
        room_for_more: keys.len() < limits::max_keys(context.visit.is_signed_in()),
        note: said(note.as_ref(), &keys, next, look.now),
        bad_name: note.as_ref().and_then(bad_name),
        keys: keys.into_iter().map(shown).collect(),
    };
    Ok(security_keys(view).into_any())
}

const ACTIONS: Actions = Actions {
    register: REGISTER,
    authenticate: AUTHENTICATE,
    rename: RENAME,
    remove: REMOVE,
    registration_options: "/api/v1/security-keys/registration",
    authentication_options: "/api/v1/security-keys/authentication",
    overview: Page::Overview.path(),
};

fn shown(key: Key) -> KeyView {
    let Key { record, state } = key;
    KeyView {
        id: record.id.to_string(),
        name: record.name,
        transports: state.transports,
        added: record.added_at,
        last_used: record.last_used_at,
        verified: state.verified,
    }
}

fn bad_name(note: &FlashMessage) -> Option<BadName> {
    if !matches!(note.refusal(), Some(Refusal::BadSetting(_))) {
        return None;
    }
    Some(BadName { key: note.typed("key").map(str::to_owned), typed: note.typed("name")?.to_owned() })
}

/// What the last form came to; or, without one, that no answer is taken yet.
fn said(note: Option<&FlashMessage>, keys: &[Key], next: NextTry, now: Timestamp) -> Option<NoteView> {
    let newest = keys.iter().max_by_key(|key| key.record.added_at).map(|key| key.record.name.as_str());
    let last = keys.iter().max_by_key(|key| key.record.last_used_at);
    match (note.and_then(FlashMessage::done), note.and_then(FlashMessage::refusal), next) {
        (Some(Outcome::KeyAdded), ..) => Some(NoteView::done(words::registered(newest?))),
        (Some(Outcome::KeyPassed), ..) => {
            last.map(|key| NoteView::done(words::passed(&key.record.name, key.state.verified)))
        }
        (Some(Outcome::Renamed), ..) => Some(NoteView::done(words::renamed())),
        (Some(Outcome::Removed), ..) => Some(NoteView::done(words::removed())),
        (_, Some(Refusal::Cloned { factor }), _) => Some(NoteView::refused(words::cloned(name_of(keys, *factor)))),
        (_, _, NextTry::Never) => Some(NoteView::refused(words::blocked())),
        (_, Some(refusal), _) => refused(refusal, now),
        (_, None, NextTry::At(until)) => Some(NoteView::wait(words::throttled(now.secs_until(until)))),
        _ => None,
    }
}

fn name_of(keys: &[Key], id: FactorId) -> &str {
    keys.iter().find(|key| key.record.id == id).map_or("this key", |key| &key.record.name)
}

fn refused(refusal: &Refusal, now: Timestamp) -> Option<NoteView> {
    Some(NoteView::refused(match refusal {
        Refusal::Missing => words::no_answer(),
        Refusal::BadSetting(_) => words::bad_name(),
        Refusal::FixedName => crate::words::account::fixed_name(),
        Refusal::AlreadyEnrolled => words::already_registered(),
        Refusal::NotEnrolled => words::gone(),
        Refusal::TooManyKeys => words::full(),
        Refusal::BadRegistration(flaw) | Refusal::BadAssertion(flaw) => flawed(*flaw),
        Refusal::Throttled { until } => return Some(NoteView::wait(words::throttled(now.secs_until(*until)))),
        Refusal::TooManyChallenges { until } => {
            return Some(NoteView::wait(words::too_many_challenges(now.secs_until(*until))));
        }
        _ => return None,
    }))
}

fn flawed(flaw: KeyFlaw) -> crate::words::Message {
    match flaw {
        KeyFlaw::NoCeremony => words::ceremony_over(),
        KeyFlaw::OtherOrigin | KeyFlaw::OtherSite | KeyFlaw::Framed => words::for_elsewhere(),
        KeyFlaw::UnknownKey | KeyFlaw::OtherUser => words::unknown_key(),
        KeyFlaw::Algorithm | KeyFlaw::PublicKeyForm => words::kind_not_known(),
        KeyFlaw::BackupWithdrawn => words::no_longer_synced(),
        KeyFlaw::Untouched => words::not_touched(),
        KeyFlaw::Signature => words::bad_signature(),
        KeyFlaw::Malformed
        | KeyFlaw::OtherType
        | KeyFlaw::OtherId
        | KeyFlaw::LongId
        | KeyFlaw::Statement
        | KeyFlaw::Trailing
        | KeyFlaw::ReservedFlags
        | KeyFlaw::Point
        | KeyFlaw::Certificate
        | KeyFlaw::AppIdUnused
        | KeyFlaw::Backup => words::bad_answer(),
    }
}

fn key_id(fields: &FormFields) -> Result<FactorId, Refusal> {
    fields.text("key").parse().map_err(|_| Refusal::NotEnrolled)
}

async fn register(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    let name = checked_name(fields.text("name"))?;
    // Before it is said that the answer is missing: the script sends none where a factor has to be passed first.
    context.portal().check_may_add(&context.visit).await?;
    let answer = RegistrationAnswer::read(fields.required("answer")?.trim()).map_err(Refusal::BadRegistration)?;
    let key = context.portal().finish_registration(&context.visit, &answer, Some(&name)).await?;
    context.after_rise(key.rose).await?;
    if context.visit.is_signed_in() {
        return added(&context, key.id).await;
    }
    Ok((Outcome::KeyAdded, HERE))
}

async fn authenticate(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    let answer = AssertionAnswer::read(fields.required("answer")?.trim()).map_err(Refusal::BadAssertion)?;
    let passed = context.portal().finish_authentication(&context.visit, &answer).await?;
    context.after(passed).await?;
    Ok((Outcome::KeyPassed, HERE))
}

async fn rename(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    context.portal().rename_key(&context.visit, key_id(&fields)?, fields.text("name")).await?;
    Ok((Outcome::Renamed, HERE))
}

async fn remove(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    let key = key_id(&fields)?;
    if context.visit.is_signed_in() {
        return to_removal(&context, key).await;
    }
    context.portal().remove_key(&context.visit, key).await?;
    Ok((Outcome::Removed, HERE))
}
