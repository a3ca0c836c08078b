//! The pieces of a page: presentational components with plain props. None knows a store, a clock or a path of its own.

mod button;
mod card;
mod countdown;
mod digits;
mod door;
mod facts;
mod field;
mod form;
mod key_box;
mod layout;
mod mark;
mod moment;
mod note;
mod qr;
mod rail;
mod ring;
mod session;
mod shell;

pub use button::{ButtonLink, Kind, Submit};
pub use card::{Card, Disclosure};
pub use countdown::{AtEnd, Countdown};
pub use digits::Digits;
pub use door::{Door, DoorCard, DoorState, DoorView};
pub use facts::{Fact, Facts};
pub use field::{CodeField, TextField};
pub use form::{OneButton, PostForm};
pub use key_box::KeyBox;
pub use layout::{Beside, Heading, Plain};
pub use mark::Mark;
pub use moment::Moment;
pub use note::{Note, NoteKind, NoteView};
pub use qr::QrCode;
pub use rail::Rail;
pub use ring::TimeRing;
pub use session::{SessionFoot, SessionPanel, SessionView};
pub use shell::{DemoLinks, Frame, Link, Shell};
