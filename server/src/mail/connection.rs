//! Connections to the mail server, and the conversation step by step, so that it is known whom a refusal is about.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::address::{Address, Envelope};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Tls};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use tokio::time::Instant;

/// Connections that are kept for the next letter, and for how long.
const PARKED: usize = 2;
const IDLE: Duration = Duration::from_secs(30);

/// How far a conversation came (RFC 5321 3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Connection, greeting, TLS and login.
    Greeting,
    /// `MAIL FROM`: who we are.
    Sender,
    /// `RCPT TO`: one reader.
    Recipient,
    /// `DATA` and the letter itself.
    Content,
}

/// A step that failed.
pub(super) type Failed = (Step, Error);

/// Where the mail server is, and what it takes to talk to it.
pub(super) struct Connections {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) tls: Tls,
    pub(super) hello: ClientId,
    pub(super) credentials: Option<Credentials>,
    /// For connecting alone.
    pub(super) patience: Duration,
    parked: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

impl Connections {
    pub(super) fn new(
        (host, port): (String, u16),
        tls: Tls,
        hello: ClientId,
        credentials: Option<Credentials>,
        patience: Duration,
    ) -> Self {
        Self { host, port, tls, hello, credentials, patience, parked: Mutex::new(Vec::new()) }
    }

    /// Hands over one letter. A connection on which anything failed, or that is waited for no more, is not used again; it
    /// is cut without a word, since a server that is not well may not answer `QUIT` either.
    pub(super) async fn send(&self, envelope: &Envelope, letter: &[u8]) -> Result<(), Failed> {
        let mut connection = self.get().await?;
        converse(&mut connection, envelope, letter).await?;
        self.park(connection);
        Ok(())
    }

    /// Whether a letter from this sender would be taken, as far as that can be known without one.
    pub(super) async fn try_sender(&self, sender: &Address) -> Result<(), Failed> {
        let mut connection = self.get().await?;
        let asked = connection.command(Mail::new(Some(sender.clone()), vec![])).await;
        asked.map(drop).map_err(|error| (Step::Sender, error))
    }

    async fn get(&self) -> Result<AsyncSmtpConnection, Failed> {
        while let Some((mut connection, since)) = self.unpark() {
            if since.elapsed() < IDLE && connection.test_connected().await {
                return Ok(connection);
            }
        }
        self.connect().await.map_err(|error| (Step::Greeting, error))
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let from_the_first_byte = match &self.tls {
            Tls::Wrapper(parameters) => Some(parameters.clone()),
            _ => None,
        };
        let server = (self.host.as_str(), self.port);
        let patience = Some(self.patience);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, patience, &self.hello, from_the_first_byte, None).await?;
        if let Tls::Required(parameters) = &self.tls {
            connection.starttls(parameters.clone(), &self.hello).await?;
        }
        if let Some(credentials) = &self.credentials {
            connection.auth(DEFAULT_MECHANISMS, credentials).await?;
        }
        Ok(connection)
    }

    fn unpark(&self) -> Option<(AsyncSmtpConnection, Instant)> {
        self.parked.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn park(&self, connection: AsyncSmtpConnection) {
        let mut parked = self.parked.lock().unwrap_or_else(PoisonError::into_inner);
        if parked.len() < PARKED {
            parked.push((connection, Instant::now()));
        }
    }
}

async fn converse(connection: &mut AsyncSmtpConnection, envelope: &Envelope, letter: &[u8]) -> Result<(), Failed> {
    let mut parameters = Vec::new();
    // Letters are quoted-printable or base64; a sender's name in a header is encoded, too.
    if !letter.is_ascii() && connection.server_info().supports_feature(Extension::EightBitMime) {
        parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
    }
    let at = |step| move |error| (step, error);
    connection.command(Mail::new(envelope.from().cloned(), parameters)).await.map_err(at(Step::Sender))?;
    for to in envelope.to() {
        connection.command(Rcpt::new(to.clone(), vec![])).await.map_err(at(Step::Recipient))?;
    }
    connection.command(Data).await.map_err(at(Step::Content))?;
    connection.message(letter).await.map_err(at(Step::Content))?;
    Ok(())
}
