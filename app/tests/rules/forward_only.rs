//! A time step is accepted only after the ones before it.

use std::time::Duration;

use postern_core::model::{Refusal, Timestamp};

use crate::app::{TestApp, Told};

const STEP: Duration = Duration::from_secs(30);

/// When the next code can be had, if the refusal was for a replay.
fn fresh_at(refusal: Refusal) -> Timestamp {
    match refusal {
        Refusal::Replayed { fresh_at: Some(at), .. } => at,
        other => panic!("no replay: {other:?}"),
    }
}

#[tokio::test]
async fn an_older_step_after_a_newer_one_is_a_replay() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let phone = ada.enrols_totp().await;
    app.advance(STEP * 2);
    let (older, newer) = (phone.code(app.now()), phone.code_steps_away(1, app.now()));
    ada.answers_totp(&newer).await.done();
    let step_ends = Timestamp::from_secs(1_000_000_020) + STEP * 3;
    assert_eq!(fresh_at(ada.answers_totp(&older).await.refusal()), step_ends + STEP);
    app.advance(STEP * 2);
    ada.passes_totp(&phone).await.done();
}

#[tokio::test]
async fn the_code_that_confirms_is_burned_by_it_and_so_is_the_one_before() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let phone = ada.begins_totp().await;
    let (before, confirming) = (phone.code_steps_away(-1, app.now()), phone.code(app.now()));
    ada.answers_totp(&confirming).await.done();
    for burned in [confirming, before] {
        fresh_at(ada.answers_totp(&burned).await.refusal());
    }
    let next = phone.code_steps_away(1, app.now());
    ada.answers_totp(&next).await.done();
}

#[tokio::test]
async fn one_step_before_and_after_passes_and_two_do_not() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let phone = ada.enrols_totp().await;
    app.advance(STEP * 4);
    for (steps, passes) in [(-2, false), (2, false), (-1, true), (0, true), (1, true)] {
        let code = phone.code_steps_away(steps, app.now());
        assert_eq!(ada.answers_totp(&code).await.is_ok(), passes, "{steps}");
    }
}

#[tokio::test]
async fn without_skew_only_the_present_step_passes() {
    let app = TestApp::with_skew(0).await;
    let ada = app.visitor().await;
    let phone = ada.enrols_totp().await;
    app.advance(STEP * 4);
    for (steps, passes) in [(-1, false), (1, false), (0, true)] {
        let code = phone.code_steps_away(steps, app.now());
        assert_eq!(ada.answers_totp(&code).await.is_ok(), passes, "{steps}");
    }
    assert_eq!(fresh_at(ada.passes_totp(&phone).await.refusal()), Timestamp::from_secs(1_000_000_020) + STEP * 5);
}
