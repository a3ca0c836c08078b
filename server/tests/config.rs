//! What an operator may write, and what is said when it is wrong.

#[path = "config/containers.rs"]
mod containers;
#[path = "config/limits.rs"]
mod limits;
#[path = "config/unit.rs"]
mod unit;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

use postern::cli;
use postern::config::{Config, ConfigSources, Mistakes, SETTINGS, Secrecy};
use postern_core::port::Entropy;

const KEY: &str = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=";
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$AdweBLwcflnNX2HVW8i1Mtu7frrn4Ki7h/rYSGuU7Is";

/// A folder of this test's own, gone when it ends.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("config-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("a file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn variables(pairs: &[(&str, &str)]) -> ConfigSources {
    let variables = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    ConfigSources { variables, ..ConfigSources::default() }
}

fn load(pairs: &[(&str, &str)]) -> Result<Config, Mistakes> {
    Config::load(&variables(pairs))
}

/// Every mistake as a line.
fn mistakes(given: &ConfigSources) -> Vec<String> {
    let mistakes = Config::load(given).expect_err("a mistake");
    mistakes.0.iter().map(ToString::to_string).collect()
}

/// The one mistake of a configuration.
fn mistake(pairs: &[(&str, &str)]) -> String {
    let mut all = mistakes(&variables(pairs));
    assert_eq!(all.len(), 1, "{all:#?}");
    all.remove(0)
}

#[test]
fn nothing_given_is_the_demo_on_localhost() {
    let config = load(&[]).expect("the defaults are right");
    assert!(config.is_demo());
    assert_eq!(config.address.to_string(), "127.0.0.1:3000");
    assert_eq!(config.public_origin.as_str(), "http://localhost:3000");
    assert_eq!(config.data_dir, PathBuf::from("data"));
    assert_eq!((config.portal_name.as_str(), config.totp_skew), ("Postern", 1));
    assert!(config.redis_url.is_none() && config.trusted_proxies.is_empty());
}

#[test]
fn a_flag_counts_over_the_environment_that_over_the_file_and_that_over_the_default() {
    let folder = Folder::new();
    let file = folder.file("p.toml", "[portal]\nname = \"File\"\n[totp]\nskew = 0\n[support]\ncontact = \"Room 7\"\n");
    let mut given = variables(&[("POSTERN_PORTAL_NAME", "Variable"), ("POSTERN_SUPPORT_CONTACT", "Room 8")]);
    given.file = Some(file);
    given.flags = vec![("portal.name", "Flag".to_owned())];
    let config = Config::load(&given).expect("all right");
    assert_eq!(config.portal_name, "Flag");
    assert_eq!(config.support_contact.as_deref(), Some("Room 8"));
    assert_eq!(config.totp_skew, 0);
    let effective = config.effective();
    for line in ["Flag  [flag --portal-name]", "Room 8  [environment POSTERN_SUPPORT_CONTACT]", "p.toml line 4]"] {
        assert!(effective.contains(line), "{line} in\n{effective}");
    }
}

#[test]
fn an_empty_value_takes_a_setting_back_to_its_default() {
    let folder = Folder::new();
    let mut given = variables(&[("POSTERN_REDIS_URL", ""), ("POSTERN_TOTP_SKEW", " ")]);
    given.file = Some(folder.file("p.toml", "redis.url = \"redis://localhost\"\ntotp.skew = 0\n"));
    let config = Config::load(&given).expect("all right");
    assert!(config.redis_url.is_none());
    assert_eq!(config.totp_skew, 1);
}

#[test]
fn the_origin_follows_the_port_unless_it_is_given() {
    let origin = |pairs: &[(&str, &str)]| load(pairs).expect("all right").public_origin.to_string();
    assert_eq!(origin(&[("POSTERN_ADDRESS", "127.0.0.1:4000")]), "http://localhost:4000");
    assert_eq!(
        origin(&[("POSTERN_ADDRESS", "127.0.0.1:4000"), ("POSTERN_PUBLIC_ORIGIN", "http://localhost:3000")]),
        "http://localhost:3000"
    );
}

