//! In and out: entries as otpauth addresses, one a line.

use leptos::prelude::*;

use super::{ScriptForm, VaultButton};
use crate::pages::parts::{Card, CopyButton, Disclosure, Kind};
use crate::words::vault as words;

#[component]
pub fn Carry() -> impl IntoView {
    view! {
        <Card>
            <Disclosure summary=words::CARRY>
                <ScriptForm does="bring-in">
                    <div class="field">
                        <label for="lines">{words::LINES}</label>
                        <textarea
                            class="input mono"
                            id="lines"
                            rows="4"
                            autocomplete="off"
                            autocapitalize="off"
                            spellcheck="false"
                            aria-describedby="lines-hint"
                        ></textarea>
                        <p class="hint" id="lines-hint">{words::LINES_HINT}</p>
                    </div>
                    <div class="field">
                        <label for="file">{words::FILE}</label>
                        <input class="input file" id="file" type="file" accept="text/*,.txt" autocomplete="off" />
                    </div>
                    <button type="submit" class=Kind::Outlined.class()>{words::BRING_IN}</button>
                </ScriptForm>
                <div class="aside">
                    <h2>{words::TAKE_OUT}</h2>
                    <p>{words::TAKE_OUT_TEXT}</p>
                    <p><VaultButton press="show-all" label=words::SHOW_ALL kind=Kind::Outlined /></p>
                    <div class="taken-out" data-out="" hidden=true>
                        <p class="label" id="out-label">{words::OUT}</p>
                        <div class="key" id="out" tabindex="0" role="group" aria-labelledby="out-label"></div>
                        <div class="keeping">
                            <CopyButton of="out" copy=words::COPY_ALL copied=words::COPIED not_copied=words::NOT_COPIED />
                            <p hidden=true data-download=words::OUT_FILE data-of="out">
                                <button type="button" class="button outlined small">{words::DOWNLOAD}</button>
                            </p>
                        </div>
                        <p><VaultButton press="hide" label=words::HIDE kind=Kind::Quiet /></p>
                    </div>
                </div>
            </Disclosure>
        </Card>
    }
}
