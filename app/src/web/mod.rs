//! Between requests and use cases: who asks, what the next page is told, how a form is answered.

pub mod browser;
pub mod cookies;
pub mod form;
pub mod front;
pub mod note;
pub mod path;
pub mod reference;
pub mod reply;
pub mod session;
pub mod submission;
