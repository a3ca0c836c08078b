//! Pages of one act each: what an account's owner does rarely and should do knowingly.

use leptos::prelude::*;

use super::document::page;
use super::mail_codes::{ask_refusal, sent};
use super::views::change_address::{self, ChangeAddressView, NewAddressRefusal};
use super::views::delete_account::{self, DeleteAccountView, DeleteRefusal};
use super::views::end_sessions::{self, EndSessionsView};
use super::views::mail_code::Actions;
use super::views::remove_factor::{self, RemoveFactorView};
use super::ways::way_of;
use crate::portal::{Answer, Look, No};
use crate::web::form::{FormFields, FormRoute};
use crate::web::front::{Front, query};
use crate::web::note::{Done, Note, Said, Typed};
use crate::web::path::Page;
use crate::web::reply::{done_to, see_other};
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
async fn signed_in(front: &Front) -> Answer<Look> {
    let look = front.portal().look(&front.visit).await?;
    if look.account().is_some() { Ok(look) } else { Err(Refusal::NoSession.into()) }
}

/// A factor was added to an account: its page tells, and offers what follows.
pub async fn added(front: &Front, factor: FactorId) -> Answer<(Done, Page)> {
    let look = signed_in(front).await?;
    let name = look.enrolled().find(|record| record.id == factor).map(|record| record.name.clone());
    done_to(front, Done::FactorAdded, name.unwrap_or_default(), Page::Account).await
}

/// An account's factor is removed on a page that says what that means.
pub async fn to_removal(front: &Front, factor: FactorId) -> Answer<(Done, Page)> {
    let note = Note::new(Said::Done(Done::Quietly), vec![("factor".into(), factor.to_string())]);
    front.portal().leave_note(&front.visit, Page::RemoveFactor, &note).await?;
    Ok((Done::Quietly, Page::RemoveFactor))
}

pub fn remove_factor_page() -> impl IntoView {
    page(Page::RemoveFactor, words::remove_factor::TITLE, remove_factor::SCRIPTS, load_remove)
}

async fn load_remove(front: Front) -> Answer<AnyView> {
    let look = signed_in(&front).await?;
    let note: Option<Note> = front.portal().take_note(&front.visit, Page::RemoveFactor).await?;
    let named = note.as_ref().and_then(|note| note.typed("factor")).map(str::to_owned).or_else(|| query("factor"));
    let id = named.and_then(|named| named.parse::<FactorId>().ok());
    let Some(record) = look.enrolled().find(|record| Some(record.id) == id && is_second(record)) else {
        see_other(Page::Account);
        return Ok(().into_any());
    };
    let last = look.enrolled().filter(|record| is_second(record)).count() == 1;
    let view = RemoveFactorView {
        id: record.id.to_string(),
        way: way_of(&record.kind),
        name: record.name.clone(),
        last,
        // Without another second factor the mail alone is enough for this session, too.
        opened_this: !last && look.is_opened_by(record.id),
        action: REMOVE,
        back: BACK,
    };
    Ok(remove_factor::remove_factor(view).into_any())
}

async fn remove_factor(front: Front, fields: FormFields) -> Answer<(Done, Page)> {
    let look = signed_in(&front).await?;
    let id: FactorId = fields.text("factor").parse().map_err(|_| Refusal::NotEnrolled)?;
    let record = look.enrolled().find(|record| record.id == id && is_second(record));
    let name = record.ok_or(Refusal::NotEnrolled)?.name.clone();
    let outcome = match front.portal().remove_factor(&front.visit, id).await {
        Ok(()) => done_to(&front, Done::Removed, name, Page::Account).await,
        Err(no) => Err(no),
    };
    told_there(&front, outcome).await
}

