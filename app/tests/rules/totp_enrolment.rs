//! Enrolling an authenticator app: from a secret that counts for nothing to a factor, and out again.

use std::time::Duration;

use postern_app::portal::TotpStanding;
use postern_core::factor::totp::{KIND, Setting};
use postern_core::model::Refusal;

use crate::app::{ADA, Phone, TestApp, Told};

const TEN_MINUTES: Duration = Duration::from_mins(10);

#[tokio::test]
async fn nothing_counts_before_a_right_code() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    ada.proves(ADA).await;
    let phone = ada.begins_totp().await;
    assert!(!ada.enrolled().await.contains(&KIND));
    ada.mistypes_totp(&phone).await;
    assert!(!ada.enrolled().await.contains(&KIND));
    assert_eq!(ada.level().await, 1);
    let passed = ada.passes_totp(&phone).await.done();
    assert!(passed.confirmed_now && passed.rose);
    assert!(ada.enrolled().await.contains(&KIND));
    assert_eq!(ada.level().await, 2);
    app.advance(Duration::from_secs(30));
    let again = ada.passes_totp(&phone).await.done();
    assert!(!again.confirmed_now && !again.rose);
}

#[tokio::test]
async fn an_app_without_a_proved_address_is_level_zero() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    ada.enrols_totp().await;
    assert_eq!(ada.level().await, 0);
    assert!(ada.proves(ADA).await.rose);
    assert_eq!(ada.level().await, 2);
}

#[tokio::test]
async fn an_unconfirmed_secret_lives_for_ten_minutes() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let enrolment = ada.tries_to_begin_totp(Setting::default()).await.done();
    assert_eq!(enrolment.lapses_at, app.now() + TEN_MINUTES);
    let phone = Phone::scans(&enrolment);
    app.clock.set(enrolment.lapses_at - Duration::from_millis(1));
    ada.mistypes_totp(&phone).await;
    app.clock.set(enrolment.lapses_at);
    assert_eq!(ada.passes_totp(&phone).await.refusal(), Refusal::NotEnrolled);
    let look = app.portal.load_visit_state(&ada.visit).await.done();
    assert!(matches!(app.portal.totp_standing(&look).done(), TotpStanding::None));
}

#[tokio::test]
async fn what_has_lapsed_can_be_neither_renamed_nor_removed() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let id = ada.tries_to_begin_totp(Setting::default()).await.done().id;
    app.advance(TEN_MINUTES);
    assert_eq!(app.portal.rename_factor(&ada.visit, id, "Phone").await.refusal(), Refusal::NotEnrolled);
    assert_eq!(app.portal.remove_factor(&ada.visit, id).await.refusal(), Refusal::NotEnrolled);
    assert_eq!(app.portal.remove_totp(&ada.visit).await.refusal(), Refusal::NotEnrolled);
}

#[tokio::test]
async fn an_enrolment_never_lapses_once_it_is_confirmed() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let phone = ada.enrols_totp().await;
    app.advance(Duration::from_mins(50));
    ada.passes_totp(&phone).await.done();
}

#[tokio::test]
async fn starting_over_replaces_a_secret_that_was_not_confirmed() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let (first, second) = (ada.begins_totp().await, ada.begins_totp().await);
    assert_ne!(first.secret, second.secret);
    assert!(matches!(ada.passes_totp(&first).await.refusal(), Refusal::Wrong { .. }));
    ada.passes_totp(&second).await.done();
}

#[tokio::test]
async fn a_new_enrolment_never_disturbs_a_confirmed_one() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let phone = ada.enrols_totp().await;
    for setting in [Setting::default(), Setting::choose(Some("SHA512"), Some(8), Some(60)).expect("a setting")] {
        assert_eq!(ada.tries_to_begin_totp(setting).await.refusal(), Refusal::AlreadyEnrolled);
    }
    ada.passes_totp(&phone).await.done();
}