#[test]
fn all_mistakes_are_named_at_once_with_their_key_and_where_it_stands() {
    let folder = Folder::new();
    let mut given = variables(&[
        ("POSTERN_ADRESS", "127.0.0.1:1"),
        ("POSTERN_LOG", "inof"),
        ("POSTERN_TRUSTED_PROXIES", "10.0.0.1, proxy"),
        ("POSTERN_MASTER_KEY", "c2hvcnQ="),
    ]);
    given.flags = vec![("public_origin", "https://mfa.example.org/portal".to_owned())];
    given.file = Some(folder.file(
        "p.toml",
        "adress = \"x\"\n\n[totp]\nskew = 2\nstep = 30\n[portal]\nname = 1.5\n[smtp]\nurl = \"smtp://mail.example.org\"\n",
    ));
    let all = mistakes(&given);
    let expected: [&[&str]; 11] = [
        &["adress (", "p.toml line 1)", "Did you mean address?"],
        &["totp.step (", "p.toml line 5)", "is no setting"],
        &["portal.name (", "p.toml line 7)", "type float"],
        &["POSTERN_ADRESS (environment POSTERN_ADRESS)", "Did you mean POSTERN_ADDRESS?"],
        &["public_origin (flag --public-origin)", "says more than an origin"],
        &["master_key (environment POSTERN_MASTER_KEY)", "key 1 has 5 bytes, not 32"],
        &["smtp.url (", "p.toml line 9)", "mail.example.org unencrypted", "?tls=required"],
        &["mail.from (default)", "is missing, and is needed with smtp.url"],
        &["trusted_proxies (environment POSTERN_TRUSTED_PROXIES)", "\"proxy\" is neither"],
        &["totp.skew (", "p.toml line 4)", "0 or 1"],
        &["log (environment POSTERN_LOG)", "\"inof\""],
    ];
    for parts in expected {
        let found = all.iter().any(|line| parts.iter().all(|part| line.contains(part)));
        assert!(found, "{parts:?} in {all:#?}");
    }
    assert_eq!(all.len(), expected.len(), "{all:#?}");
}

#[test]
fn a_file_that_is_named_but_not_there_or_not_toml_is_a_mistake() {
    let folder = Folder::new();
    let said = mistake(&[("POSTERN_CONFIG", "/nowhere/postern.toml")]);
    assert!(said.starts_with("config (environment POSTERN_CONFIG): /nowhere/postern.toml cannot be read"), "{said}");
    let file = Some(folder.file("p.toml", "address = \"127.0.0.1:1\"\nlog = info\n"));
    let all = mistakes(&ConfigSources { file, ..ConfigSources::default() });
    assert!(all[0].starts_with("syntax (") && all[0].contains("p.toml line 2)"), "{all:#?}");
}

#[test]
fn a_pod_beside_a_service_called_postern_may_start() {
    load(&[
        ("POSTERN_SERVICE_HOST", "10.0.0.1"),
        ("POSTERN_PORT", "tcp://10.0.0.1:3000"),
        ("POSTERN_PORT_3000_TCP_ADDR", "10.0.0.1"),
    ])
    .expect("those are not meant for us");
    assert!(mistake(&[("POSTERN_PORT", "3000")]).contains("is no setting"));
}

#[test]
fn without_a_mail_server_it_is_a_demo_on_localhost_or_nothing() {
    let said = mistake(&[("POSTERN_ADDRESS", "0.0.0.0:3000")]);
    assert!(said.starts_with("smtp.url (default): is missing"), "{said}");
    assert!(said.contains("may not listen on 0.0.0.0:3000"), "{said}");
    let said = mistake(&[("POSTERN_PUBLIC_ORIGIN", "https://mfa.example.org"), ("POSTERN_MASTER_KEY", KEY)]);
    assert!(said.contains("a demo for localhost only, not for https://mfa.example.org"), "{said}");
}

#[test]
fn a_secret_stands_in_no_output() {
    let secrets = [
        ("POSTERN_MASTER_KEY", KEY),
        ("POSTERN_SMTP_URL", "smtps://ada:hunter2@mail.example.org"),
        ("POSTERN_REDIS_URL", "redis://:hunter2@redis.example.org"),
        ("POSTERN_MAIL_FROM", "mfa@example.org"),
        ("POSTERN_CLIENTS_GATEWAY_KEY", "hunter2hunter2hunter2"),
        ("POSTERN_ADMIN_USER", "root"),
        ("POSTERN_ADMIN_PASSWORD_HASH", HASH),
    ];
    let config = load(&secrets).expect("all right");
    let shown = format!("{config:?} {}", config.effective());
    assert!(!shown.contains("hunter2") && !shown.contains(KEY) && !shown.contains("argon2id"), "{shown}");
    assert_eq!(config.effective().matches("(set)").count(), 5);
    for (name, value) in [
        ("POSTERN_MASTER_KEY", "hunter2hunter2"),
        ("POSTERN_SMTP_URL", "smtp://ada:hunter2@mail.example.org"),
        ("POSTERN_REDIS_URL", "hunter2://localhost"),
        ("POSTERN_CLIENTS_GATEWAY_KEY", "hunter2 hunter2 hunter2"),
        ("POSTERN_ADMIN_PASSWORD_HASH", "hunter2"),
    ] {
        let said = mistakes(&variables(&[(name, value)])).join("\n");
        assert!(!said.contains("hunter2"), "{said}");
    }
}

