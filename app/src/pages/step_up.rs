//! `/step-up`: a factor is asked for again before an account changes, and then the person is back where they were.

use leptos::prelude::*;

use super::challenge::{Asking, Paths, WITH, challenge, chosen, is_mail, with};
use super::document::page;
use super::views::step_up::{SCRIPTS, StepUpView, Why, step_up};
use crate::portal::{Answer, No};
use crate::web::form::{FormFields, FormRoute};
use crate::web::front::{Front, query};
use crate::web::note::{Done, Note, Said};
use crate::web::path::Page;
use crate::web::reply::{Intent, carry_on, see_other};
use crate::words::step_up as words;
use postern_core::factor::email_code::{self, Purpose};
use postern_core::factor::{hotp, recovery_codes, security_key, totp};
use postern_core::model::{FactorKind, Refusal};

const HERE: Page = Page::StepUp;

/// Where what a form of this page came to is noted: what waits behind the page stands under its own name.
const NOTES: &str = "/step-up/answer";

const SEND: &str = "/forms/step-up/send";
const CHECK: &str = "/forms/step-up/check";
const RESEND: &str = "/forms/step-up/resend";
const TOTP: &str = "/forms/step-up/totp";
const HOTP: &str = "/forms/step-up/hotp";
const RECOVERY: &str = "/forms/step-up/recovery";
const KEY: &str = "/forms/step-up/key";

pub fn forms() -> Vec<FormRoute> {
    let answered =
        |path, kind: FactorKind| FormRoute::new(path, HERE, move |front, fields| answer(front, fields, kind.clone()));
    vec![
        FormRoute::new(SEND, HERE, send),
        FormRoute::new(CHECK, HERE, check),
        FormRoute::new(RESEND, HERE, resend),
        answered(TOTP, totp::KIND),
        answered(HOTP, hotp::KIND),
        answered(RECOVERY, recovery_codes::KIND),
        answered(KEY, security_key::KIND),
    ]
}

pub fn step_up_page() -> impl IntoView {
    page(HERE, words::TITLE, SCRIPTS, load)
}

async fn load(front: Front) -> Answer<AnyView> {
    let (portal, visit) = (front.portal(), &front.visit);
    let intent: Option<Intent> = portal.read_note(visit, HERE).await?;
    let look = portal.look(visit).await?;
    if look.account().is_none() {
        return Err(Refusal::NoSession.into());
    }
    let note: Option<Note> = portal.take_note(visit, NOTES).await?;
    let choices = portal.step_up_choices(visit).await?;
    let mail = match look.address()?.filter(|_| is_mail(&choices)) {
        Some(address) => Some((address, portal.mail_code(visit, Purpose::Prove).await?)),
        None => None,
    };
    let paths = Paths {
        totp: TOTP,
        hotp: HOTP,
        recovery: RECOVERY,
        key: KEY,
        key_options: "/api/v1/security-keys/authentication",
        mail_send: SEND,
        mail_check: CHECK,
        mail_resend: RESEND,
    };
    let asking = Asking { here: HERE, paths, choices, with: query(WITH), note: note.as_ref(), mail, now: look.now };
    let Some(challenge) = challenge(&front, asking) else {
        see_other(Page::Account);
        return Ok(().into_any());
    };
    let back = intent.as_ref().map_or(Page::Account, |intent| intent.page).path().to_owned();
    let why = intent.as_ref().map_or(Why::Change, why);
    Ok(step_up(StepUpView { why, challenge, back }).into_any())
}

fn why(intent: &Intent) -> Why {
    match (intent.page, intent.typed("act")) {
        (Page::RemoveFactor, _) => Why::RemoveFactor,
        (Page::EndSessions, _) | (Page::Account, Some("sessions")) => Why::EndSessions,
        (Page::ChangeAddress, _) => Why::ChangeAddress,
        (Page::DeleteAccount, _) => Why::DeleteAccount,
        (Page::DisableClient, _) => Why::DisableKey,
        (Page::Account, Some("codes")) => Why::RecoveryCodes,
        (_, Some("export")) => Why::Export,
        (_, Some("rename")) => Why::RenameFactor,
        _ => Why::AddFactor,
    }
}

/// A refusal stays on this page without touching what waits behind it.
async fn stay(front: Front, kind: FactorKind, outcome: Answer<(Done, Page)>) -> Answer<(Done, Page)> {
    let said = match outcome {
        Ok((done @ Done::CodeSentAnew, _)) => Said::Done(done),
        Err(No::Refused(refusal)) => Said::Refused(refusal),
        other => return other,
    };
    front.portal().leave_note(&front.visit, NOTES, &Note::new(said, with(&kind))).await?;
    Ok((Done::Quietly, HERE))
}

async fn answer(front: Front, fields: FormFields, kind: FactorKind) -> Answer<(Done, Page)> {
    let passed = async {
        let chosen = chosen(&kind, &fields)?;
        front.after(front.portal().answer_step_up(&front.visit, &chosen).await?).await?;
        Ok((Done::Quietly, carry_on(&front).await?))
    };
    let passed = passed.await;
    stay(front, kind, passed).await
}

async fn send(front: Front, _: FormFields) -> Answer<(Done, Page)> {
    let sent = async {
        let address = front.portal().look(&front.visit).await?.address()?.ok_or(Refusal::NoSession)?;
        front.portal().send_mail_code(&front.visit, Purpose::Prove, &address.to_string()).await?;
        Ok((Done::Quietly, HERE))
    };
    let sent = sent.await;
    stay(front, email_code::KIND, sent).await
}

async fn resend(front: Front, _: FormFields) -> Answer<(Done, Page)> {
    let sent = front.portal().resend_mail_code(&front.visit, Purpose::Prove).await;
    stay(front, email_code::KIND, sent.map(|_| (Done::CodeSentAnew, HERE))).await
}

async fn check(front: Front, fields: FormFields) -> Answer<(Done, Page)> {
    let passed = async {
        front.after(front.portal().answer_mail_code(&front.visit, &fields.code("code")?).await?).await?;
        Ok((Done::Quietly, carry_on(&front).await?))
    };
    let passed = passed.await;
    stay(front, email_code::KIND, passed).await
}
