//! One thread that writes. Whatever waits while a commit is under way goes together into the next one, so that
//! under load many callers share the price of a single fsync; nobody is answered before the commit that holds his write.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

use postern_core::port::StoreFault;
use redb::WriteTransaction;
use tokio::sync::{mpsc, oneshot};

use super::file::DataFile;
use super::rows::{Result, Tables, is_damage};

/// Writes that share one commit at most: bounds how long the first of them waits for the last.
const BATCH: usize = 256;

/// Hands operations to the writing thread; when dropped, the thread ends after what it has taken on.
pub(super) struct Writer {
    inbox: Option<mpsc::Sender<Box<dyn Operation>>>,
    /// Whether a caller had something to write since somebody asked.
    is_busy: AtomicBool,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(file: Arc<DataFile>) -> std::io::Result<Self> {
        let (inbox, waiting) = mpsc::channel(BATCH);
        let thread = std::thread::Builder::new().name("store".to_owned()).spawn(move || write_all(&file, waiting))?;
        Ok(Self { inbox: Some(inbox), is_busy: AtomicBool::new(false), thread: Some(thread) })
    }

    /// Runs `work` inside a write and answers once that is durable. Work that leaves [`Tables::changes`] alone costs no commit.
    pub(super) async fn run<T, F>(&self, work: F) -> std::result::Result<T, StoreFault>
    where
        F: FnOnce(&mut Tables<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        self.is_busy.store(true, Ordering::Relaxed);
        self.run_apart(work).await
    }

    /// Whether [`run`](Self::run) was not called since the last time this was asked.
    pub(super) fn was_idle(&self) -> bool {
        !self.is_busy.swap(false, Ordering::Relaxed)
    }

    /// The same for what the process does by itself, which keeps nobody waiting.
    pub(super) async fn run_apart<T, F>(&self, work: F) -> std::result::Result<T, StoreFault>
    where
        F: FnOnce(&mut Tables<'_>) -> Result<T> + Send + 'static,
        T: Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let operation = Box::new(Waiting { work: Some(work), result: None, caller });
        let inbox = self.inbox.as_ref().ok_or_else(stopped)?;
        inbox.send(operation).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

impl Writer {
    /// Whether the thread is gone: nothing is written any more.
    pub(super) fn has_ended(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.inbox.take());
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has nothing left to wait for.
            let _ = thread.join();
        }
    }
}

fn stopped() -> StoreFault {
    StoreFault("the embedded store has stopped".to_owned())
}

trait Operation: Send {
    fn apply(&mut self, tables: &mut Tables<'_>) -> Result<()>;
    /// This one alone cannot be done.
    fn fail(&mut self, why: String);
    fn answer(self: Box<Self>, fault: Option<&str>);
}

/// A caller, and what it wants done.
struct Waiting<F, T> {
    work: Option<F>,
    result: Option<std::result::Result<T, StoreFault>>,
    caller: oneshot::Sender<std::result::Result<T, StoreFault>>,
}

impl<F, T> Operation for Waiting<F, T>
where
    F: FnOnce(&mut Tables<'_>) -> Result<T> + Send,
    T: Send,
{
    fn apply(&mut self, tables: &mut Tables<'_>) -> Result<()> {
        if let Some(work) = self.work.take() {
            self.result = Some(Ok(work(tables)?));
        }
        Ok(())
    }

    fn fail(&mut self, why: String) {
        self.result = Some(Err(StoreFault(why)));
    }

    fn answer(self: Box<Self>, fault: Option<&str>) {
        let answer = match (fault, self.result) {
            (None, Some(result)) => result,
            (fault, _) => Err(StoreFault(fault.unwrap_or("no answer").to_owned())),
        };
        // Whoever no longer waits does not hear it.
        let _ = self.caller.send(answer);
    }
}

fn write_all(file: &DataFile, mut waiting: mpsc::Receiver<Box<dyn Operation>>) {
    while let Some(first) = waiting.blocking_recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH
            && let Ok(next) = waiting.try_recv()
        {
            batch.push(next);
        }
        let written = file.write(|transaction| apply_all(transaction, &mut batch));
        let fault = written.err().map(|error| {
            tracing::error!(%error, operations = batch.len(), "the embedded store could not write");
            error.to_string()
        });
        for operation in batch {
            operation.answer(fault.as_deref());
        }
    }
}

/// All of them or none: an operation that fails half way must not leave its first half behind. One that fails before it
/// has changed anything, because of a damaged row, fails alone.
fn apply_all(transaction: &WriteTransaction, batch: &mut [Box<dyn Operation>]) -> Result<bool> {
    let mut tables = Tables::open(transaction)?;
    for operation in batch {
        let before = tables.changes;
        match operation.apply(&mut tables) {
            Err(error) if is_damage(&error) && tables.changes == before => {
                tracing::error!(%error, "a damaged row in the embedded store");
                operation.fail(error.to_string());
            }
            applied => applied?,
        }
    }
    Ok(tables.changes > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn end_of_the_writing_thread_is_noticed() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = DataFile::open(&folder.path().join("postern.redb")).expect("a file");
        let writer = Writer::start(Arc::new(file)).expect("a thread");
        assert!(!writer.has_ended());
        let lost = writer.run::<(), _>(|_| panic!("a bug in an operation")).await;
        assert!(lost.is_err(), "whoever waits is answered");
        // It unwinds by now.
        while !writer.has_ended() {
            std::thread::yield_now();
        }
        assert!(writer.run(|_| Ok(())).await.is_err());
    }
}
