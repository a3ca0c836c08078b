//! The embedded store: everything in one file, no server to install.

mod file;
mod packed;
mod rows;
mod steps;
mod writer;

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use postern_core::model::Timestamp;
use postern_core::port::{
    Count, Expect, JobId, Key, Lane, LeasedJob, LogEntry, NewJob, PORTAL_SLOT, Store, StoreFault, Stored, Tally,
    Window, Write, Written,
};
use postern_core::rules::throttle::{Attempt, Policy, ThrottleState};
use redb::ReadTransaction;

use self::file::DataFile;
use self::rows::{Kind, Row, row_key};
use self::writer::Writer;
use super::OpenError;
use super::damage::report_damage;

type Result<T> = std::result::Result<T, StoreFault>;

const FILE: &str = "postern.redb";

/// Rows removed in one write of a sweep, so that callers never wait long behind it.
const SWEEP: usize = 500;

/// Free bytes on the disk below which the store is not ready: the file grows by doubling regions, and a disk that is full
/// in the middle of a write refuses all of them.
const MIN_FREE: u64 = 16 << 20;

/// A store in `postern.redb`. One process at a time has the file open.
pub struct EmbeddedStore {
    // Dropped first: the writing thread ends before the file is closed.
    writer: Writer,
    file: Arc<DataFile>,
    folder: PathBuf,
}

impl EmbeddedStore {
    /// Of redb.
    pub const VERSION: &str = env!("REDB_VERSION");

    /// Whether a folder has one.
    pub fn is_in(folder: &Path) -> bool {
        folder.join(FILE).exists()
    }

    /// Opens `postern.redb` in a folder that exists, or creates it there for its owner alone.
    pub fn open(folder: &Path) -> std::result::Result<Self, OpenError> {
        let path = folder.join(FILE);
        let cannot = |why: &dyn Display| OpenError(format!("{} (data_dir) cannot be opened: {why}", path.display()));
        let file = Arc::new(DataFile::open(&path).map_err(|error| cannot(&error))?);
        let writer = Writer::start(file.clone()).map_err(|error| cannot(&error))?;
        Ok(Self { writer, file, folder: folder.to_owned() })
    }

    /// Removes what has ended by `now`, a bounded piece at a time. Answers how many rows went.
    pub async fn sweep(&self, now: Timestamp) -> Result<usize> {
        let mut swept = 0;
        loop {
            let piece = self.writer.run_apart(move |tables| steps::sweep(tables, now, SWEEP)).await?;
            swept += piece;
            if piece < SWEEP {
                return Ok(swept);
            }
        }
    }

    /// Why nothing can be written any more, if that is so: only another process can help then.
    pub fn loss(&self) -> Option<String> {
        let ended = || self.writer.has_ended().then(|| "the thread that writes has ended".to_owned());
        self.file.loss().or_else(ended)
    }

    /// Gives free room in the file back to the disk, if it is worth it. Reads and writes wait meanwhile, so this is for
    /// a quiet time. Answers how many bytes.
    pub async fn compact(&self) -> Result<u64> {
        let file = self.file.clone();
        tokio::task::spawn_blocking(move || file.compact()).await.map_err(fault)?.map_err(fault)
    }

    /// Whether there was nothing to write for callers since the last time this was asked.
    pub fn was_idle(&self) -> bool {
        self.writer.was_idle()
    }

    /// Reads what is committed; never waits for a write under way.
    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&ReadTransaction) -> rows::Result<T> + Send + 'static,
    ) -> Result<T> {
        let file = self.file.clone();
        let reading = tokio::task::spawn_blocking(move || file.read(read));
        reading.await.map_err(fault)?.map_err(fault)
    }

    /// Writes. What the portal writes of itself, as at every look whether it is ready, makes no time a busy one.
    async fn change<T: Send + 'static>(
        &self,
        by_portal: bool,
        work: impl FnOnce(&mut rows::Tables<'_>) -> rows::Result<T> + Send + 'static,
    ) -> Result<T> {
        if by_portal { self.writer.run_apart(work).await } else { self.writer.run(work).await }
    }

    async fn live(&self, kind: Kind, key: &Key, now: Timestamp) -> Result<Option<Row>> {
        let key = row_key(kind, key);
        self.read(move |transaction| Ok(rows::read_row(transaction, &key)?.filter(|row| row.lives(now)))).await
    }
}

/// Bytes that this user may still write on the disk of a folder; `None` where the system does not tell.
fn free_room(folder: &Path) -> Option<u64> {
    let disk = nix::sys::statvfs::statvfs(folder).ok()?;
    Some(disk.blocks_available().saturating_mul(disk.fragment_size()))
}

/// Why so many free bytes are too few, if they are.
fn shortage(free_attempts: u64) -> Option<String> {
    (free_attempts < MIN_FREE)
        .then(|| format!("the disk of the embedded store has {} KiB of free room left", free_attempts >> 10))
}

fn fault(error: impl Display) -> StoreFault {
    StoreFault(error.to_string())
}

#[async_trait]
impl Store for EmbeddedStore {
    async fn load(&self, key: &Key, now: Timestamp) -> Result<Option<Stored>> {
        let row = self.live(Kind::Record, key, now).await?;
        row.map(|row| packed::read_record(row.payload).map_err(fault)).transpose()
    }

    async fn write(&self, write: Write, now: Timestamp) -> Result<Written> {
        let by_portal = write.key.slot() == PORTAL_SLOT;
        self.change(by_portal, move |tables| steps::write(tables, write, now)).await
    }

    async fn delete(&self, key: &Key, expect: Expect, now: Timestamp) -> Result<bool> {
        if self.live(Kind::Record, key, now).await?.is_none() {
            return Ok(false);
        }
        let key = key.clone();
        let by_portal = key.slot() == PORTAL_SLOT;
        self.change(by_portal, move |tables| steps::delete(tables, &key, expect, now)).await
    }

