//! What is in a vault after this and that.

use std::time::Duration;

use postern_app::vault::Refusal;

use crate::app::{TestApp, entries, entry, shown};

#[tokio::test]
async fn entries_stand_in_the_order_in_which_they_came() {
    let app = TestApp::open().await;
    assert!(app.adds("ada", &["c", "a"]).await, "the first one makes the vault");
    assert!(!app.adds("ada", &["b"]).await);
    assert_eq!(app.lists("ada").await.expect("a list"), ["c", "a", "b"]);
}

#[tokio::test]
async fn an_entry_that_is_there_only_gets_its_new_name() {
    let app = TestApp::open().await;
    let first = vec![entry("a", Some("Shop")), entry("b", None)];
    app.tries_to_add("ada", 1, first).await.expect("it is added");
    let again = vec![entry("c", None), entry("b", Some("Bank")), entry("a", None)];
    let added = app.tries_to_add("ada", 1, again).await.expect("it is added");
    assert_eq!((shown(&added.entries), added.user_created), (vec!["a".into(), "b=Bank".into(), "c".into()], false));
    assert_eq!(app.lists("ada").await.expect("a list"), ["a", "b=Bank", "c"]);
}

#[tokio::test]
async fn of_several_names_in_one_request_the_last_one_counts() {
    let app = TestApp::open().await;
    let twice = vec![entry("a", Some("one")), entry("b", None), entry("a", Some("two"))];
    let added = app.tries_to_add("ada", 1, twice).await.expect("it is added");
    assert_eq!(shown(&added.entries), ["a=two", "b"]);
}

#[tokio::test]
async fn two_users_may_have_equal_entries_and_neither_touches_the_others() {
    let app = TestApp::open().await;
    app.adds("ada", &["a", "b"]).await;
    assert!(app.adds("bob", &["a"]).await);
    assert_eq!(app.replaces("bob", "a", "c", None).await, Ok("c".to_owned()));
    assert_eq!(app.removes("bob", &["c", "b"]).await, 1);
    assert_eq!(app.lists("ada").await.expect("a list"), ["a", "b"]);
    assert_eq!(app.lists("bob").await, Err(Refusal::Unknown));
}

#[tokio::test]
async fn what_replaces_another_stands_in_its_place_under_its_name_unless_it_brings_one() {
    let app = TestApp::open().await;
    let named = vec![entry("a", Some("Token")), entry("b", None), entry("c", None)];
    app.tries_to_add("ada", 1, named).await.expect("it is added");
    assert_eq!(app.replaces("ada", "a", "a1", None).await, Ok("a1=Token".to_owned()));
    assert_eq!(app.replaces("ada", "a1", "a2", Some("Key")).await, Ok("a2=Key".to_owned()));
    assert_eq!(app.replaces("ada", "b", "b", Some("Same")).await, Ok("b=Same".to_owned()));
    assert_eq!(app.lists("ada").await.expect("a list"), ["a2=Key", "b=Same", "c"]);
    assert_eq!(app.replaces("ada", "c", "b", Some("One")).await, Ok("b=One".to_owned()), "which is there already");
    assert_eq!(app.lists("ada").await.expect("a list"), ["a2=Key", "b=One"]);
}

#[tokio::test]
async fn what_is_gone_cannot_be_replaced_and_nothing_changes() {
    let app = TestApp::open().await;
    app.adds("ada", &["a"]).await;
    assert_eq!(app.replaces("ada", "a", "b", None).await, Ok("b".to_owned()));
    for old in ["a", "never"] {
        assert_eq!(app.replaces("ada", old, "c", None).await, Err(Refusal::Gone));
    }
    assert_eq!(app.replaces("nobody", "b", "c", None).await, Err(Refusal::Gone));
    assert_eq!(app.lists("ada").await.expect("a list"), ["b"]);
    assert_eq!(app.lists("nobody").await, Err(Refusal::Unknown));
}

#[tokio::test]
async fn only_what_was_there_counts_as_removed() {
    let app = TestApp::open().await;
    app.adds("ada", &["a", "b", "c"]).await;
    assert_eq!(app.removes("ada", &["b", "never", "b"]).await, 1);
    assert_eq!(app.removes("ada", &["b"]).await, 0);
    assert_eq!(app.removes("ada", &[]).await, 0);
    assert_eq!(app.removes("nobody", &["a"]).await, 0);
    assert_eq!(app.lists("ada").await.expect("a list"), ["a", "c"]);
}

#[tokio::test]
async fn a_vault_is_gone_with_its_last_entry_and_new_when_it_comes_back() {
    let app = TestApp::open().await;
    let before = app.store.keys(app.now()).len();
    app.adds("ada", &["a", "b"]).await;
    assert_eq!(app.removes("ada", &["a", "b"]).await, 2);
    assert_eq!(app.lists("ada").await, Err(Refusal::Unknown));
    assert_eq!(app.removes("ada", &["a"]).await, 0);
    // A count of new vaults, and one of unknown ones.
    assert_eq!(app.store.keys(app.now()).len(), before + 2, "nothing is left of it");
    assert!(app.adds("ada", &["c"]).await);
    assert_eq!(app.lists("ada").await.expect("a list"), ["c"]);
}

#[tokio::test]
async fn an_emptied_vault_is_gone_by_every_clock() {
    let app = TestApp::open().await;
    app.adds("ada", &["a"]).await;
    app.removes("ada", &["a"]).await;
    // Another instance, a second behind.
    app.clock.set(app.now() - Duration::from_secs(1));
    assert_eq!(app.lists("ada").await, Err(Refusal::Unknown));
    assert_eq!(app.replaces("ada", "a", "b", None).await, Err(Refusal::Gone));
    assert_eq!(app.removes("ada", &["a"]).await, 0);
    assert!(app.adds("ada", &["c"]).await, "it is new");
    assert_eq!(app.lists("ada").await.expect("a list"), ["c"]);
    app.later(Duration::from_secs(1));
    assert_eq!(app.lists("ada").await.expect("a list"), ["c"]);
}

#[tokio::test]
async fn adding_nothing_makes_no_vault() {
    let app = TestApp::open().await;
    let added = app.tries_to_add("ada", 1, Vec::new()).await.expect("an answer");
    assert!(!added.user_created && added.entries.is_empty());
    assert_eq!(app.lists("ada").await, Err(Refusal::Unknown));
    app.adds("ada", &["a"]).await;
    let added = app.tries_to_add("ada", 1, Vec::new()).await.expect("an answer");
    assert_eq!((shown(&added.entries), added.user_created), (vec!["a".to_owned()], false));
}

#[tokio::test]
async fn a_thousand_entries_come_back_as_they_went_in() {
    let app = TestApp::open().await;
    let texts: Vec<String> = (0..1_000).map(|number| format!("blob-{number}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let added = app.tries_to_add("ada", 1, entries(&texts)).await.expect("it is added");
    assert_eq!(shown(&added.entries), texts);
    assert_eq!(app.lists("ada").await.expect("a list"), texts);
}
