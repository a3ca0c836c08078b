//! Where everything lives: one file of our own, or Redis. Chosen once, at start.

mod damage;
mod fail_over;
mod marker;
mod open_store;
mod redb;
mod redis;
pub mod sessions;
mod timed;

pub use self::fail_over::FailOverStore;
pub use self::marker::{keep_marker, marker_path, read_marker};
pub use self::open_store::{About, OpenStore, Sessions, await_open, is_shared, is_there, open};
pub use self::redb::EmbeddedStore;
pub use self::redis::{RedisSettings, RedisStore};
pub use self::timed::TimedStore;

/// Why a store cannot be opened, in words for whoever starts the process. Holds no password.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct OpenError(pub String);