#[test]
fn operators_have_a_name_and_a_hash_that_is_dear_to_guess_at_or_neither() {
    let neither = load(&[]).expect("the defaults are right");
    assert!(neither.admin.is_none() && neither.metrics_address.is_none() && neither.gateway_key.is_none());
    let both = [("POSTERN_ADMIN_USER", "root"), ("POSTERN_ADMIN_PASSWORD_HASH", HASH)];
    let admin = load(&both).expect("all right").admin.expect("an admin");
    assert!(admin.user == "root" && admin.password.is_of(b"correct horse"));

    assert!(mistake(&both[..1]).starts_with("admin.password_hash (default): is missing"));
    assert!(mistake(&both[1..]).starts_with("admin.user (default): is missing"));
    for (hash, what) in [
        ("correct horse".to_owned(), "is no Argon2id hash"),
        (HASH.replace("argon2id", "argon2i"), "is no Argon2id hash"),
        (HASH.replace("m=19456", "m=9216"), "is easier to guess at than m=19456,t=2"),
        (HASH.replace("t=2", "t=1"), "is easier to guess at than m=19456,t=2"),
    ] {
        let said = mistake(&[("POSTERN_ADMIN_USER", "root"), ("POSTERN_ADMIN_PASSWORD_HASH", &hash)]);
        assert!(said.contains(what) && said.contains("postern hash-password"), "{said}");
    }
    assert!(mistake(&[("POSTERN_ADMIN_USER", "ro:ot"), both[1]]).contains("has a colon"));
}

#[test]
fn metrics_have_an_address_of_their_own() {
    let address = |text| load(&[("POSTERN_METRICS_ADDRESS", text)]).expect("all right").metrics_address;
    assert_eq!(address("127.0.0.1:9464").map(|address| address.to_string()).as_deref(), Some("127.0.0.1:9464"));
    assert!(mistake(&[("POSTERN_METRICS_ADDRESS", "127.0.0.1:3000")]).contains("is the portal's own address"));
    assert!(mistake(&[("POSTERN_METRICS_ADDRESS", "9464")]).contains("is no address to listen on"));
}

#[test]
fn an_address_for_metrics_that_somebody_has_is_named_before_anything_is_served() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let taken = taken.local_addr().map(|address| (address.to_string(), taken)).expect("bound");
    let variables = [("POSTERN_METRICS_ADDRESS", taken.0.as_str()), ("POSTERN_ADDRESS", "127.0.0.1:0")];
    let ended = postern(&["serve"], &variables);
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(1));
    assert!(said.contains(&format!("metrics.address {}: Address already in use", taken.0)), "{said}");
    assert!(!String::from_utf8_lossy(&ended.stdout).contains("ready"));
}

#[test]
fn a_hash_is_made_of_a_password_from_standard_input_whatever_the_configuration_says() {
    let hash = |typed: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
        command.arg("hash-password").env_clear().env("POSTERN_ADMIN_USER", "root");
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it runs");
        child.stdin.take().expect("its input").write_all(typed.as_bytes()).expect("it reads");
        child.wait_with_output().expect("it ends")
    };
    let made = hash("correct horse battery\n");
    assert_eq!(made.status.code(), Some(0));
    let made = String::from_utf8(made.stdout).expect("text");
    let admin = load(&[("POSTERN_ADMIN_USER", "root"), ("POSTERN_ADMIN_PASSWORD_HASH", made.trim())]);
    assert!(admin.expect("all right").admin.expect("an admin").password.is_of(b"correct horse battery"));
    let short = hash("correct horse\n");
    assert_eq!(short.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&short.stderr).contains("at least 15 characters") && short.stdout.is_empty());
}

/// Never the same twice, and known to the test: 1s, then 2s, …
struct Counting(AtomicU8);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0.fetch_add(1, Ordering::Relaxed) + 1);
    }
}

const fn counting() -> Counting {
    Counting(AtomicU8::new(0))
}

#[test]
fn a_master_key_is_made_once_kept_private_and_never_overwritten() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let data_dir = folder.0.join("new/data");
    let config = load(&[("POSTERN_DATA_DIR", &data_dir.to_string_lossy())]).expect("all right");
    let entropy = counting();
    for _ in 0..2 {
        let keys = config.master_keys(&entropy).expect("keys");
        assert_eq!((keys.len(), *keys[0].expose()), (1, [1; 32]));
    }
    let mode = std::fs::metadata(data_dir.join("master.key")).expect("kept").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(&data_dir).expect("the folder").count(), 1, "no draft is left behind");

    std::fs::write(data_dir.join("master.key"), "spoilt").expect("written");
    assert!(config.master_keys(&entropy).expect_err("refused").to_string().contains("key 1 is not base64"));
    assert_eq!(std::fs::read_to_string(data_dir.join("master.key")).expect("kept"), "spoilt");
}

