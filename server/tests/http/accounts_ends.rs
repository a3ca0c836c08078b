//! How an account's session ends: unused, after half a day, from elsewhere, with the account; and what is told then.

use reqwest::Method;
use serde_json::Value;

use crate::accounts::{ADA, GRACE, Owner, forms, is_in, sessions, signed_in};
use crate::app::TestApp;
use crate::browser::Browser;
use crate::on_each_store;

/// At its next request, whatever that is: a page that leads to the sign-in, a problem for programs, and no cookie.
async fn assert_signed_out(browser: &mut Browser) {
    let cookies = browser.cookies.clone();
    for path in ["/account", "/", "/totp", "/sign-in"] {
        for method in [Method::HEAD, Method::GET] {
            let answer = browser.send(browser.request(method.clone(), path)).await;
            assert_eq!(answer.status, 401, "{path}: {answer:?}");
            assert!(answer.cookies().is_empty(), "{path}: {:?}", answer.cookies());
            if method == Method::GET {
                answer.page(401, "You are signed out");
                assert!(!answer.body.contains(ADA));
            }
        }
    }
    for (method, path) in
        [(Method::GET, "/session"), (Method::DELETE, "/session"), (Method::POST, "/totp"), (Method::DELETE, "/totp")]
    {
        let answer = browser.api(method, path, Value::Null).await;
        answer.problem(401, "no-session");
        assert!(answer.cookies().is_empty());
    }
    for form in [forms::RENAME, forms::NEW_CODES, forms::EXPORT, forms::DELETE, forms::OUT] {
        let answer = browser.post_form(form, &[]).await;
        answer.page(401, "You are signed out");
        assert!(answer.cookies().is_empty());
    }
    assert_eq!(browser.cookies, cookies);
    let page = browser.get("/account").await;
    let begun = browser.submit(&page, "/forms/session/begin", &[]).await;
    begun.page(200, "Sign in");
    assert_eq!(begun.path, "/sign-in");
    assert!(!is_in(browser, browser.session_id()).await);
}

on_each_store! {
    async fn sixty_idle_minutes_end_a_session_at_the_second_and_a_use_renews_it(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = signed_in(&app, ADA).await;
        for _ in 0..3 {
            app.advance(3599);
            browser.get("/account").await.page(200, "Your account");
        }
        app.advance(3599);
        browser.api_get("/session").await.expect(200);
        app.advance(3600);
        assert_signed_out(&mut browser).await;
    }

    async fn twelve_hours_end_a_session_at_the_second_however_much_it_is_used(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = signed_in(&app, ADA).await;
        for _ in 0..14 {
            app.advance(3000);
            browser.get("/account").await.page(200, "Your account");
        }
        app.advance(12 * 3600 - 14 * 3000 - 1);
        browser.get("/account").await.page(200, "Your account");
        app.advance(1);
        assert_signed_out(&mut browser).await;
    }

    async fn a_session_that_is_ended_from_elsewhere_is_dead_at_its_next_request(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        let mut other = owner.again(&app, ADA).await;
        let third = owner.again(&app, ADA).await;
        assert_eq!(sessions(&mut owner.browser).await, 3);

        let page = other.open("/account").await;
        let handle = page.attribute(&format!("form[action='{}'] input[name='session']", forms::END_ONE), "value");
        let ended = other.post_form(forms::END_ONE, &[("session", &handle.expect("a handle"))]).await;
        assert_eq!(ended.location().as_deref(), Some("/account"));
        assert_eq!(sessions(&mut other).await, 2);
        let third_lives = is_in(&third, third.session_id()).await;
        let (mut dead, mut alive) = if third_lives { (owner.browser, third) } else { (third, owner.browser) };
        assert_signed_out(&mut dead).await;

        let page = other.open("/account/sessions").await;
        other.submit(&page, forms::END_OTHERS, &[]).await.page(200, "Your account");
        assert_signed_out(&mut alive).await;
        assert_eq!(sessions(&mut other).await, 1);
    }

    async fn a_session_that_a_removed_factor_opened_is_dead_at_its_next_request(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        let mut other = owner.again(&app, ADA).await;
        let id = crate::accounts::factor(&mut owner.browser, "totp").await;
        let page = owner.browser.open(&format!("/account/remove?factor={id}")).await;
        owner.browser.submit(&page, forms::REMOVE, &[]).await.page(200, "Your account");
        assert_signed_out(&mut other).await;
        let page = owner.browser.open("/account").await;
        assert!(page.text().contains("Level 1 of 3"), "this one falls to what is left: {}", page.text());
    }

    async fn with_the_account_go_all_its_sessions(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        let mut other = owner.again(&app, ADA).await;
        let mut stranger = signed_in(&app, GRACE).await;
        let page = owner.browser.open("/account/delete").await;
        let before = owner.browser.session_id().to_owned();
        let gone = owner.browser.submit(&page, forms::DELETE, &[("address", ADA)]).await;
        gone.page(200, "Sign in");
        assert!(gone.note().expect("a note").contains("Your account is deleted"));
        assert!(!is_in(&owner.browser, &before).await);
        assert_signed_out(&mut other).await;
        assert_eq!(sessions(&mut stranger).await, 1);
        // The address is free again, and what was there is not.
        app.advance(721);
        let mut anew = signed_in(&app, ADA).await;
        assert_eq!(crate::accounts::factors(&mut anew).await.len(), 1);
    }

    async fn a_program_ends_its_session_and_no_other(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        let mut other = owner.again(&app, ADA).await;
        let ended = other.api(Method::DELETE, "/session", Value::Null).await;
        ended.expect(204);
        assert_eq!(other.session_id(), "");
        assert_eq!(sessions(&mut owner.browser).await, 1);
        assert_eq!(crate::accounts::factors(&mut owner.browser).await.len(), 2);
    }
}
