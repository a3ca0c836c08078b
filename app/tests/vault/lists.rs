//! What is in a vault after this and that.

use std::time::Duration;

use postern_app::vault::Refusal;

use crate::house::{House, entries, entry, shown};

#[tokio::test]
async fn entries_stand_in_the_order_in_which_they_came() {
    let house = House::open().await;
    assert!(house.adds("ada", &["c", "a"]).await, "the first one makes the vault");
    assert!(!house.adds("ada", &["b"]).await);
    assert_eq!(house.lists("ada").await.expect("a list"), ["c", "a", "b"]);
}

#[tokio::test]
async fn an_entry_that_is_there_only_gets_its_new_name() {
    let house = House::open().await;
    let first = vec![entry("a", Some("Shop")), entry("b", None)];
    house.tries_to_add("ada", 1, first).await.expect("it is added");
    let again = vec![entry("c", None), entry("b", Some("Bank")), entry("a", None)];
    let added = house.tries_to_add("ada", 1, again).await.expect("it is added");
    assert_eq!((shown(&added.entries), added.user_created), (vec!["a".into(), "b=Bank".into(), "c".into()], false));
    assert_eq!(house.lists("ada").await.expect("a list"), ["a", "b=Bank", "c"]);
}

#[tokio::test]
async fn of_several_names_in_one_request_the_last_one_counts() {
    let house = House::open().await;
    let twice = vec![entry("a", Some("one")), entry("b", None), entry("a", Some("two"))];
    let added = house.tries_to_add("ada", 1, twice).await.expect("it is added");
    assert_eq!(shown(&added.entries), ["a=two", "b"]);
}

#[tokio::test]
async fn two_users_may_have_equal_entries_and_neither_touches_the_others() {
    let house = House::open().await;
    house.adds("ada", &["a", "b"]).await;
    assert!(house.adds("bob", &["a"]).await);
    assert_eq!(house.replaces("bob", "a", "c", None).await, Ok("c".to_owned()));
    assert_eq!(house.removes("bob", &["c", "b"]).await, 1);
    assert_eq!(house.lists("ada").await.expect("a list"), ["a", "b"]);
    assert_eq!(house.lists("bob").await, Err(Refusal::Unknown));
}

#[tokio::test]
async fn what_replaces_another_stands_in_its_place_under_its_name_unless_it_brings_one() {
    let house = House::open().await;
    let named = vec![entry("a", Some("Token")), entry("b", None), entry("c", None)];
    house.tries_to_add("ada", 1, named).await.expect("it is added");
    assert_eq!(house.replaces("ada", "a", "a1", None).await, Ok("a1=Token".to_owned()));
    assert_eq!(house.replaces("ada", "a1", "a2", Some("Key")).await, Ok("a2=Key".to_owned()));
    assert_eq!(house.replaces("ada", "b", "b", Some("Same")).await, Ok("b=Same".to_owned()));
    assert_eq!(house.lists("ada").await.expect("a list"), ["a2=Key", "b=Same", "c"]);
    assert_eq!(house.replaces("ada", "c", "b", Some("One")).await, Ok("b=One".to_owned()), "which is there already");
    assert_eq!(house.lists("ada").await.expect("a list"), ["a2=Key", "b=One"]);
}

#[tokio::test]
async fn what_is_gone_cannot_be_replaced_and_nothing_changes() {
    let house = House::open().await;
    house.adds("ada", &["a"]).await;
    assert_eq!(house.replaces("ada", "a", "b", None).await, Ok("b".to_owned()));
    for old in ["a", "never"] {
        assert_eq!(house.replaces("ada", old, "c", None).await, Err(Refusal::Gone));
    }
    assert_eq!(house.replaces("nobody", "b", "c", None).await, Err(Refusal::Gone));
    assert_eq!(house.lists("ada").await.expect("a list"), ["b"]);
    assert_eq!(house.lists("nobody").await, Err(Refusal::Unknown));
}

#[tokio::test]
async fn only_what_was_there_counts_as_removed() {
    let house = House::open().await;
    house.adds("ada", &["a", "b", "c"]).await;
    assert_eq!(house.removes("ada", &["b", "never", "b"]).await, 1);
    assert_eq!(house.removes("ada", &["b"]).await, 0);
    assert_eq!(house.removes("ada", &[]).await, 0);
    assert_eq!(house.removes("nobody", &["a"]).await, 0);
    assert_eq!(house.lists("ada").await.expect("a list"), ["a", "c"]);
}

#[tokio::test]
async fn a_vault_is_gone_with_its_last_entry_and_new_when_it_comes_back() {
    let house = House::open().await;
    let before = house.store.keys(house.now()).len();
    house.adds("ada", &["a", "b"]).await;
    assert_eq!(house.removes("ada", &["a", "b"]).await, 2);
    assert_eq!(house.lists("ada").await, Err(Refusal::Unknown));
    assert_eq!(house.removes("ada", &["a"]).await, 0);
    // A count of new vaults, and one of unknown ones.
    assert_eq!(house.store.keys(house.now()).len(), before + 2, "nothing is left of it");
    assert!(house.adds("ada", &["c"]).await);
    assert_eq!(house.lists("ada").await.expect("a list"), ["c"]);
}

#[tokio::test]
async fn an_emptied_vault_is_gone_by_every_clock() {
    let house = House::open().await;
    house.adds("ada", &["a"]).await;
    house.removes("ada", &["a"]).await;
    // Another instance, a second behind.
    house.clock.set(house.now() - Duration::from_secs(1));
    assert_eq!(house.lists("ada").await, Err(Refusal::Unknown));
    assert_eq!(house.replaces("ada", "a", "b", None).await, Err(Refusal::Gone));
    assert_eq!(house.removes("ada", &["a"]).await, 0);
    assert!(house.adds("ada", &["c"]).await, "it is new");
    assert_eq!(house.lists("ada").await.expect("a list"), ["c"]);
    house.later(Duration::from_secs(1));
    assert_eq!(house.lists("ada").await.expect("a list"), ["c"]);
}

#[tokio::test]
async fn adding_nothing_makes_no_vault() {
    let house = House::open().await;
    let added = house.tries_to_add("ada", 1, Vec::new()).await.expect("an answer");
    assert!(!added.user_created && added.entries.is_empty());
    assert_eq!(house.lists("ada").await, Err(Refusal::Unknown));
    house.adds("ada", &["a"]).await;
    let added = house.tries_to_add("ada", 1, Vec::new()).await.expect("an answer");
    assert_eq!((shown(&added.entries), added.user_created), (vec!["a".to_owned()], false));
}

#[tokio::test]
async fn a_thousand_entries_come_back_as_they_went_in() {
    let house = House::open().await;
    let texts: Vec<String> = (0..1_000).map(|number| format!("blob-{number}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let added = house.tries_to_add("ada", 1, entries(&texts)).await.expect("it is added");
    assert_eq!(shown(&added.entries), texts);
    assert_eq!(house.lists("ada").await.expect("a list"), texts);
}
