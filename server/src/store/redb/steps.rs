//! What each promise of the port does to the tables, inside one write.
//!
//! What may be damaged is read before anything is changed: then only the caller that asked for it gets the fault.

use std::time::Duration;

use postern_core::model::Timestamp;
use postern_core::port::{
    Count, Expect, JobId, Key, Lane, LeasedJob, LogEntry, NewJob, Revision, SideEffects, Stored, Tally, Window, Write,
    Written,
};
use postern_core::rules::throttle::{Attempt, Policy, ThrottleState};

use super::packed;
use super::rows::{Kind, Result, Row, Tables, damaged_job_key, is_damage, job_key, row_key};

/// How long a job that cannot be read is kept to be looked at.
const DAMAGED_JOB_LASTS: Duration = Duration::from_hours(30 * 24);

pub(super) fn write(tables: &mut Tables<'_>, write: Write, now: Timestamp) -> Result<Written> {
    let key = row_key(Kind::Record, &write.key);
    if !write.expect.is_met_by(revision_of(tables, &key, now)?) {
        return Ok(Written::Conflict);
    }
    if let Some(change) = &write.effects.tally
        && tally(tables, change)?.is_none()
    {
        return Ok(Written::Full);
    }
    let revision = match write.revision {
        Some(again) => again,
        None => Revision(tables.next_number()?),
    };
    tables.put(&key, &Row::new(write.ends, packed::record(revision, &write.value)))?;
    effects(tables, write.effects, revision, now)?;
    Ok(Written::Done(revision))
}

/// The sum after its change, if it has room. A sum of nothing leaves nothing behind.
pub(super) fn tally(tables: &mut Tables<'_>, tally: &Tally) -> Result<Option<u64>> {
    let key = row_key(Kind::Tally, &tally.key);
    let sum = tables.get(&key)?.map_or(Ok(0), |row| packed::read_id(&row.payload))?;
    let after = tally.after(sum);
    match after {
        Some(after) if after == sum => {}
        Some(0) => tables.remove(&key)?,
        Some(after) => tables.put(&key, &Row::new(None, after.to_be_bytes().to_vec()))?,
        None => {}
    }
    Ok(after)
}

fn effects(tables: &mut Tables<'_>, effects: SideEffects, revision: Revision, now: Timestamp) -> Result<()> {
    for (key, value) in effects.records {
        let key = row_key(Kind::Record, &key);
        match value {
            Some(value) => tables.put(&key, &Row::new(None, packed::record(revision, &value)))?,
            None => tables.remove(&key)?,
        }
    }
    if let Some(count) = effects.reset {
        reset_attempts(tables, &count)?;
    }
    effects.event.map_or(Ok(()), |entry| append(tables, &entry, now))
}

fn revision_of(tables: &Tables<'_>, key: &[u8], now: Timestamp) -> Result<Option<Revision>> {
    let row = tables.live(key, now)?;
    row.map(|row| packed::read_record(row.payload).map(|stored| stored.revision)).transpose()
}

pub(super) fn delete(tables: &mut Tables<'_>, key: &Key, expect: Expect, now: Timestamp) -> Result<bool> {
    let key = row_key(Kind::Record, key);
    let there = revision_of(tables, &key, now)?;
    let delete = there.is_some() && expect.is_met_by(there);
    if delete {
        tables.remove(&key)?;
    }
    Ok(delete)
}

pub(super) fn take(tables: &mut Tables<'_>, key: &Key, now: Timestamp) -> Result<Option<Vec<u8>>> {
    let key = row_key(Kind::Record, key);
    let Some(row) = tables.live(&key, now)? else { return Ok(None) };
    let stored = packed::read_record(row.payload)?;
    tables.remove(&key)?;
    Ok(Some(stored.value))
}

