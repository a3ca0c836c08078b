//! Which store this folder's portal uses, kept outside of the store: an empty Redis after a restart, or a data file that
//! was removed, is then told from a first start.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::CannotOpen;

const FILE: &str = "store-id";

pub fn marker_path(folder: &Path) -> PathBuf {
    folder.join(FILE)
}

/// The identity of the store that was in use here before; `None`: none was.
pub fn read_marker(folder: &Path) -> Result<Option<String>, CannotOpen> {
    let path = marker_path(folder);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(CannotOpen(format!("{} cannot be read: {error}", path.display()))),
    }
}

/// Keeps the identity, unless one is kept. A folder that cannot be written is told, and no reason not to start.
pub fn keep_marker(folder: &Path, identity: &str) {
    let path = marker_path(folder);
    let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
    let written = made.and_then(|()| {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        file.write_all(format!("{identity}\n").as_bytes())?;
        file.sync_all()
    });
    match written {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => tracing::warn!(
            path = %path.display(),
            %error,
            "the identity of the store cannot be kept: an emptied store will be taken for a new one at the next start"
        ),
        _ => {}
    }
}
