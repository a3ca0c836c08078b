//! A session that changes its id: the new record stands before the old one goes, so that neither a kill nor a store
//! that goes away in between leaves a browser with none.
//!
//! tower-sessions deletes first and creates when the answer leaves. That deletion is passed over here and made up for
//! once the new record is written. It decides, too, which of several racers has rotated.

use std::future::Future;

use postern_app::web::session::CookieChange;
use tower_sessions::session::Id;

tokio::task_local! {
    static CHANGE: CookieChange;
}

/// Runs a request, session layer included, of whose change of id the stores are to know.
pub async fn told_of<F: Future>(change: CookieChange, request: F) -> F::Output {
    CHANGE.scope(change, request).await
}

/// Whether this record stays until its successor stands.
pub(super) fn is_outgoing(id: &Id) -> bool {
    CHANGE.try_with(|change| change.outgoing() == Some(*id)).unwrap_or(false)
}

/// The record that the one just written follows; told once.
pub(super) fn take_outgoing() -> Option<Id> {
    CHANGE.try_with(CookieChange::take_outgoing).ok().flatten()
}

/// The new id is nobody's: its cookie must not leave.
pub(super) fn is_off() {
    let _ = CHANGE.try_with(CookieChange::hold_back);
}
