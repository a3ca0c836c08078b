//! Where an operator gives vaults an end, those that nobody opens are deleted, and what they weighed is free again.

use std::time::Duration;

use postern_app::vault::Refusal;
use postern_core::port::Key;

use crate::app::{LIGHT, TestApp};

const DAY: Duration = Duration::from_hours(24);
const MONTH: Duration = Duration::from_hours(30 * 24);

/// With vaults that end after a month, since long ago.
async fn app() -> TestApp {
    let app = TestApp::open().await;
    let app = TestApp { vaults: app.vaults.clone().unused_for(Some(MONTH)), ..app };
    assert_eq!(app.vaults.end_unused().await.expect("a sweep"), 0);
    app.later(MONTH);
    app
}

async fn sweeps(app: &TestApp) -> usize {
    app.vaults.end_unused().await.expect("a sweep")
}

#[tokio::test]
async fn vault_that_nobody_opens_is_deleted_with_all_that_it_weighed() {
    let app = app().await;
    let app = TestApp { vaults: app.vaults.clone().within(2 * LIGHT), ..app };
    app.adds("ada", &["a", "b"]).await;
    app.later(MONTH.saturating_sub(Duration::from_millis(1)));
    assert_eq!(sweeps(&app).await, 0);
    app.later(Duration::from_millis(1));
    assert_eq!(sweeps(&app).await, 1);
    assert_eq!(app.lists("ada").await, Err(Refusal::Unknown));
    assert!(app.adds("bob", &["a", "b"]).await, "there is room again");
    assert_eq!(sweeps(&app).await, 0, "once");
    let left = app.store.keys(app.now());
    let of_vaults = |key: &&Key| key.name().starts_with("vault/") || key.name() == "vault-opened";
    assert_eq!(left.iter().filter(of_vaults).count(), 4, "an index, two entries and a date, all bob's: {left:?}");
}

#[tokio::test]
async fn vault_that_is_listed_added_to_or_changed_stays() {
    let app = app().await;
    for hash in ["listed", "added to", "changed", "left alone"] {
        app.adds(&hash.replace(' ', "-"), &["0"]).await;
    }
    for round in 0..5 {
        app.later(MONTH.saturating_sub(DAY));
        app.lists("listed").await.expect("it is there");
        app.adds("added-to", &["0"]).await;
        app.replaces("changed", &round.to_string(), &(round + 1).to_string(), None).await.expect("it is there");
        assert_eq!(sweeps(&app).await, usize::from(round == 1), "round {round}");
    }
    assert_eq!(app.lists("left-alone").await, Err(Refusal::Unknown));
}

#[tokio::test]
async fn opening_is_noted_once_a_day() {
    let app = app().await;
    app.adds("ada", &["a"]).await;
    let before = app.store.records();
    app.later(DAY.saturating_sub(Duration::from_secs(1)));
    app.lists("ada").await.expect("it is there");
    assert_eq!(sorted(app.store.records()), sorted(before.clone()));
    app.later(Duration::from_secs(1));
    app.lists("ada").await.expect("it is there");
    assert_ne!(sorted(app.store.records()), sorted(before));
}

fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort();
    list
}

#[tokio::test]
async fn vaults_end_no_earlier_than_a_whole_span_after_they_were_given_an_end() {
    let app = TestApp::open().await;
    app.adds("ada", &["a"]).await;
    app.later(10 * MONTH);
    let app = TestApp { vaults: app.vaults.clone().unused_for(Some(MONTH)), ..app };
    assert_eq!(sweeps(&app).await, 0, "it had no end until now");
    app.later(MONTH.saturating_sub(Duration::from_millis(1)));
    assert_eq!(sweeps(&app).await, 0);
    app.later(Duration::from_millis(1));
    // Without an end it begins anew when there is one again.
    let endless =
        TestApp { vaults: app.vaults.clone().unused_for(None), store: app.store.clone(), clock: app.clock.clone() };
    assert_eq!(sweeps(&endless).await, 0);
    assert_eq!(sweeps(&app).await, 0);
    app.later(MONTH);
    assert_eq!(sweeps(&app).await, 1);
}

#[tokio::test]
async fn sweep_that_lost_the_store_half_way_is_made_up_for_by_the_next() {
    for call in 0..8 {
        let app = app().await;
        let app = TestApp { vaults: app.vaults.clone().within(LIGHT), ..app };
        app.adds("ada", &["a"]).await;
        app.later(MONTH);
        app.store.go_down_after(call);
        let swept = app.vaults.end_unused().await;
        app.store.set_down(false);
        let again = sweeps(&app).await;
        assert!(swept.is_ok() || again <= 1, "call {call}");
        assert_eq!(app.lists("ada").await, Err(Refusal::Unknown), "call {call}");
        app.adds("bob", &["a"]).await;
    }
}
