//! What a person sees. [`parts`] are the pieces and [`views`] whole pages as functions of plain structs; neither
//! loads anything, and both take every sentence from [`crate::words`]. The other files load what a page shows and
//! answer its forms, one file a page.

#![allow(clippy::needless_pass_by_value, reason = "a component owns its props")]

mod demo;
mod document;
mod email_code;
mod hotp;
mod oath;
mod overview;
pub mod parts;
mod security_keys;
mod session;
mod totp;
pub mod views;

pub use demo::{outbox_page, phone_page};
pub use document::message;
pub use email_code::email_code_page;
pub use hotp::hotp_page;
pub use overview::overview_page;
pub use security_keys::security_keys_page;
pub use session::{BEGIN_SESSION, START_OVER};
pub use totp::totp_page;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
