//! Fields that only the script reads: without a name, never filled in by the browser.

use leptos::prelude::*;

use crate::pages::parts::Disclosure;
use crate::words::vault as words;

#[component]
pub fn Field(
    #[prop(into)] id: String,
    label: &'static str,
    #[prop(optional, into)] hint: Option<&'static str>,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] inputmode: Option<&'static str>,
    #[prop(default = 200)] maxlength: u16,
    #[prop(optional)] mono: bool,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let hint_id = format!("{id}-hint");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <div class="field-row">
                <input
                    class="input"
                    class:mono=mono
                    id=id
                    type=kind
                    inputmode=inputmode
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    maxlength=maxlength.to_string()
                    aria-describedby=hint.is_some().then(|| hint_id.clone())
                />
                {children.map(|children| children())}
            </div>
            {hint.map(|hint| view! { <p class="hint" id=hint_id>{hint}</p> })}
        </div>
    }
}

#[component]
pub fn Select(
    #[prop(into)] id: String,
    label: &'static str,
    options: &'static [(&'static str, &'static str)],
) -> impl IntoView {
    let options = options.iter().map(|(value, label)| view! { <option value=*value>{*label}</option> }).collect_view();
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select class="input" id=id autocomplete="off">{options}</select>
        </div>
    }
}

/// What an entry is called.
#[component]
pub fn Names(of: &'static str) -> impl IntoView {
    view! {
        <div class="field-pair">
            <Field id=format!("{of}-issuer") label=words::ISSUER />
            <Field id=format!("{of}-account") label=words::ACCOUNT />
        </div>
    }
}

/// How its codes are made. The script shows seconds or counter, as the type has it.
#[component]
pub fn Settings(of: &'static str) -> impl IntoView {
    const ALGORITHMS: &[(&str, &str)] = &[("SHA1", "SHA1"), ("SHA256", "SHA256"), ("SHA512", "SHA512")];
    const DIGITS: &[(&str, &str)] = &[("6", "6"), ("7", "7"), ("8", "8")];
    view! {
        <Disclosure summary=words::SETTINGS>
            <p class="hint">{words::SETTINGS_HINT}</p>
            <div class="field-pair">
                <Select id=format!("{of}-type") label=words::TYPE options=&words::TYPES />
                <Select id=format!("{of}-algorithm") label=words::ALGORITHM options=ALGORITHMS />
                <Select id=format!("{of}-digits") label=words::DIGITS options=DIGITS />
                <div data-of-type="totp">
                    <Field id=format!("{of}-period") label=words::PERIOD inputmode="numeric" maxlength=3 />
                </div>
                <div data-of-type="hotp" hidden=true>
                    <Field id=format!("{of}-counter") label=words::COUNTER inputmode="numeric" maxlength=16 />
                </div>
            </div>
        </Disclosure>
    }
}
