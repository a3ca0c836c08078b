//! What an operator can decide: read from flags, environment and file in that order, checked as a whole.
//!
//! | file | owns |
//! |---|---|
//! | `setting` | the one table of settings |
//! | `gather` | which text holds for each, and where it came from |
//! | `toml_file` | `postern.toml` |
//! | `secret_file` | secrets that stand in files |
//! | `values` | from text to type, one function a type |
//! | `origin`, `smtp` | the two settings with rules of their own |
//! | `master_keys` | keys given, or made and kept |
//! | `mistake` | what is said when something is wrong |
//! | `show` | the effective configuration, and the README's table |

mod gather;
mod master_keys;
mod mistake;
mod origin;
mod secret_file;
mod setting;
mod show;
mod smtp;
mod toml_file;
mod values;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use postern_app::portal::operator::Admin;
use postern_core::model::Secret;
use postern_core::rules::sign_up::SignUp;

pub use gather::{ConfigSources, USUAL_FILE};
pub use master_keys::{MasterKeys, NoDataDir, NoMasterKeys};
pub use mistake::{Mistake, Mistakes, Source, Wrong};
pub use origin::PublicOrigin;
pub use setting::{FILE_VARIABLE, SETTINGS, Secrecy, Setting};
pub use smtp::{Login, Privacy, Sender, SmtpServer, SmtpSettings};
pub use values::log_filter;

use gather::Values;

use crate::store::RedisSettings;

/// Everything an operator decided, or left to us. Secrets in it do not print.
#[derive(Clone, Debug)]
pub struct Config {
    pub address: SocketAddr,
    pub public_origin: PublicOrigin,
    pub data_dir: PathBuf,
    pub master_keys: MasterKeys,
    /// `None`: the embedded store in `data_dir`.
    pub redis_url: Option<Secret<String>>,
    pub redis: RedisSettings,
    pub mail: Mail,
    pub trusted_proxies: Vec<IpNet>,
    /// Connections that may be open at a time.
    pub max_connections: usize,
    /// How long a process that is told to stop still serves.
    pub drain: Duration,
    pub portal_name: String,
    /// Steps a time-based code may be early or late: 0 or 1.
    pub totp_skew: u8,
    pub support_contact: Option<String>,
    pub sign_up: SignUp,
    pub require_second_factor: bool,
    pub activity_lasts: Duration,
    /// `None`: accounts are kept for good.
    pub unused_lasts: Option<Duration>,
    /// What a request for an API key must carry; `None`: nothing.
    pub gateway_key: Option<Secret<String>>,
    /// What all vaults together may take in the store.
    pub vault_max_bytes: u64,
    /// `None`: vaults are kept for good.
    pub vault_unused_lasts: Option<Duration>,
    /// Shares that a quorum's group may have.
    pub quorum_max_shares: u8,
    pub emails_per_network: u32,
    /// `None`: there is no such limit.
    pub emails_per_hour: Option<u32>,
    /// `None`: no metrics.
    pub metrics_address: Option<SocketAddr>,
    /// `None`: no routes for operators.
    pub admin: Option<Admin>,
    /// A filter that `tracing_subscriber::EnvFilter` takes.
    pub log: String,
    pub log_format: LogFormat,
    given: Values,
    /// Variables that tell of neighbours and are no settings.
    ignored: Vec<String>,
}

/// Where letters go.
#[derive(Clone, Debug)]
pub enum Mail {
    /// Into the demo's outbox: only without SMTP, with a loopback origin, on a loopback address.
    Demo,
    Smtp(Box<SmtpSettings>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    Auto,
    Pretty,
    Json,
}

impl Config {
    /// Reads everything that was given and answers with a whole configuration or with every mistake in it.
    pub fn load(given: &ConfigSources) -> Result<Self, Mistakes> {
        let mut mistakes = Vec::new();
        let values = gather::gather(given, &mut mistakes);
        let mut reader = Reader { values: &values, mistakes };
        let config = reader.config();
        match config {
            Some(config) if reader.mistakes.is_empty() => Ok(Self { ignored: gather::neighbours(given), ..config }),
            _ => Err(Mistakes(reader.mistakes)),
        }
    }

