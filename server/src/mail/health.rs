//! Whether mail goes out, for `/readyz`, and one log line whenever that changes.

use std::sync::{Mutex, MutexGuard, PoisonError};

use postern_app::model::Timestamp;

/// What is known of the way out. Shared: the worker writes, everybody reads.
#[derive(Debug, Default)]
pub struct MailHealth(Mutex<MailState>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MailState {
    /// When the mail server last did what it is for.
    pub last_success: Option<Timestamp>,
    /// When it last did not, and why.
    pub last_failure: Option<(Timestamp, String)>,
    down: bool,
}

impl MailState {
    /// Taken for granted until the first failure.
    pub const fn is_up(&self) -> bool {
        !self.down
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
        if std::mem::replace(&mut state.down, false) {
            tracing::info!("mail goes out again");
        }
    }

    pub(super) fn failed(&self, now: Timestamp, why: String) {
        let mut state = self.lock();
        if !std::mem::replace(&mut state.down, true) {
            tracing::warn!(%why, "mail does not go out; letters wait until it does or their time is over");
        }
        state.last_failure = Some((now, why));
    }

    fn lock(&self) -> MutexGuard<'_, MailState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
