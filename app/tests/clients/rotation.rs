//! Rotation: nothing is lost wherever it breaks off, and nothing of the old secret is left.

use std::collections::BTreeSet;

use postern_app::client::Rotation;
use postern_app::portal::UseCaseError;
use postern_core::model::{Refusal, SubjectId};
use postern_core::testing::Authenticator;

use crate::app::{ADA, MINUTE, Phone, SHOP, Service, TestApp, Told, network};

/// The key ids that records of users and credentials are sealed under.
pub fn key_ids(app: &TestApp) -> BTreeSet<Vec<u8>> {
    let of_users = |name: &str| ["totp/", "keys/", "credential/"].iter().any(|kind| name.starts_with(kind));
    let records = app.store.records().into_iter().filter(|(key, _)| of_users(key.name()));
    records.map(|(_, value)| value[1..5].to_vec()).collect()
}

/// A service with three users, and its next key.
pub async fn bed() -> (Service, Service, Vec<Phone>, (SubjectId, Authenticator)) {
    let old = Service::of_a_house().await;
    let new = old.app.service(ADA).await;
    let phones = vec![old.totp_user().await, old.totp_user().await];
    let mut key = Authenticator::new(1);
    let id = old.registers(SHOP, None, &mut key).await.done();
    (old, new, phones, (id, key))
}

pub async fn all_work(service: &Service, phones: &[Phone], (id, key): (SubjectId, &mut Authenticator)) {
    service.app.later(MINUTE);
    for phone in phones {
        service.validates(&phone.id, &phone.code(service.app.now())).await.done();
    }
    service.logs_in(SHOP, &id, key).await.done();
}

#[tokio::test]
async fn every_user_goes_along_under_the_same_name_and_the_old_pair_is_done_with() {
    let (old, new, phones, (id, mut key)) = bed().await;
    let before = key_ids(&old.app);
    let used = phones[0].code(old.app.now());
    let rotation = old.rotates_to(&new).await.done();
    assert_eq!(rotation, Rotation { totp_complete: 2, keys_complete: 1, ..Rotation::default() });
    assert_eq!(old.calls().await.map(drop).refusal(), Refusal::NoClient);
    // What was used is used.
    assert!(matches!(new.validates(&phones[0].id, &used).await.refusal(), Refusal::Replayed { .. }));
    all_work(&new, &phones, (id, &mut key)).await;
    assert!(key_ids(&old.app).is_disjoint(&before), "something is still sealed under the old secret");
    assert_eq!((new.usage().await.0, new.usage().await.1), (2, 1));
    // Its credential is still its own.
    assert_eq!(new.registers(SHOP, None, &mut key).await.refusal(), Refusal::AlreadyEnrolled);
    // Called again there is nothing left to do.
    assert_eq!(old.rotates_to(&new).await.done(), Rotation::default());
}

#[tokio::test]
async fn a_rotation_that_breaks_off_at_any_call_of_the_store_is_finished_by_another() {
    let mut broken = 0;
    for calls in 0.. {
        let (old, new, phones, (id, mut key)) = bed().await;
        let before = key_ids(&old.app);
        old.app.store.go_down_after(calls);
        let first = old.rotates_to(&new).await;
        let finished = matches!(&first, Ok(Rotation { totp_incomplete: 0, keys_incomplete: 0, .. }));
        assert!(!matches!(first, Err(UseCaseError::Refused(_))), "after {calls} calls");
        old.app.store.set_down(false);
        old.rotates_to(&new).await.done();
        all_work(&new, &phones, (id, &mut key)).await;
        assert!(key_ids(&old.app).is_disjoint(&before), "after {calls} calls");
        assert_eq!(old.calls().await.map(drop).refusal(), Refusal::NoClient);
        if finished {
            break;
        }
        broken += 1;
    }
    assert!(broken > 20, "broke off at {broken} calls only");
}

#[tokio::test]
async fn a_copy_that_its_client_deleted_does_not_come_back() {
    for calls in 0.. {
        let (old, new, phones, _) = bed().await;
        old.app.store.go_down_after(calls);
        let finished =
            matches!(old.rotates_to(&new).await, Ok(Rotation { totp_incomplete: 0, keys_incomplete: 0, .. }));
        old.app.store.set_down(false);
        let mut deleted = Vec::new();
        for phone in &phones {
            if new.app.clients.remove_totp(&new.caller().await, &phone.id).await.is_ok() {
                deleted.push(phone.id);
            }
        }
        if old.app.clients.caller(network(1), &old.key, &old.secret).await.is_err() {
            old.rotates_to(&new).await.done();
        }
        for id in deleted {
            assert_eq!(new.validates(&id, "000000").await.refusal(), Refusal::NotEnrolled, "after {calls} calls");
        }
        if finished {
            break;
        }
    }
}

#[tokio::test]
async fn from_the_first_call_on_the_old_pair_opens_nothing_even_if_nothing_was_moved() {
    let (old, new, phones, _) = bed().await;
    let caller = old.caller().await;
    old.app.later(MINUTE);
    // Both pairs, both again, the marks on both, and then the store is away.
    old.app.store.go_down_after(6);
    let _ = old.rotates_to(&new).await;
    old.app.store.set_down(false);
    assert_eq!(old.calls().await.map(drop).refusal(), Refusal::NoClient);
    drop(caller);
    old.rotates_to(&new).await.done();
    new.validates(&phones[0].id, &phones[0].code(new.app.now())).await.done();
}

#[tokio::test]
async fn a_request_that_was_let_in_before_cannot_change_what_is_moved() {
    let (old, new, phones, _) = bed().await;
    let caller = old.caller().await;
    old.rotates_to(&new).await.done();
    old.app.later(MINUTE);
    let code = phones[0].code(old.app.now()).parse().expect("a code");
    assert_eq!(old.app.clients.answer_totp(&caller, &phones[0].id, &code).await.refusal(), Refusal::NotEnrolled);
    new.validates(&phones[0].id, code.digits()).await.done();
}

#[tokio::test]
async fn a_rotation_goes_to_one_place_and_not_in_circles() {
    let (old, new, _, _) = bed().await;
    let third = old.app.service(ADA).await;
    assert_eq!(old.rotates_to(&old).await.refusal(), Refusal::RotatedElsewhere);
    old.rotates_to(&new).await.done();
    assert_eq!(old.rotates_to(&third).await.refusal(), Refusal::RotatedElsewhere);
    assert_eq!(new.rotates_to(&old).await.refusal(), Refusal::RotatedElsewhere);
    new.rotates_to(&third).await.done();
}

#[tokio::test]
async fn both_pairs_have_to_be_right() {
    let (old, new, phones, _) = bed().await;
    let wrong = Service { secret: new.secret.clone(), ..old.clone() };
    assert_eq!(wrong.rotates_to(&new).await.refusal(), Refusal::NoClient);
    let wrong = Service { secret: old.secret.clone(), ..new.clone() };
    assert_eq!(old.rotates_to(&wrong).await.refusal(), Refusal::NoClient);
    old.app.later(MINUTE);
    old.validates(&phones[0].id, &phones[0].code(old.app.now())).await.done();
}

#[tokio::test]
async fn a_second_rotation_takes_everything_further() {
    let (old, new, phones, (id, mut key)) = bed().await;
    let third = old.app.service(ADA).await;
    old.rotates_to(&new).await.done();
    let rotation = new.rotates_to(&third).await.done();
    assert_eq!(rotation, Rotation { totp_complete: 2, keys_complete: 1, ..Rotation::default() });
    all_work(&third, &phones, (id, &mut key)).await;
}
