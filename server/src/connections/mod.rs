//! The listener: accepts connections, bounds their number, and ends each that takes too long.
//!
//! | file | owns |
//! |---|---|
//! | `listener` | accepting, serving, and stopping gracefully |
//! | `registry` | how many connections there are, in all and for a network |
//! | `activity` | what one connection is doing, shared by its stream and its service |
//! | `stream` | the bytes of one connection, with its time limits |
//! | `early` | answers to what the HTTP library refuses before a request exists |

mod activity;
mod early;
mod listener;
mod registry;
mod stream;

use std::time::Duration;

pub use activity::Activity;
pub use listener::{Listener, Peers};
pub use registry::Bounds;

/// How long each part of an exchange may take.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// From the first byte of a request (or from accepting the connection) to the end of its header.
    pub header: Duration,
    /// From the end of the header to the end of the body.
    pub body: Duration,
    /// Between an answer and the next request.
    pub idle: Duration,
    /// For a peer to take the next `stream::PROGRESS` bytes of an answer.
    pub write: Duration,
    /// For a peer to send the rest of what will not be read, so that it gets to read the answer.
    pub linger: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            header: Duration::from_secs(10),
            body: Duration::from_secs(30),
            idle: Duration::from_secs(75),
            write: Duration::from_secs(30),
            linger: Duration::from_secs(2),
        }
    }
}
