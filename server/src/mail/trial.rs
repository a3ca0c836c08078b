//! For operators: does mail work, without a person waiting for a code.

use std::sync::Arc;
use std::time::Duration;

use postern_app::model::{Letter, MailAddress, Secret, Timestamp};
use postern_app::port::{Entropy, Mailer, Undelivered};

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
pub async fn reach(config: &Config, entropy: Arc<dyn Entropy>) -> Result<(), NoMail> {
    Ok(smtp(config, entropy)?.reach().await?)
}

/// Sends a letter past the queue, so that the answer is the mail server's.
pub async fn send_test_letter(
    config: &Config,
    to: MailAddress,
    now: Timestamp,
    entropy: Arc<dyn Entropy>,
) -> Result<(), NoMail> {
    let said = format!("{} at {} can send mail.", config.portal_name, config.public_origin);
    // The name may have what HTML takes for markup.
    let html = said.replace('&', "&amp;").replace('<', "&lt;");
    let letter = Letter {
        to,
        subject: Secret::new(format!("A test letter from {}", config.portal_name)),
        text: Secret::new(format!("{said}\n")),
        html: Secret::new(format!("<!doctype html><title>Test letter</title><p>{html}</p>")),
        written_at: now,
        ends: now + Duration::from_mins(5),
        asked_by: None,
    };
    Ok(smtp(config, entropy)?.deliver(&letter, now).await?)
}

fn smtp(config: &Config, entropy: Arc<dyn Entropy>) -> Result<Smtp, NoMail> {
    match &config.mail {
        Mail::Demo => Err(NoMail::Demo),
        Mail::Smtp(settings) => Ok(Smtp::new(settings, entropy)?),
    }
}
