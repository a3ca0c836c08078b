//! Counted before judged: how often one may be wrong, and what resets that.

use std::time::Duration;

use postern_app::portal::{Answer, Passed, UseCaseError};
use postern_core::factor::totp::{self, Setting};
use postern_core::model::{NextTry, Refusal};

use crate::app::{ADA, TestApp, Told, Visitor, at_once};

fn is_wrong(answer: &Answer<Passed>) -> bool {
    matches!(answer, Err(UseCaseError::Refused(Refusal::Wrong { .. })))
}

fn is_throttled(answer: &Answer<Passed>) -> bool {
    matches!(answer, Err(UseCaseError::Refused(Refusal::Throttled { .. })))
}

/// Many tabs type the same code at once, every other one through another process.
async fn all_type(visitor: &Visitor, tabs: usize, digits: &str) -> Vec<Answer<Passed>> {
    let processes = [visitor.app.clone(), visitor.app.another_process().await];
    at_once((0..tabs).map(|tab| {
        let (tab, digits) = (visitor.through(&processes[tab % 2]), digits.to_owned());
        async move { tab.answers_totp(&digits).await }
    }))
    .await
}

#[tokio::test]
async fn of_two_hundred_wrong_codes_at_once_five_are_judged_and_the_right_one_waits_with_the_rest() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let phone = ada.enrols_totp().await;
    let answers = all_type(&ada, 200, &phone.wrong_code(app.now())).await;
    assert_eq!(answers.iter().filter(|answer| is_wrong(answer)).count(), 5);
    assert_eq!(answers.iter().filter(|answer| is_throttled(answer)).count(), 195);
    let until = app.now() + Duration::from_secs(30);
    assert_eq!(ada.passes_totp(&phone).await.refusal(), Refusal::Throttled { until });
    app.advance(Duration::from_secs(30));
    ada.passes_totp(&phone).await.done();
}

#[tokio::test]
async fn four_wrong_are_free_and_from_the_fifth_on_waits_double_up_to_a_quarter_of_an_hour() {
    let app = TestApp::open().await;
    let ada = app.patient_visitor().await;
    let phone = ada.enrols_totp().await;
    for left in [4, 3, 2, 1] {
        assert_eq!(ada.mistypes_totp(&phone).await, NextTry::Left(left));
    }
    for wait in [30, 60, 120, 240, 480, 900, 900, 900] {
        let wait = Duration::from_secs(wait);
        assert_eq!(ada.mistypes_totp(&phone).await, NextTry::At(app.now() + wait));
        assert_eq!(app.portal.totp_next_try(&ada.visit).await.done(), NextTry::At(app.now() + wait));
        app.advance(wait);
    }
}

#[tokio::test]
async fn an_attempt_inside_a_wait_is_refused_even_if_right_and_does_not_make_the_wait_longer() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let phone = ada.enrols_totp().await;
    for _ in 0..5 {
        ada.mistypes_totp(&phone).await;
    }
    let until = app.now() + Duration::from_secs(30);
    app.advance(Duration::from_millis(29_999));
    for _ in 0..100 {
        assert_eq!(ada.passes_totp(&phone).await.refusal(), Refusal::Throttled { until });
    }
    app.advance(Duration::from_millis(1));
    assert_eq!(ada.mistypes_totp(&phone).await, NextTry::At(app.now() + Duration::from_mins(1)));
}

#[tokio::test]
async fn a_right_code_resets_its_own_count_and_no_other() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let phone = ada.enrols_totp().await;
    ada.asks_for_mail(ADA).await.done();
    for _ in 0..3 {
        ada.mistypes_mail().await;
        ada.mistypes_totp(&phone).await;
    }
    ada.passes_totp(&phone).await.done();
    assert_eq!(ada.mail_tries().await, NextTry::Left(2));
    assert_eq!(ada.mistypes_totp(&phone).await, NextTry::Left(4));
    ada.answers_mail(&ada.mailed_code().await).await.done();
    assert_eq!(ada.mistypes_totp(&phone).await, NextTry::Left(3));
}

#[tokio::test]
async fn neither_starting_the_enrolment_over_nor_a_letter_nor_another_network_resets_a_count() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let phone = ada.begins_totp().await;
    assert_eq!(ada.mistypes_totp(&phone).await, NextTry::Left(4));
    let phone = ada.begins_totp().await;
    assert_eq!(ada.mistypes_totp(&phone).await, NextTry::Left(3));
    ada.asks_for_mail(ADA).await.done();
    assert_eq!(ada.mistypes_totp(&phone).await, NextTry::Left(2));
    app.advance(Duration::from_secs(30));
    ada.asks_for_mail(ADA).await.done();
    let elsewhere = ada.moved_to("2001:db8::7");
    assert_eq!(elsewhere.mistypes_totp(&phone).await, NextTry::Left(1));
    assert!(matches!(elsewhere.mistypes_totp(&phone).await, NextTry::At(_)));
}

#[tokio::test]
async fn counts_of_two_visitors_have_nothing_to_do_with_each_other() {
    let app = TestApp::open().await;
    let (ada, eve) = (app.visitor().await, app.visitor_from("192.0.2.1".parse().expect("an address")).await);
    let (hers, eves) = (ada.enrols_totp().await, eve.enrols_totp().await);
    for _ in 0..5 {
        eve.mistypes_totp(&eves).await;
    }
    ada.passes_totp(&hers).await.done();
    assert!(matches!(eve.passes_totp(&eves).await.refusal(), Refusal::Throttled { .. }));
}

#[tokio::test]
async fn a_conflict_is_no_failure() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let phone = ada.enrols_totp().await;
    for _ in 0..20 {
        assert_eq!(ada.tries_to_begin_totp(Setting::default()).await.refusal(), Refusal::AlreadyEnrolled);
    }
    assert_eq!(ada.mistypes_totp(&phone).await, NextTry::Left(4));
}

#[tokio::test]
async fn an_answer_whose_record_changes_under_it_is_judged_again_and_counted_once() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    ada.proves(ADA).await;
    let phone = ada.enrols_totp().await;
    let factor = ada.factor(&totp::KIND).await.expect("an app");
    let renamings = (0..20).map(|n| {
        let tab = ada.clone();
        let name = format!("name {n}");
        tokio::spawn(async move { tab.app.portal.rename_factor(&tab.visit, factor, &name).await.done() })
    });
    let renamings: Vec<_> = renamings.collect();
    let passing = {
        let (tab, digits) = (ada.clone(), phone.code(app.now()));
        tokio::spawn(async move { tab.answers_totp(&digits).await.done() })
    };
    passing.await.expect("no panic");
    for renaming in renamings {
        renaming.await.expect("no panic");
    }
    assert_eq!(ada.mistypes_totp(&phone).await, NextTry::Left(4));
}

#[tokio::test]
async fn a_code_for_nothing_is_no_failure() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    for _ in 0..10 {
        assert_eq!(ada.answers_totp("000000").await.refusal(), Refusal::NotEnrolled);
    }
    let phone = ada.begins_totp().await;
    assert_eq!(ada.mistypes_totp(&phone).await, NextTry::Left(4));
}
