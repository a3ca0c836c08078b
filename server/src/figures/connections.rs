//! What is counted of connections.

use metrics::{Counter, Gauge, counter, gauge};

use super::{CONNECTIONS, CONNECTIONS_CLOSED};

/// Of one listener. Those of nobody count nothing.
#[derive(Clone)]
pub struct ConnectionCounters {
    /// How many are open.
    pub open: Gauge,
    pub header_timeout: Counter,
    pub idle_timeout: Counter,
    pub write_timeout: Counter,
    /// Idle ones that were closed for another.
    pub replaced: Counter,
    /// Refused, as too many were open.
    pub refused: Counter,
    /// Answered by the HTTP library, since the request could not be read.
    pub unreadable: Counter,
}

impl ConnectionCounters {
    /// Of the recorder in whose context this is called.
    pub(super) fn register() -> Self {
        let of = |reason: &'static str| counter!(CONNECTIONS_CLOSED, "reason" => reason);
        Self {
            open: gauge!(CONNECTIONS),
            header_timeout: of("header_timeout"),
            idle_timeout: of("idle_timeout"),
            write_timeout: of("write_timeout"),
            replaced: of("replaced"),
            refused: of("refused"),
            unreadable: of("unreadable"),
        }
    }
}

impl Default for ConnectionCounters {
    fn default() -> Self {
        let [header_timeout, idle_timeout, write_timeout, replaced, refused, unreadable] =
            std::array::from_fn(|_| Counter::noop());
        Self { open: Gauge::noop(), header_timeout, idle_timeout, write_timeout, replaced, refused, unreadable }
    }
}
