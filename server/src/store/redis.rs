//! Redis as a store: what several instances share. Whatever must be one step is one script on one hash slot.

mod connector;
mod keys;
mod link;
mod name;
mod node;
mod packed;
mod scripts;
mod sentinels;
mod supervisor;
mod walk;

use std::time::Duration;

use async_trait::async_trait;
use fred::clients::WithOptions;
use fred::interfaces::{KeysInterface, ListInterface, SortedSetsInterface};
use fred::prelude::{Client, Error, FredResult, FromValue, Pool, Value};
use fred::types::scripts::Script;
use postern_core::model::Timestamp;
use postern_core::port::{
    Count, Expect, JobId, Key, LONGEST_PUT_OFF, Lane, LeasedJob, LogEntry, NewJob, Revision, SideEffects, Store,
    StoreFault, Stored, Tally, Window, Write, Written,
};
use postern_core::rules::throttle::{Attempt, Policy, ThrottleState};

use self::keys::{DAMAGED_JOB, JOB, Kind, LAST_ID, due_in, name};
use self::link::Link;
pub use self::link::RedisSettings;
use super::OpenError;
use super::damage::report_damage;

type Result<T> = std::result::Result<T, StoreFault>;

/// Ended jobs dropped in one step while looking for a live one: Redis does nothing else meanwhile.
const DROPS: u32 = 100;

/// A store in Redis 6.2 or later.
#[derive(Clone, Debug)]
pub struct RedisStore {
    link: Link,
}

impl RedisStore {
    /// Connects by a `redis://`, `rediss://`, `redis-sentinel://` or `redis-cluster://` URL, and refuses a Redis
    /// that is too old or may drop records when memory is short.
    pub async fn connect(url: &str) -> std::result::Result<Self, OpenError> {
        Self::open(url, RedisSettings::default()).await
    }

    /// The same, by these settings.
    pub async fn open(url: &str, settings: RedisSettings) -> std::result::Result<Self, OpenError> {
        Ok(Self { link: Link::open(url, settings).await? })
    }

    /// The connections, for what speaks Redis by itself.
    pub fn pool(&self) -> Result<Pool> {
        self.link.pool().map_err(|error| self.fault(&error))
    }

    /// Of the Redis that answers.
    pub async fn version(&self) -> Result<String> {
        let nodes = self.link.nodes().await.map_err(|error| self.fault(&error))?;
        let node = nodes.into_iter().next().ok_or_else(unclear)?.map_err(|error| self.fault(&error))?;
        node.get("redis_version").map(str::to_owned).ok_or_else(unclear)
    }

    /// The connections with the time limit of commands and without second tries.
    pub(super) fn commands(&self) -> FredResult<WithOptions<Pool>> {
        self.link.commands()
    }

    /// One connection.
    fn connection(&self) -> Result<WithOptions<Client>> {
        self.link.connection().map_err(|error| self.fault(&error))
    }

    async fn run<R: FromValue>(&self, script: &Script, keys: Vec<String>, args: Vec<Value>) -> Result<R> {
        let connection = self.connection()?;
        self.link.run(&connection, script, keys, args).await.map_err(|error| self.fault(&error))
    }

    /// Runs a script that writes to the first key, and answers once as many replicas have it as are asked for.
    async fn run_acknowledged<R: FromValue>(&self, script: &Script, keys: Vec<String>, args: Vec<Value>) -> Result<R> {
        let (connection, first) = (self.connection()?, keys.first().cloned().unwrap_or_default());
        let answer = self.link.run(&connection, script, keys, args).await.map_err(|error| self.fault(&error))?;
        self.link.await_replicas(&connection, &first).await.map_err(|error| self.fault(&error))?;
        Ok(answer)
    }

    fn fault(&self, error: &Error) -> StoreFault {
        self.link.report(error.details());
        StoreFault(packed::name_damage(error.details()).map_or_else(|| error.to_string(), str::to_owned))
    }
}

#[expect(clippy::needless_pass_by_value, reason = "numbers and texts alike are read better as values")]
fn text(number: impl ToString) -> Value {
    Value::from(number.to_string())
}

fn bytes(bytes: Vec<u8>) -> Value {
    Value::Bytes(bytes.into())
}

fn millis(now: Timestamp) -> Value {
    text(now.as_millis())
}

fn span_millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// An entry, the last index to keep and the time to live, as the scripts want them.
fn entry_args(entry: &LogEntry, now: Timestamp) -> [Value; 3] {
    let last = i64::try_from(entry.most).unwrap_or(i64::MAX).saturating_sub(1);
    [bytes(packed::entry(entry.ends, &entry.value)), text(last), text(packed::ttl_text(entry.ends, now))]
}

/// The waits after failure number `free_attempts`, `free_attempts + 1`, … up to the one that holds from then on.
fn waits(policy: &Policy) -> Vec<Value> {
    (policy.free_attempts..=policy.settles_at())
        .map(|failures| text(span_millis(policy.wait_after(failures))))
        .collect()
}

