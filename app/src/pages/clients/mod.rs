//! `/clients`, and the forms on it.

mod disable;
mod once;
mod rotate;

use leptos::prelude::*;

use super::document::page;
use super::mail_codes::{self, ask_refusal, sent};
use super::sign_in::and_back;
use super::views::clients::{Actions, ClientNote, ClientsView, KeyRow, KeyState, OwnView, SCRIPTS, Stage, clients};
use super::views::mail_code;
use crate::client::OwnClient;
use crate::portal::{Answer, UseCaseError, VisitState};
use crate::web::context::RequestContext;
use crate::web::flash::{FlashMessage, Outcome};
use crate::web::form::{FormFields, FormRoute};
use crate::web::path::Page;
use crate::web::reply::see_other;
use crate::words::clients as words;
use postern_core::factor::email_code::Purpose;
use postern_core::model::{Client, ClientState, MailAddress, Refusal, Timestamp, Usage};

pub use disable::{by_secret_page, disable_client_page};
pub use rotate::rotate_client_page;

const HERE: Page = Page::Clients;

const SEND: &str = "/forms/clients/send";
const CHECK: &str = "/forms/clients/check";
const RESEND: &str = "/forms/clients/resend";
const ANOTHER: &str = "/forms/clients/another";
const SIGN_IN: &str = "/forms/clients/sign-in";
const ASK: &str = "/forms/clients/ask";
const ACTIVATE: &str = "/forms/clients/activate";
const ROTATE: &str = "/forms/clients/rotate";

pub fn forms() -> Vec<FormRoute> {
    let mut forms = vec![
        FormRoute::new(SEND, HERE, async |context, fields| mail_codes::send(context, fields, HERE).await)
            .echo(&["address"]),
        FormRoute::new(CHECK, HERE, async |context, fields| mail_codes::check(context, fields, HERE).await),
        FormRoute::new(RESEND, HERE, async |context, _| mail_codes::resend(context, HERE).await),
        FormRoute::new(ANOTHER, HERE, async |context, _| mail_codes::another(context, HERE).await),
        FormRoute::new(SIGN_IN, HERE, async |context: RequestContext, _| and_back(&context, HERE).await),
        FormRoute::new(ASK, HERE, ask),
        FormRoute::new(ACTIVATE, HERE, once::activate).echo(&["key"]),
        FormRoute::new(ROTATE, Page::RotateClient, once::rotate).echo(&["old_key", "new_key"]),
    ];
    forms.extend(disable::forms());
    forms
}

const ACTIONS: Actions = Actions {
    code: mail_code::Actions { send: SEND, check: CHECK, resend: RESEND, another: ANOTHER },
    sign_in: SIGN_IN,
    ask: ASK,
    activate: ACTIVATE,
    rotate: Page::RotateClient.path(),
    by_secret: Page::DisableBySecret.path(),
};

pub fn clients_page() -> impl IntoView {
    page(HERE, words::TITLE, SCRIPTS, load)
}

async fn load(context: RequestContext) -> Answer<AnyView> {
    let (portal, visit) = (context.portal(), &context.visit);
    let look = context.state().await?;
    let note: Option<FlashMessage> = portal.take_note(visit, HERE).await?;
    let owner = match context.app.clients.owner(&look).await {
        Ok(owner) => Some(owner),
        Err(UseCaseError::Refused(Refusal::AddressNotProved | Refusal::AddressHasAccount)) => None,
        // Its own page says what comes first.
        Err(UseCaseError::Refused(Refusal::SecondFactorNeeded)) => {
            see_other(Page::Account);
            return Ok(().into_any());
        }
        Err(no) => return Err(no),
    };
    let stage = match (prove(&context, owner.as_ref(), note.as_ref(), &look).await?, owner) {
        (Some(stage), _) => stage,
        (None, Some(owner)) => Stage::Own(own(&context, &owner, note.as_ref(), &look).await?),
        (None, None) => match look.address()? {
            Some(address) => Stage::HasAccount { address: address.to_string() },
            None => Stage::Ask { typed: String::new(), refusal: None },
        },
    };
    let note = note.as_ref().and_then(|note| said(note, &look));
    Ok(clients(ClientsView { actions: ACTIONS, note, stage }).into_any())
}

