//! What the operating system grants this process, and what it may not do with it.

use std::io;
use std::time::Duration;

use nix::sys::prctl::set_dumpable;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::unistd::{Uid, User};

use crate::telemetry::RateLimit;

/// More descriptors than this are never needed.
const ENOUGH: u64 = 1 << 20;

/// Descriptors that are not connections: the store's file or sockets, the listener, mail, the log.
pub const RESERVED: usize = 128;

/// How often it is looked how many descriptors are open.
const LOOK: Duration = Duration::from_secs(10);

/// From so many hundredths of the limit on, it is near.
const NEAR: usize = 90;

/// How many descriptors this process may have open.
pub fn descriptor_limit() -> io::Result<usize> {
    let (soft, _) = getrlimit(Resource::RLIMIT_NOFILE)?;
    Ok(usize::try_from(soft).unwrap_or(usize::MAX))
}

/// Raises that number to what an administrator allows; answers what it is then.
pub fn raise_descriptor_limit() -> io::Result<usize> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    let wanted = hard.min(ENOUGH);
    if wanted > soft {
        setrlimit(Resource::RLIMIT_NOFILE, wanted, hard)?;
    }
    descriptor_limit()
}

/// How many descriptors are open; `None` where the system does not tell.
pub fn open_descriptors() -> Option<usize> {
    std::fs::read_dir("/proc/self/fd").ok().map(Iterator::count)
}

/// Warns when descriptors are nearly used up.
pub async fn watch_descriptors() {
    let near = RateLimit::default();
    loop {
        tokio::time::sleep(LOOK).await;
        if let (Some(open), Ok(limit)) = (open_descriptors(), descriptor_limit())
            && open.saturating_mul(100) >= limit.saturating_mul(NEAR)
            && let Some(suppressed) = near.permit()
        {
            tracing::warn!(open, limit, suppressed, "descriptors are near their limit");
        }
    }
}

/// A core dump would hold every secret that this process has in memory. A limit of nothing keeps one from being written;
/// not being dumpable keeps a program from getting one that the system pipes dumps into, and other processes of the same
/// user from reading this one's memory.
pub fn forbid_core_dumps() -> io::Result<()> {
    setrlimit(Resource::RLIMIT_CORE, 0, 0)?;
    Ok(set_dumpable(false)?)
}

/// The name of a user of this machine, or the number where there is none.
pub fn user_name(uid: u32) -> String {
    let user = User::from_uid(Uid::from_raw(uid)).ok().flatten();
    user.map_or_else(|| uid.to_string(), |user| user.name)
}

/// The user that this process runs as.
pub fn own_user() -> String {
    user_name(Uid::current().as_raw())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_named_and_unknown_ones_numbered() {
        assert_eq!(user_name(0), "root");
        assert_eq!(user_name(3_999_999_999), "3999999999");
    }

    #[test]
    fn descriptor_limit_is_raised_to_what_is_allowed() {
        let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("a limit");
        let raised = raise_descriptor_limit().expect("it may be raised");
        assert_eq!(raised as u64, hard.min(ENOUGH).max(raised as u64).min(hard));
        assert_eq!(descriptor_limit().expect("a limit"), raised);
        assert!(open_descriptors().expect("Linux tells") >= 3);
    }
}
