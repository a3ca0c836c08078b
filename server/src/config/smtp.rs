//! Where letters go: the mail server's URL, how the way there is kept private, and who letters are from.

use std::net::IpAddr;

use lettre::message::Mailbox;
use percent_encoding::percent_decode_str;
use postern_core::model::{MailAddress, Secret};
use url::Url;

use super::mistake::Wrong;

/// A mail server and what it takes to use it.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    pub server: SmtpServer,
    pub from: Sender,
    /// PEM of certificates to trust besides the system's.
    pub extra_roots: Option<Vec<u8>>,
    /// What we call ourselves in EHLO.
    pub hello: String,
}

/// Understood from `smtp.url`.
#[derive(Clone, Debug)]
pub struct SmtpServer {
    /// A name, or an IP address without brackets.
    pub host: String,
    pub port: u16,
    pub privacy: Privacy,
    pub login: Option<Login>,
}

/// Who we are to the mail server.
#[derive(Clone, Debug)]
pub struct Login {
    pub user: String,
    pub password: Secret<String>,
}

/// How a connection is kept private.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privacy {
    /// TLS from the first byte (RFC 8314 3.3).
    Tls,
    /// STARTTLS, and nothing is sent if the server does not offer it.
    StartTls,
    /// None: to this machine only.
    None,
}

/// Who letters are from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    pub name: Option<String>,
    pub address: MailAddress,
}

const RIGHT: &str =
    "Give smtps://user:password@host or smtp://user:password@host:587?tls=required (percent-encode what is special)";

impl SmtpServer {
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let wrong = |what: String| Wrong::new(what, RIGHT);
        let url = Url::parse(text.trim()).map_err(|error| wrong(format!("is no URL: {error}")))?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(|| wrong("has no host".into()))?;
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(wrong("has a path".into()));
        }
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let login = Self::login(&url)?;
        let privacy = Self::privacy(&url, &host)?;
        let port = url.port().unwrap_or(match privacy {
            Privacy::Tls => 465,
            Privacy::StartTls => 587,
            Privacy::None => 25,
        });
        Ok(Self { host, port, privacy, login })
    }

    fn login(url: &Url) -> Result<Option<Login>, Wrong> {
        let plain = |part: &str| {
            let text = percent_decode_str(part).decode_utf8();
            text.map(std::borrow::Cow::into_owned).map_err(|_| Wrong::new("has a user or password not in UTF-8", RIGHT))
        };
        match (url.username(), url.password()) {
            ("", None) => Ok(None),
            ("", Some(_)) => Err(Wrong::new("has a password without a user", RIGHT)),
            (_, None) => Err(Wrong::new("has a user without a password", RIGHT)),
            (user, Some(password)) => Ok(Some(Login { user: plain(user)?, password: plain(password)?.into() })),
        }
    }

    fn privacy(url: &Url, host: &str) -> Result<Privacy, Wrong> {
        let options: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let options: Vec<(&str, &str)> = options.iter().map(|(name, value)| (&**name, &**value)).collect();
        match (url.scheme(), options.as_slice()) {
            ("smtps", [] | [("tls", "required")]) => Ok(Privacy::Tls),
            ("smtp", [("tls", "required")]) => Ok(Privacy::StartTls),
            ("smtp", []) if is_loopback(host) => Ok(Privacy::None),
            ("smtp", []) => Err(Wrong::new(
                format!("would send codes to {host} unencrypted, which goes to this machine only"),
                "Add ?tls=required for STARTTLS, or write smtps://",
            )),
            ("smtp" | "smtps", _) => Err(Wrong::new("has an option other than tls=required", RIGHT)),
            _ => Err(Wrong::new("is neither smtp:// nor smtps://", RIGHT)),
        }
    }
}

fn is_loopback(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
}

impl Sender {
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        const RIGHT: &str = "Give name@example.org or Name <name@example.org>";
        let mailbox: Mailbox = text.trim().parse().map_err(|_| Wrong::new(format!("{text:?} is no sender"), RIGHT))?;
        let address: &str = mailbox.email.as_ref();
        let address = address.parse().map_err(|error| Wrong::new(format!("{text:?} is no sender: {error}"), RIGHT))?;
        Ok(Self { name: mailbox.name, address })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mail_goes_by_tls_by_starttls_or_within_this_machine() {
        for (url, privacy, host, port) in [
            ("smtps://ada:pa%40ss@mail.example.org", Privacy::Tls, "mail.example.org", 465),
            ("smtp://mail.example.org?tls=required", Privacy::StartTls, "mail.example.org", 587),
            ("smtp://localhost:1025", Privacy::None, "localhost", 1025),
            ("smtp://127.0.0.1", Privacy::None, "127.0.0.1", 25),
            ("smtp://[::1]:1025", Privacy::None, "::1", 1025),
        ] {
            let server = SmtpServer::parse(url).expect(url);
            assert_eq!((server.privacy, server.host.as_str(), server.port), (privacy, host, port), "{url}");
        }
        for url in [
            "smtp://mail.example.org",
            "smtp://192.0.2.1:25",
            "smtp://localhost.example.org",
            "smtp://127.0.0.1.example.org",
            "smtp://mail.example.org?tls=opportunistic",
            "smtps://mail.example.org?tls=none",
            "smtps://ada@mail.example.org",
            "smtps://mail.example.org/path",
            "https://mail.example.org",
            "mail.example.org",
        ] {
            SmtpServer::parse(url).expect_err(url);
        }
    }

    #[test]
    fn a_password_is_decoded_and_does_not_print() {
        let server = SmtpServer::parse("smtps://ada%40example.org:p%C3%A4ss%2Fw@mail.example.org").expect("a server");
        assert!(!format!("{server:?}").contains("ss/w"));
        let login = server.login.expect("a login");
        assert_eq!((login.user.as_str(), login.password.expose().as_str()), ("ada@example.org", "p\u{e4}ss/w"));
    }

    #[test]
    fn a_sender_is_an_address_with_or_without_a_name() {
        let named = Sender::parse("Postern <mfa@example.org>").expect("a sender");
        assert_eq!((named.name.as_deref(), named.address.domain()), (Some("Postern"), "example.org"));
        assert_eq!(Sender::parse("mfa@example.org").expect("a sender").name, None);
        for bad in
            ["Postern", "mfa@localhost", "a@example.org, b@example.org", "A <a@example.org>\r\nBcc: b@example.org"]
        {
            Sender::parse(bad).expect_err(bad);
        }
    }
}
