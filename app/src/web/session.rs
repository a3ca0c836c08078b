//! The session behind the cookie, typed. The cookie's id rotates; what it names stays.
//!
//! tower-sessions answers more requests with a cookie than it should: it removes one it does not know, which could be
//! the new one of a request still in flight. So the process lets a session cookie out only when one of these functions
//! says so, through [`CookieChange`].

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tower_sessions::Session as Cookie;
use tower_sessions::session::{Error, Id};
use tower_sessions::session_store;

use crate::portal::InternalError;
use postern_core::figures;
use postern_core::model::{Session, SessionKind};
use postern_core::port::StoreFault;

const SESSION: &str = "session";

/// Where in a record's data its end stands, in milliseconds since 1970. Without it, a record ends at its expiry date,
/// which tower-sessions computes anew at each save.
pub const ENDS_AT: &str = "ends_at";

/// How long an account's session is still known as one after its end, so that a page can say what became of it. It opens
/// nothing then.
const TOLD: Duration = Duration::from_hours(1);

/// What deleting a session answers that is not there any more, inside `Error::Backend`: another request was first.
pub const GONE: &str = "the session is gone";

/// What becomes of the session cookie in this request's answer.
#[derive(Clone, Debug, Default)]
pub struct CookieChange(Arc<Mutex<Change>>);

#[derive(Debug, Default)]
struct Change {
    allowed: bool,
    /// The id that a new one follows, until whoever keeps the records has let it go.
    outgoing: Option<Id>,
}

impl CookieChange {
    fn change(&self) -> MutexGuard<'_, Change> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn allow(&self) {
        self.change().allowed = true;
    }

    /// The new id is not to be used after all.
    pub fn hold_back(&self) {
        self.change().allowed = false;
    }

    pub fn is_allowed(&self) -> bool {
        self.change().allowed
    }

    pub fn outgoing(&self) -> Option<Id> {
        self.change().outgoing
    }

    pub fn take_outgoing(&self) -> Option<Id> {
        self.change().outgoing.take()
    }
}

/// The session a request's cookie names, if it names one.
pub async fn load(cookie: &Cookie) -> Result<Option<Session>, InternalError> {
    cookie.get(SESSION).await.map_err(fault)
}

/// The session in the data of a record.
pub fn of_record<S: BuildHasher>(data: &HashMap<String, Value, S>) -> Option<Session> {
    data.get(SESSION).and_then(|session| serde_json::from_value(session.clone()).ok())
}

/// Makes the browser's session.
pub async fn begin(cookie: &Cookie, change: &CookieChange, session: &Session) -> Result<(), InternalError> {
    cookie.insert(SESSION, session).await.map_err(fault)?;
    let told = if session.kind == SessionKind::Account { TOLD } else { Duration::ZERO };
    cookie.insert(ENDS_AT, (session.ends_at + told).as_millis()).await.map_err(fault)?;
    change.allow();
    figures::session_begun(session.kind);
    Ok(())
}

/// Gives the session a new id, as at every rise of level. The new record is written, and then the old one deleted, just
/// before the answer leaves: whatever happens until then, the browser's old cookie is as good as it was. Of two requests
/// that do this at once one rotates, and its cookie is the one that counts; both have done what they came for.
pub async fn rotate(cookie: &Cookie, change: &CookieChange) -> Result<(), InternalError> {
    change.change().outgoing = cookie.id();
    cookie.cycle_id().await.map_err(fault)?;
    change.allow();
    Ok(())
}

/// Puts another session in the place of this one, under a new id.
pub async fn replace(cookie: &Cookie, change: &CookieChange, session: &Session) -> Result<(), InternalError> {
    rotate(cookie, change).await?;
    begin(cookie, change, session).await
}

/// Ends the session and takes its cookie back.
pub async fn end(cookie: &Cookie, change: &CookieChange) -> Result<(), InternalError> {
    match cookie.flush().await {
        Ok(()) => {
            change.allow();
            Ok(())
        }
        Err(error) => gone_is_well(error),
    }
}

/// Another request was first, which is as good.
fn gone_is_well(error: Error) -> Result<(), InternalError> {
    match error {
        Error::Store(session_store::Error::Backend(why)) if why == GONE => Ok(()),
        error => Err(fault(error)),
    }
}

/// What the store of sessions answers when it does not answer.
#[expect(clippy::needless_pass_by_value, reason = "shaped for map_err")]
pub fn store_fault(why: session_store::Error) -> InternalError {
    StoreFault(why.to_string()).into()
}

fn fault(error: Error) -> InternalError {
    match error {
        Error::Store(why) => store_fault(why),
        Error::SerdeJson(_) => {
            InternalError::Unreadable { place: SESSION.to_owned(), why: "not in our form".to_owned() }
        }
    }
}
