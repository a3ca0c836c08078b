//! Large bodies: a whole vault in one of them, and only a few at a time.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::app::House;
use crate::on_each_store;
use crate::vault::{HASH, Keeper, TOTPS};

/// A body of so many bytes.
fn body(bytes: usize) -> Value {
    json!({ "totps": [], "filled": "x".repeat(bytes - r#"{"filled":"","totps":[]}"#.len()) })
}

on_each_store! {
    async fn a_whole_vault_goes_in_comes_out_and_is_removed_in_one_request_each(place: Place) {
        let house = House::open(place).await;
        let mut ada = Keeper::of(&house, HASH);
        let blob = |number: usize| format!("{number:04}{}", "x".repeat(4092));
        let whole: Vec<_> = (0..1_000).map(|number| json!({ "enc_secret": blob(number), "name": "n".repeat(400) })).collect();
        let added = ada.add(whole.clone().into()).await.expect(200);
        assert!(added["totps"] == json!(whole), "as it went in");
        assert!(ada.list().await.expect(200)["totps"] == json!(whole), "as it went in");
        ada.replace(&blob(500), "v2.AAAA").await.expect(200);
        assert_eq!(ada.remove(whole.into()).await.expect(200), json!({ "deleted": 999 }));
        assert_eq!(ada.list().await.expect(200)["totps"].as_array().map(Vec::len), Some(1));
    }

    async fn a_body_is_taken_up_to_its_limit_and_not_beyond(place: Place) {
        let house = House::open(place).await;
        let mut ada = Keeper::of(&house, HASH);
        let (usual, large) = (64 * 1024, 4_608 * 1024);
        for (method, most) in [(Method::POST, large), (Method::DELETE, large), (Method::PUT, usual), (Method::GET, usual)] {
            ada.ask(method.clone(), body(most + 1)).await.problem(413, "too-large");
            let taken = ada.ask(method.clone(), body(most)).await;
            assert!([200, 400, 404].contains(&taken.status), "{method}: {taken:?}");
        }
    }

    async fn a_few_large_bodies_are_read_at_a_time_and_small_ones_never_wait(place: Place) {
        let house = House::open(place).await;
        let mut ada = Keeper::of(&house, HASH);
        let begun = format!(
            "POST {TOTPS} HTTP/1.1\r\nHost: {}\r\nX-User-Hash: {HASH}\r\nContent-Type: application/json\r\n\
             Content-Length: 1000000\r\n\r\n{{",
            house.origin.trim_start_matches("http://")
        );
        let mut held = Vec::new();
        for _ in 0..4 {
            let mut slow = TcpStream::connect(house.address).await.expect("it listens");
            slow.write_all(begun.as_bytes()).await.expect("it reads");
            held.push(slow);
        }
        // They have their turns as soon as their heads are read.
        let refused = loop {
            let answer = ada.ask(Method::POST, body(100_000)).await;
            if answer.status != 200 {
                break answer;
            }
        };
        refused.problem(429, "busy");
        assert_eq!(refused.retry_after(), 1);
        ada.add(json!([{ "enc_secret": "A" }])).await.expect(200);
        ada.list().await.expect(200);
        drop(held);
        while ada.ask(Method::POST, body(100_000)).await.status != 200 {}
    }
}
