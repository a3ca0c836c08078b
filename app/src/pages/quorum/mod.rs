//! `/quorum` and what is below it. Nobody is signed in there and no session of a browser is needed, so that a request for a
//! code outlives one; the process calls these from handlers of its own, as what is typed and shown may go through no note
//! and no store.

mod ask;
mod deal;
mod session;

use http::StatusCode;
use leptos::prelude::*;

use super::document::without_session;
use super::views::quorum::{self as views, QuorumNote};
use crate::quorum::Refusal;
use crate::web::context::AppState;
use crate::web::path::Page;
use crate::words::quorum as words;
use postern_core::model::{Secret, Timestamp};

pub use super::views::quorum::Over;
pub use ask::{AskForm, AskOutcome, ask, ask_page};
pub use deal::{DealForm, deal, deal_page};
pub use session::{Asker, Joined, Said, ShareForm, join, session_page};

/// Where sessions are: the pages' path with what differs in braces, and what is below it.
pub const SESSION: &str = "/quorum/{id}";
pub const SHARES: &str = "/quorum/{id}/shares";
pub const END: &str = "/quorum/{id}/end";
pub const EVENTS: &str = "/quorum/{id}/events";

/// A page, and the status it is answered with.
#[derive(Debug)]
pub struct Shown {
    pub status: StatusCode,
    pub html: Secret<String>,
}

/// The page where a session was.
pub fn over_page(app: &AppState, over: Over) -> Shown {
    let status = if over == Over::Unknown { StatusCode::NOT_FOUND } else { StatusCode::GONE };
    shown(app, status, "", words::OVER_TITLE, &[], move || views::over(over, Page::Quorum.path()).into_any())
}

fn shown(
    app: &AppState,
    status: StatusCode,
    here: &'static str,
    title: &'static str,
    scripts: &[&str],
    inside: impl FnOnce() -> AnyView,
) -> Shown {
    Shown { status, html: Secret::new(without_session(app, here, title, scripts, inside)) }
}

/// Reads QR codes, in the browser.
fn reader(app: &AppState) -> Option<String> {
    app.assets.script("qr/qr.js").map(str::to_owned)
}

/// What is told of a refusal, and by which status.
fn told(refusal: &Refusal, now: Timestamp) -> (QuorumNote, StatusCode) {
    match refusal {
        Refusal::TooMany { until } | Refusal::TooManyWrong { until } => {
            (QuorumNote::TooMany { wait_secs: now.secs_until(*until) }, StatusCode::TOO_MANY_REQUESTS)
        }
        refusal => (QuorumNote::Refused(refusal.clone()), StatusCode::UNPROCESSABLE_ENTITY),
    }
}
