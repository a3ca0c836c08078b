//! `/sign-in`: an address, the code that went there, a second factor.

use leptos::prelude::*;

use super::challenge::{ChallengeForm, Paths, WITH, challenge, chosen};
use super::document::page;
use super::mail_codes::{ask_refusal, sent};
use super::views::mail_code::Actions;
use super::views::sign_in::{SCRIPTS, SignInNote, SignInView, Stage, sign_in};
use crate::portal::{Answer, SignIn, UseCaseError};
use crate::web::context::{RequestContext, query};
use crate::web::flash::{EchoedFields, FlashContent, FlashMessage, Outcome};
use crate::web::form::{FormFields, FormRoute};
use crate::web::path::Page;
use crate::web::reply::{leave_outcome, see_other};
use crate::words::sign_in as words;
use postern_core::factor::email_code::Purpose;
use postern_core::factor::{hotp, recovery_codes, security_key, totp};
use postern_core::model::{FactorKind, Refusal};

const HERE: Page = Page::SignIn;

/// Where the script gets what to ask a key. The process answers it, in JSON.
pub const SIGN_IN_KEY_OPTIONS: &str = "/forms/sign-in/key-options";

/// Where the form posts to that signs out.
pub const SIGN_OUT: &str = "/forms/sign-out";

const SEND: &str = "/forms/sign-in/send";
const CHECK: &str = "/forms/sign-in/check";
const RESEND: &str = "/forms/sign-in/resend";
const ANOTHER: &str = "/forms/sign-in/another";
const TOTP: &str = "/forms/sign-in/totp";
const HOTP: &str = "/forms/sign-in/hotp";
const RECOVERY: &str = "/forms/sign-in/recovery";
const KEY: &str = "/forms/sign-in/key";

pub fn forms() -> Vec<FormRoute> {
    let second = |path, kind: FactorKind| {
        let mark = kind.to_string();
        FormRoute::new(path, HERE, move |context, fields| answer(context, fields, kind.clone())).mark(WITH, mark)
    };
    vec![
        FormRoute::new(SEND, HERE, send).echo(&["address"]),
        FormRoute::new(CHECK, HERE, check),
        FormRoute::new(RESEND, HERE, resend),
        FormRoute::new(ANOTHER, HERE, another),
        second(TOTP, totp::KIND),
        second(HOTP, hotp::KIND),
        second(RECOVERY, recovery_codes::KIND),
        second(KEY, security_key::KIND),
        FormRoute::new(SIGN_OUT, HERE, sign_out),
    ]
}

/// Where it is noted which page a person wants to come back to.
const NEXT: &str = "/sign-in/next";

/// The way to sign in and back to a page.
pub async fn and_back(context: &RequestContext, page: Page) -> Answer<(Outcome, Page)> {
    context.portal().leave_note(&context.visit, NEXT, &page).await?;
    Ok((Outcome::NoMessage, HERE))
}

/// Where a person goes who is signed in now: to their account if it has something to say.
async fn on(context: &RequestContext, done: Outcome) -> Answer<(Outcome, Page)> {
    let next: Option<Page> = context.portal().take_note(&context.visit, NEXT).await?;
    Ok((done, next.filter(|_| done == Outcome::NoMessage).unwrap_or(Page::Account)))
}

pub fn sign_in_page() -> impl IntoView {
    page(HERE, words::TITLE, SCRIPTS, load)
}

async fn load(context: RequestContext) -> Answer<AnyView> {
    let (portal, visit) = (context.portal(), &context.visit);
    if visit.is_signed_in() {
        see_other(Page::Account);
        return Ok(().into_any());
    }
    let note: Option<FlashMessage> = portal.take_note(visit, HERE).await?;
    let actions = Actions { send: SEND, check: CHECK, resend: RESEND, another: ANOTHER };
    let stage = stage(&context, note.as_ref()).await?;
    Ok(sign_in(SignInView { actions, stage }).into_any())
}

