//! `postern hash-password`: the operators' password in, its hash out.

use std::io::{self, BufRead, IsTerminal as _};
use std::process::{Command, Stdio};

use postern_core::model::Secret;
use postern_core::port::Entropy as _;
use postern_core::seal::{PasswordHash, Unhashable};

use crate::platform::SystemEntropy;

/// Of a password that nothing else stands beside (NIST SP 800-63B-4 3.1.1.2).
const SHORTEST: usize = 15;

/// Why there is no hash.
#[derive(Debug, thiserror::Error)]
pub enum NoHash {
    #[error("a password that opens by itself has at least {SHORTEST} characters")]
    Short,
    #[error("those were two different passwords")]
    Different,
    #[error(transparent)]
    Unhashable(#[from] Unhashable),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Asks for a password and prints its hash.
pub fn hash() -> Result<(), NoHash> {
    let stdin = io::stdin();
    let password = if stdin.is_terminal() {
        let _dark = Dark::begin();
        asked_twice(&mut stdin.lock(), &mut io::stderr())?
    } else {
        line(&mut stdin.lock())?
    };
    println!("{}", hash_of(&password)?);
    Ok(())
}

fn hash_of(password: &Secret<String>) -> Result<String, NoHash> {
    if password.expose().chars().count() < SHORTEST {
        return Err(NoHash::Short);
    }
    let mut salt = [0; 16];
    SystemEntropy.fill(&mut salt);
    Ok(PasswordHash::make(password.expose().as_bytes(), salt)?)
}

fn asked_twice(input: &mut impl BufRead, output: &mut impl io::Write) -> Result<Secret<String>, NoHash> {
    let mut ask = |what: &str| {
        write!(output, "{what}: ")?;
        output.flush()?;
        let typed = line(input)?;
        writeln!(output)?;
        Ok::<_, io::Error>(typed)
    };
    let (password, again) = (ask("Password")?, ask("The same again")?);
    if password == again { Ok(password) } else { Err(NoHash::Different) }
}

/// Without its end. Blanks belong to a password.
fn line(input: &mut impl BufRead) -> io::Result<Secret<String>> {
    let mut typed = String::new();
    input.read_line(&mut typed)?;
    let kept = typed.trim_end_matches(['\r', '\n']).len();
    typed.truncate(kept);
    Ok(Secret::new(typed))
}

/// A terminal that does not show what is typed, as long as this lives.
struct Dark;

impl Dark {
    fn begin() -> Self {
        stty("-echo");
        Self
    }
}

impl Drop for Dark {
    fn drop(&mut self) {
        stty("echo");
    }
}

/// Where there is no `stty` the password is seen by whoever looks; it is no worse kept for that.
fn stty(how: &str) {
    let _ = Command::new("stty").arg(how).stdin(Stdio::inherit()).stderr(Stdio::null()).status();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_hashed_as_it_was_typed_but_for_the_end_of_its_line() {
        let typed = line(&mut " correct horse battery \r\n".as_bytes()).expect("a line");
        let hash = PasswordHash::parse(&hash_of(&typed).expect("a hash")).expect("a hash");
        assert!(hash.is_of(b" correct horse battery "));
        assert!(matches!(hash_of(&Secret::new("fourteen chars".to_owned())), Err(NoHash::Short)));
    }

    #[test]
    fn a_slip_of_the_finger_is_noticed_and_no_password_is_shown() {
        let typed = |text: &str| {
            let mut shown = Vec::new();
            let password = asked_twice(&mut text.as_bytes(), &mut shown);
            assert!(!String::from_utf8(shown).expect("text").contains("horse"));
            password
        };
        assert_eq!(typed("correct horse\ncorrect horse\n").expect("the same").expose(), "correct horse");
        assert!(matches!(typed("correct horse\ncorect horse\n"), Err(NoHash::Different)));
    }
}
