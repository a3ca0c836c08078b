//! One entry: the row that the script copies for each, and the dialog in which one is edited.

use leptos::prelude::*;

use super::fields::{Names, Settings};
use super::{ScriptForm, VaultButton};
use crate::pages::parts::Kind;
use crate::words::vault as words;

#[component]
pub fn RowTemplate() -> impl IntoView {
    let flaws = words::FLAWS.map(|(when, text)| view! { <template data-flaw=when>{text}</template> }).collect_view();
    view! {
        <template
            data-row=""
            data-copy-code=words::COPY_CODE
            data-next=words::NEXT
            data-press=words::PRESS_LABEL
            data-edit=words::EDIT_LABEL
            data-no-name=words::NO_NAME
            data-broken=words::BROKEN
        >
            <li class="vault-row">
                <div class="row-words">
                    <p class="vault-name" data-name=""></p>
                    <p class="quiet" data-account=""></p>
                    <span class="badge off" data-badge="" hidden=true>{words::OLD_BADGE}</span>
                </div>
                <div class="vault-code">
                    <button type="button" class="code-button digits" data-code=""></button>
                    <span class="quiet next-code" data-next-code=""></span>
                </div>
                <svg class="ring" viewBox="0 0 36 36" width="30" height="30" aria-hidden="true" focusable="false" data-ring="">
                    <circle class="ring-ground" cx="18" cy="18" r="15" />
                    <circle
                        class="ring-left"
                        cx="18"
                        cy="18"
                        r="15"
                        pathLength="100"
                        stroke-dasharray="100"
                        stroke-dashoffset="0"
                        transform="rotate(-90 18 18)"
                        data-left=""
                    />
                </svg>
                <button type="button" class="button outlined small" data-next-press="" hidden=true>{words::PRESS}</button>
                <button type="button" class="button quiet small" data-edit="">{words::EDIT}</button>
            </li>
        </template>
        {flaws}
    }
}

#[component]
pub fn EntryDialog() -> impl IntoView {
    view! {
        <dialog class="card entry-dialog" aria-labelledby="entry-name" data-entry="">
            <h2 id="entry-name"></h2>
            <div data-says=""></div>
            <ScriptForm does="change">
                <Names of="edit" />
                <Settings of="edit" />
                <button type="submit" class=Kind::Outlined.class()>{words::CHANGE}</button>
            </ScriptForm>
            <div class="aside" data-of-old="" hidden=true>
                <p>{words::CONVERT_TEXT}</p>
                <p><VaultButton press="convert" label=words::CONVERT kind=Kind::Outlined /></p>
            </div>
            <div class="aside">
                <p class="actions">
                    <VaultButton press="delete" label=words::DELETE kind=Kind::Danger />
                    <VaultButton press="cancel" label=words::CANCEL kind=Kind::Quiet />
                </p>
            </div>
        </dialog>
    }
}
