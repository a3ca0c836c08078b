//! Postern without its process: use cases and pages on the domain of [`postern_core`]. Nothing in this crate opens a
//! socket or a file or reads a clock; what it needs from outside it asks for through [`postern_core::port`].
//!
//! Modules import only modules above them in this list (a test checks it):
//!
//! | module | contents |
//! |---|---|
//! | [`letter`] | what mails say |
//! | [`portal`] | the use cases: visit, enrol, challenge, manage |
//! | [`client`] | the use cases of services that check their own users here |
//! | [`quorum`] | the use cases of those who guard one secret together |
//! | [`vault`] | the use cases of those who encrypt at home and keep it here |
//! | [`words`] | every sentence that a person can see on a page |
//! | [`web`] | between requests and use cases: typed session, notes, paths |
//! | [`pages`] | Leptos components and their server functions |

// A page is one type, of all its parts: some are nested deeper than the default allows.
#![recursion_limit = "256"]

pub mod client;
pub mod letter;
pub mod pages;
pub mod portal;
pub mod quorum;
pub mod vault;
pub mod web;
pub mod words;
