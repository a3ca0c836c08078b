//! A security key belongs to one account at most (WebAuthn Level 3, 7.1.26).

use postern_core::factor::security_key::KIND;
use postern_core::model::Refusal;
use postern_core::testing::Authenticator;

use crate::app::{ADA, TestApp, Told};
use crate::setup::{BOB, FRESH, MINUTE, with_key};

/// A key that answers with the credential of Ada's.
fn copy_of_adas() -> Authenticator {
    Authenticator::new(1)
}

#[tokio::test]
async fn another_account_cannot_register_it_while_it_belongs_to_one() {
    let app = TestApp::open().await;
    let (ada, mut key) = with_key(&app).await;
    app.advance(MINUTE);
    let bob = app.visitor().await.signs_in(BOB).await;
    let taken = bob.tries_to_register(&mut copy_of_adas()).await;
    assert_eq!(taken.refusal(), Refusal::AlreadyEnrolled);
    ada.steps_up_with(&mut key).await;
    let id = ada.factor(&KIND).await.expect("a key");
    app.portal.remove_factor(&ada.visit, id).await.done();
    bob.tries_to_register(&mut copy_of_adas()).await.done();
}

#[tokio::test]
async fn it_is_free_once_its_account_is_deleted() {
    let app = TestApp::open().await;
    let (ada, _) = with_key(&app).await;
    app.portal.delete_account(&ada.visit, ADA).await.done();
    app.advance(MINUTE);
    let bob = app.visitor().await.signs_in(BOB).await;
    bob.tries_to_register(&mut copy_of_adas()).await.done();
}

#[tokio::test]
async fn whoever_has_it_already_is_told_so_and_keeps_it() {
    let app = TestApp::open().await;
    let (ada, mut key) = with_key(&app).await;
    // Registered once more, it is refused, and its place is still Ada's.
    assert_eq!(ada.tries_to_register(&mut copy_of_adas()).await.refusal(), Refusal::AlreadyEnrolled);
    app.advance(FRESH);
    ada.steps_up_with(&mut key).await;
}

#[tokio::test]
async fn whoever_adds_the_first_one_stays_in_and_has_passed_it() {
    let app = TestApp::open().await;
    let ada = app.visitor().await.signs_in(ADA).await;
    let elsewhere = app.visitor().await;
    app.advance(MINUTE);
    let elsewhere = elsewhere.signs_in(ADA).await;
    ada.proves(ADA).await;
    ada.tries_to_register(&mut copy_of_adas()).await.done();
    assert_eq!(ada.level().await, 3);
    app.portal.admit(&ada.visit).await.done();
    // A session that has shown nothing but its mail is over.
    assert_eq!(app.portal.admit(&elsewhere.visit).await.refusal(), Refusal::NoSession);
}
