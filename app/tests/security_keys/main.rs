//! Security keys, from the ceremonies down: what is accepted, and each thing for which an answer is refused.

mod appid;
mod ceremonies;
mod counts;
mod faults;
mod registration;
mod setup;
mod sign_in;
mod u2f;
mod vectors;