#[tokio::test]
async fn a_confirmation_and_a_fresh_start_at_once_leave_one_secret_that_works() {
    for starts_first in [true, false] {
        let app = TestApp::open().await;
        let ada = app.visitor().await;
        let old = ada.begins_totp().await;
        let (starter, confirmer) = (ada.clone(), ada.clone());
        let start = async move { starter.tries_to_begin_totp(Setting::default()).await };
        let digits = old.code(app.now());
        let confirm = async move { confirmer.answers_totp(&digits).await };
        let (started, confirmed) = if starts_first {
            tokio::join!(start, confirm)
        } else {
            let (confirmed, started) = tokio::join!(confirm, start);
            (started, confirmed)
        };
        app.advance(Duration::from_secs(30));
        match (started, confirmed) {
            (Ok(enrolment), Err(_)) => ada.passes_totp(&Phone::scans(&enrolment)).await.done(),
            (Err(_), Ok(_)) => ada.passes_totp(&old).await.done(),
            (started, confirmed) => panic!("{started:?} and {confirmed:?}"),
        };
    }
}

#[tokio::test]
async fn secrets_are_as_long_as_their_hash() {
    let app = TestApp::open().await;
    for (algorithm, bytes) in [("SHA1", 20), ("SHA256", 32), ("SHA512", 64)] {
        let setting = Setting::choose(Some(algorithm), None, None).expect("a setting");
        let phone = app.visitor().await.begins_totp_with(setting).await;
        assert_eq!(phone.secret.len(), bytes, "{algorithm}");
        assert!(phone.secret.iter().any(|byte| *byte != phone.secret[0]), "random");
    }
}

#[tokio::test]
async fn the_app_shows_the_proved_address_or_what_a_program_asked_for_or_visitor() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    assert!(ada.begins_totp().await.uri.starts_with("otpauth://totp/Postern:visitor?"));
    ada.proves(ADA).await;
    assert!(ada.begins_totp().await.uri.starts_with("otpauth://totp/Postern:Ada.Byron@Example.org?"));
    let named = app.portal.begin_totp(&ada.visit, Setting::default(), Some(" CI robot ")).await.done();
    assert!(named.provisioning.uri.expose().starts_with("otpauth://totp/Postern:CI%20robot?"));
    for bad in ["", "   ", "a\nb", &"x".repeat(129)] {
        let refusal = app.portal.begin_totp(&ada.visit, Setting::default(), Some(bad)).await.refusal();
        assert_eq!(refusal, Refusal::BadSetting("account".to_owned()), "{bad:?}");
    }
}

#[tokio::test]
async fn names_have_one_to_forty_characters_and_no_control_characters() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    ada.enrols_totp().await;
    let id = ada.factor(&KIND).await.expect("a factor");
    let longest = "\u{e9}".repeat(40);
    for (typed, kept) in [("Phone", "Phone"), ("  My phone ", "My phone"), (&longest, &longest)] {
        app.portal.rename_factor(&ada.visit, id, typed).await.done();
        let look = app.portal.load_visit_state(&ada.visit).await.done();
        assert_eq!(look.factors().next().expect("a factor").name, kept);
    }
    for bad in ["", "  ", "a\r\nb", "a\0b", &"x".repeat(41)] {
        let refusal = app.portal.rename_factor(&ada.visit, id, bad).await.refusal();
        assert_eq!(refusal, Refusal::BadSetting("name".to_owned()), "{bad:?}");
    }
}

#[tokio::test]
async fn a_factor_of_somebody_else_is_not_there() {
    let app = TestApp::open().await;
    let (ada, eve) = (app.visitor().await, app.visitor().await);
    let phone = ada.enrols_totp().await;
    let id = ada.factor(&KIND).await.expect("a factor");
    assert_eq!(app.portal.rename_factor(&eve.visit, id, "mine").await.refusal(), Refusal::NotEnrolled);
    assert_eq!(app.portal.remove_factor(&eve.visit, id).await.refusal(), Refusal::NotEnrolled);
    ada.passes_totp(&phone).await.done();
}

#[tokio::test]
async fn removing_a_factor_takes_its_proofs_and_the_level_with_them() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    ada.proves(ADA).await;
    let phone = ada.enrols_totp().await;
    assert_eq!(ada.level().await, 2);
    app.portal.remove_totp(&ada.visit).await.done();
    assert_eq!(ada.level().await, 1);
    assert_eq!(ada.passes_totp(&phone).await.refusal(), Refusal::NotEnrolled);
    assert_eq!(app.portal.remove_totp(&ada.visit).await.refusal(), Refusal::NotEnrolled);
    let fresh = ada.begins_totp().await;
    assert_ne!(fresh.secret, phone.secret);
}
