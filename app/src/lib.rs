//! Postern without its process: nouns, rules, use cases and pages. Nothing in this crate opens a socket or a file
//! or reads a clock; what it needs of the outside it asks for through [`port`].
//!
//! Imports go up this list only (a test checks it):
//!
//! | module | is |
//! |---|---|

pub mod factor;
pub mod letter;
pub mod model;
pub mod pages;
pub mod port;
pub mod portal;
pub mod rules;
pub mod seal;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod web;
pub mod words;
