//! What a configuration meets in containers: neighbours' variables, secrets in files, values that were not filled in.

use std::process::Command;

use postern::config::{Config, ConfigSources, SETTINGS, Secrecy};

use crate::{Folder, HASH, KEY, load, mistake, mistakes, postern, variables};

#[test]
fn variables_of_neighbours_never_stop_the_start_and_are_named() {
    let config = load(&[
        ("POSTERN_REDIS_MASTER_SERVICE_HOST", "10.0.0.2"),
        ("POSTERN_REDIS_MASTER_SERVICE_PORT", "6379"),
        ("POSTERN_REDIS_MASTER_SERVICE_PORT_TCP_REDIS", "6379"),
        ("POSTERN_REDIS_MASTER_PORT", "tcp://10.0.0.2:6379"),
        ("POSTERN_REDIS_MASTER_PORT_6379_TCP", "tcp://10.0.0.2:6379"),
        ("POSTERN_REDIS_MASTER_PORT_6379_TCP_PROTO", "tcp"),
        ("POSTERN_REDIS_MASTER_PORT_6379_TCP_PORT", "6379"),
        ("POSTERN_REDIS_MASTER_PORT_6379_TCP_ADDR", "fd00::2"),
        ("POSTERN_DB_PORT", "5432"),
    ])
    .expect("those are not meant for us");
    let effective = config.effective();
    assert!(effective.contains("not settings") && effective.contains("POSTERN_REDIS_MASTER_PORT"), "{effective}");
    for (name, value) in [
        ("POSTERN_REDIS_MASTER_HOST", "10.0.0.2"),
        ("POSTERN_METRICS_PORT", "nine"),
        ("POSTERN_DB_SERVICE_HOST", "/var/run"),
        ("POSTERN_REDIS_URI", "tcp://10.0.0.2:6379"),
    ] {
        assert!(mistake(&[(name, value)]).contains("is no setting"), "{name}");
    }
}

#[test]
fn every_secret_can_stand_in_a_file_and_not_in_two_places() {
    let folder = Folder::new();
    let secrets = [
        ("POSTERN_MASTER_KEY", KEY),
        ("POSTERN_SMTP_URL", "smtps://ada:hunter2@mail.example.org"),
        ("POSTERN_REDIS_URL", "redis://:hunter2@redis.example.org"),
        ("POSTERN_CLIENTS_GATEWAY_KEY", "hunter2hunter2hunter2"),
        ("POSTERN_ADMIN_PASSWORD_HASH", HASH),
    ];
    let guarded = SETTINGS.iter().filter(|setting| setting.secrecy != Secrecy::Open).count();
    assert_eq!(secrets.len(), guarded, "all of them");
    let rest = [("POSTERN_MAIL_FROM", "mfa@example.org"), ("POSTERN_ADMIN_USER", "root")];
    let files: Vec<(String, String)> = secrets
        .iter()
        .map(|(name, secret)| {
            let path = folder.file(&name.to_lowercase(), &format!("{secret}\n"));
            (format!("{name}_FILE"), path.to_string_lossy().into_owned())
        })
        .collect();
    let named = |pairs: &[(String, String)]| {
        let mut all: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        all.extend(rest);
        variables(&all)
    };
    let config = Config::load(&named(&files)).expect("all right");
    assert_eq!(config.gateway_key.as_ref().map(|key| key.expose().as_str()), Some("hunter2hunter2hunter2"));
    assert_eq!(config.redis_url.as_ref().map(|url| url.expose().as_str()), Some("redis://:hunter2@redis.example.org"));
    assert!(config.admin.is_some() && !config.is_demo());
    let effective = config.effective();
    assert!(
        !effective.contains("hunter2") && effective.contains("[environment POSTERN_REDIS_URL_FILE]"),
        "{effective}"
    );

    for ((name, secret), file) in secrets.iter().zip(&files) {
        let mut both = files.clone();
        both.push(((*name).to_owned(), (*secret).to_owned()));
        let all = mistakes(&named(&both));
        assert!(all.len() == 1 && all[0].contains("is given, and so is") && all[0].contains("_file"), "{all:#?}");
        for (path, what) in
            [("/nowhere/secret", "cannot be read"), (folder.file("empty", " \n").to_str().expect("text"), "is empty")]
        {
            let mut spoilt = files.clone();
            spoilt.retain(|other| other != file);
            spoilt.push((file.0.clone(), path.to_owned()));
            let all = mistakes(&named(&spoilt)).join("\n");
            assert!(all.contains(path) && all.contains(what) && all.contains(&file.0), "{all}");
        }
    }
}

