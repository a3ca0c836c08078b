//! The process around [`postern_app`]: every socket, file and clock is here.
//!
//! | module | owns |
//! |---|---|
//! | [`cli`] | the command line |
//! | [`config`] | what an operator can decide |
//! | [`check`] | `postern check-config --connect` |
//! | [`telemetry`] | logs |
//! | [`process`] | what the operating system grants, and what it may not do |
//! | [`signals`] | what the process does when it gets one |
//! | [`app`] | the one place that wires |
//! | [`connections`] | the listener, and what a connection may take |
//! | [`serve`] | the process that serves |
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
pub mod connections;
pub mod figures;
pub mod health;
pub mod http;
pub mod mail;
pub mod operator;
pub mod password;
pub mod platform;
pub mod process;
pub mod quorum;
pub mod render;
pub mod router;
pub mod serve;
pub mod signals;
pub mod store;
pub mod telemetry;
mod vault_sweep;
pub mod workers;
