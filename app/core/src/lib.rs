//! Postern's domain: what factors, accounts and records are, which rules hold for them, and the one engine that
//! verifies. This crate knows no HTTP and no HTML, opens no socket and no file, and reads no clock; what it needs from
//! outside it asks for through [`port`].
//!
//! Modules import only modules above them in this list (a test checks it):
//!
//! | module | contents |
//! |---|---|
//! | [`model`] | the types of the domain: ids, addresses, records, refusals |
//! | [`figures`] | counters and timings for operators |
//! | [`rules`] | policies as functions of state and time |
//! | [`factor`] | one file a kind of factor: how an answer is judged |
//! | [`port`] | what is asked of the outside: store, clock, randomness, heavy work |
//! | [`seal`] | records sealed at rest |
//! | [`engine`] | the one verification engine: count, judge, burn |
//! | `testing` | a store in memory, a stopped clock, security keys in software; the suite that every store must pass |

pub mod engine;
pub mod factor;
pub mod figures;
pub mod model;
pub mod port;
pub mod rules;
pub mod seal;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
