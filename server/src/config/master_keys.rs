//! The keys that everything at rest is sealed with: given by the operator, or made once and kept.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use data_encoding::{BASE64, HEXLOWER};
use postern_core::model::Secret;
use postern_core::port::Entropy;

use super::Config;
use super::mistake::Wrong;

/// One master key.
pub type MasterKey = Secret<[u8; 32]>;

/// Where the master keys come from.
#[derive(Clone, Debug)]
pub enum MasterKeys {
    /// Newest first, at least one.
    ConfigSources(Vec<MasterKey>),
    /// Made at the first start: a portal on localhost may, since nobody else depends on it.
    KeptInDataDir,
}

/// There are no master keys to be had.
#[derive(Debug, thiserror::Error)]
#[error("master key in {path}: {why}")]
pub struct NoMasterKeys {
    path: String,
    why: String,
}

/// The data folder cannot be used. Names the setting, since another user's may be meant.
#[derive(Debug, thiserror::Error)]
#[error("data_dir {path}: {error}")]
pub struct NoDataDir {
    path: String,
    error: io::Error,
}

const RIGHT: &str =
    "Give base64 of 32 random bytes (`openssl rand -base64 32`), several with commas between, newest first";

impl MasterKeys {
    /// Says which one is wrong, never what it says.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let texts = text.split([',', '\n']).map(str::trim).filter(|item| !item.is_empty());
        let keys = texts.enumerate().map(|(n, text)| one(text).map_err(|why| format!("key {} {why}", n + 1)));
        match keys.collect::<Result<Vec<_>, _>>() {
            Ok(keys) if keys.is_empty() => Err(Wrong::new("holds no key", RIGHT)),
            Ok(keys) => Ok(Self::ConfigSources(keys)),
            Err(what) => Err(Wrong::new(what, RIGHT)),
        }
    }

    fn read_file(path: &Path) -> Result<Self, Wrong> {
        let unreadable = |error| Wrong::new(format!("cannot be read: {error}"), RIGHT);
        let text = Secret::new(std::fs::read_to_string(path).map_err(unreadable)?);
        Self::parse(text.expose())
    }
}

fn one(text: &str) -> Result<MasterKey, String> {
    let bytes = BASE64.decode(text.as_bytes()).map(Secret::new).map_err(|_| "is not base64".to_owned())?;
    let key: [u8; 32] =
        bytes.expose().as_slice().try_into().map_err(|_| format!("has {} bytes, not 32", bytes.expose().len()))?;
    Ok(Secret::new(key))
}

impl Config {
    /// For its owner alone, unless it is there already.
    pub fn make_data_dir(&self) -> Result<(), NoDataDir> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&self.data_dir);
        made.map_err(|error| NoDataDir { path: self.data_dir.display().to_string(), error })
    }

    /// Whether everything this process keeps is elsewhere.
    pub fn needs_data_dir(&self) -> bool {
        self.redis_url.is_none() || matches!(self.master_keys, MasterKeys::KeptInDataDir)
    }

    /// The master keys, newest first, at least one. Makes and keeps one where that is allowed and none is kept yet.
    pub fn master_keys(&self, entropy: &dyn Entropy) -> Result<Vec<MasterKey>, NoMasterKeys> {
        if matches!(self.master_keys, MasterKeys::KeptInDataDir) {
            let path = self.master_key_path();
            let fault = |why: String| NoMasterKeys { path: path.display().to_string(), why };
            if !is_there(&path).map_err(|error| fault(error.to_string()))? {
                self.make_data_dir().map_err(|error| fault(error.to_string()))?;
                keep_new(&self.data_dir, &path, entropy).map_err(|error| fault(error.to_string()))?;
            }
        }
        self.known_master_keys()?.ok_or_else(|| self.no_master_keys())
    }

    /// The master keys that there are already; `None` where one would be made at the first start.
    pub fn known_master_keys(&self) -> Result<Option<Vec<MasterKey>>, NoMasterKeys> {
        if let MasterKeys::ConfigSources(keys) = &self.master_keys {
            return Ok(Some(keys.clone()));
        }
        let path = self.master_key_path();
        let fault = |why: String| NoMasterKeys { path: path.display().to_string(), why };
        if !is_there(&path).map_err(|error| fault(error.to_string()))? {
            return Ok(None);
        }
        match MasterKeys::read_file(&path) {
            Ok(MasterKeys::ConfigSources(keys)) => Ok(Some(keys)),
            Ok(MasterKeys::KeptInDataDir) => Ok(None),
            Err(Wrong { what, .. }) => Err(fault(what)),
        }
    }

    /// What is wrong where a store was sealed already and there is no key.
    pub fn no_master_keys(&self) -> NoMasterKeys {
        let why = "is not there; give the key that the store was sealed with (master_key), or the folder that has it \
                   (data_dir)";
        NoMasterKeys { path: self.master_key_path().display().to_string(), why: why.to_owned() }
    }

    /// Where a master key that was made here is kept.
    pub fn master_key_path(&self) -> PathBuf {
        self.data_dir.join("master.key")
    }
}

/// An error is no answer: a folder that this user may not look into may well have a key.
fn is_there(path: &Path) -> io::Result<bool> {
    match path.try_exists() {
        Err(error) if error.kind() == ErrorKind::NotADirectory => Ok(false),
        answer => answer,
    }
}

/// Written whole under another name and then linked, which fails if there is one by now: a key in use is never
/// overwritten, and of two processes that start at once both use the same.
fn keep_new(folder: &Path, path: &Path, entropy: &dyn Entropy) -> io::Result<()> {
    let mut key = [0; 32];
    entropy.fill(&mut key);
    let key: MasterKey = Secret::new(key);
    let line = Secret::new(BASE64.encode(key.expose()));
    let draft = folder.join(format!("master.key.{}", random_name(entropy)));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    file.write_all(line.expose().as_bytes())?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&draft, path);
    std::fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    File::open(folder)?.sync_all()
}

fn random_name(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 8];
    entropy.fill(&mut bytes);
    HEXLOWER.encode(&bytes)
}
