//! Coming back: mail, and then whatever else the account has.

use std::time::Duration;

use postern_app::portal::FactorAnswer;
use postern_core::factor;
use postern_core::factor::email_code::Purpose;
use postern_core::factor::totp::Setting;
use postern_core::model::{NextTry, Refusal};
use postern_core::port::Store;

use crate::app::{ADA, TestApp, Told};
use crate::setup::{
    BOB, FRESH, MINUTE, MOMENT, hotp, recovery, totp, with_hotp, with_key, with_mail, with_paper, with_totp,
};

#[tokio::test]
async fn with_an_authenticator_app_mail_is_not_enough_and_with_its_code_it_is_level_two() {
    let app = TestApp::open().await;
    let (ada, phone) = with_totp(&app).await;
    let back = app.visitor().await.signs_in_with_phone(&phone).await;
    assert_eq!(back.visit.session.holder, ada.visit.session.holder);
    assert_eq!(back.level().await, 2);
    assert!(back.is_admitted().await);
}

#[tokio::test]
async fn with_a_counter_token_it_is_level_two() {
    let app = TestApp::open().await;
    let (_, mut token) = with_hotp(&app).await;
    let back = app.visitor().await.signs_in_with(ADA, &hotp(&token.press())).await;
    assert_eq!(back.level().await, 2);
}

#[tokio::test]
async fn with_a_security_key_it_is_level_three() {
    let app = TestApp::open().await;
    let (_, mut key) = with_key(&app).await;
    let visitor = app.visitor().await;
    visitor.waits(ADA).await;
    let touch = visitor.touches(&mut key).await;
    let back = visitor.inside(visitor.answers_second(&touch).await.done());
    assert_eq!(back.level().await, 3);
}

#[tokio::test]
async fn with_a_recovery_code_it_is_level_two() {
    let app = TestApp::open().await;
    let (_, _, paper) = with_paper(&app).await;
    let back = app.visitor().await.signs_in_with(ADA, &recovery(&paper[3])).await;
    assert_eq!(back.level().await, 2);
}

#[tokio::test]
async fn the_strongest_is_offered_first_and_paper_last() {
    let app = TestApp::open().await;
    let (ada, _, _) = with_paper(&app).await;
    ada.registers(&mut postern_core::testing::Authenticator::new(1)).await;
    let visitor = app.visitor().await;
    visitor.waits(ADA).await;
    let standing = app.portal.sign_in_standing(&visitor.visit).await.done().expect("a sign-in that waits");
    let kinds: Vec<_> = standing.choices.into_iter().map(|choice| choice.kind).collect();
    assert_eq!(kinds, [factor::security_key::KIND, factor::totp::KIND, factor::recovery_codes::KIND]);
    assert_eq!(standing.ends, app.now() + FRESH);
}

#[tokio::test]
async fn a_sign_in_that_waits_opens_nothing() {
    let app = TestApp::open().await;
    let (ada, _) = with_totp(&app).await;
    let visitor = app.visitor().await;
    visitor.waits(ADA).await;
    let look = app.portal.load_visit_state(&visitor.visit).await.done();
    assert_eq!((look.level.number(), look.factors().count(), look.account().is_none()), (0, 0, true));
    assert_eq!(look.address().expect("readable"), None);
    assert!(app.portal.activity(&visitor.visit).await.done().is_empty());
    assert_eq!(app.portal.export(&visitor.visit).await.refusal(), Refusal::NoSession);
    assert_eq!(app.portal.delete_account(&visitor.visit, ADA).await.refusal(), Refusal::NoSession);
    assert_eq!(app.portal.renew_recovery_codes(&visitor.visit).await.refusal(), Refusal::NoSession);
    assert_eq!(app.portal.send_change_code(&visitor.visit, BOB).await.refusal(), Refusal::NoSession);
    assert_eq!(ada.sessions().await, 1);
}

#[tokio::test]
async fn a_sign_in_waits_ten_minutes() {
    let app = TestApp::open().await;
    let (_, phone) = with_totp(&app).await;
    for lets_in in [true, false] {
        let visitor = app.visitor().await;
        visitor.waits(ADA).await;
        app.almost(FRESH);
        app.advance(if lets_in { Duration::ZERO } else { MOMENT });
        let answer = visitor.answers_second(&totp(&phone.code(app.now()))).await;
        if lets_in {
            answer.done();
        } else {
            assert_eq!(answer.refusal(), Refusal::NoSignIn);
            assert!(app.portal.sign_in_standing(&visitor.visit).await.done().is_none());
        }
        app.advance(MINUTE);
    }
}

#[tokio::test]
async fn a_sign_in_waits_no_longer_than_its_visit() {
    let app = TestApp::open().await;
    let (_, phone) = with_totp(&app).await;
    let visitor = app.visitor().await;
    app.clock.set(visitor.visit.session.ends_at - MINUTE);
    visitor.waits(ADA).await;
    app.advance(MINUTE);
    let right = totp(&phone.code(app.now()));
    assert_eq!(visitor.answers_second(&right).await.refusal(), Refusal::NoSignIn);
}

#[tokio::test]
async fn one_that_was_given_up_waits_no_more() {
    let app = TestApp::open().await;
    let (_, phone) = with_totp(&app).await;
    let visitor = app.visitor().await;
    visitor.waits(ADA).await;
    app.portal.abandon_sign_in(&visitor.visit).await.done();
    let right = totp(&phone.code(app.now()));
    assert_eq!(visitor.answers_second(&right).await.refusal(), Refusal::NoSignIn);
}

