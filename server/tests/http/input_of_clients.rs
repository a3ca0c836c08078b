//! Whatever somebody sends in the headers of a route of clients: who calls is looked at first, and a header that is odd is
//! refused by name.

use reqwest::header::HeaderValue;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::browser::Answer;
use crate::input_described::{Sender, example, headers, name};
use crate::on_each_store;

/// The routes of clients that prove themselves.
fn of_clients(sender: &Sender) -> Vec<(Method, String, Value)> {
    let mut all = sender.operations();
    all.retain(|(_, _, operation)| operation["security"][0].get("apiSecret").is_some());
    assert!(all.len() >= 14, "{all:?}");
    all
}

/// With every header that it needs but those of the client, and but this one.
fn but(sender: &Sender, (method, path, operation): &(Method, String, Value), left_out: &str) -> RequestBuilder {
    let request = sender.browser.request(method.clone(), path).json(&json!([]));
    let others = headers(operation).filter(|it| it["required"] == true && name(it) != left_out);
    others.fold(request, |request, it| request.header(name(it), example(it)))
}

async fn send(sender: &mut Sender, (method, path, _): &(Method, String, Value), request: RequestBuilder) -> Answer {
    let answer = sender.browser.send(request).await;
    sender.description.check(method, path, &answer);
    answer
}

fn with_all(request: RequestBuilder, headers: &[(&'static str, String)]) -> RequestBuilder {
    headers.iter().fold(request, |request, (name, value)| request.header(*name, value))
}

on_each_store! {
    async fn who_calls_is_asked_before_anything_else_is_looked_at(place: Place) {
        let app = TestApp::open(place).await;
        let mut sender = Sender::at(&app).await;
        let [key, secret] = [0, 1].map(|it| sender.client[it].clone());
        let wrong_secret = ("x-mfa-apisecret", secret.1.chars().rev().collect());
        let wrong_key = ("x-mfa-apikey", key.1.replace(|c: char| c.is_ascii_digit(), "a"));
        for route in of_clients(&sender) {
            // No headers of the relying party, and a body that is no object.
            for pair in [
                vec![], vec![key.clone()], vec![secret.clone()], vec![key.clone(), wrong_secret.clone()], vec![wrong_key.clone(), secret.clone()],
                vec![key.clone(), key.clone(), secret.clone()], vec![key.clone(), secret.clone(), secret.clone()],
                vec![("x-mfa-apikey", "k".repeat(8_000)), secret.clone()], vec![key.clone(), ("x-mfa-apisecret", "s".repeat(8_000))],
            ] {
                let request = sender.browser.request(route.0.clone(), &route.1).json(&json!([]));
                send(&mut sender, &route, with_all(request, &pair)).await.problem(401, "no-client");
            }
            app.advance(601);
            let odd = HeaderValue::from_bytes(b"\xff\xfe").expect("a value");
            let request = sender.browser.request(route.0.clone(), &route.1).header("x-mfa-apikey", odd).header(secret.0, &secret.1);
            send(&mut sender, &route, request).await.problem(401, "no-client");
        }
    }

    async fn a_header_that_is_odd_is_refused_by_name(place: Place) {
        let app = TestApp::open(place).await;
        let mut sender = Sender::at(&app).await;
        let mut sent = 0;
        for route in of_clients(&sender) {
            let read: Vec<String> = headers(&route.2).filter(|it| it.get("example").is_some()).map(|it| name(it).to_owned()).collect();
            for header in read {
                let needed = headers(&route.2).any(|it| name(it) == header && it["required"] == true);
                let long = "1".repeat(256);
                let longer = "1".repeat(20_000);
                let mut values: Vec<Vec<&[u8]>> = vec![
                    vec![b"\xff\xfe"], vec![b"a\xc2\x85b"], vec![b"a\tb"], vec![long.as_bytes()], vec![longer.as_bytes()], vec![b"a", b"a"], vec![b"a", b""],
                ];
                if needed {
                    values.extend([vec![], vec![b"".as_slice()], vec![b"  "]]);
                }
                for value in values {
                    let request = with_all(but(&sender, &route, &header), &sender.client);
                    let request = value.iter().fold(request, |request, it| request.header(&header, HeaderValue::from_bytes(it).expect("a value")));
                    let problem = send(&mut sender, &route, request).await.problem(400, "bad-setting");
                    assert!(problem["detail"].as_str().is_some_and(|said| said.contains(&header)), "{header} {value:?}: {problem}");
                    sent += 1;
                }
            }
        }
        assert!(sent > 200, "{sent}");
        sender.nothing_changed().await;
    }

    async fn a_relying_party_that_no_browser_would_sign_for_is_refused_by_name(place: Place) {
        let app = TestApp::open(place).await;
        let mut sender = Sender::at(&app).await;
        for route in of_clients(&sender) {
            if headers(&route.2).all(|it| name(it) != "x-mfa-RPID") {
                continue;
            }
            for (header, value) in [
                ("x-mfa-RPID", "https://shop.example"), ("x-mfa-RPID", "Shop.example"), ("x-mfa-RPID", "192.0.2.1"),
                ("x-mfa-RPOrigin", "http://shop.example"), ("x-mfa-RPOrigin", "https://shop.example.evil.example"), ("x-mfa-RPOrigin", "null"),
            ] {
                let request = with_all(but(&sender, &route, header), &sender.client).header(header, value);
                let problem = send(&mut sender, &route, request).await.problem(400, "bad-setting");
                assert!(problem["detail"].as_str().is_some_and(|said| said.contains(header)), "{header} {value}: {problem}");
            }
        }
        sender.nothing_changed().await;
    }

    async fn what_is_no_uuid_names_nobody(place: Place) {
        let app = TestApp::open(place).await;
        let mut sender = Sender::at(&app).await;
        for route in of_clients(&sender) {
            if headers(&route.2).all(|it| name(it) != "x-mfa-UserUUID") {
                continue;
            }
            for value in ["ada", "{0f8b6c1e-5d0a-4b7e-9f3c-2a6d8e4b1c70}", "0f8b6c1e5d0a4b7e9f3c2a6d8e4b1c70"] {
                let request = with_all(but(&sender, &route, "x-mfa-UserUUID"), &sender.client).header("x-mfa-UserUUID", value);
                let answer = send(&mut sender, &route, request).await;
                // Whoever is to be removed is not there, as is wanted.
                match (route.0.as_str(), route.1.ends_with("/user")) {
                    ("DELETE", true) => assert_eq!(answer.status, 204, "{answer:?}"),
                    _ => assert!(answer.problem(404, "not-enrolled").is_object()),
                }
            }
        }
        sender.nothing_changed().await;
    }
}
