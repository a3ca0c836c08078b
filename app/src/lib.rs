//! Postern without its process: nouns, rules, use cases and pages. Nothing in this crate opens a socket or a file
//! or reads a clock; what it needs of the outside it asks for through [`port`].
//!
//! Imports go up this list only (a test checks it):
//!
//! | module | is |
//! |---|---|
//! | [`model`] | the nouns |
//! | [`figures`] | what is counted while it happens, for operators |
//! | [`rules`] | policies as functions of state and time |
//! | [`factor`] | one file a kind of factor |
//! | [`port`] | what we ask of the outside |
//! | [`seal`] | records sealed at rest |
//! | [`letter`] | what mails say |
//! | [`engine`] | the one factor engine: count, judge, burn |
//! | [`portal`] | the use cases: visit, enrol, challenge, manage |
//! | [`client`] | the use cases of services that check their own users here |
//! | [`quorum`] | the use cases of those who guard one secret together |
//! | [`vault`] | the use cases of those who encrypt at home and keep it here |
//! | [`words`] | every sentence that a person can see on a page |
//! | [`web`] | between requests and use cases: typed session, notes, paths |
//! | [`pages`] | Leptos components and their server functions |
//! | `testing` | stores, clocks and mail for tests; suites that every adapter and factor must pass |

// A page is one type, of all its parts: some are nested deeper than the default allows.
#![recursion_limit = "256"]

pub mod client;
pub mod engine;
pub mod factor;
pub mod figures;
pub mod letter;
pub mod model;
pub mod pages;
pub mod port;
pub mod portal;
pub mod quorum;
pub mod rules;
pub mod seal;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod vault;
pub mod web;
pub mod words;
