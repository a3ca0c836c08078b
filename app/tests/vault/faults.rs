//! A store that goes away in the middle: what was not told to be done may or may not be, but never half, and the total
//! stays true.

use postern_app::vault::{Replacement, UseCaseError};

use crate::app::{LIGHT, TestApp, blob, entries, network, user};

/// More calls than any use case makes here.
const CALLS: u64 = 12;

#[tokio::test]
async fn wherever_the_store_goes_away_a_vault_is_as_before_or_as_after() {
    for call in 0..CALLS {
        let app = TestApp::within(3 * LIGHT).await;
        app.adds("ada", &["a", "b"]).await;
        app.store.go_down_after(call);
        let added = app.vaults.add(&user("ada"), network(1), entries(&["c"])).await;
        app.store.set_down(false);
        let list = app.lists("ada").await.expect("a list");
        match added {
            Ok(_) => assert_eq!(list, ["a", "b", "c"]),
            Err(UseCaseError::InternalError(_)) => assert!(list == ["a", "b"] || list == ["a", "b", "c"], "{list:?}"),
            Err(no) => panic!("{no:?}"),
        }
        let left = 3 - list.len();
        let more = if left == 0 { vec![] } else { vec!["d"] };
        app.adds("ada", &more).await;
        let over = app.tries_to_add("ada", 1, entries(&["e"])).await;
        assert!(over.is_err(), "the total is what is there, after a fault at call {call}");
    }
}

#[tokio::test]
async fn wherever_the_store_goes_away_a_counter_has_moved_once_or_not_at_all() {
    for call in 0..CALLS {
        let app = TestApp::open().await;
        app.adds("ada", &["0"]).await;
        app.store.go_down_after(call);
        let replacement = Replacement { replaces: blob("0"), enc_secret: blob("1"), name: None };
        let moved = app.vaults.replace(&user("ada"), network(1), &replacement).await;
        app.store.set_down(false);
        let list = app.lists("ada").await.expect("a list");
        assert!(list == ["0"] && moved.is_err() || list == ["1"], "{list:?}");
        let again = app.replaces("ada", "0", "1", None).await;
        assert_eq!(again.is_ok(), list == ["0"], "call {call}");
    }
}
