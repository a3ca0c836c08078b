//! What operators can measure, as Prometheus reads it. Each portal has figures of its own, so that several in one
//! process do not mix: what happens [`within`](Figures::within) them is counted in them and nowhere else.
//!
//! Labels are of small closed sets: no address, no id, no path as it was sent.

mod connections;
mod listener;

use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use metrics::{Counter, Histogram, Unit, counter, gauge, histogram, with_local_recorder};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use postern_core::figures::{ATTEMPTS, FOLLOW_UP_FAULTS, SESSIONS_BEGUN, SESSIONS_ENDED};
use postern_core::model::Timestamp;

use crate::process;

pub use connections::ConnectionCounters;
pub use listener::{Listener, NoListener, Watched};

pub const REQUESTS: &str = "postern_http_requests_total";
pub const REQUEST_TIMES: &str = "postern_http_request_duration_seconds";
/// Requests whose client a trusted proxy does not name, by `reason`.
pub const UNKNOWN_CLIENTS: &str = "postern_unknown_clients_total";
const CONNECTIONS: &str = "postern_connections";
const CONNECTIONS_CLOSED: &str = "postern_connections_closed_total";
const LOST_LINES: &str = "postern_log_lines_lost_total";
const OPEN_DESCRIPTORS: &str = "process_open_fds";
const DESCRIPTOR_LIMIT: &str = "process_max_fds";
const STORE_TIMES: &str = "postern_store_duration_seconds";
const STORE_FAULTS: &str = "postern_store_faults_total";
/// Heavy work that was refused, by `reason`: the caller's `share` was used up, or the `queue` was full.
pub const WORK_REFUSED: &str = "postern_work_refused_total";
pub const DAMAGED_VALUES: &str = "postern_damaged_values_total";
pub const LOST_WRITES: &str = "postern_store_lost_writes_total";
const LETTERS: &str = "postern_letters_total";
const MAIL_UP: &str = "postern_mail_up";
const BUILD: &str = "postern_build_info";
const STARTED: &str = "process_start_time_seconds";

/// A page takes milliseconds, a stretched secret some hundred; from a second on something is wrong.
const REQUEST_BUCKETS: [f64; 10] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5];

/// Redis gives up after 1.5 seconds.
const STORE_BUCKETS: [f64; 10] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.5];

/// The figures of one portal. Cheap to clone.
#[derive(Clone)]
pub struct Figures {
    recorder: Arc<PrometheusRecorder>,
    handle: PrometheusHandle,
}

impl Figures {
    pub fn new(started: Timestamp) -> Self {
        let recorder = Arc::new(builder().build_recorder());
        let figures = Self { handle: recorder.handle(), recorder };
        figures.here(|| {
            describe();
            gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1.0);
            #[expect(clippy::cast_precision_loss, reason = "whole seconds, far below where rounding begins")]
            gauge!(STARTED).set(started.unix_secs() as f64);
        });
        figures
    }

    /// Everything, in Prometheus' text format 0.0.4.
    pub fn text(&self) -> String {
        self.handle.render()
    }

    /// Sums up what was measured since the last time; until then each single time is kept.
    pub fn sum_up(&self) {
        self.handle.run_upkeep();
    }

    /// Does some work, and counts here what happens in it; not in tasks that it spawns.
    pub async fn within<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        std::future::poll_fn(|context| -> Poll<T> { self.here(|| work.as_mut().poll(context)) }).await
    }

    /// How one of the store's operations is doing.
    pub fn operation(&self, name: &'static str) -> Operation {
        self.here(|| Operation {
            took: histogram!(STORE_TIMES, "operation" => name),
            faults: counter!(STORE_FAULTS, "operation" => name),
        })
    }

    /// What becomes of letters.
    pub fn letters(&self) -> Letters {
        let of = |result: &'static str| counter!(LETTERS, "result" => result);
        self.here(|| Letters {
            delivered: of("delivered"),
            deferred: of("deferred"),
            refused: of("refused"),
            expired: of("expired"),
            unreadable: of("unreadable"),
        })
    }

    /// What becomes of connections.
    pub fn connections(&self) -> ConnectionCounters {
        self.here(ConnectionCounters::register)
    }

    /// What is looked up when somebody asks.
    fn record(&self, mail_up: bool, lost_lines: u64) {
        #[expect(clippy::cast_precision_loss, reason = "descriptors are far fewer than where rounding begins")]
        self.here(|| {
            gauge!(MAIL_UP).set(if mail_up { 1.0 } else { 0.0 });
            counter!(LOST_LINES).absolute(lost_lines);
            if let Some(open) = process::open_descriptors() {
                gauge!(OPEN_DESCRIPTORS).set(open as f64);
            }
            if let Ok(limit) = process::descriptor_limit() {
                gauge!(DESCRIPTOR_LIMIT).set(limit as f64);
            }
        });
    }

    fn here<T>(&self, work: impl FnOnce() -> T) -> T {
        with_local_recorder(&*self.recorder, work)
    }
}