pub(super) fn attempt(
    tables: &mut Tables<'_>,
    count: &Key,
    policy: &Policy,
    record: &Key,
    now: Timestamp,
) -> Result<(Attempt, Option<Stored>)> {
    let count = row_key(Kind::Count, count);
    let row = tables.live(&count, now)?;
    let before = row.as_ref().map_or(Ok(ThrottleState::NONE), |row| packed::read_standing(&row.payload))?;
    let (after, answer) = policy.attempt(before, now);
    let forgotten = now + policy.memory;
    if !matches!(answer, Attempt::Go(_)) {
        // What a clock that was ahead left is kept as it is judged.
        if let Some(row) = row.filter(|row| after != before || row.ends > forgotten.as_millis()) {
            let ends = row.ends.min(forgotten.as_millis());
            tables.put(&count, &Row { ends, payload: packed::standing(after) })?;
        }
        return Ok((answer, None));
    }
    let record = tables.live(&row_key(Kind::Record, record), now)?;
    let record = record.map(|row| packed::read_record(row.payload)).transpose()?;
    tables.put(&count, &Row::new(Some(forgotten), packed::standing(after)))?;
    Ok((answer, record))
}

pub(super) fn take_back(tables: &mut Tables<'_>, count: &Key, attempt: u32, now: Timestamp) -> Result<()> {
    let count = row_key(Kind::Count, count);
    let Some(row) = tables.live(&count, now)? else { return Ok(()) };
    let before = packed::read_standing(&row.payload)?;
    let after = before.without(attempt);
    if after == before {
        return Ok(());
    }
    tables.put(&count, &Row { ends: row.ends, payload: packed::standing(after) })
}

pub(super) fn reset_attempts(tables: &mut Tables<'_>, count: &Key) -> Result<()> {
    tables.remove(&row_key(Kind::Count, count))
}

pub(super) fn count(tables: &mut Tables<'_>, key: &Key, window: &Window, now: Timestamp) -> Result<Count> {
    let key = row_key(Kind::Window, key);
    let mut times = tables.get(&key)?.map_or_else(Vec::new, |row| packed::read_times(&row.payload));
    let are_ahead = times.last().is_some_and(|newest| *newest > now);
    let answer = window.count(&mut times, now);
    if are_ahead || matches!(answer, Count::Within(_)) {
        let ends = times.last().map(|newest| *newest + window.span);
        tables.put(&key, &Row::new(ends, packed::times(&times)))?;
    }
    Ok(answer)
}

/// The number of a log's first live entry, and of the next to come.
fn span_of(tables: &Tables<'_>, log: &[u8], now: Timestamp) -> Result<(u64, u64)> {
    let Some(row) = tables.get(log)? else { return Ok((0, 0)) };
    let (first, next) = packed::read_span(&row.payload)?;
    Ok((if row.lives(now) { first } else { next }, next))
}

pub(super) fn append(tables: &mut Tables<'_>, entry: &LogEntry, now: Timestamp) -> Result<()> {
    let key = row_key(Kind::Log, &entry.log);
    let (mut first, next) = match span_of(tables, &key, now) {
        // A damaged log begins anew: what it tells of is not to hold up what happens.
        Err(error) if is_damage(&error) => {
            tables.remove_entries(&key, 0..=u64::MAX)?;
            (0, 0)
        }
        span => span?,
    };
    tables.put_entry(&key, next, &entry.value)?;
    let next = next + 1;
    first = first.max(next.saturating_sub(u64::try_from(entry.most).unwrap_or(u64::MAX)));
    if let Some(last_dropped) = first.checked_sub(1) {
        tables.remove_entries(&key, 0..=last_dropped)?;
    }
    tables.put(&key, &Row::new(entry.ends, packed::span(first, next)))
}

pub(super) fn enqueue(tables: &mut Tables<'_>, job: &NewJob) -> Result<()> {
    let number = tables.next_number()?;
    let due = job.due.as_millis();
    tables.set_due(due, JobId { lane: job.lane, number })?;
    tables.put(&job_key(number), &Row::new(Some(job.ends), packed::job(due, 0, &job.value)))
}

/// What a lease found.
#[derive(Default)]
pub(super) struct Leased {
    pub(super) job: Option<LeasedJob>,
    /// Jobs that cannot be read, now set aside.
    pub(super) damaged: Vec<u64>,
}

