//! Notes for the next page: taken once, by the session and the page they were left for.

use std::time::Duration;

use crate::app::{TestApp, Visitor, at_once};

async fn leaves(visitor: &Visitor, page: &str, note: &str) {
    visitor.app.portal.leave_note(&visitor.visit, page, &note).await.expect("a store");
}

async fn takes(visitor: &Visitor, page: &str) -> Option<String> {
    visitor.app.portal.take_note(&visitor.visit, page).await.expect("a store")
}

#[tokio::test]
async fn a_note_is_taken_once() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    leaves(&ada, "/totp", "done").await;
    assert_eq!(takes(&ada, "/totp").await.as_deref(), Some("done"));
    assert_eq!(takes(&ada, "/totp").await, None);
}

#[tokio::test]
async fn record_larger_than_its_kind_may_be_is_not_written() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    leaves(&ada, "/totp", "done").await;
    let refused = app.portal.leave_note(&ada.visit, "/totp", &"x".repeat(8 * 1024 + 1)).await;
    assert!(matches!(refused, Err(postern_app::portal::InternalError::TooLarge { .. })), "{refused:?}");
    assert_eq!(takes(&ada, "/totp").await.as_deref(), Some("done"));
}

#[tokio::test]
async fn of_fifty_tabs_at_once_one_takes_the_note() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    leaves(&ada, "/totp", "done").await;
    let taken = at_once((0..50).map(|_| {
        let tab = ada.clone();
        async move { takes(&tab, "/totp").await }
    }))
    .await;
    assert_eq!(taken.into_iter().flatten().count(), 1);
}

#[tokio::test]
async fn a_note_is_for_one_page_of_one_session() {
    let app = TestApp::open().await;
    let (ada, eve) = (app.visitor().await, app.visitor().await);
    leaves(&ada, "/totp", "done").await;
    assert_eq!(takes(&ada, "/email-code").await, None);
    assert_eq!(takes(&eve, "/totp").await, None);
    assert_eq!(takes(&ada, "/totp").await.as_deref(), Some("done"));
}

#[tokio::test]
async fn the_newer_note_takes_the_place_of_one_nobody_fetched_and_both_grow_stale() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    leaves(&ada, "/", "first").await;
    leaves(&ada, "/", "second").await;
    assert_eq!(takes(&ada, "/").await.as_deref(), Some("second"));
    leaves(&ada, "/", "third").await;
    app.advance(Duration::from_mins(10));
    assert_eq!(takes(&ada, "/").await, None);
}

#[tokio::test]
async fn a_note_is_sealed() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    leaves(&ada, "/", "a word for Ada alone").await;
    assert!(!app.store.holds(b"Ada alone"));
    assert!(app.store.holds(b"note/"), "or the search finds nothing at all");
}
