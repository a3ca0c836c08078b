//! A code is for what it was asked for, in the session that asked; and good once, whichever door it is shown at.

use postern_app::portal::Answer;
use postern_core::factor::totp::KIND;
use postern_core::model::Refusal;

use crate::app::{ADA, TestApp, Told, code};
use crate::setup::{BOB, MINUTE, hotp, recovery, totp, with_hotp, with_mail, with_paper, with_totp};

#[tokio::test]
async fn a_code_that_proves_an_address_does_not_sign_in() {
    let app = TestApp::open().await;
    let visitor = app.visitor().await;
    visitor.asks_for_mail(ADA).await.done();
    let proves = visitor.mailed_code().await;
    assert_eq!(visitor.answers_sign_in_mail(&proves).await.refusal(), Refusal::NoCodeAsked);
    app.advance(MINUTE);
    visitor.asks_to_sign_in(ADA).await.done();
    assert!(matches!(visitor.answers_sign_in_mail(&proves).await.refusal(), Refusal::Wrong { .. }));
    visitor.answers_mail(&proves).await.done();
}

#[tokio::test]
async fn a_code_that_signs_in_does_not_prove_an_address() {
    let app = TestApp::open().await;
    let visitor = app.visitor().await;
    visitor.asks_to_sign_in(ADA).await.done();
    let signs_in = visitor.mailed_code().await;
    assert_eq!(visitor.answers_mail(&signs_in).await.refusal(), Refusal::NoCodeAsked);
    visitor.answers_sign_in_mail(&signs_in).await.done();
}

#[tokio::test]
async fn a_code_that_gives_an_account_its_address_does_nothing_else() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    app.advance(MINUTE);
    app.portal.send_change_code(&ada.visit, BOB).await.done();
    let changes = ada.mailed_code().await;
    assert_eq!(ada.answers_mail(&changes).await.refusal(), Refusal::NoCodeAsked);
    assert_eq!(ada.answers_sign_in_mail(&changes).await.refusal(), Refusal::NoCodeAsked);
    app.portal.answer_change_code(&ada.visit, &code(&changes)).await.done();
}

#[tokio::test]
async fn a_code_asked_for_in_one_browser_is_refused_in_another() {
    let app = TestApp::open().await;
    let (ada, eve) = (app.visitor().await, app.visitor().await);
    ada.asks_to_sign_in(ADA).await.done();
    let digits = ada.mailed_code().await;
    assert_eq!(eve.answers_sign_in_mail(&digits).await.refusal(), Refusal::NoCodeAsked);
    eve.asks_to_sign_in(ADA).await.done();
    assert!(matches!(eve.answers_sign_in_mail(&digits).await.refusal(), Refusal::Wrong { .. }));
    ada.answers_sign_in_mail(&digits).await.done();
}

fn is_replayed<T>(answer: Answer<T>) -> bool {
    matches!(answer.refusal(), Refusal::Replayed { .. })
}

#[tokio::test]
async fn an_authenticator_code_used_at_sign_in_is_refused_at_every_other_door() {
    let app = TestApp::open().await;
    let (ada, phone) = with_totp(&app).await;
    let digits = phone.code(app.now());
    let waiting = app.visitor().await;
    waiting.waits(ADA).await;
    let inside = app.visitor().await.signs_in_with(ADA, &totp(&digits)).await;
    assert!(is_replayed(app.portal.answer_step_up(&inside.visit, &totp(&digits)).await));
    assert!(is_replayed(ada.answers_totp(&digits).await));
    assert!(is_replayed(waiting.answers_second(&totp(&digits)).await));
    let restarted = app.another_process().await;
    assert!(is_replayed(waiting.through(&restarted).answers_second(&totp(&digits)).await));
}

#[tokio::test]
async fn one_used_at_step_up_does_not_sign_in() {
    let app = TestApp::open().await;
    let (ada, phone) = with_totp(&app).await;
    let digits = totp(&phone.code(app.now()));
    app.portal.answer_step_up(&ada.visit, &digits).await.done();
    let visitor = app.visitor().await;
    visitor.waits(ADA).await;
    assert!(is_replayed(visitor.answers_second(&digits).await));
}

#[tokio::test]
async fn the_code_that_confirmed_an_enrolment_does_not_sign_in() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    let phone = ada.begins_totp().await;
    let digits = phone.code(app.now());
    ada.answers_totp(&digits).await.done();
    let visitor = app.visitor().await;
    visitor.waits(ADA).await;
    assert!(is_replayed(visitor.answers_second(&totp(&digits)).await));
}

#[tokio::test]
async fn a_counter_code_used_at_sign_in_is_refused_afterwards() {
    let app = TestApp::open().await;
    let (ada, mut token) = with_hotp(&app).await;
    let pressed = token.press();
    app.visitor().await.signs_in_with(ADA, &hotp(&pressed)).await;
    assert!(ada.answers_hotp(&pressed).await.is_err());
    assert!(app.portal.answer_step_up(&ada.visit, &hotp(&pressed)).await.is_err());
    ada.answers_hotp(&token.press()).await.done();
}

#[tokio::test]
async fn a_recovery_code_used_at_sign_in_is_refused_afterwards() {
    let app = TestApp::open().await;
    let (ada, _, paper) = with_paper(&app).await;
    app.visitor().await.signs_in_with(ADA, &recovery(&paper[0])).await;
    assert!(is_replayed(app.portal.answer_step_up(&ada.visit, &recovery(&paper[0])).await));
    let visitor = app.visitor().await;
    visitor.waits(ADA).await;
    assert!(is_replayed(visitor.answers_second(&recovery(&paper[0])).await));
}

#[tokio::test]
async fn what_one_account_is_asked_another_does_not_answer() {
    let app = TestApp::open().await;
    let (_, phone) = with_totp(&app).await;
    let bob = app.visitor().await.signs_in(BOB).await;
    let his = bob.enrols_totp().await;
    let visitor = app.visitor().await;
    visitor.waits(ADA).await;
    let answer = visitor.answers_second(&totp(&his.code(app.now()))).await;
    assert!(matches!(answer.refusal(), Refusal::Wrong { hint: None, .. }));
    visitor.answers_second(&totp(&phone.code(app.now()))).await.done();
    assert!(bob.factor(&KIND).await.is_some());
}
