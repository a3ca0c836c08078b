//! Brings file, environment and flags together: per setting the text that holds and where it came from.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use postern_core::model::Secret;

use super::mistake::{Mistake, Source, Wrong, did_you_mean};
use super::setting::{FILE_VARIABLE, PREFIX, SETTINGS, Secrecy, Setting};
use super::{secret_file, toml_file};

/// The working directory's file, read when no other is named.
pub const USUAL_FILE: &str = "postern.toml";

/// What the process was given, before any of it is understood. Not `Debug`: there may be secrets in it.
#[derive(Clone, Default)]
pub struct ConfigSources {
    /// `--config FILE`.
    pub file: Option<PathBuf>,
    /// Variables; those that do not begin with `POSTERN_` are not looked at.
    pub variables: Vec<(String, String)>,
    /// Of those variables of ours whose value is not UTF-8, the names.
    pub not_utf8: Vec<String>,
    /// Settings by name, from the command line.
    pub flags: Vec<(&'static str, String)>,
}

impl ConfigSources {
    /// The process's own environment, and what its command line said.
    pub fn by_process(file: Option<PathBuf>, flags: Vec<(&'static str, String)>) -> Self {
        let (mut variables, mut not_utf8) = (Vec::new(), Vec::new());
        let named = std::env::vars_os().map(|(name, value)| (name.to_string_lossy().into_owned(), value));
        for (name, value) in named.filter(|(name, _)| name.starts_with(PREFIX)) {
            match value.into_string() {
                Ok(value) => variables.push((name, value)),
                Err(_) => not_utf8.push(name),
            }
        }
        Self { file, variables, not_utf8, flags }
    }

    /// Named by flag, else by variable, else the usual one if it is there.
    fn file(&self) -> Option<(PathBuf, Source)> {
        if let Some(path) = &self.file {
            return Some((path.clone(), Source::Flag("config".into())));
        }
        let named = self.variables.iter().find(|(name, value)| name == FILE_VARIABLE && !value.is_empty());
        if let Some((name, value)) = named {
            return Some((value.into(), Source::Variable(name.clone())));
        }
        let usual = Path::new(USUAL_FILE);
        usual.exists().then(|| (usual.to_owned(), Source::Default))
    }
}

/// Per setting its text and where that came from. Each text counts as a secret: some are.
pub type Values = BTreeMap<&'static str, (Secret<String>, Source)>;

/// Flag over environment over file over default; an empty text takes a setting back to its default.
pub fn gather(given: &ConfigSources, mistakes: &mut Vec<Mistake>) -> Values {
    let mut values: Values = SETTINGS
        .iter()
        .filter_map(|setting| Some((setting.name, (setting.default?.to_owned().into(), Source::Default))))
        .collect();
    let mut empty = Vec::new();
    let mut put = |setting: &'static Setting, text: String, source: Source| {
        if setting.secrecy == Secrecy::Is && text.trim().is_empty() {
            empty.push((setting, source.clone()));
        }
        match (text.trim().is_empty(), setting.default) {
            (false, _) => values.insert(setting.name, (text.into(), source)),
            (true, Some(default)) => values.insert(setting.name, (default.to_owned().into(), Source::Default)),
            (true, None) => values.remove(setting.name),
        };
    };
    if let Some((path, named_by)) = given.file() {
        toml_file::read(&path, &named_by, &mut put, mistakes);
    }
    let mut variables: Vec<_> = given.variables.iter().filter(|(name, _)| name.starts_with(PREFIX)).collect();
    // Older names first, so that the present ones hold where both are given.
    variables.sort_by_key(|(name, _)| Setting::by_variable(name).is_none_or(|(_, is_alias)| !is_alias));
    for (name, value) in variables {
        match Setting::by_variable(name) {
            Some((setting, _)) => put(setting, value.clone(), Source::Variable(name.clone())),
            None if name == FILE_VARIABLE || is_of_a_neighbour(name, value) => {}
            None => mistakes.push(Mistake {
                key: name.clone(),
                source: Source::Variable(name.clone()),
                wrong: Wrong::new("is no setting", did_you_mean(name, Setting::variable)),
            }),
        }
    }
    for (name, value) in &given.flags {
        if let Some(setting) = Setting::by_name(name) {
            put(setting, value.clone(), Source::Flag(setting.flag().unwrap_or_default()));
        }
    }
    // A secret that came out empty is more likely one that was not filled in than one that is not wanted.
    mistakes.extend(empty.into_iter().map(|(setting, source)| Mistake {
        key: setting.name.to_owned(),
        source,
        wrong: Wrong::new("is empty", "Give a secret, or leave the setting out"),
    }));
    mistakes.extend(given.not_utf8.iter().map(|name| Mistake {
        key: SETTINGS.iter().find(|setting| setting.variable() == *name).map_or(name.as_str(), |s| s.name).to_owned(),
        source: Source::Variable(name.clone()),
        wrong: Wrong::new("is not UTF-8", "Give text in UTF-8"),
    }));
    secret_file::read_all(&mut values, mistakes);
    values
}

/// The variables that were left alone since they tell of neighbours.
pub fn neighbours(given: &ConfigSources) -> Vec<String> {
    let is_setting = |name: &str| name == FILE_VARIABLE || Setting::by_variable(name).is_some();
    let of_neighbours = given
        .variables
        .iter()
        .filter(|(name, value)| name.starts_with(PREFIX) && !is_setting(name) && is_of_a_neighbour(name, value));
    of_neighbours.map(|(name, _)| name.clone()).collect()
}

/// Kubernetes and Docker links tell every container where the services around it are: the one called "postern-redis" as
/// `POSTERN_REDIS_SERVICE_HOST`, `POSTERN_REDIS_SERVICE_PORT_TCP`, `POSTERN_REDIS_PORT` and
/// `POSTERN_REDIS_PORT_6379_TCP_ADDR`. The values are addresses, numbers, names of protocols and `tcp://…`.
fn is_of_a_neighbour(name: &str, value: &str) -> bool {
    let value = value.trim();
    let is_number = value.parse::<u16>().is_ok();
    let is_address = value.parse::<IpAddr>().is_ok();
    let is_protocol = |text: &str| ["tcp", "udp", "sctp"].contains(&text);
    let is_url = value.split_once("://").is_some_and(|(protocol, _)| is_protocol(protocol));
    if name == "POSTERN_PORT" {
        // With a number it is somebody's guess at `POSTERN_ADDRESS`.
        return is_url;
    }
    let named = name.ends_with("_SERVICE_HOST")
        || name.contains("_SERVICE_PORT")
        || name.ends_with("_PORT")
        || name.contains("_PORT_");
    named && (is_number || is_address || is_url || is_protocol(value))
}
