//! An open vault: search, list, and adding to it.

use leptos::prelude::*;

use super::fields::{Field, Names, Select, Settings};
use super::{ScriptForm, VaultButton};
use crate::pages::parts::{Card, Kind};
use crate::words::vault as words;

/// What entries in the old format mean; shown while there are any.
#[component]
pub fn OldNote() -> impl IntoView {
    view! {
        <div class="note wait" data-old="" hidden=true>
            <p class="note-title">{words::OLD_TITLE}</p>
            <p>{words::OLD_TEXT}</p>
            <p class="actions">
                <VaultButton press="convert-all" label=words::CONVERT_ALL kind=Kind::Outlined />
                <VaultButton press="keep-old" label=words::KEEP kind=Kind::Quiet />
            </p>
        </div>
    }
}

#[component]
pub fn Bar() -> impl IntoView {
    view! {
        <div class="field-pair" data-bar="">
            <Field id="search" label=words::SEARCH kind="search" />
            <Select id="order" label=words::ORDER options=&words::ORDERS />
        </div>
    }
}

#[component]
pub fn List() -> impl IntoView {
    let counts = words::COUNTS.map(|(when, text)| view! { <template data-count=when>{text}</template> }).collect_view();
    view! {
        <p class="quiet" role="status" data-counted=""></p>
        {counts}
        <Card class="rows">
            <ul class="vault-list" aria-label=words::LIST data-list=""></ul>
            <p class="quiet vault-empty" data-empty="" hidden=true>{words::EMPTY}</p>
        </Card>
    }
}

#[component]
pub fn AddCard() -> impl IntoView {
    view! {
        <Card>
            <details class="disclosure" data-add="">
                <summary>{words::ADD}</summary>
                <div class="disclosed">
                    <ScriptForm does="add">
                        <Field id="add-key" label=words::KEY hint=words::KEY_HINT mono=true maxlength=4096 />
                        <div class="field">
                            <label for="add-picture">{words::PICTURE}</label>
                            <input
                                class="input file"
                                id="add-picture"
                                type="file"
                                accept="image/*"
                                autocomplete="off"
                                aria-describedby="add-picture-hint"
                                data-picture=""
                            />
                            <p class="hint" id="add-picture-hint">{words::PICTURE_HINT}</p>
                        </div>
                        <Names of="add" />
                        <Settings of="add" />
                        <div>
                            <label class="tick">
                                <input type="checkbox" id="add-old" autocomplete="off" aria-describedby="add-old-hint" />
                                <span>{words::KEEP_OLD}</span>
                            </label>
                            <p class="hint" id="add-old-hint">{words::KEEP_OLD_HINT}</p>
                        </div>
                        <button type="submit" class=Kind::Filled.class()>{words::SAVE}</button>
                    </ScriptForm>
                </div>
            </details>
        </Card>
    }
}
