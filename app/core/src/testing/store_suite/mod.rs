//! The suite that holds every store to its port: one test a promise, on a stopped clock, races included.
//!
//! An adapter's own test file only constructs it:
//!
//! ```ignore
//! async fn make_store() -> (Arc<dyn Store>, impl Sized) { /* an empty store, and what must outlive it */ }
//! postern_core::store_suite!(make_store);
//! ```

pub mod attempts;
pub mod jobs;
pub mod keys;
pub mod logs;
pub mod records;
pub mod slots;
pub mod together;
pub mod windows;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Barrier;

use crate::model::Timestamp;
use crate::port::{Expect, Key, Revision, Store, Window, Write, Written};
use crate::rules::throttle::Policy;

/// Generates one `#[tokio::test]` for each promise of the store port; or one for all of them, for a server that takes
/// long to start.
#[macro_export]
macro_rules! store_suite {
    ($make_store:ident) => {
        $crate::store_suite! { @promises each $make_store }
    };
    ($make_store:ident in one test) => {
        $crate::store_suite! { @promises all $make_store }
    };
    (@promises $how:ident $make_store:ident) => {
        $crate::store_suite! { @$how $make_store;
            records {
                a_record_reads_back_as_written_until_it_ends,
                a_record_without_an_end_stays,
                absent_writes_only_where_nothing_stands,
                a_revision_writes_only_over_itself,
                anything_writes_over_whatever_stands,
                a_conflict_changes_nothing,
                an_ended_record_is_absent_and_can_be_written_over,
                an_end_can_be_set_moved_and_lifted,
                a_record_whose_end_is_past_is_not_there,
                a_revision_is_never_used_twice_not_even_after_a_delete,
                a_slow_writer_does_not_mistake_a_later_record_for_the_one_it_read,
                of_fifty_inserts_at_once_one_is_done,
                of_fifty_replacements_of_one_revision_one_is_done,
                no_increment_is_lost_among_twenty_writers_who_retry,
                delete_removes_only_what_is_expected_and_says_so,
                of_fifty_deletes_at_once_one_hears_true,
                take_gives_a_record_once_and_never_an_ended_one,
                of_fifty_takers_at_once_one_gets_the_record,
                of_takers_and_deleters_at_once_one_wins,
                ping_is_answered,
            }
            attempts {
                attempts_follow_the_rule_step_by_step,
                attempts_follow_the_rule_for_policies_of_every_shape,
                an_attempt_that_may_go_brings_the_record,
                an_attempt_inside_a_wait_is_not_counted_and_brings_nothing,
                the_wait_ends_to_the_millisecond,
                a_blocked_count_stays_blocked_until_it_is_forgiven,
                a_count_is_forgotten_its_memory_after_the_last_failure,
                asking_where_a_count_stands_does_not_count,
                forgiving_sets_a_count_back_to_nothing,
                of_fifty_attempts_at_once_as_many_go_as_are_free,
                attempts_of_one_count_say_nothing_to_another,
                count_left_by_a_clock_that_was_ahead_waits_no_longer_than_its_own_length,
                block_left_by_a_clock_that_was_ahead_is_forgotten_in_its_own_time,
                attempt_is_taken_back_with_its_wait_and_no_other,
                attempt_is_taken_back_only_while_it_is_counted,
            }
            together {
                a_write_resets_a_count_and_logs_an_event_in_the_same_step,
                a_conflict_neither_resets_nor_logs,
                of_fifty_writes_at_once_one_logs_its_event,
                a_write_writes_and_deletes_other_records_in_the_same_step,
                a_tally_rises_to_its_most_and_falls_even_from_beyond,
                what_a_tally_has_no_room_for_changes_nothing,
                of_fifty_writes_at_once_a_tally_lets_through_what_it_has_room_for,
                tally_changes_by_itself_as_with_a_write,
                fifty_changes_of_a_tally_at_once_all_count,
            }
            windows {
                a_window_counts_up_to_its_limit_and_says_when_there_is_room,
                a_refused_call_is_not_counted,
                asking_whether_a_window_is_full_does_not_count,
                a_window_slides_to_the_millisecond,
                a_count_leaves_exactly_one_span_after_it_came,
                fifty_calls_at_once_get_as_many_places_as_there_are,
                windows_agree_with_the_rule_over_a_long_random_sequence,
                a_limit_of_nothing_lets_nothing_through,
                a_lowered_limit_says_when_there_is_room_again,
                window_left_by_a_clock_that_was_ahead_is_full_no_longer_than_its_span,
            }
            logs {
                a_log_answers_the_newest_first,
                a_log_keeps_its_newest_most,
                a_log_that_ended_is_empty_and_begins_anew,
                the_newest_entry_decides_when_a_log_ends,
                a_log_of_nothing_keeps_nothing,
                fifty_entries_at_once_all_arrive,
                a_log_that_is_not_there_is_empty,
            }
            jobs {
                jobs_are_leased_in_the_order_they_came,
                a_leased_job_is_hidden_until_its_lease_runs_out,
                every_lease_of_a_job_has_the_next_number,
                a_postponed_job_comes_back_when_it_is_due,
                the_job_that_has_been_due_longest_comes_first,
                a_finished_job_never_comes_back,
                an_ended_job_is_dropped,
                many_ended_jobs_do_not_hide_a_live_one,
                a_lane_is_leased_from_by_itself_and_keeps_its_own_order,
                a_job_that_is_due_later_waits_until_then,
                job_put_off_by_a_clock_that_was_ahead_is_due,
                a_lease_that_is_renewed_in_time_never_runs_out,
                of_fifty_workers_at_once_one_gets_the_job,
                fifty_workers_and_fifty_jobs_make_fifty_pairs,
                finishing_or_postponing_a_job_that_is_gone_does_nothing,
                a_job_id_is_never_used_again,
            }
            slots {
                slots_are_those_where_a_live_record_of_the_name_stands,
                slots_hold_records_not_counts_windows_or_logs,
                slots_are_found_by_the_very_name_and_come_back_as_they_were,
                each_slot_among_three_thousand_records_comes_once,
                store_is_vacant_while_nothing_but_the_named_records_stands,
            }
            keys {
                keys_that_look_alike_do_not_collide,
                one_key_names_a_record_a_count_a_window_a_log_and_a_tally_apart,
                every_byte_comes_back,
                an_empty_value_is_a_value,
                a_megabyte_comes_back,
                times_from_1970_to_beyond_32_bits_work,
            }
        }
    };
    (@all $make_store:ident; $($chapter:ident { $($promise:ident,)* })*) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
        async fn every_promise_is_kept() {
            $($({
                // The last one that is named is the one that was not kept.
                println!(stringify!($promise));
                let (store, _kept) = $make_store().await;
                Box::pin($crate::testing::store_suite::$chapter::$promise(store)).await;
            })*)*
        }
    };
    (@each $make_store:ident; $($chapter:ident { $($promise:ident,)* })*) => {
        $($(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $promise() {
                let (store, _kept) = $make_store().await;
                $crate::testing::store_suite::$chapter::$promise(store).await;
            }
        )*)*
    };
}

