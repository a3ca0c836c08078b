//! `/totp`: choose a setting, scan, confirmed.

mod choose;
mod confirmed;
mod scan;

use leptos::prelude::*;

use super::oath::Actions;
use crate::pages::parts::{Beside, DoorView, FactorCardState, SessionView};
use crate::words::totp as words;

pub use choose::Choose;
pub use confirmed::Confirmed;
pub use scan::Scan;

/// What of `public/` the page loads.
pub const SCRIPTS: &[&str] = &["local-time.js", "countdown.js", "copy.js"];

/// The form that begins has the fields `algorithm`, `digits` and `period`.
#[derive(Clone, Debug)]
pub struct TotpView {
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

/// How codes are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingView {
    /// `SHA1`, `SHA256` or `SHA512`.
    pub algorithm: &'static str,
    pub digits: u8,
    pub period: u64,
}

impl Default for SettingView {
    fn default() -> Self {
        Self { algorithm: "SHA1", digits: 6, period: 30 }
    }
}

impl SettingView {
    fn said(&self) -> String {
        words::setting(self.algorithm, self.digits, self.period)
    }
}

pub fn totp(page: TotpView) -> impl IntoView {
    let TotpView { doors, session, here, actions, stage } = page;
    let next = doors.iter().find(|door| door.state == FactorCardState::Next && door.path != here).copied();
    let content = match stage {
        Stage::Choose(stage) => choose::choose(stage, actions).into_any(),
        Stage::Scan(stage) => scan::scan(stage, actions).into_any(),
        Stage::Confirmed(stage) => confirmed::confirmed(stage, next, actions).into_any(),
    };
    view! { <Beside doors=doors session=session here=here>{content}</Beside> }
}
