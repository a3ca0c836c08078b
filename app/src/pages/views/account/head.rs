//! Whose account it is, how sure this session is of that, and what to do next.

use leptos::prelude::*;

use super::Actions;
use super::factors::AddLinks;
use crate::pages::parts::{ButtonLink, Card, Day, Fact, Facts, Kind, OneButton};
use crate::words::account as words;
use postern_core::model::Timestamp;

pub(super) fn head(address: String, level: u8, made: Timestamp) -> AnyView {
    view! {
        <Card>
            <Facts>
                <Fact name=words::ADDRESS><strong>{address}</strong></Fact>
                <Fact name=words::LEVEL>
                    {words::level(level)}
                    " "
                    <span class="quiet">{words::level_says(level)}</span>
                </Fact>
                <Fact name=words::MADE>
                    <Day at=made />
                </Fact>
            </Facts>
        </Card>
    }
    .into_any()
}

/// For an owner who proved the mailbox and a second factor after "this was not me".
pub(super) fn lift_freeze(actions: Actions) -> AnyView {
    view! {
        <Card>
            <h2>{words::LIFT_FREEZE_TITLE}</h2>
            <p>{words::LIFT_FREEZE_TEXT}</p>
            <OneButton once=true action=actions.lift_freeze label=words::LIFT_FREEZE kind=Kind::Outlined />
        </Card>
    }
    .into_any()
}

/// The one filled button, while something is missing.
pub(super) fn offer(no_factor: bool, has_codes: bool, add: AddLinks, actions: Actions) -> Option<AnyView> {
    let (title, text, button) = if no_factor {
        let go = add.totp.map(|href| view! { <p><ButtonLink label=words::OFFER_FACTOR_GO href=href /></p> }.into_any());
        (words::OFFER_FACTOR, words::OFFER_FACTOR_TEXT, go)
    } else if has_codes {
        return None;
    } else {
        let go = view! { <OneButton once=true action=actions.new_codes label=words::GET_CODES /> }.into_any();
        (words::OFFER_CODES, words::OFFER_CODES_TEXT, Some(go))
    };
    let card = view! {
        <Card class="offer">
            <h2>{title}</h2>
            <p>{text}</p>
            {button}
        </Card>
    };
    Some(card.into_any())
}
