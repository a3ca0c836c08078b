//! `/clients/rotate`: the form. Its answer is a page of its own.

use leptos::prelude::*;

use super::super::document::page;
use super::super::views::clients::{self as views, ClientNote, RotateView, SCRIPTS};
use super::{ROTATE, told_of_pair};
use crate::portal::Answer;
use crate::web::context::RequestContext;
use crate::web::flash::FlashMessage;
use crate::web::path::Page;
use crate::words::clients as words;
use postern_core::model::Refusal;

pub fn rotate_client_page() -> impl IntoView {
    page(Page::RotateClient, words::ROTATE_TITLE, SCRIPTS, load)
}

async fn load(context: RequestContext) -> Answer<AnyView> {
    let note: Option<FlashMessage> = context.portal().take_note(&context.visit, Page::RotateClient).await?;
    let now = context.portal().now();
    let typed = |field| note.as_ref().and_then(|note| note.typed(field)).unwrap_or_default().to_owned();
    let view = RotateView {
        action: ROTATE,
        old_key: typed("old_key"),
        new_key: typed("new_key"),
        note: note.as_ref().and_then(FlashMessage::refusal).and_then(|refusal| match refusal {
            Refusal::NoClient => Some(ClientNote::WrongPairs),
            refusal => told_of_pair(refusal, now),
        }),
        back: Page::Clients.path(),
    };
    Ok(views::rotate(view).into_any())
}
