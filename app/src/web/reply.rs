//! How a form is answered: a note for the next page and the way to it, or our fault told and logged once.

use std::fmt;

use http::{HeaderName, HeaderValue, StatusCode, header};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use serde::{Deserialize, Serialize};

use super::context::RequestContext;
use super::flash::{EchoedFields, FlashContent, FlashMessage, Outcome, shown_again};
use super::path::Page;
use crate::portal::InternalError;
use postern_core::figures;
use postern_core::model::Refusal;
use postern_core::port::WorkError;

/// The reference of a fault, on its answer and in the log.
pub const REFERENCE: HeaderName = HeaderName::from_static("x-postern-reference");

/// Leaves a page the message of something that was done. It stands, whether or not the page can tell.
pub async fn leave_outcome<T: Serialize>(context: &RequestContext, page: impl fmt::Display, message: &T) {
    figures::follow_up("message", context.portal().leave_note(&context.visit, page, message).await);
}

/// Tells a page what was done, and by which name.
pub async fn done_to(context: &RequestContext, done: Outcome, name: String, next: Page) -> (Outcome, Page) {
    leave_outcome(context, next, &FlashMessage::new(FlashContent::Done(done), vec![("name".into(), name)])).await;
    (Outcome::NoMessage, next)
}

/// Tells the next page what was done.
pub async fn done_well(context: &RequestContext, done: Outcome, next: Page) -> Page {
    if done != Outcome::NoMessage {
        leave_outcome(context, next, &FlashMessage::new(FlashContent::Done(done), EchoedFields::new())).await;
    }
    next
}

/// Tells a page why what was sent from it was not done; or, where a factor has to be passed first, keeps what was typed
/// until it is. Answers where to go.
pub async fn refused(
    context: &RequestContext,
    page: Page,
    typed: EchoedFields,
    refusal: Refusal,
) -> Result<Page, InternalError> {
    match refusal {
        Refusal::StepUp { .. } => {
            context
                .portal()
                .leave_note(&context.visit, Page::StepUp, &Intent { page, typed: shown_again(typed) })
                .await?;
            Ok(Page::StepUp)
        }
        // The next request of this browser tells.
        Refusal::NoSession => Ok(page),
        refusal => {
            context
                .portal()
                .leave_note(&context.visit, page, &FlashMessage::new(FlashContent::Refused(refusal), typed))
                .await?;
            Ok(page)
        }
    }
}

/// What somebody was about to do when a factor had to be passed first.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Intent {
    pub page: Page,
    typed: EchoedFields,
}

impl Intent {
    /// What was typed in a field, if it may be shown again.
    pub fn typed(&self, field: &str) -> Option<&str> {
        self.typed.iter().find(|(name, _)| name == field).map(|(_, text)| text.as_str())
    }
}

/// A factor was passed: back to where the person was, with what was typed.
pub async fn carry_on(context: &RequestContext) -> Page {
    let taken = context.portal().take_note(&context.visit, Page::StepUp).await;
    let intent: Option<Intent> = figures::follow_up("intent", taken).flatten();
    let Intent { page, typed } = intent.unwrap_or(Intent { page: Page::Account, typed: EchoedFields::new() });
    leave_outcome(context, page, &FlashMessage::new(FlashContent::Done(Outcome::SteppedUp), typed)).await;
    page
}

/// 303: another page is to be fetched instead of this one.
pub fn see_other(page: Page) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(StatusCode::SEE_OTHER);
        response.insert_header(header::LOCATION, HeaderValue::from_static(page.path()));
    }
}

/// Logs a fault and marks the answer; the page that tells it is made where all such pages are.
pub fn broken(fault: &InternalError) {
    let report = FaultReport::of(fault);
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(report.status);
        if let Ok(reference) = HeaderValue::from_str(&report.reference) {
            response.insert_header(REFERENCE, reference);
        }
    }
}

/// The status that a fault is answered with.
const fn status_of(fault: &InternalError) -> StatusCode {
    match fault {
        InternalError::Work(WorkError::ShareExceeded) => StatusCode::TOO_MANY_REQUESTS,
        fault if fault.is_outage() => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// A fault as it is told: never its cause.
#[derive(Clone, Debug)]
pub struct FaultReport {
    pub status: StatusCode,
    pub reference: String,
}

impl FaultReport {
    /// Logs a fault, once, with a reference that is told along with it.
    pub fn of(fault: &InternalError) -> Self {
        let reference = super::reference::next();
        let status = status_of(fault);
        if let InternalError::Work(error @ (WorkError::ShareExceeded | WorkError::QueueFull)) = fault {
            tracing::warn!(%reference, %error, "heavy work refused");
        } else {
            tracing::error!(%reference, %fault, "fault");
        }
        Self { status, reference }
    }
}
