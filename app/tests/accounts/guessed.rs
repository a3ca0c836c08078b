//! Owners hear of somebody who reads their mail and guesses at their second factor, and of browsers that are new to them.

use postern_core::model::{EventKind, NextTry, Refusal};

use crate::app::{ADA, TestApp, Told};
use crate::setup::{BOB, HOUR, MINUTE, MOMENT, totp, with_mail, with_totp};

#[tokio::test]
async fn five_wrong_second_factors_after_a_right_mail_code_are_told_once() {
    let app = TestApp::open().await;
    let (ada, phone) = with_totp(&app).await;
    let thief = app.visitor().await;
    thief.waits(ADA).await;
    let wrong = || totp(&phone.wrong_code(app.now()));
    let told = app.news_of(async {
        for _ in 0..4 {
            thief.answers_second(&wrong()).await.refusal();
        }
    });
    assert!(told.await.is_empty());
    let told = app.news_of(async {
        for _ in 0..2 {
            thief.answers_second(&wrong()).await.refusal();
            app.advance(MINUTE);
        }
    });
    let told = told.await;
    assert_eq!(told.len(), 1);
    assert!(told[0].subject.expose().contains("Five wrong answers"), "{:?}", told[0].subject.expose());
    assert!(told[0].text.expose().contains("ticket="));
    let events = app.portal.activity(&ada.visit).await.done();
    let warning = events.iter().find(|event| event.what == EventKind::WrongAnswers).expect("it stands in the activity");
    assert_eq!(warning.network, thief.visit.network.to_string());
}

#[tokio::test]
async fn a_factor_that_is_locked_is_told_once() {
    let app = TestApp::open().await;
    let (_, phone) = with_totp(&app).await;
    let before = app.news().await.len();
    let mut failures = 0;
    while failures < 50 {
        let thief = app.visitor().await;
        thief.waits(ADA).await;
        for _ in 0..5 {
            match thief.answers_second(&totp(&phone.wrong_code(app.now()))).await.refusal() {
                Refusal::Wrong { next: NextTry::At(until), .. } => {
                    failures += 1;
                    if until > app.now() + MINUTE * 2 {
                        app.clock.set(until);
                        break;
                    }
                    app.clock.set(until);
                }
                Refusal::Wrong { next: NextTry::Never, .. } => {
                    failures = 50;
                    break;
                }
                Refusal::Wrong { .. } => failures += 1,
                other => panic!("{other:?}"),
            }
        }
        app.advance(HOUR);
    }
    let thief = app.visitor().await;
    thief.waits(ADA).await;
    assert_eq!(thief.answers_second(&totp(&phone.wrong_code(app.now()))).await.refusal(), Refusal::Blocked);
    let told = app.news().await.split_off(before);
    let subjects: Vec<_> = told.iter().map(|letter| letter.subject.expose().clone()).collect();
    assert_eq!(subjects.len(), 2, "{subjects:?}");
    assert!(subjects[1].contains("locked"), "{subjects:?}");
}

#[tokio::test]
async fn a_browser_known_to_one_account_is_new_to_another() {
    let app = TestApp::open().await;
    with_mail(&app).await;
    let bob = app.visitor().await.signs_in(BOB).await;
    let told = app.news_of(async { bob.again().await.signs_in(ADA).await }).await;
    assert_eq!(told.len(), 1, "one account's value does not keep another's owner from hearing");
    app.advance(MINUTE);
    let both = bob.again().await.signs_in(ADA).await;
    assert_eq!(both.visit.browser.devices.len(), 2, "the browser is known to both, once each");
    for address in [ADA, BOB, ADA, BOB] {
        app.advance(MINUTE);
        let told = app.news_of(async { both.again().await.signs_in(address).await }).await;
        assert!(told.len() <= 1);
    }
}

#[tokio::test]
async fn the_value_by_which_a_browser_is_known_changes_at_each_sign_in() {
    let app = TestApp::open().await;
    let first = with_mail(&app).await;
    app.advance(MINUTE);
    let told = app.news_of(async {
        let second = first.again().await.signs_in(ADA).await;
        assert_ne!(second.visit.browser.devices, first.visit.browser.devices);
        assert_eq!(second.visit.browser.devices.len(), 1);
        app.advance(MINUTE + MOMENT);
        second.again().await.signs_in(ADA).await;
    });
    assert!(told.await.is_empty());
    app.advance(MINUTE);
    // A copy from before is worth nothing any more.
    let told = app.news_of(async { first.again().await.signs_in(ADA).await }).await;
    assert_eq!(told.len(), 1);
}