async fn stage(context: &RequestContext, note: Option<&FlashMessage>) -> Answer<Stage> {
    let (portal, visit) = (context.portal(), &context.visit);
    let (refusal, now) = (note.and_then(FlashMessage::refusal), portal.now());
    if let Some(waiting) = portal.sign_in_standing(visit).await? {
        let paths = Paths {
            totp: TOTP,
            hotp: HOTP,
            recovery: RECOVERY,
            key: KEY,
            key_options: SIGN_IN_KEY_OPTIONS,
            mail_send: SEND,
            mail_check: CHECK,
            mail_resend: RESEND,
        };
        let (choices, with) = (waiting.choices, query(WITH));
        let asking = ChallengeForm { here: HERE, paths, choices, with, note, mail: None, now };
        if let Some(challenge) = challenge(context, asking) {
            let address = waiting.address.to_string();
            return Ok(Stage::Second { address, mail_at: waiting.proved_at, challenge });
        }
    }
    if let (Some(Refusal::SignUpClosed), Some(masked)) = (refusal, note.and_then(|note| note.typed("address"))) {
        let support = context.app.support.as_deref().map(str::to_owned);
        return Ok(Stage::NoAccount { masked: masked.to_owned(), support });
    }
    let typed = note.and_then(|note| note.typed("address"));
    if let (Some(waiting), None) = (portal.mail_code(visit, Purpose::SignIn).await?, typed) {
        return Ok(Stage::Sent(sent(
            &waiting,
            now,
            refusal,
            note.and_then(FlashMessage::done) == Some(Outcome::CodeSentAnew),
        )));
    }
    Ok(Stage::Ask {
        typed: typed.unwrap_or_default().to_owned(),
        refusal: refusal.and_then(|refusal| ask_refusal(refusal, now)),
        note: note.and_then(said),
    })
}

fn said(note: &FlashMessage) -> Option<SignInNote> {
    Some(match (note.done(), note.refusal()) {
        (Some(Outcome::SignedOut), _) => SignInNote::SignedOut,
        (Some(Outcome::AccountDeleted), _) => SignInNote::AccountDeleted,
        (_, Some(Refusal::NoSignIn)) => SignInNote::RanOut,
        (_, Some(Refusal::AddressTaken)) => SignInNote::Busy,
        (_, Some(Refusal::AddressReplaced { until })) => SignInNote::Replaced(*until),
        _ => return None,
    })
}

async fn send(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    context.portal().send_mail_code(&context.visit, Purpose::SignIn, fields.required("address")?).await?;
    Ok((Outcome::NoMessage, HERE))
}

async fn resend(context: RequestContext, _: FormFields) -> Answer<(Outcome, Page)> {
    context.portal().resend_mail_code(&context.visit, Purpose::SignIn).await?;
    Ok((Outcome::CodeSentAnew, HERE))
}

async fn another(context: RequestContext, _: FormFields) -> Answer<(Outcome, Page)> {
    context.portal().abandon_sign_in(&context.visit).await?;
    Ok((Outcome::NoMessage, HERE))
}

async fn check(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    let code = fields.code("code")?;
    let waiting = context.portal().mail_code(&context.visit, Purpose::SignIn).await?;
    let signed_in = match context.portal().answer_sign_in_code(&context.visit, &code).await {
        // A copy of the cookie from before the code was passed does not see the sign-in that waits.
        Ok(SignIn::Second) => {
            context.after_rise(true).await?;
            return Ok((Outcome::NoMessage, HERE));
        }
        Ok(SignIn::In(signed_in)) => signed_in,
        Err(no) => return no_account(&context, no, waiting.map(|waiting| waiting.to.masked())).await,
    };
    let done = if signed_in.is_new { Outcome::AccountMade } else { Outcome::NoMessage };
    context.signed_in(signed_in).await?;
    on(&context, done).await
}

/// That there is no account is told with the address whose mail was read.
async fn no_account(context: &RequestContext, no: UseCaseError, masked: Option<String>) -> Answer<(Outcome, Page)> {
    let (UseCaseError::Refused(Refusal::SignUpClosed), Some(masked)) = (&no, masked) else { return Err(no) };
    let note = FlashMessage::new(FlashContent::Refused(Refusal::SignUpClosed), vec![("address".into(), masked)]);
    context.portal().leave_note(&context.visit, HERE, &note).await?;
    Ok((Outcome::NoMessage, HERE))
}

/// The second factor.
async fn answer(context: RequestContext, fields: FormFields, kind: FactorKind) -> Answer<(Outcome, Page)> {
    let chosen = chosen(&kind, &fields)?;
    let signed_in = context.portal().answer_sign_in(&context.visit, &chosen).await?;
    context.signed_in(signed_in).await?;
    let recovered = kind == recovery_codes::KIND;
    on(&context, if recovered { Outcome::RecoveryUsed } else { Outcome::NoMessage }).await
}

async fn sign_out(context: RequestContext, _: FormFields) -> Answer<(Outcome, Page)> {
    context.portal().leave(&context.visit).await?;
    let anew = context.begin_anew().await?;
    let note = FlashMessage::new(FlashContent::Done(Outcome::SignedOut), EchoedFields::new());
    leave_outcome(&anew, HERE, &note).await;
    Ok((Outcome::NoMessage, HERE))
}
