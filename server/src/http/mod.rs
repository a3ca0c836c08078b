//! Middleware, in the order in which a request meets it.
//!
//! | layer | does |
//! |---|---|
//! | `figures` | counts and times it, where somebody wants to know |
//! | `unread` | reads what is left of a body, or says that the connection ends |
//! | `headers` | what every answer carries |
//! | `network` | who asks, by address |
//! | `outcome` | one line a request in the log; errors become pages or problems; panics too |
//! | `target` | refuses addresses that are too long |
//! | `host` | refuses other hosts, sends 127.0.0.1 to localhost |
//! | `origin` | refuses unsafe requests from elsewhere |
//! | `body` | refuses bodies that are too large |
//! | `large` | lets whole vaults in and out, within a `byte_budget` |
//! | `cookie` | lets a session cookie out only when it was meant |
//! | `visit` | finds or begins the session |

pub mod audience;
pub mod body;
pub mod byte_budget;
pub mod cookie;
pub mod figures;
pub mod headers;
pub mod host;
pub mod large;
pub mod network;
pub mod origin;
pub mod outcome;
pub mod paths;
pub mod request_id;
pub mod submission;
pub mod target;
pub mod to_the_end;
pub mod unread;
pub mod visit;
