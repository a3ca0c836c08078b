//! The process around [`postern_app`]: every socket, file and clock is here.
//!
//! | module | owns |
//! |---|---|
//! | [`cli`] | the command line |
//! | [`config`] | what an operator can decide |
//! | [`mail`] | the letter queue's worker, SMTP, the demo's outbox |
//! | [`store`] | redb and Redis behind the store port |
//! | [`telemetry`] | logs |

pub mod cli;
pub mod config;
pub mod mail;
pub mod store;
pub mod telemetry;
