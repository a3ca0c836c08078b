//! The tables of the embedded store: rows that may end, with an index of ends so that a sweep reads only what it removes.

use std::ops::RangeInclusive;

use postern_core::model::Timestamp;
use postern_core::port::{JobId, Key, LONGEST_PUT_OFF, Lane};
use redb::{ReadTransaction, ReadableTable, Table, TableDefinition, TableError, WriteTransaction};

pub(super) type Result<T> = std::result::Result<T, redb::Error>;

/// Row key to its end (8 bytes) and payload.
const ROWS: TableDefinition<&[u8], &[u8]> = TableDefinition::new("rows");
/// (end, row key) of every row that has an end.
const ENDS: TableDefinition<(i64, &[u8]), ()> = TableDefinition::new("ends");
/// (log's row key, number) to an entry.
const ENTRIES: TableDefinition<(&[u8], u64), &[u8]> = TableDefinition::new("entries");
/// (when a job of the urgent lane is due, its number).
const DUE: TableDefinition<(i64, u64), ()> = TableDefinition::new("due");
/// The same of the bulk lane.
const DUE_IN_BULK: TableDefinition<(i64, u64), ()> = TableDefinition::new("due in bulk");
/// The last number drawn, and the layout of this file.
const NUMBERS: TableDefinition<&str, u64> = TableDefinition::new("numbers");

/// The layout that this code reads and writes. A file of a later one is refused.
pub(super) const LAYOUT: u64 = 1;

/// What kind of thing a row is: the first byte of its key, so that one [`Key`] can name one of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Record = b'r' as isize,
    Count = b'c' as isize,
    Window = b'w' as isize,
    Log = b'l' as isize,
    Job = b'j' as isize,
    Tally = b't' as isize,
    /// A job that cannot be read, as it was found.
    DamagedJob = b'x' as isize,
}

/// Kind, length of the slot, slot, name: no two keys give the same bytes.
pub(super) fn row_key(kind: Kind, key: &Key) -> Vec<u8> {
    let (slot, name) = (key.slot().as_bytes(), key.name().as_bytes());
    [&[kind as u8][..], &(slot.len() as u64).to_be_bytes(), slot, name].concat()
}

/// The slot of a record's key, if the record has this name.
fn slot_of_record(key: &[u8], name: &str) -> Option<String> {
    let (length, rest) = key.strip_prefix(&[Kind::Record as u8])?.split_first_chunk()?;
    let (slot, rest) = rest.split_at_checked(usize::try_from(u64::from_be_bytes(*length)).ok()?)?;
    (rest == name.as_bytes()).then(|| String::from_utf8_lossy(slot).into_owned())
}

pub(super) fn job_key(id: u64) -> Vec<u8> {
    [&[Kind::Job as u8][..], &id.to_be_bytes()].concat()
}

pub(super) fn damaged_job_key(id: u64) -> Vec<u8> {
    [&[Kind::DamagedJob as u8][..], &id.to_be_bytes()].concat()
}

/// A row: when it ends ([`Row::STAYS`]: never) and what it holds.
pub(super) struct Row {
    pub(super) ends: i64,
    pub(super) payload: Vec<u8>,
}

impl Row {
    pub(super) const STAYS: i64 = i64::MAX;

    pub(super) fn new(ends: Option<Timestamp>, payload: Vec<u8>) -> Self {
        Self { ends: ends.map_or(Self::STAYS, Timestamp::as_millis), payload }
    }

    pub(super) fn lives(&self, now: Timestamp) -> bool {
        self.ends > now.as_millis()
    }

    fn read(bytes: &[u8]) -> Result<Self> {
        let (ends, payload) = bytes.split_first_chunk().ok_or_else(|| damaged("row"))?;
        Ok(Self { ends: i64::from_be_bytes(*ends), payload: payload.to_vec() })
    }
}

/// How the errors of rows begin that redb returned as they were written, but that cannot be read.
const DAMAGED: &str = "a damaged ";

/// A row of this kind that cannot be read.
pub(super) fn damaged(kind: &str) -> redb::Error {
    redb::Error::Corrupted(format!("{DAMAGED}{kind} in the embedded store"))
}

