//! A mail server in the test's own process, on a real port: plain, STARTTLS or TLS, with or without a login. It can
//! go away and come back, refuse, and fall silent. SMTP itself is the `mailin` crate's, TLS rustls', MIME `mail-parser`'s.

#![allow(dead_code, reason = "each test binary uses its own part of it")]

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use mail_parser::MessageParser;
use mailin::{Action, AuthMechanism, Handler, Response, Session, SessionBuilder, response};
use rcgen::CertifiedKey;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// Nobody waits longer for a letter: what has not come by then does not come.
const STUCK: Duration = Duration::from_mins(2);

/// How the server talks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privacy {
    None,
    StartTls,
    Tls,
}

/// What it does with the next letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Takes,
    /// Refuses each recipient with this code.
    Answers(u16),
    /// Refuses the sender, at `MAIL FROM`.
    RefusesSender(u16, &'static str),
    /// Refuses what was sent, after `DATA`.
    RefusesContent(u16, &'static str),
    /// Accepts connections and never says a word.
    Silent,
}

/// A letter as it arrived.
#[derive(Clone, Debug)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    pub raw: String,
    pub subject: String,
    pub text: String,
    pub html: String,
}

pub const USER: &str = "postern@example.org";
pub const PASSWORD: &str = "p/ss wörd";

pub struct SmtpServer {
    pub address: SocketAddr,
    privacy: Privacy,
    login: bool,
    acceptor: TlsAcceptor,
    ca_pem: String,
    received: Arc<watch::Sender<Vec<Received>>>,
    visits: Arc<watch::Sender<usize>>,
    mood: Arc<Mutex<Mood>>,
    running: Option<JoinHandle<()>>,
}

impl SmtpServer {
    /// Plain and without a login, as on the same machine.
    pub async fn start() -> Self {
        Self::start_with(Privacy::None, false).await
    }

    pub async fn start_with(privacy: Privacy, login: bool) -> Self {
        let (acceptor, ca_pem) = certificate();
        let mut server = Self {
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            privacy,
            login,
            acceptor,
            ca_pem,
            received: Arc::new(watch::Sender::default()),
            visits: Arc::new(watch::Sender::default()),
            mood: Arc::new(Mutex::new(Mood::Takes)),
            running: None,
        };
        server.start_again().await;
        server
    }

    /// On the port it had before.
    pub async fn start_again(&mut self) {
        let listener = TcpListener::bind(self.address).await.expect("the port is free");
        self.address = listener.local_addr().expect("bound");
        let door = Door {
            privacy: self.privacy,
            login: self.login,
            acceptor: self.acceptor.clone(),
            received: self.received.clone(),
            visits: self.visits.clone(),
            mood: self.mood.clone(),
        };
        self.running = Some(tokio::spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                if let Ok((stream, _)) = listener.accept().await {
                    connections.spawn(door.clone().serve(stream));
                }
            }
        }));
    }

    /// Cuts every connection and frees the port.
    pub async fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            running.abort();
            let _ = running.await;
        }
    }

    pub fn set_mood(&self, mood: Mood) {
        *self.mood.lock().unwrap_or_else(PoisonError::into_inner) = mood;
    }

    /// For `POSTERN_SMTP_URL`.
    pub fn url(&self) -> String {
        let port = self.address.port();
        let user = if self.login { "postern%40example.org:p%2Fss%20w%C3%B6rd@" } else { "" };
        match self.privacy {
            Privacy::None => format!("smtp://{user}127.0.0.1:{port}"),
            Privacy::StartTls => format!("smtp://{user}localhost:{port}?tls=required"),
            Privacy::Tls => format!("smtps://{user}localhost:{port}"),
        }
    }

    /// What vouches for it, for `POSTERN_SMTP_CA_FILE`.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Everything so far, oldest first.
    pub fn received(&self) -> Vec<Received> {
        self.received.borrow().clone()
    }

    /// Waits until there are so many letters in all.
    pub async fn wait_for(&self, letters: usize) -> Vec<Received> {
        let mut watch = self.received.subscribe();
        let enough = watch.wait_for(|all| all.len() >= letters);
        tokio::time::timeout(STUCK, enough).await.expect("in time").expect("it runs").clone()
    }

    /// Waits until so many connections were made in all.
    pub async fn wait_for_visits(&self, visits: usize) {
        let mut watch = self.visits.subscribe();
        let enough = watch.wait_for(|all| *all >= visits);
        tokio::time::timeout(STUCK, enough).await.expect("in time").expect("it runs");
    }

    /// Connections so far.
    pub fn visits(&self) -> usize {
        *self.visits.borrow()
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        if let Some(running) = &self.running {
            running.abort();
        }
    }
}

/// What every connection shares.
#[derive(Clone)]
struct Door {
    privacy: Privacy,
    login: bool,
    acceptor: TlsAcceptor,
    received: Arc<watch::Sender<Vec<Received>>>,
    visits: Arc<watch::Sender<usize>>,
    mood: Arc<Mutex<Mood>>,
}

