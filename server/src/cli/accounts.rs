//! `postern accounts …` on the command line.

use std::net::IpAddr;

use clap::{Arg, ArgMatches, Command, value_parser};
use postern_core::model::MailAddress;

use super::asked::{self, family, yes};
use crate::operator::{Asked, Request};

pub fn command() -> Command {
    family("accounts", "Shows accounts, and helps those who are locked out").subcommands([
        Command::new("list").about("Every account, one a line"),
        about_one("show", "One account: its factors, sessions and last activity"),
        about_one("why", "Why somebody cannot get in").arg(
            Arg::new("from")
                .long("from")
                .value_name("IP")
                .value_parser(value_parser!(IpAddr))
                .help("Where they try from: limits of that network count, too"),
        ),
        about_one("unblock", "Forgives wrong answers and guesses, and lifts a freeze"),
        about_one("reset-factors", "Takes every second factor off and ends all sessions").arg(yes()),
        about_one("end-sessions", "Ends every session of an account"),
        about_one("delete", "Deletes an account for good").arg(yes()),
        about_one("invite", "Lets an address make an account, and says so by mail"),
    ])
}

fn about_one(name: &'static str, about: &'static str) -> Command {
    // Not "address", which is the setting's name.
    let address = Arg::new("account")
        .value_name("ADDRESS")
        .required(true)
        .value_parser(str::parse::<MailAddress>)
        .help("The account's mail address");
    Command::new(name).about(about).arg(address)
}

pub fn read(matches: &ArgMatches) -> Asked {
    asked::read(matches, request)
}

fn request(name: &str, matches: &ArgMatches) -> Request {
    if name == "list" {
        return Request::List;
    }
    let Some(address) = matches.get_one::<MailAddress>("account").cloned() else { unreachable!("clap requires it") };
    match name {
        "show" => Request::Show { address },
        "why" => Request::Why { address, from: matches.get_one::<IpAddr>("from").copied() },
        "unblock" => Request::Unblock { address },
        "reset-factors" => Request::ResetFactors { address },
        "end-sessions" => Request::EndSessions { address },
        "delete" => Request::Delete { address },
        "invite" => Request::Invite { address },
        other => unreachable!("clap knows no {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As part of the whole command line, whose settings have names of their own.
    fn asked(line: &str) -> Result<Asked, clap::Error> {
        let invocation = crate::cli::parse(format!("postern {line} --address 127.0.0.1:0").split(' '))?;
        match invocation.command {
            crate::cli::Command::Accounts(asked) => Ok(asked),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_command_is_read() {
        let ada = || "ada@example.org".parse::<MailAddress>().expect("an address");
        let (address, from) = (ada(), Some([192, 0, 2, 7].into()));
        for (line, request) in [
            ("accounts list", Request::List),
            ("accounts show ada@example.org", Request::Show { address: ada() }),
            ("accounts why ada@example.org", Request::Why { address: ada(), from: None }),
            ("accounts why ada@example.org --from 192.0.2.7", Request::Why { address, from }),
            ("accounts unblock ada@example.org", Request::Unblock { address: ada() }),
            ("accounts reset-factors ada@example.org", Request::ResetFactors { address: ada() }),
            ("accounts end-sessions ada@example.org", Request::EndSessions { address: ada() }),
            ("accounts delete ada@example.org", Request::Delete { address: ada() }),
            ("accounts invite ada@example.org", Request::Invite { address: ada() }),
        ] {
            assert_eq!(asked(line).expect(line), Asked { request, json: false, yes: false }, "{line}");
        }
    }

    #[test]
    fn json_goes_with_all_and_yes_with_what_is_final() {
        assert!(asked("accounts --json list").expect("a command").json);
        assert!(asked("accounts list --json").expect("a command").json);
        assert!(asked("accounts delete ada@example.org --yes").expect("a command").yes);
        assert!(asked("accounts unblock ada@example.org --yes").is_err());
    }

    #[test]
    fn what_is_no_command_is_refused() {
        for line in
            ["accounts", "accounts drop", "accounts show", "accounts show nobody", "accounts why a@b.example --from x"]
        {
            assert!(asked(line).is_err(), "{line}");
        }
    }
}
