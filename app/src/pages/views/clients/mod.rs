//! `/clients`: an address is proved, a key asked for and activated, and what there is looked after.

mod disable;
mod keys;
mod note;
mod rotate;
mod secret;

use leptos::prelude::*;

use super::mail_code::{self, AskCard, AskRefusal, Sent, SentCard};
use crate::pages::parts::{
    Address, ButtonLink, Card, Heading, Kind, Note, NoteView, OneButton, Plain, PostForm, Submit, TextField,
};
use crate::words::clients as words;
use crate::words::email_code;
use postern_core::model::Timestamp;

pub use disable::{BySecretView, DisableView, Stage as DisableStage, by_secret, disable};
pub use keys::{KeyRow, KeyState};
pub use note::ClientNote;
pub use rotate::{RotateView, RotatedView, rotate, rotated};
pub use secret::{SCRIPTS as SECRET_SCRIPTS, SecretView, secret};

/// What of `public/` these pages load.
pub const SCRIPTS: &[&str] = &["local-time.js", "countdown.js"];

/// Where the forms post to, and where links lead.
#[derive(Clone, Copy, Debug)]
pub struct Actions {
    pub code: mail_code::Actions,
    /// To sign in, and back here.
    pub sign_in: &'static str,
    pub ask: &'static str,
    /// Field: `key`. Answers with the page of the secret itself.
    pub activate: &'static str,
    pub rotate: &'static str,
    pub by_secret: &'static str,
}

#[derive(Clone, Debug)]
pub struct ClientsView {
    pub actions: Actions,
    pub note: Option<ClientNote>,
    pub stage: Stage,
}

#[derive(Clone, Debug)]
pub enum Stage {
    /// No address is proved.
    Ask {
        typed: String,
        refusal: Option<AskRefusal>,
    },
    Sent(Sent),
    /// The proved address has an account, and this is not its session.
    HasAccount {
        address: String,
    },
    Own(OwnView),
}

#[derive(Clone, Debug)]
pub struct OwnView {
    pub now: Timestamp,
    pub address: String,
    /// An account's address is changed elsewhere.
    pub is_account: bool,
    /// Keys are asked for elsewhere.
    pub by_gateway: bool,
    /// Oldest first.
    pub keys: Vec<KeyRow>,
    /// What was typed as a key before, given back when it was refused.
    pub typed: String,
}

pub fn clients(page: ClientsView) -> impl IntoView {
    let ClientsView { actions, note, stage } = page;
    let content = match stage {
        Stage::Ask { typed, refusal } => ask(typed, refusal, note, actions),
        Stage::Sent(sent) => sent_code(sent, note, actions),
        Stage::HasAccount { address } => has_account(&address, note, actions),
        Stage::Own(view) => own(view, note, actions),
    };
    view! {
        <Plain class="clients">
            {content}
            {with_secret(actions)}
        </Plain>
    }
}

/// What an act came to, if nothing is to be said about the stage itself.
fn told(stage: Option<NoteView>, note: Option<ClientNote>) -> Option<AnyView> {
    let note = stage.or_else(|| note.map(ClientNote::note));
    note.map(|note| view! { <Note note=note /> }.into_any())
}

fn ask(typed: String, refusal: Option<AskRefusal>, note: Option<ClientNote>, actions: Actions) -> AnyView {
    let refused = refusal.is_some_and(AskRefusal::concerns_the_field);
    view! {
        <Heading title=words::HEADING lede=words::WHY_PROVE />
        {told(refusal.map(AskRefusal::note), note)}
        <AskCard send=actions.code.send typed=typed hint=words::ADDRESS_HINT refused=refused />
    }
    .into_any()
}

fn sent_code(sent: Sent, note: Option<ClientNote>, actions: Actions) -> AnyView {
    let [before, after] = email_code::SENT_TO;
    let address = sent.masked.clone();
    view! {
        <Heading title=email_code::SENT_HEADING>{before}<Address address=address />{after}</Heading>
        {told(sent.note(), note)}
        <SentCard sent=sent actions=actions.code />
    }
    .into_any()
}

fn has_account(address: &str, note: Option<ClientNote>, actions: Actions) -> AnyView {
    view! {
        <Heading title=words::HAS_ACCOUNT_HEADING lede=words::has_account(address) />
        {told(None, note)}
        <div class="actions">
            <OneButton action=actions.sign_in label=words::SIGN_IN />
            <OneButton action=actions.code.another label=words::ANOTHER kind=Kind::Quiet />
        </div>
    }
    .into_any()
}

fn own(view: OwnView, note: Option<ClientNote>, actions: Actions) -> AnyView {
    let OwnView { now, address, is_account, by_gateway, keys, typed } = view;
    let [before, after] = words::LEDE;
    let refused = note.as_ref().is_some_and(ClientNote::concerns_the_key);
    // The one obvious next step is filled; who has keys came for something else.
    let next_is_key = refused || matches!(note, Some(ClientNote::KeySent(_)));
    let (ask, activate) = match (next_is_key, keys.is_empty()) {
        (true, _) => (Kind::Outlined, Kind::Filled),
        (false, true) => (Kind::Filled, Kind::Outlined),
        (false, false) => (Kind::Outlined, Kind::Outlined),
    };
    let another = (!is_account).then(|| {
        view! { <OneButton action=actions.code.another label=words::ANOTHER kind=Kind::Quiet /> }
    });
    view! {
        <Heading title=words::HEADING>{before}<Address address=address />{after}</Heading>
        {told(None, note)}
        <section class="section" aria-labelledby="keys-title">
            <h2 id="keys-title">{words::KEYS}</h2>
            {keys::keys(keys, now)}
        </section>
        <Card>
            <div class="key-step">
                <h2>{words::ASK}</h2>
                <p class="quiet">{if by_gateway { words::ASK_ELSEWHERE } else { words::ASK_TEXT }}</p>
                <div class="actions">
                    {(!by_gateway).then(|| view! { <OneButton once=true action=actions.ask label=words::ASK_NOW kind=ask /> })}
                    {another}
                </div>
            </div>
            <div class="aside key-step">
                <h2>{words::ACTIVATE}</h2>
                <p class="quiet">{words::ACTIVATE_TEXT}</p>
                <PostForm once=true action=actions.activate>
                    <TextField
                        label=words::KEY_FROM_MAIL
                        name="key"
                        value=typed
                        autocomplete="off"
                        hint=words::KEY_HINT
                        refused=refused
                        autofocus=next_is_key
                        mono=true
                    >
                        <Submit label=words::ACTIVATE_NOW kind=activate />
                    </TextField>
                </PostForm>
            </div>
        </Card>
    }
    .into_any()
}

/// What needs no address, at the end of every stage.
fn with_secret(actions: Actions) -> AnyView {
    view! {
        <section class="section" aria-labelledby="by-secret-title">
            <div class="section-head">
                <h2 id="by-secret-title">{words::BY_SECRET}</h2>
                <p class="quiet">{words::BY_SECRET_TEXT}</p>
            </div>
            <div class="actions">
                <ButtonLink label=words::ROTATE href=actions.rotate kind=Kind::Outlined />
                <ButtonLink label=words::DISABLE_BY_SECRET href=actions.by_secret kind=Kind::Danger />
            </div>
        </section>
    }
    .into_any()
}
