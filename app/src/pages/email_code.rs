//! `/email-code`.

use leptos::prelude::*;

use super::document::{doors_of, page, session_of};
use super::mail_codes::{self, ask_refusal, sent};
use super::views::email_code::{Actions, EmailCodeView, SCRIPTS, Stage, email_code};
use crate::portal::{Answer, Look, MailCode};
use crate::web::form::FormRoute;
use crate::web::front::Front;
use crate::web::note::{Done, Note};
use crate::web::path::Page;
use crate::words::email_code as words;
use postern_core::factor::email_code::{KIND, Purpose};
use postern_core::model::Refusal;

const HERE: Page = Page::EmailCode;

const SEND: &str = "/forms/email-code/send";
const CHECK: &str = "/forms/email-code/check";
const RESEND: &str = "/forms/email-code/resend";
const ANOTHER: &str = "/forms/email-code/another";

pub fn forms() -> Vec<FormRoute> {
    vec![
        FormRoute::new(SEND, HERE, async |front, fields| mail_codes::send(front, fields, HERE).await)
            .echo(&["address"]),
        FormRoute::new(CHECK, HERE, async |front, fields| mail_codes::check(front, fields, HERE).await),
        FormRoute::new(RESEND, HERE, async |front, _| mail_codes::resend(front, HERE).await),
        FormRoute::new(ANOTHER, HERE, async |front, _| mail_codes::another(front, HERE).await),
    ]
}

pub fn email_code_page() -> impl IntoView {
    page(HERE, words::TITLE, SCRIPTS, load)
}

async fn load(front: Front) -> Answer<AnyView> {
    let portal = front.portal();
    let note: Option<Note> = portal.take_note(&front.visit, HERE).await?;
    let look = portal.look(&front.visit).await?;
    let waiting = portal.mail_code(&front.visit, Purpose::Prove).await?;
    let stage = stage(&look, waiting, note.as_ref())?;
    let actions = Actions { send: SEND, check: CHECK, resend: RESEND, another: ANOTHER };
    let (doors, session) = (doors_of(&look, note.as_ref()), session_of(&look)?);
    Ok(email_code(EmailCodeView { doors, session, here: HERE.path(), actions, stage }).into_any())
}

fn stage(look: &Look, waiting: Option<MailCode>, note: Option<&Note>) -> Answer<Stage> {
    let refusal = note.and_then(Note::refusal);
    let typed = note.and_then(|note| note.typed("address"));
    let done = note.and_then(Note::done);
    let asks = done == Some(Done::AnotherAddress) || typed.is_some();
    let proved = look.address()?.zip(look.only(&KIND).and_then(|factor| factor.last_used_at));
    Ok(match (waiting, proved) {
        (Some(waiting), _) if !asks => Stage::Sent(sent(&waiting, look.now, refusal, done == Some(Done::CodeSentAnew))),
        (None, Some((address, at))) if !asks && is_about_no_address(refusal) => Stage::Proved {
            address: address.to_string(),
            at,
            just_now: done == Some(Done::AddressProved),
            stale: refusal.is_some(),
        },
        _ => {
            let refusal = refusal.and_then(|refusal| ask_refusal(refusal, look.now));
            Stage::Ask { typed: typed.unwrap_or_default().to_owned(), refusal }
        }
    })
}

/// A code that another tab used already, or nothing at all: neither asks for an address.
const fn is_about_no_address(refusal: Option<&Refusal>) -> bool {
    matches!(refusal, None | Some(Refusal::NoCodeAsked))
}
