//! What is wrong with a configuration: every mistake with its key, where it came from, and what would be right.

use std::fmt;
use std::path::PathBuf;

use super::setting::SETTINGS;

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    Default,
    File { path: PathBuf, line: usize },
    Variable(String),
    Flag(String),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { path, line } => write!(f, "{} line {line}", path.display()),
            Self::Variable(name) => write!(f, "environment {name}"),
            Self::Flag(name) => write!(f, "flag --{name}"),
        }
    }
}

/// What a reader says of a value it cannot take. Never holds the value of a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub what: String,
    pub right: String,
}

impl Wrong {
    pub fn new(what: impl Into<String>, right: impl Into<String>) -> Self {
        Self { what: what.into(), right: right.into() }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    pub key: String,
    pub source: Source,
    pub wrong: Wrong,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, source, wrong: Wrong { what, right } } = self;
        write!(f, "{key} ({source}): {what}. {right}.")
    }
}

/// All of them, in the order in which they were found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Mistakes(pub Vec<Mistake>);

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.0.len() == 1 { "" } else { "s" };
        write!(f, "{} mistake{plural} in the configuration:", self.0.len())?;
        self.0.iter().try_for_each(|mistake| write!(f, "\n  {mistake}"))
    }
}

/// "Did you mean" for a name that is none of ours, written as `spell` writes settings.
pub fn did_you_mean(unknown: &str, spell: impl Fn(&super::setting::Setting) -> String) -> String {
    let nearest = SETTINGS
        .iter()
        .map(spell)
        .map(|name| (strsim::damerau_levenshtein(unknown, &name), name))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, name)| distance * 3 <= name.len());
    match nearest {
        Some((_, name)) => format!("Did you mean {name}? All settings: postern --help"),
        None => "All settings: postern --help".to_owned(),
    }
}
