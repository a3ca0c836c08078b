//! What holds on every page, in every state.

use super::samples;

fn count(html: &str, what: &str) -> usize {
    html.matches(what).count()
}

#[test]
fn no_page_has_inline_script_or_style_or_hydration_data() {
    for (name, html) in samples::all() {
        assert!(!html.contains("style="), "{name}");
        assert!(!html.contains("<style"), "{name}");
        assert!(!html.contains("data-hk"), "{name}");
        assert_eq!(count(&html, "<script"), count(&html, "<script type=\"module\" src="), "{name}");
        for handler in [" onclick", " onload", " onsubmit", "javascript:"] {
            assert!(!html.contains(handler), "{name}: {handler}");
        }
    }
}

#[test]
fn every_page_is_a_document_with_a_language_one_heading_and_one_main() {
    for (name, html) in samples::all() {
        assert!(html.starts_with("<!DOCTYPE html><html lang=\"en\">"), "{name}");
        assert_eq!(count(&html, "<h1"), 1, "{name}");
        assert_eq!(count(&html, "<main"), 1, "{name}");
    }
}

#[test]
fn a_page_has_at_most_one_filled_button() {
    for (name, html) in samples::all() {
        // Of stages one is shown at a time.
        for stage in html.split("<section data-stage=") {
            assert!(count(stage, "class=\"button filled\"") <= 1, "{name}");
        }
    }
}

#[test]
fn ids_are_unique_and_described_by_names_only_what_is_there() {
    for (name, html) in samples::all() {
        let ids = attributes(&html, " id=\"");
        let mut unique = ids.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(ids.len(), unique.len(), "{name}: {ids:?}");
        for list in attributes(&html, " aria-describedby=\"") {
            for id in list.split(' ') {
                assert!(ids.contains(&id), "{name}: nothing has the id {id}");
            }
        }
    }
}

#[test]
fn no_sentence_shouts_or_begs() {
    for (name, html) in samples::all() {
        let text = text_of(&html).to_lowercase();
        assert!(!text.contains('!') && !text.contains("please"), "{name}: {text}");
    }
}

#[test]
fn an_enrolments_key_stands_in_its_link_and_in_its_box_and_nowhere_else() {
    for (name, html) in samples::all() {
        let expected = usize::from(name.starts_with("totp-scan") || name.starts_with("hotp-scan"));
        assert_eq!(count(&html, "JBSWY3DPEHPK3PXP"), 2 * expected, "{name}: in the link");
        assert_eq!(count(&html, ">JBSW<"), 2 * expected, "{name}: in groups");
    }
}

#[test]
fn every_form_posts_and_has_a_button_to_do_so() {
    for (name, html) in samples::all() {
        let forms: Vec<_> = html.split("<form").skip(1).collect();
        for form in forms {
            let form = form.split("</form>").next().unwrap_or_default();
            let method = if name.starts_with("vault") { "dialog" } else { "post" };
            assert!(form.contains(&format!("method=\"{method}\"")), "{name}: {form}");
            assert!(form.contains("<button type=\"submit\""), "{name}: {form}");
        }
    }
}

/// Forms that may run twice: they begin anew or go back, end what is over as well when it ends again, or are meant to be
/// pressed again. An export is answered with a file, so that its page stays and so would its token. Signing out works from
/// a page of any age.
const MAY_RUN_TWICE: [&str; 18] = [
    "/forms/account/address/another",
    "/forms/account/end-session",
    "/forms/account/export",
    "/forms/clients/another",
    "/forms/clients/sign-in",
    "/forms/email-code/another",
    "/forms/end",
    "/forms/hotp/begin",
    "/forms/hotp/start-over",
    "/forms/phone/forget",
    "/forms/phone/press",
    "/forms/phone/scan",
    "/forms/session/begin",
    "/forms/sign-in/another",
    "/forms/sign-out",
    "/forms/start-over",
    "/forms/totp/begin",
    "/forms/totp/start-over",
];