    /// Files with secrets that other users of this machine may read.
    pub fn files_open_to_others(&self) -> Vec<String> {
        let kept = self.master_key_path();
        let kept = (matches!(self.master_keys, MasterKeys::KeptInDataDir) && secret_file::is_open_to_others(&kept))
            .then(|| kept.display().to_string());
        secret_file::open_to_others(&self.given).into_iter().chain(kept).collect()
    }

    /// The settings that another configuration has other values for.
    pub fn differences(&self, other: &Self) -> Vec<&'static str> {
        let text = |config: &Self, name: &'static str| config.given.get(name).map(|(text, _)| text.expose().clone());
        let names = SETTINGS.iter().map(|setting| setting.name);
        names.filter(|&name| text(self, name) != text(other, name)).collect()
    }

    pub fn is_demo(&self) -> bool {
        matches!(self.mail, Mail::Demo)
    }
}

/// Takes one setting after the other and notes what is wrong, rather than stop at it.
struct Reader<'v> {
    values: &'v Values,
    mistakes: Vec<Mistake>,
}

impl Reader<'_> {
    fn config(&mut self) -> Option<Config> {
        let address = self.read("address", values::socket_address);
        let public_origin = self.public_origin(address);
        // Each is read before any is asked for, so that all mistakes are found.
        let data_dir = self.read("data_dir", values::folder);
        let master_keys = self.master_keys(public_origin.as_ref());
        let redis_url = self.read("redis.url", values::redis_url);
        let start_wait = self.read("redis.start_wait", values::start_wait);
        let wait_replicas = self.read("redis.wait_replicas", values::replicas);
        let mail = self.mail(address, public_origin.as_ref());
        let trusted_proxies = self.read("trusted_proxies", values::networks);
        let max_connections = self.read("limits.connections", values::connections);
        let drain = self.read("drain", values::seconds);
        let portal_name = self.read("portal.name", values::portal_name);
        let totp_skew = self.read("totp.skew", values::skew);
        let support_contact = self.read("support.contact", values::line);
        let sign_up = self.read("sign_up", values::sign_up);
        let require_second_factor = self.read("require_second_factor", values::yes_or_no);
        let activity_lasts = self.read("activity_days", values::days);
        let unused_lasts = self.read("unused_days", values::days_or_never);
        let gateway_key = self.read("clients.gateway_key", values::header_secret);
        let vault_max_bytes = self.read("vault.max_bytes", values::bytes);
        let vault_unused_lasts = self.read("vault.unused_days", values::days_or_never);
        let quorum_max_shares = self.read("quorum.max_shares", values::group_size);
        let emails_per_network = self.read("limits.emails_per_network", values::emails_per_network);
        let emails_per_hour = self.read("limits.emails_per_hour", values::emails_per_hour);
        let metrics_address = self.metrics_address(address);
        let admin = self.admin();
        let log = self.read("log", values::log_filter);
        let log_format = self.read("log_format", values::log_format);
        Some(Config {
            address: address?,
            public_origin: public_origin?,
            data_dir: data_dir?,
            master_keys: master_keys?,
            redis_url,
            redis: RedisSettings { start_wait: start_wait?, wait_replicas: wait_replicas? },
            mail: mail?,
            trusted_proxies: trusted_proxies.unwrap_or_default(),
            max_connections: max_connections?,
            drain: drain?,
            portal_name: portal_name?,
            totp_skew: totp_skew?,
            support_contact,
            sign_up: sign_up?,
            require_second_factor: require_second_factor?,
            activity_lasts: activity_lasts?,
            unused_lasts: unused_lasts?,
            gateway_key,
            vault_max_bytes: vault_max_bytes?,
            vault_unused_lasts: vault_unused_lasts?,
            quorum_max_shares: quorum_max_shares?,
            emails_per_network: emails_per_network?,
            emails_per_hour: emails_per_hour?,
            metrics_address,
            admin,
            log: log?,
            log_format: log_format?,
            given: self.values.clone(),
            ignored: Vec::new(),
        })
    }

    /// `None` when nothing is given or when it is wrong; the second is noted.
    fn read<T>(&mut self, key: &'static str, parse: impl FnOnce(&str) -> Result<T, Wrong>) -> Option<T> {
        let (text, _) = self.values.get(key)?;
        parse(text.expose()).map_err(|wrong| self.wrong(key, wrong)).ok()
    }

    fn wrong(&mut self, key: &'static str, wrong: Wrong) {
        let source = self.values.get(key).map_or(Source::Default, |(_, source)| source.clone());
        self.mistakes.push(Mistake { key: key.to_owned(), source, wrong });
    }

    /// Unless one is given, browsers on this machine come by the port we listen on.
    fn public_origin(&mut self, address: Option<SocketAddr>) -> Option<PublicOrigin> {
        match (self.values.get("public_origin"), address) {
            (Some((_, Source::Default)), Some(address)) if address.port() != 0 => {
                PublicOrigin::parse(&format!("http://localhost:{}", address.port())).ok()
            }
            _ => self.read("public_origin", PublicOrigin::parse),
        }
    }

    fn master_keys(&mut self, origin: Option<&PublicOrigin>) -> Option<MasterKeys> {
        let given = self.read("master_key", MasterKeys::parse);
        match (self.values.contains_key("master_key"), self.values.contains_key("master_key_file")) {
            (true, _) => given,
            // Named, and not to be read: that is said already.
            (false, true) => None,
            (false, false) if origin?.is_loopback() => Some(MasterKeys::KeptInDataDir),
            (false, false) => {
                let what = "is missing, and is needed unless the public origin is localhost";
                let right = "Make one with `openssl rand -base64 32`, keep a copy where the data is not, and set \
                             POSTERN_MASTER_KEY or master_key_file";
                self.wrong("master_key", Wrong::new(what, right));
                None
            }
        }
    }

    fn mail(&mut self, address: Option<SocketAddr>, origin: Option<&PublicOrigin>) -> Option<Mail> {
        let server = self.read("smtp.url", SmtpServer::parse);
        let from = self.read("mail.from", Sender::parse);
        let extra_roots = self.read("smtp.ca_file", values::certificates);
        if !self.values.contains_key("smtp.url") {
            return self.demo(address?, origin?);
        }
        if !self.values.contains_key("mail.from") {
            let what = "is missing, and is needed with smtp.url";
            self.wrong("mail.from", Wrong::new(what, "Give the sender of letters, like Postern <mfa@example.org>"));
        }
        let hello = origin?.host().to_owned();
        Some(Mail::Smtp(Box::new(SmtpSettings { server: server?, from: from?, extra_roots, hello })))
    }

    /// Never the public one: what runs here is nobody else's business.
    fn metrics_address(&mut self, address: Option<SocketAddr>) -> Option<SocketAddr> {
        let metrics = self.read("metrics.address", values::socket_address)?;
        if metrics.port() != 0 && Some(metrics) == address {
            self.wrong("metrics.address", Wrong::new("is the portal's own address", "Give another port"));
        }
        Some(metrics)
    }

    fn admin(&mut self) -> Option<Admin> {
        let user = self.read("admin.user", values::user_name);
        let password = self.read("admin.password_hash", values::password_hash);
        let makes_one = "Make one with `postern hash-password` and set POSTERN_ADMIN_PASSWORD_HASH";
        match (self.values.contains_key("admin.user"), self.values.contains_key("admin.password_hash")) {
            (true, false) => {
                let what = "is missing, and is needed with admin.user";
                self.wrong("admin.password_hash", Wrong::new(what, makes_one));
            }
            (false, true) => {
                let what = "is missing, and is needed with admin.password_hash";
                self.wrong("admin.user", Wrong::new(what, "Give a name"));
            }
            _ => {}
        }
        Some(Admin { user: user?, password: password? })
    }

    fn demo(&mut self, address: SocketAddr, origin: &PublicOrigin) -> Option<Mail> {
        let listens_here = address.ip().to_canonical().is_loopback();
        let what = match (origin.is_loopback(), listens_here) {
            (true, true) => return Some(Mail::Demo),
            (false, _) => format!("is missing, and without it Postern is a demo for localhost only, not for {origin}"),
            (true, false) => format!("is missing, and without it Postern is a demo that may not listen on {address}"),
        };
        let right = "Give a mail server, like smtps://user:password@mail.example.org, and mail.from; or, for the demo, \
                     leave address and public_origin as they are";
        self.wrong("smtp.url", Wrong::new(what, right));
        None
    }
}
