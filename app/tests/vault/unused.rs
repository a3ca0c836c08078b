//! Where an operator gives vaults an end, those that nobody opens are deleted, and what they weighed is free again.

use std::time::Duration;

use postern_app::vault::Refusal;
use postern_core::port::Key;

use crate::house::{House, LIGHT};

const DAY: Duration = Duration::from_hours(24);
const MONTH: Duration = Duration::from_hours(30 * 24);

/// With vaults that end after a month, since long ago.
async fn house() -> House {
    let house = House::open().await;
    let house = House { vaults: house.vaults.clone().unused_for(Some(MONTH)), ..house };
    assert_eq!(house.vaults.end_unused().await.expect("a sweep"), 0);
    house.later(MONTH);
    house
}

async fn sweeps(house: &House) -> usize {
    house.vaults.end_unused().await.expect("a sweep")
}

#[tokio::test]
async fn vault_that_nobody_opens_is_deleted_with_all_that_it_weighed() {
    let house = house().await;
    let house = House { vaults: house.vaults.clone().within(2 * LIGHT), ..house };
    house.adds("ada", &["a", "b"]).await;
    house.later(MONTH.saturating_sub(Duration::from_millis(1)));
    assert_eq!(sweeps(&house).await, 0);
    house.later(Duration::from_millis(1));
    assert_eq!(sweeps(&house).await, 1);
    assert_eq!(house.lists("ada").await, Err(Refusal::Unknown));
    assert!(house.adds("bob", &["a", "b"]).await, "there is room again");
    assert_eq!(sweeps(&house).await, 0, "once");
    let left = house.store.keys(house.now());
    let of_vaults = |key: &&Key| key.name().starts_with("vault/") || key.name() == "vault-opened";
    assert_eq!(left.iter().filter(of_vaults).count(), 4, "an index, two entries and a date, all bob's: {left:?}");
}

#[tokio::test]
async fn vault_that_is_listed_added_to_or_changed_stays() {
    let house = house().await;
    for hash in ["listed", "added to", "changed", "left alone"] {
        house.adds(&hash.replace(' ', "-"), &["0"]).await;
    }
    for round in 0..5 {
        house.later(MONTH.saturating_sub(DAY));
        house.lists("listed").await.expect("it is there");
        house.adds("added-to", &["0"]).await;
        house.replaces("changed", &round.to_string(), &(round + 1).to_string(), None).await.expect("it is there");
        assert_eq!(sweeps(&house).await, usize::from(round == 1), "round {round}");
    }
    assert_eq!(house.lists("left-alone").await, Err(Refusal::Unknown));
}

#[tokio::test]
async fn opening_is_noted_once_a_day() {
    let house = house().await;
    house.adds("ada", &["a"]).await;
    let before = house.store.records();
    house.later(DAY.saturating_sub(Duration::from_secs(1)));
    house.lists("ada").await.expect("it is there");
    assert_eq!(sorted(house.store.records()), sorted(before.clone()));
    house.later(Duration::from_secs(1));
    house.lists("ada").await.expect("it is there");
    assert_ne!(sorted(house.store.records()), sorted(before));
}

fn sorted<T: Ord>(mut list: Vec<T>) -> Vec<T> {
    list.sort();
    list
}

#[tokio::test]
async fn vaults_end_no_earlier_than_a_whole_span_after_they_were_given_an_end() {
    let house = House::open().await;
    house.adds("ada", &["a"]).await;
    house.later(10 * MONTH);
    let house = House { vaults: house.vaults.clone().unused_for(Some(MONTH)), ..house };
    assert_eq!(sweeps(&house).await, 0, "it had no end until now");
    house.later(MONTH.saturating_sub(Duration::from_millis(1)));
    assert_eq!(sweeps(&house).await, 0);
    house.later(Duration::from_millis(1));
    // Without an end it begins anew when there is one again.
    let endless =
        House { vaults: house.vaults.clone().unused_for(None), store: house.store.clone(), clock: house.clock.clone() };
    assert_eq!(sweeps(&endless).await, 0);
    assert_eq!(sweeps(&house).await, 0);
    house.later(MONTH);
    assert_eq!(sweeps(&house).await, 1);
}

#[tokio::test]
async fn sweep_that_lost_the_store_half_way_is_made_up_for_by_the_next() {
    for call in 0..8 {
        let house = house().await;
        let house = House { vaults: house.vaults.clone().within(LIGHT), ..house };
        house.adds("ada", &["a"]).await;
        house.later(MONTH);
        house.store.go_down_after(call);
        let swept = house.vaults.end_unused().await;
        house.store.set_down(false);
        let again = sweeps(&house).await;
        assert!(swept.is_ok() || again <= 1, "call {call}");
        assert_eq!(house.lists("ada").await, Err(Refusal::Unknown), "call {call}");
        house.adds("bob", &["a"]).await;
    }
}
