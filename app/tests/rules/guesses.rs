//! Guesses at an address's mail codes, and attempts that ended in a fault of ours.

use std::net::IpAddr;
use std::time::Duration;

use postern_app::portal::UseCaseError;
use postern_core::factor::email_code::Purpose;
use postern_core::model::{NextTry, Refusal};

use crate::app::{ADA, TestApp, Told, Visitor, at_once};

/// Sessions that each asked for a code to one address, from a network each, as far apart as letters to it must be.
async fn with_codes(app: &TestApp, most: u8) -> Vec<(Visitor, String)> {
    let mut all = Vec::new();
    for number in 1..=most {
        let visitor = app.visitor_from(IpAddr::from([198, 51, 100, number])).await;
        visitor.asks_for_mail(ADA).await.done();
        let code = visitor.mailed_code().await;
        all.push((visitor, code));
    }
    all
}

#[tokio::test]
async fn of_codes_asked_for_beforehand_ten_guesses_in_all_are_judged() {
    let app = TestApp::open().await;
    let all = with_codes(&app, 20).await;
    assert!(all.iter().all(|(_, code)| code.len() == 6));
    let mut wrong = 0;
    for (visitor, code) in &all[..19] {
        let guess = if code == "000000" { "111111" } else { "000000" };
        for _ in 0..4 {
            match visitor.answers_mail(guess).await.refusal() {
                Refusal::Wrong { .. } => wrong += 1,
                refusal => assert!(matches!(refusal, Refusal::CodeVoid { .. }), "{refusal:?}"),
            }
        }
    }
    assert_eq!(wrong, 10);
    // Nobody guessed at this one, and it is void all the same.
    let (last, right) = &all[19];
    assert_eq!(last.mail_tries().await, NextTry::Never);
    assert!(matches!(last.answers_mail(right).await.refusal(), Refusal::CodeVoid { .. }));
    app.advance(Duration::from_hours(1));
    let anew = app.visitor_from(IpAddr::from([198, 51, 100, 200])).await;
    anew.asks_for_mail(ADA).await.done();
    let longer = anew.mailed_code().await;
    assert_eq!(longer.len(), 8);
    anew.answers_mail(&longer).await.done();
}

#[tokio::test]
async fn of_guesses_at_twenty_codes_at_once_ten_are_judged() {
    let app = TestApp::open().await;
    let all = with_codes(&app, 20).await;
    let answers = at_once(all.into_iter().map(|(visitor, code)| async move {
        let guess = if code == "000000" { "111111" } else { "000000" };
        visitor.answers_mail(guess).await.refusal()
    }))
    .await;
    assert_eq!(answers.iter().filter(|refusal| matches!(refusal, Refusal::Wrong { .. })).count(), 10);
}

#[tokio::test]
async fn right_code_ends_the_count_of_guesses_and_short_codes_are_good_again() {
    let app = TestApp::open().await;
    let all = with_codes(&app, 4).await;
    for (visitor, code) in &all[..3] {
        let guess = if code == "000000" { "111111" } else { "000000" };
        for _ in 0..3 {
            visitor.answers_mail(guess).await.refusal();
        }
    }
    let (visitor, code) = &all[3];
    visitor.answers_mail(code).await.done();
    let (visitor, code) = &all[2];
    visitor.answers_mail(code).await.done();
}

#[tokio::test]
async fn right_mail_code_that_cannot_be_burned_is_no_failed_try() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    ada.asks_for_mail(ADA).await.done();
    let right = ada.mailed_code().await;
    app.store.set_full(true);
    for _ in 0..20 {
        let fault = ada.answers_mail(&right).await;
        assert!(matches!(fault, Err(UseCaseError::InternalError(_))), "{fault:?}");
    }
    assert_eq!(ada.mistypes_mail().await, NextTry::Left(4), "a wrong one still counts");
    app.store.set_full(false);
    assert_eq!(ada.mail_tries().await, NextTry::Left(4));
    let waiting = app.portal.mail_code(&ada.visit, Purpose::Prove).await.done().expect("a code that waits");
    assert_eq!(waiting.digits, 6);
    ada.answers_mail(&right).await.done();
}

#[tokio::test]
async fn right_code_that_cannot_be_written_is_no_failed_try() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let phone = ada.enrols_totp().await;
    app.advance(Duration::from_secs(30));
    app.store.set_full(true);
    for _ in 0..20 {
        let fault = ada.passes_totp(&phone).await;
        assert!(matches!(fault, Err(UseCaseError::InternalError(_))), "{fault:?}");
    }
    app.store.set_full(false);
    ada.passes_totp(&phone).await.done();
}
