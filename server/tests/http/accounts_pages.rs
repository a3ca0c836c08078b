//! Pages of accounts as they are served: each at every stage with every header, by GET and by HEAD alike.

use reqwest::Method;

use crate::accounts::{ADA, GRACE, Owner, ask, factor, forms, pending, told};
use crate::app::TestApp;
use crate::browser::{Answer, Browser};
use crate::headers::assert_headers;
use crate::on_each_store;

/// A page by GET, and that HEAD says the same of it.
pub async fn shown(browser: &mut Browser, path: &str, heading: &str) -> Answer {
    let head = browser.send(browser.request(Method::HEAD, path)).await;
    assert_eq!((head.status, head.body.as_str()), (200, ""), "{path}");
    assert_headers(&head, path);
    let page = browser.get(path).await;
    page.page(200, heading);
    assert_headers(&page, path);
    for name in ["content-type", "cache-control", "content-security-policy"] {
        assert_eq!(head.header(name), page.header(name), "{path}");
    }
    assert!(page.cookies().is_empty() && head.cookies().is_empty(), "{path}");
    assert!(
        !page.body.contains("<style") && !page.body.contains(" style=") && !page.body.contains(" onclick="),
        "{path}"
    );
    assert!(page.attributes("script", "src").len() == page.texts("script").len(), "{path}: no script is inline");
    assert_eq!(page.texts("title").len(), 1, "{path}");
    page
}

/// A page that is not for this browser, and where it leads.
async fn led(browser: &mut Browser, path: &str, to: &str) {
    for method in [Method::HEAD, Method::GET] {
        let answer = browser.send(browser.request(method, path)).await;
        assert_eq!((answer.status, answer.location().as_deref(), answer.body.as_str()), (303, Some(to), ""), "{path}");
        assert_headers(&answer, path);
    }
}

on_each_store! {
    async fn every_page_of_the_account_is_served_with_every_header(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        let id = factor(&mut owner.browser, "totp").await;
        let browser = &mut owner.browser;
        shown(browser, "/account", "Your account").await;
        shown(browser, &format!("/account/remove?factor={id}"), "Remove").await;
        shown(browser, "/account/sessions", "End all other sessions").await;
        shown(browser, "/account/address", "Change the mail address").await;
        shown(browser, "/account/delete", "Delete this account").await;
        shown(browser, "/step-up", "Confirm it is you").await;
        shown(browser, "/not-me", "can no longer be used").await;
        for path in ["/", "/email-code", "/totp", "/hotp", "/security-keys"] {
            shown(browser, path, "").await;
        }
        led(browser, "/sign-in", "/account").await;
        led(browser, "/account/keep", "/account").await;
        led(browser, "/account/remove", "/account").await;
        led(browser, "/account/remove?factor=x", "/account").await;
        for form in [forms::NEW_CODES, forms::EXPORT] {
            let answer = browser.post_form(form, &[]).await;
            assert_eq!(answer.status, 200);
            assert_headers(&answer, form);
        }
    }

    async fn every_stage_of_a_sign_in_is_served_with_every_header(place: Place) {
        let app = TestApp::open(place).await;
        Owner::of(&app, ADA).await;
        app.advance(721);
        let mut browser = app.browser();
        browser.get("/").await;
        shown(&mut browser, "/sign-in", "Sign in").await;
        shown(&mut browser, "/account/keep", "Keep these").await;
        for path in ["/account", "/account/remove", "/account/sessions", "/account/address", "/account/delete", "/step-up"] {
            led(&mut browser, path, "/sign-in").await;
        }
        ask(&app, &mut browser, ADA).await;
        shown(&mut browser, "/sign-in", "mail").await;
        let mut waiting = pending(&app, ADA).await;
        shown(&mut waiting, "/sign-in", "One more step").await;
        for kind in ["totp", "recovery", "security-key", "nonsense"] {
            shown(&mut waiting, &format!("/sign-in?with={kind}"), "One more step").await;
        }
        led(&mut waiting, "/account", "/sign-in").await;
    }

    async fn the_link_in_a_letter_asks_before_it_does_anything_and_then_freezes_the_account(place: Place) {
        let app = TestApp::open(place).await;
        let owner = Owner::of(&app, ADA).await;
        told(&app, ADA, "A factor was added", 1).await;
        // What was added within the hour would be removed.
        app.advance(3600);
        let mut session = owner.again(&app, ADA).await;
        let letter = app.mail.received().into_iter().rfind(|letter| letter.subject.contains("factor")).expect("a letter");
        let link = letter.text.split_whitespace().find(|word| word.contains("/not-me?ticket=")).expect("a link").to_owned();
        let path = link.strip_prefix(&app.origin).expect("to us").to_owned();
        let mut reader = app.browser();
        reader.get("/").await;
        let page = shown(&mut reader, &path, "Was this you?").await;
        session.get("/account").await.page(200, "Your account");
        let done = reader.submit(&page, "/forms/not-me", &[]).await;
        done.page(200, "Your account is frozen");
        assert!(done.text().contains("One session was ended"), "{}", done.text());
        session.get("/account").await.page(401, "You are signed out");
        app.advance(721);
        let mut back = owner.again(&app, ADA).await;
        let page = back.open("/account").await;
        assert!(page.text().contains("frozen until"), "{}", page.text());
        let id = factor(&mut back, "totp").await;
        let refused = back.post_form(forms::RENAME, &[("factor", &id), ("name", "Mine")]).await;
        let page = back.follow(refused).await;
        assert!(page.note().is_some() && page.path == "/account", "{}", page.text());
        back.api_delete("/totp").await.problem(403, "frozen");
        let spoilt = format!("{}x", &path[..path.len() - 4]);
        shown(&mut reader, &spoilt, "can no longer be used").await;
        shown(&mut reader, &path, "This link was used").await;
        let page = back.open("/account").await;
        let page = back.submit(&page, "/forms/account/lift-freeze", &[]).await;
        page.page(200, "Your account");
        assert!(page.note().expect("a note").contains("freeze is lifted"), "{:?}", page.note());
        back.submit(&page, forms::RENAME, &[("factor", &id), ("name", "Mine")]).await.page(200, "Your account");
        app.advance(3 * 24 * 3600);
        let mut late = app.browser();
        late.get("/").await;
        shown(&mut late, &path, "can no longer be used").await;
    }

    async fn where_nobody_makes_accounts_by_themselves_that_is_told_once_the_mail_was_read(place: Place) {
        let app = TestApp::with(place, &[("POSTERN_SIGN_UP", "closed")]).await;
        let mut browser = app.browser();
        let (page, code) = ask(&app, &mut browser, GRACE).await;
        let page = browser.submit(&page, forms::CHECK, &[("code", &code)]).await;
        page.page(200, "There is no account for this address");
        assert_headers(&page, "/sign-in");
        assert_eq!(browser.get("/account").await.location().as_deref(), Some("/sign-in"));
    }
}
