//! `/account`: what opens it, where it is open, what happened, and what is kept.

mod activity;
mod codes;
mod data;
mod factors;
mod head;
mod note;
mod required;
mod section;
mod sessions;

use leptos::prelude::*;

use crate::pages::parts::{Heading, Note};
use crate::words::account as words;
use postern_core::model::Timestamp;

pub use activity::EventView;
pub use codes::CodesView;
pub use factors::{AddLinks, BadName, FactorView};
pub use note::AccountNote;
pub use required::{RequiredView, required};
pub use sessions::SessionRow;

/// What of `public/` the page loads.
pub const SCRIPTS: &[&str] = &["local-time.js", "countdown.js"];

/// Where the forms post to, and where links lead. Fields: `factor` and `name` (rename); `session` (end_session); the
/// others have none.
#[derive(Clone, Copy, Debug)]
pub struct Actions {
    pub rename: &'static str,
    /// Answers with the page of codes itself.
    pub new_codes: &'static str,
    pub end_session: &'static str,
    pub export: &'static str,
    /// Pages of one act each.
    pub end_others: &'static str,
    pub change_address: &'static str,
    pub delete: &'static str,
    /// Has no fields.
    pub lift_freeze: &'static str,
}

#[derive(Clone, Debug)]
pub struct AccountView {
    pub now: Timestamp,
    pub actions: Actions,
    pub address: String,
    /// Of this session, 1 to 3.
    pub level: u8,
    pub made: Timestamp,
    pub note: Option<AccountNote>,
    /// Somebody said "this was not me": until then nothing but sessions can be changed.
    pub frozen_until: Option<Timestamp>,
    /// Second factors but recovery codes, in the order to be shown.
    pub factors: Vec<FactorView>,
    pub add: AddLinks,
    pub bad_name: Option<BadName>,
    /// None if none were ever made.
    pub codes: Option<CodesView>,
    /// This one first.
    pub sessions: Vec<SessionRow>,
    /// Newest first.
    pub events: Vec<EventView>,
}

pub fn account(page: AccountView) -> impl IntoView {
    let AccountView {
        now,
        actions,
        address,
        level,
        made,
        note,
        frozen_until,
        factors,
        add,
        bad_name,
        codes,
        sessions,
        events,
    } = page;
    let frozen = frozen_until.is_some();
    let note = note.map(AccountNote::note).or_else(|| frozen_until.map(note::frozen));
    let offer = if frozen { None } else { head::offer(factors.is_empty(), codes.is_some(), add, actions) };
    let has_factor = !factors.is_empty();
    let lift = (frozen && has_factor).then(|| head::lift_freeze(actions));
    view! {
        <div class="beside account">
            {section::contents()}
            <main id="page" tabindex="-1">
                <Heading title=words::HEADING />
                {note.map(|note| view! { <Note note=note /> })}
                {head::head(address, level, made)}
                {offer}
                {lift}
                {factors::factors(factors, add, bad_name, actions, now, frozen_until)}
                {codes::codes(codes, has_factor, actions, frozen)}
                {sessions::sessions(sessions, actions, now)}
                {activity::activity(events, now)}
                {data::data(actions, frozen)}
            </main>
        </div>
    }
}
