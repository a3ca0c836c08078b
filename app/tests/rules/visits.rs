//! A visitor's 60 minutes.

use std::collections::HashSet;
use std::net::IpAddr;
use std::time::Duration;

use postern_core::factor::totp::Setting;
use postern_core::model::Refusal;
use postern_core::port::{Key, Store};

use crate::app::{ADA, TestApp, Told, Visitor};

const HOUR: Duration = Duration::from_hours(1);

/// A visitor who has been everywhere.
async fn settled(app: &TestApp) -> Visitor {
    let ada = app.visitor().await;
    ada.proves(ADA).await;
    ada.tries_to_begin_totp(Setting::default()).await.done();
    app.portal.phone_scan(&ada.visit).await.done();
    let code = app.portal.phone_codes(&ada.visit).await.done().remove(0).code;
    ada.answers_totp(code.expose()).await.done();
    app.advance(Duration::from_secs(30));
    ada.asks_for_mail(ADA).await.done();
    app.portal.keep_letter(&ada.letter().await).await.expect("a store");
    ada
}

/// Whether the store still answers with anything of this visit.
async fn left_over(visitor: &Visitor) -> Vec<String> {
    let (handle, holder) = (visitor.visit.session.handle, visitor.visit.session.holder);
    let (store, now) = (&visitor.app.store, visitor.app.now());
    let mut found = Vec::new();
    for key in [Key::new(holder, "holder"), Key::new(handle, "mail-code/prove"), Key::new(handle, "phone")] {
        if store.load(&key, now).await.expect("a store").is_some() {
            found.push(key.to_string());
        }
    }
    for log in [Key::new(holder, "activity"), Key::new(handle, "outbox")] {
        if !store.recent(&log, 100, now).await.expect("a store").is_empty() {
            found.push(log.to_string());
        }
    }
    for count in [Key::new(holder, "tries/totp"), Key::new(handle, "tries/mail-code/prove")] {
        if store.standing(&count, now).await.expect("a store").failures > 0 {
            found.push(count.to_string());
        }
    }
    found
}

#[tokio::test]
async fn a_visit_leaves_something_while_it_lasts() {
    let app = TestApp::open().await;
    let ada = settled(&app).await;
    ada.mistypes_mail().await;
    ada.answers_totp("00000000").await.refusal();
    assert_eq!(left_over(&ada).await.len(), 7, "or the tests below search for nothing");
}

#[tokio::test]
async fn after_sixty_minutes_nothing_of_a_visit_is_left() {
    let app = TestApp::open().await;
    let ada = settled(&app).await;
    assert_eq!(ada.visit.session.ends_at, ada.visit.session.begun_at + HOUR);
    ada.answers_totp("00000000").await.refusal();
    app.clock.set(ada.visit.session.ends_at - Duration::from_millis(1));
    assert_eq!(ada.level().await, 2);
    app.clock.set(ada.visit.session.ends_at);
    assert_eq!(app.portal.load_visit_state(&ada.visit).await.refusal(), Refusal::NoSession);
    app.advance(Duration::from_mins(1));
    assert_eq!(left_over(&ada).await, Vec::<String>::new());
}

#[tokio::test]
async fn once_a_visit_has_ended_nothing_is_enrolled_or_sent_in_it() {
    let app = TestApp::open().await;
    let ada = settled(&app).await;
    let letters = app.letters().await.len();
    app.advance(HOUR);
    assert_eq!(ada.asks_for_mail(ADA).await.refusal(), Refusal::NoSession);
    assert_eq!(ada.tries_to_begin_totp(Setting::default()).await.refusal(), Refusal::NoSession);
    assert_eq!(app.letters().await.len(), letters);
}

#[tokio::test]
async fn a_visit_that_is_ended_leaves_nothing() {
    let app = TestApp::open().await;
    let ada = settled(&app).await;
    ada.mistypes_mail().await;
    ada.answers_totp("00000000").await.refusal();
    app.portal.leave(&ada.visit).await.done();
    assert_eq!(left_over(&ada).await, Vec::<String>::new());
    assert_eq!(ada.level().await, 0);
}

#[tokio::test]
async fn ending_one_visit_leaves_the_others() {
    let app = TestApp::open().await;
    let (ada, eve) = (settled(&app).await, settled(&app).await);
    app.portal.leave(&eve.visit).await.done();
    assert_eq!(ada.level().await, 2);
}

#[tokio::test]
async fn a_network_begins_at_most_120_sessions_a_minute() {
    let app = TestApp::open().await;
    let here: IpAddr = "2001:db8:0:1::1".parse().expect("an address");
    let neighbour: IpAddr = "2001:db8:0:1:ffff::2".parse().expect("an address");
    for n in 0..120 {
        app.visitor_from(if n % 2 == 0 { here } else { neighbour }).await;
    }
    let until = app.now() + Duration::from_mins(1);
    for from in [here, neighbour] {
        assert_eq!(app.portal.begin_visit(from.into()).await.refusal(), Refusal::TooManySessions { until });
    }
    app.visitor_from("2001:db8:0:2::1".parse().expect("an address")).await;
    app.clock.set(until);
    app.visitor_from(here).await;
}

#[tokio::test]
async fn holders_and_handles_are_all_different() {
    let app = TestApp::open().await;
    let mut seen = HashSet::new();
    for _ in 0..100 {
        let session = app.visitor().await.visit.session;
        assert!(seen.insert(*session.handle.as_bytes()) && seen.insert(*session.holder.as_bytes()));
    }
}
