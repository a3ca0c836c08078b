//! What is done about a value in the store that cannot be read: it is set aside where that is safe, told and counted,
//! and never holds up others.

use crate::figures::DAMAGED_VALUES;

/// Tells and counts a damaged value that was set aside. `place` holds no secret.
pub(super) fn report_damage(kind: &'static str, place: &str) {
    metrics::counter!(DAMAGED_VALUES, "kind" => kind).increment(1);
    tracing::error!(kind, place, "a damaged value in the store was set aside");
}
