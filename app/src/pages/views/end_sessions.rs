//! The page that ends all sessions but this one.

use leptos::prelude::*;

use crate::pages::parts::{ButtonLink, Card, Heading, Kind, OneButton, Plain};
use crate::words::end_sessions as words;

/// None is needed.
pub const SCRIPTS: &[&str] = &[];

#[derive(Clone, Copy, Debug)]
pub struct EndSessionsView {
    pub others: usize,
    /// Posts nothing.
    pub action: &'static str,
    pub back: &'static str,
}

pub fn end_sessions(page: EndSessionsView) -> impl IntoView {
    let EndSessionsView { others, action, back } = page;
    let end = (others > 0).then(|| {
        view! {
            <Card>
                <p>{words::TEXT}</p>
                <div class="actions">
                    <OneButton once=true action=action label=words::END />
                    <ButtonLink label=words::BACK href=back kind=Kind::Quiet />
                </div>
            </Card>
        }
    });
    let only_back = (others == 0).then(|| view! { <p><a href=back>{words::BACK}</a></p> });
    view! {
        <Plain class="act">
            <Heading title=words::HEADING lede=words::lede(others) />
            {end}
            {only_back}
        </Plain>
    }
}
