//! Codes by mail: what they look like, how long they live, whom they serve.

use std::time::Duration;

use postern_core::factor::email_code;
use postern_core::factor::email_code::Purpose;
use postern_core::model::{NextTry, Refusal};
use postern_core::port::{Lane, Store as _};

use crate::app::{ADA, TestApp, Told, after, at_once};

#[tokio::test]
async fn the_letter_holds_six_digits_and_dies_with_them() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let sent = ada.asks_for_mail(ADA).await.done();
    let letter = ada.letter().await;
    assert_eq!(ada.mailed_code().await.len(), 6);
    assert_eq!(letter.to.to_string(), ADA, "mailed as typed");
    assert_eq!((letter.ends, sent.ends), (app.now() + Duration::from_mins(5), letter.ends));
    assert_eq!(letter.asked_by, Some(ada.visit.session.handle));
}

#[tokio::test]
async fn a_letter_that_is_late_is_dropped_unsent() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    ada.asks_for_mail(ADA).await.done();
    app.advance(Duration::from_mins(5));
    assert!(app.letters().await.is_empty());
}

#[tokio::test]
async fn a_code_lives_for_five_minutes() {
    let app = TestApp::open().await;
    let (quick, slow) = (app.visitor().await, app.visitor().await);
    quick.asks_for_mail(ADA).await.done();
    slow.asks_for_mail(ADA).await.done();
    let (good, late) = (quick.mailed_code().await, slow.mailed_code().await);
    app.advance(Duration::from_millis(299_999));
    quick.answers_mail(&good).await.done();
    app.advance(Duration::from_millis(1));
    assert_eq!(slow.answers_mail(&late).await.refusal(), Refusal::NoCodeAsked);
}

#[tokio::test]
async fn a_code_dies_with_its_session_and_says_so_beforehand() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    app.advance(Duration::from_mins(58));
    let sent = ada.asks_for_mail(ADA).await.done();
    let waiting = app.portal.mail_code(&ada.visit, Purpose::Prove).await.done().expect("a code that waits");
    let ends = ada.visit.session.ends_at;
    assert_eq!((sent.ends, waiting.ends, ada.letter().await.ends), (ends, ends, ends));
    assert!(ada.letter().await.text.expose().contains("2 minutes"), "{:?}", ada.letter().await.text.expose());
}

#[tokio::test]
async fn after_five_wrong_a_code_is_void_even_for_the_right_digits() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    ada.asks_for_mail(ADA).await.done();
    let resend_at = app.now() + Duration::from_secs(30);
    for left in [4, 3, 2, 1] {
        assert_eq!(ada.mistypes_mail().await, NextTry::Left(left));
    }
    assert_eq!(ada.mistypes_mail().await, NextTry::Never);
    assert_eq!(ada.mail_tries().await, NextTry::Never);
    let right = ada.mailed_code().await;
    assert_eq!(ada.answers_mail(&right).await.refusal(), Refusal::CodeVoid { resend_at });
    app.advance(Duration::from_secs(30));
    assert_eq!(ada.answers_mail(&right).await.refusal(), Refusal::CodeVoid { resend_at });
    ada.proves(ADA).await;
}

#[tokio::test]
async fn the_fifth_try_still_counts_if_it_is_right() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    ada.asks_for_mail(ADA).await.done();
    for _ in 0..4 {
        ada.mistypes_mail().await;
    }
    ada.answers_mail(&ada.mailed_code().await).await.done();
}

#[tokio::test]
async fn of_two_hundred_guesses_at_once_five_are_judged() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    ada.asks_for_mail(ADA).await.done();
    let wrong = ada.wrong_mailed_code().await;
    let answers = at_once((0..200).map(|_| {
        let (tab, wrong) = (ada.clone(), wrong.clone());
        async move { tab.answers_mail(&wrong).await.refusal() }
    }))
    .await;
    assert_eq!(answers.iter().filter(|refusal| matches!(refusal, Refusal::Wrong { .. })).count(), 5);
    assert_eq!(answers.iter().filter(|refusal| matches!(refusal, Refusal::CodeVoid { .. })).count(), 195);
}

#[tokio::test]
async fn a_resend_makes_a_new_code_and_kills_the_old_one() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    ada.asks_for_mail(ADA).await.done();
    let old = ada.mailed_code().await;
    app.advance(Duration::from_secs(30));
    ada.asks_for_mail(ADA).await.done();
    let new = ada.mailed_code().await;
    assert_ne!(old, new);
    assert!(matches!(ada.answers_mail(&old).await.refusal(), Refusal::Wrong { .. }));
    ada.answers_mail(&new).await.done();
}

#[tokio::test]
async fn an_answer_that_a_resend_overtakes_never_burns_the_new_code() {
    for calls in 0..30 {
        let app = TestApp::open().await;
        let ada = app.visitor().await;
        ada.asks_for_mail(ADA).await.done();
        let old = ada.mailed_code().await;
        app.advance(Duration::from_secs(30));
        let (resent, _) = tokio::join!(ada.asks_for_mail(ADA), after(calls, ada.answers_mail(&old)));
        resent.done();
        ada.answers_mail(&ada.mailed_code().await).await.done();
    }
}

