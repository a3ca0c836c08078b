//! The session behind the cookie, typed. The cookie's id rotates; what it names stays.
//!
//! tower-sessions answers more requests with a cookie than it should: it removes one it does not know, which could be
//! the new one of a request still in flight. So the process lets a session cookie out only when one of these functions
//! says so, through [`CookieChange`].

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tower_sessions::Session as Cookie;
use tower_sessions::session::Error;
use tower_sessions::session_store;

use crate::model::Session;
use crate::port::StoreFault;
use crate::portal::Fault;

const SESSION: &str = "session";

/// Where in a record's data its end stands, in milliseconds since 1970. Without it, a record ends at its expiry date,
/// which tower-sessions computes anew at each save.
pub const ENDS_AT: &str = "ends_at";

/// What deleting a session answers that is not there any more, inside `Error::Backend`: another request was first.
pub const GONE: &str = "the session is gone";

/// Whether this request's answer may carry the session cookie.
#[derive(Clone, Debug, Default)]
pub struct CookieChange(Arc<AtomicBool>);

impl CookieChange {
    fn allow(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_allowed(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// The session a request's cookie names, if it names one.
pub async fn load(cookie: &Cookie) -> Result<Option<Session>, Fault> {
    cookie.get(SESSION).await.map_err(fault)
}

/// Makes the browser's session.
pub async fn begin(cookie: &Cookie, change: &CookieChange, session: &Session) -> Result<(), Fault> {
    cookie.insert(SESSION, session).await.map_err(fault)?;
    cookie.insert(ENDS_AT, session.ends_at.as_millis()).await.map_err(fault)?;
    change.allow();
    Ok(())
}

/// Gives the session a new id, as at every rise of level; the old one is dead at once. Of two requests that do this at
/// once one rotates, and its cookie is the one that counts; both have done what they came for.
pub async fn rotate(cookie: &Cookie, change: &CookieChange) -> Result<(), Fault> {
    match cookie.cycle_id().await {
        Ok(()) => {
            change.allow();
            Ok(())
        }
        Err(error) => gone_is_well(error),
    }
}

/// Ends the session and takes its cookie back.
pub async fn end(cookie: &Cookie, change: &CookieChange) -> Result<(), Fault> {
    match cookie.flush().await {
        Ok(()) => {
            change.allow();
            Ok(())
        }
        Err(error) => gone_is_well(error),
    }
}

/// Another request was first, which is as good.
fn gone_is_well(error: Error) -> Result<(), Fault> {
    match error {
        Error::Store(session_store::Error::Backend(why)) if why == GONE => Ok(()),
        error => Err(fault(error)),
    }
}

fn fault(error: Error) -> Fault {
    match error {
        Error::Store(why) => StoreFault(why.to_string()).into(),
        Error::SerdeJson(_) => Fault::Unreadable { place: SESSION.to_owned(), why: "not in our form".to_owned() },
    }
}
