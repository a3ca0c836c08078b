//! A session's end, and where the next one begins.

use crate::portal::Answer;
use crate::web::context::RequestContext;
use crate::web::flash::Outcome;
use crate::web::form::{FormFields, FormRoute};
use crate::web::path::Page;

pub const END_SESSION: &str = "/forms/session/end";

/// Where a session ends and the next one begins at once.
pub const START_OVER: &str = "/forms/session/start-over";

/// Where a browser gets a new session for an old cookie. The process answers it, as it has no session yet.
pub const BEGIN_SESSION: &str = "/forms/session/begin";

pub fn forms() -> Vec<FormRoute> {
    vec![
        FormRoute::new(END_SESSION, Page::SessionEnded, end_session),
        FormRoute::new(START_OVER, Page::Overview, start_over),
    ]
}

async fn end_session(context: RequestContext, _: FormFields) -> Answer<(Outcome, Page)> {
    context.end_session().await?;
    Ok((Outcome::NoMessage, Page::SessionEnded))
}

/// Ends the visit with all that was enrolled in it, and begins the next one, if the network may.
async fn start_over(context: RequestContext, _: FormFields) -> Answer<(Outcome, Page)> {
    let ended = context.visit.clone();
    context.begin_anew().await?;
    context.portal().leave(&ended).await?;
    Ok((Outcome::NoMessage, Page::Overview))
}
