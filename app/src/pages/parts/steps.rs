//! Doors to be passed one after the other on the way to something.

use leptos::prelude::*;

use super::{Door, FactorCardState};

#[derive(Clone, Copy, Debug)]
pub struct StepView {
    pub state: FactorCardState,
    pub name: &'static str,
    /// Its state in words.
    pub small: &'static str,
}

#[component]
pub fn Steps(steps: Vec<StepView>, label: &'static str) -> impl IntoView {
    let steps = steps
        .into_iter()
        .map(|StepView { state, name, small }| {
            let current = (state == FactorCardState::Next).then_some("step");
            view! {
                <li class="step" aria-current=current>
                    <Door state=state />
                    <span class="step-words">
                        <span class="step-name">{name}</span>
                        <span class="step-small">{small}</span>
                    </span>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="step-doors" aria-label=label>{steps}</ol> }
}
