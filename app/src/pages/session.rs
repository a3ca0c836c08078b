//! A session's end, and where the next one begins.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::web::note::{Done, Typed};
use crate::web::path::Page;
use crate::web::reply::form;

pub const END_SESSION: &str = EndSession::PATH;

/// Where a browser gets a new session for an old cookie. The process answers it, as it has no session yet.
pub const BEGIN_SESSION: &str = "/forms/session/begin";

/// Where a session ends and the next one begins at once. The process answers it, as a network may have begun too many.
pub const START_OVER: &str = "/forms/session/start-over";

#[server(prefix = "/forms", endpoint = "session/end")]
pub async fn end_session() -> Result<(), ServerFnError> {
    form(Page::SessionEnded, Typed::new(), async |front| {
        front.end_session().await?;
        Ok((Done::Quietly, Page::SessionEnded))
    })
    .await
}
