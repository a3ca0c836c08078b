//! Pages of one act each: what an account's owner does rarely and should do knowingly.

use std::sync::Arc;

use leptos::prelude::*;

use super::document::page;
use super::labels::label_of;
use super::mail_codes::{ask_refusal, sent};
use super::views::change_address::{self, ChangeAddressView, NewAddressRefusal};
use super::views::delete_account::{self, DeleteAccountView, DeleteRefusal};
use super::views::end_sessions::{self, EndSessionsView};
use super::views::mail_code::Actions;
use super::views::remove_factor::{self, RemoveFactorView};
use crate::portal::{Answer, UseCaseError, VisitState};
use crate::web::context::{RequestContext, query};
use crate::web::flash::{EchoedFields, FlashContent, FlashMessage, Outcome};
use crate::web::form::{FormFields, FormRoute};
use crate::web::path::Page;
use crate::web::reply::{done_to, leave_outcome, see_other};
use crate::words;
use postern_core::factor::email_code::Purpose;
use postern_core::factor::is_second;
use postern_core::model::{FactorId, Refusal};

const BACK: &str = Page::Account.path();

const REMOVE: &str = "/forms/account/remove";
const END_OTHERS: &str = "/forms/account/end-others";
const ADDRESS_SEND: &str = "/forms/account/address/send";
const ADDRESS_CHECK: &str = "/forms/account/address/check";
const ADDRESS_RESEND: &str = "/forms/account/address/resend";
const ADDRESS_ANOTHER: &str = "/forms/account/address/another";
const DELETE: &str = "/forms/account/delete";

pub fn forms() -> Vec<FormRoute> {
    vec![
        FormRoute::new(REMOVE, Page::RemoveFactor, remove_factor).echo(&["factor"]),
        FormRoute::new(END_OTHERS, Page::EndSessions, end_other_sessions),
        FormRoute::new(ADDRESS_SEND, Page::ChangeAddress, address_send).echo(&["address"]),
        FormRoute::new(ADDRESS_CHECK, Page::ChangeAddress, address_check),
        FormRoute::new(ADDRESS_RESEND, Page::ChangeAddress, address_resend),
        FormRoute::new(ADDRESS_ANOTHER, Page::ChangeAddress, address_another),
        FormRoute::new(DELETE, Page::DeleteAccount, delete).echo(&["address"]),
    ]
}

/// The account, or the way to it.
async fn signed_in(context: &RequestContext) -> Answer<Arc<VisitState>> {
    let look = context.state().await?;
    if look.account().is_some() { Ok(look) } else { Err(Refusal::NoSession.into()) }
}

/// A factor was added to an account: its page tells, and offers what follows.
pub async fn added(context: &RequestContext, factor: FactorId) -> Answer<(Outcome, Page)> {
    // As it is now, with that factor.
    let look = context.portal().load_visit_state(&context.visit).await?;
    let name = look.enrolled().find(|record| record.id == factor).map(|record| record.name.clone());
    Ok(done_to(context, Outcome::FactorAdded, name.unwrap_or_default(), Page::Account).await)
}

/// An account's factor is removed on a page that says what that means.
pub async fn to_removal(context: &RequestContext, factor: FactorId) -> Answer<(Outcome, Page)> {
    let note = FlashMessage::new(FlashContent::Done(Outcome::NoMessage), vec![("factor".into(), factor.to_string())]);
    context.portal().leave_note(&context.visit, Page::RemoveFactor, &note).await?;
    Ok((Outcome::NoMessage, Page::RemoveFactor))
}

pub fn remove_factor_page() -> impl IntoView {
    page(Page::RemoveFactor, words::remove_factor::TITLE, remove_factor::SCRIPTS, load_remove)
}

async fn load_remove(context: RequestContext) -> Answer<AnyView> {
    let look = signed_in(&context).await?;
    let note: Option<FlashMessage> = context.portal().take_note(&context.visit, Page::RemoveFactor).await?;
    let named = note.as_ref().and_then(|note| note.typed("factor")).map(str::to_owned).or_else(|| query("factor"));
    let id = named.and_then(|named| named.parse::<FactorId>().ok());
    let Some(record) = look.enrolled().find(|record| Some(record.id) == id && is_second(record)) else {
        see_other(Page::Account);
        return Ok(().into_any());
    };
    let last = look.enrolled().filter(|record| is_second(record)).count() == 1;
    let view = RemoveFactorView {
        id: record.id.to_string(),
        way: label_of(&record.kind),
        name: record.name.clone(),
        last,
        // Without another second factor the mail alone is enough for this session, too.
        opened_this: !last && look.is_opened_by(record.id),
        action: REMOVE,
        back: BACK,
    };
    Ok(remove_factor::remove_factor(view).into_any())
}

async fn remove_factor(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    let look = signed_in(&context).await?;
    let id: FactorId = fields.text("factor").parse().map_err(|_| Refusal::NotEnrolled)?;
    let record = look.enrolled().find(|record| record.id == id && is_second(record));
    let name = record.ok_or(Refusal::NotEnrolled)?.name.clone();
    let outcome = match context.portal().remove_factor(&context.visit, id).await {
        Ok(()) => Ok(done_to(&context, Outcome::Removed, name, Page::Account).await),
        Err(no) => Err(no),
    };
    told_there(&context, outcome).await
}

