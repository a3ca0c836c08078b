//! `/vault`: three stages, of which `public/vault/page/` shows one at a time, and what it builds them of. Nothing on this
//! page is ever sent as a form, so no field has a name and every form is of a method that goes nowhere.

mod carry;
mod entry;
mod fields;
mod open;
mod says;

use leptos::prelude::*;

use crate::pages::parts::{Card, CopyButton, Heading, Kind, Mark, Plain};
use crate::words::vault as words;

use carry::Carry;
use entry::{EntryDialog, RowTemplate};
use fields::Field;
use open::{AddCard, Bar, List, OldNote};
use says::{Says, WithoutScripts};

/// What of `public/` the page loads.
pub const SCRIPTS: &[&str] = &["copy.js", "save.js", "vault/page/main.js"];

#[derive(Clone, Debug)]
pub struct VaultView {
    /// What the portal calls itself.
    pub portal: String,
    /// Days after which a vault that nobody opens is deleted, if it is.
    pub unused_days: Option<u64>,
}

pub fn vault(page: VaultView) -> impl IntoView {
    view! {
        <Plain class="vault">
            <Heading title=words::HEADING lede=words::LEDE />
            {page.unused_days.map(|days| view! { <p class="quiet">{words::unused(days)}</p> })}
            <WithoutScripts />
            <section data-stage="closed" hidden=true>{closed()}</section>
            <section data-stage="made" hidden=true>{made(words::sheet_title(&page.portal))}</section>
            <section data-stage="open" hidden=true>
                <OldNote />
                <Bar />
                <List />
                <AddCard />
                <Carry />
                <p class="actions">
                    <VaultButton press="reload" label=words::RELOAD kind=Kind::Outlined />
                    <VaultButton press="close" label=words::CLOSE kind=Kind::Outlined />
                </p>
            </section>
            <Says />
            <RowTemplate />
            <EntryDialog />
        </Plain>
    }
}

/// A button that the script answers, by name.
#[component]
fn VaultButton(press: &'static str, label: &'static str, #[prop(optional)] kind: Kind) -> impl IntoView {
    view! { <button type="button" class=kind.class() data-press=press>{label}</button> }
}

/// A form that only the script reads. Were it sent by mistake, it would go nowhere: there is no dialog for it to close.
#[component]
fn ScriptForm(does: &'static str, children: Children) -> impl IntoView {
    view! {
        <form method="dialog" class="stack" novalidate=true autocomplete="off" data-do=does>
            {children()}
        </form>
    }
}

fn closed() -> impl IntoView {
    view! {
        <Card>
            <ScriptForm does="open">
                <Field id="typed-id" label=words::ID hint=words::ID_HINT mono=true maxlength=64>
                    <button type="submit" class=Kind::Filled.class()>{words::OPEN}</button>
                </Field>
            </ScriptForm>
            <div class="aside">
                <h2>{words::NONE_YET}</h2>
                <p>{words::NONE_YET_TEXT}</p>
                <p><VaultButton press="make" label=words::MAKE kind=Kind::Outlined /></p>
            </div>
        </Card>
    }
}

/// The ID, shown once. On paper and in the file stands what has `data-line`.
fn made(title: String) -> impl IntoView {
    view! {
        <Card class="sheet">
            <div class="sheet-head">
                <Mark />
                <div>
                    <p class="sheet-title" data-line="">{title}</p>
                    <p class="quiet">{words::MADE_TEXT}</p>
                </div>
            </div>
            <h2 class="made-heading">{words::MADE_HEADING}</h2>
            <div class="made-id">
                <svg class="qr" role="img" aria-label=words::QR data-id-qr="" width="200" height="200" shape-rendering="crispEdges">
                </svg>
                <div class="key-box">
                    <p class="label" id="vault-id-label">{words::ID}</p>
                    <p class="key one-piece">
                        <code id="vault-id" aria-labelledby="vault-id-label" role="group" data-line=""></code>
                    </p>
                </div>
            </div>
            <p class="sheet-for" data-line="">{words::SHEET_FOR}</p>
            <div class="keeping">
                <CopyButton of="vault-id" copy=words::COPY copied=words::COPIED not_copied=words::NOT_COPIED />
                <p hidden=true data-download=words::ID_FILE data-of="page">
                    <button type="button" class="button outlined small">{words::DOWNLOAD}</button>
                </p>
                <p hidden=true data-print="">
                    <button type="button" class="button outlined small">{words::PRINT}</button>
                </p>
            </div>
        </Card>
        <p class="next-step"><VaultButton press="saved" label=words::SAVED /></p>
    }
}
