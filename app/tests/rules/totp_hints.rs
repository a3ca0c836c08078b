//! Why a code may be wrong is told while the secret is unconfirmed, and never afterwards.

use std::time::Duration;

use postern_core::factor::totp::{Algorithm, Setting};
use postern_core::model::Hint;

use crate::app::{Phone, TestApp};

fn sha256_8_60() -> Setting {
    Setting::choose(Some("SHA256"), Some(8), Some(60)).expect("a setting")
}

/// The same app, had it ignored what was chosen.
fn ignorant(phone: &Phone) -> Phone {
    Phone { setting: Setting { algorithm: Algorithm::SHA1, digits: 6, period: 30 }, ..phone.clone() }
}

#[tokio::test]
async fn while_unconfirmed_a_clock_that_is_off_is_named() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let phone = ada.begins_totp().await;
    let ahead = phone.code(app.now() + Duration::from_mins(2));
    assert_eq!(ada.hint_for(&ahead).await, Some(Hint::Clock { ahead_secs: 120 }));
    let behind = phone.code(app.now() - Duration::from_mins(50));
    assert_eq!(ada.hint_for(&behind).await, Some(Hint::Clock { ahead_secs: -3000 }));
    let far = phone.code(app.now() + Duration::from_hours(2));
    assert_eq!(ada.hint_for(&far).await, None);
}

#[tokio::test]
async fn while_unconfirmed_an_app_that_ignored_the_setting_is_named() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let phone = ignorant(&ada.begins_totp_with(sha256_8_60()).await);
    let hint = Hint::Setting { algorithm: "SHA1".to_owned(), digits: 6, period: Some(30) };
    assert_eq!(ada.hint_for(&phone.code(app.now())).await, Some(hint));
    assert_eq!(ada.hint_for("00000000").await, None);
}

#[tokio::test]
async fn a_code_that_earned_a_hint_confirms_nothing() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let phone = ada.begins_totp().await;
    ada.hint_for(&phone.code(app.now() + Duration::from_mins(2))).await;
    assert!(ada.enrolled().await.is_empty());
}

#[tokio::test]
async fn once_confirmed_there_is_no_hint_whatever_is_typed() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let phone = ada.begins_totp_with(sha256_8_60()).await;
    ada.passes_totp(&phone).await.expect("confirmed");
    app.advance(Duration::from_mins(5));
    assert_eq!(ada.hint_for(&phone.code(app.now() + Duration::from_mins(4))).await, None);
    assert_eq!(ada.hint_for(&phone.code(app.now() - Duration::from_mins(4))).await, None);
    assert_eq!(ada.hint_for(&ignorant(&phone).code(app.now())).await, None);
}
