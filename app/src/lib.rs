//! Postern without its process: nouns, rules, use cases and pages. Nothing in this crate opens a socket or a file
//! or reads a clock; what it needs of the outside it asks for through [`port`].
//!
//! Imports go down this list only (a test checks it):
//!
//! | module | is |
//! |---|---|
//! | [`testing`] | stores, clocks and mail for tests; suites that every adapter and factor must pass |
//! | [`pages`] | Leptos components and their server functions |
//! | [`words`] | every sentence that a page says |
//! | `web` | between requests and use cases: typed session, flash, guard, paths |
//! | `portal` | the use cases: visit, enrol, challenge, manage |
//! | `letter` | what mails say |
//! | `seal` | records sealed at rest |
//! | [`port`] | what we ask of the outside |
//! | `factor` | one file a kind of factor |
//! | [`rules`] | policies as functions of state and time |
//! | [`model`] | the nouns |

pub mod model;
pub mod pages;
pub mod port;
pub mod rules;
pub mod words;
