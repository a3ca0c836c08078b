//! Ceremonies: each answers once, for the session that began it, within five minutes.

use std::time::Duration;

use postern_app::portal::UseCaseError;
use postern_core::model::{KeyFlaw, Refusal};
use postern_core::testing::Authenticator;

use crate::setup::{ORIGIN, TestApp, Visitor, done, flaw, refusal};

/// All at once, on several threads.
async fn at_once<T: Send + 'static>(futures: Vec<impl Future<Output = T> + Send + 'static>) -> Vec<T> {
    let tasks: Vec<_> = futures.into_iter().map(tokio::spawn).collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.expect("no panic"));
    }
    answers
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_copies_of_one_answer_sent_at_once_one_is_accepted() {
    // A key that never counts: nothing but the ceremony tells the copies apart.
    for counts in [true, false] {
        let visitor = Visitor::of_a_house().await;
        let mut key = Authenticator { counts, ..Authenticator::new(1) };
        visitor.registers(&mut key).await;
        let options = visitor.begins_sign_in().await;
        let answer = key.get(&options, ORIGIN, |_| {});
        let sent = (0..50).map(|_| {
            let (visitor, answer) = (visitor.clone(), answer.clone());
            async move { visitor.finishes_sign_in(&answer).await }
        });
        let answers = at_once(sent.collect()).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        for refused in answers.into_iter().filter(Result::is_err) {
            let why = refusal(refused);
            assert!(matches!(why, Refusal::BadAssertion(KeyFlaw::NoCeremony) | Refusal::Throttled { .. }), "{why:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_copies_of_one_registration_sent_at_once_one_is_accepted() {
    let visitor = Visitor::of_a_house().await;
    let options = visitor.begins_registration().await;
    let answer = Authenticator::new(1).create(&options, ORIGIN, |_| {});
    let sent = (0..50).map(|_| {
        let (visitor, answer) = (visitor.clone(), answer.clone());
        async move { visitor.finishes_registration(&answer).await }
    });
    let answers = at_once(sent.collect()).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert_eq!(visitor.keys().await.len(), 1);
}

#[tokio::test]
async fn two_tabs_finish_what_each_began() {
    let one = Visitor::of_a_house().await;
    let other = one.clone();
    let (mut first, mut second) = (Authenticator::new(1), Authenticator::new(2));
    let (here, there) = (one.begins_registration().await, other.begins_registration().await);
    done(other.finishes_registration(&second.create(&there, ORIGIN, |_| {})).await);
    done(one.finishes_registration(&first.create(&here, ORIGIN, |_| {})).await);
    let (here, there) = (one.begins_sign_in().await, other.begins_sign_in().await);
    done(other.finishes_sign_in(&second.get(&there, ORIGIN, |_| {})).await);
    done(one.finishes_sign_in(&first.get(&here, ORIGIN, |_| {})).await);
    let handles: Vec<_> = one.keys().await.into_iter().map(|key| key.state.user_handle).collect();
    assert_eq!(handles[0], handles[1]);
}

#[tokio::test]
async fn a_ceremony_answers_once_even_if_it_was_refused() {
    let visitor = Visitor::of_a_house().await;
    let mut key = Authenticator::new(1);
    visitor.registers(&mut key).await;
    let options = visitor.begins_sign_in().await;
    let broken = key.get(&options, ORIGIN, |made| made.flags = 0);
    assert_eq!(flaw(visitor.finishes_sign_in(&broken).await), KeyFlaw::Untouched);
    let right = key.get(&options, ORIGIN, |_| {});
    assert_eq!(flaw(visitor.finishes_sign_in(&right).await), KeyFlaw::NoCeremony);

    let options = visitor.begins_registration().await;
    let mut new = Authenticator::new(2);
    let broken = new.create(&options, ORIGIN, |made| made.flags &= !1);
    assert_eq!(flaw(visitor.finishes_registration(&broken).await), KeyFlaw::Untouched);
    let right = new.create(&options, ORIGIN, |_| {});
    assert_eq!(flaw(visitor.finishes_registration(&right).await), KeyFlaw::NoCeremony);
}

#[tokio::test]
async fn a_challenge_lives_five_minutes() {
    for (millis, passes) in [(299_999, true), (300_000, false)] {
        let waits = Duration::from_millis(millis);
        let visitor = Visitor::of_a_house().await;
        let mut key = Authenticator::new(1);
        let options = visitor.begins_registration().await;
        visitor.app.clock.advance(waits);
        let answer = visitor.finishes_registration(&key.create(&options, ORIGIN, |_| {})).await;
        if !passes {
            assert_eq!(flaw(answer), KeyFlaw::NoCeremony);
            visitor.registers(&mut key).await;
        }
        let options = visitor.begins_sign_in().await;
        visitor.app.clock.advance(waits);
        let answer = visitor.finishes_sign_in(&key.get(&options, ORIGIN, |_| {})).await;
        assert_eq!(answer.is_ok(), passes);
    }
}

#[tokio::test]
async fn a_ceremony_belongs_to_the_session_that_began_it() {
    let app = TestApp::open().await;
    let (ada, eve) = (app.visitor().await, app.visitor().await);
    let mut key = Authenticator::new(1);
    let options = ada.begins_registration().await;
    let answer = key.create(&options, ORIGIN, |_| {});
    assert_eq!(flaw(eve.finishes_registration(&answer).await), KeyFlaw::NoCeremony);
    assert!(eve.keys().await.is_empty());
    done(ada.finishes_registration(&answer).await);

    eve.registers(&mut Authenticator::new(2)).await;
    let options = ada.begins_sign_in().await;
    let answer = key.get(&options, ORIGIN, |_| {});
    assert_eq!(flaw(eve.finishes_sign_in(&answer).await), KeyFlaw::NoCeremony);
    done(ada.finishes_sign_in(&answer).await);
}

#[tokio::test]
async fn a_ceremony_of_one_kind_is_none_of_the_other() {
    let visitor = Visitor::of_a_house().await;
    let mut key = Authenticator::new(1);
    visitor.registers(&mut key).await;
    let mut options = visitor.begins_registration().await;
    options["publicKey"]["rpId"] = options["publicKey"]["rp"]["id"].clone();
    let answer = key.get(&options, ORIGIN, |_| {});
    assert_eq!(flaw(visitor.finishes_sign_in(&answer).await), KeyFlaw::NoCeremony);
}

#[tokio::test]
async fn asking_is_no_failure_but_has_an_end() {
    let visitor = Visitor::of_a_house().await;
    let mut key = Authenticator::new(1);
    visitor.registers(&mut key).await;
    for _ in 0..50 {
        visitor.begins_sign_in().await;
    }
    visitor.signs_in(&mut key).await;
    let until = loop {
        match visitor.app.portal.begin_authentication(&visitor.visit).await {
            Ok(_) => {}
            Err(UseCaseError::Refused(Refusal::TooManyChallenges { until })) => break until,
            Err(other) => panic!("{other:?}"),
        }
    };
    visitor.app.clock.set(until);
    visitor.signs_in(&mut key).await;
}

#[tokio::test]
async fn wrong_answers_are_counted_and_a_pause_follows_the_fifth() {
    let visitor = Visitor::of_a_house().await;
    let mut key = Authenticator::new(1);
    visitor.registers(&mut key).await;
    for _ in 0..5 {
        assert_eq!(flaw(visitor.tries_to_sign_in(&mut key, |made| made.flags = 0).await), KeyFlaw::Untouched);
    }
    let throttled = refusal(visitor.tries_to_sign_in(&mut key, |_| {}).await);
    let Refusal::Throttled { until } = throttled else { panic!("{throttled:?}") };
    visitor.app.clock.set(until);
    visitor.signs_in(&mut key).await;
    visitor.signs_in(&mut key).await;
}
