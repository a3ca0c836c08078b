//! A base32 key in groups of four, to be typed or copied.

use leptos::prelude::*;

use super::CopyButton;

#[component]
pub fn KeyBox(
    /// Without spaces.
    #[prop(into)]
    key: String,
    #[prop(into)] label: String,
    copy: &'static str,
    copied: &'static str,
    not_copied: &'static str,
) -> impl IntoView {
    let groups = groups_of_four(&key)
        .into_iter()
        .map(|group| view! { <span class="key-group">{group}</span>" " })
        .collect_view();
    view! {
        <div class="key-box">
            <p class="label" id="key-label">{label}</p>
            <p class="key">
                <code id="key" aria-labelledby="key-label" role="group">{groups}</code>
            </p>
            <CopyButton of="key" copy=copy copied=copied not_copied=not_copied />
        </div>
    }
}

fn groups_of_four(key: &str) -> Vec<String> {
    key.chars().collect::<Vec<_>>().chunks(4).map(|group| group.iter().collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_shown_in_groups_of_four() {
        assert_eq!(groups_of_four("K7QV3MZPL2"), ["K7QV", "3MZP", "L2"]);
    }
}
