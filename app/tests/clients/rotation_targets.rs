//! Who may rotate to whom, and what becomes of users when a rotation is broken off, opposed, or loses its target.

use std::collections::BTreeSet;

use postern_app::client::Rotation;
use postern_app::portal::{Answer, UseCaseError};
use postern_core::model::{NextTry, Refusal};

use crate::app::{ADA, MINUTE, Phone, SHOP, Service, TestApp, Told, network};
use crate::rotation::{all_work, bed, key_ids};

/// Breaks a rotation off after so many calls of the store. Tells whether it was finished before.
async fn breaks_off(old: &Service, new: &Service, calls: u64) -> bool {
    old.app.store.go_down_after(calls);
    let outcome = old.rotates_to(new).await;
    old.app.store.set_down(false);
    is_complete(&outcome)
}

fn is_complete(outcome: &Answer<Rotation>) -> bool {
    matches!(outcome, Ok(Rotation { totp_incomplete: 0, keys_incomplete: 0, .. }))
}

async fn is_let_in(service: &Service) -> bool {
    service.calls().await.is_ok()
}

/// Whether all of a service's records are acknowledged to be elsewhere, also by a call that was broken off after that.
async fn is_done(service: &Service) -> bool {
    let list = service.app.clients.list().await.done();
    list.iter().any(|line| line.key == service.key && line.state == "rotated")
}

async fn is_disabled(service: &Service) {
    service.app.clients.disable_by_secret(network(1), &service.key, &service.secret).await.done();
}

#[tokio::test]
async fn unmoved_users_answer_under_the_new_pair_wherever_the_rotation_broke_off() {
    let mut begun = 0;
    for calls in 0.. {
        let (old, new, phones, (id, mut key)) = bed().await;
        let before = key_ids(&old.app);
        let finished = breaks_off(&old, &new, calls).await;
        let holder = if is_let_in(&old).await { &old } else { &new };
        all_work(holder, &phones, (id, &mut key)).await;
        if std::ptr::eq(holder, &raw const new) {
            begun += 1;
            // Whoever answered has moved with it.
            assert!(key_ids(&new.app).is_disjoint(&before), "after {calls} calls");
            assert_eq!(new.registers(SHOP, None, &mut key.clone()).await.refusal(), Refusal::AlreadyEnrolled);
            assert_eq!(old.rotates_to(&new).await.done().totp_incomplete, 0);
        }
        if finished {
            break;
        }
    }
    assert!(begun > 20, "it had begun at {begun} calls only");
}

#[tokio::test]
async fn credential_of_an_unmoved_user_is_registered_for_nobody_else() {
    let (old, new, _, (id, mut key)) = bed().await;
    breaks_off(&old, &new, 6).await;
    assert!(!is_let_in(&old).await);
    assert_eq!(new.registers(SHOP, None, &mut key.clone()).await.refusal(), Refusal::AlreadyEnrolled);
    new.logs_in(SHOP, &id, &mut key).await.done();
}

#[tokio::test]
async fn target_of_an_unfinished_rotation_goes_nowhere_before_it_is_finished() {
    for calls in 0.. {
        let (old, new, phones, (id, mut key)) = bed().await;
        let third = old.app.service(ADA).await;
        let finished = breaks_off(&old, &new, calls).await;
        let (has_begun, is_done) = (!is_let_in(&old).await, is_done(&old).await);
        let onwards = new.rotates_to(&third).await;
        if has_begun && !is_done {
            assert_eq!(onwards.refusal(), Refusal::RotationUnfinished, "after {calls} calls");
            assert_eq!(third.rotates_to(&new).await.refusal(), Refusal::RotationUnfinished, "after {calls} calls");
            old.rotates_to(&new).await.done();
            new.rotates_to(&third).await.done();
            all_work(&third, &phones, (id, &mut key)).await;
        } else if has_begun {
            assert!(is_complete(&onwards));
            all_work(&third, &phones, (id, &mut key)).await;
        } else {
            // A mark without a rotation holds nobody up, and the old pair has everybody still.
            assert!(is_complete(&onwards), "after {calls} calls");
            assert_eq!(old.rotates_to(&new).await.refusal(), Refusal::RotatedElsewhere);
            all_work(&old, &phones, (id, &mut key)).await;
            old.rotates_to(&third).await.done();
            all_work(&third, &phones, (id, &mut key)).await;
        }
        if finished {
            break;
        }
    }
}

