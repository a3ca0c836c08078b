//! `/sign-in`: an address, the code that went there, a second factor.

use leptos::prelude::*;

use super::challenge::{Asking, Paths, WITH, challenge, chosen};
use super::document::page;
use super::mail_codes::{ask_refusal, sent};
use super::views::mail_code::Actions;
use super::views::sign_in::{SCRIPTS, SignInNote, SignInView, Stage, sign_in};
use crate::portal::{Answer, No, SignIn};
use crate::web::form::{FormFields, FormRoute};
use crate::web::front::{Front, query};
use crate::web::note::{Done, Note, Said, Typed};
use crate::web::path::Page;
use crate::web::reply::see_other;
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
        FormRoute::new(path, HERE, move |front, fields| answer(front, fields, kind.clone())).mark(WITH, mark)
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
pub async fn and_back(front: &Front, page: Page) -> Answer<(Done, Page)> {
    front.portal().leave_note(&front.visit, NEXT, &page).await?;
    Ok((Done::Quietly, HERE))
}

/// Where a person goes who is signed in now: to their account if it has something to say.
async fn on(front: &Front, done: Done) -> Answer<(Done, Page)> {
    let next: Option<Page> = front.portal().take_note(&front.visit, NEXT).await?;
    Ok((done, next.filter(|_| done == Done::Quietly).unwrap_or(Page::Account)))
}

pub fn sign_in_page() -> impl IntoView {
    page(HERE, words::TITLE, SCRIPTS, load)
}

async fn load(front: Front) -> Answer<AnyView> {
    let (portal, visit) = (front.portal(), &front.visit);
    if visit.is_signed_in() {
        see_other(Page::Account);
        return Ok(().into_any());
    }
    let note: Option<Note> = portal.take_note(visit, HERE).await?;
    let actions = Actions { send: SEND, check: CHECK, resend: RESEND, another: ANOTHER };
    let stage = stage(&front, note.as_ref()).await?;
    Ok(sign_in(SignInView { actions, stage }).into_any())
}

async fn stage(front: &Front, note: Option<&Note>) -> Answer<Stage> {
    let (portal, visit) = (front.portal(), &front.visit);
    let (refusal, now) = (note.and_then(Note::refusal), portal.now());
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
        let asking = Asking { here: HERE, paths, choices, with, note, mail: None, now };
        if let Some(challenge) = challenge(front, asking) {
            let address = waiting.address.to_string();
            return Ok(Stage::Second { address, mail_at: waiting.proved_at, challenge });
        }
    }
    if let (Some(Refusal::SignUpClosed), Some(masked)) = (refusal, note.and_then(|note| note.typed("address"))) {
        let support = front.house.support.as_deref().map(str::to_owned);
        return Ok(Stage::NoAccount { masked: masked.to_owned(), support });
    }
    let typed = note.and_then(|note| note.typed("address"));
    if let (Some(waiting), None) = (portal.mail_code(visit, Purpose::SignIn).await?, typed) {
        return Ok(Stage::Sent(sent(&waiting, now, refusal, note.and_then(Note::done) == Some(Done::CodeSentAnew))));
    }
    Ok(Stage::Ask {
        typed: typed.unwrap_or_default().to_owned(),
        refusal: refusal.and_then(|refusal| ask_refusal(refusal, now)),
        note: note.and_then(said),
    })
}

fn said(note: &Note) -> Option<SignInNote> {
    Some(match (note.done(), note.refusal()) {
        (Some(Done::SignedOut), _) => SignInNote::SignedOut,
        (Some(Done::AccountDeleted), _) => SignInNote::AccountDeleted,
        (_, Some(Refusal::NoSignIn)) => SignInNote::RanOut,
        (_, Some(Refusal::AddressTaken)) => SignInNote::Busy,
        (_, Some(Refusal::AddressReplaced { until })) => SignInNote::Replaced(*until),
        _ => return None,
    })
}

async fn send(front: Front, fields: FormFields) -> Answer<(Done, Page)> {
    front.portal().send_mail_code(&front.visit, Purpose::SignIn, fields.required("address")?).await?;
    Ok((Done::Quietly, HERE))
}

async fn resend(front: Front, _: FormFields) -> Answer<(Done, Page)> {
    front.portal().resend_mail_code(&front.visit, Purpose::SignIn).await?;
    Ok((Done::CodeSentAnew, HERE))
}

async fn another(front: Front, _: FormFields) -> Answer<(Done, Page)> {
    front.portal().abandon_sign_in(&front.visit).await?;
    Ok((Done::Quietly, HERE))
}

async fn check(front: Front, fields: FormFields) -> Answer<(Done, Page)> {
    let code = fields.code("code")?;
    let waiting = front.portal().mail_code(&front.visit, Purpose::SignIn).await?;
    let signed_in = match front.portal().answer_sign_in_code(&front.visit, &code).await {
        // A copy of the cookie from before the code was passed does not see the sign-in that waits.
        Ok(SignIn::Second) => {
            front.after_rise(true).await?;
            return Ok((Done::Quietly, HERE));
        }
        Ok(SignIn::In(signed_in)) => signed_in,
        Err(no) => return no_account(&front, no, waiting.map(|waiting| waiting.to.masked())).await,
    };
    let done = if signed_in.is_new { Done::AccountMade } else { Done::Quietly };
    front.signed_in(signed_in).await?;
    on(&front, done).await
}

/// That there is no account is told with the address whose mail was read.
async fn no_account(front: &Front, no: No, masked: Option<String>) -> Answer<(Done, Page)> {
    let (No::Refused(Refusal::SignUpClosed), Some(masked)) = (&no, masked) else { return Err(no) };
    let note = Note::new(Said::Refused(Refusal::SignUpClosed), vec![("address".into(), masked)]);
    front.portal().leave_note(&front.visit, HERE, &note).await?;
    Ok((Done::Quietly, HERE))
}

/// The second factor.
async fn answer(front: Front, fields: FormFields, kind: FactorKind) -> Answer<(Done, Page)> {
    let chosen = chosen(&kind, &fields)?;
    let signed_in = front.portal().answer_sign_in(&front.visit, &chosen).await?;
    front.signed_in(signed_in).await?;
    let recovered = kind == recovery_codes::KIND;
    on(&front, if recovered { Done::RecoveryUsed } else { Done::Quietly }).await
}

async fn sign_out(front: Front, _: FormFields) -> Answer<(Done, Page)> {
    front.portal().leave(&front.visit).await?;
    let anew = front.begin_anew().await?;
    let note = Note::new(Said::Done(Done::SignedOut), Typed::new());
    anew.portal().leave_note(&anew.visit, HERE, &note).await?;
    Ok((Done::Quietly, HERE))
}
