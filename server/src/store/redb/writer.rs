//! One thread that writes. Whatever waits while a commit is under way goes together into the next one, so that
//! under load many callers share the price of a single fsync; nobody is answered before the commit that holds his write.

use std::sync::Arc;
use std::thread::JoinHandle;

use postern_app::port::StoreFault;
use redb::WriteTransaction;
use tokio::sync::{mpsc, oneshot};

use super::file::DataFile;
use super::rows::{Result, Tables};

/// Writes that share one commit at most: bounds how long the first of them waits for the last.
const BATCH: usize = 256;

/// Hands operations to the writing thread; when dropped, the thread ends after what it has taken on.
pub(super) struct Writer {
    inbox: Option<mpsc::Sender<Box<dyn Operation>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(file: Arc<DataFile>) -> std::io::Result<Self> {
        let (inbox, waiting) = mpsc::channel(BATCH);
        let thread = std::thread::Builder::new().name("store".to_owned()).spawn(move || write_all(&file, waiting))?;
        Ok(Self { inbox: Some(inbox), thread: Some(thread) })
    }

    /// Runs `work` inside a write and answers once that is durable. Work that leaves [`Tables::changed`] alone costs no commit.
    pub(super) async fn run<T, F>(&self, work: F) -> std::result::Result<T, StoreFault>
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
    fn answer(self: Box<Self>, fault: Option<&str>);
}

/// A caller, and what it wants done.
struct Waiting<F, T> {
    work: Option<F>,
    result: Option<T>,
    caller: oneshot::Sender<std::result::Result<T, StoreFault>>,
}

impl<F, T> Operation for Waiting<F, T>
where
    F: FnOnce(&mut Tables<'_>) -> Result<T> + Send,
    T: Send,
{
    fn apply(&mut self, tables: &mut Tables<'_>) -> Result<()> {
        if let Some(work) = self.work.take() {
            self.result = Some(work(tables)?);
        }
        Ok(())
    }

    fn answer(self: Box<Self>, fault: Option<&str>) {
        let answer = match (fault, self.result) {
            (None, Some(result)) => Ok(result),
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

/// All of them or none: an operation that fails half way must not leave its first half behind.
fn apply_all(transaction: &WriteTransaction, batch: &mut [Box<dyn Operation>]) -> Result<bool> {
    let mut tables = Tables::open(transaction)?;
    for operation in batch {
        operation.apply(&mut tables)?;
    }
    Ok(tables.changed)
}
