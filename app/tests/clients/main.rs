//! Services and their users: keys by mail, records that only a client's secret opens, and one engine behind every door.

mod api_keys;
mod app;
mod callers;
mod dump;
#[path = "../rules/app/interleaved.rs"]
mod interleaved;
mod rotation;
mod rotation_model;
mod rotation_targets;
mod totp;
mod u2f;
mod webauthn;
