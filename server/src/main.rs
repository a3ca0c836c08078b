//! Postern's process: command line, configuration, logs, then what was asked for.

use std::process::ExitCode;

use postern::cli::{self, Command};
use postern::config::Config;
use postern::telemetry::{Output, Telemetry};

fn main() -> ExitCode {
    let invocation = cli::parse(std::env::args_os()).unwrap_or_else(|error| error.exit());
    let config = match Config::load(&invocation.given) {
        Ok(config) => config,
        Err(mistakes) => return failed(&mistakes),
    };
    let output = if invocation.command == Command::Serve { Output::Stdout } else { Output::Stderr };
    match Telemetry::start(&config, output) {
        Ok(_) => run(invocation.command, &config),
        Err(error) => failed(&error),
    }
}

fn run(command: Command, config: &Config) -> ExitCode {
    match command {
        Command::CheckConfig { connect: false } => {
            print!("{}", config.effective());
            ExitCode::SUCCESS
        }
        command => failed(&format!("{command:?} is not there yet")),
    }
}

fn failed(why: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("postern: {why}");
    ExitCode::FAILURE
}
