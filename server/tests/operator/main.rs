//! `postern accounts …` and `postern clients …`, as the real binary does it: over both stores, beside a running portal and by itself.

mod check;
mod clients;
mod postern;
#[path = "../support/redis.rs"]
mod redis_server;

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;

use postern::{ADA, Postern};
use serde_json::json;

/// Everything there is to do with one account, from the first look to its end.
fn walk(postern: &Postern) {
    let list = postern.json(&["list"]);
    assert_eq!(list[0]["address"], ADA);
    assert_eq!((&list[0]["factors"], &list[0]["sessions"]), (&json!(["totp"]), &json!(1)));
    let table = postern.accounts(&["list"]).expect("a list");
    assert!(table.starts_with("ADDRESS") && table.contains(ADA), "{table}");

    let shown = postern.accounts(&["show", "ADA@EXAMPLE.ORG"]).expect("an account");
    assert!(shown.contains("authenticator app") && shown.contains("Firefox on Linux, 127.0.0.1"), "{shown}");
    let why = postern.json(&["why", ADA]);
    assert_eq!((&why["reasons"][0]["reason"], &why["reasons"][0]["factor"]), (&json!("factor-waits"), &json!("totp")));
    let why = postern.accounts(&["why", ADA]).expect("an answer");
    assert!(why.contains("authenticator app: too many wrong answers"), "{why}");

    assert_eq!(postern.accounts(&["unblock", ADA]).expect("done"), "Done.\n");
    assert_eq!(postern.json(&["why", ADA])["reasons"], json!([]));
    let activity = &postern.json(&["show", ADA])["activity"];
    assert_eq!(
        (&activity[0]["what"], &activity[0]["network"]),
        (&json!("Unblocked"), &json!("an operator of the portal"))
    );

    let refused = postern.accounts(&["reset-factors", ADA]).expect_err("nobody is there to be asked");
    assert!(refused.contains("--yes"), "{refused}");
    assert_eq!(postern.json(&["list"])[0]["factors"], json!(["totp"]));
    assert_eq!(postern.json(&["reset-factors", ADA, "--yes"]), json!({ "done": true }));
    let account = postern.json(&["show", ADA]);
    assert_eq!((&account["factors"], &account["sessions"]), (&json!([]), &json!([])));
    postern.accounts(&["end-sessions", ADA]).expect("none is left, which is as good");

    let invited = postern.accounts(&["invite", ADA]).expect_err("there is an account");
    assert!(invited.contains("this address has an account already"), "{invited}");
    let invited = postern.json(&["invite", "bob@example.org"]);
    assert_eq!(postern.json(&["why", "bob@example.org"])["reasons"][0]["until"], invited["until"]);

    postern.accounts(&["delete", ADA]).expect_err("nobody is there to be asked");
    postern.accounts(&["delete", ADA, "--yes"]).expect("done");
    assert_eq!(postern.json(&["list"]), json!([]));
    let gone = postern.accounts(&["show", ADA]).expect_err("it is gone");
    assert!(gone.contains("no account has this address"), "{gone}");
    let gone = postern.accounts(&["show", ADA, "--json"]).expect_err("it is gone");
    assert!(gone.contains(r#"{"error":"no account has this address"}"#), "{gone}");
}

#[tokio::test]
async fn an_operator_helps_beside_a_portal_that_runs_over_the_embedded_store() {
    walk(&Postern::embedded().await.with_ada().await.running());
}

#[tokio::test]
async fn an_operator_helps_over_the_embedded_store_while_no_portal_runs() {
    walk(&Postern::embedded().await.with_ada().await);
}

#[tokio::test]
async fn an_operator_helps_beside_a_portal_that_runs_over_redis() {
    walk(&Postern::redis().with_ada().await.running());
}

#[tokio::test]
async fn an_operator_helps_over_redis_while_no_portal_runs() {
    walk(&Postern::redis().with_ada().await);
}

#[tokio::test]
async fn the_socket_is_its_owners_alone_and_goes_when_the_portal_stops() {
    let mut postern = Postern::embedded().await.with_ada().await.running();
    let mode = std::fs::metadata(postern.socket()).expect("a socket").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(postern.files(), ["operator.sock", "postern.redb", "store-id"]);
    postern.stop();
    assert_eq!(postern.files(), ["postern.redb", "store-id"]);
    assert_eq!(postern.json(&["list"])[0]["address"], ADA);
}

#[tokio::test]
async fn a_socket_that_a_power_cut_left_is_in_nobodys_way() {
    let mut postern = Postern::embedded().await.with_ada().await.running();
    postern.kill();
    assert!(postern.socket().exists());
    assert_eq!(postern.json(&["list"])[0]["address"], ADA, "by itself");
    postern.start();
    assert_eq!(postern.json(&["list"])[0]["address"], ADA, "by the new portal");
    assert_eq!(postern.files(), ["operator.sock", "postern.redb", "store-id"]);
}

#[test]
fn where_there_is_no_store_none_is_made() {
    let postern = Postern::nowhere();
    let why = postern.accounts(&["list"]).expect_err("nothing is there");
    assert!(why.contains("there is no store in"), "{why}");
    assert!(postern.files().is_empty(), "{:?}", postern.files());
}

#[tokio::test]
async fn a_folder_that_everybody_can_write_in_gets_no_socket() {
    let mut postern = Postern::embedded().await.with_ada().await;
    std::fs::set_permissions(postern.folder(), std::fs::Permissions::from_mode(0o777)).expect("our folder");
    let log = postern.start();
    assert!(log.iter().any(|line| line.contains("can be written by everybody")), "{log:?}");
    assert!(!postern.socket().exists());
    let why = postern.accounts(&["list"]).expect_err("no way in");
    assert!(why.contains("another process has it open"), "{why}");
}

/// What the portal says to these bytes.
fn say(postern: &Postern, bytes: &[u8]) -> String {
    let mut stream = UnixStream::connect(postern.socket()).expect("a portal that listens");
    // It may hang up before it has heard all of it.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8(answer).expect("text")
}

#[tokio::test]
async fn what_is_no_request_is_refused_and_changes_nothing() {
    let postern = Postern::embedded().await.with_ada().await.running();
    for line in
        ["\n", "GET / HTTP/1.1\r\n", "{}\n", "[]\n", "{\"act\":\"drop\"}\n", "{\"act\":\"delete\",\"address\":1}\n"]
    {
        let answer = say(&postern, line.as_bytes());
        assert!(answer.starts_with("{\"not-done\":\"not a request of this version"), "{line:?}: {answer:?}");
    }
    let answer = say(&postern, &vec![b'['; 1 << 20]);
    assert!(answer.is_empty() || answer.contains("not a request"), "{answer:?}");
    say(&postern, &[0xff, 0xfe, b'\n']);
    assert_eq!(postern.json(&["list"])[0]["address"], ADA);
}

#[tokio::test]
async fn those_who_connect_and_say_nothing_keep_nobody_out_for_long() {
    let postern = Postern::embedded().await.with_ada().await.running();
    let silent: Vec<_> =
        (0..8).map(|_| UnixStream::connect(postern.socket()).expect("a portal that listens")).collect();
    assert_eq!(postern.json(&["list"])[0]["address"], ADA);
    drop(silent);
}

#[tokio::test]
async fn twenty_at_once_are_all_answered() {
    let postern = Postern::embedded().await.with_ada().await.running();
    let answers: Vec<_> = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..20).map(|_| scope.spawn(|| say(&postern, b"{\"act\":\"list\"}\n"))).collect();
        asking.into_iter().map(|thread| thread.join().expect("an answer")).collect()
    });
    for answer in answers {
        assert!(answer.starts_with("{\"accounts\":[{\"address\":\"Ada@example.org\""), "{answer}");
    }
}
