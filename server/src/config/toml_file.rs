//! Reads `postern.toml` into texts, with the line of each, and names what does not belong there.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::mistake::{Mistake, Source, Wrong, did_you_mean};
use super::setting::{SETTINGS, Setting};

type Put<'p> = &'p mut dyn FnMut(&'static Setting, String, Source);

/// Hands every setting of the file to `put`. A file that cannot be read is a mistake too.
pub fn read(path: &Path, named_by: &Source, put: Put<'_>, mistakes: &mut Vec<Mistake>) {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            let what = format!("{} cannot be read: {error}", path.display());
            let wrong = Wrong::new(what, "Name a TOML file in UTF-8 that this user may read");
            return mistakes.push(Mistake { key: "config".into(), source: named_by.clone(), wrong });
        }
    };
    let (table, errors) = DeTable::parse_recoverable(&text);
    let mut reader = Reader { path, text: &text, put, mistakes };
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        reader.wrong("syntax", at, Wrong::new(error.message(), "TOML is described at https://toml.io"));
    }
    // After a slip of syntax the rest is guesswork.
    if errors.is_empty() {
        reader.table("", table.get_ref());
    }
}

struct Reader<'r> {
    path: &'r Path,
    text: &'r str,
    put: Put<'r>,
    mistakes: &'r mut Vec<Mistake>,
}

impl Reader<'_> {
    fn source(&self, at: usize) -> Source {
        let line = 1 + self.text.get(..at).unwrap_or_default().matches('\n').count();
        Source::File { path: self.path.to_owned(), line }
    }

    fn wrong(&mut self, key: &str, at: usize, wrong: Wrong) {
        let source = self.source(at);
        self.mistakes.push(Mistake { key: key.to_owned(), source, wrong });
    }

    fn table(&mut self, path: &str, table: &DeTable<'_>) {
        let mut entries: Vec<_> = table.iter().collect();
        let name_of = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        // Older names first, so that the present ones hold where both are given.
        entries.sort_by_key(|(key, _)| {
            let name = name_of(key.get_ref());
            Setting::by_name(&name).is_none_or(|setting| setting.name == name)
        });
        for (key, value) in entries {
            let name = name_of(key.get_ref());
            self.entry(&name, key.span().start, value.get_ref());
        }
    }

    fn entry(&mut self, name: &str, at: usize, value: &DeValue<'_>) {
        let section = SETTINGS.iter().any(|s| s.name.strip_prefix(name).is_some_and(|rest| rest.starts_with('.')));
        match (Setting::by_name(name), value) {
            (Some(setting), _) => self.setting(setting, at, value),
            (None, DeValue::Table(inner)) if section => self.table(name, inner),
            (None, _) if section => {
                let right = format!("Write a section: [{name}] and its settings below");
                self.wrong(name, at, Wrong::new("is a section, not a setting", right));
            }
            (None, _) => {
                let right = did_you_mean(name, |setting| setting.name.to_owned());
                self.wrong(name, at, Wrong::new("is no setting", right));
            }
        }
    }

    fn setting(&mut self, setting: &'static Setting, at: usize, value: &DeValue<'_>) {
        if let Some(text) = text_of(value) {
            let source = self.source(at);
            (self.put)(setting, text, source);
        } else {
            let what = format!("is of type {}", value.type_str());
            self.wrong(setting.name, at, Wrong::new(what, "Give a text in quotes, or a list of texts"));
        }
    }
}

/// Texts as they are, whole numbers and truth values as written, lists with commas between.
fn text_of(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(truth) => Some(truth.to_string()),
        DeValue::Array(items) => {
            let texts = items.iter().map(|item| item.get_ref().as_str()).collect::<Option<Vec<_>>>();
            texts.map(|texts| texts.join(","))
        }
        _ => None,
    }
}
