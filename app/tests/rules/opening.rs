//! Opening the house: whose store is it, and do the keys fit?

use std::sync::Arc;
use std::time::Duration;

use postern_app::portal::{NotReady, OpenError, Settings};
use postern_core::port::{Expect, Key, Store, Write};
use postern_core::testing::{MemoryStore, StoppedClock};

use crate::app::{ADA, TestApp, Told, at_once};

/// One store, opened again and again.
#[derive(Clone, Default)]
struct Site {
    store: Arc<MemoryStore>,
    clock: Arc<StoppedClock>,
}

impl Site {
    /// Each opening with randomness of its own.
    async fn opens_with(&self, keys: &[u8]) -> Result<TestApp, OpenError> {
        let seed = self.store.calls() + 100;
        TestApp::over(self.store.clone(), self.clock.clone(), keys, seed, 1).await
    }

    async fn record(&self, name: &str) -> Option<Vec<u8>> {
        let now = postern_core::port::Clock::now(&*self.clock);
        let key = Key::new("postern", name);
        self.store.load(&key, now).await.expect("a store").map(|stored| stored.value)
    }

    async fn puts(&self, name: &str, value: &[u8]) {
        let now = postern_core::port::Clock::now(&*self.clock);
        let write = Write::new(Key::new("postern", name), Expect::Anything, value.to_vec(), None);
        self.store.write(write, now).await.expect("a store");
    }
}

#[tokio::test]
async fn an_empty_store_is_set_up_and_the_same_key_opens_it_again() {
    let site = Site::default();
    let app = site.opens_with(&[1]).await.expect("open");
    assert_eq!(site.record("version").await.as_deref(), Some(b"2".as_slice()));
    let ada = app.visitor().await;
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
    assert!(matches!(site.opens_with(&[2]).await.err(), Some(OpenError::WrongMasterKey)));
    assert!(matches!(site.opens_with(&[2, 3]).await.err(), Some(OpenError::WrongMasterKey)));
    assert!(matches!(site.opens_with(&[]).await.err(), Some(OpenError::NoMasterKey)));
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
    assert!(matches!(site.opens_with(&[1]).await.err(), Some(OpenError::WrongMasterKey)));
}

#[tokio::test]
async fn a_store_of_a_newer_version_or_of_none_we_know_is_refused() {
    for version in ["3", "10", "two", "", "-1"] {
        let site = Site::default();
        site.opens_with(&[1]).await.expect("open");
        site.puts("version", version.as_bytes()).await;
        match site.opens_with(&[1]).await.err() {
            Some(OpenError::NewerStore(told)) => assert_eq!(told, version),
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
        assert!(matches!(site.opens_with(&[1]).await.err(), Some(OpenError::WrongMasterKey)), "{name}");
    }
}

#[tokio::test]
async fn two_instances_that_open_an_empty_store_at_once_agree_on_the_lookup_key() {
    for seed in 0..30 {
        let site = Site::default();
        let app = |seed| TestApp::over(site.store.clone(), site.clock.clone(), &[1], seed, 1);
        let (first, second) = tokio::join!(app(seed), app(100 + seed));
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
        async move { TestApp::over(store, clock, &[2, 1], 100 + n, 1).await.expect("open") }
    }))
    .await;
    assert_eq!(houses.len(), 2);
    site.opens_with(&[2]).await.expect("the newest opens alone");
}

const IDENTITY: [&str; 3] = ["version", "canary", "lookup-key"];

impl Site {
    async fn loses(&self, name: &str) {
        let now = postern_core::port::Clock::now(&*self.clock);
        assert!(self.store.delete(&Key::new("postern", name), Expect::Anything, now).await.expect("a store"));
    }

    async fn identity(&self) -> Vec<Option<Vec<u8>>> {
        let [version, canary, lookup] = IDENTITY.map(|name| self.record(name));
        vec![version.await, canary.await, lookup.await]
    }
}

#[tokio::test]
async fn store_that_lost_a_record_of_its_identity_is_not_set_up_again() {
    for lost in [&IDENTITY[..1], &IDENTITY[1..2], &IDENTITY[2..], &IDENTITY[..]] {
        let site = Site::default();
        let app = site.opens_with(&[1]).await.expect("open");
        app.visitor().await.enrols_totp().await;
        for name in lost {
            site.loses(name).await;
        }
        let before = site.identity().await;
        for keys in [&[1][..], &[9]] {
            let refusal = site.opens_with(keys).await.err();
            assert!(matches!(&refusal, Some(OpenError::IdentityLost(name)) if name == lost[0]), "{refusal:?}");
        }
        assert_eq!(site.identity().await, before, "nothing was made");
    }
}

