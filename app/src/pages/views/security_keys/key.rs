//! One registered key: what is known of it, rename, remove.

use leptos::prelude::*;

use super::{Actions, KeyView};
use crate::pages::parts::{Card, Disclosure, Fact, Facts, Kind, Moment, OneButton, PostForm, Submit, TextField};
use crate::words::security_keys as words;

#[component]
pub fn KeyCard(key: KeyView, actions: Actions, bad_name: Option<String>) -> impl IntoView {
    let KeyView { id, name, transports, added, last_used, verified } = key;
    let used = match last_used {
        Some(at) => view! { <Moment at=at /> }.into_any(),
        None => words::NOT_USED.into_any(),
    };
    let refused = bad_name.is_some();
    let typed = bad_name.unwrap_or_else(|| name.clone());
    let (renamed, field_id) = (id.clone(), format!("name-{id}"));
    let (rename_label, remove_label) = (words::rename_label(&name), words::remove_label(&name));
    view! {
        <li>
            <Card class="key-card">
                <h2>{name}</h2>
                <Facts>
                    <Fact name=words::REACHED>{words::reached(&transports)}</Fact>
                    <Fact name=words::ADDED>
                        <Moment at=added />
                    </Fact>
                    <Fact name=words::LAST_USED>{used}</Fact>
                    <Fact name=words::HOLDER>{if verified { words::VERIFIED } else { words::TOUCHED }}</Fact>
                </Facts>
                <Disclosure summary=words::RENAME open=refused>
                    <PostForm once=true action=actions.rename>
                        <input type="hidden" name="key" value=renamed />
                        <TextField
                            label=words::NEW_NAME
                            name="name"
                            id=field_id
                            value=typed
                            autocomplete="off"
                            maxlength=40
                            refused=refused
                            autofocus=refused
                        >
                            <Submit label=words::SAVE_NAME kind=Kind::Outlined described=rename_label />
                        </TextField>
                    </PostForm>
                </Disclosure>
                <Disclosure summary=words::REMOVE>
                    <p class="quiet">{words::REMOVE_TEXT}</p>
                    <OneButton
                        once=true
                        action=actions.remove
                        label=words::REMOVE_NOW
                        kind=Kind::Danger
                        hidden=vec![("key", id)]
                        described=remove_label
                    />
                </Disclosure>
            </Card>
        </li>
    }
}