#[async_trait]
impl Store for RedisStore {
    async fn load(&self, key: &Key, now: Timestamp) -> Result<Option<Stored>> {
        let found: Option<Vec<u8>> =
            self.connection()?.get(name(Kind::Record, key)).await.map_err(|error| self.fault(&error))?;
        found.map_or(Ok(None), |bytes| packed::read_record(bytes, now))
    }

    async fn write(&self, write: Write, now: Timestamp) -> Result<Written> {
        let revision = match write.revision {
            Some(again) => again,
            None => Revision(random()?),
        };
        let SideEffects { reset, event, records, tally } = write.effects;
        let record = name(Kind::Record, &write.key);
        let or_none = |name: Option<String>| name.unwrap_or_else(|| record.clone());
        let mut keys = vec![
            record.clone(),
            or_none(reset.as_ref().map(|count| name(Kind::Count, count))),
            or_none(event.as_ref().map(|event| name(Kind::Log, &event.log))),
            or_none(tally.as_ref().map(|tally| name(Kind::Tally, &tally.key))),
        ];
        let mut args = vec![
            millis(now),
            bytes(packed::expected(write.expect)),
            bytes(packed::record(revision, write.ends, &write.value)),
            text(packed::ttl_text(write.ends, now)),
            text(u8::from(reset.is_some())),
        ];
        args.extend(event.as_ref().map_or([text(""), text(""), text("")], |event| entry_args(event, now)));
        args.extend(tally.map_or([text(""), text("")], |tally| [text(tally.by), text(tally.most)]));
        for (key, value) in records {
            keys.push(name(Kind::Record, &key));
            args.push(bytes(value.map(|value| packed::record(revision, None, &value)).unwrap_or_default()));
        }
        match self.run_acknowledged(&scripts::WRITE, keys, args).await? {
            0 => Ok(Written::Conflict),
            1 => Ok(Written::Done(revision)),
            2 => Ok(Written::Full),
            3_i64.. | ..0 => Err(unclear()),
        }
    }

    async fn delete(&self, key: &Key, expect: Expect, now: Timestamp) -> Result<bool> {
        let args = vec![millis(now), bytes(packed::expected(expect))];
        let deleted: i64 = self.run_acknowledged(&scripts::DELETE, vec![name(Kind::Record, key)], args).await?;
        Ok(deleted == 1)
    }

    async fn take(&self, key: &Key, now: Timestamp) -> Result<Option<Vec<u8>>> {
        let (connection, key) = (self.connection()?, name(Kind::Record, key));
        let taken: Option<Vec<u8>> = connection.getdel(&key).await.map_err(|error| self.fault(&error))?;
        if taken.is_some() {
            self.link.await_replicas(&connection, &key).await.map_err(|error| self.fault(&error))?;
        }
        let live = taken.map_or(Ok(None), |bytes| packed::read_record(bytes, now))?;
        Ok(live.map(|stored| stored.value))
    }

    async fn attempt(
        &self,
        count: &Key,
        policy: &Policy,
        record: &Key,
        now: Timestamp,
    ) -> Result<(Attempt, Option<Stored>)> {
        let forgotten = now + policy.memory;
        let mut args = vec![millis(now), text(policy.blocked_at), text(policy.free_attempts)];
        args.extend([millis(forgotten), text(packed::ttl(forgotten, now))]);
        args.extend(waits(policy));
        let keys = vec![name(Kind::Count, count), name(Kind::Record, record)];
        let (answer, number, record): (String, i64, Option<Vec<u8>>) = self.run(&scripts::ATTEMPT, keys, args).await?;
        match (answer.as_str(), number) {
            ("go", failures) => {
                let failures = u32::try_from(failures).map_err(|_| unclear())?;
                let record = record.map_or(Ok(None), |bytes| packed::read_record(bytes, now))?;
                Ok((Attempt::Go(failures), record))
            }
            ("wait", until) => Ok((Attempt::Wait(Timestamp::from_millis(until)), None)),
            ("blocked", _) => Ok((Attempt::Blocked, None)),
            _ => Err(unclear()),
        }
    }

    async fn take_back(&self, count: &Key, attempt: u32, now: Timestamp) -> Result<()> {
        let (keys, args) = (vec![name(Kind::Count, count)], vec![millis(now), text(attempt)]);
        self.run::<i64>(&scripts::TAKE_BACK, keys, args).await.map(drop)
    }

    async fn tally(&self, tally: &Tally) -> Result<Option<u64>> {
        let (keys, args) = (vec![name(Kind::Tally, &tally.key)], vec![text(tally.by), text(tally.most)]);
        let sum: i64 = self.run(&scripts::TALLY, keys, args).await?;
        Ok(u64::try_from(sum).ok())
    }

    async fn standing(&self, count: &Key, now: Timestamp) -> Result<ThrottleState> {
        let found: Option<Vec<u8>> =
            self.connection()?.get(name(Kind::Count, count)).await.map_err(|error| self.fault(&error))?;
        found.map_or(Ok(ThrottleState::NONE), |bytes| packed::read_standing(&bytes, now))
    }

    async fn reset_attempts(&self, count: &Key) -> Result<()> {
        self.connection()?.del(name(Kind::Count, count)).await.map_err(|error| self.fault(&error))
    }