#[tokio::test]
async fn first_start_that_was_broken_off_is_completed() {
    for lost in [&IDENTITY[1..], &IDENTITY[2..]] {
        let site = Site::default();
        site.opens_with(&[1]).await.expect("open");
        for name in lost {
            site.loses(name).await;
        }
        site.opens_with(&[1]).await.expect("open");
    }
}

#[tokio::test]
async fn empty_or_other_store_is_refused_where_one_was_in_use_before() {
    let site = Site::default();
    let app = site.opens_with(&[1]).await.expect("open");
    let known = app.portal.store_identity().to_owned();
    let expecting = Settings { expected_store: Some(known.clone()), ..Settings::default() };
    app.restarted(expecting.clone()).await;

    let refusal = TestApp::with_expectations(Site::default().store, expecting.clone()).await.err();
    assert!(matches!(&refusal, Some(OpenError::StoreEmptied(expected)) if *expected == known), "{refusal:?}");

    let other = Site::default();
    // Seeds follow the calls: another one makes another key.
    other.record("version").await;
    other.opens_with(&[1]).await.expect("open");
    let refusal = TestApp::with_expectations(other.store, expecting).await.err();
    assert!(matches!(&refusal, Some(OpenError::OtherStore { expected, .. }) if *expected == known), "{refusal:?}");
}

#[tokio::test]
async fn emptied_store_gets_its_identity_back_and_the_portal_says_so_for_a_minute() {
    let site = Site::default();
    let app = site.opens_with(&[1]).await.expect("open");
    assert_eq!(app.portal.check_readiness().await, Ok(()));
    let before = site.identity().await;
    site.store.go_back(&MemoryStore::default().snapshot());
    assert_eq!(app.portal.check_readiness().await, Err(NotReady::StoreEmptied));
    assert_eq!(site.identity().await, before, "what was in memory was put back");
    app.advance(Duration::from_secs(59));
    assert_eq!(app.portal.check_readiness().await, Err(NotReady::StoreEmptied));
    app.advance(Duration::from_secs(1));
    assert_eq!(app.portal.check_readiness().await, Ok(()));
    site.opens_with(&[1]).await.expect("with the same key");
}

#[tokio::test]
async fn another_store_in_place_of_the_one_that_was_opened_is_not_ready() {
    let (site, other) = (Site::default(), Site::default());
    let app = site.opens_with(&[1]).await.expect("open");
    let before = site.store.snapshot();
    // Seeds follow the calls: another one makes another key.
    other.record("version").await;
    other.opens_with(&[1]).await.expect("open");
    site.store.go_back(&other.store.snapshot());
    assert_eq!(app.portal.check_readiness().await, Err(NotReady::OtherStore));
    site.store.go_back(&before);
    assert_eq!(app.portal.check_readiness().await, Ok(()));
    site.puts("version", b"3").await;
    assert_eq!(app.portal.check_readiness().await, Err(NotReady::NewerStore));
}

#[tokio::test]
async fn store_that_takes_no_writes_is_not_ready() {
    let site = Site::default();
    let app = site.opens_with(&[1]).await.expect("open");
    // The ping and the three records are answered; the write is not.
    site.store.go_down_after(4);
    assert!(matches!(app.portal.check_readiness().await, Err(NotReady::Store(_))));
    site.store.set_down(false);
    assert_eq!(app.portal.check_readiness().await, Ok(()));
    let kept = site.store.records().into_iter().filter(|(key, _)| key.name().contains("probe"));
    assert_eq!(kept.count(), 0, "a probe leaves nothing behind");
}

#[tokio::test]
async fn instance_that_sealed_the_identity_anew_is_no_other_store() {
    let site = Site::default();
    let both = site.opens_with(&[2, 1]).await.expect("open");
    let old = TestApp::over(site.store.clone(), site.clock.clone(), &[1, 2], 7, 1).await.expect("open");
    assert_eq!(old.portal.check_readiness().await, Ok(()));
    assert_eq!(both.portal.check_readiness().await, Ok(()));
}

#[tokio::test]
async fn a_store_that_is_away_is_no_wrong_key() {
    let site = Site::default();
    site.store.set_down(true);
    assert!(matches!(site.opens_with(&[1]).await.err(), Some(OpenError::Store(_))));
}
