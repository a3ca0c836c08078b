//! `/outbox` and `/phone`. The process routes them, and their forms, in a demo only.

use leptos::prelude::*;

use super::document::page;
use super::views::outbox::{self, LetterView, OutboxView};
use super::views::phone::{self, Actions, EntryMoves, EntryView, Of, PhoneNote, PhoneView};
use crate::portal::{Answer, Moves, PhoneCode};
use crate::web::context::RequestContext;
use crate::web::flash::{FlashMessage, Outcome};
use crate::web::form::{FormFields, FormRoute};
use crate::web::path::Page;
use crate::words::{outbox as outbox_words, phone as phone_words};
use postern_core::factor::{hotp, totp};
use postern_core::model::{FactorId, Refusal, Timestamp};

const SCAN: &str = "/forms/phone/scan";
const PRESS: &str = "/forms/phone/press";
const FORGET: &str = "/forms/phone/forget";

pub fn forms() -> Vec<FormRoute> {
    vec![
        FormRoute::new(SCAN, Page::Phone, scan),
        FormRoute::new(PRESS, Page::Phone, press),
        FormRoute::new(FORGET, Page::Phone, forget),
    ]
}

pub fn outbox_page() -> impl IntoView {
    page(Page::Outbox, outbox_words::TITLE, outbox::SCRIPTS, load_outbox)
}

async fn load_outbox(context: RequestContext) -> Answer<AnyView> {
    let letters = context.portal().letters(&context.visit).await?.into_iter().map(|letter| LetterView {
        subject: letter.subject.expose().clone(),
        to: letter.to.to_string(),
        at: letter.written_at,
        text: letter.text.expose().clone(),
    });
    let view = OutboxView {
        letters: letters.collect(),
        origin: format!("{}/", context.app.origin),
        email_code: Page::EmailCode.path(),
    };
    Ok(outbox::outbox(view).into_any())
}

pub fn phone_page() -> impl IntoView {
    page(Page::Phone, phone_words::TITLE, phone::SCRIPTS, load_phone)
}

async fn load_phone(context: RequestContext) -> Answer<AnyView> {
    let portal = context.portal();
    let note: Option<FlashMessage> = portal.take_note(&context.visit, Page::Phone).await?;
    let look = context.state().await?;
    let codes = portal.phone_codes(&context.visit).await?;
    let waits = |kind| {
        let waiting = look.only(&kind).filter(|factor| factor.confirmed_at.is_none());
        waiting.is_some_and(|factor| codes.iter().all(|code| code.factor != factor.id))
    };
    let view = PhoneView {
        actions: Actions {
            scan: SCAN,
            press: PRESS,
            remove: FORGET,
            here: Page::Phone.path(),
            totp: Page::Totp.path(),
            hotp: Page::Hotp.path(),
        },
        waiting: Of { totp: waits(totp::KIND), hotp: waits(hotp::KIND) },
        entries: codes.into_iter().map(|code| entry(code, portal.name(), look.now)).collect(),
        note: note.and_then(|note| match (note.done(), note.refusal()) {
            (Some(Outcome::Scanned), _) => Some(PhoneNote::Scanned),
            (_, Some(Refusal::NotEnrolled)) => Some(PhoneNote::NothingToScan),
            _ => None,
        }),
    };
    Ok(phone::phone(view).into_any())
}

fn entry(code: PhoneCode, issuer: &str, now: Timestamp) -> EntryView {
    EntryView {
        id: code.factor.to_string(),
        issuer: issuer.to_owned(),
        account: code.account,
        code: code.code.expose().clone(),
        moves: match code.moves {
            Moves::Time { period, step_ends } => {
                EntryMoves::Time { left_secs: now.secs_until(step_ends), period_secs: period }
            }
            Moves::Press { counter } => EntryMoves::Press { counter },
        },
    }
}

async fn scan(context: RequestContext, _: FormFields) -> Answer<(Outcome, Page)> {
    context.portal().phone_scan(&context.visit).await?;
    Ok((Outcome::Scanned, Page::Phone))
}

async fn press(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    context.portal().phone_press(&context.visit, entry_id(&fields)?).await?;
    Ok((Outcome::NoMessage, Page::Phone))
}

async fn forget(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    context.portal().phone_forget(&context.visit, entry_id(&fields)?).await?;
    Ok((Outcome::NoMessage, Page::Phone))
}

fn entry_id(fields: &FormFields) -> Result<FactorId, Refusal> {
    fields.text("entry").parse().map_err(|_| Refusal::NotEnrolled)
}
