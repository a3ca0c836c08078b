//! Recovery codes: how many are left, and new ones.

use leptos::prelude::*;

use super::Actions;
use super::section::Section;
use crate::pages::parts::{Card, Day, Disclosure, Kind, OneButton};
use crate::words::account as words;
use postern_core::model::Timestamp;

/// From so many on, they should be renewed.
const FEW: usize = 3;

#[derive(Clone, Copy, Debug)]
pub struct CodesView {
    pub left: usize,
    /// How many were made at once.
    pub of: usize,
    pub made: Timestamp,
}

pub(super) fn codes(codes: Option<CodesView>, has_factor: bool, actions: Actions, frozen: bool) -> AnyView {
    let inside = match codes {
        Some(codes) => some(codes, actions, frozen),
        None if has_factor && !frozen => view! {
            <Card>
                <p>{words::NO_CODES}</p>
                <OneButton once=true action=actions.new_codes label=words::GET_CODES kind=Kind::Outlined />
            </Card>
        }
        .into_any(),
        None => view! {
            <Card>
                <p>{words::NO_CODES}" "{(!has_factor).then_some(words::CODES_LATER)}</p>
            </Card>
        }
        .into_any(),
    };
    view! { <Section id="codes" title=words::CODES text=words::CODES_TEXT>{inside}</Section> }.into_any()
}

fn some(codes: CodesView, actions: Actions, frozen: bool) -> AnyView {
    let CodesView { left, of, made } = codes;
    let few = left <= FEW;
    let dots = (0..of).map(|n| if n < left { "dot" } else { "dot spent" });
    let dots = dots.map(|class| view! { <span class=class></span> }).collect_view();
    let warning = few.then(|| view! { <p class="few"><strong>{words::FEW_CODES}</strong></p> });
    let renew = (!frozen).then(|| {
        view! {
            <Disclosure summary=words::RENEW open=few>
                <p class="quiet">{words::RENEW_TEXT}</p>
                <OneButton once=true action=actions.new_codes label=words::RENEW_NOW kind=Kind::Outlined />
            </Disclosure>
        }
    });
    view! {
        <Card>
            <div class="left-of">
                <p><strong>{words::codes_left(left, of)}</strong>" "<span class="quiet">{words::CODES_MADE}<Day at=made />"."</span></p>
                <p class="dots" aria-hidden="true">{dots}</p>
                {warning}
            </div>
            {renew}
        </Card>
    }
    .into_any()
}
