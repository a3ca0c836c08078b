//! Second factors: each with its door, and the doors that can still be added.

use leptos::prelude::*;

use super::Actions;
use super::section::Section;
use crate::pages::parts::{
    ButtonLink, Card, Day, Disclosure, Door, FactorCardState, Kind, PostForm, Submit, TextField, When,
};
use crate::words::account as words;
use crate::words::labels::FactorLabel;
use postern_core::model::Timestamp;

#[derive(Clone, Debug)]
pub struct FactorView {
    /// Comes back in the field `factor`.
    pub id: String,
    pub way: FactorLabel,
    pub name: String,
    pub added: Timestamp,
    pub last_used: Option<Timestamp>,
    /// The page that removes it.
    pub remove: String,
}

/// Where factors are added; none where there is no room for another.
#[derive(Clone, Copy, Debug)]
pub struct AddLinks {
    pub security_key: Option<&'static str>,
    pub totp: Option<&'static str>,
    pub hotp: Option<&'static str>,
}

/// A name that was refused, with what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadName {
    pub factor: String,
    pub typed: String,
}

pub(super) fn factors(
    factors: Vec<FactorView>,
    add: AddLinks,
    bad_name: Option<BadName>,
    actions: Actions,
    now: Timestamp,
    frozen_until: Option<Timestamp>,
) -> AnyView {
    let text = match (frozen_until, factors.is_empty()) {
        (Some(until), _) => words::frozen_until(until),
        (None, true) => words::NO_FACTORS.to_owned(),
        (None, false) => words::FACTORS_TEXT.to_owned(),
    };
    let first = factors.is_empty();
    let list = (!factors.is_empty()).then(|| {
        let rows = factors
            .into_iter()
            .map(|factor| {
                let typed = bad_name.clone().filter(|bad| bad.factor == factor.id).map(|bad| bad.typed);
                row(factor, typed, actions, now, frozen_until.is_some())
            })
            .collect_view();
        view! {
            <Card class="rows">
                <ul>{rows}</ul>
            </Card>
        }
    });
    view! {
        <Section id="factors" title=words::FACTORS text=text>
            {list}
            {frozen_until.is_none().then(|| more(add, first))}
        </Section>
    }
    .into_any()
}

fn row(factor: FactorView, bad_name: Option<String>, actions: Actions, now: Timestamp, frozen: bool) -> AnyView {
    let FactorView { id, way, name, added, last_used, remove } = factor;
    let used = match last_used {
        Some(at) => view! { {words::USED}<When at=at now=now /> }.into_any(),
        None => words::NOT_USED.into_any(),
    };
    let kind = (name != way.name()).then(|| view! { {way.name()}", " });
    let refused = bad_name.is_some();
    let typed = bad_name.unwrap_or_else(|| name.clone());
    let (change_label, remove_label) = (words::change_label(&name), words::remove_label(&name));
    let change = (!frozen).then(move || {
        view! {
            <Disclosure summary=words::CHANGE open=refused>
                <PostForm once=true action=actions.rename>
                    <input type="hidden" name="factor" value=id.clone() />
                    <TextField
                        label=words::NEW_NAME
                        name="name"
                        id=format!("name-{id}")
                        value=typed
                        autocomplete="off"
                        maxlength=40
                        refused=refused
                        autofocus=refused
                    >
                        <Submit label=words::SAVE_NAME kind=Kind::Outlined described=change_label />
                    </TextField>
                </PostForm>
                <p>
                    <ButtonLink
                        label=words::REMOVE
                        href=remove
                        kind=Kind::Danger
                        described=remove_label
                    />
                </p>
            </Disclosure>
        }
    });
    view! {
        <li class="row">
            <Door state=last_used.map_or(FactorCardState::Closed, FactorCardState::Passed) />
            <div class="row-words">
                <h3>{name}</h3>
                <p class="quiet small">{kind}{words::ADDED}<Day at=added />", "{used}</p>
                {change}
            </div>
        </li>
    }
    .into_any()
}

fn more(add: AddLinks, first: bool) -> AnyView {
    let doors =
        [(FactorLabel::SecurityKey, add.security_key), (FactorLabel::Totp, add.totp), (FactorLabel::Hotp, add.hotp)];
    let items = doors
        .into_iter()
        .filter_map(|(way, href)| href.map(|href| (way, href)))
        .map(|(way, href)| {
            view! {
                <li>
                    <a class="way" href=href>
                        <Door state=FactorCardState::Closed />
                        <span class="way-words">
                            <span class="way-name">{way.name()}</span>
                            <span class="way-small">{way.promise()}</span>
                        </span>
                    </a>
                </li>
            }
        })
        .collect::<Vec<_>>();
    (!items.is_empty())
        .then(|| {
            view! {
                <div class="ways">
                    <h3>{if first { words::ADD_FIRST } else { words::ADD }}</h3>
                    <ul>{items}</ul>
                </div>
            }
        })
        .into_any()
}
