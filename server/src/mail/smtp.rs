//! Hands letters to a mail server: private or not at all, bounded in time and number.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use data_encoding::HEXLOWER;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use postern_app::model::{Letter, Timestamp};
use postern_app::port::{Entropy, Mailer, Undelivered};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::{Carrier, message};
use crate::config::{Privacy, Sender, SmtpServer, SmtpSettings};

/// How many connections there are at most.
const AT_ONCE: usize = 4;

/// How long one letter may take in all, the wait for a free connection included.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// A mail server.
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    entropy: Arc<dyn Entropy>,
    // The pool's own limit bounds parked connections only.
    free: Semaphore,
    patience: Duration,
}

/// The settings do not make a usable way to a mail server.
#[derive(Debug, thiserror::Error)]
pub enum NoSmtp {
    #[error("mail server: {0}")]
    Tls(#[from] Error),
    #[error("sender: {0}")]
    Sender(#[from] lettre::address::AddressError),
}

impl Smtp {
    /// Connects to nothing yet.
    pub fn new(settings: &SmtpSettings, entropy: Arc<dyn Entropy>) -> Result<Self, NoSmtp> {
        let SmtpServer { host, port, login, .. } = &settings.server;
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)
            .port(*port)
            .tls(tls(settings)?)
            .hello_name(ClientId::Domain(settings.hello.clone()))
            .timeout(Some(PATIENCE))
            .pool_config(PoolConfig::new().max_size(2).idle_timeout(Duration::from_secs(30)));
        if let Some(login) = login {
            builder = builder.credentials(Credentials::new(login.user.clone(), login.password.expose().clone()));
        }
        let Sender { name, address } = &settings.from;
        let from = Mailbox::new(name.clone(), address.wire_form().parse()?);
        let free = Semaphore::new(AT_ONCE);
        Ok(Self { transport: builder.build(), from, entropy, free, patience: PATIENCE })
    }

    /// Waits this long for a letter to go, rather than 20 s.
    #[must_use]
    pub const fn patient_for(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The library's own time-out covers connecting only: a server that accepts and says nothing would hold us for good.
    async fn bounded<T>(&self, exchange: impl Future<Output = Result<T, Error>>) -> Result<T, Undelivered> {
        let free_and_done = async {
            let _free = self.free.acquire().await;
            exchange.await
        };
        match timeout(self.patience, free_and_done).await {
            Ok(done) => done.map_err(|error| undelivered(&error)),
            Err(_) => Err(Undelivered::Transient(format!("no answer within {:?}", self.patience))),
        }
    }

    fn message_id(&self) -> String {
        let mut bytes = [0; 16];
        self.entropy.fill(&mut bytes);
        HEXLOWER.encode(&bytes)
    }
}

#[async_trait]
impl Mailer for Smtp {
    async fn deliver(&self, letter: &Letter, _now: Timestamp) -> Result<(), Undelivered> {
        let message = message::compose(letter, &self.from, &self.message_id())
            .map_err(|error| Undelivered::Permanent(format!("it cannot be written as mail: {error}")))?;
        self.bounded(self.transport.send(message)).await.map(|_| ())
    }
}

#[async_trait]
impl Carrier for Smtp {
    async fn reach(&self) -> Result<(), Undelivered> {
        let answers = self.bounded(self.transport.test_connection()).await?;
        if answers { Ok(()) } else { Err(Undelivered::Transient("the mail server does not answer NOOP".to_owned())) }
    }
}

/// Configuration has made sure that plain connections stay on this machine.
fn tls(settings: &SmtpSettings) -> Result<Tls, Error> {
    let parameters = || {
        let mut builder = TlsParameters::builder(settings.server.host.clone());
        if let Some(pem) = &settings.extra_roots {
            builder = builder.add_root_certificate(Certificate::from_pem(pem)?);
        }
        builder.build()
    };
    Ok(match settings.server.privacy {
        Privacy::Tls => Tls::Wrapper(parameters()?),
        Privacy::StartTls => Tls::Required(parameters()?),
        Privacy::None => Tls::None,
    })
}

/// A 5xx reply is final unless it is about us rather than the letter: wrong credentials (RFC 4954 6) and a server
/// that takes no mail (RFC 7504) are set right by an operator, within the letter's life with some luck.
fn undelivered(error: &Error) -> Undelivered {
    let Some(code) = error.status().map(|code| code.to_string()) else {
        return Undelivered::Transient(error.to_string());
    };
    let reply = error.source().map(ToString::to_string).unwrap_or_default();
    let why = format!("the mail server answers {code} {}", plain_words(&reply));
    let about_us = matches!(code.as_str(), "521" | "530" | "534" | "535" | "538");
    if error.is_permanent() && !about_us { Undelivered::Permanent(why) } else { Undelivered::Transient(why) }
}

/// Replies quote addresses and may quote more. Plain words and an enhanced status code (RFC 3463) say enough.
fn plain_words(reply: &str) -> String {
    let plain = |word: &&str| {
        let letters = word.trim_matches(['.', ',', ':', ';', '(', ')', '\'', '"']);
        letters.len() <= 20 && letters.chars().all(|c| c.is_ascii_alphabetic() || c == '-')
    };
    let status = reply.split_whitespace().take(1).filter(|word| {
        let mut parts = word.split('.');
        parts.clone().count() == 3 && parts.all(|part| part.len() <= 3 && part.parse::<u16>().is_ok())
    });
    status.chain(reply.split_whitespace().filter(plain).take(20)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_logged_without_addresses_codes_or_links() {
        for (reply, logged) in [
            ("5.1.1 <ada@example.org>: Recipient address rejected", "5.1.1 Recipient address rejected"),
            ("Relaying denied.", "Relaying denied."),
            ("5.7.1 482913 is your code: spam", "5.7.1 is your code: spam"),
            ("see https://example.org/x?token=abc ok", "see ok"),
            ("", ""),
        ] {
            assert_eq!(plain_words(reply), logged);
        }
    }
}
