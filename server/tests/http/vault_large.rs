//! Large bodies: a whole vault in one of them, and only a few at a time.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::app::{Place, TestApp};
use crate::browser::Answer;
use crate::on_each_store;
use crate::vault::{HASH, Keeper, TOTPS, naming};

/// A body of so many bytes.
fn body(bytes: usize) -> Value {
    json!({ "totps": [], "filled": "x".repeat(bytes - r#"{"filled":"","totps":[]}"#.len()) })
}

/// One of the longest there may be.
fn blob(number: usize) -> String {
    format!("{number:04}{}", "x".repeat(4092))
}

fn entry(blob: &str, name: &str) -> String {
    format!(r#"{{"enc_secret":"{blob}","name":"{name}"}}"#)
}

/// As it stands, since so much of it takes long to read.
async fn send(keeper: &mut Keeper, method: Method, body: String) -> Answer {
    let request = naming(keeper.program.request(method, TOTPS), TOTPS).header("content-type", "application/json");
    keeper.program.send(request.body(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_vault_goes_in_comes_out_and_is_removed_in_one_request_each() {
    let app = TestApp::open(Place::redis()).await;
    let mut ada = Keeper::of(&app, HASH);
    let entries: Vec<String> = (0..1_000).map(|number| entry(&blob(number), "n".repeat(400).as_str())).collect();
    let whole = entries.join(",");
    let added = send(&mut ada, Method::POST, format!(r#"{{"totps":[{whole}]}}"#)).await;
    assert_eq!(added.status, 200);
    assert!(added.body == format!(r#"{{"user_created":true,"totps":[{whole}]}}"#), "as it went in");
    let listed = send(&mut ada, Method::GET, String::new()).await;
    assert!(listed.body == format!(r#"{{"totps":[{whole}]}}"#), "as it went in");
    ada.replace(&blob(500), "v2.AAAA").await.expect(200);
    let removed = send(&mut ada, Method::DELETE, format!(r#"{{"totps":[{whole}]}}"#)).await;
    assert_eq!(removed.expect(200), json!({ "deleted": 999 }));
    assert_eq!(ada.list().await.expect(200)["totps"].as_array().map(Vec::len), Some(1));
}

on_each_store! {
    async fn a_body_is_taken_up_to_its_limit_and_not_beyond(place: Place) {
        let app = TestApp::open(place).await;
        let mut ada = Keeper::of(&app, HASH);
        let (usual, large) = (64 * 1024, 4_608 * 1024);
        for (method, most) in [(Method::POST, large), (Method::DELETE, large), (Method::PUT, usual), (Method::GET, usual)] {
            ada.ask(method.clone(), body(most + 1)).await.problem(413, "too-large");
            let taken = ada.ask(method.clone(), body(most)).await;
            assert!([200, 400, 404].contains(&taken.status), "{method}: {taken:?}");
        }
    }

    async fn slow_senders_keep_no_larger_body_waiting(place: Place) {
        let app = TestApp::open(place).await;
        let mut ada = Keeper::of(&app, HASH);
        let begun = format!(
            "POST {TOTPS} HTTP/1.1\r\nHost: {}\r\nX-User-Hash: {HASH}\r\nContent-Type: application/json\r\n\
             Content-Length: 1000000\r\n\r\n{{",
            app.origin.trim_start_matches("http://")
        );
        let mut held = Vec::new();
        for _ in 0..20 {
            let mut slow = TcpStream::connect(app.address).await.expect("it listens");
            slow.write_all(begun.as_bytes()).await.expect("it reads");
            held.push(slow);
            assert_eq!(ada.ask(Method::POST, body(100_000)).await.status, 200);
        }
        ada.add(json!([{ "enc_secret": "A" }])).await.expect(200);
        ada.list().await.expect(200);
    }
}
