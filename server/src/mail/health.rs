//! Whether mail goes out, for `/readyz`, and one log line whenever that changes.

use std::sync::{Mutex, MutexGuard, PoisonError};

use postern_core::model::Timestamp;

/// What is known of the way out. Shared: the worker writes, everybody reads.
#[derive(Debug, Default)]
pub struct MailHealth(Mutex<MailState>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailState {
    /// When the mail server last did what it is for.
    pub last_success: Option<Timestamp>,
    /// When it last did not, and why.
    pub last_failure: Option<(Timestamp, String)>,
    /// `None`: it is up.
    down_until: Option<Returns>,
}

/// What shows that mail goes out again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Returns {
    /// A mail server that answers.
    Reached,
    /// A letter that went out: the server answers, but takes none of ours.
    Delivered,
}

impl MailState {
    /// Taken for granted until the first failure.
    pub const fn is_up(&self) -> bool {
        self.down_until.is_none()
    }
}

impl MailHealth {
    pub fn state(&self) -> MailState {
        self.lock().clone()
    }

    pub fn is_up(&self) -> bool {
        self.lock().is_up()
    }

    pub(super) fn succeeded(&self, now: Timestamp) {
        let mut state = self.lock();
        state.last_success = Some(now);
        if state.down_until.take().is_some() {
            tracing::info!("mail goes out again");
        }
    }

    /// Whether asking the mail server can show that mail goes out again.
    pub(super) fn returns_when_reached(&self) -> bool {
        self.lock().down_until == Some(Returns::Reached)
    }

    pub(super) fn failed(&self, now: Timestamp, why: String, until: Returns) {
        let mut state = self.lock();
        if state.down_until.replace(until).is_none() {
            tracing::warn!(%why, "mail does not go out; letters wait until it does or their time is over");
        }
        state.last_failure = Some((now, why));
    }

    fn lock(&self) -> MutexGuard<'_, MailState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
