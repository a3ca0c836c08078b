//! `postern accounts …` and `postern clients …`: what operators see and do without a browser. A portal that runs over the embedded store is
//! asked through its socket, since that store has one process at a time; otherwise the command opens the store itself.
//! Both ways end in the same function.

mod act;
mod ask;
mod request;
mod socket;
mod text;

use std::io::{self, BufRead, IsTerminal, Write};

use crate::app::{self, ServeError};
use crate::config::Config;
use crate::process;
use crate::store;

pub use ask::ask;
use request::Final;
pub use request::{Reply, Request};
pub use socket::OperatorSocket;

/// One command as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub request: Request,
    /// Answers as JSON.
    pub json: bool,
    /// What cannot be taken back needs no further word.
    pub yes: bool,
}

/// Why a command did not do it.
#[derive(Debug, thiserror::Error)]
pub enum NotDone {
    #[error("{0}")]
    Refused(String),
    #[error("this would {0}: say --yes, or run it on a terminal to be asked")]
    Unconfirmed(&'static str),
    #[error("that is not the {0}; nothing was done")]
    OtherName(&'static str),
    #[error("there is no store in {0}; is data_dir right?")]
    NoStore(String),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Does it and prints what came of it.
pub async fn run(config: &Config, asked: &Asked) -> Result<(), ServeError> {
    if !asked.yes
        && let Some(act) = asked.request.is_final()
    {
        let stdin = io::stdin();
        confirm(&act, stdin.is_terminal(), &mut stdin.lock())?;
    }
    let reply = reply(config, &asked.request).await?;
    match (asked.json, reply) {
        (true, reply @ Reply::NotDone(_)) => {
            println!("{}", reply.json());
            Err(NotDone::Refused("not done".to_owned()).into())
        }
        (false, Reply::NotDone(why)) => Err(NotDone::Refused(why).into()),
        (true, reply) => {
            println!("{}", reply.json());
            Ok(())
        }
        (false, reply) => {
            print!("{}", text::text(&reply));
            Ok(())
        }
    }
}

async fn reply(config: &Config, request: &Request) -> Result<Reply, ServeError> {
    if !store::is_shared(config) {
        if let Some(reply) = ask(&config.data_dir, request).await.map_err(NotDone::Io)? {
            return Ok(reply);
        }
        // Opening it would make an empty one.
        if !store::is_there(config) {
            return Err(NotDone::NoStore(config.data_dir.display().to_string()).into());
        }
        if request.tells_somebody() {
            eprintln!("postern: the portal does not run here; letters wait until it does");
        }
    }
    let portal = app::portal(config).await?;
    Ok(act::act(&portal, request, &process::own_user()).await)
}

/// Asks for the address or the key once more, as a person can answer and a script cannot.
fn confirm(act: &Final<'_>, is_terminal: bool, input: &mut impl BufRead) -> Result<(), NotDone> {
    let Final { would, to } = act;
    if !is_terminal {
        return Err(NotDone::Unconfirmed(would));
    }
    eprint!("This will {would}. Type the {} again to go on: ", to.noun());
    io::stderr().flush()?;
    let mut typed = String::new();
    input.read_line(&mut typed)?;
    if to.is(&typed) { Ok(()) } else { Err(NotDone::OtherName(to.noun())) }
}

#[cfg(test)]
mod tests {
    use super::request::Named;
    use super::*;

    fn confirmed(to: Named<'_>, typed: &str, is_terminal: bool) -> Result<(), NotDone> {
        confirm(&Final { would: "delete for good", to }, is_terminal, &mut typed.as_bytes())
    }

    #[test]
    fn only_the_address_typed_once_more_on_a_terminal_confirms() {
        let ada = "Ada@example.org".parse().expect("an address");
        let confirmed = |typed, is_terminal| confirmed(Named::Address(&ada), typed, is_terminal);
        assert!(confirmed("ada@EXAMPLE.org\n", true).is_ok());
        for typed in ["", "\n", "y\n", "yes\n", "bob@example.org\n"] {
            assert!(matches!(confirmed(typed, true), Err(NotDone::OtherName("address"))), "{typed:?}");
        }
        assert!(matches!(confirmed("ada@example.org\n", false), Err(NotDone::Unconfirmed("delete for good"))));
    }

    #[test]
    fn a_client_is_named_by_its_whole_key() {
        let key = "ab".repeat(20).parse().expect("a key");
        let confirmed = |typed: &str| confirmed(Named::Key(&key), typed, true);
        assert!(confirmed(&format!("{}\n", "AB".repeat(20))).is_ok());
        for typed in ["\n", "abababab\n", "yes\n", &format!("{}\n", "ac".repeat(20))] {
            assert!(matches!(confirmed(typed), Err(NotDone::OtherName("key"))), "{typed:?}");
        }
    }
}
