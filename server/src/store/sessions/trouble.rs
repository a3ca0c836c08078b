//! Tells the middleware outside of the session layer what went wrong inside: the layer itself answers a bare 500.

use std::cell::Cell;
use std::future::Future;

use tower_sessions::session_store::{Error, Result};

use super::GONE;

/// What went wrong with a session during a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The store did not answer, or not with sense: a 503.
    StoreFailed,
    /// Somebody else has just ended the session or given it a new id.
    Gone,
}

tokio::task_local! {
    static TROUBLE: Cell<Option<Trouble>>;
}

/// Runs a request, session layer included, and tells what went wrong with its session; a failed store outranks a
/// session that is gone. The outermost middleware wraps the whole of the inner service in it:
///
/// ```ignore
/// let (response, trouble) = watched(next.run(request)).await;
/// if trouble == Some(Trouble::StoreFailed) && response.status().is_server_error() { /* 503 */ }
/// ```
pub async fn watched<F: Future>(request: F) -> (F::Output, Option<Trouble>) {
    let inside = async {
        let answer = request.await;
        (answer, TROUBLE.with(Cell::get))
    };
    TROUBLE.scope(Cell::new(None), inside).await
}

/// Passes a result on, noting what is wrong with it. Outside of [`watched`] nobody listens.
pub(super) fn noted<T>(result: Result<T>) -> Result<T> {
    if let Err(error) = &result {
        let trouble = match error {
            Error::Backend(message) if message == GONE => Trouble::Gone,
            _ => Trouble::StoreFailed,
        };
        let _ = TROUBLE.try_with(|noted| {
            if noted.get() != Some(Trouble::StoreFailed) {
                noted.set(Some(trouble));
            }
        });
    }
    result
}