    async fn count(&self, key: &Key, window: &Window, now: Timestamp) -> Result<Count> {
        let member = format!("{:016x}", random()?);
        let ttl = packed::ttl(now + window.span, now);
        let args = vec![millis(now), text(span_millis(window.span)), text(window.limit), text(member), text(ttl)];
        let (within, number): (i64, i64) = self.run(&scripts::COUNT, vec![name(Kind::Window, key)], args).await?;
        if within == 1 {
            return Ok(Count::Within(u32::try_from(number).map_err(|_| unclear())?));
        }
        Ok(Count::Over(Timestamp::from_millis(number)))
    }

    async fn full_until(&self, key: &Key, window: &Window, now: Timestamp) -> Result<Option<Timestamp>> {
        let Some(newer) = window.limit.checked_sub(1).map(i64::from) else { return Ok(window.full_until(None, now)) };
        let key = name(Kind::Window, key);
        let deciding = self.connection()?.zrevrange(key, newer, newer, true).await;
        let deciding: Vec<(Vec<u8>, f64)> = deciding.map_err(|error| self.fault(&error))?;
        // Scores are whole numbers of milliseconds, far below where floating point begins to round them.
        #[expect(clippy::cast_possible_truncation, reason = "whole numbers")]
        let deciding = deciding.first().map(|(_, score)| Timestamp::from_millis(*score as i64));
        Ok(window.full_until(deciding, now))
    }

    async fn append(&self, entry: LogEntry, now: Timestamp) -> Result<()> {
        let mut args = vec![millis(now)];
        args.extend(entry_args(&entry, now));
        self.run::<()>(&scripts::APPEND, vec![name(Kind::Log, &entry.log)], args).await
    }

    async fn recent(&self, log: &Key, most: usize, now: Timestamp) -> Result<Vec<Vec<u8>>> {
        let Some(last) = most.checked_sub(1) else { return Ok(Vec::new()) };
        let last = i64::try_from(last).unwrap_or(i64::MAX);
        let entries: Vec<Vec<u8>> =
            self.connection()?.lrange(name(Kind::Log, log), 0, last).await.map_err(|error| self.fault(&error))?;
        packed::read_log(entries, now)
    }

    async fn enqueue(&self, job: NewJob, now: Timestamp) -> Result<()> {
        let NewJob { lane, value, due, ends } = job;
        let end = packed::entry(Some(ends), &[]);
        let args = vec![millis(due), bytes(end), bytes(value), text(packed::ttl(ends, now)), text(JOB)];
        self.run::<()>(&scripts::ENQUEUE, vec![due_in(lane).to_owned(), LAST_ID.to_owned()], args).await
    }

    async fn lease(&self, lane: Lane, until: Timestamp, now: Timestamp) -> Result<Option<LeasedJob>> {
        loop {
            let furthest = millis(now + LONGEST_PUT_OFF);
            let args = vec![millis(now), millis(until), furthest, text(JOB), text(DROPS), text(DAMAGED_JOB)];
            let answer: Vec<Vec<u8>> = self.run(&scripts::LEASE, vec![due_in(lane).to_owned()], args).await?;
            let mut answer = answer.into_iter();
            match (answer.next(), answer.next()) {
                (Some(sign), Some(job)) if sign == b"damaged" => {
                    report_damage("job", &String::from_utf8_lossy(&job));
                }
                (Some(name), Some(job)) => return packed::read_job(lane, &name, job).map(Some),
                (Some(_), None) => {}
                (None, _) => return Ok(None),
            }
        }
    }

    async fn finish(&self, job: JobId) -> Result<()> {
        let name = packed::job_name(job.number);
        let keys = vec![due_in(job.lane).to_owned(), format!("{JOB}{name}")];
        self.run::<()>(&scripts::FINISH, keys, vec![text(name)]).await
    }

    async fn postpone(&self, job: JobId, due: Timestamp) -> Result<()> {
        let args = vec![millis(due), text(packed::job_name(job.number))];
        self.run::<()>(&scripts::POSTPONE, vec![due_in(job.lane).to_owned()], args).await
    }

    async fn slots(&self, name: &str, now: Timestamp) -> Result<Vec<String>> {
        let found = walk::slots(&self.link, name, now).await.map_err(|error| self.fault(&error))?;
        Ok(found.into_iter().collect())
    }

    async fn is_vacant(&self, but: &[Key]) -> Result<bool> {
        let but: Vec<_> = but.iter().map(|key| name(Kind::Record, key)).collect();
        walk::is_vacant(&self.link, &but).await.map_err(|error| self.fault(&error))
    }

    async fn ping(&self) -> Result<()> {
        for node in self.link.nodes().await.map_err(|error| self.fault(&error))? {
            node.map_err(|error| self.fault(&error))?.check().map_err(StoreFault)?;
        }
        Ok(())
    }
}

fn random() -> Result<u64> {
    getrandom::u64().map_err(|error| StoreFault(error.to_string()))
}

fn unclear() -> StoreFault {
    StoreFault("Redis answered what makes no sense".to_owned())
}
