//! Promises about the queue: each job is in one hand at a time, and none is forgotten before it ends.

use std::collections::HashSet;
use std::time::Duration;

use super::{MINUTE, NOW, Subject, TICK, at_once};
use crate::model::Timestamp;
use crate::port::{JobId, LONGEST_PUT_OFF, Lane, LeasedJob, NewJob};

const LEASE: Duration = Duration::from_secs(30);

fn job(lane: Lane, value: Vec<u8>, ends: Timestamp, due: Timestamp) -> NewJob {
    NewJob { lane, value, due, ends }
}

async fn enqueue_in(store: &Subject, lane: Lane, value: u8, now: Timestamp) {
    store.enqueue(job(lane, vec![value], NOW + MINUTE * 60, now), now).await.expect("an answer");
}

async fn lease_from(store: &Subject, lane: Lane, now: Timestamp) -> Option<LeasedJob> {
    store.lease(lane, now + LEASE, now).await.expect("an answer")
}

async fn enqueue(store: &Subject, value: u8, now: Timestamp) {
    enqueue_in(store, Lane::Urgent, value, now).await;
}

async fn lease(store: &Subject, now: Timestamp) -> Option<LeasedJob> {
    lease_from(store, Lane::Urgent, now).await
}

async fn leased(store: &Subject, now: Timestamp) -> LeasedJob {
    lease(store, now).await.expect("a job that is due")
}

pub async fn jobs_are_leased_in_the_order_they_came(store: Subject) {
    assert_eq!(lease(&store, NOW).await, None);
    for value in 1..=12 {
        enqueue(&store, value, NOW + TICK * (u32::from(value) / 4)).await;
    }
    for value in 1..=12 {
        let job = leased(&store, NOW + MINUTE).await;
        assert_eq!((job.value, job.lease, job.ends), (vec![value], 1, NOW + MINUTE * 60));
    }
    assert_eq!(lease(&store, NOW + MINUTE).await, None);
}

pub async fn a_leased_job_is_hidden_until_its_lease_runs_out(store: Subject) {
    enqueue(&store, 1, NOW).await;
    assert_eq!(lease(&store, NOW - TICK).await, None, "not due yet");
    let first = leased(&store, NOW).await;
    assert_eq!(lease(&store, NOW + LEASE - TICK).await, None);
    assert_eq!(leased(&store, NOW + LEASE).await.id, first.id);
}

pub async fn every_lease_of_a_job_has_the_next_number(store: Subject) {
    enqueue(&store, 1, NOW).await;
    for number in 1..=10 {
        let job = leased(&store, NOW + LEASE * number).await;
        assert_eq!((job.lease, job.value), (number, vec![1]));
    }
}

pub async fn a_postponed_job_comes_back_when_it_is_due(store: Subject) {
    enqueue(&store, 1, NOW).await;
    let job = leased(&store, NOW).await;
    let due = NOW + MINUTE * 5;
    store.postpone(job.id, due).await.expect("an answer");
    assert_eq!(lease(&store, NOW + LEASE).await, None);
    assert_eq!(lease(&store, due - TICK).await, None);
    let again = leased(&store, due).await;
    assert_eq!((again.id, again.lease), (job.id, 2));
    store.postpone(job.id, NOW).await.expect("an answer");
    assert_eq!(leased(&store, NOW).await.lease, 3, "earlier is fine, too");
}

pub async fn the_job_that_has_been_due_longest_comes_first(store: Subject) {
    for value in 1..=3 {
        enqueue(&store, value, NOW).await;
    }
    let first = leased(&store, NOW).await;
    store.postpone(first.id, NOW + TICK).await.expect("an answer");
    let order =
        [leased(&store, NOW + MINUTE).await, leased(&store, NOW + MINUTE).await, leased(&store, NOW + MINUTE).await];
    assert_eq!(order.map(|job| job.value[0]), [2, 3, 1]);
}

pub async fn a_finished_job_never_comes_back(store: Subject) {
    enqueue(&store, 1, NOW).await;
    let job = leased(&store, NOW).await;
    store.finish(job.id).await.expect("an answer");
    assert_eq!(lease(&store, NOW + LEASE * 2).await, None);
    store.postpone(job.id, NOW).await.expect("an answer");
    assert_eq!(lease(&store, NOW + LEASE * 2).await, None);
}

pub async fn an_ended_job_is_dropped(store: Subject) {
    store.enqueue(job(Lane::Urgent, vec![1], NOW + MINUTE, NOW), NOW).await.expect("an answer");
    store.enqueue(job(Lane::Urgent, vec![2], NOW + MINUTE + TICK, NOW), NOW).await.expect("an answer");
    assert_eq!(leased(&store, NOW + MINUTE).await.value, [2]);
    assert_eq!(lease(&store, NOW + MINUTE).await, None);
    assert_eq!(lease(&store, NOW).await, None, "it was dropped, not only passed over");
}

pub async fn many_ended_jobs_do_not_hide_a_live_one(store: Subject) {
    at_once(50, |_| {
        let store = store.clone();
        async move {
            for _ in 0..10 {
                store.enqueue(job(Lane::Urgent, vec![0; 100], NOW + MINUTE, NOW), NOW).await.expect("an answer");
            }
        }
    })
    .await;
    enqueue(&store, 1, NOW).await;
    assert_eq!(leased(&store, NOW + MINUTE).await.value, [1]);
}

