//! Recovery codes, and the second factor they stand in for.

use std::sync::Arc;

use postern_app::portal::{InternalError, Outside, Portal, Settings, SignIn};
use postern_core::factor::{hotp as token, recovery_codes, totp as app};
use postern_core::model::{NextTry, Refusal};
use postern_core::port::WorkError;
use postern_core::testing::{BusyQueue, SeededEntropy};

use crate::app::{ADA, TestApp, Told, Visitor, masters};
use crate::setup::{BOB, HOUR, MINUTE, on_paper, recovery, totp, with_mail, with_paper, with_totp};

async fn left(ada: &Visitor) -> Option<(usize, usize)> {
    let look = ada.app.portal.load_visit_state(&ada.visit).await.done();
    ada.app.portal.recovery_codes_left(&look).done()
}

#[tokio::test]
async fn they_are_only_for_who_has_a_second_factor() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    assert_eq!(app.portal.renew_recovery_codes(&ada.visit).await.refusal(), Refusal::SecondFactorNeeded);
    let visitor = app.visitor().await;
    visitor.enrols_totp().await;
    assert_eq!(app.portal.renew_recovery_codes(&visitor.visit).await.refusal(), Refusal::NoSession);
}

#[tokio::test]
async fn each_is_good_once_and_what_is_left_is_counted() {
    let app = TestApp::open().await;
    let (ada, _, paper) = with_paper(&app).await;
    assert_eq!((paper.len(), left(&ada).await), (10, Some((10, 10))));
    let typed = paper[0].to_ascii_uppercase().replace('-', " ");
    app.portal.answer_step_up(&ada.visit, &recovery(&typed)).await.done();
    assert_eq!(left(&ada).await, Some((9, 10)));
    let again = app.portal.answer_step_up(&ada.visit, &recovery(&paper[0])).await.refusal();
    assert!(matches!(again, Refusal::Replayed { fresh_at: None, .. }));
    app.portal.answer_step_up(&ada.visit, &recovery(&paper[9])).await.done();
    assert_eq!(left(&ada).await, Some((8, 10)));
}

#[tokio::test]
async fn old_codes_stay_good_until_the_owner_has_saved_the_new_ones() {
    let app = TestApp::open().await;
    let (ada, _, old) = with_paper(&app).await;
    let told = app.news_of(async {
        let new = on_paper(&app.portal.renew_recovery_codes(&ada.visit).await.done());
        let step_up = async |code: &String| app.portal.answer_step_up(&ada.visit, &recovery(code)).await;
        assert!(matches!(step_up(&new[0]).await.refusal(), Refusal::Wrong { .. }));
        step_up(&old[0]).await.done();
    });
    assert_eq!(told.await.len(), 1, "a code was used, and nothing else happened");
    assert_eq!(left(&ada).await, Some((9, 10)));
}

#[tokio::test]
async fn new_codes_are_saved_in_the_session_that_saw_them_within_an_hour_and_once() {
    let app = TestApp::open().await;
    let (ada, phone, old) = with_paper(&app).await;
    let other = app.visitor().await.signs_in_with_phone(&phone).await;
    let (portal, renew) = (&app.portal, async || app.portal.renew_recovery_codes(&ada.visit).await.done());
    let (first, second) = (renew().await.waits.expect("it waits"), renew().await.waits.expect("it waits"));
    for (visit, set) in [(&other.visit, second), (&ada.visit, first)] {
        assert_eq!(portal.keep_recovery_codes(visit, set).await.refusal(), Refusal::NotConfirmed);
    }
    let told = app.news_of(async { portal.keep_recovery_codes(&ada.visit, second).await.done() }).await;
    assert_eq!(told.len(), 1);
    assert_eq!(portal.keep_recovery_codes(&ada.visit, second).await.refusal(), Refusal::NotConfirmed);
    let late = renew().await;
    for _ in 0..2 {
        app.advance(MINUTE * 30);
        assert!(ada.is_admitted().await);
    }
    let set = late.waits.expect("it waits");
    assert_eq!(portal.keep_recovery_codes(&ada.visit, set).await.refusal(), Refusal::NotConfirmed);
    assert_eq!((left(&ada).await, old.len()), (Some((10, 10)), 10));
}

#[tokio::test]
async fn a_new_set_that_is_saved_kills_the_old_one() {
    let app = TestApp::open().await;
    let (ada, _, old) = with_paper(&app).await;
    let drawn = app.portal.renew_recovery_codes(&ada.visit).await.done();
    app.portal.keep_recovery_codes(&ada.visit, drawn.waits.expect("it waits")).await.done();
    let new = on_paper(&drawn);
    let visitor = app.visitor().await;
    visitor.waits(ADA).await;
    assert!(matches!(visitor.answers_second(&recovery(&old[0])).await.refusal(), Refusal::Wrong { .. }));
    visitor.answers_second(&recovery(&new[0])).await.done();
    assert_eq!(left(&ada).await, Some((9, 10)));
}

#[tokio::test]
async fn they_go_with_the_last_second_factor_and_not_before() {
    let app = TestApp::open().await;
    let (ada, _, _) = with_paper(&app).await;
    ada.enrols_hotp().await;
    ada.removes(&app::KIND).await.done();
    assert_eq!(left(&ada).await, Some((10, 10)));
    ada.removes(&token::KIND).await.done();
    assert_eq!(left(&ada).await, None);
    assert!(matches!(app.visitor().await.tries_to_sign_in(ADA).await.done(), SignIn::In(_)));
}