/// Whether an error is about one row alone, not about the file.
pub(super) fn is_damage(error: &redb::Error) -> bool {
    matches!(error, redb::Error::Corrupted(what) if what.starts_with(DAMAGED))
}

/// The tables inside a write.
pub(super) struct Tables<'txn> {
    rows: Table<'txn, &'static [u8], &'static [u8]>,
    ends: Table<'txn, (i64, &'static [u8]), ()>,
    entries: Table<'txn, (&'static [u8], u64), &'static [u8]>,
    due: Table<'txn, (i64, u64), ()>,
    due_in_bulk: Table<'txn, (i64, u64), ()>,
    numbers: Table<'txn, &'static str, u64>,
    /// Changes so far. Without any there is nothing to commit.
    pub(super) changes: u64,
}

impl<'txn> Tables<'txn> {
    /// Creates them if they are not there.
    pub(super) fn open(transaction: &'txn WriteTransaction) -> Result<Self> {
        Ok(Self {
            rows: transaction.open_table(ROWS)?,
            ends: transaction.open_table(ENDS)?,
            entries: transaction.open_table(ENTRIES)?,
            due: transaction.open_table(DUE)?,
            due_in_bulk: transaction.open_table(DUE_IN_BULK)?,
            numbers: transaction.open_table(NUMBERS)?,
            changes: 0,
        })
    }

    pub(super) fn number(&self, name: &str) -> Result<Option<u64>> {
        Ok(self.numbers.get(name)?.map(|number| number.value()))
    }

    pub(super) fn set_number(&mut self, name: &str, number: u64) -> Result<()> {
        self.changes += 1;
        self.numbers.insert(name, number)?;
        Ok(())
    }

    /// A number that was never drawn before from this file.
    pub(super) fn next_number(&mut self) -> Result<u64> {
        let next = self.number("last")?.unwrap_or(0) + 1;
        self.set_number("last", next)?;
        Ok(next)
    }

    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Row>> {
        self.rows.get(key)?.map(|bytes| Row::read(bytes.value())).transpose()
    }

    pub(super) fn live(&self, key: &[u8], now: Timestamp) -> Result<Option<Row>> {
        Ok(self.get(key)?.filter(|row| row.lives(now)))
    }

    pub(super) fn put(&mut self, key: &[u8], row: &Row) -> Result<()> {
        self.changes += 1;
        let bytes = [&row.ends.to_be_bytes()[..], &row.payload].concat();
        let before = self.rows.insert(key, bytes.as_slice())?.and_then(|old| old.value().first_chunk().copied());
        let before = before.map_or(Row::STAYS, i64::from_be_bytes);
        if before != row.ends {
            self.ends.remove((before, key))?;
            if row.ends != Row::STAYS {
                self.ends.insert((row.ends, key), ())?;
            }
        }
        Ok(())
    }

    pub(super) fn remove(&mut self, key: &[u8]) -> Result<()> {
        let Some(before) = self.rows.remove(key)?.map(|old| old.value().first_chunk().copied()) else { return Ok(()) };
        self.changes += 1;
        if let Some(before) = before {
            self.ends.remove((i64::from_be_bytes(before), key))?;
        }
        Ok(())
    }

    /// The bytes of a row as they are.
    pub(super) fn raw(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        Ok(self.rows.get(key)?.map(|bytes| bytes.value().to_vec()))
    }

    /// The ends and keys of rows that have ended by `now`, at most `most`, longest ended first.
    pub(super) fn ended(&self, now: Timestamp, most: usize) -> Result<Vec<(i64, Vec<u8>)>> {
        let until = now.as_millis().saturating_add(1);
        let ended = self.ends.range(..(until, &[][..]))?.take(most);
        ended
            .map(|entry| {
                let (key, _) = entry?;
                let (end, key) = key.value();
                Ok((end, key.to_vec()))
            })
            .collect()
    }

