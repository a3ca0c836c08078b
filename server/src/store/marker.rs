//! Which store this folder's portal uses, kept outside of the store: an empty Redis after a restart, or a data file that
//! was removed, is then told from a first start.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use super::OpenError;

const FILE: &str = "store-id";

pub fn marker_path(folder: &Path) -> PathBuf {
    folder.join(FILE)
}

/// The identity of the store that was in use here before; `None`: none was.
pub fn read_marker(folder: &Path) -> Result<Option<String>, OpenError> {
    let path = marker_path(folder);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(OpenError(format!("{} cannot be read: {error}", path.display()))),
    }
}

/// Keeps the identity where none is kept. A folder that cannot be written is told, and no reason not to start.
pub fn keep_marker(folder: &Path, identity: &str) {
    let path = marker_path(folder);
    if let Err(error) = write_whole(folder, &path, identity) {
        tracing::warn!(
            path = %path.display(),
            %error,
            "the identity of the store cannot be kept: an emptied store will be taken for a new one at the next start"
        );
    }
}

/// All of it or nothing, whatever happens meanwhile.
fn write_whole(folder: &Path, path: &Path, identity: &str) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let new = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(format!("{identity}\n").as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&new, path)?;
    File::open(folder)?.sync_all()
}