#[test]
fn every_form_carries_a_submission_token_unless_it_may_run_twice() {
    let mut without = std::collections::BTreeSet::new();
    for (name, html) in samples::all().iter().filter(|(name, _)| !name.starts_with("vault")) {
        for form in html.split("<form").skip(1).filter_map(|form| form.split("</form>").next()) {
            if !form.contains("name=\"submission\"") {
                let action = attributes(form, " action=\"").first().map(ToString::to_string);
                without.insert(action.unwrap_or_else(|| panic!("{name}: {form}")));
            }
        }
    }
    assert_eq!(without.iter().map(String::as_str).collect::<Vec<_>>(), MAY_RUN_TWICE);
}

/// Were one of its forms sent by mistake, nothing would go anywhere.
#[test]
fn no_field_of_the_vault_has_a_name_and_none_is_filled_in_by_browsers() {
    let pages = samples::all();
    let (_, html) = pages.iter().find(|(name, _)| name == "vault").expect("the vault");
    let fields = ["<input", "<textarea", "<select"].iter().flat_map(|kind| html.split(kind).skip(1));
    let fields: Vec<_> = fields.filter_map(|rest| rest.split('>').next()).collect();
    assert!(fields.len() > 15, "{fields:?}");
    for field in fields {
        assert!(!field.contains(" name=") && field.contains(" autocomplete=\"off\""), "{field}");
    }
    assert!(!html.contains(" action="), "a form that leads somewhere");
}

#[test]
fn recovery_codes_stand_on_one_page_alone_and_once_each() {
    for (name, html) in samples::all() {
        let shown = count(&html, "-x3fp-9t2w-hc4v-b8n");
        // The example below the field is none of anybody's.
        let example = count(&html, "k7qm-x3fp-9t2w-hc4v-b8nd");
        assert_eq!(shown - example, if name == "recovery-codes" { 10 } else { 0 }, "{name}");
    }
}

#[test]
fn an_api_secret_stands_on_one_page_alone_and_once() {
    for (name, html) in samples::all() {
        let expected = usize::from(name == "clients-secret");
        assert_eq!(count(&html, "q3Zl0VvT9yHkXo2cWm8sJ4bRd7uNf1Ae5gPiK6tYxEw="), expected, "{name}");
    }
}

#[test]
fn the_code_of_a_quorum_stands_on_one_page_alone_and_shares_where_they_are_dealt_or_typed() {
    for (name, html) in samples::all() {
        assert_eq!(html.contains("5904\u{a0}0513"), name == "quorum-asked-code", "{name}");
        let typed = ["quorum-ask-bad-reason", "quorum-agree-bad", "quorum-agree-twice"].contains(&name.as_str());
        let shares = if name == "quorum-shares" { 3 } else { usize::from(typed) };
        assert_eq!(
            count(&html, "K7QV3MZP$2$AVfqmk3Yc0rT1mXcJ9mUuVZ1gAwUC8mHq0o4yTqHk1q9sV2xX0d7bNf1"),
            shares,
            "{name}"
        );
    }
}

#[test]
fn a_field_for_a_secret_is_never_filled_nor_kept_by_the_browser() {
    let mut found = 0;
    for (name, html) in samples::all() {
        for input in html.split("<input").skip(1).filter_map(|rest| rest.split('>').next()) {
            if input.contains("secret\"") {
                found += 1;
                assert!(
                    input.contains("type=\"password\"") && input.contains("autocomplete=\"off\""),
                    "{name}: {input}"
                );
                assert!(!input.contains(" value=\"") || input.contains(" value=\"\""), "{name}: {input}");
            }
        }
    }
    assert!(found >= 12, "{found}");
}

#[test]
fn before_the_mail_code_was_right_sign_in_says_the_same_of_every_address() {
    for (name, html) in samples::all() {
        let before = name.starts_with("sign-in-ask") || name.starts_with("sign-in-sent");
        let told = ["There is no account", "There is an account", "One more step"].iter().any(|it| html.contains(it));
        assert!(!(before && told), "{name}");
    }
}

fn attributes<'a>(html: &'a str, start: &str) -> Vec<&'a str> {
    html.split(start).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

/// What stands between tags.
fn text_of(html: &str) -> String {
    html.split('<').filter_map(|piece| piece.split_once('>')).map(|(_, text)| text).collect()
}
