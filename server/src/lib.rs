//! The process around [`postern_app`]: every socket, file and clock is here.
//!
//! | module | owns |
//! |---|---|
//! | [`cli`] | the command line |
//! | [`config`] | what an operator can decide |
//! | [`check`] | `postern check-config --connect` |
//! | [`telemetry`] | logs |
//! | [`app`] | the one place that wires |
//! | [`router`] | the whole URL table |
//! | [`figures`] | what operators can measure, and the listener it is read at |
//! | [`health`] | whether we are alive and ready |
//! | [`http`] | middleware, in order |
//! | [`api`] | routes for programs |
//! | `quorum` | the pages of quorums, and their live progress |
//! | [`render`] | pages and forms as handlers |
//! | [`assets`] | stylesheet, icon and scripts, in the binary |
//! | [`store`] | redb and Redis |
//! | [`mail`] | SMTP, the queue, the demo's outbox |
//! | [`operator`] | `postern accounts …`, and the socket it comes by |
//! | [`password`] | `postern hash-password` |
//! | [`workers`] | threads for heavy work, and who is served next |

pub mod api;
pub mod app;
pub mod assets;
pub mod check;
pub mod cli;
pub mod config;
pub mod figures;
pub mod health;
pub mod http;
pub mod machine;
pub mod mail;
mod once;
pub mod operator;
pub mod password;
pub mod quorum;
pub mod render;
pub mod router;
pub mod store;
pub mod telemetry;
pub mod workers;
