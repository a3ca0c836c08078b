//! From text to type, one function a type. What is wrong is said with what would be right.

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use fred::error::ErrorKind;
use fred::rustls_native_certs::load_native_certs;
use ipnet::IpNet;
use postern_core::model::Secret;
use postern_core::model::typed_text::{NameError, display_name};
use postern_core::rules::sign_up::{Listed, SignUp};
use postern_core::seal::PasswordHash;
use tracing_subscriber::EnvFilter;

use super::LogFormat;
use super::mistake::Wrong;

type Read<T> = Result<T, Wrong>;

pub fn socket_address(text: &str) -> Read<SocketAddr> {
    let right = "Give an IP address and a port, like 127.0.0.1:3000, 0.0.0.0:3000 or [::]:3000";
    text.trim().parse().map_err(|_| Wrong::new(format!("{text:?} is no address to listen on"), right))
}

pub fn folder(text: &str) -> Read<PathBuf> {
    let path = PathBuf::from(text);
    if path.exists() && !path.is_dir() {
        return Err(Wrong::new(format!("{text:?} is not a folder"), "Name a folder; it is made if it is not there"));
    }
    Ok(path)
}

pub fn redis_url(text: &str) -> Read<Secret<String>> {
    let right = "Give redis://host:6379, rediss:// for TLS, redis-sentinel://… or redis-cluster://…";
    let (scheme, _) = text.trim().split_once("://").unwrap_or_default();
    let kind = scheme.strip_prefix("rediss").or_else(|| scheme.strip_prefix("redis"));
    // The reason stays unsaid: it may quote the URL, and that may hold a password.
    let understood = match fred::types::config::Config::from_url(text.trim()) {
        // Certificates are read with the URL.
        Err(error) if *error.kind() == ErrorKind::Tls => return Err(no_certificates()),
        Ok(_) if scheme.starts_with("rediss") && load_native_certs().certs.is_empty() => return Err(no_certificates()),
        read => read.is_ok(),
    };
    if !understood || !matches!(kind, Some("" | "-sentinel" | "-cluster")) {
        return Err(Wrong::new("is no Redis URL", right));
    }
    Ok(Secret::new(text.trim().to_owned()))
}

fn no_certificates() -> Wrong {
    Wrong::new(
        "asks for TLS, and this system's certificate authorities cannot be read",
        "Install the system's bundle (the package ca-certificates), or name one in SSL_CERT_FILE",
    )
}

pub fn networks(text: &str) -> Read<Vec<IpNet>> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(network).collect()
}

fn network(text: &str) -> Read<IpNet> {
    let right = "Give addresses or networks with commas between, like 10.0.0.2, 192.168.0.0/24, fd00::/8";
    let address = text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
    match address.or_else(|_| text.parse::<IpNet>()) {
        Ok(network) if network.prefix_len() == 0 => {
            Err(Wrong::new(format!("{text:?} is everybody: anyone could claim any address"), "Name the proxies alone"))
        }
        Ok(network) => Ok(network.trunc()),
        Err(_) => Err(Wrong::new(format!("{text:?} is neither an address nor a network"), right)),
    }
}

/// It is the issuer in authenticator apps, whose label has a colon after it.
pub fn portal_name(text: &str) -> Read<String> {
    let name = line(text)?;
    if name.contains(':') {
        return Err(Wrong::new(
            format!("{text:?} has a colon, which authenticator apps take for its end"),
            "Leave it out",
        ));
    }
    if name.chars().count() > 64 {
        return Err(Wrong::new("is too long to show", "Give at most 64 characters"));
    }
    Ok(name)
}

pub fn line(text: &str) -> Read<String> {
    match display_name(text, 300) {
        Ok(line) => Ok(line),
        Err(NameError::Empty) => Ok(String::new()),
        Err(NameError::TooLong | NameError::Control) => Err(Wrong::new(
            "is more than a line, or changes the direction of text",
            "Give one line of at most 300 characters",
        )),
    }
}

pub fn skew(text: &str) -> Read<u8> {
    match text.trim() {
        "0" => Ok(0),
        "1" => Ok(1),
        other => {
            Err(Wrong::new(format!("{other:?} is no skew we accept"), "Give 0 or 1; more would weaken every code"))
        }
    }
}

pub fn sign_up(text: &str) -> Read<SignUp> {
    match text.trim() {
        "open" => Ok(SignUp::Open),
        "closed" => Ok(SignUp::Closed),
        list => {
            let items = list.split(',').map(str::trim).filter(|item| !item.is_empty());
            items.map(listed).collect::<Read<_>>().map(SignUp::Listed)
        }
    }
}

fn listed(text: &str) -> Read<Listed> {
    let right = "Give open, closed, or a list like ada@example.org, example.net";
    // A word alone is more likely a slip than a domain.
    let read = if text.contains('.') { Listed::read(text).ok() } else { None };
    read.ok_or_else(|| Wrong::new(format!("{text:?} is neither an address nor a domain"), right))
}

pub fn yes_or_no(text: &str) -> Read<bool> {
    text.trim().parse().map_err(|_| Wrong::new(format!("{text:?} is no answer"), "Give true or false"))
}

pub fn days(text: &str) -> Read<Duration> {
    match text.trim().parse() {
        Ok(days @ 1..=3650) => Ok(Duration::from_hours(24 * days)),
        _ => Err(Wrong::new(format!("{text:?} is no number of days"), "Give a number from 1 to 3650")),
    }
}

