//! A session's end, and where the next one begins.

use crate::portal::Answer;
use crate::web::form::{FormFields, FormRoute};
use crate::web::front::Front;
use crate::web::note::Done;
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

async fn end_session(front: Front, _: FormFields) -> Answer<(Done, Page)> {
    front.end_session().await?;
    Ok((Done::Quietly, Page::SessionEnded))
}

/// Ends the visit with all that was enrolled in it, and begins the next one, if the network may.
async fn start_over(front: Front, _: FormFields) -> Answer<(Done, Page)> {
    let ended = front.visit.clone();
    front.begin_anew().await?;
    front.portal().leave(&ended).await?;
    Ok((Done::Quietly, Page::Overview))
}
