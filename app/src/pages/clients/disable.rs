//! `/clients/disable` and `/clients/disable-by-secret`.

use leptos::prelude::*;

use super::super::document::page;
use super::super::mail_codes::{self, sent};
use super::super::views::clients::{self as views, BySecretView, ClientNote, DisableStage, DisableView, SCRIPTS};
use super::super::views::mail_code::SentActions;
use super::told;
use crate::portal::{Answer, Look, No};
use crate::web::form::{FormFields, FormRoute};
use crate::web::front::{Front, query};
use crate::web::note::{Done, Note, Said, Typed};
use crate::web::path::Page;
use crate::web::reply::see_other;
use crate::words::clients as words;
use postern_core::factor::email_code::Purpose;
use postern_core::model::{ClientId, Refusal};

const HERE: Page = Page::DisableClient;
const BACK: &str = Page::Clients.path();

/// Where it is noted which key waits for the address to be proved again. It stays while codes are typed.
const WHICH: &str = "/clients/disable/which";

const DISABLE: &str = "/forms/clients/disable";
const SEND: &str = "/forms/clients/disable/send";
const CHECK: &str = "/forms/clients/disable/check";
const RESEND: &str = "/forms/clients/disable/resend";
const BY_SECRET: &str = "/forms/clients/disable-by-secret";

pub fn forms() -> Vec<FormRoute> {
    vec![
        FormRoute::new(DISABLE, HERE, disable).echo(&["client"]),
        FormRoute::new(SEND, HERE, send).echo(&["client"]),
        FormRoute::new(CHECK, HERE, async |front, fields| mail_codes::check(front, fields, HERE).await),
        FormRoute::new(RESEND, HERE, async |front, _| mail_codes::resend(front, HERE).await),
        FormRoute::new(BY_SECRET, Page::DisableBySecret, disable_by_secret).echo(&["key"]),
    ]
}

pub fn disable_client_page() -> impl IntoView {
    page(HERE, words::DISABLE_TITLE, SCRIPTS, load)
}

async fn load(front: Front) -> Answer<AnyView> {
    let (portal, visit, clients) = (front.portal(), &front.visit, &front.house.clients);
    let note: Option<Note> = portal.take_note(visit, HERE).await?;
    let which: Option<String> = portal.read_note(visit, WHICH).await?;
    let named = note.as_ref().and_then(|note| note.typed("client")).map(str::to_owned).or_else(|| query("client"));
    let id = named.or_else(|| which.clone()).and_then(|named| named.parse::<ClientId>().ok());
    let owner = match clients.owner(visit).await {
        Err(No::Refused(Refusal::NoSession)) => return Err(Refusal::NoSession.into()),
        Err(No::Refused(_)) => None,
        owner => Some(owner?),
    };
    let found = match &owner {
        Some(owner) => clients.own(owner).await?.into_iter().find(|own| Some(own.client.id) == id),
        None => None,
    };
    let (Some(owner), Some(found)) = (owner, found) else {
        see_other(Page::Clients);
        return Ok(().into_any());
    };
    let look = portal.look(visit).await?;
    let id = found.client.id.to_string();
    let stage = if visit.is_signed_in() || clients.may_disable(visit).await.is_ok() {
        DisableStage::Confirm { action: DISABLE }
    } else {
        let waiting = portal.mail_code(visit, Purpose::Prove).await?;
        match waiting.filter(|waiting| waiting.to == owner && which.as_ref() == Some(&id)) {
            Some(waiting) => {
                let (refusal, done) = (note.as_ref().and_then(Note::refusal), note.as_ref().and_then(Note::done));
                let actions = SentActions { check: CHECK, resend: RESEND, another: None };
                let sent = sent(&waiting, look.now, refusal, done == Some(Done::CodeSentAnew));
                DisableStage::Sent { sent, actions }
            }
            None => DisableStage::Prove { address: owner.to_string(), send: SEND },
        }
    };
    let note = note.as_ref().and_then(|note| said(note, &look));
    let view = DisableView {
        id,
        key: found.client.key.to_string(),
        note,
        stage,
        rotate: Page::RotateClient.path(),
        back: BACK,
    };
    Ok(views::disable(view).into_any())
}

fn said(note: &Note, look: &Look) -> Option<ClientNote> {
    match note.done() {
        Some(Done::SteppedUp | Done::AddressProved) => Some(ClientNote::Confirmed),
        Some(_) => None,
        None => told(note.refusal()?, look.now),
    }
}

/// A key that is none of the visit's is told of where the visit's keys are.
async fn or_gone(front: &Front, outcome: Answer<(Done, Page)>) -> Answer<(Done, Page)> {
    let Err(No::Refused(Refusal::NoApiKey)) = outcome else { return outcome };
    let note = Note::new(Said::Done(Done::ClientGone), Typed::new());
    front.portal().leave_note(&front.visit, Page::Clients, &note).await?;
    Ok((Done::Quietly, Page::Clients))
}

async fn disable(front: Front, fields: FormFields) -> Answer<(Done, Page)> {
    let disabled = async {
        let id: ClientId = fields.text("client").parse().map_err(|_| Refusal::NoApiKey)?;
        front.house.clients.disable_own(&front.visit, id).await?;
        let _: Option<String> = front.portal().take_note(&front.visit, WHICH).await?;
        Ok((Done::ClientDisabled, Page::Clients))
    };
    or_gone(&front, disabled.await).await
}

/// A code to the address that is proved already, for whoever has to prove it again.
async fn send(front: Front, fields: FormFields) -> Answer<(Done, Page)> {
    let owner = front.house.clients.owner(&front.visit).await?;
    let id: ClientId = fields.text("client").parse().map_err(|_| Refusal::NoApiKey)?;
    front.portal().leave_note(&front.visit, WHICH, &id.to_string()).await?;
    front.portal().send_mail_code(&front.visit, Purpose::Prove, &owner.to_string()).await?;
    Ok((Done::Quietly, HERE))
}

pub fn by_secret_page() -> impl IntoView {
    page(Page::DisableBySecret, words::BY_SECRET_TITLE, SCRIPTS, load_by_secret)
}

async fn load_by_secret(front: Front) -> Answer<AnyView> {
    let note: Option<Note> = front.portal().take_note(&front.visit, Page::DisableBySecret).await?;
    let now = front.portal().look(&front.visit).await?.now;
    let refusal = note.as_ref().and_then(Note::refusal);
    let view = BySecretView {
        action: BY_SECRET,
        key: note.as_ref().and_then(|note| note.typed("key")).unwrap_or_default().to_owned(),
        note: refusal.and_then(|refusal| super::told_of_pair(refusal, now)),
        back: BACK,
    };
    Ok(views::by_secret(view).into_any())
}

async fn disable_by_secret(front: Front, fields: FormFields) -> Answer<(Done, Page)> {
    let (key, secret) = (fields.required("key")?, fields.required("secret")?);
    front.house.clients.disable_by_secret(front.visit.network, key, secret).await?;
    Ok((Done::ClientDisabled, Page::Clients))
}
