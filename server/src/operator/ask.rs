//! Asks the running portal.

use std::io;
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::time::timeout;

use super::request::{Reply, Request};
use super::socket::{check_folder, socket_path};

/// How long the portal may take: a list walks the whole store.
const PATIENCE: Duration = Duration::from_mins(2);

/// What the portal that runs over this folder answers; `None` if none does.
pub async fn ask(folder: &Path, request: &Request) -> io::Result<Option<Reply>> {
    let path = socket_path(folder);
    let mut stream = match UnixStream::connect(&path).await {
        Ok(stream) => stream,
        Err(error) if nobody_listens(&error) => return Ok(None),
        Err(error) => {
            let folder = folder.display();
            let why = format!("data_dir {folder}: {error}; the portal's own user and root may ask it");
            return Err(io::Error::new(error.kind(), why));
        }
    };
    check_folder(folder)?;
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    let asked = async {
        stream.write_all(&line).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Ok::<_, io::Error>(answer)
    };
    let answer = timeout(PATIENCE, asked).await.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))??;
    let unclear = |_| io::Error::other("the running portal gave no answer of this version");
    serde_json::from_slice(&answer).map(Some).map_err(unclear)
}

/// No socket, or one that an earlier process left behind.
fn nobody_listens(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused)
}
