//! Pages of one act each: what an account's owner does rarely and should do knowingly.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::document::page;
use super::mail_codes::{ask_refusal, sent};
use super::views::change_address::{self, ChangeAddressView, NewAddressRefusal};
use super::views::delete_account::{self, DeleteAccountView, DeleteRefusal};
use super::views::end_sessions::{self, EndSessionsView};
use super::views::mail_code::Actions;
use super::views::remove_factor::{self, RemoveFactorView};
use super::ways::way_of;
use crate::portal::{Answer, Look, No};
use crate::web::front::{Front, query};
use crate::web::note::{Done, Note, Said, Typed};
use crate::web::path::Page;
use crate::web::reply::{done_to, form, see_other, typed_code};
use crate::words;
use postern_core::factor::email_code::Purpose;
use postern_core::factor::is_second;
use postern_core::model::{FactorId, Refusal};

const BACK: &str = Page::Account.path();

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
        action: AccountRemove::PATH,
        back: BACK,
    };
    Ok(remove_factor::remove_factor(view).into_any())
}

#[server(prefix = "/forms", endpoint = "account/remove")]
pub async fn account_remove(factor: Option<String>) -> Result<(), ServerFnError> {
    let factor = factor.unwrap_or_default();
    let typed = vec![("factor".into(), factor.clone())];
    form(Page::RemoveFactor, typed, async move |front| {
        let look = signed_in(&front).await?;
        let id: FactorId = factor.parse().map_err(|_| Refusal::NotEnrolled)?;
        let record = look.enrolled().find(|record| record.id == id && is_second(record));
        let name = record.ok_or(Refusal::NotEnrolled)?.name.clone();
        let outcome = match front.portal().remove_factor(&front.visit, id).await {
            Ok(()) => done_to(&front, Done::Removed, name, Page::Account).await,
            Err(no) => Err(no),
        };
        told_there(&front, outcome).await
    })
    .await
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
    let view = EndSessionsView { others, action: EndOtherSessions::PATH, back: BACK };
    Ok(end_sessions::end_sessions(view).into_any())
}

#[server(prefix = "/forms", endpoint = "account/end-others")]
pub async fn end_other_sessions() -> Result<(), ServerFnError> {
    form(Page::EndSessions, Typed::new(), async |front| {
        front.portal().end_other_sessions(&front.visit).await?;
        Ok((Done::OthersEnded, Page::Account))
    })
    .await
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
    let actions = Actions {
        send: AddressSend::PATH,
        check: AddressCheck::PATH,
        resend: AddressResend::PATH,
        another: AddressAnother::PATH,
    };
    let current = look.address()?.map(|address| address.to_string()).unwrap_or_default();
    let view = ChangeAddressView { current, actions, stage, back: BACK };
    Ok(change_address::change_address(view).into_any())
}

#[server(prefix = "/forms", endpoint = "account/address/send")]
pub async fn address_send(address: Option<String>) -> Result<(), ServerFnError> {
    let address = address.unwrap_or_default();
    let typed = vec![("address".into(), address.clone())];
    form(Page::ChangeAddress, typed, async move |front| {
        if address.trim().is_empty() {
            return Err(Refusal::Missing.into());
        }
        let sent = front.portal().send_change_code(&front.visit, &address).await;
        told_there(&front, sent.map(|_| (Done::Quietly, Page::ChangeAddress))).await
    })
    .await
}

#[server(prefix = "/forms", endpoint = "account/address/resend")]
pub async fn address_resend() -> Result<(), ServerFnError> {
    form(Page::ChangeAddress, Typed::new(), async |front| {
        front.portal().resend_mail_code(&front.visit, Purpose::ChangeAddress).await?;
        Ok((Done::CodeSentAnew, Page::ChangeAddress))
    })
    .await
}

#[server(prefix = "/forms", endpoint = "account/address/another")]
pub async fn address_another() -> Result<(), ServerFnError> {
    form(Page::ChangeAddress, Typed::new(), async |front| {
        front.portal().drop_mail_code(&front.visit, Purpose::ChangeAddress).await?;
        Ok((Done::Quietly, Page::ChangeAddress))
    })
    .await
}

#[server(prefix = "/forms", endpoint = "account/address/check")]
pub async fn address_check(code: Option<String>) -> Result<(), ServerFnError> {
    form(Page::ChangeAddress, Typed::new(), async move |front| {
        let code = typed_code(code.as_deref())?;
        let outcome = match front.portal().answer_change_code(&front.visit, &code).await {
            Ok(address) => done_to(&front, Done::AddressChanged, address.to_string(), Page::Account).await,
            Err(no) => Err(no),
        };
        told_there(&front, outcome).await
    })
    .await
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
        action: AccountDelete::PATH,
        export: super::EXPORT,
        back: BACK,
    };
    Ok(delete_account::delete_account(view).into_any())
}

#[server(prefix = "/forms", endpoint = "account/delete")]
pub async fn account_delete(address: Option<String>) -> Result<(), ServerFnError> {
    let address = address.unwrap_or_default();
    let typed = vec![("address".into(), address.clone())];
    form(Page::DeleteAccount, typed, async move |front| {
        if address.trim().is_empty() {
            return Err(Refusal::Missing.into());
        }
        if let Err(no) = front.portal().delete_account(&front.visit, &address).await {
            return told_there(&front, Err(no)).await;
        }
        let anew = front.begin_anew().await?;
        let note = Note::new(Said::Done(Done::AccountDeleted), Typed::new());
        anew.portal().leave_note(&anew.visit, Page::SignIn, &note).await?;
        Ok((Done::Quietly, Page::SignIn))
    })
    .await
}