/// The address, or the code for it, where one is being proved: the first, or another than the owner's.
async fn prove(
    context: &RequestContext,
    owner: Option<&MailAddress>,
    note: Option<&FlashMessage>,
    look: &VisitState,
) -> Answer<Option<Stage>> {
    if look.account().is_some() {
        return Ok(None);
    }
    let (refusal, done) = (note.and_then(FlashMessage::refusal), note.and_then(FlashMessage::done));
    let typed = note.and_then(|note| note.typed("address"));
    if typed.is_some() || done == Some(Outcome::AnotherAddress) {
        let refusal = refusal.and_then(|refusal| ask_refusal(refusal, look.now));
        return Ok(Some(Stage::Ask { typed: typed.unwrap_or_default().to_owned(), refusal }));
    }
    let waiting = context.portal().mail_code(&context.visit, Purpose::Prove).await?;
    let waiting = waiting.filter(|waiting| owner != Some(&waiting.to));
    Ok(waiting.map(|waiting| Stage::Sent(sent(&waiting, look.now, refusal, done == Some(Outcome::CodeSentAnew)))))
}

async fn own(
    context: &RequestContext,
    owner: &MailAddress,
    note: Option<&FlashMessage>,
    look: &VisitState,
) -> Answer<OwnView> {
    let keys = context.app.clients.own(owner).await?.into_iter().map(row).collect();
    let typed = note.and_then(|note| note.typed("key")).unwrap_or_default().to_owned();
    let (is_account, by_gateway) = (look.account().is_some(), context.app.clients.are_behind_a_gateway());
    Ok(OwnView { now: look.now, address: owner.to_string(), is_account, by_gateway, keys, typed })
}

fn row(OwnClient { client, usage }: OwnClient) -> KeyRow {
    let Usage { totp, keys, failures } = usage;
    KeyRow {
        state: state(&client),
        disable: format!("{}?client={}", Page::DisableClient, client.id),
        key: client.key.to_string(),
        asked: client.asked_at,
        activated: client.activated.map(|activated| activated.at),
        last_used: client.last_used_at,
        apps: totp,
        keys,
        failures,
    }
}

/// One that waits is in nobody's list.
fn state(client: &Client) -> KeyState {
    match client.state() {
        ClientState::Waiting | ClientState::Active => KeyState::Active,
        ClientState::Rotating => KeyState::Rotating,
        ClientState::Rotated => KeyState::Rotated,
        ClientState::Disabled(at) => KeyState::Disabled(at),
    }
}

/// What the last act came to, but for what the mail code's own part says.
fn said(note: &FlashMessage, look: &VisitState) -> Option<ClientNote> {
    match note.done() {
        Some(Outcome::AddressProved) => Some(ClientNote::Proved),
        Some(Outcome::ApiKeySent) => Some(ClientNote::KeySent(look.address().ok()??.masked())),
        Some(Outcome::ClientDisabled) => Some(ClientNote::Disabled),
        Some(Outcome::ClientGone) => Some(ClientNote::KeyGone),
        Some(_) => None,
        None => told(note.refusal()?, look.now),
    }
}

/// A refusal on any page about keys.
fn told(refusal: &Refusal, now: Timestamp) -> Option<ClientNote> {
    Some(match refusal {
        Refusal::SendTooSoon { until } => ClientNote::TooSoon { wait_secs: now.secs_until(*until) },
        Refusal::TooManySends { until, limit } => {
            ClientNote::TooMany { wait_secs: now.secs_until(*until), limit: *limit }
        }
        Refusal::TooManyRefusals { until } => ClientNote::TooManyRefusals { wait_secs: now.secs_until(*until) },
        Refusal::NoApiKey => ClientNote::NoSuchKey,
        Refusal::AlreadyActivated => ClientNote::AlreadyActivated,
        Refusal::TooManyApiKeys => ClientNote::TooManyKeys,
        Refusal::NoClient => ClientNote::WrongPair,
        Refusal::RotatedElsewhere => ClientNote::RotatedElsewhere,
        Refusal::RotationUnfinished => ClientNote::RotationUnfinished,
        Refusal::AddressNotProved => ClientNote::NotProved,
        Refusal::Frozen { until } => ClientNote::Frozen(*until),
        Refusal::Missing => ClientNote::NoKeyTyped,
        _ => return None,
    })
}

/// As [`told`], where key and secret are typed together.
fn told_of_pair(refusal: &Refusal, now: Timestamp) -> Option<ClientNote> {
    match refusal {
        Refusal::Missing => Some(ClientNote::FieldsMissing),
        refusal => told(refusal, now),
    }
}

async fn ask(context: RequestContext, _: FormFields) -> Answer<(Outcome, Page)> {
    let (clients, visit) = (&context.app.clients, &context.visit);
    let owner = clients.owner(&*context.state().await?).await?;
    clients.may_ask("")?;
    clients.ask_key(visit.network, &owner.to_string(), Some(visit.session.handle)).await?;
    Ok((Outcome::ApiKeySent, HERE))
}