pub(super) fn lease(tables: &mut Tables<'_>, lane: Lane, until: Timestamp, now: Timestamp) -> Result<Leased> {
    let mut leased = Leased::default();
    while let Some((due, number)) = tables.next_due(lane, now)? {
        let id = JobId { lane, number };
        tables.unset_due(due, id)?;
        match read_job(tables, number) {
            Ok(Some((row, leases, value))) if row.lives(now) => {
                let lease = leases.saturating_add(1);
                tables.set_due(until.as_millis(), id)?;
                let payload = packed::job(until.as_millis(), lease, &value);
                tables.put(&job_key(number), &Row { ends: row.ends, payload })?;
                leased.job = Some(LeasedJob { id, value, lease, ends: Timestamp::from_millis(row.ends) });
                break;
            }
            Ok(_) => tables.remove(&job_key(number))?,
            Err(error) if is_damage(&error) => {
                set_aside(tables, number, now)?;
                leased.damaged.push(number);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(leased)
}

/// A job's row, how often it was leased, and what it is.
fn read_job(tables: &Tables<'_>, id: u64) -> Result<Option<(Row, u32, Vec<u8>)>> {
    let Some(mut row) = tables.get(&job_key(id))? else { return Ok(None) };
    let (_, lease, value) = packed::read_job(std::mem::take(&mut row.payload))?;
    Ok(Some((row, lease, value)))
}

fn set_aside(tables: &mut Tables<'_>, id: u64, now: Timestamp) -> Result<()> {
    let bytes = tables.raw(&job_key(id))?.unwrap_or_default();
    tables.remove(&job_key(id))?;
    tables.put(&damaged_job_key(id), &Row::new(Some(now + DAMAGED_JOB_LASTS), bytes))
}

/// When a job is due. Of one that is not there, or cannot be read, it is not known; its lease finds nothing then.
fn due_of(tables: &Tables<'_>, number: u64) -> Result<Option<i64>> {
    let due = tables.get(&job_key(number)).and_then(|row| {
        let due = row.map(|row| packed::read_job(row.payload).map(|(due, ..)| due));
        due.transpose()
    });
    match due {
        Err(error) if is_damage(&error) => Ok(None),
        due => due,
    }
}

pub(super) fn finish(tables: &mut Tables<'_>, id: JobId) -> Result<()> {
    if let Some(due) = due_of(tables, id.number)? {
        tables.unset_due(due, id)?;
    }
    tables.remove(&job_key(id.number))
}

pub(super) fn postpone(tables: &mut Tables<'_>, id: JobId, to: Timestamp) -> Result<()> {
    if let Some(row) = tables.get(&job_key(id.number))? {
        let (due, lease, value) = packed::read_job(row.payload)?;
        tables.unset_due(due, id)?;
        tables.set_due(to.as_millis(), id)?;
        let payload = packed::job(to.as_millis(), lease, &value);
        tables.put(&job_key(id.number), &Row { ends: row.ends, payload })?;
    }
    Ok(())
}

/// Removes what has ended, with all that hangs on it; at most `most` rows. Answers how many.
pub(super) fn sweep(tables: &mut Tables<'_>, now: Timestamp, most: usize) -> Result<usize> {
    let ended = tables.ended(now, most)?;
    for (end, key) in &ended {
        tables.forget_end(*end, key)?;
        match key.split_first() {
            Some((kind, number)) if *kind == Kind::Job as u8 => {
                let number = packed::read_id(number)?;
                if let Some(due) = due_of(tables, number)? {
                    // A row does not say which lane it is in.
                    Lane::ALL.iter().try_for_each(|lane| tables.unset_due(due, JobId { lane: *lane, number }))?;
                }
            }
            Some((kind, _)) if *kind == Kind::Log as u8 => tables.remove_entries(key, 0..=u64::MAX)?,
            _ => {}
        }
        tables.remove(key)?;
    }
    Ok(ended.len())
}