#[tokio::test]
async fn they_can_be_taken_away_by_themselves() {
    let app = TestApp::open().await;
    let (ada, phone, paper) = with_paper(&app).await;
    ada.removes(&recovery_codes::KIND).await.done();
    let visitor = app.visitor().await;
    visitor.waits(ADA).await;
    assert_eq!(visitor.answers_second(&recovery(&paper[0])).await.refusal(), Refusal::NotEnrolled);
    visitor.answers_second(&totp(&phone.code(app.now()))).await.done();
}

#[tokio::test]
async fn guesses_are_counted_before_they_are_judged() {
    let app = TestApp::open().await;
    let (_, phone, paper) = with_paper(&app).await;
    let visitor = app.visitor().await;
    visitor.waits(ADA).await;
    let wrong = format!("{}{}", &paper[0][..4], "-0000-0000-0000-0000");
    for left in [4, 3, 2, 1] {
        let next = NextTry::Left(left);
        assert_eq!(visitor.answers_second(&recovery(&wrong)).await.refusal(), Refusal::Wrong { next, hint: None });
    }
    visitor.answers_second(&recovery(&wrong)).await.refusal();
    assert!(matches!(visitor.answers_second(&recovery(&paper[0])).await.refusal(), Refusal::Throttled { .. }));
    // Nobody has to wait for the app because of it.
    visitor.answers_second(&totp(&phone.code(app.now()))).await.done();
}

#[tokio::test]
async fn one_opens_an_app_that_fifty_wrong_codes_have_shut() {
    let app = TestApp::open().await;
    let (_, phone, paper) = with_paper(&app).await;
    for _ in 0..50 {
        let eve = app.visitor().await;
        eve.waits(ADA).await;
        eve.answers_second(&totp(&phone.wrong_code(app.now()))).await.refusal();
        app.advance(HOUR / 4);
    }
    let ada = app.visitor().await;
    ada.waits(ADA).await;
    let right = totp(&phone.code(app.now()));
    assert_eq!(ada.answers_second(&right).await.refusal(), Refusal::Blocked);
    let ada = ada.inside(ada.answers_second(&recovery(&paper[0])).await.done());
    app.advance(MINUTE);
    app.portal.answer_step_up(&ada.visit, &totp(&phone.code(app.now()))).await.done();
    app.advance(MINUTE);
    app.visitor().await.signs_in_with_phone(&phone).await;
}

async fn strict() -> TestApp {
    TestApp::with(Settings { require_second_factor: true, ..Settings::default() }).await
}

#[tokio::test]
async fn where_a_second_factor_is_required_an_account_without_one_may_only_add_it() {
    let app = strict().await;
    let ada = with_mail(&app).await;
    let (portal, visit) = (&app.portal, &ada.visit);
    assert!(portal.load_visit_state(visit).await.done().must_enrol);
    let needed = Refusal::SecondFactorNeeded;
    assert_eq!(portal.export(visit).await.refusal(), needed);
    assert_eq!(portal.end_other_sessions(visit).await.refusal(), needed);
    assert_eq!(portal.send_change_code(visit, BOB).await.refusal(), needed);
    assert_eq!(portal.delete_account(visit, ADA).await.refusal(), needed);
    assert_eq!(portal.renew_recovery_codes(visit).await.refusal(), needed);
    ada.enrols_totp().await;
    assert!(!portal.load_visit_state(visit).await.done().must_enrol);
    portal.export(visit).await.done();
}

#[tokio::test]
async fn where_it_is_required_the_last_one_is_not_removed() {
    let app = strict().await;
    let (ada, _) = with_totp(&app).await;
    assert_eq!(ada.removes(&app::KIND).await.refusal(), Refusal::SecondFactorNeeded);
    ada.enrols_hotp().await;
    ada.removes(&app::KIND).await.done();
    assert_eq!(ada.removes(&token::KIND).await.refusal(), Refusal::SecondFactorNeeded);
    assert!(ada.is_admitted().await);
}

/// A second process over the same store, whose work queue is this one.
async fn with_queue(app: &TestApp, heavy: Arc<BusyQueue>) -> Portal {
    let outside = Outside {
        store: app.store.clone(),
        clock: app.clock.clone(),
        entropy: Arc::new(SeededEntropy::new(3)),
        heavy,
        letter_waits: Arc::new(|| {}),
    };
    Portal::open(outside, &masters(&[1]), Settings::default()).await.expect("a portal")
}

#[tokio::test]
async fn full_work_queue_refuses_codes_without_counting_an_attempt() {
    for error in [WorkError::QueueFull, WorkError::ShareExceeded] {
        let app = TestApp::open().await;
        let (_, _, paper) = with_paper(&app).await;
        let queue = Arc::new(BusyQueue::new(error));
        let busy = with_queue(&app, queue.clone()).await;
        let ada = app.visitor().await;
        ada.waits(ADA).await;
        for _ in 0..10 {
            let fault = busy.answer_sign_in(&ada.visit, &recovery(&paper[0])).await.fault();
            assert!(matches!(fault, InternalError::Work(refused) if refused == error), "{fault:?}");
        }
        assert_eq!(queue.refused(), 10);
        ada.answers_second(&recovery(&paper[0])).await.done();
    }
}

#[tokio::test]
async fn eleventh_renewal_within_an_hour_is_refused_before_its_work_is_done() {
    let app = TestApp::open().await;
    let (ada, _, _) = with_paper(&app).await;
    let fresh = async || app.portal.renew_recovery_codes(&ada.visit).await;
    // The first set was one of the ten.
    for _ in 1..10 {
        fresh().await.done();
    }
    let queue = Arc::new(BusyQueue::new(WorkError::QueueFull));
    let busy = with_queue(&app, queue.clone()).await;
    let refusal = busy.renew_recovery_codes(&ada.visit).await.refusal();
    assert_eq!(refusal, Refusal::TooManyRenewals { until: app.now() + HOUR });
    assert_eq!(queue.refused(), 0);
}
