//! The file of the embedded store, opened again by itself after a disk error: redb refuses everything once a write has
//! failed, also when the disk has room again.

use std::fs::{File, Metadata, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use redb::backends::FileBackend;
use redb::{Database, Durability, ReadTransaction, ReadableDatabase, WriteTransaction};

use super::rows::{self, LAYOUT, Result, Tables};

/// What redb may keep of the file in memory; the operating system caches the rest.
const CACHE: usize = 8 << 20;

/// Free bytes from which on compaction is worth its time, if they are half of the file.
const WORTH_COMPACTING: u64 = 16 << 20;

type Opener = Box<dyn Fn() -> Result<Database> + Send + Sync>;

/// An open file. Reads and writes share it; opening it again takes it alone.
pub(super) struct DataFile {
    opener: Opener,
    place: Option<Place>,
    /// `None` after a disk error, until it can be opened again.
    database: RwLock<Option<Database>>,
    failing: AtomicBool,
}

/// Why a file is not opened, beyond what redb says.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotOpened {
    #[error("another process has it open")]
    InUse,
    #[error("its layout {0} is of a newer Postern; this one knows up to {LAYOUT}")]
    Newer(u64),
    #[error(transparent)]
    Redb(redb::Error),
}

impl From<redb::Error> for NotOpened {
    fn from(error: redb::Error) -> Self {
        match error {
            redb::Error::DatabaseAlreadyOpen => Self::InUse,
            error => Self::Redb(error),
        }
    }
}

impl DataFile {
    /// Opens the file at `path`, or creates it for its owner alone.
    pub(super) fn open(path: &Path) -> std::result::Result<Self, NotOpened> {
        let place = Place::of(path).map_err(redb::Error::from)?;
        let path = path.to_owned();
        let opener = move || Ok(database_in(FileBackend::new(own_file(&path)?)?)?);
        Ok(Self { place: Some(place), ..Self::open_by(Box::new(opener))? })
    }

    fn open_by(opener: Opener) -> std::result::Result<Self, NotOpened> {
        let database = opener()?;
        match prepare(&database)? {
            layout if layout > LAYOUT => Err(NotOpened::Newer(layout)),
            _ => {
                Ok(Self { opener, place: None, database: RwLock::new(Some(database)), failing: AtomicBool::new(false) })
            }
        }
    }

    /// Why this is not the file any more that was opened, if it is not.
    pub(super) fn loss(&self) -> Option<String> {
        self.place.as_ref().and_then(Place::loss)
    }

    /// Gives free room back to the disk, if there is much; everybody else waits meanwhile. Answers how many bytes.
    pub(super) fn compact(&self) -> Result<u64> {
        let mut database = self.database.write().unwrap_or_else(PoisonError::into_inner);
        let database = database.as_mut().ok_or(redb::Error::DatabaseClosed)?;
        let Some(before) = self.place.as_ref().and_then(Place::len) else { return Ok(0) };
        let transaction = database.begin_write()?;
        let statistics = transaction.stats()?;
        transaction.abort()?;
        let used = statistics.allocated_pages().saturating_mul(u64::try_from(statistics.page_size()).unwrap_or(0));
        if before.saturating_sub(used) < (before / 2).max(WORTH_COMPACTING) {
            return Ok(0);
        }
        database.compact()?;
        Ok(before.saturating_sub(self.place.as_ref().and_then(Place::len).unwrap_or(before)))
    }

    /// Reads what is committed; never waits for a commit under way.
    pub(super) fn read<T>(&self, read: impl FnOnce(&ReadTransaction) -> Result<T>) -> Result<T> {
        self.with(|database| read(&database.begin_read()?))
    }

    /// Commits durably if `write` says that there is something to commit.
    pub(super) fn write(&self, write: impl FnOnce(&WriteTransaction) -> Result<bool>) -> Result<()> {
        if self.is_failing() {
            self.open_again()?;
        }
        let written = self.with(|database| commit(database, write));
        self.failing.store(written.is_err(), Ordering::SeqCst);
        written
    }

    /// Whether the last write failed: only another one can tell whether it is over.
    pub(super) fn is_failing(&self) -> bool {
        self.failing.load(Ordering::SeqCst)
    }

    fn with<T>(&self, run: impl FnOnce(&Database) -> Result<T>) -> Result<T> {
        let database = self.database.read().unwrap_or_else(PoisonError::into_inner);
        run(database.as_ref().ok_or(redb::Error::DatabaseClosed)?)
    }

    fn open_again(&self) -> Result<()> {
        let mut database = self.database.write().unwrap_or_else(PoisonError::into_inner);
        // Another file in its place would be taken for an empty store.
        if let Some(why) = self.loss() {
            return Err(std::io::Error::new(std::io::ErrorKind::NotFound, why).into());
        }
        // The old one holds the lock on the file.
        *database = None;
        *database = Some((self.opener)()?);
        tracing::info!("the embedded store opened its file again after an error");
        Ok(())
    }
}

fn commit(database: &Database, write: impl FnOnce(&WriteTransaction) -> Result<bool>) -> Result<()> {
    let mut transaction = database.begin_write()?;
    transaction.set_durability(Durability::Immediate)?;
    // What is free is part of the commit: after a crash nobody has to read the whole file to find out.
    transaction.set_quick_repair(true);
    if write(&transaction)? {
        transaction.commit()?;
    } else {
        transaction.abort()?;
    }
    Ok(())
}

/// Which file a path led to when it was opened.
struct Place {
    path: PathBuf,
    identity: (u64, u64),
}

impl Place {
    /// Creates the file if it is not there.
    fn of(path: &Path) -> std::io::Result<Self> {
        Ok(Self { path: path.to_owned(), identity: identity(&own_file(path)?.metadata()?) })
    }