#[tokio::test]
async fn whoever_passed_no_mail_code_cannot_answer_and_makes_nobody_wait() {
    let app = TestApp::open().await;
    let (_, phone) = with_totp(&app).await;
    let eve = app.visitor().await;
    eve.asks_to_sign_in(ADA).await.done();
    for _ in 0..20 {
        let wrong = totp(&phone.wrong_code(app.now()));
        assert_eq!(eve.answers_second(&wrong).await.refusal(), Refusal::NoSignIn);
    }
    app.visitor().await.signs_in_with_phone(&phone).await;
}

#[tokio::test]
async fn wrong_answers_after_the_mail_count_for_the_account_whatever_the_session() {
    let app = TestApp::open().await;
    let (_, phone) = with_totp(&app).await;
    let wrong = totp(&phone.wrong_code(app.now()));
    for tries in 1..=5 {
        let eve = app.visitor().await;
        eve.waits(ADA).await;
        match eve.answers_second(&wrong).await.refusal() {
            Refusal::Wrong { next: NextTry::Left(left), .. } => assert_eq!(left, 5 - tries),
            Refusal::Wrong { next: NextTry::At(_), hint } => assert_eq!((tries, hint), (5, None)),
            other => panic!("{other:?}"),
        }
    }
    let visitor = app.visitor().await;
    visitor.waits(ADA).await;
    let right = totp(&phone.code(app.now()));
    assert!(matches!(visitor.answers_second(&right).await.refusal(), Refusal::Throttled { .. }));
    app.advance(MINUTE / 2);
    visitor.answers_second(&totp(&phone.code(app.now()))).await.done();
}

#[tokio::test]
async fn an_enrolment_that_nobody_confirmed_is_neither_asked_for_nor_accepted() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    let unconfirmed = ada.begins_totp().await;
    let back = app.visitor().await.signs_in(ADA).await;
    assert_eq!(back.level().await, 1);
    // Beside another factor it does not open the door either.
    let mut token = ada.enrols_hotp().await;
    let visitor = app.visitor().await;
    visitor.waits(ADA).await;
    let code = totp(&unconfirmed.code(app.now()));
    assert_eq!(visitor.answers_second(&code).await.refusal(), Refusal::NotEnrolled);
    visitor.answers_second(&hotp(&token.press())).await.done();
}

#[tokio::test]
async fn a_second_factor_that_came_meanwhile_is_asked_for() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    let visitor = app.visitor().await;
    visitor.asks_to_sign_in(ADA).await.done();
    ada.tries_to_begin_totp(Setting::default()).await.done();
    ada.enrols_totp().await;
    let answer = visitor.answers_sign_in_mail(&visitor.mailed_code().await).await.done();
    assert!(matches!(answer, postern_app::portal::SignIn::Second));
}

#[tokio::test]
async fn it_is_refused_if_the_account_has_another_address_by_now() {
    let app = TestApp::open().await;
    let (ada, mut key) = with_key(&app).await;
    let eve = app.visitor().await;
    eve.waits(ADA).await;
    let touch = eve.touches(&mut key).await;
    ada.moves_to(BOB).await;
    assert_eq!(eve.answers_second(&touch).await.refusal(), Refusal::NoSignIn);
    assert_eq!(app.portal.ask_sign_in_keys(&eve.visit).await.refusal(), Refusal::NoSignIn);
    assert!(app.portal.sign_in_standing(&eve.visit).await.done().is_none());
    assert_eq!(ada.sessions().await, 1);
}

#[tokio::test]
async fn it_is_refused_if_the_account_is_deleted_by_now() {
    let app = TestApp::open().await;
    let (ada, phone) = with_totp(&app).await;
    let eve = app.visitor().await;
    eve.waits(ADA).await;
    app.portal.delete_account(&ada.visit, ADA).await.done();
    let right: FactorAnswer = totp(&phone.code(app.now()));
    assert_eq!(eve.answers_second(&right).await.refusal(), Refusal::NoSignIn);
    assert!(app.portal.sign_in_standing(&eve.visit).await.done().is_none());
    // Nor does it open the account that has the address next.
    app.visitor().await.signs_in(ADA).await;
    assert_eq!(eve.answers_second(&right).await.refusal(), Refusal::NoSignIn);
}

#[tokio::test]
async fn before_the_mail_was_right_an_address_that_is_known_costs_as_much_as_one_that_is_not() {
    let app = TestApp::open().await;
    with_totp(&app).await;
    let mut costs = Vec::new();
    for address in [ADA, "nobody@example.org"] {
        for devices in [vec![], vec![postern_core::model::DeviceId::from([7; 16])]] {
            let mut visitor = app.visitor().await;
            visitor.visit.browser.devices.clone_from(&devices);
            let before = app.store.calls();
            visitor.asks_to_sign_in(address).await.done();
            let asked = app.store.calls();
            let wrong = visitor.wrong_mailed_code().await;
            let read = app.store.calls();
            visitor.answers_sign_in_mail(&wrong).await.refusal();
            app.portal.mail_code(&visitor.visit, Purpose::SignIn).await.done();
            costs.push((devices, asked - before, app.store.calls() - read));
        }
    }
    assert_eq!(costs[..2], costs[2..]);
    assert!(app.store.ping().await.is_ok());
}
