//! Whoever changes an account passed a factor a short while ago.

use postern_core::factor::email_code::KIND as EMAIL;
use postern_core::factor::totp::{KIND as TOTP, Setting};
use postern_core::factor::{hotp, security_key};
use postern_core::model::{FactorKind, Refusal};
use postern_core::testing::Authenticator;

use crate::app::{ADA, Phone, TestApp, Told, Visitor, code};
use crate::setup::{BOB, FRESH, MINUTE, MOMENT, totp, with_key, with_mail, with_totp};

/// The refusal, with the factors that help.
fn asks_for(with: &[FactorKind]) -> Refusal {
    Refusal::StepUp { with: with.to_vec() }
}

/// Its second factors; its mail, where there is none.
async fn kinds_that_do(ada: &Visitor) -> Vec<FactorKind> {
    let mut kinds = ada.enrolled().await;
    if kinds.len() > 1 {
        kinds.retain(|kind| *kind != EMAIL);
    }
    kinds
}

/// Every act that changes the account, one after the other, each refused.
async fn may_do_nothing(ada: &Visitor) {
    let (portal, visit) = (&ada.app.portal, &ada.visit);
    let step_up = asks_for(&kinds_that_do(ada).await);
    if ada.factor(&TOTP).await.is_none() {
        assert_eq!(portal.begin_totp(visit, Setting::default(), None).await.refusal(), step_up);
    }
    assert_eq!(portal.begin_hotp(visit, hotp::Setting::default(), None).await.refusal(), step_up);
    assert_eq!(portal.begin_registration(visit, None).await.refusal(), step_up);
    for kind in ada.enrolled().await.into_iter().filter(|kind| *kind != EMAIL) {
        let id = ada.factor(&kind).await.expect("a factor");
        assert_eq!(portal.rename_factor(visit, id, "Mine").await.refusal(), step_up);
        assert_eq!(portal.remove_factor(visit, id).await.refusal(), step_up);
    }
    assert_eq!(portal.renew_recovery_codes(visit).await.refusal(), step_up);
    assert_eq!(portal.send_change_code(visit, BOB).await.refusal(), step_up);
    assert_eq!(portal.answer_change_code(visit, &code("123456")).await.refusal(), step_up);
    assert_eq!(portal.end_other_sessions(visit).await.refusal(), step_up);
    assert_eq!(portal.export(visit).await.refusal(), step_up);
    assert_eq!(portal.delete_account(visit, ADA).await.refusal(), step_up);
}

/// Mail, read anew.
async fn reads_mail(ada: &Visitor) {
    ada.app.advance(MINUTE);
    ada.proves(ADA).await;
}

/// The app, once it shows something else.
async fn passes(ada: &Visitor, phone: &Phone) {
    ada.app.advance(MINUTE);
    let right = totp(&phone.code(ada.app.now()));
    ada.app.portal.answer_step_up(&ada.visit, &right).await.done();
}

#[tokio::test]
async fn ten_minutes_after_the_last_factor_nothing_changes() {
    let app = TestApp::open().await;
    let (ada, phone) = with_totp(&app).await;
    passes(&ada, &phone).await;
    app.advance(FRESH);
    app.portal.export(&ada.visit).await.done();
    app.advance(MOMENT);
    may_do_nothing(&ada).await;
    passes(&ada, &phone).await;
    app.portal.export(&ada.visit).await.done();
}

#[tokio::test]
async fn mail_alone_does_not_do_where_there_is_another_factor() {
    let app = TestApp::open().await;
    let (ada, phone) = with_totp(&app).await;
    app.advance(FRESH + MOMENT);
    reads_mail(&ada).await;
    may_do_nothing(&ada).await;
    passes(&ada, &phone).await;
    ada.begins_hotp().await;
}

#[tokio::test]
async fn where_there_is_only_mail_a_fresh_code_does() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    app.advance(FRESH + MOMENT);
    may_do_nothing(&ada).await;
    reads_mail(&ada).await;
    ada.begins_totp().await;
    app.portal.export(&ada.visit).await.done();
}

#[tokio::test]
async fn what_is_asked_for_is_the_second_factor_or_else_the_mail() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    let asked = async || {
        let choices = app.portal.step_up_choices(&app.portal.load_visit_state(&ada.visit).await.done()).await.done();
        choices.into_iter().map(|choice| choice.kind).collect::<Vec<_>>()
    };
    assert_eq!(asked().await, [EMAIL]);
    ada.enrols_totp().await;
    assert_eq!(asked().await, [TOTP]);
}

#[tokio::test]
async fn a_key_does_as_well() {
    let app = TestApp::open().await;
    let (ada, mut key) = with_key(&app).await;
    app.advance(FRESH + MOMENT);
    may_do_nothing(&ada).await;
    ada.steps_up_with(&mut key).await;
    ada.removes(&security_key::KIND).await.done();
}

#[tokio::test]
async fn a_key_that_answers_late_is_not_added() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    app.advance(FRESH);
    let options = app.portal.begin_registration(&ada.visit, None).await.done();
    let options = serde_json::to_value(options).expect("JSON");
    let answer = Authenticator::new(1).create(&options, crate::app::ORIGIN, |_| {}).to_string();
    let answer = security_key::RegistrationAnswer::read(&answer).expect("an answer");
    app.advance(MOMENT);
    let late = app.portal.finish_registration(&ada.visit, &answer, None).await;
    assert_eq!(late.refusal(), asks_for(&[EMAIL]));
    assert_eq!(ada.enrolled().await, [EMAIL]);
}

#[tokio::test]
async fn a_session_that_is_not_fresh_confirms_nothing_that_another_began() {
    let app = TestApp::open().await;
    let stale = with_mail(&app).await;
    app.advance(FRESH + MOMENT);
    let fresh = with_mail(&app).await;
    let phone = fresh.begins_totp().await;
    assert_eq!(stale.passes_totp(&phone).await.refusal(), asks_for(&[EMAIL]));
    let as_step_up = totp(&phone.code(app.now()));
    assert_eq!(app.portal.answer_step_up(&stale.visit, &as_step_up).await.refusal(), asks_for(&[EMAIL]));
    assert!(fresh.passes_totp(&phone).await.done().confirmed_now);
}

#[tokio::test]
async fn one_sessions_proof_is_not_anothers() {
    let app = TestApp::open().await;
    let (ada, phone) = with_totp(&app).await;
    let other = app.visitor().await.signs_in_with_phone(&phone).await;
    app.advance(FRESH + MOMENT);
    passes(&ada, &phone).await;
    may_do_nothing(&other).await;
    app.portal.export(&ada.visit).await.done();
}

#[tokio::test]
async fn a_visitor_needs_none() {
    let app = TestApp::open().await;
    let visitor = app.visitor().await;
    visitor.proves(ADA).await;
    app.advance(FRESH + MOMENT);
    visitor.enrols_totp().await;
    app.advance(FRESH + MOMENT);
    visitor.enrols_hotp().await;
    visitor.removes(&TOTP).await.done();
    visitor.registers(&mut Authenticator::new(1)).await;
}
