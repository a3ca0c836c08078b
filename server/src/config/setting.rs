//! The one table of settings. File, environment, flags, `--help` and the README's table are made from it.

/// How careful one has to be with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrecy {
    Open,
    /// May carry a password: has a flag, is never printed.
    MayHold,
    /// Is a secret: never printed, and without a flag, since every user of a machine can read command lines.
    Is,
}

/// One thing that can be set.
#[derive(Debug)]
pub struct Setting {
    /// The path in the file; the names in the environment and on the command line follow from it.
    pub name: &'static str,
    pub help: &'static str,
    /// What holds when nothing is given; read like a given value.
    pub default: Option<&'static str>,
    pub secrecy: Secrecy,
    /// The secret setting whose text stands in the file that this one names.
    pub file_of: Option<&'static str>,
    /// An older name that is still read. Where both are given, the present one holds.
    pub alias: Option<&'static str>,
}

impl Setting {
    const fn open(name: &'static str, default: Option<&'static str>, help: &'static str) -> Self {
        Self { name, help, default, secrecy: Secrecy::Open, file_of: None, alias: None }
    }

    const fn guarded(name: &'static str, secrecy: Secrecy, help: &'static str) -> Self {
        Self { name, help, default: None, secrecy, file_of: None, alias: None }
    }

    /// As containers are handed secrets.
    const fn file(name: &'static str, file_of: &'static str, help: &'static str) -> Self {
        Self { name, help, default: None, secrecy: Secrecy::Open, file_of: Some(file_of), alias: None }
    }

    const fn formerly(self, alias: &'static str) -> Self {
        Self { alias: Some(alias), ..self }
    }

    /// By its name or by its alias.
    pub fn by_name(name: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.name == name || setting.alias == Some(name))
    }

    /// By a variable of the environment, and whether that is its alias's.
    pub fn by_variable(variable: &str) -> Option<(&'static Self, bool)> {
        let by_name = SETTINGS.iter().find(|setting| setting.variable() == variable).map(|setting| (setting, false));
        let is_alias = |setting: &&Self| setting.alias.is_some_and(|alias| variable_of(alias) == variable);
        by_name.or_else(|| SETTINGS.iter().find(is_alias).map(|setting| (setting, true)))
    }

    /// `smtp.url` is `POSTERN_SMTP_URL`.
    pub fn variable(&self) -> String {
        variable_of(self.name)
    }

    /// The flag of its older name, without the dashes in front.
    pub fn alias_flag(&self) -> Option<String> {
        self.alias.map(|alias| alias.replace(['.', '_'], "-"))
    }

    /// `smtp.url` is `--smtp-url`; given here without the dashes in front.
    pub fn flag(&self) -> Option<String> {
        (self.secrecy != Secrecy::Is).then(|| self.name.replace(['.', '_'], "-"))
    }
}

fn variable_of(name: &str) -> String {
    format!("{PREFIX}{}", name.replace('.', "_").to_ascii_uppercase())
}

/// What our variables begin with.
pub const PREFIX: &str = "POSTERN_";

/// Names the file itself, so it cannot stand in it.
pub const FILE_VARIABLE: &str = "POSTERN_CONFIG";

