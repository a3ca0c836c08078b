//! `/security-keys`: register, try, and the list of keys.

mod ceremony;
mod key;

use leptos::prelude::*;

use crate::pages::parts::{
    Beside, ButtonLink, Card, Disclosure, DoorView, FactorCardState, Heading, Kind, NoteView, SessionView, Submit,
    TextField,
};
use crate::words::security_keys as words;
use postern_core::model::Timestamp;

pub(super) use ceremony::{CeremonyForm, Says, Sentences, WithoutScripts};
use key::KeyCard;

/// What of `public/` the page loads.
pub const SCRIPTS: &[&str] = &["local-time.js", "countdown.js", "security-key.js"];

/// Where the forms post to, and where the script asks for options. Fields: `answer` and `name` (register); `answer`
/// (authenticate); `key` and `name` (rename); `key` (remove).
#[derive(Clone, Copy, Debug)]
pub struct Actions {
    pub register: &'static str,
    pub authenticate: &'static str,
    pub rename: &'static str,
    pub remove: &'static str,
    pub registration_options: &'static str,
    pub authentication_options: &'static str,
    /// For those who cannot pass this door.
    pub overview: &'static str,
}

#[derive(Clone, Debug)]
pub struct SecurityKeysView {
    pub doors: Vec<DoorView>,
    pub session: SessionView,
    pub here: &'static str,
    pub actions: Actions,
    /// Where keys work.
    pub origin: String,
    pub keys: Vec<KeyView>,
    pub room_for_more: bool,
    pub note: Option<NoteView>,
    pub bad_name: Option<BadName>,
}

/// A name that was refused, with what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadName {
    /// Of a key that is renamed; else of a new one.
    pub key: Option<String>,
    pub typed: String,
}

#[derive(Clone, Debug)]
pub struct KeyView {
    /// Comes back in the field `key`.
    pub id: String,
    pub name: String,
    pub transports: Vec<String>,
    pub added: Timestamp,
    pub last_used: Option<Timestamp>,
    /// Whether the key verified its holder, when it was last used or else registered.
    pub verified: bool,
}

pub fn security_keys(page: SecurityKeysView) -> impl IntoView {
    let SecurityKeysView { doors, session, here, actions, origin, keys, room_for_more, note, bad_name } = page;
    let next = doors.iter().find(|door| door.state == FactorCardState::Next && door.path != here).copied();
    let proved = keys.iter().any(|key| key.last_used.is_some());
    let (heading, lede) = match (keys.is_empty(), proved) {
        (true, _) => (words::EMPTY_HEADING, words::EMPTY_LEDE),
        (false, false) => (words::UNPROVED_HEADING, words::UNPROVED_LEDE),
        (false, true) => (words::PROVED_HEADING, words::PROVED_LEDE),
    };
    let next = next.filter(|_| proved);
    let bad_new_name = bad_name.clone().filter(|bad| bad.key.is_none()).map(|bad| bad.typed);
    let content = if keys.is_empty() {
        first(actions, bad_new_name).into_any()
    } else {
        // One filled button: the next door if there is one, else the key.
        let kind = if next.is_some() { Kind::Outlined } else { Kind::Filled };
        let more = More { count: keys.len(), room: room_for_more, bad_name: bad_new_name };
        view! {
            {next.map(|door| view! { <p class="next-step"><ButtonLink label=door.words.go_on href=door.path /></p> })}
            <CeremonyForm action=actions.authenticate options=actions.authentication_options ceremony="get">
                <Submit label=if proved { words::VERIFY } else { words::TRY } kind=kind />
            </CeremonyForm>
            {list(keys, actions, bad_name)}
            {another(more, actions)}
        }
        .into_any()
    };
    view! {
        <Beside doors=doors session=session here=here>
            <Heading title=heading lede=lede />
            <WithoutScripts text=words::NO_SCRIPTS_TEXT way=(words::NO_SCRIPTS_WAY, actions.overview) />
            <Says note=note />
            <Sentences origin=origin />
            {content}
        </Beside>
    }
}

/// The first key: one card, one button.
fn first(actions: Actions, bad_name: Option<String>) -> impl IntoView {
    view! {
        <CeremonyForm action=actions.register options=actions.registration_options ceremony="create">
            <Card>
                <p>{words::KINDS}</p>
                {name_field(1, bad_name)}
                {without_passkey()}
                <div>
                    <Submit label=words::REGISTER />
                </div>
            </Card>
        </CeremonyForm>
    }
}

fn list(keys: Vec<KeyView>, actions: Actions, bad_name: Option<BadName>) -> impl IntoView {
    let cards = keys
        .into_iter()
        .map(|key| {
            let typed = bad_name.clone().filter(|bad| bad.key.as_ref() == Some(&key.id)).map(|bad| bad.typed);
            view! { <KeyCard key=key actions=actions bad_name=typed /> }
        })
        .collect_view();
    view! {
        <ul class="keys" aria-label=words::LIST>
            {cards}
        </ul>
    }
}

struct More {
    count: usize,
    room: bool,
    bad_name: Option<String>,
}

/// Room for more keys, and why to use it.
fn another(more: More, actions: Actions) -> impl IntoView {
    let More { count, room, bad_name } = more;
    if !room {
        return view! { <p class="quiet">{words::FULL}</p> }.into_any();
    }
    let open = count == 1 || bad_name.is_some();
    view! {
        {(count == 1).then(|| view! { <p class="second-key">{words::SECOND}</p> })}
        <CeremonyForm action=actions.register options=actions.registration_options ceremony="create">
            <Disclosure summary=words::REGISTER_ANOTHER open=open>
                {name_field(count + 1, bad_name)}
                {without_passkey()}
                <div>
                    <Submit label=words::REGISTER kind=Kind::Outlined />
                </div>
            </Disclosure>
        </CeremonyForm>
    }
    .into_any()
}

/// Shown by the script once a registration came to nothing: some browsers make no passkey on a key without a PIN, and
/// nothing else either.
fn without_passkey() -> impl IntoView {
    view! {
        <p hidden=true data-without-passkey="">
            <label class="tick">
                <input type="checkbox" autocomplete="off" />
                <span>{words::WITHOUT_PASSKEY}</span>
            </label>
        </p>
    }
}

fn name_field(number: usize, bad_name: Option<String>) -> impl IntoView {
    let refused = bad_name.is_some();
    let value = bad_name.unwrap_or_else(|| words::suggestion(number));
    view! {
        <TextField
            label=words::NAME
            name="name"
            value=value
            autocomplete="off"
            maxlength=40
            hint=words::NAME_HINT
            refused=refused
            autofocus=refused
        />
    }
}