#[tokio::test]
async fn of_two_opposed_rotations_at_once_at_most_one_begins_and_nobody_is_lost() {
    let mut won = BTreeSet::new();
    for seed in 0..60 {
        let app = TestApp::interleaved(seed).await;
        let (one, other) = (app.service(ADA).await, app.service(ADA).await);
        let phones = [one.totp_user().await, other.totp_user().await];
        app.later(MINUTE);
        let (there, back) = tokio::join!(one.rotates_to(&other), other.rotates_to(&one));
        let (there, back) = (is_complete(&there), is_complete(&back));
        assert!(!(there && back), "both won with seed {seed}");
        let holder = match (there, back) {
            (true, _) => vec![&other],
            (_, true) => vec![&one],
            _ => vec![&one, &other],
        };
        for (phone, service) in phones.iter().zip(holder.iter().cycle()) {
            service.validates(&phone.id, &phone.code(app.now())).await.done();
        }
        won.insert((there, back));
    }
    assert!(won.len() > 1, "one of the two always wins: {won:?}");
}

#[tokio::test]
async fn rotation_and_its_continuation_at_once_lose_nobody() {
    for seed in 0..60 {
        let app = TestApp::interleaved(seed).await;
        let [first, second, third] = [app.service(ADA).await, app.service(ADA).await, app.service(ADA).await];
        let phones = [first.totp_user().await, first.totp_user().await, second.totp_user().await];
        app.later(MINUTE);
        let (one, other) = tokio::join!(first.rotates_to(&second), second.rotates_to(&third));
        assert!(is_complete(&one) || is_complete(&other), "neither, with seed {seed}");
        for phone in &phones {
            let mut passed = 0;
            for service in [&first, &second, &third] {
                if is_let_in(service).await {
                    passed += u32::from(service.validates(&phone.id, &phone.code(app.now())).await.is_ok());
                }
            }
            assert_eq!(passed, 1, "with seed {seed}");
        }
    }
}

#[tokio::test]
async fn old_pair_takes_everybody_elsewhere_when_the_target_is_disabled() {
    for calls in 0.. {
        let (old, new, phones, (id, mut key)) = bed().await;
        let third = old.app.service(ADA).await;
        let finished = breaks_off(&old, &new, calls).await;
        let has_begun = !is_let_in(&old).await;
        if finished || is_done(&old).await {
            assert_eq!(old.rotates_to(&third).await.refusal(), Refusal::RotatedElsewhere);
            break;
        }
        let mut all = phones.clone();
        if has_begun {
            // Not while the target may still be reached.
            assert_eq!(old.rotates_to(&third).await.refusal(), Refusal::RotatedElsewhere, "after {calls} calls");
            // One who came to it since, and one who moved there by being asked.
            all.push(new.totp_user().await);
            new.app.later(MINUTE);
            new.validates(&phones[1].id, &phones[1].code(new.app.now())).await.done();
        }
        let used = phones[1].code(new.app.now());
        is_disabled(&new).await;
        // Breaks off on the way back, too, at every fourth call.
        breaks_off(&old, &third, calls * 4 % 90).await;
        assert!(is_complete(&old.rotates_to(&third).await), "after {calls} calls");
        if has_begun {
            assert!(matches!(third.validates(&phones[1].id, &used).await.refusal(), Refusal::Replayed { .. }));
        }
        all_work(&third, &all, (id, &mut key)).await;
        assert_eq!(old.calls().await.map(drop).refusal(), Refusal::NoClient);
        assert_eq!(old.rotates_to(&new).await.refusal(), Refusal::NoClient);
    }
}

#[tokio::test]
async fn target_after_target_may_be_disabled_and_nobody_is_lost() {
    let (old, mut target, mut phones, (id, mut key)) = bed().await;
    for round in 0..4 {
        // Until the new target answers for the users, and no further.
        loop {
            assert!(!breaks_off(&old, &target, 25 + round).await, "in round {round}");
            old.app.later(MINUTE);
            if target.validates(&phones[0].id, &phones[0].code(old.app.now())).await.is_ok() {
                break;
            }
        }
        assert!(!is_done(&old).await, "in round {round}");
        phones.push(target.totp_user().await);
        is_disabled(&target).await;
        old.app.later(MINUTE * 60);
        target = old.app.service(ADA).await;
    }
    old.rotates_to(&target).await.done();
    all_work(&target, &phones, (id, &mut key)).await;
}