    fn loss(&self) -> Option<String> {
        match std::fs::metadata(&self.path) {
            Ok(metadata) if identity(&metadata) == self.identity => None,
            Ok(_) => Some(format!("{} was replaced while it was open", self.path.display())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Some(format!("{} was removed while it was open", self.path.display()))
            }
            // A disk that cannot be asked has not lost anything yet.
            Err(_) => None,
        }
    }

    fn len(&self) -> Option<u64> {
        std::fs::metadata(&self.path).ok().map(|metadata| metadata.len())
    }
}

/// Device and inode.
#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

fn own_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn database_in(backend: impl redb::StorageBackend) -> std::result::Result<Database, redb::DatabaseError> {
    Database::builder().set_cache_size(CACHE).create_with_backend(backend)
}

/// Creates the tables of a new file; answers the layout of the file.
fn prepare(database: &Database) -> Result<u64> {
    if let Some(layout) = rows::read_layout(&database.begin_read()?)? {
        return Ok(layout);
    }
    let transaction = database.begin_write()?;
    Tables::open(&transaction)?.set_number("layout", LAYOUT)?;
    transaction.commit()?;
    Ok(LAYOUT)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::AtomicU64;

    use super::*;

    /// A disk that is full when it is told to be.
    #[derive(Debug)]
    struct Disk {
        file: FileBackend,
        full: Arc<AtomicBool>,
    }

    impl Disk {
        fn room(&self) -> std::io::Result<()> {
            if self.full.load(Ordering::SeqCst) { Err(std::io::ErrorKind::StorageFull.into()) } else { Ok(()) }
        }
    }

    impl redb::StorageBackend for Disk {
        fn len(&self) -> std::io::Result<u64> {
            self.file.len()
        }
        fn read(&self, offset: u64, out: &mut [u8]) -> std::io::Result<()> {
            self.file.read(offset, out)
        }
        fn set_len(&self, len: u64) -> std::io::Result<()> {
            self.room().and_then(|()| self.file.set_len(len))
        }
        fn sync_data(&self) -> std::io::Result<()> {
            self.file.sync_data()
        }
        fn write(&self, offset: u64, data: &[u8]) -> std::io::Result<()> {
            self.room().and_then(|()| self.file.write(offset, data))
        }
        fn close(&self) -> std::io::Result<()> {
            self.file.close()
        }
    }

    /// Counts the bytes that are read.
    #[derive(Debug)]
    struct CountedFile {
        file: FileBackend,
        read: Arc<AtomicU64>,
    }

    impl redb::StorageBackend for CountedFile {
        fn len(&self) -> std::io::Result<u64> {
            self.file.len()
        }
        fn read(&self, offset: u64, out: &mut [u8]) -> std::io::Result<()> {
            self.read.fetch_add(u64::try_from(out.len()).unwrap_or(0), Ordering::SeqCst);
            self.file.read(offset, out)
        }
        fn set_len(&self, len: u64) -> std::io::Result<()> {
            self.file.set_len(len)
        }
        fn sync_data(&self) -> std::io::Result<()> {
            self.file.sync_data()
        }
        fn write(&self, offset: u64, data: &[u8]) -> std::io::Result<()> {
            self.file.write(offset, data)
        }
        fn close(&self) -> std::io::Result<()> {
            self.file.close()
        }
    }

    #[test]
    fn opening_after_a_crash_does_not_read_the_whole_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, crashed) = (folder.path().join("postern.redb"), folder.path().join("crashed.redb"));
        let file = DataFile::open(&path).expect("a file");
        for number in 0..32_u64 {
            let key = rows::job_key(number);
            let filled = file.write(|transaction| {
                Tables::open(transaction)?.put(&key, &rows::Row::new(None, vec![7; 1 << 20]))?;
                Ok(true)
            });
            filled.expect("room");
        }
        // A copy of the file under an open store is what a kill leaves.
        std::fs::copy(&path, &crashed).expect("a copy");
        let size = std::fs::metadata(&crashed).expect("a file").len();
        let read = Arc::new(AtomicU64::new(0));
        let count = read.clone();
        let opener = move || {
            let file = FileBackend::new(own_file(&crashed)?)?;
            Ok(database_in(CountedFile { file, read: count.clone() })?)
        };
        let opened = DataFile::open_by(Box::new(opener)).expect("a file");
        let read = read.load(Ordering::SeqCst);
        assert!(size > 32 << 20 && read < size / 8, "{read} of {size} bytes were read");
        let row = opened.read(|transaction| rows::read_row(transaction, &rows::job_key(31)));
        assert!(row.expect("an answer").is_some());
    }

    #[test]
    fn a_disk_that_was_full_is_written_to_again_once_it_has_room() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, full) = (folder.path().join("postern.redb"), Arc::new(AtomicBool::new(false)));
        let disk = full.clone();
        let opener = move || {
            let file = FileBackend::new(own_file(&path)?)?;
            Ok(database_in(Disk { file, full: disk.clone() })?)
        };
        let file = DataFile::open_by(Box::new(opener)).expect("a file");
        let set = |number| {
            file.write(|transaction| {
                Tables::open(transaction)?.set_number("test", number)?;
                Ok(true)
            })
        };
        set(1).expect("room");
        full.store(true, Ordering::SeqCst);
        for number in 2..5 {
            set(number).expect_err("no room");
            assert!(file.is_failing());
        }
        full.store(false, Ordering::SeqCst);
        let mut read = None;
        file.write(|transaction| {
            read = Tables::open(transaction)?.number("test")?;
            Ok(false)
        })
        .expect("room again");
        assert_eq!(read, Some(1), "what failed left nothing behind");
        set(5).expect("room");
        assert!(!file.is_failing());
    }
}
