//! `/not-me`: where the link in a letter with news leads. Looking changes nothing: programs that read mail follow links.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::document::page;
use super::views::not_me::{NotMeView, SCRIPTS, not_me};
use super::ways::happened_to;
use crate::model::Refusal;
use crate::portal::{Answer, No};
use crate::rules::limits;
use crate::web::front::{Front, query};
use crate::web::note::{Done, Note, Said, Typed};
use crate::web::path::Page;
use crate::web::reply::form;
use crate::words::not_me as words;

const HERE: Page = Page::NotMe;

pub fn not_me_page() -> impl IntoView {
    page(HERE, words::TITLE, SCRIPTS, load)
}

async fn load(front: Front) -> Answer<AnyView> {
    let portal = front.portal();
    let note: Option<Note> = portal.take_note(&front.visit, HERE).await?;
    let (sign_in, support) = (Page::SignIn.path(), front.house.support.as_deref().map(str::to_owned));
    let view = if note.as_ref().and_then(Note::done) == Some(Done::Disowned) {
        NotMeView::Done { frozen_until: portal.now() + limits::FREEZE, sign_in, support }
    } else {
        let ticket = query("ticket").unwrap_or_default();
        match portal.read_ticket(&ticket) {
            Ok(read) => NotMeView::Ask {
                what: happened_to(read.what, words::A_FACTOR),
                at: read.at,
                from: read.network,
                action: Disown::PATH,
                ticket,
            },
            Err(No::Refused(_)) => NotMeView::Gone { sign_in, support },
            Err(no) => return Err(no),
        }
    };
    Ok(not_me(view).into_any())
}

#[server(prefix = "/forms", endpoint = "not-me")]
pub async fn disown(ticket: Option<String>) -> Result<(), ServerFnError> {
    form(HERE, Typed::new(), async move |front| {
        let ticket = ticket.ok_or(Refusal::TicketOver)?;
        front.portal().disown(&front.visit, &ticket).await?;
        if front.portal().look(&front.visit).await.is_ok() {
            return Ok((Done::Disowned, HERE));
        }
        // This browser's own session ended with the others: what was done is told to its next one.
        let anew = front.begin_anew().await?;
        let note = Note::new(Said::Done(Done::Disowned), Typed::new());
        anew.portal().leave_note(&anew.visit, HERE, &note).await?;
        Ok((Done::Quietly, HERE))
    })
    .await
}
