//! Disabling a key: one's own, on a page that says what that means, or any whose secret one has.

use leptos::prelude::*;

use super::note::ClientNote;
use crate::pages::parts::{
    Address, ButtonLink, Card, Heading, Kind, Note, OneButton, Plain, PostForm, Submit, TextField,
};
use crate::pages::views::mail_code::{Sent, SentActions, SentCard};
use crate::words::clients as words;
use crate::words::email_code;

#[derive(Clone, Debug)]
pub struct DisableView {
    /// Comes back in the field `client`.
    pub id: String,
    pub key: String,
    pub note: Option<ClientNote>,
    pub stage: Stage,
    /// The page that moves to a new key.
    pub rotate: &'static str,
    pub back: &'static str,
}

#[derive(Clone, Debug)]
pub enum Stage {
    /// `action` takes the field `client`.
    Confirm {
        action: &'static str,
    },
    /// The address has to be proved again first; `send` takes the field `client`.
    Prove {
        address: String,
        send: &'static str,
    },
    Sent {
        sent: Sent,
        actions: SentActions,
    },
}

pub fn disable(page: DisableView) -> impl IntoView {
    let DisableView { id, key, note, stage, rotate, back } = page;
    let [instead, instead_link] = words::DISABLE_INSTEAD;
    let hidden = vec![("client", id)];
    let content = match stage {
        Stage::Confirm { action } => view! {
            <Heading title=words::disable_heading(&key) />
            {note.map(|note| view! { <Note note=note.note() /> })}
            <Card>
                <p>{words::DISABLE_WHAT}</p>
                <p class="quiet">{instead}<a href=rotate>{instead_link}</a>"."</p>
                <p class="key one-piece"><code>{key}</code></p>
                <div class="actions">
                    <OneButton once=true action=action label=words::DISABLE_NOW kind=Kind::Danger hidden=hidden />
                    <ButtonLink label=words::BACK href=back kind=Kind::Quiet />
                </div>
            </Card>
        }
        .into_any(),
        Stage::Prove { address, send } => {
            let [before, after] = words::AGAIN_LEDE;
            view! {
                <Heading title=words::AGAIN_HEADING>{before}<Address address=address />{after}</Heading>
                {note.map(|note| view! { <Note note=note.note() /> })}
                <div class="actions">
                    <OneButton once=true action=send label=words::SEND hidden=hidden />
                    <ButtonLink label=words::BACK href=back kind=Kind::Quiet />
                </div>
            }
            .into_any()
        }
        Stage::Sent { sent, actions } => {
            let [before, after] = email_code::SENT_TO;
            let address = sent.masked.clone();
            let note = sent.note().or_else(|| note.map(ClientNote::note));
            view! {
                <Heading title=email_code::SENT_HEADING>{before}<Address address=address />{after}</Heading>
                {note.map(|note| view! { <Note note=note /> })}
                <SentCard sent=sent actions=actions />
                <p class="way-out"><a href=back>{words::BACK}</a></p>
            }
            .into_any()
        }
    };
    view! { <Plain class="clients act">{content}</Plain> }
}

#[derive(Clone, Debug)]
pub struct BySecretView {
    /// Fields: `key` and `secret`.
    pub action: &'static str,
    /// A key is given back when it was refused, a secret never.
    pub key: String,
    pub note: Option<ClientNote>,
    pub back: &'static str,
}

pub fn by_secret(page: BySecretView) -> impl IntoView {
    let BySecretView { action, key, note, back } = page;
    let refused = note.as_ref().is_some_and(ClientNote::concerns_a_pair);
    view! {
        <Plain class="clients act">
            <Heading title=words::BY_SECRET_HEADING lede=words::BY_SECRET_LEDE />
            {note.map(|note| view! { <Note note=note.note() /> })}
            <Card>
                <p>{words::DISABLE_WHAT}</p>
                <PostForm once=true action=action class="stack">
                    {pair(("key", "secret"), (words::KEY, words::SECRET), key, refused)}
                    <div class="actions">
                        <Submit label=words::DISABLE_NOW kind=Kind::Danger />
                        <ButtonLink label=words::BACK href=back kind=Kind::Quiet />
                    </div>
                </PostForm>
            </Card>
        </Plain>
    }
}

/// The fields of a key and its secret: their names, then their labels.
pub(super) fn pair(
    (key_name, secret_name): (&'static str, &'static str),
    (key_label, secret_label): (&'static str, &'static str),
    key: String,
    refused: bool,
) -> AnyView {
    view! {
        <TextField label=key_label name=key_name value=key autocomplete="off" refused=refused mono=true />
        <TextField
            label=secret_label
            name=secret_name
            kind="password"
            autocomplete="off"
            hint=words::SECRET_HINT
            refused=refused
            mono=true
        />
    }
    .into_any()
}
