//! `/clients/disable` and `/clients/disable-by-secret`.

use leptos::prelude::*;

use super::super::document::page;
use super::super::mail_codes::{self, sent};
use super::super::views::clients::{self as views, BySecretView, ClientNote, DisableStage, DisableView, SCRIPTS};
use super::super::views::mail_code::SentActions;
use super::told;
use crate::portal::{Answer, UseCaseError, VisitState};
use crate::web::context::{RequestContext, query};
use crate::web::flash::{EchoedFields, FlashContent, FlashMessage, Outcome};
use crate::web::form::{FormFields, FormRoute};
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
        FormRoute::new(CHECK, HERE, async |context, fields| mail_codes::check(context, fields, HERE).await),
        FormRoute::new(RESEND, HERE, async |context, _| mail_codes::resend(context, HERE).await),
        FormRoute::new(BY_SECRET, Page::DisableBySecret, disable_by_secret).echo(&["key"]),
    ]
}

pub fn disable_client_page() -> impl IntoView {
    page(HERE, words::DISABLE_TITLE, SCRIPTS, load)
}

async fn load(context: RequestContext) -> Answer<AnyView> {
    let (portal, visit, clients) = (context.portal(), &context.visit, &context.app.clients);
    let note: Option<FlashMessage> = portal.take_note(visit, HERE).await?;
    let which: Option<String> = portal.read_note(visit, WHICH).await?;
    let named = note.as_ref().and_then(|note| note.typed("client")).map(str::to_owned).or_else(|| query("client"));
    let id = named.or_else(|| which.clone()).and_then(|named| named.parse::<ClientId>().ok());
    let look = context.state().await?;
    let owner = match clients.owner(&look).await {
        Err(UseCaseError::Refused(Refusal::NoSession)) => return Err(Refusal::NoSession.into()),
        Err(UseCaseError::Refused(_)) => None,
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
    let id = found.client.id.to_string();
    let stage = if visit.is_signed_in() || clients.may_disable(visit, &look).is_ok() {
        DisableStage::Confirm { action: DISABLE }
    } else {
        let waiting = portal.mail_code(visit, Purpose::Prove).await?;
        match waiting.filter(|waiting| waiting.to == owner && which.as_ref() == Some(&id)) {
            Some(waiting) => {
                let (refusal, done) =
                    (note.as_ref().and_then(FlashMessage::refusal), note.as_ref().and_then(FlashMessage::done));
                let actions = SentActions { check: CHECK, resend: RESEND, another: None };
                let sent = sent(&waiting, look.now, refusal, done == Some(Outcome::CodeSentAnew));
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

fn said(note: &FlashMessage, look: &VisitState) -> Option<ClientNote> {
    match note.done() {
        Some(Outcome::SteppedUp | Outcome::AddressProved) => Some(ClientNote::Confirmed),
        Some(_) => None,
        None => told(note.refusal()?, look.now),
    }
}

/// A key that is none of the visit's is told of where the visit's keys are.
async fn or_gone(context: &RequestContext, outcome: Answer<(Outcome, Page)>) -> Answer<(Outcome, Page)> {
    let Err(UseCaseError::Refused(Refusal::NoApiKey)) = outcome else { return outcome };
    let note = FlashMessage::new(FlashContent::Done(Outcome::ClientGone), EchoedFields::new());
    context.portal().leave_note(&context.visit, Page::Clients, &note).await?;
    Ok((Outcome::NoMessage, Page::Clients))
}

async fn disable(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    let disabled = async {
        let id: ClientId = fields.text("client").parse().map_err(|_| Refusal::NoApiKey)?;
        context.app.clients.disable_own(&context.visit, id).await?;
        let _: Option<String> = context.portal().take_note(&context.visit, WHICH).await?;
        Ok((Outcome::ClientDisabled, Page::Clients))
    };
    or_gone(&context, disabled.await).await
}

/// A code to the address that is proved already, for whoever has to prove it again.
async fn send(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    let owner = context.app.clients.owner(&*context.state().await?).await?;
    let id: ClientId = fields.text("client").parse().map_err(|_| Refusal::NoApiKey)?;
    context.portal().leave_note(&context.visit, WHICH, &id.to_string()).await?;
    context.portal().send_mail_code(&context.visit, Purpose::Prove, &owner.to_string()).await?;
    Ok((Outcome::NoMessage, HERE))
}

pub fn by_secret_page() -> impl IntoView {
    page(Page::DisableBySecret, words::BY_SECRET_TITLE, SCRIPTS, load_by_secret)
}

async fn load_by_secret(context: RequestContext) -> Answer<AnyView> {
    let note: Option<FlashMessage> = context.portal().take_note(&context.visit, Page::DisableBySecret).await?;
    let now = context.portal().now();
    let refusal = note.as_ref().and_then(FlashMessage::refusal);
    let view = BySecretView {
        action: BY_SECRET,
        key: note.as_ref().and_then(|note| note.typed("key")).unwrap_or_default().to_owned(),
        note: refusal.and_then(|refusal| super::told_of_pair(refusal, now)),
        back: BACK,
    };
    Ok(views::by_secret(view).into_any())
}

async fn disable_by_secret(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    let (key, secret) = (fields.required("key")?, fields.required("secret")?);
    context.app.clients.disable_by_secret(context.visit.network, key, secret).await?;
    Ok((Outcome::ClientDisabled, Page::Clients))
}
