//! Between requests and use cases: who asks, what the next page is told, how a form is answered.

pub mod door;
pub mod note;
pub mod path;
pub mod session;
