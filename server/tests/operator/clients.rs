//! `postern clients …`: keys are listed, disabled and deleted, and never a secret shown.

use serde_json::json;

use crate::postern::{ADA, Postern};

/// Everything there is to do with one key, from the first look to its end.
fn walk(postern: &Postern, key: &str, secret: &str) {
    let list = postern.clients_json(&["list"]);
    assert_eq!((&list[0]["key"], &list[0]["address"], &list[0]["state"]), (&json!(key), &json!(ADA), &json!("active")));
    assert_eq!((&list[0]["totp"], &list[0]["webauthn"], &list[0]["failures"]), (&json!(0), &json!(0), &json!(0)));
    assert!(list[0]["activated_at"].is_string() && list[0]["last_used_at"].is_string(), "{list}");
    let table = postern.clients(&["list"]).expect("a list");
    assert!(table.starts_with("KEY ") && table.contains(key) && table.contains(ADA), "{table}");
    assert!(!table.contains(secret) && !list.to_string().contains(secret));

    assert_eq!(postern.clients(&["disable", &key.to_uppercase()]).expect("done"), "Done.\n");
    assert_eq!(postern.clients_json(&["list"])[0]["state"], "disabled");
    assert_eq!(postern.clients_json(&["disable", key]), json!({ "done": true }), "once more is as good");

    let refused = postern.clients(&["delete", key]).expect_err("nobody is there to be asked");
    assert!(refused.contains("--yes"), "{refused}");
    assert_eq!(postern.clients_json(&["list"])[0]["state"], "disabled");
    assert_eq!(postern.clients_json(&["delete", key, "--yes"]), json!({ "done": true }));
    assert_eq!(postern.clients_json(&["list"]), json!([]));
    for act in [&["disable", key][..], &["delete", key, "--yes"]] {
        let gone = postern.clients(act).expect_err("it is gone");
        assert!(gone.contains("no client has this key"), "{gone}");
    }
    let gone = postern.clients(&["disable", key, "--json"]).expect_err("it is gone");
    assert!(gone.contains(r#"{"error":"no client has this key"}"#), "{gone}");
    assert_eq!(postern.json(&["list"]), json!([]), "accounts are another matter");
}

#[tokio::test]
async fn an_operator_looks_after_keys_beside_a_portal_that_runs_over_the_embedded_store() {
    let (postern, key, secret) = Postern::embedded().await.with_client().await;
    walk(&postern.running(), &key, &secret);
}

#[tokio::test]
async fn an_operator_looks_after_keys_over_the_embedded_store_while_no_portal_runs() {
    let (postern, key, secret) = Postern::embedded().await.with_client().await;
    walk(&postern, &key, &secret);
}

#[tokio::test]
async fn an_operator_looks_after_keys_beside_a_portal_that_runs_over_redis() {
    let (postern, key, secret) = Postern::redis().with_client().await;
    walk(&postern.running(), &key, &secret);
}

#[tokio::test]
async fn an_operator_looks_after_keys_over_redis_while_no_portal_runs() {
    let (postern, key, secret) = Postern::redis().with_client().await;
    walk(&postern, &key, &secret);
}

#[tokio::test]
async fn a_disabled_key_opens_nothing_with_its_secret() {
    let (postern, key, secret) = Postern::embedded().await.with_client().await;
    assert!(postern.knows(&key, &secret).await);
    postern.clients(&["disable", &key]).expect("done");
    assert!(!postern.knows(&key, &secret).await);
}
