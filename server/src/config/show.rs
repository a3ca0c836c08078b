//! The configuration as people read it: what is in effect and why, and the README's table.

use std::fmt::Write as _;

use super::setting::{SETTINGS, Secrecy, Setting};
use super::{Config, MasterKeys, PublicOrigin, Source};

impl Config {
    /// One line a setting: name, value, where it came from. Secrets are told to be set, no more.
    pub fn effective(&self) -> String {
        let width = SETTINGS.iter().map(|setting| setting.name.len()).max().unwrap_or(0);
        let mut lines = SETTINGS.iter().fold(String::new(), |mut lines, setting| {
            let (value, source) = self.shown(setting);
            let _ = writeln!(lines, "{:width$}  {value}  [{source}]", setting.name);
            lines
        });
        if !self.ignored.is_empty() {
            let _ = writeln!(lines, "not settings, but what tells of services nearby: {}", self.ignored.join(", "));
        }
        lines
    }

    fn shown(&self, setting: &Setting) -> (String, Source) {
        let given = self.given.get(setting.name);
        let source = given.map_or(Source::Default, |(_, source)| source.clone());
        let value = match (setting.name, given) {
            // Follows the address unless it is given.
            ("public_origin", _) => PublicOrigin::to_string(&self.public_origin),
            ("master_key", None) if matches!(self.master_keys, MasterKeys::KeptInDataDir) => {
                format!("(kept in {})", self.master_key_path().display())
            }
            (_, None) => "(not set)".to_owned(),
            (_, Some(_)) if setting.secrecy != Secrecy::Open => "(set)".to_owned(),
            (_, Some((text, _))) => text.expose().clone(),
        };
        (value, source)
    }

    /// Every setting as a Markdown table, for the README.
    pub fn table() -> String {
        let head = "| In `postern.toml` | Environment | Flag | Default | What it decides |\n|---|---|---|---|---|\n";
        SETTINGS.iter().fold(head.to_owned(), |mut table, setting| {
            let flag = setting.flag().map_or("none: it is a secret".to_owned(), |flag| format!("`--{flag}`"));
            let default = setting.default.map_or(String::new(), |default| format!("`{default}`"));
            let Setting { name, help, .. } = setting;
            let _ = writeln!(table, "| `{name}` | `{}` | {flag} | {default} | {help} |", setting.variable());
            table
        })
    }
}
