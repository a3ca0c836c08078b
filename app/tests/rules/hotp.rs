//! Counter tokens: forward only, each code once, and the way back in step.

use std::time::Duration;

use postern_app::portal::{Answer, HotpStanding, Passed, UseCaseError};
use postern_core::factor::hotp::{self, Setting};
use postern_core::model::{Hint, NextTry, Refusal};

use crate::app::{ADA, TestApp, Token, Told, Visitor, at_once, code};

const RACERS: usize = 50;

fn from_counter(counter: u64) -> Setting {
    Setting::choose(None, None, Some(counter), None).expect("a setting")
}

/// The next counter expected, as the page tells it.
async fn expected(visitor: &Visitor) -> u64 {
    visitor.app.portal.hotp_counter(&visitor.visit).await.done()
}

/// Many tabs type the same code at once, every other one through another process.
async fn all_type(visitor: &Visitor, tabs: usize, digits: &str) -> Vec<Answer<Passed>> {
    let processes = [visitor.app.clone(), visitor.app.another_process().await];
    at_once((0..tabs).map(|tab| {
        let (tab, digits) = (visitor.through(&processes[tab % 2]), digits.to_owned());
        async move { tab.answers_hotp(&digits).await }
    }))
    .await
}

fn count(answers: &[Answer<Passed>], what: impl Fn(&Refusal) -> bool) -> usize {
    assert!(
        !answers.iter().any(|answer| matches!(answer, Err(UseCaseError::InternalError(_)))),
        "a fault among {answers:?}"
    );
    answers.iter().filter(|answer| matches!(answer, Err(UseCaseError::Refused(refusal)) if what(refusal))).count()
}

fn passed(answers: &[Answer<Passed>]) -> usize {
    answers.iter().filter(|answer| answer.is_ok()).count()
}

const fn is_replayed(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Replayed { fresh_at: None, .. })
}

#[tokio::test]
async fn the_first_right_code_confirms_and_is_burned_by_it() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    ada.proves(ADA).await;
    let mut token = ada.begins_hotp_with(from_counter(36)).await;
    assert!(ada.enrolled().await.iter().all(|kind| *kind != hotp::KIND), "nothing counts before a right code");
    let first = token.press();
    let passed = ada.answers_hotp(&first).await.done();
    assert!(passed.confirmed_now && passed.rose);
    assert_eq!((ada.level().await, expected(&ada).await), (2, 37));
    assert!(is_replayed(&ada.answers_hotp(&first).await.refusal()));
    assert!(!ada.answers_hotp(&token.press()).await.done().confirmed_now);
}

#[tokio::test]
async fn a_skipped_code_is_dead_and_the_look_ahead_is_exactly_inclusive() {
    for threshold in [5, 10] {
        let app = TestApp::open().await;
        let ada = app.visitor().await;
        let mut token = ada.begins_hotp_with(Setting::choose(None, None, None, Some(threshold)).expect("one")).await;
        ada.answers_hotp(&token.press()).await.done();
        token.presses_in_vain(threshold);
        ada.answers_hotp(&token.press()).await.done();
        assert_eq!(expected(&ada).await, threshold + 2);
        for skipped in [1, 2, threshold] {
            assert!(is_replayed(&ada.answers_hotp(&token.code(skipped)).await.refusal()), "{skipped}");
        }
        token.presses_in_vain(threshold + 1);
        assert!(matches!(ada.answers_hotp(&token.press()).await.refusal(), Refusal::Wrong { hint: None, .. }));
    }
}

#[tokio::test]
async fn resync_needs_two_in_a_row_within_the_next_hundred_and_burns_both() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let mut token = ada.begins_hotp().await;
    ada.answers_hotp(&token.press()).await.done();
    token.presses_in_vain(97);
    let (first, second) = (token.press(), token.press());
    assert!(matches!(ada.resyncs(&token.code(1), &token.code(3)).await.refusal(), Refusal::Wrong { .. }));
    assert!(matches!(ada.resyncs(&second, &first).await.refusal(), Refusal::Wrong { .. }));
    ada.resyncs(&first, &second).await.done();
    assert_eq!(expected(&ada).await, 100);
    assert!(is_replayed(&ada.resyncs(&first, &second).await.refusal()));
    assert!(is_replayed(&ada.answers_hotp(&second).await.refusal()));
    ada.answers_hotp(&token.press()).await.done();

    token.presses_in_vain(99);
    assert!(matches!(ada.resyncs(&token.press(), &token.press()).await.refusal(), Refusal::Wrong { .. }));
}

