//! What a browser gets to read: no inline script or style, nothing to hydrate, each note once, the demo in the demo only.

use serde_json::json;

use crate::app::TestApp;
use crate::browser::Answer;
use crate::journey::{ADDRESS, begin_totp, enrol_totp, forms, prove_address, visitor};
use crate::on_each_store;
use crate::phone::Phone;

/// Attributes that would run as a script.
const HANDLERS: [&str; 6] = ["onclick", "onload", "onerror", "onsubmit", "onfocus", "onchange"];

#[track_caller]
fn assert_clean(page: &Answer) {
    for script in page.texts("script") {
        assert_eq!(script, "", "{}: an inline script", page.path);
    }
    assert!(page.attributes("script", "src").iter().all(|source| source.starts_with("/assets/")), "{}", page.path);
    assert_eq!(page.texts("script").len(), page.attributes("script", "src").len());
    assert!(page.texts("style, [style], iframe, object, embed, base").is_empty(), "{}", page.path);
    for handler in HANDLERS {
        assert!(page.texts(&format!("[{handler}]")).is_empty(), "{}: {handler}", page.path);
    }
    for sign in
        ["__RESOLVED", "__INCOMPLETE", "__SERIALIZED", "_leptos", "hydrat", "data-hk", "wasm", "<!>", "javascript:"]
    {
        assert!(!page.body.contains(sign), "{}: {sign}", page.path);
    }
    assert_eq!(page.attribute("html", "lang").as_deref(), Some("en"), "{}", page.path);
    for action in page.attributes("form", "action") {
        assert!(action.starts_with("/forms/"), "{}: {action}", page.path);
    }
    assert_eq!(page.texts("h1").len(), 1, "{}: one heading", page.path);
}

