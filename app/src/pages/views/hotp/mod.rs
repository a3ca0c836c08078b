//! `/hotp`: choose a setting, scan, confirmed; and the way back in step.

mod choose;
mod confirmed;
mod resync;
mod scan;

use leptos::prelude::*;

use super::oath;
use crate::pages::parts::{Beside, DoorView, FactorCardState, SessionView};

pub use choose::{Choose, Refused};
pub use confirmed::Confirmed;
pub use scan::Scan;

/// What of `public/` the page loads.
pub const SCRIPTS: &[&str] = &["local-time.js", "countdown.js", "copy.js"];

/// The form that begins has the fields `algorithm`, `digits`, `counter` and `look_ahead`; `resync` has `code` and
/// `next_code`.
#[derive(Clone, Copy, Debug)]
pub struct Actions {
    pub oath: oath::Actions,
    pub resync: &'static str,
}

#[derive(Clone, Debug)]
pub struct HotpView {
    pub doors: Vec<DoorView>,
    pub session: SessionView,
    pub here: &'static str,
    pub actions: Actions,
    pub stage: Stage,
}

#[derive(Clone, Debug)]
pub enum Stage {
    Choose(Choose),
    Scan(Scan),
    Confirmed(Confirmed),
}

/// What was typed or is the default: text, as it may be no number at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingView {
    /// `SHA1`, `SHA256` or `SHA512`.
    pub algorithm: &'static str,
    pub digits: u8,
    pub counter: String,
    pub look_ahead: String,
}

impl Default for SettingView {
    fn default() -> Self {
        Self { algorithm: "SHA1", digits: 6, counter: "0".to_owned(), look_ahead: "10".to_owned() }
    }
}

pub fn hotp(page: HotpView) -> impl IntoView {
    let HotpView { doors, session, here, actions, stage } = page;
    let next = doors.iter().find(|door| door.state == FactorCardState::Next && door.path != here).copied();
    let content = match stage {
        Stage::Choose(stage) => choose::choose(stage, actions.oath).into_any(),
        Stage::Scan(stage) => scan::scan(stage, actions).into_any(),
        Stage::Confirmed(stage) => confirmed::confirmed(stage, next, actions).into_any(),
    };
    view! { <Beside doors=doors session=session here=here>{content}</Beside> }
}