#[tokio::test]
async fn a_resync_counts_as_one_try_and_waits_with_the_rest() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let mut token = ada.begins_hotp().await;
    ada.answers_hotp(&token.press()).await.done();
    let wrong = token.wrong_code();
    for left in [4, 3, 2, 1] {
        let Refusal::Wrong { next, .. } = ada.resyncs(&wrong, &token.code(2)).await.refusal() else { panic!("right") };
        assert_eq!(next, NextTry::Left(left));
    }
    ada.answers_hotp(&wrong).await.refusal();
    let until = app.now() + Duration::from_secs(30);
    assert_eq!(ada.resyncs(&token.press(), &token.press()).await.refusal(), Refusal::Throttled { until });
    app.advance(Duration::from_secs(30));
    ada.resyncs(&token.press(), &token.press()).await.done();
    assert_eq!(app.portal.hotp_next_try(&ada.visit).await.done(), NextTry::Left(5));
}

#[tokio::test]
async fn of_fifty_right_codes_at_once_one_is_accepted() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let mut token = ada.begins_hotp().await;
    for _ in 0..2 {
        let answers = all_type(&ada, RACERS, &token.press()).await;
        assert_eq!(passed(&answers), 1);
        assert!(count(&answers, is_replayed) >= 4, "the race was not run: {answers:?}");
        app.advance(Duration::from_mins(15));
        // Forgets the attempts of those who lost, or the next race were over before it began.
        ada.answers_hotp(&token.press()).await.done();
    }
    assert_eq!(expected(&ada).await, 4);
}

#[tokio::test]
async fn of_fifty_right_pairs_at_once_one_is_accepted() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let mut token = ada.begins_hotp().await;
    ada.answers_hotp(&token.press()).await.done();
    token.presses_in_vain(40);
    let (first, second) = (token.press(), token.press());
    let processes = [app.clone(), app.another_process().await];
    let answers = at_once((0..RACERS).map(|tab| {
        let (tab, first, second) = (ada.through(&processes[tab % 2]), first.clone(), second.clone());
        async move { tab.resyncs(&first, &second).await }
    }))
    .await;
    assert_eq!(passed(&answers), 1);
    assert_eq!(expected(&ada).await, 43);
}

#[tokio::test]
async fn neighbouring_codes_at_once_never_move_the_counter_back() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let mut token = ada.begins_hotp().await;
    ada.answers_hotp(&token.press()).await.done();
    let typed = [3, 1, 2, 3, 1].map(|counter| token.code(counter));
    let other = app.another_process().await;
    let answers = at_once(typed.into_iter().enumerate().map(|(nth, digits)| {
        let tab = if nth % 2 == 0 { ada.clone() } else { ada.through(&other) };
        async move { tab.answers_hotp(&digits).await.is_ok() }
    }))
    .await;
    assert!(answers[0] != answers[3] || !answers[0], "counter 3 passed twice: {answers:?}");
    assert_eq!(expected(&ada).await, 4, "{answers:?}");
    for dead in 1..=3 {
        app.advance(Duration::from_mins(5));
        assert!(is_replayed(&ada.answers_hotp(&token.code(dead)).await.refusal()), "{dead}");
    }
}

#[tokio::test]
async fn two_processes_never_accept_one_counter_twice() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let elsewhere = ada.through(&app.another_process().await);
    let mut token = ada.begins_hotp().await;
    for _ in 0..20 {
        let digits = token.press();
        let both = at_once([ada.clone(), elsewhere.clone()].map(|tab| {
            let digits = digits.clone();
            async move { tab.answers_hotp(&digits).await.is_ok() }
        }))
        .await;
        assert_eq!(both.iter().filter(|passed| **passed).count(), 1);
        ada.answers_hotp(&token.press()).await.done();
    }
    assert_eq!(expected(&elsewhere).await, 40);
}

#[tokio::test]
async fn two_hundred_wrong_then_the_right_one_is_refused() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let mut token = ada.begins_hotp().await;
    ada.answers_hotp(&token.press()).await.done();
    let answers = all_type(&ada, 200, &token.wrong_code()).await;
    assert_eq!(count(&answers, |refusal| matches!(refusal, Refusal::Wrong { .. })), 5);
    assert_eq!(count(&answers, |refusal| matches!(refusal, Refusal::Throttled { .. })), 195);
    let right = token.press();
    assert!(matches!(ada.answers_hotp(&right).await.refusal(), Refusal::Throttled { .. }));
    app.advance(Duration::from_secs(30));
    ada.answers_hotp(&right).await.done();
}

