//! A thief of the store: without the master key there is nothing, and even with it no hash that opens a vault.

use postern_core::seal::Sealer;

use crate::app::{TestApp, entry, master};

const HASH: &str = "2NEpo7TZRRrLZSi2U0vQ8k";
const BLOB: &str = "8rBiAZ5WvqVUtaDQnN9mJn";

/// All that stands there, and what the master key opens of it.
fn loot(app: &TestApp) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    let sealer = Sealer::new(&[master()]).expect("a key");
    let records = app.store.records();
    let opened = records.iter().filter_map(|(key, value)| Some(sealer.open(key, value).ok()?.to_vec())).collect();
    let names = |(key, value): (postern_core::port::Key, Vec<u8>)| {
        [value, key.slot().as_bytes().to_vec(), key.name().as_bytes().to_vec()]
    };
    (records.into_iter().flat_map(names).collect(), opened)
}

fn holds(loot: &[Vec<u8>], text: &str) -> bool {
    loot.iter().any(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
}

#[tokio::test]
async fn a_dump_names_nobody_and_shows_nothing() {
    let app = TestApp::open().await;
    app.tries_to_add(HASH, 1, vec![entry(BLOB, Some("Shop of Ada"))]).await.expect("it is added");
    app.replaces(HASH, BLOB, "5fXrK1w4kD2mYdB3aPzQ7c", None).await.expect("it is replaced");
    app.tries_to_add(HASH, 1, vec![entry(BLOB, Some("Shop of Ada"))]).await.expect("it is added");
    let (raw, opened) = loot(&app);
    for text in [HASH, BLOB, "Shop of Ada", "5fXrK1w4kD2mYdB3aPzQ7c", "192.0.2"] {
        assert!(!holds(&raw, text) && !app.store.holds(text.as_bytes()), "{text}");
    }
    assert!(holds(&opened, BLOB) && holds(&opened, "Shop of Ada"), "the key opens them, or this test reads nothing");
    assert!(!holds(&opened, HASH), "the hash is nowhere, even with the key");
}

#[tokio::test]
async fn equal_entries_of_two_users_look_alike_nowhere() {
    let app = TestApp::open().await;
    for hash in ["ada", "bob"] {
        app.tries_to_add(hash, 1, vec![entry(BLOB, None)]).await.expect("it is added");
    }
    let names: Vec<String> = app.store.records().iter().map(|(key, _)| key.name().to_owned()).collect();
    let tags: Vec<&str> =
        names.iter().filter_map(|name| name.strip_prefix("vault/")?.split_once('/')).map(|it| it.1).collect();
    assert_eq!(tags.len(), 2);
    assert_ne!(tags[0], tags[1]);
}

#[tokio::test]
async fn what_was_removed_or_replaced_is_not_there_any_more() {
    let app = TestApp::open().await;
    app.adds(HASH, &["a", "b"]).await;
    let standing = app.store.records().len();
    app.replaces(HASH, "a", "c", None).await.expect("it is replaced");
    assert_eq!(app.store.records().len(), standing);
    app.removes(HASH, &["b"]).await;
    assert_eq!(app.store.records().len(), standing - 1);
}
