//! The process around Postern: every socket, file and clock.

pub mod store;
