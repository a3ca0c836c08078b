//! Where an operator says so, an account that nobody uses is gone after a while.

use std::time::Duration;

use postern_app::portal::Settings;

use crate::app::{ADA, TestApp, Told, Visitor};
use crate::setup::{HOUR, MINUTE, with_mail, with_totp};

const MONTH: Duration = Duration::from_hours(30 * 24);

fn a_month() -> Settings {
    Settings { unused_lasts: Some(MONTH), ..Settings::default() }
}

fn is_same(one: &Visitor, other: &Visitor) -> bool {
    one.visit.session.holder == other.visit.session.holder
}

#[tokio::test]
async fn one_that_nobody_uses_is_gone_and_its_address_can_be_taken_anew() {
    let app = TestApp::with(a_month()).await;
    let (ada, phone) = with_totp(&app).await;
    app.advance(MONTH);
    let anew = app.visitor().await.signs_in(ADA).await;
    assert!(!is_same(&anew, &ada));
    assert_eq!((anew.level().await, anew.enrolled().await.len()), (1, 1));
    assert!(anew.passes_totp(&phone).await.is_err());
}

#[tokio::test]
async fn until_then_it_is_there() {
    let app = TestApp::with(a_month()).await;
    let ada = with_mail(&app).await;
    app.almost(MONTH);
    assert!(is_same(&app.visitor().await.signs_in(ADA).await, &ada));
}

#[tokio::test]
async fn one_that_is_used_stays() {
    let app = TestApp::with(a_month()).await;
    let (ada, phone) = with_totp(&app).await;
    for _ in 0..6 {
        app.clock.set(app.now() + MONTH - MINUTE);
        assert!(is_same(&app.visitor().await.signs_in_with_phone(&phone).await, &ada));
    }
}

#[tokio::test]
async fn a_session_that_is_used_uses_it() {
    let app = TestApp::with(a_month()).await;
    let ada = with_mail(&app).await;
    for _ in 0..11 {
        app.almost(HOUR);
        assert!(ada.is_admitted().await);
    }
    app.almost(MONTH);
    assert!(is_same(&app.visitor().await.signs_in(ADA).await, &ada));
}

#[tokio::test]
async fn a_sign_in_that_waits_does_not() {
    let app = TestApp::with(a_month()).await;
    let (ada, phone) = with_totp(&app).await;
    app.clock.set(app.now() + MONTH - MINUTE);
    let visitor = app.visitor().await;
    visitor.waits(ADA).await;
    app.advance(MINUTE);
    let right = crate::setup::totp(&phone.code(app.now()));
    assert!(visitor.answers_second(&right).await.is_err());
    assert!(!is_same(&app.visitor().await.signs_in(ADA).await, &ada));
}

#[tokio::test]
async fn one_that_was_disowned_late_is_still_found_by_its_address() {
    let app = TestApp::with(a_month()).await;
    let ada = with_mail(&app).await;
    let news = app.news().await;
    let link = news[0].text.expose().lines().find_map(|line| line.split_once("ticket=")).expect("a link").1;
    app.almost(HOUR * 72);
    app.portal.report_unauthorized(&app.visitor().await.visit, link).await.done();
    app.almost(MONTH);
    assert!(is_same(&app.visitor().await.signs_in(ADA).await, &ada));
}

#[tokio::test]
async fn one_that_was_used_since_the_operator_keeps_them_for_good_stays_for_good() {
    let month = TestApp::with(a_month()).await;
    let ada = with_mail(&month).await;
    let app = month.restarted(Settings::default()).await;
    with_mail(&app).await;
    app.advance(MONTH * 12);
    assert!(is_same(&app.visitor().await.signs_in(ADA).await, &ada));
}

#[tokio::test]
async fn one_that_was_used_since_the_operator_ends_them_ends() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    let month = app.restarted(a_month()).await;
    month.advance(MONTH * 12);
    assert!(is_same(&month.visitor().await.signs_in(ADA).await, &ada), "nobody had said so while it was used last");
    month.advance(MONTH);
    assert!(!is_same(&month.visitor().await.signs_in(ADA).await, &ada));
}

#[tokio::test]
async fn a_kept_visit_is_an_account_like_any_other() {
    let app = TestApp::with(a_month()).await;
    let visitor = app.visitor().await;
    visitor.proves(ADA).await;
    app.portal.keep(&visitor.visit, &[]).await.done();
    app.almost(MONTH);
    assert!(is_same(&app.visitor().await.signs_in(ADA).await, &visitor));
    app.advance(MONTH);
    assert!(!is_same(&app.visitor().await.signs_in(ADA).await, &visitor));
}