impl Door {
    fn mood(&self) -> Mood {
        *self.mood.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn serve(self, stream: TcpStream) {
        self.visits.send_modify(|visits| *visits += 1);
        if self.mood() == Mood::Silent {
            return std::future::pending().await;
        }
        // A client that hangs up is no failure of the test.
        let _ = self.converse_in_private(stream).await;
    }

    async fn converse_in_private(self, stream: TcpStream) -> io::Result<()> {
        let mut builder = SessionBuilder::new("localhost");
        if self.login {
            builder.enable_auth(AuthMechanism::Plain).enable_auth(AuthMechanism::Login);
        }
        match self.privacy {
            Privacy::StartTls => drop(builder.enable_start_tls()),
            Privacy::None if self.login => drop(builder.insecure_enable_plaintext_auth()),
            Privacy::None | Privacy::Tls => {}
        }
        let peer = stream.peer_addr().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.ip());
        let (privacy, acceptor) = (self.privacy, self.acceptor.clone());
        let mut session = builder.build(peer, Hand::new(self));
        if privacy == Privacy::Tls {
            let stream = acceptor.accept(stream).await?;
            session.tls_active();
            return converse(stream, &mut session, true).await.map(drop);
        }
        if let Some(stream) = converse(stream, &mut session, true).await? {
            let stream = acceptor.accept(stream).await?;
            session.tls_active();
            converse(stream, &mut session, false).await?;
        }
        Ok(())
    }
}

/// Line by line until it ends; gives the stream back when it is to become private.
async fn converse<S>(stream: S, session: &mut Session<Hand>, greet: bool) -> io::Result<Option<S>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut stream = BufReader::new(stream);
    if greet {
        stream.write_all(&session.greeting().buffer()?).await?;
    }
    let mut line = Vec::new();
    while stream.read_until(b'\n', &mut line).await? > 0 {
        let answer = session.process(&line);
        line.clear();
        stream.write_all(&answer.buffer()?).await?;
        stream.flush().await?;
        match answer.action {
            Action::UpgradeTls => return Ok(Some(stream.into_inner())),
            Action::Close => break,
            Action::Reply | Action::NoReply => {}
        }
    }
    Ok(None)
}

/// Decides for one connection and collects what it brings.
struct Hand {
    door: Door,
    from: String,
    to: Vec<String>,
    raw: Vec<u8>,
}

impl Hand {
    const fn new(door: Door) -> Self {
        Self { door, from: String::new(), to: Vec::new(), raw: Vec::new() }
    }

    fn check(user: &str, password: &str) -> Response {
        if (user, password) == (USER, PASSWORD) { response::AUTH_OK } else { response::INVALID_CREDENTIALS }
    }
}

impl Handler for Hand {
    fn mail(&mut self, _: IpAddr, _: &str, from: &str) -> Response {
        from.clone_into(&mut self.from);
        match self.door.mood() {
            Mood::RefusesSender(code, why) => Response::custom(code, why.to_owned()),
            _ => response::OK,
        }
    }

    fn rcpt(&mut self, to: &str) -> Response {
        match self.door.mood() {
            Mood::Answers(code) => Response::custom(code, format!("5.1.1 <{to}>: not wanted")),
            _ => response::OK,
        }
    }

    fn data_start(&mut self, _: &str, _: &str, _: bool, to: &[String]) -> Response {
        (self.to, self.raw) = (to.to_vec(), Vec::new());
        response::OK
    }

    fn data(&mut self, line: &[u8]) -> io::Result<()> {
        self.raw.extend_from_slice(line);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        if let Mood::RefusesContent(code, why) = self.door.mood() {
            return Response::custom(code, why.to_owned());
        }
        let Some(mail) = MessageParser::default().parse(&self.raw) else { return response::TRANSACTION_FAILED };
        let part = |text: Option<std::borrow::Cow<'_, str>>| text.map(std::borrow::Cow::into_owned).unwrap_or_default();
        let received = Received {
            from: self.from.clone(),
            to: self.to.clone(),
            raw: String::from_utf8_lossy(&self.raw).into_owned(),
            subject: mail.subject().unwrap_or_default().to_owned(),
            text: part(mail.body_text(0)),
            html: part(mail.body_html(0)),
        };
        self.door.received.send_modify(|all| all.push(received));
        response::OK
    }

    fn auth_plain(&mut self, _: &str, user: &str, password: &str) -> Response {
        Self::check(user, password)
    }

    fn auth_login(&mut self, user: &str, password: &str) -> Response {
        Self::check(user, password)
    }
}

/// One for localhost that vouches for itself, and its PEM.
fn certificate() -> (TlsAcceptor, String) {
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let CertifiedKey { cert, signing_key } = rcgen::generate_simple_self_signed(names).expect("a certificate");
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).expect("a key");
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has them")
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .expect("they belong together");
    (TlsAcceptor::from(Arc::new(config)), cert.pem())
}
