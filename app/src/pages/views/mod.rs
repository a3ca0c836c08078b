//! Whole pages as pure functions of plain structs, one file a page. What a page posts to is given to it.

pub mod account;
pub mod challenge;
pub mod change_address;
pub mod clients;
pub mod delete_account;
pub mod email_code;
pub mod end_sessions;
pub mod hotp;
pub mod keep;
pub mod mail_code;
pub mod message;
pub mod not_me;
pub mod oath;
pub mod outbox;
pub mod overview;
pub mod phone;
pub mod quorum;
pub mod recovery_codes;
pub mod remove_factor;
pub mod security_keys;
pub mod sign_in;
pub mod step_up;
pub mod totp;
pub mod vault;
