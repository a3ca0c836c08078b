//! Promises about the queue: each job is in one hand at a time, and none is forgotten before it ends.

use std::collections::HashSet;
use std::time::Duration;

use super::{MINUTE, NOW, Subject, TICK, at_once};
use crate::model::Timestamp;
use crate::port::LeasedJob;

const LEASE: Duration = Duration::from_secs(30);

async fn enqueue(store: &Subject, value: u8, now: Timestamp) {
    store.enqueue(vec![value], NOW + MINUTE * 60, now).await.expect("an answer");
}

async fn lease(store: &Subject, now: Timestamp) -> Option<LeasedJob> {
    store.lease(now + LEASE, now).await.expect("an answer")
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
    store.enqueue(vec![1], NOW + MINUTE, NOW).await.expect("an answer");
    store.enqueue(vec![2], NOW + MINUTE + TICK, NOW).await.expect("an answer");
    assert_eq!(leased(&store, NOW + MINUTE).await.value, [2]);
    assert_eq!(lease(&store, NOW + MINUTE).await, None);
    assert_eq!(lease(&store, NOW).await, None, "it was dropped, not only passed over");
}

pub async fn many_ended_jobs_do_not_hide_a_live_one(store: Subject) {
    at_once(50, |_| {
        let store = store.clone();
        async move {
            for _ in 0..10 {
                store.enqueue(vec![0; 100], NOW + MINUTE, NOW).await.expect("an answer");
            }
        }
    })
    .await;
    enqueue(&store, 1, NOW).await;
    assert_eq!(leased(&store, NOW + MINUTE).await.value, [1]);
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
    for id in [0, 1, 12_345, u64::MAX] {
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
