//! Vaults of people who encrypt at home: what is kept, what counts, what is refused, and what a thief of the store has.

mod app;
mod dump;
mod faults;
mod growth;
mod limits;
mod lists;
mod races;
mod unused;
