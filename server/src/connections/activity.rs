//! What one connection is doing. Its stream and its service both report here, and the registry looks here for a connection
//! that can be closed in favour of another.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;
use tokio::time::Instant;

use super::Timeouts;

/// Shared by everything that belongs to one connection.
#[derive(Debug)]
pub struct Activity {
    phase: Mutex<Phase>,
    unread: AtomicBool,
    close: Notify,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    /// A header is arriving since then.
    Header(Instant),
    /// A request is being answered.
    Answering,
    /// The answer is complete, but not all of it is with the operating system.
    Flushing,
    /// Nothing is under way since then.
    Idle(Instant),
}

/// Which time limit has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overdue {
    Header,
    Idle,
}

impl Activity {
    /// Of a connection accepted just now, which owes a header.
    pub(super) fn new() -> Self {
        Self { phase: Mutex::new(Phase::Header(Instant::now())), unread: AtomicBool::new(false), close: Notify::new() }
    }

    /// Marks that the peer is still sending what nobody will read: after the answer the connection is closed in such a way
    /// that the answer arrives.
    pub fn leave_unread(&self) {
        self.unread.store(true, Ordering::Relaxed);
    }

    pub(super) fn has_unread(&self) -> bool {
        self.unread.load(Ordering::Relaxed)
    }

    /// Bytes arrived. The first ones after a pause begin a header.
    pub(super) fn receive(&self) {
        self.change(|phase| if matches!(phase, Phase::Idle(_)) { Phase::Header(Instant::now()) } else { phase });
    }

    /// The header is complete.
    pub(super) fn begin_answer(&self) {
        self.change(|_| Phase::Answering);
    }

    /// The last part of the answer was handed over.
    pub(super) fn end_answer(&self) {
        self.change(|_| Phase::Flushing);
    }

    /// All that was handed over is with the operating system.
    pub(super) fn flush(&self) {
        self.change(|phase| if matches!(phase, Phase::Flushing) { Phase::Idle(Instant::now()) } else { phase });
    }

    /// When the peer must have sent something, and what it is late with then. `None`: it owes nothing.
    pub(super) fn deadline(&self, timeouts: &Timeouts) -> Option<(Instant, Overdue)> {
        match self.phase() {
            Phase::Header(since) => Some((since + timeouts.header, Overdue::Header)),
            Phase::Idle(since) => Some((since + timeouts.idle, Overdue::Idle)),
            Phase::Answering | Phase::Flushing => None,
        }
    }

    /// Whether no request is being answered, so that whatever is written now is not ours.
    pub(super) fn is_between_requests(&self) -> bool {
        matches!(self.phase(), Phase::Header(_) | Phase::Idle(_))
    }

    /// Since when nothing is under way.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        match self.phase() {
            Phase::Idle(since) => Some(since),
            _ => None,
        }
    }

    /// Asks the connection to end.
    pub(super) fn close(&self) {
        self.close.notify_one();
    }

    /// Waits until somebody asks the connection to end.
    pub(super) async fn closed(&self) {
        self.close.notified().await;
    }

    fn phase(&self) -> Phase {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, next: impl FnOnce(Phase) -> Phase) {
        let mut phase = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        *phase = next(*phase);
    }
}
