//! `/not-me`: where the link in a letter with news leads. Looking changes nothing: programs that read mail follow links.

use leptos::prelude::*;

use super::document::page;
use super::labels::happened_to;
use super::views::not_me::{NotMeView, SCRIPTS, not_me};
use crate::portal::{Answer, UnauthorizedReport, UseCaseError};
use crate::web::context::{RequestContext, query};
use crate::web::flash::{FlashMessage, Outcome};
use crate::web::form::{FormFields, FormRoute};
use crate::web::path::Page;
use crate::web::reply::leave_outcome;
use crate::words::not_me as words;
use postern_core::model::Refusal;

const HERE: Page = Page::NotMe;

const DISOWN: &str = "/forms/not-me";

pub fn forms() -> Vec<FormRoute> {
    vec![FormRoute::new(DISOWN, HERE, report_unauthorized)]
}

/// Where what was done waits for the page that tells it.
const REPORT: &str = "/not-me/report";

pub fn not_me_page() -> impl IntoView {
    page(HERE, words::TITLE, SCRIPTS, load)
}

async fn load(context: RequestContext) -> Answer<AnyView> {
    let portal = context.portal();
    let report: Option<UnauthorizedReport> = portal.take_note(&context.visit, REPORT).await?;
    let note: Option<FlashMessage> = portal.take_note(&context.visit, HERE).await?;
    let (sign_in, support) = (Page::SignIn.path(), context.app.support.as_deref().map(str::to_owned));
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
    } else if let Some(refusal) = note.as_ref().and_then(FlashMessage::refusal) {
        refused(refusal, sign_in, support)
    } else {
        let ticket = query("ticket").unwrap_or_default();
        match portal.read_ticket(&context.visit, &ticket).await {
            Ok(read) => NotMeView::Ask {
                what: happened_to(read.what, words::A_FACTOR),
                at: read.at,
                from: read.network,
                restores_address: read.restores_address,
                action: DISOWN,
                ticket,
            },
            Err(UseCaseError::Refused(refusal)) => refused(&refusal, sign_in, support),
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

async fn report_unauthorized(context: RequestContext, fields: FormFields) -> Answer<(Outcome, Page)> {
    let report = context.portal().report_unauthorized(&context.visit, fields.text("ticket")).await?;
    // This browser's own session may have ended with the others: then what was done is told to its next one.
    let context = if context.portal().load_visit_state(&context.visit).await.is_ok() {
        context
    } else {
        context.begin_anew().await?
    };
    leave_outcome(&context, REPORT, &report).await;
    Ok((Outcome::NoMessage, HERE))
}
