//! Postern's process: command line, configuration, logs, then what was asked for.

use std::process::ExitCode;

use postern::app::{self, ServeError};
use postern::check;
use postern::cli::{self, Command, Invocation};
use postern::config::Config;
use postern::operator;
use postern::password;
use postern::process;
use postern::serve;
use postern::telemetry::{Output, Telemetry};

fn main() -> ExitCode {
    // Whatever the command, there may be secrets in memory.
    let core_dumps_forbidden = process::forbid_core_dumps();
    let invocation = cli::parse(std::env::args_os()).unwrap_or_else(|error| error.exit());
    // Needs no configuration, which may be wrong for want of a hash.
    if invocation.command == Command::HashPassword {
        return password::hash().map_or_else(|error| failed(&error), |()| ExitCode::SUCCESS);
    }
    let config = match Config::load(&invocation.given) {
        Ok(config) => config,
        Err(mistakes) => return failed(&mistakes),
    };
    let output = if invocation.command == Command::Serve { Output::Stdout } else { Output::Stderr };
    match Telemetry::start(&config, output) {
        Ok((telemetry, _last_lines)) => {
            if let Err(error) = core_dumps_forbidden {
                tracing::warn!(%error, "core dumps cannot be forbidden");
            }
            for path in config.files_open_to_others() {
                tracing::warn!(
                    path,
                    "other users of this machine may read this file, which holds secrets; chmod 600 it"
                );
            }
            run(invocation, &config, telemetry)
        }
        Err(error) => failed(&error),
    }
}

fn run(invocation: Invocation, config: &Config, telemetry: Telemetry) -> ExitCode {
    // Told before the first page is rendered; a second telling would be refused and changes nothing.
    let _ = any_spawner::Executor::init_tokio();
    let done = tokio::runtime::Runtime::new()
        .map_err(ServeError::from)
        .and_then(|tokio| tokio.block_on(act(invocation, config, telemetry)));
    done.map_or_else(|error| failed(&error), |()| ExitCode::SUCCESS)
}

async fn act(invocation: Invocation, config: &Config, telemetry: Telemetry) -> Result<(), ServeError> {
    match invocation.command {
        Command::Serve => serve::serve(config, invocation.given, telemetry).await,
        Command::CheckConfig { connect } => {
            print!("{}", config.effective());
            if connect { check::connect(config).await } else { Ok(()) }
        }
        Command::SendTestLetter { to } => app::send_test_letter(config, to).await,
        Command::Accounts(asked) | Command::Clients(asked) => operator::run(config, &asked).await,
        Command::HashPassword => Ok(()),
    }
}

fn failed(why: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("postern: {why}");
    ExitCode::FAILURE
}
