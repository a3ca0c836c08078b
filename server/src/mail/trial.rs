//! For operators: does mail work, without a person waiting for a code.

use data_encoding::HEXLOWER;
use postern_app::letter::{self, From};
use postern_core::model::{MailAddress, Timestamp};
use postern_core::port::{Entropy, Mailer, Undelivered};

use super::{Carrier, NoSmtp, Smtp};
use crate::config::{Config, Mail};

/// Mail does not work, and why.
#[derive(Debug, thiserror::Error)]
pub enum NoMail {
    #[error("there is no mail server: smtp.url is not set, and the demo shows its letters at /outbox")]
    Demo,
    #[error(transparent)]
    Settings(#[from] NoSmtp),
    #[error(transparent)]
    Undelivered(#[from] Undelivered),
}

/// Asks the mail server, credentials and all, but sends nothing.
pub async fn reach(config: &Config) -> Result<(), NoMail> {
    Ok(smtp(config)?.reach().await?)
}

/// Sends a letter past the queue, so that the answer is the mail server's.
pub async fn send_test_letter(
    config: &Config,
    to: MailAddress,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Result<(), NoMail> {
    let letter = letter::test(From { portal: &config.portal_name, origin: config.public_origin.as_str() }, to, now);
    let mut id = [0; 16];
    entropy.fill(&mut id);
    Ok(smtp(config)?.deliver(&letter, &HEXLOWER.encode(&id)).await?)
}

fn smtp(config: &Config) -> Result<Smtp, NoMail> {
    match &config.mail {
        Mail::Demo => Err(NoMail::Demo),
        Mail::Smtp(settings) => Ok(Smtp::new(settings)?),
    }
}
