//! `postern check-config --connect`: whether store, master key and mail server are what the configuration says. Makes
//! and changes nothing, and may be given beside a running portal.

use std::fmt::Display;
use std::io;
use std::path::Path;

use postern_app::portal::{self, Checked};

use crate::app::{Platform, ServeError};
use crate::config::{Config, Mail};
use crate::operator::{self, Reply, Request};
use crate::{mail, store};

/// Checks one after the other, says of each what was checked, and fails if any did.
pub async fn connect(config: &Config) -> Result<(), ServeError> {
    let mut failed = false;
    for (what, outcome) in [("store", store(config).await), ("mail", mail(config).await)] {
        match outcome {
            Ok(found) => println!("{what}: {found}"),
            Err(why) => {
                failed = true;
                println!("{what}: FAILED: {why}");
            }
        }
    }
    if failed { Err(ServeError::CheckFailed) } else { Ok(()) }
}

async fn store(config: &Config) -> Result<String, ServeError> {
    if !store::is_shared(config) {
        let folder = &config.data_dir;
        if let Some(found) = beside_a_running_portal(config).await? {
            return Ok(found);
        }
        if !store::is_there(config) {
            can_be_made(folder).map_err(|error| named(folder, &error))?;
            return Ok(format!("there is none in {} (data_dir) yet; the first start makes it", folder.display()));
        }
    }
    let opened = store::open(config).await?;
    opened.store().ping().await?;
    let masters = config.known_master_keys()?.unwrap_or_default();
    let now = Platform::default().clock.now();
    let expected = store::read_marker(&config.data_dir)?;
    let checked = portal::check(&*opened.store(), &masters, expected.as_deref(), now).await?;
    let about = opened.about().await;
    let kind = if about.is_shared { "Redis" } else { "the embedded store" };
    let version = about.version.map(|version| format!(" {version}")).unwrap_or_default();
    Ok(match checked {
        Checked::Opens(identity) if expected.is_some() => {
            format!("{kind}{version} answers, the master key opens it, and it is the one in use before ({identity})")
        }
        Checked::Opens(_) => format!("{kind}{version} answers, and the master key opens it"),
        Checked::Empty => format!("{kind}{version} answers; it is empty, so any master key will do"),
    })
}

/// The embedded store has one process at a time, so the one that has it is asked.
async fn beside_a_running_portal(config: &Config) -> Result<Option<String>, ServeError> {
    let masters = config.known_master_keys()?.unwrap_or_default();
    let sealed = portal::seal_canary(&masters, &*Platform::default().entropy);
    let request = Request::Check { sealed };
    let reply = operator::ask(&config.data_dir, &request).await.map_err(operator::NotDone::Io)?;
    match reply {
        None => Ok(None),
        Some(Reply::NotDone(why)) => Err(operator::NotDone::Refused(format!("the running portal: {why}")).into()),
        Some(_) => {
            let folder = config.data_dir.display();
            Ok(Some(format!("the portal that runs over {folder} has it open, answers, and has the same master key")))
        }
    }
}

async fn mail(config: &Config) -> Result<String, ServeError> {
    let Mail::Smtp(settings) = &config.mail else {
        return Ok("none: this is the demo, which shows its letters at /outbox".to_owned());
    };
    mail::reach(config).await?;
    let (server, from) = (&settings.server, &settings.from.address);
    Ok(format!("{}:{} answers and takes letters from {from}", server.host, server.port))
}

/// Whether this user could make a store there: tries with a file that is gone at once.
fn can_be_made(folder: &Path) -> io::Result<()> {
    let there = folder.ancestors().find(|path| path.is_dir()).unwrap_or_else(|| Path::new("."));
    let draft = there.join(format!(".postern-check-{}", std::process::id()));
    std::fs::OpenOptions::new().write(true).create_new(true).open(&draft)?;
    std::fs::remove_file(draft)
}

fn named(folder: &Path, error: &dyn Display) -> operator::NotDone {
    operator::NotDone::Refused(format!("data_dir {} cannot be made or written: {error}", folder.display()))
}
