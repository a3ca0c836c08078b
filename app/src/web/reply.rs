//! How a form is answered: a note for the next page and the way to it, or our fault told and logged once.

use std::future::Future;

use http::{HeaderName, HeaderValue, StatusCode, header};
use leptos::prelude::{ServerFnError, use_context};
use leptos_axum::ResponseOptions;

use super::front::Front;
use super::note::{Done, Note, Said, Typed};
use super::path::Page;
use crate::model::{Code, Refusal};
use crate::portal::{Answer, Fault, No};

/// The reference of a fault, on its answer and in the log.
pub const REFERENCE: HeaderName = HeaderName::from_static("x-postern-reference");

/// What a form comes to.
pub type Formed = Result<(), ServerFnError>;

/// Answers a form: does what it asks and sends the browser on, with a note that the next page shows. A refusal goes back
/// to `page`, with what was `typed` if that may be shown again.
pub async fn form<F>(page: Page, typed: Typed, act: impl FnOnce(Front) -> F) -> Formed
where
    F: Future<Output = Answer<(Done, Page)>>,
{
    match answer(page, typed, act).await {
        Ok(next) => see_other(next),
        Err(fault) => broken(&fault),
    }
    Ok(())
}

async fn answer<F>(page: Page, typed: Typed, act: impl FnOnce(Front) -> F) -> Result<Page, Fault>
where
    F: Future<Output = Answer<(Done, Page)>>,
{
    let front = Front::of_request()?;
    let (said, typed, next) = match act(front.clone()).await {
        Ok((Done::Quietly, next)) => return Ok(next),
        Ok((done, next)) => (Said::Done(done), Typed::new(), next),
        Err(No::Refused(refusal)) => (Said::Refused(refusal), typed, page),
        Err(No::Fault(fault)) => return Err(fault),
    };
    front.portal().leave_note(&front.visit, next, &Note::new(said, typed)).await?;
    Ok(next)
}

/// A code from a form's field.
pub fn typed_code(typed: Option<&str>) -> Result<Code, Refusal> {
    match typed.map(str::trim) {
        None | Some("") => Err(Refusal::Missing),
        Some(typed) => typed.parse().map_err(|_| Refusal::NotACode),
    }
}

/// 303: the answer to a form is a page to fetch.
fn see_other(page: Page) {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(StatusCode::SEE_OTHER);
        response.insert_header(header::LOCATION, HeaderValue::from_static(page.path()));
    }
}

/// Logs a fault and marks the answer; the page that tells it is made where all such pages are.
pub fn broken(fault: &Fault) {
    let told = Told::of(fault);
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(told.status);
        if let Ok(reference) = HeaderValue::from_str(&told.reference) {
            response.insert_header(REFERENCE, reference);
        }
    }
}

/// A fault as it is told: never its cause.
#[derive(Clone, Debug)]
pub struct Told {
    pub status: StatusCode,
    pub reference: String,
}

impl Told {
    /// Logs a fault, once, with a reference that is told along with it.
    pub fn of(fault: &Fault) -> Self {
        let reference = super::reference::next();
        tracing::error!(%reference, %fault, "fault");
        let status =
            if fault.is_outage() { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::INTERNAL_SERVER_ERROR };
        Self { status, reference }
    }
}
