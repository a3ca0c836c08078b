//! How values are packed in Redis: fixed-width numbers first, most significant byte first, so that a script can
//! judge a record by its head, and 64-bit revisions never pass through Lua's floating point.

use postern_core::model::Timestamp;
use postern_core::port::{Expect, JobId, Lane, LeasedJob, Revision, StoreFault, Stored};
use postern_core::rules::throttle::ThrottleState;

type Result<T> = std::result::Result<T, StoreFault>;

/// Real time that Redis keeps things beyond their end, for clocks that do not quite agree.
const GRACE: i64 = 60_000;
/// How long the head of a record is: its revision and its end.
pub(super) const HEAD: usize = 16;
/// The longest time to live that is asked for: a hundred years.
const LONGEST: i64 = 100 * 365 * 24 * 3_600_000;

/// How long Redis is to keep what ends then: relative, since its clock need not be ours.
pub(super) fn ttl(ends: Timestamp, now: Timestamp) -> i64 {
    ends.as_millis().saturating_sub(now.as_millis()).clamp(0, LONGEST) + GRACE
}

/// As text for a script; empty for what stays.
pub(super) fn ttl_text(ends: Option<Timestamp>, now: Timestamp) -> String {
    ends.map_or_else(String::new, |ends| ttl(ends, now).to_string())
}

/// What is damaged, if that is what an error of a script or a command is about: a value that is too short, is no number
/// or is of another type.
pub(super) fn name_damage(error: &str) -> Option<&'static str> {
    let signs = ["data string too short", "attempt to perform arithmetic on", "WRONGTYPE"];
    signs.iter().any(|sign| error.contains(sign)).then_some("a damaged value in Redis")
}

/// Of a kind, so that the log tells what to look for.
fn damaged(kind: &str) -> StoreFault {
    StoreFault(format!("a damaged {kind} in Redis"))
}

fn end_bytes(ends: Option<Timestamp>) -> [u8; 8] {
    ends.map_or(i64::MAX, Timestamp::as_millis).to_be_bytes()
}

pub(super) fn expected(expect: Expect) -> Vec<u8> {
    match expect {
        Expect::Absent => Vec::new(),
        Expect::Anything => b"*".to_vec(),
        Expect::Revision(revision) => revision.0.to_be_bytes().to_vec(),
    }
}

pub(super) fn record(revision: Revision, ends: Option<Timestamp>, value: &[u8]) -> Vec<u8> {
    [&revision.0.to_be_bytes()[..], &end_bytes(ends), value].concat()
}

/// The record, unless it has ended.
pub(super) fn read_record(mut bytes: Vec<u8>, now: Timestamp) -> Result<Option<Stored>> {
    let (revision, rest) = bytes.split_first_chunk().ok_or_else(|| damaged("record"))?;
    let revision = Revision(u64::from_be_bytes(*revision));
    let ends = i64::from_be_bytes(*rest.first_chunk().ok_or_else(|| damaged("record"))?);
    bytes.drain(..HEAD);
    Ok((ends > now.as_millis()).then_some(Stored { value: bytes, revision }))
}

/// Whether a record with this head has not ended. None has an empty one.
pub(super) fn lives(head: &[u8], now: Timestamp) -> bool {
    head.last_chunk().is_some_and(|ends| head.len() == HEAD && i64::from_be_bytes(*ends) > now.as_millis())
}

/// A count that is not forgotten.
pub(super) fn read_standing(bytes: &[u8], now: Timestamp) -> Result<ThrottleState> {
    let (failures, rest) = bytes.split_first_chunk().ok_or_else(|| damaged("count"))?;
    let (not_before, rest) = rest.split_first_chunk().ok_or_else(|| damaged("count"))?;
    let forgotten = i64::from_be_bytes(*rest.first_chunk().ok_or_else(|| damaged("count"))?);
    if forgotten <= now.as_millis() {
        return Ok(ThrottleState::NONE);
    }
    let not_before = Timestamp::from_millis(i64::from_be_bytes(*not_before));
    Ok(ThrottleState { failures: u32::from_be_bytes(*failures), not_before })
}

/// Used for an entry of a log, and, by the script that adds the lease in front, for a job.
pub(super) fn entry(ends: Option<Timestamp>, value: &[u8]) -> Vec<u8> {
    [&end_bytes(ends)[..], value].concat()
}

/// The values of a log, unless its newest entry says that it has ended.
pub(super) fn read_log(entries: Vec<Vec<u8>>, now: Timestamp) -> Result<Vec<Vec<u8>>> {
    let Some(newest) = entries.first() else { return Ok(Vec::new()) };
    if i64::from_be_bytes(*newest.first_chunk().ok_or_else(|| damaged("log"))?) <= now.as_millis() {
        return Ok(Vec::new());
    }
    entries.into_iter().map(|entry| entry.get(8..).map(<[u8]>::to_vec).ok_or_else(|| damaged("log"))).collect()
}

pub(super) fn job_name(id: u64) -> String {
    format!("{id:016}")
}

pub(super) fn read_job(lane: Lane, name: &[u8], mut bytes: Vec<u8>) -> Result<LeasedJob> {
    let number = std::str::from_utf8(name).ok().and_then(|name| name.parse().ok()).ok_or_else(|| damaged("job"))?;
    let (lease, rest) = bytes.split_first_chunk().ok_or_else(|| damaged("job"))?;
    let lease = u32::from_be_bytes(*lease);
    let ends = Timestamp::from_millis(i64::from_be_bytes(*rest.first_chunk().ok_or_else(|| damaged("job"))?));
    bytes.drain(..12);
    Ok(LeasedJob { id: JobId { lane, number }, value: bytes, lease, ends })
}
