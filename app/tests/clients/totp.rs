//! Codes of clients' users: the same engine, limits and rules as everybody's.

use std::time::Duration;

use futures::future::join_all;
use postern_app::factor::totp::Setting;
use postern_app::model::{NextTry, Refusal, SubjectId};

use crate::house::{ADA, MINUTE, Phone, Service, Told};

const STEP: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_code_passes_once_and_the_first_one_confirms_the_secret() {
    let service = Service::of_a_house().await;
    let phone = Phone::of(&service.begins_totp().await);
    let code = phone.code(service.house.now());
    service.validates(&phone.id, &code).await.done();
    assert!(matches!(service.validates(&phone.id, &code).await.refusal(), Refusal::Replayed { .. }));
    service.house.later(STEP);
    service.validates(&phone.id, &phone.code(service.house.now())).await.done();
    assert_eq!(service.usage().await, (1, 0, 1));
}

#[tokio::test]
async fn of_fifty_posts_of_one_code_one_passes() {
    let service = Service::of_a_house().await;
    let phone = service.totp_user().await;
    service.house.later(STEP);
    let code = phone.code(service.house.now());
    let all = join_all((0..50).map(|_| service.validates(&phone.id, &code))).await;
    assert_eq!(all.into_iter().flatten().count(), 1);
}

#[tokio::test]
async fn a_secret_that_nobody_confirms_is_gone_after_ten_minutes_and_a_confirmed_one_stays() {
    let service = Service::of_a_house().await;
    let (left, kept) = (Phone::of(&service.begins_totp().await), service.totp_user().await);
    service.house.later(MINUTE * 10);
    let code = left.code(service.house.now());
    assert_eq!(service.validates(&left.id, &code).await.refusal(), Refusal::NotEnrolled);
    service.house.later(Duration::from_hours(24 * 365));
    service.validates(&kept.id, &kept.code(service.house.now())).await.done();
}

#[tokio::test]
async fn five_wrong_codes_make_even_the_right_one_wait() {
    let service = Service::of_a_house().await;
    let phone = service.totp_user().await;
    service.house.later(STEP);
    let wrong = phone.wrong_code(service.house.now());
    for left in [4, 3, 2, 1] {
        let expected = Refusal::Wrong { next: NextTry::Left(left), hint: None };
        assert_eq!(service.validates(&phone.id, &wrong).await.refusal(), expected);
    }
    service.validates(&phone.id, &wrong).await.refusal();
    let code = phone.code(service.house.now());
    assert!(matches!(service.validates(&phone.id, &code).await.refusal(), Refusal::Throttled { .. }));
    service.house.later(STEP);
    service.validates(&phone.id, &phone.code(service.house.now())).await.done();
}

#[tokio::test]
async fn another_clients_user_is_nobody_and_costs_as_many_calls_of_the_store() {
    let service = Service::of_a_house().await;
    let other = service.house.service(ADA).await;
    let phone = service.totp_user().await;
    other.caller().await;
    let code = phone.wrong_code(service.house.now());
    let mut costs = Vec::new();
    for id in [phone.id, SubjectId::from([7; 16])] {
        let before = service.house.store.calls();
        assert_eq!(other.validates(&id, &code).await.refusal(), Refusal::NotEnrolled);
        costs.push(service.house.store.calls() - before);
    }
    assert_eq!(costs[0], costs[1]);
    assert_eq!(
        service.house.clients.remove_totp(&other.caller().await, &phone.id).await.refusal(),
        Refusal::NotEnrolled
    );
    service.house.later(STEP);
    service.validates(&phone.id, &phone.code(service.house.now())).await.done();
}

#[tokio::test]
async fn a_user_who_is_removed_is_gone_with_what_was_counted() {
    let service = Service::of_a_house().await;
    let before = service.house.store.keys(service.house.now());
    let phone = service.totp_user().await;
    service.validates(&phone.id, &phone.wrong_code(service.house.now())).await.refusal();
    service.house.clients.remove_totp(&service.caller().await, &phone.id).await.done();
    let code = phone.code(service.house.now());
    assert_eq!(service.validates(&phone.id, &code).await.refusal(), Refusal::NotEnrolled);
    assert_eq!(service.usage().await.0, 0);
    let after = service.house.store.keys(service.house.now());
    let left: Vec<_> = after.difference(&before).map(|key| key.name().to_owned()).collect();
    assert_eq!(left, ["usage"]);
}

#[tokio::test]
async fn issuer_and_label_stand_in_the_uri_and_are_bounded() {
    let service = Service::of_a_house().await;
    let (clients, caller) = (&service.house.clients, service.caller().await);
    let begun = clients.begin_totp(&caller, Setting::default(), Some("Shop 1"), Some("a b")).await.done();
    assert!(begun.provisioning.uri.expose().starts_with("otpauth://totp/Shop%201:a%20b?"), "{begun:?}");
    for bad in ["", " ", "a\nb", "a:b", "a\u{202e}b", &"x".repeat(129)] {
        for (issuer, label, field) in [(Some(bad), None, "issuer"), (None, Some(bad), "label")] {
            let refused = clients.begin_totp(&caller, Setting::default(), issuer, label).await.map(drop);
            assert_eq!(refused.refusal(), Refusal::BadSetting(field.to_owned()), "{bad:?}");
        }
    }
}
