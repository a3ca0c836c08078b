//! Logs: for people on a terminal, as JSON elsewhere. Other crates' innermost lines, which may quote what passes
//! through them, stay out whatever the filter says.

use std::io::{IsTerminal, stderr, stdout};

use tracing::Subscriber;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::fmt::writer::BoxMakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry, reload};

use crate::config::{Config, LogFormat};

/// These log commands, cookies or frames below `info`.
const TALKATIVE: [&str; 9] = [
    "fred",
    "h2",
    "hyper",
    "hyper_util",
    "rustls",
    "tower_sessions",
    "tower_sessions_core",
    "tower_sessions_redis_store",
    "server_fn",
];

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
}

impl Telemetry {
    /// Once per process.
    pub fn start(config: &Config, output: Output) -> Result<Self, NoTelemetry> {
        let (filter, handle) = reload::Layer::new(filter(&config.log)?);
        Registry::default().with(filter).with(lines(config.log_format, output)).try_init()?;
        Ok(Self { filter: handle })
    }

    /// Another filter from now on; with one that does not parse nothing changes.
    pub fn set_filter(&self, text: &str) -> Result<(), NoTelemetry> {
        Ok(self.filter.reload(filter(text)?)?)
    }
}

fn filter(text: &str) -> Result<EnvFilter, ParseError> {
    TALKATIVE.iter().try_fold(EnvFilter::try_new(text)?, |filter, target| {
        // A later directive for a target takes the place of an earlier one.
        Ok(filter.add_directive(format!("{target}=info").parse()?))
    })
}

fn lines<S>(format: LogFormat, output: Output) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'s> LookupSpan<'s>,
{
    let (terminal, writer) = match output {
        Output::Stdout => (stdout().is_terminal(), BoxMakeWriter::new(stdout)),
        Output::Stderr => (stderr().is_terminal(), BoxMakeWriter::new(stderr)),
    };
    let layer = tracing_subscriber::fmt::layer().with_writer(writer);
    match format {
        LogFormat::Json => layer.json().flatten_event(true).with_current_span(false).boxed(),
        LogFormat::Auto if !terminal => layer.json().flatten_event(true).with_current_span(false).boxed(),
        // Colours only where somebody sees them, and not against NO_COLOR.
        LogFormat::Auto | LogFormat::Pretty => layer.compact().with_ansi(terminal && colour_wanted()).boxed(),
    }
}

/// <https://no-color.org>
fn colour_wanted() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
