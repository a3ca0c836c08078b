//! The operator socket of a running portal: a file in the data folder that only the portal's own user can open. It is
//! there because the embedded store has one process at a time.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use postern_app::portal::Portal;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::act::act;
use super::request::{Reply, Request};
use crate::process;

/// The longest line that is read: an address has at most 254 characters.
const LONGEST: u64 = 4_096;

/// How long somebody who connected may take to say what he wants, and to take the answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Commands at once.
const MOST: usize = 8;

/// How long nobody is let in after the system gave no connection, as when it has no more files.
const PAUSE: Duration = Duration::from_millis(100);

/// Where the socket is.
pub fn socket_path(folder: &Path) -> PathBuf {
    folder.join("operator.sock")
}

/// Refuses a folder in which everybody could put a socket of their own.
pub fn check_folder(folder: &Path) -> io::Result<()> {
    let found = fs::metadata(folder)?;
    if found.permissions().mode() & 0o002 != 0 {
        let why = format!("{} can be written by everybody", folder.display());
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
    }
    Ok(())
}

/// An open door. The socket is gone when this is dropped.
#[derive(Debug)]
pub struct OperatorSocket {
    listener: UnixListener,
    path: PathBuf,
}

impl OperatorSocket {
    /// In place of what an earlier process may have left. Needs the data folder for itself, as the embedded store does.
    pub fn open(folder: &Path) -> io::Result<Self> {
        check_folder(folder)?;
        let path = socket_path(folder);
        // Made where nobody else looks, since between making it and shutting it to others somebody could slip in.
        let anteroom = folder.join("operator.new");
        if anteroom.exists() {
            fs::remove_dir_all(&anteroom)?;
        }
        DirBuilder::new().mode(0o700).create(&anteroom)?;
        let made = listen(&anteroom.join("sock"), &path);
        let cleared = fs::remove_dir_all(&anteroom);
        let listener = made?;
        cleared?;
        Ok(Self { listener, path })
    }

    /// Answers until `stop`, then lets what is in hand come to an end.
    pub async fn serve(self, portal: Arc<Portal>, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        let mut in_hand = JoinSet::new();
        loop {
            tokio::select! {
                () = &mut stop => break,
                Some(_) = in_hand.join_next() => {}
                accepted = self.listener.accept(), if in_hand.len() < MOST => match accepted {
                    Ok((stream, _)) => drop(in_hand.spawn(answer(stream, Arc::clone(&portal)))),
                    Err(error) => {
                        tracing::warn!(%error, "operator socket: connection rejected");
                        tokio::time::sleep(PAUSE).await;
                    }
                },
            }
        }
        // From now on a command finds nobody, rather than somebody who no longer answers.
        drop(self);
        while in_hand.join_next().await.is_some() {}
    }
}

impl Drop for OperatorSocket {
    fn drop(&mut self) {
        // Gone already is as good.
        let _ = fs::remove_file(&self.path);
    }
}

fn listen(draft: &Path, path: &Path) -> io::Result<UnixListener> {
    let listener = UnixListener::bind(draft)?;
    fs::set_permissions(draft, Permissions::from_mode(0o600))?;
    fs::rename(draft, path)?;
    Ok(listener)
}

async fn answer(stream: UnixStream, portal: Arc<Portal>) {
    let user = stream.peer_cred().map_or_else(|_| "unknown".to_owned(), |peer| process::user_name(peer.uid()));
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    let read = timeout(PATIENCE, (&mut stream).take(LONGEST).read_line(&mut line)).await;
    let reply = match (read, serde_json::from_str::<Request>(&line)) {
        (Ok(Ok(_)), Ok(request)) => act(&portal, &request, &user).await,
        (Ok(Ok(_)), Err(error)) => Reply::NotDone(format!("not a request of this version: {error}")),
        // Nobody is left to be told.
        _ => return,
    };
    let mut bytes = serde_json::to_vec(&reply).unwrap_or_default();
    bytes.push(b'\n');
    if !matches!(timeout(PATIENCE, stream.get_mut().write_all(&bytes)).await, Ok(Ok(()))) {
        tracing::warn!("an operator's command did not wait for its answer");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_an_earlier_process_left_is_in_nobodys_way() {
        let folder = tempfile::tempdir().expect("a folder");
        fs::create_dir(folder.path().join("operator.new")).expect("a folder");
        fs::write(folder.path().join("operator.new/sock"), "").expect("a file");
        drop(std::os::unix::net::UnixListener::bind(socket_path(folder.path())).expect("a socket nobody listens at"));
        let socket = OperatorSocket::open(folder.path()).expect("a door");
        UnixStream::connect(socket_path(folder.path())).await.expect("somebody listens");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
        drop(socket);
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
    }

    #[tokio::test]
    async fn a_folder_whose_path_is_too_long_for_a_socket_is_an_error_and_left_as_it_was() {
        let folder = tempfile::tempdir().expect("a folder");
        let deep = folder.path().join("d".repeat(120));
        fs::create_dir(&deep).expect("a folder");
        OperatorSocket::open(&deep).expect_err("sockets have paths of about 100 bytes");
        assert_eq!(fs::read_dir(&deep).expect("a folder").count(), 0);
    }
}