pub const SETTINGS: &[Setting] = &[
    Setting::open("address", Some("127.0.0.1:3000"), "IP address and port to listen on"),
    Setting::open(
        "public_origin",
        Some("http://localhost:3000"),
        "How browsers reach Postern: scheme, host and port; https unless the host is localhost. Security keys are bound to its host",
    ),
    Setting::open("data_dir", Some("data"), "Folder for the embedded store and a master key made here"),
    Setting::guarded(
        "master_key",
        Secrecy::Is,
        "Base64 of 32 random bytes; several separated by commas, newest first. Needed unless the public origin is localhost",
    ),
    Setting::file(
        "master_key_file",
        "master_key",
        "File with the master keys, one a line, newest first; instead of `master_key`",
    ),
    Setting::guarded(
        "redis.url",
        Secrecy::MayHold,
        "`redis://`, `rediss://`, `redis-sentinel://` or `redis-cluster://`; without it the embedded store is used",
    ),
    Setting::file("redis.url_file", "redis.url", "File with it, instead of `redis.url`"),
    Setting::open(
        "redis.start_wait",
        Some("60"),
        "Seconds for which a Redis that is not available yet is tried again at start: 0 to 3600",
    ),
    Setting::open(
        "redis.wait_replicas",
        Some("0"),
        "Replicas of Redis that must have a write before it is answered, so that a fail-over does not lose it: 0 to 10. If fewer answer within a second, the request fails",
    ),
    Setting::guarded(
        "smtp.url",
        Secrecy::MayHold,
        "`smtps://user:password@host` or `smtp://user:password@host:587?tls=required`; plain `smtp://` only to this machine. Without it: demo on localhost",
    ),
    Setting::file("smtp.url_file", "smtp.url", "File with it, instead of `smtp.url`"),
    Setting::open(
        "smtp.ca_file",
        None,
        "PEM file with certificates to trust besides the system's, for a mail server of your own",
    ),
    Setting::open(
        "mail.from",
        None,
        "Sender of letters: `name@example.org` or `Name <name@example.org>`. Needed with `smtp.url`",
    ),
    Setting::open(
        "trusted_proxies",
        None,
        "Addresses or networks (CIDR) of reverse proxies whose `X-Forwarded-For` is believed",
    ),
    Setting::open(
        "limits.connections",
        Some("2048"),
        "Connections that may be open at a time: 8 to 65536. A network gets an eighth of them, at least 16; a trusted proxy is not bound by that",
    ),
    Setting::open(
        "drain",
        Some("0"),
        "Seconds for which a process that is told to stop still serves while `/readyz` says 503, so that a balancer turns to others first: 0 to 600",
    ),
    Setting::open(
        "portal.name",
        Some("Postern"),
        "What the portal calls itself, in pages, letters and authenticator apps",
    ),
    Setting::open("totp.skew", Some("1"), "Time steps a code may be early or late: 0 or 1"),
    Setting::open("support.contact", None, "Whom people may ask when they are stuck; shown as it stands"),
    Setting::open(
        "sign_up",
        Some("open"),
        "Who may make an account: `open`, `closed`, or addresses and domains with commas between. Others need `postern accounts invite`",
    ),
    Setting::open(
        "require_second_factor",
        Some("false"),
        "Whether an account without a second factor may do nothing but add one: true or false",
    ),
    Setting::open("activity_days", Some("90"), "Days for which accounts' activity is kept: 1 to 3650"),
    Setting::open(
        "unused_days",
        Some("0"),
        "Days after which an account that nobody uses is gone: 0 (never) or 1 to 3650",
    ),
    Setting::guarded(
        "clients.gateway_key",
        Secrecy::Is,
        "What a request for an API key must carry as `x-api-key`: 16 characters or more; without it anybody may ask for one",
    ),
    Setting::file("clients.gateway_key_file", "clients.gateway_key", "File with it, instead of `clients.gateway_key`"),
    Setting::open(
        "vault.max_bytes",
        Some("536870912"),
        "Bytes that all vaults together may take in the store: up to 1099511627776; 0 takes in nothing new",
    )
    .formerly("vault.most_bytes"),
    Setting::open(
        "vault.unused_days",
        Some("0"),
        "Days after which a vault that nobody opened is deleted: 0 (never) or 1 to 3650; 400 suits a portal that is open to everybody",
    ),
    Setting::open(
        "quorum.max_shares",
        Some("32"),
        "Shares that a quorum's group may have: 2 to 255. Finding forged shares among many takes long",
    ),
    Setting::open(
        "metrics.address",
        None,
        "IP address and port of `/metrics` for Prometheus, which needs no password there; without it there is none",
    ),
    Setting::open("admin.user", None, "Who may use `/api/v1/admin`; without it there is none"),
    Setting::guarded(
        "admin.password_hash",
        Secrecy::Is,
        "Their password as Argon2id makes it of it: what `postern hash-password` prints. Needed with `admin.user`",
    ),
    Setting::file("admin.password_hash_file", "admin.password_hash", "File with it, instead of `admin.password_hash`"),
    Setting::open(
        "limits.emails_per_network",
        Some("20"),
        "Emails that one network may ask for in an hour: 1 to 10000; the /48 of an IPv6 network ten times as many",
    ),
    Setting::open(
        "limits.emails_per_hour",
        Some("10000"),
        "Emails that the portal sends in an hour, whoever asks for them: 1 to 1000000, or 0 for no such limit. Browsers that signed in before are not held up by it",
    ),
    Setting::open(
        "log",
        Some("info"),
        "What is logged: `error`, `warn`, `info`, `debug`, `trace`, or `target=level` several times",
    ),
    Setting::open("log_format", Some("auto"), "`pretty`, `json`, or `auto`: pretty on a terminal, JSON elsewhere"),
];
