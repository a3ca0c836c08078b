//! Opening the house: whose store is it, and do the keys fit?

use std::sync::Arc;

use postern_app::port::{Expect, Key, Store, Write};
use postern_app::portal::CannotOpen;
use postern_app::testing::{MemoryStore, StoppedClock};

use crate::house::{ADA, House, Told, at_once};

/// One store, opened again and again.
#[derive(Clone, Default)]
struct Site {
    store: Arc<MemoryStore>,
    clock: Arc<StoppedClock>,
}

impl Site {
    /// Each opening with randomness of its own.
    async fn opens_with(&self, keys: &[u8]) -> Result<House, CannotOpen> {
        let seed = self.store.calls() + 100;
        House::over(self.store.clone(), self.clock.clone(), keys, seed, 1).await
    }

    async fn record(&self, name: &str) -> Option<Vec<u8>> {
        let now = postern_app::port::Clock::now(&*self.clock);
        let key = Key::new("postern", name);
        self.store.load(&key, now).await.expect("a store").map(|stored| stored.value)
    }

    async fn puts(&self, name: &str, value: &[u8]) {
        let now = postern_app::port::Clock::now(&*self.clock);
        let write = Write::new(Key::new("postern", name), Expect::Anything, value.to_vec(), None);
        self.store.write(write, now).await.expect("a store");
    }
}

#[tokio::test]
async fn an_empty_store_is_set_up_and_the_same_key_opens_it_again() {
    let site = Site::default();
    let house = site.opens_with(&[1]).await.expect("open");
    assert_eq!(site.record("version").await.as_deref(), Some(b"1".as_slice()));
    let ada = house.visitor().await;
    let phone = ada.enrols_totp().await;
    let records = (site.record("canary").await, site.record("lookup-key").await);
    let again = site.opens_with(&[1]).await.expect("open");
    ada.through(&again).passes_totp(&phone).await.done();
    assert_eq!((site.record("canary").await, site.record("lookup-key").await), records, "nothing is made twice");
}

#[tokio::test]
async fn a_wrong_key_and_no_key_are_refused_and_change_nothing() {
    let site = Site::default();
    site.opens_with(&[1]).await.expect("open");
    let records = (site.record("canary").await, site.record("lookup-key").await);
    assert!(matches!(site.opens_with(&[2]).await.err(), Some(CannotOpen::WrongMasterKey)));
    assert!(matches!(site.opens_with(&[2, 3]).await.err(), Some(CannotOpen::WrongMasterKey)));
    assert!(matches!(site.opens_with(&[]).await.err(), Some(CannotOpen::NoMasterKey)));
    assert_eq!((site.record("canary").await, site.record("lookup-key").await), records);
    site.opens_with(&[1]).await.expect("open");
}

#[tokio::test]
async fn the_newest_key_seals_the_older_opens_and_then_the_newest_opens_alone() {
    let site = Site::default();
    let first = site.opens_with(&[1]).await.expect("open");
    let ada = first.visitor().await;
    let phone = ada.enrols_totp().await;
    ada.asks_for_mail(ADA).await.done();
    let mailed = ada.mailed_code().await;
    let before = (site.record("canary").await, site.record("lookup-key").await);

    let both = site.opens_with(&[2, 1]).await.expect("open");
    let after = (site.record("canary").await, site.record("lookup-key").await);
    assert!(before.0 != after.0 && before.1 != after.1, "the house's own records are sealed anew");
    ada.through(&both).passes_totp(&phone).await.done();
    ada.through(&both).answers_mail(&mailed).await.done();

    let newest = site.opens_with(&[2]).await.expect("open");
    assert_eq!(ada.through(&newest).level().await, 2, "what was written since is sealed with the newest");
    assert!(matches!(site.opens_with(&[1]).await.err(), Some(CannotOpen::WrongMasterKey)));
}

#[tokio::test]
async fn a_store_of_a_newer_version_or_of_none_we_know_is_refused() {
    for version in ["2", "10", "two", "", "-1"] {
        let site = Site::default();
        site.opens_with(&[1]).await.expect("open");
        site.puts("version", version.as_bytes()).await;
        match site.opens_with(&[1]).await.err() {
            Some(CannotOpen::NewerStore(told)) => assert_eq!(told, version),
            other => panic!("{version:?}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_damaged_canary_or_lookup_key_keeps_the_house_shut() {
    for name in ["canary", "lookup-key"] {
        let site = Site::default();
        site.opens_with(&[1]).await.expect("open");
        let mut damaged = site.record(name).await.expect("a record");
        damaged[30] ^= 1;
        site.puts(name, &damaged).await;
        assert!(matches!(site.opens_with(&[1]).await.err(), Some(CannotOpen::WrongMasterKey)), "{name}");
    }
}

#[tokio::test]
async fn two_instances_that_open_an_empty_store_at_once_agree_on_the_lookup_key() {
    for seed in 0..30 {
        let site = Site::default();
        let house = |seed| House::over(site.store.clone(), site.clock.clone(), &[1], seed, 1);
        let (first, second) = tokio::join!(house(seed), house(100 + seed));
        let (first, second) = (first.expect("open"), second.expect("open"));
        let ada = first.visitor().await;
        ada.asks_for_mail(ADA).await.done();
        ada.through(&second).answers_mail(&ada.mailed_code().await).await.done();
    }
}

#[tokio::test]
async fn two_instances_that_rotate_at_once_both_open() {
    let site = Site::default();
    site.opens_with(&[1]).await.expect("open");
    let houses = at_once((0..2).map(|n| {
        let Site { store, clock } = site.clone();
        async move { House::over(store, clock, &[2, 1], 100 + n, 1).await.expect("open") }
    }))
    .await;
    assert_eq!(houses.len(), 2);
    site.opens_with(&[2]).await.expect("the newest opens alone");
}

#[tokio::test]
async fn a_store_that_is_away_is_no_wrong_key() {
    let site = Site::default();
    site.store.set_down(true);
    assert!(matches!(site.opens_with(&[1]).await.err(), Some(CannotOpen::Store(_))));
}
