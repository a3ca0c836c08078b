//! A clock that was ahead once leaves nothing that outlasts its own length.

use std::net::IpAddr;
use std::time::Duration;

use postern_core::model::{NextTry, Refusal, SendLimit};

use crate::app::{ADA, TestApp, Told};

const YEAR: Duration = Duration::from_hours(24 * 365);
const STEP: Duration = Duration::from_secs(30);

#[tokio::test]
async fn wait_for_a_factor_ends_in_its_own_length() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let phone = ada.enrols_totp().await;
    let now = app.now();
    // Within the visit, which would be over else.
    app.advance(Duration::from_mins(50));
    for _ in 0..5 {
        ada.mistypes_totp(&phone).await;
    }
    app.clock.set(now + STEP);
    let until = now + STEP + STEP;
    assert_eq!(app.portal.totp_next_try(&ada.visit).await.done(), NextTry::At(until));
    assert_eq!(ada.passes_totp(&phone).await.refusal(), Refusal::Throttled { until });
    app.advance(STEP);
    ada.passes_totp(&phone).await.done();
}

#[tokio::test]
async fn letters_asked_for_by_a_clock_that_was_ahead_pause_mail_no_longer_than_an_hour() {
    let app = TestApp::open().await;
    let visitor = async || app.visitor_from(IpAddr::from([198, 51, 100, 1])).await;
    let ada = visitor().await;
    let now = app.now();
    app.advance(Duration::from_mins(50));
    for _ in 0..5 {
        ada.asks_for_mail(ADA).await.done();
        app.advance(STEP);
    }
    app.clock.set(now);
    let eve = visitor().await;
    let (until, limit) = (now + Duration::from_hours(1), SendLimit::AddressAndNetwork);
    assert_eq!(eve.asks_for_mail(ADA).await.map(drop).refusal(), Refusal::TooManySends { until, limit });
    assert_eq!(ada.asks_for_mail(ADA).await.map(drop).refusal(), Refusal::SendTooSoon { until: now + STEP });
    app.advance(Duration::from_mins(59));
    let eve = visitor().await;
    assert_eq!(eve.asks_for_mail(ADA).await.map(drop).refusal(), Refusal::TooManySends { until, limit });
    app.advance(Duration::from_mins(1));
    visitor().await.asks_for_mail(ADA).await.done();
}

#[tokio::test]
async fn session_and_mail_code_of_a_clock_that_was_ahead_are_none() {
    let app = TestApp::open().await;
    let now = app.now();
    app.advance(YEAR);
    let ada = app.visitor().await;
    ada.asks_for_mail(ADA).await.done();
    let code = ada.mailed_code().await;
    app.clock.set(now);
    assert_eq!(ada.visit.session.check_live(app.now()), Err(Refusal::NoSession));
    // A clock of another instance may be a little ahead.
    app.advance(YEAR.saturating_sub(Duration::from_mins(1)));
    assert_eq!(ada.visit.session.check_live(app.now()), Ok(()));
    ada.answers_mail(&code).await.done();
}
