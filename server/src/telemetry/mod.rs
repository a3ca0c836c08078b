//! Logs: for people on a terminal, as JSON elsewhere. Other crates' innermost lines, which may quote what passes
//! through them, stay out whatever the filter says. Nobody who logs waits for a reader.

mod rate_limit;
mod writer;

use std::io::{self, IsTerminal, stderr, stdout};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tracing::{Level, Metadata, Subscriber};
use tracing_subscriber::filter::{FilterFn, ParseError};
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry, reload};

use crate::config::{Config, LogFormat};

pub use rate_limit::RateLimit;
pub use writer::{LastLines, LogWriter};

/// How often it is looked whether lines were lost.
const LOOK: Duration = Duration::from_secs(5);

/// These log commands, cookies or frames below `info`; each name stands for what begins with it.
const TALKATIVE: [&str; 6] = ["fred", "h2", "hyper", "rustls", "server_fn", "tower_sessions"];

/// Where lines go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// A service's lines are what it prints.
    Stdout,
    /// A command's answer goes to stdout, so its lines do not.
    Stderr,
}

/// Logs are flowing. Keeps the way to change what is logged while the process runs.
#[derive(Clone, Debug)]
pub struct Telemetry {
    filter: reload::Handle<EnvFilter, Registry>,
    /// As it was written.
    now: Arc<Mutex<String>>,
    /// `None`: the lines are somebody else's.
    writer: Option<LogWriter>,
    /// Where nobody else keeps it.
    _own: Option<Arc<reload::Layer<EnvFilter, Registry>>>,
}

/// Logs could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum NoTelemetry {
    #[error("log filter: {0}")]
    Filter(#[from] ParseError),
    #[error("logs are set up already: {0}")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
    #[error("log filter: {0}")]
    Gone(#[from] reload::Error),
    #[error("no thread for the log: {0}")]
    Thread(#[from] io::Error),
}

impl Telemetry {
    /// Once per process. Keep what is answered beside it until the end of the process.
    pub fn start(config: &Config, output: Output) -> Result<(Self, LastLines), NoTelemetry> {
        let (filter, handle) = reload::Layer::new(EnvFilter::try_new(&config.log)?);
        let (terminal, (writer, last_lines)) = match output {
            Output::Stdout => (stdout().is_terminal(), LogWriter::start(stdout())?),
            Output::Stderr => (stderr().is_terminal(), LogWriter::start(stderr())?),
        };
        let lines = lines(config.log_format, terminal, BoxMakeWriter::new(writer.clone()));
        Registry::default().with(filter).with(lines).try_init()?;
        if output == Output::Stdout {
            log_panics();
        }
        let now = Arc::new(Mutex::new(config.log.clone()));
        Ok((Self { filter: handle, now, writer: Some(writer), _own: None }, last_lines))
    }

    /// Of a portal in a process whose logs are somebody else's: what is set here changes nothing there.
    pub fn apart(filter: &str) -> Result<Self, NoTelemetry> {
        let (layer, handle) = reload::Layer::new(EnvFilter::try_new(filter)?);
        Ok(Self {
            filter: handle,
            now: Arc::new(Mutex::new(filter.to_owned())),
            writer: None,
            _own: Some(Arc::new(layer)),
        })
    }

    /// Another filter from now on; with one that does not parse nothing changes.
    pub fn set_filter(&self, text: &str) -> Result<(), NoTelemetry> {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        self.filter.reload(EnvFilter::try_new(text)?)?;
        text.clone_into(&mut now);
        Ok(())
    }

    /// How many lines nobody took in time.
    pub fn lost_lines(&self) -> u64 {
        self.writer.as_ref().map_or(0, LogWriter::lost)
    }

    /// Says how many lines were lost, as soon as that line itself is not.
    pub async fn report_lost_lines(self) {
        let mut reported = 0;
        loop {
            tokio::time::sleep(LOOK).await;
            let lost = self.lost_lines();
            if lost > reported {
                tracing::warn!(lines = lost - reported, "log lines were lost: their reader stood still");
                if self.lost_lines() == lost {
                    reported = lost;
                }
            }
        }
    }

    /// The filter that holds.
    pub fn filter(&self) -> String {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Panics are lines like others: what the standard library prints would wait for its reader. What was said is logged where
/// the panic is answered.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(at, "a thread panicked");
    }));
}

/// Whether a line may be written at all, whatever an operator wants to see. Of spans only ours are, so that the one that
/// is shown is the request.
fn is_discreet(line: &Metadata<'_>) -> bool {
    if line.is_span() {
        return line.target().starts_with("postern");
    }
    *line.level() <= Level::INFO || !TALKATIVE.iter().any(|name| line.target().starts_with(name))
}

fn lines<S>(format: LogFormat, terminal: bool, writer: BoxMakeWriter) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'s> LookupSpan<'s>,
{
    let pretty = format == LogFormat::Pretty || (format == LogFormat::Auto && terminal);
    let layer = tracing_subscriber::fmt::layer().with_writer(writer);
    let discreet = FilterFn::new(is_discreet);
    if pretty {
        // Colours only where somebody sees them, and not against NO_COLOR.
        layer.compact().with_ansi(terminal && colour_wanted()).with_filter(discreet).boxed()
    } else {
        layer.json().flatten_event(true).with_span_list(false).with_filter(discreet).boxed()
    }
}

/// <https://no-color.org>
fn colour_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Paper {
        fn write(&mut self, line: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("one thread").write(line)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(format: LogFormat, terminal: bool) -> String {
        let paper = Paper::default();
        let writer = paper.clone();
        let lines = lines(format, terminal, BoxMakeWriter::new(move || writer.clone()));
        let filter = EnvFilter::new("trace,fred::protocol=trace");
        tracing::subscriber::with_default(Registry::default().with(filter).with(lines), || {
            tracing::trace!(target: "fred::protocol", "SET the innermost");
            tracing::debug!(target: "tower_sessions_core", "the cookie");
            tracing::warn!(target: "fred::router", "connection lost");
            tracing::info!(target: "postern", address = "127.0.0.1:3000", "ready");
        });
        String::from_utf8(paper.0.lock().expect("one thread").clone()).expect("UTF-8")
    }

    #[test]
    fn what_passes_through_other_crates_stays_out_whatever_the_filter_says() {
        let lines = written(LogFormat::Json, false);
        assert!(lines.contains("connection lost") && lines.contains("ready"), "{lines}");
        assert!(!lines.contains("innermost") && !lines.contains("cookie"), "{lines}");
    }

    #[test]
    fn another_filter_holds_from_then_on_and_one_that_does_not_parse_never() {
        let telemetry = Telemetry::apart("info").expect("a filter");
        telemetry.set_filter("postern=debug,warn").expect("a filter");
        assert!(telemetry.set_filter("postern=[{").is_err());
        assert_eq!(telemetry.clone().filter(), "postern=debug,warn");
    }

    #[test]
    fn lines_are_json_unless_a_person_reads_them() {
        for (format, terminal, is_json) in [
            (LogFormat::Auto, false, true),
            (LogFormat::Auto, true, false),
            (LogFormat::Pretty, false, false),
            (LogFormat::Json, true, true),
        ] {
            let lines = written(format, terminal);
            let last = lines.lines().last().expect("a line");
            let parsed = serde_json::from_str::<serde_json::Value>(last).ok();
            assert_eq!(parsed.is_some(), is_json, "{last}");
            assert!(parsed.is_none_or(|line| line["message"] == "ready" && line["address"] == "127.0.0.1:3000"));
        }
    }
}