#[test]
fn processes_that_start_at_once_agree_on_the_master_key() {
    let folder = Folder::new();
    let config = load(&[("POSTERN_DATA_DIR", &folder.0.to_string_lossy())]).expect("all right");
    let entropy = counting();
    let keys = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| config.master_keys(&entropy).expect("keys"))).collect();
        starts.into_iter().map(|start| start.join().expect("no panic")).collect::<Vec<_>>()
    });
    assert!(keys.iter().all(|those| those == &keys[0]));
}

#[test]
fn given_master_keys_come_newest_first_from_the_environment_or_a_file() {
    let folder = Folder::new();
    let other = "QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=";
    let file = folder.file("keys", &format!("{other}\n{KEY}\n"));
    let count_and_newest = |pairs: &[(&str, &str)]| {
        let keys = load(pairs).expect("all right").master_keys(&counting()).expect("keys");
        (keys.len(), keys[0].expose()[0])
    };
    assert_eq!(count_and_newest(&[("POSTERN_MASTER_KEY", &format!("{KEY},{other}"))]), (2, b'A'));
    assert_eq!(count_and_newest(&[("POSTERN_MASTER_KEY_FILE", &file.to_string_lossy())]), (2, b'B'));
    let both = [("POSTERN_MASTER_KEY", KEY), ("POSTERN_MASTER_KEY_FILE", &*file.to_string_lossy())];
    assert!(mistake(&both).contains("and so is master_key_file"));
    let said = mistakes(&variables(&[("POSTERN_PUBLIC_ORIGIN", "https://mfa.example.org")])).join("\n");
    assert!(said.contains("master_key (default): is missing"), "{said}");
}

#[test]
fn every_setting_has_a_flag_but_the_secret_one() {
    for setting in SETTINGS {
        let Some(flag) = setting.flag().map(|flag| format!("--{flag}")) else {
            assert_eq!(setting.secrecy, Secrecy::Is);
            continue;
        };
        for args in [["postern", "check-config", &flag, "x"], ["postern", &flag, "x", "serve"]] {
            let invocation = cli::parse(args).unwrap_or_else(|error| panic!("{args:?}: {error}"));
            assert_eq!(invocation.given.flags, [(setting.name, "x".to_owned())], "{args:?}");
        }
    }
    assert!(cli::parse(["postern", "--master-key", KEY]).is_err());
}

fn postern(args: &[&str], variables: &[(&str, &str)]) -> Output {
    let folder = Folder::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
    command.args(args).env_clear().envs(variables.iter().copied()).current_dir(&folder.0);
    command.output().expect("it runs")
}

#[test]
fn check_config_prints_what_is_in_effect_and_ends_with_0_or_every_mistake_and_1() {
    let right = postern(&["check-config", "--totp-skew", "0"], &[("POSTERN_MASTER_KEY", KEY)]);
    let said = String::from_utf8_lossy(&right.stdout);
    assert_eq!(right.status.code(), Some(0));
    assert!(said.contains("[flag --totp-skew]") && said.contains("(set)") && !said.contains(KEY), "{said}");

    let wrong = postern(&["check-config"], &[("POSTERN_TOTP_SKEW", "9"), ("POSTERN_LOG_FORMAT", "xml")]);
    let said = String::from_utf8_lossy(&wrong.stderr);
    assert_eq!(wrong.status.code(), Some(1));
    assert!(said.contains("2 mistakes") && said.contains("totp.skew") && said.contains("log_format"), "{said}");
}

#[test]
fn bad_usage_ends_with_2_and_help_with_0() {
    for args in [&["--no-such-flag"][..], &["no-such-command"], &["send-test-letter"], &["send-test-letter", "ada"]] {
        assert_eq!(postern(args, &[]).status.code(), Some(2), "{args:?}");
    }
    let help = postern(&["--help"], &[]);
    let said = String::from_utf8_lossy(&help.stdout);
    assert_eq!(help.status.code(), Some(0));
    assert!(SETTINGS.iter().all(|setting| said.contains(&setting.variable())), "{said}");
    assert_eq!(postern(&["--version"], &[]).status.code(), Some(0));
}

#[test]
fn the_readme_has_the_table_of_settings() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = std::fs::read_to_string(path).unwrap_or_default();
    let section = readme.split("<!-- config -->").nth(1).unwrap_or_default().trim();
    assert_eq!(section, Config::table().trim(), "between two <!-- config --> lines should stand:\n{}", Config::table());
}
