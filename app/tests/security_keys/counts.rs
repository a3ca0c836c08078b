//! Counts of signatures: what rises passes, what does not tells of a copy.

use postern_core::model::Refusal;
use postern_core::testing::Authenticator;

use crate::setup::{Visitor, done, refusal};

#[tokio::test]
async fn a_copy_is_found_out_by_its_count_and_nothing_changes_by_that() {
    let visitor = Visitor::of_a_house().await;
    let mut key = Authenticator::new(1);
    let id = visitor.registers(&mut key).await;
    let mut copy = key.clone();
    visitor.signs_in(&mut key).await;
    visitor.signs_in(&mut key).await;
    let before = visitor.keys().await.remove(0);
    assert_eq!(before.state.count, 3);
    let events = visitor.events().await;
    for _ in 0..2 {
        // 2, then 3: lower, then the same.
        assert_eq!(refusal(visitor.tries_to_sign_in(&mut copy, |_| {}).await), Refusal::Cloned { factor: id });
    }
    assert_eq!(visitor.events().await, events + 2, "its owner can see it");
    let after = visitor.keys().await.remove(0);
    assert_eq!((after.state, after.record.last_used_at), (before.state, before.record.last_used_at));
    visitor.signs_in(&mut key).await;
}

#[tokio::test]
async fn a_count_that_falls_back_to_zero_is_no_key_that_never_counted() {
    let visitor = Visitor::of_a_house().await;
    let mut key = Authenticator::new(1);
    let id = visitor.registers(&mut key).await;
    let zero = visitor.tries_to_sign_in(&mut key, |made| made.count = 0).await;
    assert_eq!(refusal(zero), Refusal::Cloned { factor: id });
}

#[tokio::test]
async fn a_key_that_never_counts_passes_again_and_again() {
    let visitor = Visitor::of_a_house().await;
    let mut key = Authenticator { counts: false, ..Authenticator::new(1) };
    visitor.registers(&mut key).await;
    for _ in 0..3 {
        visitor.signs_in(&mut key).await;
    }
    assert_eq!(visitor.keys().await[0].state.count, 0);
}

#[tokio::test]
async fn a_count_may_jump_to_its_end() {
    let visitor = Visitor::of_a_house().await;
    let mut key = Authenticator::new(1);
    visitor.registers(&mut key).await;
    done(visitor.tries_to_sign_in(&mut key, |made| made.count = u32::MAX).await);
    let id = visitor.keys().await[0].record.id;
    let over = visitor.tries_to_sign_in(&mut key, |made| made.count = u32::MAX).await;
    assert_eq!(refusal(over), Refusal::Cloned { factor: id });
}

#[tokio::test]
async fn the_count_is_compared_with_the_record_as_it_stands_when_it_is_burned() {
    let visitor = Visitor::of_a_house().await;
    let mut key = Authenticator::new(1);
    let id = visitor.registers(&mut key).await;
    let (early, late) = (visitor.begins_sign_in().await, visitor.begins_sign_in().await);
    let first = key.get(&early, crate::setup::ORIGIN, |_| {});
    let second = key.get(&late, crate::setup::ORIGIN, |_| {});
    done(visitor.finishes_sign_in(&second).await);
    assert_eq!(refusal(visitor.finishes_sign_in(&first).await), Refusal::Cloned { factor: id });
}
