//! How rows of each kind are packed: fixed-width numbers first, most significant byte first, then bytes as they are.

use postern_core::model::Timestamp;
use postern_core::port::{Revision, Stored};
use postern_core::rules::throttle::ThrottleState;

use super::rows::{Result, damaged};

pub(super) fn record(revision: Revision, value: &[u8]) -> Vec<u8> {
    [&revision.0.to_be_bytes()[..], value].concat()
}

pub(super) fn read_record(mut payload: Vec<u8>) -> Result<Stored> {
    let revision = *payload.first_chunk().ok_or_else(|| damaged("record"))?;
    payload.drain(..8);
    Ok(Stored { value: payload, revision: Revision(u64::from_be_bytes(revision)) })
}

pub(super) fn standing(standing: ThrottleState) -> Vec<u8> {
    [&standing.failures.to_be_bytes()[..], &standing.not_before.as_millis().to_be_bytes()].concat()
}

pub(super) fn read_standing(payload: &[u8]) -> Result<ThrottleState> {
    let (failures, not_before) = payload.split_first_chunk().ok_or_else(|| damaged("count"))?;
    let not_before = i64::from_be_bytes(not_before.try_into().map_err(|_| damaged("count"))?);
    Ok(ThrottleState { failures: u32::from_be_bytes(*failures), not_before: Timestamp::from_millis(not_before) })
}

pub(super) fn times(times: &[Timestamp]) -> Vec<u8> {
    times.iter().flat_map(|time| time.as_millis().to_be_bytes()).collect()
}

pub(super) fn read_times(payload: &[u8]) -> Vec<Timestamp> {
    let (times, _) = payload.as_chunks();
    times.iter().map(|time| Timestamp::from_millis(i64::from_be_bytes(*time))).collect()
}

/// The numbers of a log's entries: the first that is kept, and the next to come.
pub(super) fn span(first: u64, next: u64) -> Vec<u8> {
    [first.to_be_bytes(), next.to_be_bytes()].concat()
}

pub(super) fn read_span(payload: &[u8]) -> Result<(u64, u64)> {
    let (first, next) = payload.split_first_chunk().ok_or_else(|| damaged("log"))?;
    Ok((u64::from_be_bytes(*first), read_id(next)?))
}

pub(super) fn read_id(bytes: &[u8]) -> Result<u64> {
    Ok(u64::from_be_bytes(bytes.try_into().map_err(|_| damaged("number"))?))
}

/// When a job is due, how often it was leased, and what it is.
pub(super) fn job(due: i64, lease: u32, value: &[u8]) -> Vec<u8> {
    [&due.to_be_bytes()[..], &lease.to_be_bytes(), value].concat()
}

pub(super) fn read_job(mut payload: Vec<u8>) -> Result<(i64, u32, Vec<u8>)> {
    let (due, rest) = payload.split_first_chunk().ok_or_else(|| damaged("job"))?;
    let (due, lease) =
        (i64::from_be_bytes(*due), u32::from_be_bytes(*rest.first_chunk().ok_or_else(|| damaged("job"))?));
    payload.drain(..12);
    Ok((due, lease, payload))
}