#[tokio::test]
async fn rotation_of_a_pair_that_was_disabled_meanwhile_is_finished_and_goes_nowhere_else() {
    let (old, new, phones, (id, mut key)) = bed().await;
    let third = old.app.service(ADA).await;
    breaks_off(&old, &new, 8).await;
    let list = old.app.clients.list().await.done();
    assert!(list.iter().any(|line| line.key == old.key && line.state == "rotating"));
    old.app.clients.disable_for_operator(&old.key).await.done();
    new.app.later(MINUTE);
    new.validates(&phones[0].id, &phones[0].code(new.app.now())).await.done();
    assert_eq!(old.rotates_to(&third).await.refusal(), Refusal::NoClient);
    assert!(is_complete(&old.rotates_to(&new).await));
    assert_eq!(old.rotates_to(&new).await.refusal(), Refusal::NoClient);
    all_work(&new, &phones, (id, &mut key)).await;
    new.rotates_to(&third).await.done();
}

#[tokio::test]
async fn operator_deletes_the_target_of_an_unfinished_rotation_only_after_its_source() {
    let (old, new, _, _) = bed().await;
    breaks_off(&old, &new, 8).await;
    let clients = &old.app.clients;
    assert_eq!(clients.delete_for_operator(&new.key).await.refusal(), Refusal::RotationUnfinished);
    assert!(is_let_in(&new).await, "what is refused changes nothing");
    clients.delete_for_operator(&old.key).await.done();
    assert!(is_let_in(&new).await);
    clients.delete_for_operator(&new.key).await.done();
    assert_eq!(clients.list().await.done(), []);
}

#[tokio::test]
async fn user_removed_during_a_rotation_stays_removed() {
    for calls in 6.. {
        let (old, new, phones, (id, mut key)) = bed().await;
        let finished = breaks_off(&old, &new, calls).await;
        let clients = &new.app.clients;
        clients.remove_totp(&new.caller().await, &phones[0].id).await.done();
        clients.remove_user(&new.caller().await, &id).await.done();
        old.rotates_to(&new).await.done();
        new.app.later(MINUTE);
        let code = phones[0].code(new.app.now());
        assert_eq!(new.validates(&phones[0].id, &code).await.refusal(), Refusal::NotEnrolled, "after {calls} calls");
        assert_eq!(new.logs_in(SHOP, &id, &mut key).await.refusal(), Refusal::NotEnrolled, "after {calls} calls");
        new.validates(&phones[1].id, &phones[1].code(new.app.now())).await.done();
        if finished {
            break;
        }
    }
}

#[tokio::test]
async fn rotation_buys_a_guesser_no_new_tries() {
    let (old, new, phones, _) = bed().await;
    old.app.later(MINUTE);
    let wrong = phones[0].wrong_code(old.app.now());
    for _ in 0..4 {
        old.validates(&phones[0].id, &wrong).await.refusal();
    }
    old.rotates_to(&new).await.done();
    let until = new.app.now() + MINUTE / 2;
    let next = NextTry::At(until);
    assert_eq!(new.validates(&phones[0].id, &wrong).await.refusal(), Refusal::Wrong { next, hint: None });
    assert_eq!(new.validates(&phones[0].id, &wrong).await.refusal(), Refusal::Throttled { until });
}

#[tokio::test]
async fn enrolment_that_was_acknowledged_while_a_rotation_began_is_there() {
    for seed in 0..60 {
        let app = TestApp::interleaved(seed).await;
        let (old, new) = (app.service(ADA).await, app.service(ADA).await);
        old.totp_user().await;
        let caller = old.caller().await;
        let enrolling = app.clients.begin_totp(&caller, postern_core::factor::totp::Setting::default(), None, None);
        let (begun, rotated) = tokio::join!(enrolling, old.rotates_to(&new));
        rotated.done();
        match begun {
            Ok(begun) => {
                let phone = Phone::of(&begun);
                new.validates(&phone.id, &phone.code(app.now())).await.done();
            }
            Err(UseCaseError::Refused(refusal)) => assert_eq!(refusal, Refusal::NoClient, "with seed {seed}"),
            Err(UseCaseError::InternalError(fault)) => panic!("{fault}"),
        }
    }
}
