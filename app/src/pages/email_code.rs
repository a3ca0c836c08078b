//! `/email-code`.

use leptos::prelude::*;

use super::document::{doors_of, page, session_of};
use super::mail_codes::{self, ask_refusal, sent};
use super::views::email_code::{Actions, EmailCodeView, SCRIPTS, Stage, email_code};
use crate::portal::{Answer, MailCode, VisitState};
use crate::web::context::RequestContext;
use crate::web::flash::{FlashMessage, Outcome};
use crate::web::form::FormRoute;
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
        FormRoute::new(SEND, HERE, async |context, fields| mail_codes::send(context, fields, HERE).await)
            .echo(&["address"]),
        FormRoute::new(CHECK, HERE, async |context, fields| mail_codes::check(context, fields, HERE).await),
        FormRoute::new(RESEND, HERE, async |context, _| mail_codes::resend(context, HERE).await),
        FormRoute::new(ANOTHER, HERE, async |context, _| mail_codes::another(context, HERE).await),
    ]
}

pub fn email_code_page() -> impl IntoView {
    page(HERE, words::TITLE, SCRIPTS, load)
}

async fn load(context: RequestContext) -> Answer<AnyView> {
    let portal = context.portal();
    let note: Option<FlashMessage> = portal.take_note(&context.visit, HERE).await?;
    let look = context.state().await?;
    let waiting = portal.mail_code(&context.visit, Purpose::Prove).await?;
    let stage = stage(&look, waiting, note.as_ref())?;
    let actions = Actions { send: SEND, check: CHECK, resend: RESEND, another: ANOTHER };
    let (doors, session) = (doors_of(&look, note.as_ref()), session_of(&look)?);
    Ok(email_code(EmailCodeView { doors, session, here: HERE.path(), actions, stage }).into_any())
}

fn stage(look: &VisitState, waiting: Option<MailCode>, note: Option<&FlashMessage>) -> Answer<Stage> {
    let refusal = note.and_then(FlashMessage::refusal);
    let typed = note.and_then(|note| note.typed("address"));
    let done = note.and_then(FlashMessage::done);
    let asks = done == Some(Outcome::AnotherAddress) || typed.is_some();
    let proved = look.address()?.zip(look.only(&KIND).and_then(|factor| factor.last_used_at));
    Ok(match (waiting, proved) {
        (Some(waiting), _) if !asks => {
            Stage::Sent(sent(&waiting, look.now, refusal, done == Some(Outcome::CodeSentAnew)))
        }
        (None, Some((address, at))) if !asks && is_about_no_address(refusal) => Stage::Proved {
            address: address.to_string(),
            at,
            just_now: done == Some(Outcome::AddressProved),
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
