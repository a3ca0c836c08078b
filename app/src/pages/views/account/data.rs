//! What is kept: taken out, moved to another address, deleted.

use leptos::prelude::*;

use super::Actions;
use super::section::Section;
use crate::pages::parts::{ButtonLink, Card, Kind, OneButton};
use crate::words::account as words;

pub(super) fn data(actions: Actions, frozen: bool) -> AnyView {
    let changes = (!frozen).then(|| {
        view! {
            <div class="aside actions">
                <ButtonLink label=words::CHANGE_ADDRESS href=actions.change_address kind=Kind::Outlined />
                <ButtonLink label=words::DELETE href=actions.delete kind=Kind::Danger />
            </div>
        }
    });
    view! {
        <Section id="data" title=words::DATA>
            <Card>
                <p>{words::DATA_TEXT}</p>
                <OneButton action=actions.export label=words::EXPORT kind=Kind::Outlined />
                {changes}
            </Card>
        </Section>
    }
    .into_any()
}
