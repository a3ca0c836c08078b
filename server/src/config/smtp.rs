//! Where letters go: the mail server's URL, how the way there is kept private, and who letters are from.

use std::net::IpAddr;

use lettre::message::Mailbox;
use postern_app::model::{MailAddress, Secret};
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

/// Understood from `smtp.url`, which stays whole because it may carry a password.
#[derive(Clone, Debug)]
pub struct SmtpServer {
    pub url: Secret<String>,
    pub host: String,
    pub privacy: Privacy,
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
        if url.password().is_some() == url.username().is_empty() {
            return Err(wrong("has a user without a password, or a password without a user".into()));
        }
        let privacy = Self::privacy(&url, host)?;
        Ok(Self { url: Secret::new(text.trim().to_owned()), host: host.to_owned(), privacy })
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
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback())
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
        for (url, privacy) in [
            ("smtps://ada:pa%40ss@mail.example.org", Privacy::Tls),
            ("smtp://mail.example.org:587?tls=required", Privacy::StartTls),
            ("smtp://localhost:1025", Privacy::None),
            ("smtp://127.0.0.1:1025", Privacy::None),
            ("smtp://[::1]:1025", Privacy::None),
        ] {
            assert_eq!(SmtpServer::parse(url).expect(url).privacy, privacy, "{url}");
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
