//! One code is accepted at most once, however many ask at once and whichever process they ask.

use postern_app::portal::{Answer, Passed, UseCaseError};
use postern_core::model::Refusal;

use crate::app::{ADA, TestApp, Told, Visitor, at_once};

const RACERS: usize = 50;

#[derive(Clone, Copy)]
enum Door {
    Mail,
    Totp,
}

/// Fifty tabs type the same code at once, every other one through another process.
async fn race(visitor: &Visitor, door: Door, digits: &str) -> Vec<Answer<Passed>> {
    let processes = [visitor.app.clone(), visitor.app.another_process().await];
    at_once((0..RACERS).map(|racer| {
        let (tab, digits) = (visitor.through(&processes[racer % 2]), digits.to_owned());
        async move {
            match door {
                Door::Mail => tab.answers_mail(&digits).await,
                Door::Totp => tab.answers_totp(&digits).await,
            }
        }
    }))
    .await
}

/// How many got through; everybody else was refused and nobody saw a fault.
fn accepted(answers: &[Answer<Passed>]) -> usize {
    assert_eq!(answers.len(), RACERS);
    assert!(
        !answers.iter().any(|answer| matches!(answer, Err(UseCaseError::InternalError(_)))),
        "a fault among {answers:?}"
    );
    answers.iter().filter(|answer| answer.is_ok()).count()
}

#[tokio::test]
async fn of_fifty_right_mail_codes_at_once_one_is_accepted() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    ada.asks_for_mail(ADA).await.done();
    let answers = race(&ada, Door::Mail, &ada.mailed_code().await).await;
    assert_eq!(accepted(&answers), 1);
    assert_eq!(ada.level().await, 1);
}

#[tokio::test]
async fn of_fifty_right_codes_that_confirm_at_once_one_is_accepted() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let phone = ada.begins_totp().await;
    let answers = race(&ada, Door::Totp, &phone.code(app.now())).await;
    assert_eq!(accepted(&answers), 1);
    let replayed = |answer: &&Answer<Passed>| matches!(answer, Err(UseCaseError::Refused(Refusal::Replayed { .. })));
    assert!(answers.iter().filter(replayed).count() >= 4, "the race was not run: {answers:?}");
}

#[tokio::test]
async fn of_fifty_right_codes_that_verify_at_once_one_is_accepted() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let phone = ada.enrols_totp().await;
    let answers = race(&ada, Door::Totp, &phone.code(app.now())).await;
    assert_eq!(accepted(&answers), 1);
    let replayed = |answer: &&Answer<Passed>| matches!(answer, Err(UseCaseError::Refused(Refusal::Replayed { .. })));
    assert!(answers.iter().filter(replayed).count() >= 4, "the race was not run: {answers:?}");
}

#[tokio::test]
async fn of_three_neighbouring_codes_at_once_each_is_accepted_at_most_once_and_none_after_a_newer() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let phone = ada.enrols_totp().await;
    app.advance(std::time::Duration::from_mins(1));
    let steps = [1, 0, -1, 1, 0];
    let answers = at_once(steps.map(|steps| {
        let (tab, digits) = (ada.clone(), phone.code_steps_away(steps, app.now()));
        async move { tab.answers_totp(&digits).await.is_ok() }
    }))
    .await;
    let mut accepted: Vec<i32> =
        steps.into_iter().zip(answers).filter_map(|(steps, passed)| passed.then_some(steps)).collect();
    accepted.sort_unstable();
    assert!(accepted.windows(2).all(|two| two[0] < two[1]), "twice: {accepted:?}");
    let newest = *accepted.last().expect("the first answer was right");
    app.advance(std::time::Duration::from_secs(1));
    for steps in -1..=newest {
        let refusal = ada.answers_totp(&phone.code_steps_away(steps, app.now())).await.refusal();
        assert!(matches!(refusal, Refusal::Replayed { .. } | Refusal::Throttled { .. }), "{steps}: {refusal:?}");
    }
}

#[tokio::test]
async fn a_mail_code_is_burned_by_its_use() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    ada.proves(ADA).await;
    let used = ada.mailed_code().await;
    assert_eq!(ada.answers_mail(&used).await.refusal(), Refusal::NoCodeAsked);
    assert_eq!(ada.through(&app.another_process().await).answers_mail(&used).await.refusal(), Refusal::NoCodeAsked);
}

#[tokio::test]
async fn a_code_used_before_a_restart_is_not_accepted_after_it() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let phone = ada.enrols_totp().await;
    ada.passes_totp(&phone).await.done();
    let after = ada.through(&app.another_process().await);
    assert!(matches!(after.passes_totp(&phone).await.refusal(), Refusal::Replayed { .. }));
}
