//! What a person sees. [`parts`] are the pieces, [`views`] whole pages as functions of plain structs; neither
//! loads anything, and both take every sentence from [`crate::words`].

#![allow(clippy::needless_pass_by_value, reason = "a component owns its props")]

pub mod parts;
pub mod views;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
