//! What operators' commands have in common on the command line.

use clap::{Arg, ArgAction, ArgMatches, Command};

use crate::operator::{Asked, Request};

/// A family of commands, each of which answers people or, with `--json`, programs.
pub fn family(name: &'static str, about: &'static str) -> Command {
    Command::new(name)
        .about(about)
        .subcommand_required(true)
        .arg(Arg::new("json").long("json").global(true).action(ArgAction::SetTrue).help("Answers as JSON"))
}

/// For what cannot be taken back.
pub fn yes() -> Arg {
    Arg::new("yes").long("yes").action(ArgAction::SetTrue).help("Does not ask")
}

/// The command of a family; `request` knows it by its name.
pub fn read(matches: &ArgMatches, request: fn(&str, &ArgMatches) -> Request) -> Asked {
    let Some((name, matches)) = matches.subcommand() else { unreachable!("clap requires it") };
    let json = matches.get_flag("json");
    let yes = matches!(matches.try_get_one::<bool>("yes"), Ok(Some(true)));
    Asked { request: request(name, matches), json, yes }
}