    async fn take(&self, key: &Key, now: Timestamp) -> Result<Option<Vec<u8>>> {
        if self.live(Kind::Record, key, now).await?.is_none() {
            return Ok(None);
        }
        let key = key.clone();
        self.writer.run(move |tables| steps::take(tables, &key, now)).await
    }

    async fn attempt(
        &self,
        count: &Key,
        policy: &Policy,
        record: &Key,
        now: Timestamp,
    ) -> Result<(Attempt, Option<Stored>)> {
        let (count, policy, record) = (count.clone(), *policy, record.clone());
        self.writer.run(move |tables| steps::attempt(tables, &count, &policy, &record, now)).await
    }

    async fn take_back(&self, count: &Key, attempt: u32, now: Timestamp) -> Result<()> {
        let count = count.clone();
        self.writer.run(move |tables| steps::take_back(tables, &count, attempt, now)).await
    }

    async fn tally(&self, tally: &Tally) -> Result<Option<u64>> {
        let tally = tally.clone();
        self.writer.run(move |tables| steps::tally(tables, &tally)).await
    }

    async fn standing(&self, count: &Key, now: Timestamp) -> Result<ThrottleState> {
        let row = self.live(Kind::Count, count, now).await?;
        row.map_or(Ok(ThrottleState::NONE), |row| packed::read_standing(&row.payload).map_err(fault))
    }

    async fn reset_attempts(&self, count: &Key) -> Result<()> {
        let count = count.clone();
        self.writer.run(move |tables| steps::reset_attempts(tables, &count)).await
    }

    async fn count(&self, key: &Key, window: &Window, now: Timestamp) -> Result<Count> {
        let (key, window) = (key.clone(), *window);
        self.writer.run(move |tables| steps::count(tables, &key, &window, now)).await
    }

    async fn full_until(&self, key: &Key, window: &Window, now: Timestamp) -> Result<Option<Timestamp>> {
        let (key, window) = (row_key(Kind::Window, key), *window);
        let row = self.read(move |transaction| rows::read_row(transaction, &key)).await?;
        let deciding = row.and_then(|row| window.deciding(&packed::read_times(&row.payload)));
        Ok(window.full_until(deciding, now))
    }

    async fn append(&self, entry: LogEntry, now: Timestamp) -> Result<()> {
        self.writer.run(move |tables| steps::append(tables, &entry, now)).await
    }

    async fn recent(&self, log: &Key, most: usize, now: Timestamp) -> Result<Vec<Vec<u8>>> {
        let log = row_key(Kind::Log, log);
        self.read(move |transaction| match rows::read_row(transaction, &log)?.filter(|row| row.lives(now)) {
            Some(row) => rows::read_entries(transaction, &log, packed::read_span(&row.payload)?.0, most),
            None => Ok(Vec::new()),
        })
        .await
    }

    async fn enqueue(&self, job: NewJob, _now: Timestamp) -> Result<()> {
        self.writer.run(move |tables| steps::enqueue(tables, &job)).await
    }

    async fn lease(&self, lane: Lane, until: Timestamp, now: Timestamp) -> Result<Option<LeasedJob>> {
        let leased = self.writer.run_apart(move |tables| steps::lease(tables, lane, until, now)).await?;
        for job in leased.damaged {
            report_damage("job", &job.to_string());
        }
        Ok(leased.job)
    }

    async fn finish(&self, job: JobId) -> Result<()> {
        self.writer.run(move |tables| steps::finish(tables, job)).await
    }

    async fn postpone(&self, job: JobId, due: Timestamp) -> Result<()> {
        self.writer.run(move |tables| steps::postpone(tables, job, due)).await
    }

    async fn slots(&self, name: &str, now: Timestamp) -> Result<Vec<String>> {
        let name = name.to_owned();
        self.read(move |transaction| rows::read_slots(transaction, &name, now)).await
    }

    async fn is_vacant(&self, but: &[Key]) -> Result<bool> {
        let but: Vec<_> = but.iter().map(|key| row_key(Kind::Record, key)).collect();
        self.read(move |transaction| rows::is_vacant(transaction, &but)).await
    }

    /// A look, or, while the disk refuses writes, another try at one.
    async fn ping(&self) -> Result<()> {
        if let Some(why) = self.loss() {
            return Err(StoreFault(why));
        }
        if let Some(why) = free_room(&self.folder).and_then(shortage) {
            return Err(StoreFault(why));
        }
        if self.file.is_failing() {
            return self.writer.run(|tables| tables.set_number("tried", 1)).await;
        }
        self.read(|_| Ok(())).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn store_on_a_disk_without_room_is_not_ready_and_says_so() {
        assert_eq!(shortage(MIN_FREE), None);
        assert_eq!(shortage(1 << 20).as_deref(), Some("the disk of the embedded store has 1024 KiB of free room left"));
        assert!(free_room(Path::new("/")).is_some_and(|free_attempts| free_attempts > 0));
        assert_eq!(free_room(Path::new("/no such folder")), None);
    }

    #[tokio::test]
    async fn looks_whether_the_store_is_ready_make_no_time_a_busy_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = EmbeddedStore::open(folder.path()).expect("a store");
        let now = Timestamp::from_secs(1);
        let write = async |slot: &str| {
            let key = Key::new(slot, "probe");
            store.write(Write::new(key.clone(), Expect::Anything, vec![1], None), now).await.expect("written");
            assert!(store.delete(&key, Expect::Anything, now).await.expect("deleted"));
        };
        write(PORTAL_SLOT).await;
        assert!(store.was_idle());
        write("somebody").await;
        assert!(!store.was_idle());
    }
}
