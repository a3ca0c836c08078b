//! `postern clients …` on the command line.

use clap::{Arg, ArgMatches, Command};
use postern_core::model::ApiKey;

use super::asked::{self, family, yes};
use crate::operator::{Asked, Request};

pub fn command() -> Command {
    family("clients", "Shows API keys, and takes them away").subcommands([
        Command::new("list").about("Every key, one a line"),
        about_one("disable", "From now on a key and its secret open nothing; its records stay"),
        about_one("delete", "Deletes a key for good, with every record of its users").arg(yes()),
    ])
}

fn about_one(name: &'static str, about: &'static str) -> Command {
    let key = Arg::new("key")
        .value_name("KEY")
        .required(true)
        .value_parser(str::parse::<ApiKey>)
        .help("The API key, 40 hex digits");
    Command::new(name).about(about).arg(key)
}

pub fn read(matches: &ArgMatches) -> Asked {
    asked::read(matches, request)
}

fn request(name: &str, matches: &ArgMatches) -> Request {
    if name == "list" {
        return Request::ListClients;
    }
    let Some(key) = matches.get_one::<ApiKey>("key").cloned() else { unreachable!("clap requires it") };
    match name {
        "disable" => Request::DisableClient { key },
        "delete" => Request::DeleteClient { key },
        other => unreachable!("clap knows no {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "3f9a12c4e07b5d6688aa10fe23cd45b79081a6f2";

    /// As part of the whole command line, whose settings have names of their own.
    fn asked(line: &str) -> Result<Asked, clap::Error> {
        let invocation = crate::cli::parse(format!("postern {line} --address 127.0.0.1:0").split(' '))?;
        match invocation.command {
            crate::cli::Command::Clients(asked) => Ok(asked),
            other => panic!("{other:?}"),
        }
    }

    fn key() -> ApiKey {
        KEY.parse().expect("a key")
    }

    #[test]
    fn every_command_is_read() {
        for (line, request) in [
            ("clients list".to_owned(), Request::ListClients),
            (format!("clients disable {KEY}"), Request::DisableClient { key: key() }),
            (format!("clients disable {}", KEY.to_uppercase()), Request::DisableClient { key: key() }),
            (format!("clients delete {KEY}"), Request::DeleteClient { key: key() }),
        ] {
            assert_eq!(asked(&line).expect(&line), Asked { request, json: false, yes: false }, "{line}");
        }
    }

    #[test]
    fn json_goes_with_all_and_yes_with_what_is_final() {
        assert!(asked("clients --json list").expect("a command").json);
        assert!(asked("clients list --json").expect("a command").json);
        assert!(asked(&format!("clients delete {KEY} --yes")).expect("a command").yes);
        assert!(asked("clients list --yes").is_err());
    }

    #[test]
    fn what_is_no_command_is_refused() {
        for line in
            ["clients", "clients drop", "clients disable", "clients delete 3f9a12c4", "clients disable a@b.example"]
        {
            assert!(asked(line).is_err(), "{line}");
        }
    }
}
