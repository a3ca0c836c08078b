//! Policies as functions of state and time. They know no store and no clock.

pub mod level;
pub mod limits;
pub mod throttle;
