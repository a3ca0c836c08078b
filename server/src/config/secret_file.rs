//! Secrets that stand in files, as containers are handed them: any secret setting `x` may be given as `x_file`.

use std::fs::OpenOptions;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use nix::fcntl::OFlag;
use postern_core::model::Secret;

use super::gather::Values;
use super::mistake::{Mistake, Source, Wrong};
use super::setting::{SETTINGS, Secrecy, Setting};

/// The longest secret that is read, in bytes: a file without end would fill the memory.
const LONGEST: u64 = 64 * 1024;

/// Puts the text of each file that is named where its setting is read.
pub fn read_all(values: &mut Values, mistakes: &mut Vec<Mistake>) {
    for (setting, of) in SETTINGS.iter().filter_map(|setting| Some((setting, setting.file_of?))) {
        let Some((path, source)) = values.get(setting.name).cloned() else { continue };
        let mut wrong = |key: &str, source: &Source, wrong| {
            mistakes.push(Mistake { key: key.to_owned(), source: source.clone(), wrong });
        };
        if let Some((_, other)) = values.get(of) {
            let what = format!("is given, and so is {}", setting.name);
            wrong(of, other, Wrong::new(what, "Give one of them"));
            continue;
        }
        match read(path.expose().trim()) {
            Ok(text) => drop(values.insert(of, (text, source))),
            Err(why) => wrong(setting.name, &source, why),
        }
    }
}

fn read(path: &str) -> Result<Secret<String>, Wrong> {
    use std::io::Read as _;
    let right = "Name a file with the secret and nothing else, which this user may read";
    let unreadable = |error: &dyn std::fmt::Display| Wrong::new(format!("{path} cannot be read: {error}"), right);
    // Opening a pipe that nobody writes to would wait for ever.
    let open = OpenOptions::new().read(true).custom_flags(OFlag::O_NONBLOCK.bits()).open(path);
    let file = open.map_err(|error| unreadable(&error))?;
    if !file.metadata().map_err(|error| unreadable(&error))?.is_file() {
        return Err(Wrong::new(format!("{path} is no regular file"), right));
    }
    let mut text = String::new();
    file.take(LONGEST + 1).read_to_string(&mut text).map_err(|error| unreadable(&error))?;
    let text = Secret::new(text);
    if text.expose().len() as u64 > LONGEST {
        return Err(Wrong::new(format!("{path} is longer than any secret"), right));
    }
    if text.expose().trim().is_empty() {
        return Err(Wrong::new(format!("{path} is empty"), right));
    }
    Ok(text)
}

/// The files with secrets that other users of the machine may read.
pub fn open_to_others(values: &Values) -> Vec<String> {
    let mut files: Vec<String> = SETTINGS.iter().filter_map(|setting| path_with_secret(setting, values)).collect();
    files.sort_unstable();
    files.dedup();
    files.retain(|path| is_open_to_others(Path::new(path)));
    files
}

/// Whether the group or everybody may read or write a file.
pub fn is_open_to_others(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o066 != 0)
}

/// Where this setting's secret stands, if it stands in a file.
fn path_with_secret(setting: &Setting, values: &Values) -> Option<String> {
    let (text, source) = values.get(setting.name)?;
    match (setting.file_of, setting.secrecy, source) {
        (Some(_), _, _) => Some(text.expose().trim().to_owned()),
        (None, Secrecy::Is | Secrecy::MayHold, Source::File { path, .. }) => Some(path.display().to_string()),
        _ => None,
    }
}
