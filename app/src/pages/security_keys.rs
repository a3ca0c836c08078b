//! `/security-keys`.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::acts::{added, to_removal};
use super::document::{doors_of, page, session_of};
use super::parts::NoteView;
use super::views::security_keys::{Actions, BadName, KeyView, SCRIPTS, SecurityKeysView, security_keys};
use crate::portal::{Answer, Key, checked_name};
use crate::web::front::Front;
use crate::web::note::{Done, Note, Typed};
use crate::web::path::Page;
use crate::web::reply::form;
use crate::words::security_keys as words;
use postern_core::factor::security_key::{AssertionAnswer, RegistrationAnswer};
use postern_core::model::{FactorId, KeyFlaw, NextTry, Refusal, Timestamp};
use postern_core::rules::limits;

const HERE: Page = Page::SecurityKeys;

pub fn security_keys_page() -> impl IntoView {
    page(HERE, words::TITLE, SCRIPTS, load)
}

async fn load(front: Front) -> Answer<AnyView> {
    let portal = front.portal();
    let note: Option<Note> = portal.take_note(&front.visit, HERE).await?;
    let look = portal.look(&front.visit).await?;
    let keys = portal.keys(&look)?;
    let next = portal.keys_next_try(&front.visit).await?;
    let view = SecurityKeysView {
        doors: doors_of(&look, note.as_ref()),
        session: session_of(&look)?,
        here: HERE.path(),
        actions: ACTIONS,
        origin: front.house.origin.to_string(),
        room_for_more: keys.len() < limits::max_keys(front.visit.is_signed_in()),
        note: said(note.as_ref(), &keys, next, look.now),
        bad_name: note.as_ref().and_then(bad_name),
        keys: keys.into_iter().map(shown).collect(),
    };
    Ok(security_keys(view).into_any())
}

const ACTIONS: Actions = Actions {
    register: RegisterKey::PATH,
    authenticate: AuthenticateKey::PATH,
    rename: RenameKey::PATH,
    remove: RemoveKey::PATH,
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

fn bad_name(note: &Note) -> Option<BadName> {
    if !matches!(note.refusal(), Some(Refusal::BadSetting(_))) {
        return None;
    }
    Some(BadName { key: note.typed("key").map(str::to_owned), typed: note.typed("name")?.to_owned() })
}

/// What the last form came to; or, without one, that no answer is taken yet.
fn said(note: Option<&Note>, keys: &[Key], next: NextTry, now: Timestamp) -> Option<NoteView> {
    let newest = keys.iter().max_by_key(|key| key.record.added_at).map(|key| key.record.name.as_str());
    let last = keys.iter().max_by_key(|key| key.record.last_used_at);
    match (note.and_then(Note::done), note.and_then(Note::refusal), next) {
        (Some(Done::KeyAdded), ..) => Some(NoteView::done(words::registered(newest?))),
        (Some(Done::KeyPassed), ..) => {
            last.map(|key| NoteView::done(words::passed(&key.record.name, key.state.verified)))
        }
        (Some(Done::Renamed), ..) => Some(NoteView::done(words::renamed())),
        (Some(Done::Removed), ..) => Some(NoteView::done(words::removed())),
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

fn flawed(flaw: KeyFlaw) -> crate::words::Said {
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

/// A key's answer as the script put it into the form.
fn answered(answer: Option<&str>) -> Result<&str, Refusal> {
    answer.map(str::trim).filter(|answer| !answer.is_empty()).ok_or(Refusal::Missing)
}

fn key(id: Option<&str>) -> Result<FactorId, Refusal> {
    id.unwrap_or_default().parse().map_err(|_| Refusal::NotEnrolled)
}

#[server(prefix = "/forms", endpoint = "security-keys/register")]
pub async fn register_key(answer: Option<String>, name: Option<String>) -> Result<(), ServerFnError> {
    let name = name.unwrap_or_default();
    let typed = vec![("name".into(), name.clone())];
    form(HERE, typed, async move |front| {
        let name = checked_name(&name)?;
        // Before it is said that the answer is missing: the script sends none where a factor has to be passed first.
        front.portal().check_may_add(&front.visit).await?;
        let answer = RegistrationAnswer::read(answered(answer.as_deref())?).map_err(Refusal::BadRegistration)?;
        let key = front.portal().finish_registration(&front.visit, &answer, Some(&name)).await?;
        front.after_rise(key.rose).await?;
        if front.visit.is_signed_in() {
            return added(&front, key.id).await;
        }
        Ok((Done::KeyAdded, HERE))
    })
    .await
}

#[server(prefix = "/forms", endpoint = "security-keys/authenticate")]
pub async fn authenticate_key(answer: Option<String>) -> Result<(), ServerFnError> {
    form(HERE, Typed::new(), async move |front| {
        let answer = AssertionAnswer::read(answered(answer.as_deref())?).map_err(Refusal::BadAssertion)?;
        let passed = front.portal().finish_authentication(&front.visit, &answer).await?;
        front.after(passed).await?;
        Ok((Done::KeyPassed, HERE))
    })
    .await
}

#[server(prefix = "/forms", endpoint = "security-keys/rename")]
pub async fn rename_key(key: Option<String>, name: Option<String>) -> Result<(), ServerFnError> {
    let name = name.unwrap_or_default();
    let typed = vec![("key".into(), key.clone().unwrap_or_default()), ("name".into(), name.clone())];
    form(HERE, typed, async move |front| {
        front.portal().rename_key(&front.visit, self::key(key.as_deref())?, &name).await?;
        Ok((Done::Renamed, HERE))
    })
    .await
}

#[server(prefix = "/forms", endpoint = "security-keys/remove")]
pub async fn remove_key(key: Option<String>) -> Result<(), ServerFnError> {
    form(HERE, Typed::new(), async move |front| {
        let key = self::key(key.as_deref())?;
        if front.visit.is_signed_in() {
            return to_removal(&front, key).await;
        }
        front.portal().remove_key(&front.visit, key).await?;
        Ok((Done::Removed, HERE))
    })
    .await
}
