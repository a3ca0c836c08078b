//! How much work one guess at a stretched secret costs.

use serde::{Deserialize, Serialize};

/// The parameters of Argon2id (RFC 9106 3.1). Kept with what was stretched, so that it may rise without anybody
/// having to write new codes on paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StretchCost {
    /// m: memory in KiB.
    pub memory_kib: u32,
    /// t: passes over the memory.
    pub passes: u32,
    /// p: lanes.
    pub lanes: u32,
}

impl StretchCost {
    /// What new secrets get: 19 MiB, twice over.
    pub const PRESENT: Self = Self { memory_kib: 19_456, passes: 2, lanes: 1 };
}