on_each_store! {
    async fn no_page_in_any_state_has_anything_inline_or_to_hydrate(place: Place) {
        let app = TestApp::demo(place).await;
        let mut browser = visitor(&app).await;
        let mut pages = Vec::new();
        for path in ["/", "/email-code", "/totp", "/outbox", "/phone", "/session-ended", "/nowhere"] {
            pages.push(browser.open(path).await);
        }
        let page = browser.open("/email-code").await;
        pages.push(browser.submit(&page, forms::SEND, &[("address", "no address")]).await);
        pages.push(browser.submit(&page, forms::SEND, &[("address", ADDRESS)]).await);
        let page = browser.open("/email-code").await;
        pages.push(browser.submit(&page, forms::CHECK, &[("code", "x")]).await);
        pages.push(browser.submit(&page, forms::RESEND, &[]).await);
        let page = browser.open("/totp").await;
        let page = browser.submit(&page, forms::BEGIN_TOTP, &[]).await;
        pages.push(browser.submit(&page, forms::CHECK_TOTP, &[("code", "000000")]).await);
        let phone = Phone::scan(&page.attribute("a[href^='otpauth:']", "href").expect("a link for phones"));
        pages.push(browser.open("/phone").await);
        let waiting = browser.open("/phone").await;
        pages.push(browser.submit(&waiting, "/forms/phone/scan", &[]).await);
        let code = phone.code_at(app.unix_time());
        pages.push(browser.submit(&page, forms::CHECK_TOTP, &[("code", &code)]).await);
        pages.push(page);
        for path in ["/", "/email-code", "/totp", "/outbox", "/phone"] {
            pages.push(browser.open(path).await);
        }
        pages.push(browser.post_form(forms::CHECK_TOTP, &[("code", "1"), ("code", "2")]).await);
        pages.push(browser.send(browser.request(reqwest::Method::POST, forms::END)).await);
        browser.name_session("x");
        pages.push(browser.get("/").await);
        assert!(pages.len() > 20);
        for page in &pages {
            assert_clean(page);
        }
    }

    async fn the_demo_walks_through_both_doors_without_a_phone_or_a_mail_server(place: Place) {
        let app = TestApp::demo(place).await;
        let mut browser = visitor(&app).await;
        assert!(browser.open("/").await.text().contains("Nothing leaves this machine"), "a banner says so");
        let page = browser.open("/email-code").await;
        let page = browser.submit(&page, forms::SEND, &[("address", ADDRESS)]).await;
        let letter = loop {
            let outbox = browser.open("/outbox").await;
            if let Some(subject) = outbox.texts("article h2").into_iter().next() {
                break subject;
            }
            tokio::task::yield_now().await;
        };
        let code = letter.split(' ').find(|word| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit()));
        browser.submit(&page, forms::CHECK, &[("code", code.expect("a code"))]).await.page(200, "proved");

        let page = browser.open("/totp").await;
        let page = browser.submit(&page, forms::BEGIN_TOTP, &[]).await;
        let phone = browser.open("/phone").await;
        let phone = browser.submit(&phone, "/forms/phone/scan", &[]).await;
        let code = phone.texts(".digits").concat();
        browser.submit(&page, forms::CHECK_TOTP, &[("code", &code)]).await.page(200, "paired");
        assert_eq!(browser.api_get("/session").await.expect(200)["level"], 2);

        // Another browser sees nothing of it.
        let mut other = visitor(&app).await;
        assert!(other.open("/outbox").await.texts("article").is_empty());
        assert!(other.open("/phone").await.texts(".digits").is_empty());
    }

    async fn outside_the_demo_its_pages_and_forms_are_not_there(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        for path in ["/outbox", "/phone"] {
            browser.get(path).await.page(404, "There is no page here");
        }
        for path in ["/forms/phone/scan", "/forms/phone/forget"] {
            browser.post_form(path, &[]).await.page(404, "There is no page here");
        }
        for path in ["/", "/email-code", "/totp"] {
            let page = browser.open(path).await;
            assert!(!page.body.contains("/outbox") && !page.body.contains("/phone"), "{path}");
        }
    }

    async fn a_note_is_shown_once_and_on_its_own_page(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let page = browser.open("/email-code").await;
        let refused = browser.post(&page, forms::SEND, &[("address", "\"><b>no</b>")]).await;
        assert_eq!(refused.location().as_deref(), Some("/email-code"));
        assert!(browser.open("/totp").await.note().is_none(), "another page leaves it alone");
        let told = browser.open("/email-code").await;
        assert!(told.note().is_some());
        assert_eq!(told.attribute("input[name='address']", "value").as_deref(), Some("\"><b>no</b>"), "typed again");
        assert!(!told.body.contains("<b>no</b>"));
        let again = browser.open("/email-code").await;
        assert!(again.note().is_none());
        assert_eq!(again.attribute("input[name='address']", "value").as_deref(), Some(""));

        let mut other = visitor(&app).await;
        browser.post(&page, forms::SEND, &[("address", "")]).await;
        assert!(other.open("/email-code").await.note().is_none(), "it is for one session");
        assert!(browser.open("/email-code").await.note().is_some());
    }

    async fn a_code_that_was_typed_is_never_shown_again(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let phone = begin_totp(&mut browser).await;
        let page = browser.open("/totp").await;
        let wrong = phone.wrong_code_at(app.unix_time());
        let page = browser.submit(&page, forms::CHECK_TOTP, &[("code", &wrong)]).await;
        assert!(page.note().is_some() && !page.body.contains(&wrong));
        let page = browser.submit(&page, forms::CHECK_TOTP, &[("code", "12345678901")]).await;
        assert!(page.note().is_some() && !page.body.contains("12345678901"));
    }

    async fn the_secret_stands_where_it_is_shown_and_nowhere_else(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        prove_address(&app, &mut browser, 1).await;
        let phone = begin_totp(&mut browser).await;
        let page = browser.open("/totp").await;
        let bare = page.body.replace(' ', "").replace("<spanclass=\"key-group\">", "").replace("</span>", "");
        assert_eq!(bare.matches(phone.secret()).count(), 2, "the key, and the link for phones");
        for path in ["/", "/email-code"] {
            assert!(!browser.open(path).await.body.contains(phone.secret()), "{path}");
        }
        let code = phone.code_at(app.unix_time());
        let paired = browser.submit(&page, forms::CHECK_TOTP, &[("code", &code)]).await;
        assert!(!paired.body.contains(phone.secret()) && !paired.body.contains("otpauth:"), "shown until confirmed");
        let session = browser.api_get("/session").await;
        assert!(!session.body.contains(phone.secret()));
        assert_eq!(session.json()["level"], json!(2));
    }

    async fn the_overview_says_what_is_passed_and_what_is_next(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let next = |page: &Answer| page.attributes("main a.button", "href");
        assert_eq!(next(&browser.open("/").await), ["/email-code"]);
        prove_address(&app, &mut browser, 1).await;
        assert_eq!(next(&browser.open("/").await), ["/totp", "/account/keep"], "and an account may be made of it");
        enrol_totp(&app, &mut browser).await;
        let page = browser.open("/").await;
        assert!(page.text().contains("Level 2 of 3"), "{}", page.text());
    }
}