#[tokio::test]
async fn a_code_used_before_a_restart_is_not_accepted_after_it() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let mut token = ada.begins_hotp_with(from_counter((1 << 53) - 1)).await;
    let used = token.press();
    ada.answers_hotp(&used).await.done();
    let after = ada.through(&app.another_process().await);
    assert!(is_replayed(&after.answers_hotp(&used).await.refusal()));
    for _ in 0..3 {
        after.answers_hotp(&token.press()).await.done();
    }
    assert_eq!(expected(&after).await, (1 << 53) + 3);
}

#[tokio::test]
async fn while_unconfirmed_and_only_then_hints_are_given() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let mut token = ada.begins_hotp_with(Setting::choose(Some("SHA256"), Some(8), Some(7), None).expect("one")).await;
    let hint = async |digits: &str| match ada.answers_hotp(digits).await.refusal() {
        Refusal::Wrong { hint, .. } => hint,
        other => panic!("not wrong: {other:?}"),
    };
    assert_eq!(hint(&token.code(30)).await, Some(Hint::Counter { app_at: 30, expected: 7 }));
    let ignorant = Token { setting: Setting::default(), ..token.clone() };
    let setting = Hint::Setting { algorithm: "SHA1".to_owned(), digits: 6, period: None };
    assert_eq!(hint(&ignorant.code(7)).await, Some(setting));
    ada.answers_hotp(&token.press()).await.done();
    assert_eq!(hint(&token.code(31)).await, None);
    assert_eq!(hint(&ignorant.code(8)).await, None);
}

#[tokio::test]
async fn a_token_that_is_ahead_before_its_first_code_catches_up_by_two() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let mut token = ada.begins_hotp().await;
    token.presses_in_vain(50);
    assert!(ada.resyncs(&token.press(), &token.press()).await.done().confirmed_now);
    assert_eq!(expected(&ada).await, 52);
}

#[tokio::test]
async fn an_unconfirmed_token_gives_way_lapses_and_never_disturbs_an_app() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let phone = ada.enrols_totp().await;
    let mut first = ada.begins_hotp().await;
    let mut second = ada.begins_hotp().await;
    assert!(matches!(ada.answers_hotp(&first.press()).await.refusal(), Refusal::Wrong { .. }));
    app.advance(Duration::from_mins(10));
    assert_eq!(ada.answers_hotp(&second.press()).await.refusal(), Refusal::NotEnrolled);
    ada.passes_totp(&phone).await.done();

    let mut third = ada.begins_hotp().await;
    ada.answers_hotp(&third.press()).await.done();
    let again = ada.app.portal.begin_hotp(&ada.visit, Setting::default(), None).await;
    assert_eq!(again.refusal(), Refusal::AlreadyEnrolled);
    app.portal.remove_hotp(&ada.visit).await.done();
    assert_eq!(ada.answers_hotp(&third.press()).await.refusal(), Refusal::NotEnrolled);
    assert!(matches!(
        app.portal.hotp_standing(&app.portal.load_visit_state(&ada.visit).await.done()).done(),
        HotpStanding::None
    ));
}

#[tokio::test]
async fn the_phone_counts_by_itself_and_scans_both_kinds() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let totp = ada.begins_totp().await;
    let token = ada.begins_hotp_with(from_counter(44)).await;
    app.portal.phone_scan(&ada.visit).await.done();
    let shown = async || app.portal.phone_codes(&ada.visit).await.done();
    let entries = shown().await;
    assert_eq!(entries.len(), 2);
    assert_eq!(entries[0].code.expose(), &totp.code(app.now()));
    assert_eq!(entries[1].code.expose(), &token.code(44));
    ada.answers_hotp(&token.code(44)).await.done();
    for counter in 45..48 {
        app.portal.phone_press(&ada.visit, entries[1].factor).await.done();
        assert_eq!(shown().await[1].code.expose(), &token.code(counter));
    }
    app.portal.phone_scan(&ada.visit).await.done();
    assert_eq!(shown().await[1].code.expose(), &token.code(47), "scanning anew does not turn it back");
    ada.answers_hotp(&token.code(47)).await.done();
    assert_eq!(expected(&ada).await, 48);
}

#[tokio::test]
async fn a_pair_is_for_a_token_and_not_for_an_app() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let phone = ada.enrols_totp().await;
    let digits = phone.code(app.now());
    let pair = app.portal.resync_hotp(&ada.visit, &code(&digits), &code(&digits)).await;
    assert_eq!(pair.refusal(), Refusal::NotEnrolled);
    ada.passes_totp(&phone).await.done();
}
