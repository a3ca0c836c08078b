//! Brings file, environment and flags together: per setting the text that holds and where it came from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use postern_app::model::Secret;

use super::mistake::{Mistake, Source, Wrong, did_you_mean};
use super::setting::{FILE_VARIABLE, PREFIX, SETTINGS, Setting};
use super::toml_file;

/// The working directory's file, read when no other is named.
pub const USUAL_FILE: &str = "postern.toml";

/// What the process was given, before any of it is understood. Not `Debug`: there may be secrets in it.
#[derive(Clone, Default)]
pub struct Given {
    /// `--config FILE`.
    pub file: Option<PathBuf>,
    /// All variables; those that do not begin with `POSTERN_` are not looked at.
    pub variables: Vec<(String, String)>,
    /// Settings by name, from the command line.
    pub flags: Vec<(&'static str, String)>,
}

impl Given {
    /// The process's own environment, and what its command line said.
    pub fn by_process(file: Option<PathBuf>, flags: Vec<(&'static str, String)>) -> Self {
        let text = |part: std::ffi::OsString| part.to_string_lossy().into_owned();
        let variables = std::env::vars_os().map(|(name, value)| (text(name), text(value))).collect();
        Self { file, variables, flags }
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
pub fn gather(given: &Given, mistakes: &mut Vec<Mistake>) -> Values {
    let mut values: Values = SETTINGS
        .iter()
        .filter_map(|setting| Some((setting.name, (setting.default?.to_owned().into(), Source::Default))))
        .collect();
    let mut put = |setting: &'static Setting, text: String, source: Source| {
        match (text.trim().is_empty(), setting.default) {
            (false, _) => values.insert(setting.name, (text.into(), source)),
            (true, Some(default)) => values.insert(setting.name, (default.to_owned().into(), Source::Default)),
            (true, None) => values.remove(setting.name),
        };
    };
    if let Some((path, named_by)) = given.file() {
        toml_file::read(&path, &named_by, &mut put, mistakes);
    }
    for (name, value) in given.variables.iter().filter(|(name, _)| name.starts_with(PREFIX)) {
        match SETTINGS.iter().find(|setting| setting.variable() == *name) {
            Some(setting) => put(setting, value.clone(), Source::Variable(name.clone())),
            None if name == FILE_VARIABLE || is_kubernetes(name, value) => {}
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
    values
}

/// Kubernetes tells every pod of a service called "postern" where that service is, by names like ours.
fn is_kubernetes(name: &str, value: &str) -> bool {
    name.starts_with("POSTERN_SERVICE_")
        || name.starts_with("POSTERN_PORT_")
        || (name == "POSTERN_PORT" && value.contains("://"))
}