    /// Drops an end from the index, also where its row is gone or tells another one because it was damaged.
    pub(super) fn forget_end(&mut self, end: i64, key: &[u8]) -> Result<()> {
        self.changes += 1;
        self.ends.remove((end, key))?;
        Ok(())
    }

    pub(super) fn put_entry(&mut self, log: &[u8], number: u64, value: &[u8]) -> Result<()> {
        self.changes += 1;
        self.entries.insert((log, number), value)?;
        Ok(())
    }

    pub(super) fn remove_entries(&mut self, log: &[u8], numbers: RangeInclusive<u64>) -> Result<()> {
        self.changes += 1;
        let range = (log, *numbers.start())..=(log, *numbers.end());
        self.entries.retain_in(range, |_, _| false)?;
        Ok(())
    }

    fn due_in(&mut self, lane: Lane) -> &mut Table<'txn, (i64, u64), ()> {
        match lane {
            Lane::Urgent => &mut self.due,
            Lane::Bulk => &mut self.due_in_bulk,
        }
    }

    pub(super) fn set_due(&mut self, due: i64, job: JobId) -> Result<()> {
        self.changes += 1;
        self.due_in(job.lane).insert((due, job.number), ())?;
        Ok(())
    }

    pub(super) fn unset_due(&mut self, due: i64, job: JobId) -> Result<()> {
        self.changes += 1;
        self.due_in(job.lane).remove((due, job.number))?;
        Ok(())
    }

    /// When the job of a lane was due that has been due longest, and its number; or else of one that is put off too far.
    pub(super) fn next_due(&mut self, lane: Lane, now: Timestamp) -> Result<Option<(i64, u64)>> {
        let (now, furthest) = (now.as_millis(), (now + LONGEST_PUT_OFF).as_millis());
        let waiting = self.due_in(lane);
        let first = waiting.first()?.map(|(key, _)| key.value());
        if let Some((due, _)) = first
            && due <= now
        {
            return Ok(first);
        }
        let last = waiting.last()?.map(|(key, _)| key.value());
        Ok(last.filter(|(due, _)| *due > furthest))
    }
}

/// The layout of a file, unless it is new. Looks at no other table, since those of a later layout may be of other types.
pub(super) fn read_layout(transaction: &ReadTransaction) -> Result<Option<u64>> {
    match transaction.open_table(NUMBERS) {
        Ok(numbers) => Ok(numbers.get("layout")?.map(|layout| layout.value())),
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Reads one row outside of any write.
pub(super) fn read_row(transaction: &ReadTransaction, key: &[u8]) -> Result<Option<Row>> {
    transaction.open_table(ROWS)?.get(key)?.map(|bytes| Row::read(bytes.value())).transpose()
}

/// The slots of live records of a name. One that cannot be read does not live.
pub(super) fn read_slots(transaction: &ReadTransaction, name: &str, now: Timestamp) -> Result<Vec<String>> {
    let mut found = Vec::new();
    // Records are neighbours: the kind is the first byte of a key.
    let records = [Kind::Record as u8]..[Kind::Record as u8 + 1];
    for entry in transaction.open_table(ROWS)?.range(&records.start[..]..&records.end[..])? {
        let (key, row) = entry?;
        if let Some(slot) = slot_of_record(key.value(), name)
            && Row::read(row.value()).is_ok_and(|row| row.lives(now))
        {
            found.push(slot);
        }
    }
    Ok(found)
}

/// Whether there is no row but those of these keys.
pub(super) fn is_vacant(transaction: &ReadTransaction, but: &[Vec<u8>]) -> Result<bool> {
    for entry in transaction.open_table(ROWS)?.iter()? {
        let (key, _) = entry?;
        if !but.iter().any(|known| known == key.value()) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The newest entries of a log, newest first, of those numbered `from` and up.
pub(super) fn read_entries(transaction: &ReadTransaction, log: &[u8], from: u64, most: usize) -> Result<Vec<Vec<u8>>> {
    let entries = transaction.open_table(ENTRIES)?;
    let newest_first = entries.range((log, from)..=(log, u64::MAX))?.rev().take(most);
    newest_first.map(|entry| Ok(entry?.1.value().to_vec())).collect()
}