#[test]
fn files_with_secrets_that_others_may_read_are_named() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let secret = folder.file("redis", "redis://:hunter2@redis.example.org\n");
    let settings = folder
        .file("p.toml", "[smtp]\nurl = \"smtps://ada:hunter2@mail.example.org\"\n[mail]\nfrom = \"mfa@example.org\"\n");
    let key = folder.file("master.key", KEY);
    let mut given = variables(&[
        ("POSTERN_REDIS_URL_FILE", &secret.to_string_lossy()),
        ("POSTERN_DATA_DIR", &folder.0.to_string_lossy()),
    ]);
    given.file = Some(settings.clone());
    let config = Config::load(&given).expect("all right");
    for (mode, open) in [(0o644, 3), (0o640, 3), (0o600, 0), (0o400, 0)] {
        for path in [&secret, &settings, &key] {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("ours");
        }
        assert_eq!(config.files_open_to_others().len(), open, "{mode:o}");
    }
    let harmless = ConfigSources { file: Some(folder.file("q.toml", "totp.skew = 0\n")), ..variables(&[]) };
    let data_dir = ("POSTERN_DATA_DIR".to_owned(), folder.0.join("none").to_string_lossy().into_owned());
    let harmless = ConfigSources { variables: vec![data_dir], ..harmless };
    assert!(Config::load(&harmless).expect("all right").files_open_to_others().is_empty(), "no secret in it");
}

#[test]
fn empty_and_short_secrets_are_mistakes() {
    for name in ["POSTERN_CLIENTS_GATEWAY_KEY", "POSTERN_MASTER_KEY", "POSTERN_ADMIN_PASSWORD_HASH"] {
        for empty in ["", " ", "\t\n"] {
            let said = mistake(&[(name, empty)]);
            assert!(said.contains("is empty") && said.contains(name), "{said}");
        }
    }
    let key = |text| load(&[("POSTERN_CLIENTS_GATEWAY_KEY", text)]);
    assert!(mistake(&[("POSTERN_CLIENTS_GATEWAY_KEY", " fifteen-letters ")]).contains("fewer than 16 characters"));
    assert!(key("sixteen-letters-").is_ok());
    // A password is the other side's to choose.
    load(&[("POSTERN_SMTP_URL", "smtps://ada:x@mail.example.org"), ("POSTERN_MAIL_FROM", "mfa@example.org")])
        .expect("right");
}

#[test]
fn limits_for_emails_are_numbers() {
    let config = load(&[]).expect("the defaults are right");
    assert_eq!((config.emails_per_network, config.emails_per_hour), (20, Some(10_000)));
    let both = [("POSTERN_LIMITS_EMAILS_PER_NETWORK", "200"), ("POSTERN_LIMITS_EMAILS_PER_HOUR", "0")];
    let config = load(&both).expect("all right");
    assert_eq!((config.emails_per_network, config.emails_per_hour), (200, None));
    for text in ["0", "-1", "many", "10001"] {
        assert!(mistake(&[("POSTERN_LIMITS_EMAILS_PER_NETWORK", text)]).contains("is no number of emails"), "{text}");
    }
}

#[test]
fn value_that_is_not_utf8_is_a_mistake_and_stays_unsaid() {
    use std::os::unix::ffi::OsStrExt as _;
    let bytes = std::ffi::OsStr::from_bytes(b"Wall\xff\xfe");
    for name in ["POSTERN_PORTAL_NAME", "POSTERN_CLIENTS_GATEWAY_KEY"] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
        let output = command.arg("check-config").env_clear().env(name, bytes).output().expect("it runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1));
        assert!(said.contains(name) && said.contains("is not UTF-8") && !said.contains("Wall"), "{said}");
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_postern"));
    let output = command.arg("check-config").env_clear().env("ELSEWHERE", bytes).output().expect("it runs");
    assert_eq!(output.status.code(), Some(0), "other programs' variables are theirs");
}

#[test]
fn missing_certificates_are_told_as_that_and_not_as_a_bad_url() {
    let variables = [("POSTERN_REDIS_URL", "rediss://redis.example.org"), ("SSL_CERT_FILE", "/nowhere/ca.pem")];
    let output = postern(&["check-config"], &variables);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("redis.url") && said.contains("certificate authorities cannot be read"), "{said}");
    assert!(!said.contains("is no Redis URL"), "{said}");
}

#[test]
fn secret_files_that_are_no_regular_files_are_refused_by_name() {
    let folder = Folder::new();
    let pipe = folder.file("pipe", "").with_file_name("fifo");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo is installed").success());
    for path in [pipe.to_string_lossy().as_ref(), "/dev/null", "/tmp"] {
        let said = mistake(&[("POSTERN_MASTER_KEY_FILE", path)]);
        assert!(said.contains("master_key_file") && said.contains("is no regular file"), "{path}: {said}");
    }
}
