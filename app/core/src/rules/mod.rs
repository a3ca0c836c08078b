//! Policies as functions of state and time. They know no store and no clock.

pub mod level;
pub mod limits;
pub mod record_sizes;
pub mod sign_up;
pub mod step_up;
pub mod throttle;
