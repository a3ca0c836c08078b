//! `/totp`: choose a setting, scan, confirmed.

mod choose;
mod confirmed;
mod scan;

use leptos::prelude::*;

use crate::pages::parts::{Beside, DoorState, DoorView, SessionView};
use crate::words::totp as words;

pub use choose::{Choose, ChooseNote};
pub use confirmed::{Confirmed, ConfirmedNote};
pub use scan::Scan;

/// What of `public/` the page loads.
pub const SCRIPTS: &[&str] = &["local-time.js", "countdown.js", "copy.js"];

/// Where the forms post to. Fields: `algorithm`, `digits`, `period` (begin); `code` (confirm, verify); `name` (rename);
/// the others have none.
#[derive(Clone, Copy, Debug)]
pub struct Actions {
    pub begin: &'static str,
    pub confirm: &'static str,
    pub start_over: &'static str,
    pub verify: &'static str,
    pub rename: &'static str,
    pub remove: &'static str,
}

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

/// Why a code was not taken, while enrolling and later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeRefusal {
    Missing,
    Malformed,
    Wrong {
        tries_left: u32,
    },
    /// `next_secs` until the app shows another one.
    Replayed {
        next_secs: u64,
    },
    Throttled {
        wait_secs: u64,
    },
    Blocked,
    /// Unconfirmed only.
    ClockOff {
        secs: u64,
        ahead: bool,
        tries_left: u32,
    },
    /// Unconfirmed only; says which part, as in `SHA256`.
    SettingIgnored {
        ignored: String,
        tries_left: u32,
    },
}

pub fn totp(page: TotpView) -> impl IntoView {
    let TotpView { doors, session, here, actions, stage } = page;
    let next = doors.iter().find(|door| door.state == DoorState::Next && door.path != here).copied();
    let content = match stage {
        Stage::Choose(stage) => choose::choose(stage, actions).into_any(),
        Stage::Scan(stage) => scan::scan(stage, actions).into_any(),
        Stage::Confirmed(stage) => confirmed::confirmed(stage, next, actions).into_any(),
    };
    view! { <Beside doors=doors session=session here=here>{content}</Beside> }
}
