//! Middleware, in the order in which a request meets it.
//!
//! | layer | does |
//! |---|---|
//! | `figures` | counts and times it, where somebody wants to know |
//! | `outcome` | one line a request in the log; errors become pages or problems; panics too |
//! | `headers` | what every answer carries |
//! | `host` | refuses other hosts, sends 127.0.0.1 to localhost |
//! | `network` | who asks, by address |
//! | `origin` | refuses unsafe requests from elsewhere |
//! | `body` | refuses bodies that are too large |
//! | `large` | lets whole vaults in and out, a few at a time |
//! | `cookie` | lets a session cookie out only when it was meant |
//! | `visit` | finds or begins the session |

pub mod body;
pub mod cookie;
pub mod figures;
pub mod headers;
pub mod host;
pub mod large;
pub mod network;
pub mod origin;
pub mod outcome;
pub mod paths;
pub mod submission;
pub mod visit;

use crate::health;

/// Whether a path belongs to programs: its errors are problems, not pages.
pub fn is_for_programs(path: &str) -> bool {
    path.starts_with("/api/") || health::PATHS.contains(&path)
}