#[tokio::test]
async fn a_session_has_one_live_code_and_the_next_address_kills_it() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    ada.asks_for_mail(ADA).await.done();
    let first = ada.mailed_code().await;
    app.advance(Duration::from_secs(30));
    ada.asks_for_mail("countess@example.org").await.done();
    assert!(matches!(ada.answers_mail(&first).await.refusal(), Refusal::Wrong { .. }));
    let waiting = app.portal.mail_code(&ada.visit, Purpose::Prove).await.done().expect("a code that waits");
    assert_eq!(waiting.to.to_string(), "countess@example.org");
}

#[tokio::test]
async fn a_code_that_is_dropped_is_dead_and_buys_no_sooner_letter() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    ada.asks_for_mail(ADA).await.done();
    let code = ada.mailed_code().await;
    app.portal.drop_mail_code(&ada.visit, Purpose::Prove).await.done();
    assert_eq!(ada.answers_mail(&code).await.refusal(), Refusal::NoCodeAsked);
    let until = app.now() + Duration::from_secs(30);
    assert_eq!(ada.asks_for_mail("countess@example.org").await.refusal(), Refusal::SendTooSoon { until });
}

#[tokio::test]
async fn another_sessions_code_is_wrong_even_for_the_same_address() {
    let app = TestApp::open().await;
    let (ada, eve) = (app.visitor().await, app.visitor().await);
    ada.asks_for_mail(ADA).await.done();
    eve.asks_for_mail(ADA).await.done();
    let (hers, eves) = (ada.mailed_code().await, eve.mailed_code().await);
    assert!(matches!(eve.answers_mail(&hers).await.refusal(), Refusal::Wrong { .. }));
    assert!(matches!(ada.answers_mail(&eves).await.refusal(), Refusal::Wrong { .. }));
    ada.answers_mail(&hers).await.done();
}

#[tokio::test]
async fn a_code_serves_its_session_from_any_network() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    ada.asks_for_mail(ADA).await.done();
    ada.moved_to("2001:db8::7").answers_mail(&ada.mailed_code().await).await.done();
}

#[tokio::test]
async fn nobody_has_a_code_before_asking_for_one() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    for _ in 0..10 {
        assert_eq!(ada.answers_mail("123456").await.refusal(), Refusal::NoCodeAsked);
    }
    ada.asks_for_mail(ADA).await.done();
    assert_eq!(ada.mail_tries().await, NextTry::Left(5));
}

#[tokio::test]
async fn the_answer_is_the_same_for_an_address_that_is_known_and_one_that_is_not() {
    let app = TestApp::open().await;
    app.visitor().await.proves(ADA).await;
    let mut answers = Vec::new();
    for address in ["ada.byron@example.org", "nobody.here@example.org"] {
        let visitor = app.visitor().await;
        let calls = app.store.calls();
        let sent = visitor.asks_for_mail(address).await.done();
        answers.push((sent.ends, sent.resend_at, app.store.calls() - calls, visitor.mailed_code().await.len()));
    }
    assert_eq!(answers[0], answers[1]);
}

#[tokio::test]
async fn an_address_that_is_none_sends_nothing_and_counts_nothing() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    for address in ["", "ada", "ada@example.org\r\nBcc: eve@example.org", "\u{fc}ber@example.org"] {
        assert!(matches!(ada.asks_for_mail(address).await.refusal(), Refusal::NotAnAddress(_)), "{address:?}");
    }
    assert!(app.letters().await.is_empty());
    ada.asks_for_mail(ADA).await.done();
}

#[tokio::test]
async fn another_address_takes_the_place_of_the_former_and_of_its_proofs() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let first = ada.proves(ADA).await;
    app.advance(Duration::from_secs(30));
    let second = ada.proves("countess@example.org").await;
    assert_ne!(first.factor, second.factor);
    assert_eq!(ada.factor(&email_code::KIND).await, Some(second.factor));
    assert_eq!(ada.enrolled().await, [email_code::KIND]);
    app.portal.remove_factor(&ada.visit, second.factor).await.done();
    assert_eq!(ada.level().await, 0, "the first address's proof is gone too");
}

#[tokio::test]
async fn the_same_address_in_another_spelling_stays_the_factor_it_was() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let first = ada.proves(ADA).await;
    app.advance(Duration::from_secs(30));
    let again = ada.proves("ada.byron@EXAMPLE.ORG").await;
    assert_eq!((first.confirmed_now, again.confirmed_now), (true, false));
    assert_eq!((first.rose, again.rose), (true, false));
    assert_eq!(first.factor, again.factor);
}

#[tokio::test]
async fn what_waits_in_the_queue_is_sealed_and_only_this_house_opens_it() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    ada.asks_for_mail(ADA).await.done();
    let now = app.now();
    let mut job = app.store.lease(Lane::Urgent, now, now).await.expect("a store").expect("a letter");
    let code = ada.mailed_code().await;
    for plain in [code.as_str(), ADA, "Postern", "minutes"] {
        assert!(!job.value.windows(plain.len()).any(|window| window == plain.as_bytes()), "{plain}");
    }
    let elsewhere = TestApp::open().await;
    assert!(elsewhere.portal.open_letter(&job).await.is_ok(), "the same master key");
    job.value[40] ^= 1;
    assert!(app.portal.open_letter(&job).await.is_err());
}
