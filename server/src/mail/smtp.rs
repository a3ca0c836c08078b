//! Hands letters to a mail server: private or not at all, bounded in time and number.

use std::time::Duration;

use async_trait::async_trait;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use postern_core::model::Letter;
use postern_core::port::{Mailer, Undelivered};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::connection::{Connections, Failed};
use super::verdict::undelivered;
use super::{Carrier, message};
use crate::config::{Privacy, Sender, SmtpServer, SmtpSettings};

/// How many connections there are at most.
const AT_ONCE: usize = 4;

/// How long one letter may take in all, the wait for a free connection included.
const PATIENCE: Duration = Duration::from_secs(20);

/// A mail server.
pub struct Smtp {
    connections: Connections,
    from: Mailbox,
    /// What errors call the mail server: where it is, and the setting that says so.
    name: String,
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
    pub fn new(settings: &SmtpSettings) -> Result<Self, NoSmtp> {
        let SmtpServer { host, port, login, .. } = &settings.server;
        let credentials =
            login.as_ref().map(|login| Credentials::new(login.user.clone(), login.password.expose().clone()));
        let hello = ClientId::Domain(settings.hello.clone());
        let connections = Connections::new((host.clone(), *port), tls(settings)?, hello, credentials, PATIENCE);
        let Sender { name, address } = &settings.from;
        let from = Mailbox::new(name.clone(), address.wire_form().parse()?);
        let name = format!("mail server {host}:{port} (smtp.url)");
        Ok(Self { connections, from, name, free: Semaphore::new(AT_ONCE), patience: PATIENCE })
    }

    /// Waits this long for a letter to go, rather than 20 s.
    #[must_use]
    pub const fn patient_for(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The library's own time-out covers connecting only: a server that accepts and says nothing would hold us for good.
    async fn bounded<T>(&self, exchange: impl Future<Output = Result<T, Failed>>) -> Result<T, Undelivered> {
        let free_and_done = async {
            let _free = self.free.acquire().await;
            exchange.await
        };
        let Self { name, patience, .. } = self;
        let silent = |_| Undelivered::Transient(format!("{name} gives no answer within {} s", patience.as_secs_f32()));
        let done = timeout(*patience, free_and_done).await.map_err(silent)?;
        done.map_err(|failed| undelivered(failed, name))
    }
}

#[async_trait]
impl Mailer for Smtp {
    async fn deliver(&self, letter: &Letter, id: &str) -> Result<(), Undelivered> {
        let message = message::compose(letter, &self.from, id)
            .map_err(|error| Undelivered::Permanent(format!("it cannot be written as mail: {error}")))?;
        self.bounded(self.connections.send(message.envelope(), &message.formatted())).await
    }
}

#[async_trait]
impl Carrier for Smtp {
    async fn reach(&self) -> Result<(), Undelivered> {
        self.bounded(self.connections.try_sender(&self.from.email)).await
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