/// What the account's page tells better than the page of the act.
async fn told_there(context: &RequestContext, outcome: Answer<(Outcome, Page)>) -> Answer<(Outcome, Page)> {
    let Err(UseCaseError::Refused(refusal @ (Refusal::Frozen { .. } | Refusal::SecondFactorNeeded))) = outcome else {
        return outcome;
    };
    let note = FlashMessage::new(FlashContent::Refused(refusal), EchoedFields::new());
    context.portal().leave_note(&context.visit, Page::Account, &note).await?;
    Ok((Outcome::NoMessage, Page::Account))
}

pub fn end_sessions_page() -> impl IntoView {
    page(Page::EndSessions, words::end_sessions::TITLE, end_sessions::SCRIPTS, load_end)
}

async fn load_end(context: RequestContext) -> Answer<AnyView> {
    let look = signed_in(&context).await?;
    let others = look.sessions().len().saturating_sub(1);
    let view = EndSessionsView { others, action: END_OTHERS, back: BACK };
    Ok(end_sessions::end_sessions(view).into_any())
}

async fn end_other_sessions(context: RequestContext, _: FormFields) -> Answer<(Outcome, Page)> {
    context.portal().end_other_sessions(&context.visit).await?;
    Ok((Outcome::OthersEnded, Page::Account))
}

pub fn change_address_page() -> impl IntoView {
    page(Page::ChangeAddress, words::change_address::TITLE, change_address::SCRIPTS, load_address)
}

async fn load_address(context: RequestContext) -> Answer<AnyView> {
    let look = signed_in(&context).await?;
    let note: Option<FlashMessage> = context.portal().take_note(&context.visit, Page::ChangeAddress).await?;
    let (refusal, done) = (note.as_ref().and_then(FlashMessage::refusal), note.as_ref().and_then(FlashMessage::done));
    let typed = note.as_ref().and_then(|note| note.typed("address"));
    let waiting = context.portal().mail_code(&context.visit, Purpose::ChangeAddress).await?;
    let stage = match waiting.filter(|_| typed.is_none()) {
        Some(waiting) => {
            change_address::Stage::Sent(sent(&waiting, look.now, refusal, done == Some(Outcome::CodeSentAnew)))
        }
        None => change_address::Stage::Ask {
            typed: typed.unwrap_or_default().to_owned(),
            refusal: match refusal {
                Some(Refusal::AddressTaken | Refusal::AddressReplaced { .. }) => Some(NewAddressRefusal::Taken),
                Some(Refusal::AddressOfAccount) => Some(NewAddressRefusal::Same),
                Some(Refusal::SignUpClosed) => Some(NewAddressRefusal::NotListed),
                refusal => refusal.and_then(|refusal| ask_refusal(refusal, look.now)).map(NewAddressRefusal::Ask),
            },
        },
    };
    let actions =
        Actions { send: ADDRESS_SEND, check: ADDRESS_CHECK, resend: ADDRESS_RESEND, another: ADDRESS_ANOTHER };
    let current = look.address()?.map(|address| address.to_string()).unwrap_or_default();
    let view = ChangeAddressView { current, actions, stage, back: BACK };
    Ok(change_address::change_address(view).into_any())
}

async fn address_send(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    let sent = context.portal().send_change_code(&context.visit, fields.required("address")?).await;
    told_there(&context, sent.map(|_| (Outcome::NoMessage, Page::ChangeAddress))).await
}

async fn address_resend(context: RequestContext, _: FormFields) -> Answer<(Outcome, Page)> {
    context.portal().resend_mail_code(&context.visit, Purpose::ChangeAddress).await?;
    Ok((Outcome::CodeSentAnew, Page::ChangeAddress))
}

async fn address_another(context: RequestContext, _: FormFields) -> Answer<(Outcome, Page)> {
    context.portal().drop_mail_code(&context.visit, Purpose::ChangeAddress).await?;
    Ok((Outcome::NoMessage, Page::ChangeAddress))
}

async fn address_check(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    let outcome = match context.portal().answer_change_code(&context.visit, &fields.code("code")?).await {
        Ok(address) => Ok(done_to(&context, Outcome::AddressChanged, address.to_string(), Page::Account).await),
        Err(no) => Err(no),
    };
    told_there(&context, outcome).await
}

pub fn delete_account_page() -> impl IntoView {
    page(Page::DeleteAccount, words::delete_account::TITLE, delete_account::SCRIPTS, load_delete)
}

async fn load_delete(context: RequestContext) -> Answer<AnyView> {
    let look = signed_in(&context).await?;
    let note: Option<FlashMessage> = context.portal().take_note(&context.visit, Page::DeleteAccount).await?;
    let refusal = match note.as_ref().and_then(FlashMessage::refusal) {
        Some(Refusal::Missing) => Some(DeleteRefusal::Missing),
        Some(Refusal::NotConfirmed) => Some(DeleteRefusal::Different),
        _ => None,
    };
    let view = DeleteAccountView {
        address: look.address()?.map(|address| address.to_string()).unwrap_or_default(),
        typed: note.as_ref().and_then(|note| note.typed("address")).unwrap_or_default().to_owned(),
        refusal,
        action: DELETE,
        export: super::account::EXPORT,
        back: BACK,
    };
    Ok(delete_account::delete_account(view).into_any())
}

async fn delete(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    if let Err(no) = context.portal().delete_account(&context.visit, fields.required("address")?).await {
        return told_there(&context, Err(no)).await;
    }
    let anew = context.begin_anew().await?;
    let note = FlashMessage::new(FlashContent::Done(Outcome::AccountDeleted), EchoedFields::new());
    leave_outcome(&anew, Page::SignIn, &note).await;
    Ok((Outcome::NoMessage, Page::SignIn))
}
