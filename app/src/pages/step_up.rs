//! `/step-up`: a factor is asked for again before an account changes, and then the person is back where they were.

use leptos::prelude::*;

use super::challenge::{ChallengeForm, Paths, WITH, challenge, chosen, is_mail, with};
use super::document::page;
use super::views::step_up::{SCRIPTS, StepUpView, Why, step_up};
use crate::portal::{Answer, UseCaseError};
use crate::web::context::{RequestContext, query};
use crate::web::flash::{FlashContent, FlashMessage, Outcome};
use crate::web::form::{FormFields, FormRoute};
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
    let answered = |path, kind: FactorKind| {
        FormRoute::new(path, HERE, move |context, fields| answer(context, fields, kind.clone()))
    };
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

async fn load(context: RequestContext) -> Answer<AnyView> {
    let (portal, visit) = (context.portal(), &context.visit);
    let intent: Option<Intent> = portal.read_note(visit, HERE).await?;
    let look = context.state().await?;
    if look.account().is_none() {
        return Err(Refusal::NoSession.into());
    }
    let note: Option<FlashMessage> = portal.take_note(visit, NOTES).await?;
    let choices = portal.step_up_choices(&look).await?;
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
    let asking =
        ChallengeForm { here: HERE, paths, choices, with: query(WITH), note: note.as_ref(), mail, now: look.now };
    let Some(challenge) = challenge(&context, asking) else {
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
async fn stay(context: RequestContext, kind: FactorKind, outcome: Answer<(Outcome, Page)>) -> Answer<(Outcome, Page)> {
    let said = match outcome {
        Ok((done @ Outcome::CodeSentAnew, _)) => FlashContent::Done(done),
        Err(UseCaseError::Refused(refusal)) => FlashContent::Refused(refusal),
        other => return other,
    };
    context.portal().leave_note(&context.visit, NOTES, &FlashMessage::new(said, with(&kind))).await?;
    Ok((Outcome::NoMessage, HERE))
}

async fn answer(context: RequestContext, fields: FormFields, kind: FactorKind) -> Answer<(Outcome, Page)> {
    let passed = async {
        let chosen = chosen(&kind, &fields)?;
        context.after(context.portal().answer_step_up(&context.visit, &chosen).await?).await?;
        Ok((Outcome::NoMessage, carry_on(&context).await))
    };
    let passed = passed.await;
    stay(context, kind, passed).await
}

async fn send(context: RequestContext, _: FormFields) -> Answer<(Outcome, Page)> {
    let sent = async {
        let address = context.state().await?.address()?.ok_or(Refusal::NoSession)?;
        context.portal().send_mail_code(&context.visit, Purpose::Prove, &address.to_string()).await?;
        Ok((Outcome::NoMessage, HERE))
    };
    let sent = sent.await;
    stay(context, email_code::KIND, sent).await
}

async fn resend(context: RequestContext, _: FormFields) -> Answer<(Outcome, Page)> {
    let sent = context.portal().resend_mail_code(&context.visit, Purpose::Prove).await;
    stay(context, email_code::KIND, sent.map(|_| (Outcome::CodeSentAnew, HERE))).await
}

async fn check(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    let passed = async {
        context.after(context.portal().answer_mail_code(&context.visit, &fields.code("code")?).await?).await?;
        Ok((Outcome::NoMessage, carry_on(&context).await))
    };
    let passed = passed.await;
    stay(context, email_code::KIND, passed).await
}