/// What every promise is tried on.
pub type Subject = Arc<dyn Store>;

/// 2001-09-09T01:46:40Z, far from any real time.
const NOW: Timestamp = Timestamp::from_secs(1_000_000_000);
const MINUTE: Duration = Duration::from_mins(1);
const TICK: Duration = Duration::from_millis(1);

const POLICY: Policy = Policy {
    free_attempts: 5,
    first_wait: Duration::from_secs(30),
    longest_wait: Duration::from_mins(15),
    escalates_at: u32::MAX,
    longest_escalated: Duration::ZERO,
    blocked_at: 50,
    memory: Duration::from_hours(30 * 24),
};

const WINDOW: Window = Window { limit: 5, span: Duration::from_hours(1) };

fn key(name: &str) -> Key {
    Key::new("holder", name)
}

/// A write that ends a minute after [`NOW`].
fn write(name: &str, expect: Expect, value: &[u8]) -> Write {
    Write::new(key(name), expect, value.to_vec(), Some(NOW + MINUTE))
}

/// Writes and answers the revision.
async fn done(store: &Subject, write: Write, now: Timestamp) -> Revision {
    match store.write(write, now).await.expect("an answer") {
        Written::Done(revision) => revision,
        other => panic!("{other:?} where none was expected"),
    }
}

async fn value(store: &Subject, key: &Key, now: Timestamp) -> Option<Vec<u8>> {
    store.load(key, now).await.expect("an answer").map(|stored| stored.value)
}

/// Starts `racers` tasks that wait for each other, then run; answers what each said.
async fn at_once<T, F>(racers: u8, task: impl Fn(u8) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let gate = Arc::new(Barrier::new(racers.into()));
    let tasks: Vec<_> = (0..racers)
        .map(|racer| {
            let (gate, task) = (gate.clone(), task(racer));
            tokio::spawn(async move {
                gate.wait().await;
                task.await
            })
        })
        .collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(task.await.expect("no racer panics"));
    }
    answers
}

#[cfg(test)]
mod tests {
    use super::Subject;
    use crate::testing::MemoryStore;

    fn make_store() -> std::future::Ready<(Subject, ())> {
        std::future::ready((std::sync::Arc::new(MemoryStore::default()), ()))
    }

    store_suite!(make_store);

    #[test]
    fn the_suite_runs_every_promise_there_is() {
        let suite = include_str!("mod.rs");
        for chapter in [
            include_str!("attempts.rs"),
            include_str!("jobs.rs"),
            include_str!("keys.rs"),
            include_str!("logs.rs"),
            include_str!("records.rs"),
            include_str!("slots.rs"),
            include_str!("together.rs"),
            include_str!("windows.rs"),
        ] {
            for promise in chapter.lines().filter_map(|line| line.strip_prefix("pub async fn ")) {
                let name = promise.split('(').next().unwrap_or_default();
                assert!(suite.contains(&format!(" {name},\n")), "{name} is not in the list");
            }
        }
    }
}