/// One of the store's operations.
#[derive(Clone)]
pub struct Operation {
    took: Histogram,
    faults: Counter,
}

impl Operation {
    /// Does it; `is_fault` tells what of its errors is one.
    pub async fn timed<T, E>(
        &self,
        work: impl Future<Output = Result<T, E>>,
        is_fault: impl FnOnce(&E) -> bool,
    ) -> Result<T, E> {
        let begun = Instant::now();
        let done = work.await;
        self.took.record(begun.elapsed());
        if done.as_ref().is_err_and(is_fault) {
            self.faults.increment(1);
        }
        done
    }
}

/// What becomes of letters. Those of nobody count nothing.
#[derive(Clone)]
pub struct Letters {
    pub delivered: Counter,
    /// A try that failed; another one follows.
    pub deferred: Counter,
    /// For good, by the mail server.
    pub refused: Counter,
    /// Their time was over.
    pub expired: Counter,
    /// Not sealed by us.
    pub unreadable: Counter,
}

impl Default for Letters {
    fn default() -> Self {
        let [delivered, deferred, refused, expired, unreadable] = std::array::from_fn(|_| Counter::noop());
        Self { delivered, deferred, refused, expired, unreadable }
    }
}

fn builder() -> PrometheusBuilder {
    [(REQUEST_TIMES, &REQUEST_BUCKETS), (STORE_TIMES, &STORE_BUCKETS)].into_iter().fold(
        PrometheusBuilder::new(),
        |builder, (name, buckets)| {
            let Ok(builder) = builder.set_buckets_for_metric(Matcher::Full(name.to_owned()), buckets) else {
                unreachable!("there are buckets");
            };
            builder
        },
    )
}

fn describe() {
    use metrics::{describe_counter, describe_gauge, describe_histogram};
    describe_counter!(REQUESTS, Unit::Count, "Requests answered, by method, route (as a template) and status");
    describe_histogram!(REQUEST_TIMES, Unit::Seconds, "Time from a request to the head of its answer, by route");
    describe_counter!(ATTEMPTS, Unit::Count, "Tries at factors, by factor and what came of them");
    describe_counter!(SESSIONS_BEGUN, Unit::Count, "Sessions begun, of visitors and of accounts");
    describe_counter!(SESSIONS_ENDED, Unit::Count, "Sessions that somebody ended; others end by the clock");
    describe_counter!(FOLLOW_UP_FAULTS, Unit::Count, "Steps that failed after a change that stands and was answered");
    describe_histogram!(STORE_TIMES, Unit::Seconds, "Time that the store took, by operation");
    describe_counter!(STORE_FAULTS, Unit::Count, "Operations that the store did not do, by operation");
    describe_counter!(WORK_REFUSED, Unit::Count, "Heavy work refused: the caller's share used up, or the queue full");
    describe_counter!(
        DAMAGED_VALUES,
        Unit::Count,
        "Values in the store that could not be read and were set aside, by kind"
    );
    describe_counter!(LOST_WRITES, Unit::Count, "Writes that the store lost after it answered them, made again");
    describe_counter!(LETTERS, Unit::Count, "Tries to deliver letters, by what came of them");
    describe_gauge!(MAIL_UP, "1 if the last try to reach the mail server worked or none was made, 0 if it failed");
    describe_gauge!(CONNECTIONS, Unit::Count, "Connections that are open");
    describe_counter!(CONNECTIONS_CLOSED, Unit::Count, "Connections that the portal ended or refused, by reason");
    describe_counter!(UNKNOWN_CLIENTS, Unit::Count, "Requests whose client a trusted proxy does not name, by reason");
    describe_counter!(LOST_LINES, Unit::Count, "Log lines dropped because their reader stood still");
    describe_gauge!(OPEN_DESCRIPTORS, Unit::Count, "Descriptors that are open");
    describe_gauge!(DESCRIPTOR_LIMIT, Unit::Count, "Descriptors that may be open");
    describe_gauge!(BUILD, "1, with the version as a label");
    describe_gauge!(STARTED, Unit::Seconds, "When this process started, in seconds since 1970");
}
