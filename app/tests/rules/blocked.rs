//! Fifty wrong in a row shut a factor, until its owner passes another.

use std::time::Duration;

use postern_core::model::{NextTry, Refusal};

use crate::app::{ADA, Phone, TestApp, Told, Visitor, at_once};

/// Wrong, patiently, until nothing goes any more.
async fn shuts_totp(visitor: &Visitor, phone: &Phone) {
    for failures in 1..=50 {
        match visitor.mistypes_totp(phone).await {
            NextTry::Left(_) => assert!(failures < 5),
            NextTry::At(until) => visitor.app.clock.set(until),
            NextTry::Never => assert_eq!(failures, 50),
        }
    }
    visitor.app.advance(Duration::from_hours(1));
}

async fn with_a_shut_app() -> (TestApp, Visitor, Phone) {
    let app = TestApp::open().await;
    let ada = app.patient_visitor().await;
    ada.proves(ADA).await;
    let phone = ada.enrols_totp().await;
    shuts_totp(&ada, &phone).await;
    (app, ada, phone)
}

#[tokio::test]
async fn fifty_wrong_in_a_row_shut_a_factor_however_long_one_waits() {
    let (app, ada, phone) = with_a_shut_app().await;
    for _ in 0..3 {
        assert_eq!(ada.passes_totp(&phone).await.refusal(), Refusal::Blocked);
        assert_eq!(app.portal.totp_next_try(&ada.visit).await.done(), NextTry::Never);
        app.advance(Duration::from_hours(24));
    }
}

#[tokio::test]
async fn a_proof_made_before_does_not_open_it_and_one_made_since_does() {
    let (app, ada, phone) = with_a_shut_app().await;
    assert_eq!(ada.passes_totp(&phone).await.refusal(), Refusal::Blocked);
    ada.proves(ADA).await;
    app.advance(Duration::from_secs(30));
    ada.passes_totp(&phone).await.done();
}

#[tokio::test]
async fn one_that_another_factor_has_opened_says_so() {
    let (app, ada, _) = with_a_shut_app().await;
    ada.proves(ADA).await;
    assert_eq!(app.portal.totp_next_try(&ada.visit).await.done(), NextTry::Left(5));
}

#[tokio::test]
async fn one_proof_opens_it_once() {
    let (_, ada, phone) = with_a_shut_app().await;
    ada.proves(ADA).await;
    shuts_totp(&ada, &phone).await;
    assert_eq!(ada.passes_totp(&phone).await.refusal(), Refusal::Blocked);
}

#[tokio::test]
async fn of_two_hundred_guesses_at_once_after_it_opened_five_are_judged() {
    let (app, ada, phone) = with_a_shut_app().await;
    ada.proves(ADA).await;
    let processes = [app.clone(), app.another_process().await];
    let wrong = phone.wrong_code(app.now());
    let answers = at_once((0..200).map(|tab| {
        let (tab, wrong) = (ada.through(&processes[tab % 2]), wrong.clone());
        async move { tab.answers_totp(&wrong).await.refusal() }
    }))
    .await;
    let judged = answers.iter().filter(|refusal| matches!(refusal, Refusal::Wrong { .. })).count();
    assert_eq!(judged, 5);
}

#[tokio::test]
async fn starting_over_does_not_open_an_enrolment_that_is_shut() {
    let app = TestApp::open().await;
    let ada = app.patient_visitor().await;
    for failures in 1..=50 {
        let phone = ada.begins_totp().await;
        match ada.mistypes_totp(&phone).await {
            NextTry::Left(_) => assert!(failures < 5),
            NextTry::At(until) => app.clock.set(until),
            NextTry::Never => assert_eq!(failures, 50),
        }
    }
    let phone = ada.begins_totp().await;
    assert_eq!(ada.passes_totp(&phone).await.refusal(), Refusal::Blocked);
}
