//! `postern check-config --connect`, and what commands leave behind: nothing.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use crate::postern::Postern;

const OTHER_KEY: &str = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=";
const CHECK: &[&str] = &["check-config", "--connect"];

#[tokio::test]
async fn check_on_a_fresh_machine_passes_and_makes_nothing() {
    let postern = Postern::nowhere();
    for data_dir in [postern.folder().to_owned(), postern.folder().join("not/made/yet")] {
        let data_dir = data_dir.to_string_lossy().into_owned();
        let (status, said) = postern.run(CHECK, &[("POSTERN_DATA_DIR", &data_dir)], &["POSTERN_MASTER_KEY"]);
        assert_eq!(status, 0, "{said}");
        assert!(said.contains("store: there is none in") && said.contains("mail: none: this is the demo"), "{said}");
        assert!(postern.files().is_empty(), "{:?}", postern.files());
    }
}

#[tokio::test]
async fn check_beside_a_running_portal_asks_it_and_compares_the_master_key() {
    let mut postern = Postern::embedded().await.running();
    let (status, said) = postern.run(CHECK, &[], &[]);
    assert!(status == 0 && said.contains("has it open, answers, and has the same master key"), "{said}");
    for (set, unset) in [(&[("POSTERN_MASTER_KEY", OTHER_KEY)][..], &[][..]), (&[], &["POSTERN_MASTER_KEY"])] {
        let (status, said) = postern.run(CHECK, set, unset);
        assert!(status == 1 && said.contains("store: FAILED") && said.contains("another master key"), "{said}");
    }
    postern.stop();
    let files = postern.files();
    let (status, said) = postern.run(CHECK, &[], &[]);
    assert!(status == 0 && said.contains("the master key opens it, and it is the one in use before"), "{said}");
    let (status, said) = postern.run(CHECK, &[("POSTERN_MASTER_KEY", OTHER_KEY)], &[]);
    assert!(status == 1 && said.contains("another master key"), "{said}");
    let (status, said) = postern.run(CHECK, &[], &["POSTERN_MASTER_KEY"]);
    assert!(status == 1 && said.contains("no master key is given"), "{said}");
    assert_eq!(postern.files(), files, "nothing was made");
}

#[tokio::test]
async fn check_opens_the_canary_in_redis_and_needs_no_folder() {
    let mut postern = Postern::redis();
    let nowhere = [("POSTERN_DATA_DIR", "/proc/nowhere")];
    let (status, said) = postern.run(CHECK, &nowhere, &[]);
    assert!(status == 0 && said.contains("store: Redis") && said.contains("it is empty"), "{said}");
    postern.set("POSTERN_DATA_DIR", "/proc/nowhere");
    postern.start();
    let (status, said) = postern.run(CHECK, &[], &[]);
    assert!(status == 0 && said.contains("the master key opens it"), "{said}");
    let (status, said) = postern.run(CHECK, &[("POSTERN_MASTER_KEY", OTHER_KEY)], &[]);
    assert!(status == 1 && said.contains("another master key"), "{said}");
    assert!(postern.files().is_empty());
}

#[tokio::test]
async fn check_refuses_another_store_than_was_in_use_before() {
    let mut postern = Postern::redis().running();
    postern.stop();
    let marker = postern.folder().join("store-id");
    let identity = fs::read_to_string(&marker).expect("a marker");
    let (status, said) = postern.run(CHECK, &[], &[]);
    assert!(status == 0 && said.contains("the one in use before") && said.contains(identity.trim()), "{said}");
    fs::write(&marker, "0123456789abcdef\n").expect("written");
    let (status, said) = postern.run(CHECK, &[], &[]);
    assert!(status == 1 && said.contains("another one") && said.contains("0123456789abcdef"), "{said}");
}

#[tokio::test]
async fn check_names_the_mail_server_that_refuses_the_connection_and_still_tells_of_the_store() {
    let postern = Postern::nowhere();
    let mail = [("POSTERN_SMTP_URL", "smtp://127.0.0.1:1"), ("POSTERN_MAIL_FROM", "mfa@example.org")];
    let (status, said) = postern.run(CHECK, &mail, &[]);
    assert!(status == 1 && said.contains("store: there is none"), "{said}");
    assert!(said.contains("mail: FAILED") && said.contains("127.0.0.1:1 (smtp.url)"), "{said}");
}

#[tokio::test]
async fn no_command_without_the_key_leaves_a_key_behind() {
    let postern = Postern::embedded().await;
    let before = postern.files();
    for args in [&["accounts", "list"][..], &["clients", "list"], &["serve"]] {
        let (status, said) = postern.run(args, &[], &["POSTERN_MASTER_KEY"]);
        assert_eq!(status, 1, "{said}");
        assert!(said.contains("master.key") && said.contains("master_key") && said.contains("data_dir"), "{said}");
        assert_eq!(postern.files(), before, "{args:?}");
    }
}

#[tokio::test]
async fn command_of_another_user_names_setting_and_folder() {
    let postern = Postern::embedded().await;
    let folder = postern.folder().to_owned();
    let binary = binary_for_everybody();
    fs::set_permissions(&folder, Permissions::from_mode(0o000)).expect("ours");
    for args in [&["serve"][..], &["accounts", "list"], CHECK] {
        let mut command = Command::new(binary.path().join("postern"));
        command.args(args).env_clear().env("POSTERN_DATA_DIR", &folder).env("POSTERN_ADDRESS", "127.0.0.1:0");
        command.env("POSTERN_MASTER_KEY", OTHER_KEY).current_dir("/").stdin(Stdio::null());
        if fs::metadata("/proc/self").expect("Linux").uid() == 0 {
            // Permissions hold root up nowhere.
            command.uid(65_534).gid(65_534);
        }
        let output = command.output().expect("it runs");
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("data_dir") && said.contains(&*folder.to_string_lossy()), "{args:?}: {said}");
        assert!(said.contains("Permission denied"), "{args:?}: {said}");
    }
    fs::set_permissions(&folder, Permissions::from_mode(0o700)).expect("ours");
}

/// The binary where every user may run it.
fn binary_for_everybody() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).expect("ours");
    let (from, to) = (env!("CARGO_BIN_EXE_postern"), folder.path().join("postern"));
    fs::hard_link(from, &to).or_else(|_| fs::copy(from, &to).map(drop)).expect("the binary is built");
    folder
}