/// What the account's page tells better than the page of the act.
async fn told_there(front: &Front, outcome: Answer<(Done, Page)>) -> Answer<(Done, Page)> {
    let Err(No::Refused(refusal @ (Refusal::Frozen { .. } | Refusal::SecondFactorNeeded))) = outcome else {
        return outcome;
    };
    let note = Note::new(Said::Refused(refusal), Typed::new());
    front.portal().leave_note(&front.visit, Page::Account, &note).await?;
    Ok((Done::Quietly, Page::Account))
}

pub fn end_sessions_page() -> impl IntoView {
    page(Page::EndSessions, words::end_sessions::TITLE, end_sessions::SCRIPTS, load_end)
}

async fn load_end(front: Front) -> Answer<AnyView> {
    let look = signed_in(&front).await?;
    let others = look.sessions().len().saturating_sub(1);
    let view = EndSessionsView { others, action: END_OTHERS, back: BACK };
    Ok(end_sessions::end_sessions(view).into_any())
}

async fn end_other_sessions(front: Front, _: FormFields) -> Answer<(Done, Page)> {
    front.portal().end_other_sessions(&front.visit).await?;
    Ok((Done::OthersEnded, Page::Account))
}

pub fn change_address_page() -> impl IntoView {
    page(Page::ChangeAddress, words::change_address::TITLE, change_address::SCRIPTS, load_address)
}

async fn load_address(front: Front) -> Answer<AnyView> {
    let look = signed_in(&front).await?;
    let note: Option<Note> = front.portal().take_note(&front.visit, Page::ChangeAddress).await?;
    let (refusal, done) = (note.as_ref().and_then(Note::refusal), note.as_ref().and_then(Note::done));
    let typed = note.as_ref().and_then(|note| note.typed("address"));
    let waiting = front.portal().mail_code(&front.visit, Purpose::ChangeAddress).await?;
    let stage = match waiting.filter(|_| typed.is_none()) {
        Some(waiting) => {
            change_address::Stage::Sent(sent(&waiting, look.now, refusal, done == Some(Done::CodeSentAnew)))
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

async fn address_send(front: Front, fields: FormFields) -> Answer<(Done, Page)> {
    let sent = front.portal().send_change_code(&front.visit, fields.required("address")?).await;
    told_there(&front, sent.map(|_| (Done::Quietly, Page::ChangeAddress))).await
}

async fn address_resend(front: Front, _: FormFields) -> Answer<(Done, Page)> {
    front.portal().resend_mail_code(&front.visit, Purpose::ChangeAddress).await?;
    Ok((Done::CodeSentAnew, Page::ChangeAddress))
}

async fn address_another(front: Front, _: FormFields) -> Answer<(Done, Page)> {
    front.portal().drop_mail_code(&front.visit, Purpose::ChangeAddress).await?;
    Ok((Done::Quietly, Page::ChangeAddress))
}

async fn address_check(front: Front, fields: FormFields) -> Answer<(Done, Page)> {
    let outcome = match front.portal().answer_change_code(&front.visit, &fields.code("code")?).await {
        Ok(address) => done_to(&front, Done::AddressChanged, address.to_string(), Page::Account).await,
        Err(no) => Err(no),
    };
    told_there(&front, outcome).await
}

pub fn delete_account_page() -> impl IntoView {
    page(Page::DeleteAccount, words::delete_account::TITLE, delete_account::SCRIPTS, load_delete)
}

async fn load_delete(front: Front) -> Answer<AnyView> {
    let look = signed_in(&front).await?;
    let note: Option<Note> = front.portal().take_note(&front.visit, Page::DeleteAccount).await?;
    let refusal = match note.as_ref().and_then(Note::refusal) {
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

async fn delete(front: Front, fields: FormFields) -> Answer<(Done, Page)> {
    if let Err(no) = front.portal().delete_account(&front.visit, fields.required("address")?).await {
        return told_there(&front, Err(no)).await;
    }
    let anew = front.begin_anew().await?;
    let note = Note::new(Said::Done(Done::AccountDeleted), Typed::new());
    anew.portal().leave_note(&anew.visit, Page::SignIn, &note).await?;
    Ok((Done::Quietly, Page::SignIn))
}
