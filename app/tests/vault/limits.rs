//! Vaults are bounded: by user, by network, and all together.

use std::time::Duration;

use postern_app::vault::{MOST_ENTRIES, Refusal};

use crate::app::{LIGHT, TestApp, entries, entry, network, told, user};

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn a_vault_has_a_thousand_entries_and_not_one_more() {
    let app = TestApp::open().await;
    let texts: Vec<String> = (0..=MOST_ENTRIES).map(|number| number.to_string()).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let too_many = app.tries_to_add("ada", 1, entries(&texts)).await.expect_err("too many");
    assert_eq!(too_many, Refusal::TooMany);
    assert_eq!(app.lists("ada").await, Err(Refusal::Unknown), "all of them or none");
    app.adds("ada", &texts[..MOST_ENTRIES - 1]).await;
    let two_more = app.tries_to_add("ada", 1, entries(&texts[MOST_ENTRIES - 1..])).await;
    assert_eq!(two_more.expect_err("too many"), Refusal::TooMany);
    app.adds("ada", &texts[MOST_ENTRIES - 1..MOST_ENTRIES]).await;
    app.adds("ada", &texts[..MOST_ENTRIES]).await;
    assert_eq!(app.tries_to_add("ada", 1, entries(&["x"])).await.expect_err("too many"), Refusal::TooMany);
    assert_eq!(app.replaces("ada", "0", "x", None).await, Ok("x".to_owned()), "one goes for it");
    app.removes("ada", &["x"]).await;
    app.adds("ada", &["y"]).await;
    assert_eq!(app.lists("ada").await.expect("a list").len(), MOST_ENTRIES);
}

#[tokio::test]
async fn all_vaults_together_take_what_there_is_room_for_and_give_it_back() {
    let app = TestApp::within(3 * LIGHT).await;
    app.adds("ada", &["a", "b"]).await;
    let two = app.tries_to_add("bob", 2, entries(&["a", "b"])).await;
    assert_eq!(two.expect_err("no room"), Refusal::Full);
    assert_eq!(app.lists("bob").await, Err(Refusal::Unknown), "all of them or none");
    app.adds("bob", &["a"]).await;
    assert_eq!(app.tries_to_add("ada", 1, entries(&["c"])).await.expect_err("no room"), Refusal::Full);
    app.adds("ada", &["a", "b"]).await;
    assert_eq!(app.removes("ada", &["a", "never"]).await, 1);
    app.adds("bob", &["c"]).await;
    assert_eq!(app.tries_to_add("bob", 1, entries(&["d"])).await.expect_err("no room"), Refusal::Full);
    assert_eq!((app.removes("ada", &["b"]).await, app.removes("bob", &["a", "c"]).await), (1, 2));
    app.adds("carol", &["a", "b", "c"]).await;
}

#[tokio::test]
async fn what_an_entry_becomes_is_weighed_too_but_not_to_the_byte() {
    let app = TestApp::within(2 * LIGHT).await;
    app.adds("ada", &["a", "b"]).await;
    let (as_light, heavier) = ("x".repeat(256), "x".repeat(257));
    assert_eq!(app.replaces("ada", "a", &as_light, None).await, Ok(as_light.clone()), "a counter with a digit more");
    assert_eq!(app.replaces("ada", &as_light, &heavier, None).await, Err(Refusal::Full));
    let long = "n".repeat(300);
    assert_eq!(app.replaces("ada", "b", "b", Some(&long)).await, Err(Refusal::Full));
    let named = vec![entry("b", Some(&long))];
    assert_eq!(app.tries_to_add("ada", 1, named).await.expect_err("no room"), Refusal::Full);
    assert_eq!(app.lists("ada").await.expect("a list"), [as_light.as_str(), "b"]);
    app.removes("ada", &["b"]).await;
    assert_eq!(app.replaces("ada", &as_light, &heavier, None).await, Ok(heavier.clone()));
    assert_eq!(app.replaces("ada", &heavier, "a", None).await, Ok("a".to_owned()));
    app.adds("ada", &["b"]).await;
}

#[tokio::test]
async fn a_lowered_total_keeps_what_is_there_and_takes_nothing_more() {
    let app = TestApp::within(2 * LIGHT).await;
    app.adds("ada", &["a", "b"]).await;
    let app = TestApp { vaults: app.vaults.clone().within(LIGHT), ..app };
    assert_eq!(app.replaces("ada", "a", "c", None).await, Ok("c".to_owned()));
    assert_eq!(app.removes("ada", &["b"]).await, 1);
    assert_eq!(app.tries_to_add("ada", 1, entries(&["d"])).await.expect_err("no room"), Refusal::Full);
    assert_eq!(app.lists("ada").await.expect("a list"), ["c"]);
}

#[tokio::test]
async fn a_network_makes_ten_vaults_an_hour_and_those_it_has_go_on() {
    let app = TestApp::open().await;
    for number in 0..10 {
        assert!(app.tries_to_add(&format!("user-{number}"), 1, entries(&["a"])).await.expect("new").user_created);
    }
    let until = app.vaults.add(&user("one-more"), network(1), entries(&["a"])).await;
    let Err(Refusal::TooManyNew { until }) = told(until) else { panic!("the eleventh") };
    assert_eq!(until, app.now() + HOUR);
    assert!(!app.tries_to_add("user-0", 1, entries(&["b"])).await.expect("an old one").user_created);
    assert!(app.tries_to_add("another", 2, entries(&["a"])).await.expect("another network").user_created);
    // One that comes back is new.
    app.removes("user-1", &["a"]).await;
    let back = app.tries_to_add("user-1", 1, entries(&["a"])).await;
    assert!(matches!(back, Err(Refusal::TooManyNew { .. })));
    app.later(HOUR);
    assert!(app.tries_to_add("user-1", 1, entries(&["a"])).await.expect("an hour later").user_created);
}

#[tokio::test]
async fn who_asks_for_vaults_that_are_not_there_has_to_wait_and_nobody_else_has() {
    let app = TestApp::open().await;
    app.adds("ada", &["a"]).await;
    for number in 0..599 {
        assert_eq!(app.lists(&format!("user-{number}")).await, Err(Refusal::Unknown));
    }
    // To add nothing is to ask, too.
    app.tries_to_add("nobody", 1, Vec::new()).await.expect("an answer");
    assert!(matches!(app.lists("nobody").await, Err(Refusal::TooManyUnknown { .. })));
    let nothing = app.tries_to_add("nobody", 1, Vec::new()).await;
    assert!(matches!(nothing, Err(Refusal::TooManyUnknown { .. })));
    assert_eq!(app.lists("ada").await.expect("what is there"), ["a"]);
    assert_eq!(told(app.vaults.list(&user("nobody"), network(2)).await), Err(Refusal::Unknown));
    app.later(HOUR);
    assert_eq!(app.lists("nobody").await, Err(Refusal::Unknown));
}
