//! The other ways, as doors one can go through instead.

use leptos::prelude::*;

use crate::pages::parts::{Disclosure, Door, FactorCardState};
use crate::words::challenge as words;
use crate::words::labels::FactorLabel;

#[derive(Clone, Debug)]
pub struct ChoiceView {
    pub way: FactorLabel,
    /// What its owner calls it, where there is just one of the kind.
    pub name: Option<String>,
    /// The same page, asking for this one.
    pub href: String,
    pub state: ChoiceState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChoiceState {
    Open,
    /// Too many wrong ones.
    Shut,
}

/// Nothing if there is no other one and nothing to be stuck with.
pub(super) fn others(choices: Vec<ChoiceView>, second_factor: bool, support: Option<String>) -> AnyView {
    let list = (!choices.is_empty()).then(|| {
        let items = choices.into_iter().map(choice).collect_view();
        view! {
            <section class="ways" aria-labelledby="ways">
                <h2 id="ways">{words::OTHERS}</h2>
                <ul>{items}</ul>
            </section>
        }
    });
    let stuck = second_factor.then(|| {
        view! {
            <Disclosure summary=words::STUCK>
                <p class="quiet">{words::stuck(support.as_deref())}</p>
            </Disclosure>
        }
    });
    view! {
        {list}
        {stuck}
    }
    .into_any()
}

fn choice(choice: ChoiceView) -> impl IntoView {
    let ChoiceView { way, name, href, state } = choice;
    let small = match state {
        // What its owner calls it, unless that says no more than its kind.
        ChoiceState::Open => name
            .filter(|name| name != way.name() && way != FactorLabel::RecoveryCode)
            .unwrap_or_else(|| way.takes().to_owned()),
        ChoiceState::Shut => words::SHUT.to_owned(),
    };
    let inside = view! {
        <Door state=FactorCardState::Closed />
        <span class="way-words">
            <span class="way-name">{way.name()}</span>
            <span class="way-small">{small}</span>
        </span>
    };
    match state {
        ChoiceState::Open => view! { <li><a class="way" href=href>{inside}</a></li> }.into_any(),
        ChoiceState::Shut => view! { <li><span class="way shut">{inside}</span></li> }.into_any(),
    }
}
