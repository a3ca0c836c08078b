//! Codes of clients' users: the same engine, limits and rules as everybody's.

use std::time::Duration;

use futures::future::join_all;
use postern_app::portal::UseCaseError;
use postern_core::factor::totp::Setting;
use postern_core::model::{NextTry, Refusal, SubjectId};

use crate::app::{ADA, MINUTE, Phone, Service, TestApp, Told};

const STEP: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_code_passes_once_and_the_first_one_confirms_the_secret() {
    let service = Service::of_a_house().await;
    let phone = Phone::of(&service.begins_totp().await);
    let code = phone.code(service.app.now());
    service.validates(&phone.id, &code).await.done();
    assert!(matches!(service.validates(&phone.id, &code).await.refusal(), Refusal::Replayed { .. }));
    service.app.later(STEP);
    service.validates(&phone.id, &phone.code(service.app.now())).await.done();
    assert_eq!(service.usage().await, (1, 0, 1));
}

#[tokio::test]
async fn answer_stands_though_the_use_of_its_client_cannot_be_counted() {
    let service = Service::of_a_house().await;
    let phone = Phone::of(&service.begins_totp().await);
    service.app.store.set_tallies_down(true);
    let wrong = phone.wrong_code(service.app.now());
    assert!(matches!(service.validates(&phone.id, &wrong).await.refusal(), Refusal::Wrong { .. }));
    service.validates(&phone.id, &phone.code(service.app.now())).await.done();
    service.app.store.set_tallies_down(false);
    assert_eq!(service.usage().await, (0, 0, 0));
}

#[tokio::test]
async fn of_fifty_posts_of_one_code_one_passes() {
    let service = Service::of_a_house().await;
    let phone = service.totp_user().await;
    service.app.later(STEP);
    let code = phone.code(service.app.now());
    let all = join_all((0..50).map(|_| service.validates(&phone.id, &code))).await;
    assert_eq!(all.into_iter().flatten().count(), 1);
}

#[tokio::test]
async fn secret_that_nobody_confirms_is_gone_after_a_day_and_a_confirmed_one_stays() {
    let service = Service::of_a_house().await;
    let (left, kept) = (Phone::of(&service.begins_totp().await), service.totp_user().await);
    let late = Phone::of(&service.begins_totp().await);
    service.app.later(Duration::from_mins(24 * 60 - 1));
    service.validates(&late.id, &late.code(service.app.now())).await.done();
    service.app.later(MINUTE);
    let code = left.code(service.app.now());
    assert_eq!(service.validates(&left.id, &code).await.refusal(), Refusal::NotEnrolled);
    service.app.later(Duration::from_hours(24 * 365));
    service.validates(&kept.id, &kept.code(service.app.now())).await.done();
}

#[tokio::test]
async fn five_wrong_codes_make_even_the_right_one_wait() {
    let service = Service::of_a_house().await;
    let phone = service.totp_user().await;
    service.app.later(STEP);
    let wrong = phone.wrong_code(service.app.now());
    for left in [4, 3, 2, 1] {
        let expected = Refusal::Wrong { next: NextTry::Left(left), hint: None };
        assert_eq!(service.validates(&phone.id, &wrong).await.refusal(), expected);
    }
    service.validates(&phone.id, &wrong).await.refusal();
    let code = phone.code(service.app.now());
    assert!(matches!(service.validates(&phone.id, &code).await.refusal(), Refusal::Throttled { .. }));
    service.app.later(STEP);
    service.validates(&phone.id, &phone.code(service.app.now())).await.done();
}

#[tokio::test]
async fn another_clients_user_is_nobody_and_costs_as_many_calls_of_the_store() {
    let service = Service::of_a_house().await;
    let other = service.app.service(ADA).await;
    let phone = service.totp_user().await;
    other.caller().await;
    let code = phone.wrong_code(service.app.now());
    let mut costs = Vec::new();
    for id in [phone.id, SubjectId::from([7; 16])] {
        let before = service.app.store.calls();
        assert_eq!(other.validates(&id, &code).await.refusal(), Refusal::NotEnrolled);
        costs.push(service.app.store.calls() - before);
    }
    assert_eq!(costs[0], costs[1]);
    assert_eq!(service.app.clients.remove_totp(&other.caller().await, &phone.id).await.refusal(), Refusal::NotEnrolled);
    service.app.later(STEP);
    service.validates(&phone.id, &phone.code(service.app.now())).await.done();
}

#[tokio::test]
async fn a_user_who_is_removed_is_gone_with_what_was_counted() {
    let service = Service::of_a_house().await;
    let before = service.app.store.keys(service.app.now());
    let phone = service.totp_user().await;
    service.validates(&phone.id, &phone.wrong_code(service.app.now())).await.refusal();
    service.app.clients.remove_totp(&service.caller().await, &phone.id).await.done();
    let code = phone.code(service.app.now());
    assert_eq!(service.validates(&phone.id, &code).await.refusal(), Refusal::NotEnrolled);
    assert_eq!(service.usage().await.0, 0);
    let after = service.app.store.keys(service.app.now());
    let left: Vec<_> = after.difference(&before).map(|key| key.name().to_owned()).collect();
    assert_eq!(left, [""; 0]);
}

#[tokio::test]
async fn issuer_and_label_stand_in_the_uri_and_are_bounded() {
    let service = Service::of_a_house().await;
    let (clients, caller) = (&service.app.clients, service.caller().await);
    let begun = clients.begin_totp(&caller, Setting::default(), Some("Shop 1"), Some("a b")).await.done();
    assert!(begun.provisioning.uri.expose().starts_with("otpauth://totp/Shop%201:a%20b?"), "{begun:?}");
    for bad in ["", " ", "a\nb", "a:b", "a\u{202e}b", &"x".repeat(129)] {
        for (issuer, label, field) in [(Some(bad), None, "issuer"), (None, Some(bad), "label")] {
            let refused = clients.begin_totp(&caller, Setting::default(), issuer, label).await.map(drop);
            assert_eq!(refused.refusal(), Refusal::BadSetting(field.to_owned()), "{bad:?}");
        }
    }
}

