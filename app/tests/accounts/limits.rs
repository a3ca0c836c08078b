//! Who is kept out by what others ask for.

use postern_app::portal::Settings;
use postern_core::model::{DeviceId, Refusal, SendLimit};

use crate::app::{ADA, TestApp, Told};
use crate::setup::{BOB, HOUR, MINUTE, with_mail, with_totp};

/// Somebody asks for codes for Ada until the address gets no more.
async fn floods(app: &TestApp) {
    let mut sent = 0;
    while app.visitor().await.asks_to_sign_in(ADA).await.is_ok() {
        sent += 1;
        assert!(sent <= 20, "without end");
    }
    app.letters().await;
}

#[tokio::test]
async fn whoever_uses_up_an_addresss_letters_does_not_keep_the_owners_browser_out() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    floods(&app).await;
    let stranger = app.visitor().await.asks_to_sign_in(ADA).await;
    assert!(matches!(stranger.refusal(), Refusal::TooManySends { .. }));
    let back = ada.again().await.signs_in(ADA).await;
    assert_eq!(back.visit.session.holder, ada.visit.session.holder);
}

#[tokio::test]
async fn nor_does_whoever_shares_its_network() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    for number in 0..20 {
        let mut neighbour = app.visitor().await;
        neighbour.visit.network = ada.visit.network;
        neighbour.asks_to_sign_in(&format!("neighbour{number}@example.org")).await.ok();
    }
    let mut back = ada.again().await;
    back.visit.network = ada.visit.network;
    back.signs_in(ADA).await;
    back = app.visitor().await;
    back.visit.network = ada.visit.network;
    assert!(matches!(back.asks_to_sign_in(ADA).await.refusal(), Refusal::TooManySends { .. }));
}

#[tokio::test]
async fn portals_own_ceiling_keeps_no_known_browser_out() {
    let app = TestApp::with(Settings { emails_per_hour: Some(4), ..Settings::default() }).await;
    let ada = with_mail(&app).await;
    for number in 0..3 {
        app.visitor().await.asks_to_sign_in(&format!("stranger{number}@example.org")).await.done();
    }
    let refused = app.visitor().await.asks_to_sign_in(ADA).await.refusal();
    assert!(matches!(refused, Refusal::TooManySends { limit: SendLimit::Portal, .. }), "{refused:?}");
    ada.again().await.signs_in(ADA).await;
}

#[tokio::test]
async fn a_known_browser_gets_five_an_hour() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    floods(&app).await;
    for _ in 0..5 {
        ada.again().await.asks_to_sign_in(ADA).await.done();
    }
    let sixth = ada.again().await.asks_to_sign_in(ADA).await;
    assert_eq!(sixth.refusal(), Refusal::TooManySends { until: app.now() + HOUR, limit: SendLimit::AddressAndDevice });
    // A session's letters are half a minute apart there too.
    app.advance(HOUR);
    let again = ada.again().await;
    again.asks_to_sign_in(ADA).await.done();
    assert!(matches!(again.asks_to_sign_in(ADA).await.refusal(), Refusal::SendTooSoon { .. }));
}

#[tokio::test]
async fn a_browser_known_to_another_account_or_to_nobody_does_not_help() {
    let app = TestApp::open().await;
    with_mail(&app).await;
    let bob = app.visitor().await.signs_in(BOB).await;
    floods(&app).await;
    let answer = bob.again().await.asks_to_sign_in(ADA).await;
    assert!(matches!(answer.refusal(), Refusal::TooManySends { .. }));
    let mut guess = app.visitor().await;
    guess.visit.browser.devices = vec![DeviceId::from([7; 16])];
    assert!(matches!(guess.asks_to_sign_in(ADA).await.refusal(), Refusal::TooManySends { .. }));
}

#[tokio::test]
async fn one_whose_second_factor_is_outstanding_is_not_known() {
    let app = TestApp::open().await;
    with_totp(&app).await;
    let eve = app.visitor().await;
    eve.waits(ADA).await;
    floods(&app).await;
    app.advance(MINUTE);
    assert!(matches!(eve.asks_to_sign_in(ADA).await.refusal(), Refusal::TooManySends { .. }));
}

#[tokio::test]
async fn the_browser_is_known_for_signing_in_only() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    floods(&app).await;
    assert!(matches!(ada.again().await.asks_for_mail(ADA).await.refusal(), Refusal::TooManySends { .. }));
}
