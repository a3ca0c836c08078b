//! A mailer that keeps its letters.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::model::Letter;
use crate::port::{Mailer, Undelivered};

/// Keeps what it is handed, or refuses as it is told to.
#[derive(Debug, Default)]
pub struct Outbox {
    letters: Mutex<Vec<Letter>>,
    away: Mutex<Option<Away>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Away {
    ForNow,
    ForGood,
}

impl Outbox {
    /// All letters so far, oldest first.
    pub fn letters(&self) -> Vec<Letter> {
        held(&self.letters).clone()
    }

    /// The newest letter to somebody, by any spelling of the address.
    pub fn last_to(&self, address: &str) -> Option<Letter> {
        let of = |letter: &&Letter| letter.to.to_string().eq_ignore_ascii_case(address);
        held(&self.letters).iter().rev().find(of).cloned()
    }

    /// From now on every delivery fails, but may be tried again.
    pub fn fail_for_now(&self) {
        *held(&self.away) = Some(Away::ForNow);
    }

    /// From now on every delivery is refused for good.
    pub fn refuse(&self) {
        *held(&self.away) = Some(Away::ForGood);
    }

    /// Takes letters again.
    pub fn recover(&self) {
        *held(&self.away) = None;
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl Mailer for Outbox {
    async fn deliver(&self, letter: &Letter, _id: &str) -> Result<(), Undelivered> {
        let away = *held(&self.away);
        match away {
            Some(Away::ForNow) => Err(Undelivered::Transient("the outbox is away".to_owned())),
            Some(Away::ForGood) => Err(Undelivered::Permanent("the outbox refuses".to_owned())),
            None => {
                held(&self.letters).push(letter.clone());
                Ok(())
            }
        }
    }
}