/// Wrong codes until as many were counted, each as soon as it may come.
async fn guesses(service: &Service, phone: &Phone, most: u32) -> Duration {
    let mut wait = Duration::ZERO;
    for _ in 0..most {
        let wrong = phone.wrong_code(service.app.now());
        wait = match service.validates(&phone.id, &wrong).await.refusal() {
            Refusal::Wrong { next: NextTry::At(until), .. } => service.app.now().until(until),
            Refusal::Wrong { next: NextTry::Left(_), .. } => Duration::ZERO,
            other => panic!("{other:?}"),
        };
        service.app.later(wait);
    }
    wait
}

#[tokio::test]
async fn user_is_never_locked_and_waits_a_day_at_most() {
    let service = Service::of_a_house().await;
    let phone = service.totp_user().await;
    service.app.later(STEP);
    let mut waits = vec![guesses(&service, &phone, 49).await];
    for _ in 50..=58 {
        waits.push(guesses(&service, &phone, 1).await);
    }
    let minutes: Vec<u64> = waits.iter().map(|wait| wait.as_secs() / 60).collect();
    assert_eq!(minutes, [15, 30, 60, 120, 240, 480, 960, 1_440, 1_440, 1_440]);
    service.validates(&phone.id, &phone.code(service.app.now())).await.done();
}

#[tokio::test]
async fn client_forgets_the_wrong_codes_of_its_own_user_alone() {
    let service = Service::of_a_house().await;
    let other = service.app.service(ADA).await;
    let (phone, clients) = (service.totp_user().await, &service.app.clients);
    service.app.later(STEP);
    guesses(&service, &phone, 50).await;
    let wrong = phone.wrong_code(service.app.now());
    service.validates(&phone.id, &wrong).await.refusal();
    let code = phone.code(service.app.now());
    assert!(matches!(service.validates(&phone.id, &code).await.refusal(), Refusal::Throttled { .. }));
    let foreign = clients.unblock_totp(&other.caller().await, &phone.id).await;
    assert_eq!(foreign.refusal(), Refusal::NotEnrolled);
    assert!(matches!(service.validates(&phone.id, &code).await.refusal(), Refusal::Throttled { .. }));
    clients.unblock_totp(&service.caller().await, &phone.id).await.done();
    clients.unblock_totp(&service.caller().await, &phone.id).await.done();
    service.validates(&phone.id, &code).await.done();
}

#[tokio::test]
async fn throttled_validation_costs_three_calls_of_the_store_however_many_come_at_once() {
    let app = TestApp::interleaved(7).await;
    let service = app.service(ADA).await;
    let phone = service.totp_user().await;
    app.later(STEP);
    guesses(&service, &phone, 5).await;
    let wrong = phone.wrong_code(app.now());
    service.validates(&phone.id, &wrong).await.refusal();
    // The clients' last use is noted again: one of the crowd does it.
    app.later(Duration::from_secs(5));
    let (before, records) = (app.store.calls(), app.store.records());
    let all = join_all((0..160).map(|_| service.validates(&phone.id, &wrong))).await;
    for refused in all {
        assert!(matches!(refused.refusal(), Refusal::Throttled { .. }));
    }
    let calls = app.store.calls() - before;
    println!("{calls} calls of the store for 160 throttled validations");
    assert!(calls <= 160 * 3, "{calls} calls of the store");
    assert_eq!(app.store.records(), records, "something was written");
}

#[tokio::test]
async fn refusals_of_a_crowd_are_all_counted_in_one_call_each() {
    let app = TestApp::interleaved(7).await;
    let service = app.service(ADA).await;
    let mut phones = Vec::new();
    for _ in 0..40 {
        phones.push(service.totp_user().await);
    }
    app.later(STEP);
    let before = app.store.calls();
    let wrong: Vec<String> = phones.iter().map(|phone| phone.wrong_code(app.now())).collect();
    join_all(phones.iter().zip(&wrong).map(|(phone, wrong)| service.validates(&phone.id, wrong))).await;
    let calls = app.store.calls() - before;
    assert!(calls <= 40 * 4, "{calls} calls of the store");
    assert_eq!(service.usage().await, (40, 0, 40));
}

#[tokio::test]
async fn right_code_that_cannot_be_written_is_no_failed_try_and_a_wrong_one_is() {
    let service = Service::of_a_house().await;
    let phone = service.totp_user().await;
    service.app.later(MINUTE);
    let caller = service.caller().await;
    let tries =
        async |code: String| service.app.clients.answer_totp(&caller, &phone.id, &code.parse().expect("a code")).await;
    service.app.store.set_full(true);
    for _ in 0..20 {
        let fault = tries(phone.code(service.app.now())).await;
        assert!(matches!(fault, Err(UseCaseError::InternalError(_))), "{fault:?}");
    }
    let expected = Refusal::Wrong { next: NextTry::Left(4), hint: None };
    assert_eq!(tries(phone.wrong_code(service.app.now())).await.refusal(), expected);
    for _ in 0..20 {
        tries(phone.code(service.app.now())).await.expect_err("no room");
    }
    // Faults in between have not undone it.
    let expected = Refusal::Wrong { next: NextTry::Left(3), hint: None };
    assert_eq!(tries(phone.wrong_code(service.app.now())).await.refusal(), expected);
    service.app.store.set_full(false);
    tries(phone.code(service.app.now())).await.done();
}
