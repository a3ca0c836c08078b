//! Where log lines go: to a thread that writes them, by way of a bounded memory. Whoever logs never waits. When the reader
//! at the other end stands still, lines are dropped and counted.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// What may wait to be written, in bytes.
const WAITING: usize = 4 << 20;

/// How long the end of the process waits for the last lines.
const LAST_LINES: Duration = Duration::from_secs(1);

/// Takes lines without waiting. Cheap to clone.
#[derive(Clone, Debug)]
pub struct LogWriter {
    lines: Sender<Vec<u8>>,
    state: Arc<State>,
    limit: usize,
}

#[derive(Debug, Default)]
struct State {
    waiting: Mutex<usize>,
    written: Condvar,
    lost: AtomicU64,
}

/// Waits for the last lines when it is dropped; not for ever.
#[derive(Debug)]
#[must_use = "the last lines are lost without it"]
pub struct LastLines(Arc<State>);

impl LogWriter {
    /// Starts the thread that writes.
    pub fn start(output: impl Write + Send + 'static) -> io::Result<(Self, LastLines)> {
        Self::bounded(output, WAITING)
    }

    fn bounded(output: impl Write + Send + 'static, limit: usize) -> io::Result<(Self, LastLines)> {
        let (lines, received) = channel();
        let state = Arc::<State>::default();
        let writer = Self { lines, state: Arc::clone(&state), limit };
        let last_lines = LastLines(Arc::clone(&state));
        std::thread::Builder::new().name("log".to_owned()).spawn(move || write(&received, output, &state))?;
        Ok((writer, last_lines))
    }

    /// How many lines were dropped since the start of the process.
    pub fn lost(&self) -> u64 {
        self.state.lost.load(Ordering::Relaxed)
    }
}

impl State {
    fn waiting(&self) -> MutexGuard<'_, usize> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lose(&self) {
        self.lost.fetch_add(1, Ordering::Relaxed);
    }
}

fn write(lines: &Receiver<Vec<u8>>, mut output: impl Write, state: &State) {
    while let Ok(line) = lines.recv() {
        if output.write_all(&line).and_then(|()| output.flush()).is_err() {
            state.lose();
        }
        *state.waiting() -= line.len();
        state.written.notify_all();
    }
}

impl Write for LogWriter {
    /// Takes a whole line, or none of it.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let mut waiting = self.state.waiting();
        if *waiting + line.len() > self.limit {
            drop(waiting);
            self.state.lose();
        } else {
            *waiting += line.len();
            drop(waiting);
            if self.lines.send(line.to_vec()).is_err() {
                self.state.lose();
            }
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for LogWriter {
    type Writer = Self;

    fn make_writer(&'a self) -> Self::Writer {
        self.clone()
    }
}

impl Drop for LastLines {
    fn drop(&mut self) {
        let waited = self.0.written.wait_timeout_while(self.0.waiting(), LAST_LINES, |waiting| *waiting > 0);
        // Whoever does not read by then loses them.
        drop(waited);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

    use super::*;

    /// A reader that takes a line only when it is told to.
    struct Standing {
        proceed: Receiver<()>,
        read: SyncSender<Vec<u8>>,
    }

    impl Write for Standing {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            self.proceed.recv().map_err(io::Error::other)?;
            self.read.send(line.to_vec()).map_err(io::Error::other)?;
            Ok(line.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_are_dropped_and_counted_while_the_reader_stands_still_and_written_once_it_reads() {
        let (proceed, standing) = sync_channel(100);
        let (read, lines) = sync_channel(100);
        let (mut writer, last_lines) = LogWriter::bounded(Standing { proceed: standing, read }, 20).expect("a thread");
        for _ in 0..10 {
            writer.write_all(b"ten bytes\n").expect("it never fails");
        }
        assert_eq!(writer.lost(), 8);
        for _ in 0..2 {
            proceed.send(()).expect("it reads");
            assert_eq!(lines.recv().expect("a line"), b"ten bytes\n");
        }
        drop(last_lines);
        proceed.send(()).expect("it reads");
        writer.write_all(b"another\n").expect("it never fails");
        assert_eq!(lines.recv().expect("a line"), b"another\n");
        assert_eq!(writer.lost(), 8);
    }
}
