//! The command line. A further subcommand is one variant of [`Command`], one line in `commands` and one arm in `read`.

mod accounts;
mod asked;
mod clients;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, value_parser};
use postern_core::model::MailAddress;

use crate::config::{ConfigSources, FILE_VARIABLE, SETTINGS, Secrecy, Setting, USUAL_FILE};
use crate::operator::Asked;

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Serve,
    CheckConfig {
        /// Whether the store and the mail server are asked, too.
        connect: bool,
    },
    SendTestLetter {
        to: MailAddress,
    },
    Accounts(Asked),
    Clients(Asked),
    HashPassword,
}

/// What to do, and what the process was given to do it with.
pub struct Invocation {
    pub command: Command,
    pub given: ConfigSources,
}

/// Reads a command line, program name first. The error also carries `--help` and `--version`;
/// [`clap::Error::exit`] prints it and ends with 2 for bad usage.
pub fn parse(args: impl IntoIterator<Item = impl Into<OsString> + Clone>) -> Result<Invocation, clap::Error> {
    let matches = usage().try_get_matches_from(args)?;
    Ok(Invocation { command: read(&matches), given: given(&matches) })
}

fn usage() -> clap::Command {
    clap::Command::new("postern")
        .version(env!("CARGO_PKG_VERSION"))
        .about("The second door: a self-hosted portal that walks people through every second factor.")
        .after_help(after_help())
        .arg(
            Arg::new("config")
                .long("config")
                .value_name("FILE")
                .global(true)
                .value_parser(value_parser!(PathBuf))
                .help(format!("Settings file; else {FILE_VARIABLE}, else {USUAL_FILE} if it is here")),
        )
        .args(SETTINGS.iter().filter_map(flag))
        .subcommands(commands())
}

fn commands() -> [clap::Command; 6] {
    [
        clap::Command::new("serve").about("Runs the portal (what happens without a command)"),
        clap::Command::new("check-config")
            .about("Checks the configuration and prints what is in effect, without secrets")
            .arg(
                Arg::new("connect")
                    .long("connect")
                    .action(ArgAction::SetTrue)
                    .help("Also asks the store and the mail server whether they are there"),
            ),
        clap::Command::new("send-test-letter").about("Sends a letter, to see that mail works").arg(
            Arg::new("to")
                .value_name("ADDRESS")
                .required(true)
                .value_parser(str::parse::<MailAddress>)
                .help("Who gets it"),
        ),
        accounts::command(),
        clients::command(),
        clap::Command::new("hash-password")
            .about("Makes the admin.password_hash of a password, which is asked for, or read from standard input"),
    ]
}

fn read(matches: &ArgMatches) -> Command {
    match matches.subcommand() {
        Some(("check-config", matches)) => Command::CheckConfig { connect: matches.get_flag("connect") },
        Some(("send-test-letter", matches)) => match matches.get_one::<MailAddress>("to") {
            Some(to) => Command::SendTestLetter { to: to.clone() },
            None => unreachable!("clap requires it"),
        },
        Some(("accounts", matches)) => Command::Accounts(accounts::read(matches)),
        Some(("clients", matches)) => Command::Clients(clients::read(matches)),
        Some(("hash-password", _)) => Command::HashPassword,
        _ => Command::Serve,
    }
}

/// Good before and after the command.
fn flag(setting: &'static Setting) -> Option<Arg> {
    let default = setting.default.map_or(String::new(), |default| format!(" [default: {default}]"));
    let caution = match setting.secrecy {
        Secrecy::Open | Secrecy::Is => "",
        Secrecy::MayHold => ". With a password in it use the environment: command lines are public",
    };
    Some(
        Arg::new(setting.name)
            .long(setting.flag()?)
            .aliases(setting.alias_flag())
            .value_name("VALUE")
            .global(true)
            .help_heading("Settings")
            .help(format!("{}{caution}{default}", setting.help.replace('`', ""))),
    )
}

fn given(matches: &ArgMatches) -> ConfigSources {
    // Flags are global: clap hands them down, so the innermost matches have them all.
    let mut matches = matches;
    while let Some((_, inner)) = matches.subcommand() {
        matches = inner;
    }
    let flags = SETTINGS
        .iter()
        .filter(|setting| setting.flag().is_some())
        .filter_map(|setting| Some((setting.name, matches.get_one::<String>(setting.name)?.clone())))
        .collect();
    ConfigSources::by_process(matches.get_one::<PathBuf>("config").cloned(), flags)
}

fn after_help() -> String {
    let variables = SETTINGS.iter().map(|setting| {
        let secret =
            if setting.secrecy == Secrecy::Is { format!("  {}", setting.help.replace('`', "")) } else { String::new() };
        format!("  {}{secret}", setting.variable())
    });
    let list = variables.collect::<Vec<_>>().join("\n");
    format!(
        "A flag counts over the environment, that over the file, that over the default. In the file a setting has the \
         name of its flag, sections with a dot: `smtp.url` is `url` under [smtp].\n\nEnvironment:\n{list}"
    )
}
