//! Between requests and use cases: who asks, what the next page is told, how a form is answered.

pub mod browser;
pub mod context;
pub mod cookies;
pub mod flash;
pub mod form;
pub mod path;
pub mod reference;
pub mod reply;
pub mod session;
pub mod submission;
