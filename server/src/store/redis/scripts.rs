//! The scripts by which Redis does in one step what must be one step.

use std::sync::LazyLock;

use fred::types::scripts::Script;

macro_rules! script {
    ($($file:literal),+) => {
        LazyLock::new(|| Script::from_lua(concat!($(include_str!($file)),+)))
    };
}

pub(super) static WRITE: LazyLock<Script> = script!("record.lua", "log.lua", "write.lua");
pub(super) static DELETE: LazyLock<Script> = script!("record.lua", "delete.lua");
pub(super) static ATTEMPT: LazyLock<Script> = script!("attempt.lua");
pub(super) static TAKE_BACK: LazyLock<Script> = script!("take_back.lua");
pub(super) static TALLY: LazyLock<Script> = script!("tally.lua");
pub(super) static COUNT: LazyLock<Script> = script!("count.lua");
pub(super) static APPEND: LazyLock<Script> = script!("log.lua", "append.lua");
pub(super) static ENQUEUE: LazyLock<Script> = script!("enqueue.lua");
pub(super) static LEASE: LazyLock<Script> = script!("lease.lua");
pub(super) static FINISH: LazyLock<Script> = script!("finish.lua");
pub(super) static POSTPONE: LazyLock<Script> = script!("postpone.lua");
