//! Policies as functions of state and time. They know no store and no clock.

pub mod throttle;
