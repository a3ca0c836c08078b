//! Mail on its way out. A letter waits sealed in the store's queue until the [`Queue`]'s worker hands it to a
//! [`Carrier`]: a mail server ([`Smtp`]) or, in the demo, the [`Outbox`].

mod connection;
mod health;
mod message;
mod outbox;
mod queue;
mod replaceable;
mod smtp;
mod source;
mod trial;
mod verdict;

use async_trait::async_trait;
use postern_core::port::{Mailer, Undelivered};

pub use health::{MailHealth, MailState};
pub use outbox::Outbox;
pub use queue::{Pace, Queue};
pub use replaceable::ReplaceableCarrier;
pub use smtp::{NoSmtp, Smtp};
pub use source::{LetterSource, NoLetter, PortalLetters};
pub use trial::{NoMail, reach, send_test_letter};

/// A [`Mailer`] that can be asked whether it would work now, without a letter.
#[async_trait]
pub trait Carrier: Mailer {
    async fn reach(&self) -> Result<(), Undelivered>;
}
