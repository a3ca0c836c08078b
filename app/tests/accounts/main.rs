//! Accounts, from the use cases down: signing in, what an account may do, and what its owner hears of it.

// Shared with the tests of the rules; each of the two uses its part.
#[allow(dead_code, unused_imports)]
#[path = "../rules/app/mod.rs"]
mod app;
mod setup;

mod activity;
mod address;
mod after_faults;
mod crossed;
mod deletion;
mod digest;
mod disowned;
mod frozen;
mod guessed;
mod keeping;
mod keys;
mod letters;
mod limits;
mod names;
mod purposes;
mod raced;
mod recovery;
mod returning;
mod sessions;
mod sign_up;
mod step_up;
mod submissions;
mod unused;