pub fn start_wait(text: &str) -> Read<Duration> {
    match text.trim().parse() {
        Ok(seconds @ 0..=3600) => Ok(Duration::from_secs(seconds)),
        _ => Err(Wrong::new(format!("{text:?} is no number of seconds"), "Give a number from 0 to 3600")),
    }
}

pub fn replicas(text: &str) -> Read<u32> {
    match text.trim().parse() {
        Ok(replicas @ 0..=10) => Ok(replicas),
        _ => Err(Wrong::new(format!("{text:?} is no number of replicas"), "Give a number from 0 to 10")),
    }
}

/// At most a tebibyte, which every store can count.
pub fn bytes(text: &str) -> Read<u64> {
    match text.trim().parse() {
        Ok(bytes @ 0..=1_099_511_627_776) => Ok(bytes),
        _ => Err(Wrong::new(format!("{text:?} is no number of bytes"), "Give a number from 0 to 1099511627776")),
    }
}

pub fn emails_per_network(text: &str) -> Read<u32> {
    emails(text, 1..=10_000)
}

pub fn emails_per_hour(text: &str) -> Read<Option<u32>> {
    if text.trim() == "0" { Ok(None) } else { emails(text, 1..=1_000_000).map(Some) }
}

fn emails(text: &str, range: RangeInclusive<u32>) -> Read<u32> {
    let right = format!("Give a number from {} to {}", range.start(), range.end());
    let number = text.trim().parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| Wrong::new(format!("{text:?} is no number of emails"), right))
}

/// As many as a share's format can count.
pub fn group_size(text: &str) -> Read<u8> {
    match text.trim().parse() {
        Ok(size @ 2..=255) => Ok(size),
        _ => Err(Wrong::new(format!("{text:?} is no number of shares"), "Give a number from 2 to 255")),
    }
}

pub fn connections(text: &str) -> Read<usize> {
    match text.trim().parse() {
        Ok(connections @ 8..=65_536) => Ok(connections),
        _ => Err(Wrong::new(format!("{text:?} is no number of connections"), "Give a number from 8 to 65536")),
    }
}

pub fn seconds(text: &str) -> Read<Duration> {
    match text.trim().parse() {
        Ok(seconds @ 0..=600) => Ok(Duration::from_secs(seconds)),
        _ => Err(Wrong::new(format!("{text:?} is no number of seconds"), "Give a number from 0 to 600")),
    }
}

pub fn days_or_never(text: &str) -> Read<Option<Duration>> {
    if text.trim() == "0" { Ok(None) } else { days(text).map(Some) }
}

/// The shortest secret that is taken, in bytes.
const SHORTEST: usize = 16;

/// As it stands in a header of a request. What it is stays unsaid.
pub fn header_secret(text: &str) -> Read<Secret<String>> {
    let secret = text.trim();
    if secret.len() < SHORTEST {
        let what = format!("has fewer than {SHORTEST} characters, which can be guessed at");
        return Err(Wrong::new(what, "Give a longer one, like `openssl rand -hex 32`"));
    }
    if !secret.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Wrong::new("cannot stand in a header", "Give ASCII without spaces, like `openssl rand -hex 32`"));
    }
    Ok(Secret::new(secret.to_owned()))
}

/// RFC 7617 2: what stands before the first colon is the user.
pub fn user_name(text: &str) -> Read<String> {
    let name = line(text)?;
    if name.contains(':') {
        return Err(Wrong::new(format!("{text:?} has a colon, which ends a user's name"), "Leave it out"));
    }
    Ok(name)
}

/// What it is stays unsaid.
pub fn password_hash(text: &str) -> Read<PasswordHash> {
    let right = "Give what `postern hash-password` prints, in single quotes where a shell reads it";
    PasswordHash::parse(text.trim()).map_err(|why| Wrong::new(why.to_string(), right))
}

pub fn log_filter(text: &str) -> Read<String> {
    let right = "Give a level (error, warn, info, debug, trace, off) or several of target=level with commas between";
    let wrong = || Wrong::new(format!("{text:?} is no log filter"), right);
    // Taken literally, "inof" is the name of a target, which would silence all others.
    let levels = ["off", "error", "warn", "info", "debug", "trace"];
    let bare = text.split(',').map(str::trim).filter(|part| !part.contains('='));
    if !bare.into_iter().all(|word| levels.contains(&word)) {
        return Err(wrong());
    }
    EnvFilter::try_new(text).map(|_| text.trim().to_owned()).map_err(|_| wrong())
}

pub fn log_format(text: &str) -> Read<LogFormat> {
    match text.trim() {
        "auto" => Ok(LogFormat::Auto),
        "pretty" => Ok(LogFormat::Pretty),
        "json" => Ok(LogFormat::Json),
        other => Err(Wrong::new(format!("{other:?} is no format"), "Give auto, pretty or json")),
    }
}

pub fn certificates(text: &str) -> Read<Vec<u8>> {
    let right = "Name a PEM file with certificates that this user may read";
    let wrong = |why: &dyn std::fmt::Display| Wrong::new(format!("{text:?} cannot be used: {why}"), right);
    let pem = std::fs::read(text.trim()).map_err(|error| wrong(&error))?;
    if !String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----") {
        return Err(wrong(&"there is no certificate in it"));
    }
    lettre::transport::smtp::client::Certificate::from_pem(&pem).map_err(|error| wrong(&error))?;
    Ok(pem)
}
