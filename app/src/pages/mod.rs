//! What a person sees. [`parts`] are the pieces and [`views`] whole pages as functions of plain structs; neither
//! loads anything, and both take every sentence from [`crate::words`]. The other files load what a page shows and
//! answer its forms, one file a page.

#![allow(clippy::needless_pass_by_value, reason = "a component owns its props")]

mod account;
mod challenge;
mod clients;
mod confirmations;
mod demo;
mod document;
mod email_code;
mod hotp;
mod keep;
mod labels;
mod mail_codes;
mod not_me;
mod oath;
mod overview;
pub mod parts;
pub mod quorum;
mod security_keys;
mod session;
mod sign_in;
mod step_up;
mod totp;
mod vault;
pub mod views;

pub use account::account_page;
pub use clients::{by_secret_page, clients_page, disable_client_page, rotate_client_page};
pub use confirmations::{change_address_page, delete_account_page, end_sessions_page, remove_factor_page};
pub use demo::{outbox_page, phone_page};
pub use document::message;
pub use email_code::email_code_page;
pub use hotp::hotp_page;
pub use keep::keep_page;
pub use not_me::not_me_page;
pub use overview::overview_page;
pub use security_keys::security_keys_page;
pub use session::BEGIN_SESSION;
pub use sign_in::{SIGN_IN_KEY_OPTIONS, sign_in_page};
pub use step_up::step_up_page;
pub use totp::totp_page;
pub use vault::vault_page;

use crate::web::form::FormRoute;

/// Every form of a session, wherever it stands. `demo` adds those of the pages that only a demo has.
pub fn forms(demo: bool) -> Vec<FormRoute> {
    let of_pages = [
        account::forms(),
        confirmations::forms(),
        clients::forms(),
        email_code::forms(),
        hotp::forms(),
        keep::forms(),
        not_me::forms(),
        security_keys::forms(),
        session::forms(),
        sign_in::forms(),
        step_up::forms(),
        totp::forms(),
        if demo { demo::forms() } else { Vec::new() },
    ];
    of_pages.into_iter().flatten().collect()
}

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