pub async fn a_lane_is_leased_from_by_itself_and_keeps_its_own_order(store: Subject) {
    for value in [1, 2] {
        enqueue_in(&store, Lane::Bulk, value, NOW).await;
    }
    assert_eq!(lease(&store, NOW).await, None, "nothing is in the other lane");
    enqueue(&store, 3, NOW + TICK).await;
    let urgent = leased(&store, NOW + TICK).await;
    assert_eq!((urgent.value[0], urgent.id.lane), (3, Lane::Urgent), "whatever was due before in the other");
    assert_eq!(lease(&store, NOW + TICK).await, None);
    let bulk = lease_from(&store, Lane::Bulk, NOW + TICK).await.expect("a job");
    assert_eq!((bulk.value[0], bulk.id.lane), (1, Lane::Bulk));
    store.finish(bulk.id).await.expect("an answer");
    store.postpone(urgent.id, NOW + TICK).await.expect("an answer");
    assert_eq!(leased(&store, NOW + TICK).await.id, urgent.id);
    assert_eq!(lease_from(&store, Lane::Bulk, NOW + TICK).await.expect("a job").value[0], 2);
    assert_eq!(lease_from(&store, Lane::Bulk, NOW + MINUTE).await.expect("a job").value[0], 2, "its lease ran out");
}

pub async fn a_job_that_is_due_later_waits_until_then(store: Subject) {
    let due = NOW + MINUTE;
    store.enqueue(job(Lane::Bulk, vec![1], NOW + MINUTE * 60, due), NOW).await.expect("an answer");
    assert_eq!(lease_from(&store, Lane::Bulk, due - TICK).await, None);
    let job = lease_from(&store, Lane::Bulk, due).await.expect("a job");
    assert_eq!((job.value[0], job.lease), (1, 1));
}

pub async fn job_put_off_by_a_clock_that_was_ahead_is_due(store: Subject) {
    let ahead = NOW + MINUTE * 60 * 24 * 365;
    for value in 1..=3 {
        store.enqueue(job(Lane::Urgent, vec![value], ahead + MINUTE * 60, NOW), NOW).await.expect("an answer");
    }
    store.enqueue(job(Lane::Bulk, vec![4], ahead + MINUTE * 60, ahead), ahead).await.expect("an answer");
    let (leased_ahead, postponed) = (leased(&store, ahead).await, leased(&store, ahead).await);
    store.postpone(postponed.id, ahead + MINUTE).await.expect("an answer");
    let put_off = leased(&store, NOW).await;
    store.postpone(put_off.id, NOW + LONGEST_PUT_OFF).await.expect("an answer");
    let due = [leased(&store, NOW).await.id, leased(&store, NOW).await.id];
    assert_eq!(HashSet::from(due), HashSet::from([leased_ahead.id, postponed.id]));
    assert_eq!(lease(&store, NOW).await, None, "what is put off as far as may be waits");
    for id in due {
        store.finish(id).await.expect("an answer");
    }
    assert_eq!(lease_from(&store, Lane::Bulk, NOW).await.expect("a job").value, [4]);
    assert_eq!(leased(&store, NOW + LONGEST_PUT_OFF).await.id, put_off.id);
}

pub async fn a_lease_that_is_renewed_in_time_never_runs_out(store: Subject) {
    enqueue(&store, 1, NOW).await;
    let job = leased(&store, NOW).await;
    let almost = LEASE.saturating_sub(TICK);
    for renewed in 1..=5 {
        let now = NOW + almost * renewed;
        assert_eq!(lease(&store, now).await, None);
        store.postpone(job.id, now + LEASE).await.expect("an answer");
    }
    let over = NOW + almost * 5 + LEASE;
    assert_eq!(leased(&store, over).await.lease, 2, "renewing is no lease of its own");
}

pub async fn of_fifty_workers_at_once_one_gets_the_job(store: Subject) {
    enqueue(&store, 1, NOW).await;
    for round in 1..=3 {
        let answers = at_once(50, |_| {
            let store = store.clone();
            async move { lease(&store, NOW + LEASE * round).await }
        })
        .await;
        let jobs: Vec<_> = answers.into_iter().flatten().collect();
        assert_eq!(jobs.len(), 1);
        assert_eq!(jobs[0].lease, round);
    }
}

pub async fn fifty_workers_and_fifty_jobs_make_fifty_pairs(store: Subject) {
    for value in 0..50 {
        enqueue(&store, value, NOW).await;
    }
    let answers = at_once(50, |_| {
        let store = store.clone();
        async move { leased(&store, NOW).await.value[0] }
    })
    .await;
    assert_eq!(answers.into_iter().collect::<HashSet<_>>().len(), 50);
    assert_eq!(lease(&store, NOW).await, None);
}

pub async fn finishing_or_postponing_a_job_that_is_gone_does_nothing(store: Subject) {
    let ids = [0, 1, 12_345, u64::MAX].into_iter().flat_map(|number| Lane::ALL.map(|lane| JobId { lane, number }));
    for id in ids {
        store.finish(id).await.expect("an answer");
        store.postpone(id, NOW).await.expect("an answer");
    }
    assert_eq!(lease(&store, NOW).await, None);
}

pub async fn a_job_id_is_never_used_again(store: Subject) {
    let mut seen = HashSet::new();
    for _ in 0..20 {
        enqueue(&store, 1, NOW).await;
        let job = leased(&store, NOW).await;
        assert!(seen.insert(job.id));
        store.finish(job.id).await.expect("an answer");
    }
}
