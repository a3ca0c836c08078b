//! `/step-up`: a factor is asked for again before an account changes, and then the person is back where they were.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::challenge::{Asking, Paths, WITH, challenge, chosen, is_mail, with};
use super::document::page;
use super::views::step_up::{SCRIPTS, StepUpView, Why, step_up};
use crate::portal::{Answer, No};
use crate::web::front::{Front, query};
use crate::web::note::{Done, Note, Said};
use crate::web::path::Page;
use crate::web::reply::{Formed, Intent, carry_on, form, see_other, typed_code};
use crate::words::step_up as words;
use postern_core::factor::email_code::{self, Purpose};
use postern_core::factor::{hotp, recovery_codes, security_key, totp};
use postern_core::model::{FactorKind, Refusal};

const HERE: Page = Page::StepUp;

/// Where what a form of this page came to is noted: what waits behind the page stands under its own name.
const NOTES: &str = "/step-up/answer";

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
        totp: StepUpTotp::PATH,
        hotp: StepUpHotp::PATH,
        recovery: StepUpRecovery::PATH,
        key: StepUpKey::PATH,
        key_options: "/api/v1/security-keys/authentication",
        mail_send: StepUpSend::PATH,
        mail_check: StepUpCheck::PATH,
        mail_resend: StepUpResend::PATH,
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
async fn asked<F>(kind: FactorKind, act: impl FnOnce(Front) -> F) -> Formed
where
    F: Future<Output = Answer<(Done, Page)>>,
{
    form(HERE, with(&kind), async move |front| match act(front.clone()).await {
        Ok((done @ Done::CodeSentAnew, page)) => {
            front.portal().leave_note(&front.visit, NOTES, &Note::new(Said::Done(done), with(&kind))).await?;
            Ok((Done::Quietly, page))
        }
        Err(No::Refused(refusal)) => {
            front.portal().leave_note(&front.visit, NOTES, &Note::new(Said::Refused(refusal), with(&kind))).await?;
            Ok((Done::Quietly, HERE))
        }
        other => other,
    })
    .await
}

async fn answer(kind: FactorKind, answer: Option<String>) -> Formed {
    asked(kind.clone(), async move |front: Front| {
        let chosen = chosen(&kind, answer.as_deref())?;
        let passed = front.portal().answer_step_up(&front.visit, &chosen).await?;
        front.after(passed).await?;
        Ok((Done::Quietly, carry_on(&front).await?))
    })
    .await
}

#[server(prefix = "/forms", endpoint = "step-up/totp")]
pub async fn step_up_totp(code: Option<String>) -> Result<(), ServerFnError> {
    answer(totp::KIND, code).await
}

#[server(prefix = "/forms", endpoint = "step-up/hotp")]
pub async fn step_up_hotp(code: Option<String>) -> Result<(), ServerFnError> {
    answer(hotp::KIND, code).await
}

#[server(prefix = "/forms", endpoint = "step-up/recovery")]
pub async fn step_up_recovery(code: Option<String>) -> Result<(), ServerFnError> {
    answer(recovery_codes::KIND, code).await
}

#[server(prefix = "/forms", endpoint = "step-up/key")]
pub async fn step_up_key(answer: Option<String>) -> Result<(), ServerFnError> {
    self::answer(security_key::KIND, answer).await
}

#[server(prefix = "/forms", endpoint = "step-up/send")]
pub async fn step_up_send() -> Result<(), ServerFnError> {
    asked(email_code::KIND, async |front: Front| {
        let address = front.portal().look(&front.visit).await?.address()?.ok_or(Refusal::NoSession)?;
        front.portal().send_mail_code(&front.visit, Purpose::Prove, &address.to_string()).await?;
        Ok((Done::Quietly, HERE))
    })
    .await
}

#[server(prefix = "/forms", endpoint = "step-up/resend")]
pub async fn step_up_resend() -> Result<(), ServerFnError> {
    asked(email_code::KIND, async |front: Front| {
        front.portal().resend_mail_code(&front.visit, Purpose::Prove).await?;
        Ok((Done::CodeSentAnew, HERE))
    })
    .await
}

#[server(prefix = "/forms", endpoint = "step-up/check")]
pub async fn step_up_check(code: Option<String>) -> Result<(), ServerFnError> {
    asked(email_code::KIND, async move |front: Front| {
        let code = typed_code(code.as_deref())?;
        let passed = front.portal().answer_mail_code(&front.visit, &code).await?;
        front.after(passed).await?;
        Ok((Done::Quietly, carry_on(&front).await?))
    })
    .await
}
