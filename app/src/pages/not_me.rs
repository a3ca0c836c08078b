//! `/not-me`: where the link in a letter with news leads. Looking changes nothing: programs that read mail follow links.

use leptos::prelude::*;

use super::document::page;
use super::views::not_me::{NotMeView, SCRIPTS, not_me};
use super::ways::happened_to;
use crate::portal::{Answer, DisownReport, No};
use crate::web::form::{FormFields, FormRoute};
use crate::web::front::{Front, query};
use crate::web::note::{Done, Note};
use crate::web::path::Page;
use crate::words::not_me as words;
use postern_core::model::Refusal;

const HERE: Page = Page::NotMe;

const DISOWN: &str = "/forms/not-me";

pub fn forms() -> Vec<FormRoute> {
    vec![FormRoute::new(DISOWN, HERE, disown)]
}

/// Where what was done waits for the page that tells it.
const REPORT: &str = "/not-me/report";

pub fn not_me_page() -> impl IntoView {
    page(HERE, words::TITLE, SCRIPTS, load)
}

async fn load(front: Front) -> Answer<AnyView> {
    let portal = front.portal();
    let report: Option<DisownReport> = portal.take_note(&front.visit, REPORT).await?;
    let note: Option<Note> = portal.take_note(&front.visit, HERE).await?;
    let (sign_in, support) = (Page::SignIn.path(), front.house.support.as_deref().map(str::to_owned));
    let view = if let Some(report) = report {
        NotMeView::Done {
            frozen_until: report.frozen_until,
            sessions_ended: report.sessions_ended,
            removed: report.removed,
            restored: report.restored.map(|address| address.to_string()),
            has_second_factor: report.has_second_factor,
            sign_in,
            support,
        }
    } else if let Some(refusal) = note.as_ref().and_then(Note::refusal) {
        refused(refusal, sign_in, support)
    } else {
        let ticket = query("ticket").unwrap_or_default();
        match portal.read_ticket(&front.visit, &ticket).await {
            Ok(read) => NotMeView::Ask {
                what: happened_to(read.what, words::A_FACTOR),
                at: read.at,
                from: read.network,
                restores_address: read.restores_address,
                action: DISOWN,
                ticket,
            },
            Err(No::Refused(refusal)) => refused(&refusal, sign_in, support),
            Err(no) => return Err(no),
        }
    };
    Ok(not_me(view).into_any())
}

fn refused(refusal: &Refusal, sign_in: &'static str, support: Option<String>) -> NotMeView {
    match refusal {
        Refusal::TicketUsed => NotMeView::Used { sign_in, support },
        _ => NotMeView::Gone { sign_in, support },
    }
}

async fn disown(front: Front, fields: FormFields) -> Answer<(Done, Page)> {
    let report = front.portal().disown(&front.visit, fields.text("ticket")).await?;
    // This browser's own session may have ended with the others: then what was done is told to its next one.
    let front = if front.portal().look(&front.visit).await.is_ok() { front } else { front.begin_anew().await? };
    front.portal().leave_note(&front.visit, REPORT, &report).await?;
    Ok((Done::Quietly, HERE))
}
