//! Ten minutes after the last factor every change asks for one again, and then the person is back where they were, with
//! what they typed.

use postern_core::testing::Authenticator;
use reqwest::Method;
use serde_json::{Value, json};

use crate::accounts::{ADA, GRACE, Owner, code_after, codes_to, factor, factors, forms, sessions, signed_in, told};
use crate::app::TestApp;
use crate::browser::{Answer, Browser};
use crate::on_each_store;
use crate::phone::Phone;

/// One second more than a factor stays fresh.
const STALE: u64 = 601;

/// What was refused leads to the step-up; after it the person is back on `page`.
async fn passed(app: &TestApp, owner: &mut Owner, refused: Answer, about: &str, page: &str) -> Answer {
    assert_eq!((refused.status, refused.location().as_deref()), (303, Some("/step-up")), "{refused:?}");
    let asked = owner.browser.follow(refused).await;
    asked.page(200, "Confirm it is you");
    assert!(asked.text().contains(about), "{}", asked.text());
    let code = owner.next_code(app);
    let back = owner.browser.submit(&asked, forms::STEP_UP, &[("code", &code)]).await;
    assert_eq!((back.status, back.path.as_str()), (200, page), "{}", back.text());
    back
}

/// Adds a security key; answers its route.
async fn add_key(browser: &mut Browser, key: &mut Authenticator) -> String {
    let options = browser.api_post("/security-keys/registration", json!({})).await.expect(200);
    let answer = key.create(&options, &browser.origin, |_| {});
    let added = browser.api(Method::PUT, "/security-keys/registration", answer).await.expect(201);
    format!("/security-keys/{}", added["id"].as_str().expect("an id"))
}

on_each_store! {
    async fn a_name_that_was_typed_is_there_again_after_the_step_up(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        app.advance(STALE);
        let page = owner.browser.open("/account").await;
        let refused = owner.browser.post(&page, forms::RENAME, &[("name", "Blue telephone")]).await;
        let back = passed(&app, &mut owner, refused, "rename a factor", "/account").await;
        assert!(!factors(&mut owner.browser).await.iter().any(|factor| factor["name"] == "Blue telephone"));
        let typed = back.form(forms::RENAME).into_iter().find(|(name, _)| name == "name");
        assert_eq!(typed.expect("a field").1, "Blue telephone");
        owner.browser.submit(&back, forms::RENAME, &[]).await.page(200, "Your account");
        assert!(factors(&mut owner.browser).await.iter().any(|factor| factor["name"] == "Blue telephone"));
    }

    async fn an_address_that_was_typed_is_there_again_after_the_step_up(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        app.advance(STALE);
        let page = owner.browser.open("/account/address").await;
        let refused = owner.browser.post(&page, forms::ADDRESS_SEND, &[("address", GRACE)]).await;
        let back = passed(&app, &mut owner, refused, "change the mail address", "/account/address").await;
        assert_eq!(codes_to(&app, GRACE).len(), 0, "no letter before");
        assert_eq!(back.attribute("input[name='address']", "value").as_deref(), Some(GRACE));
        let page = owner.browser.submit(&back, forms::ADDRESS_SEND, &[]).await;
        let code = code_after(&app, GRACE, 0).await;
        app.advance(300);
        let late = owner.browser.post(&page, forms::ADDRESS_CHECK, &[("code", &code)]).await;
        assert_eq!(late.location().as_deref(), Some("/account/address"), "over after five minutes");
        owner.refresh(&app).await;
        let page = owner.browser.open("/account/address").await;
        let page = owner.browser.submit(&page, "/forms/account/address/resend", &[]).await;
        let code = code_after(&app, GRACE, 1).await;
        let done = owner.browser.submit(&page, forms::ADDRESS_CHECK, &[("code", &code)]).await;
        done.page(200, "Your account");
        assert!(done.text().contains(GRACE), "{}", done.text());
        for address in [ADA, GRACE] {
            told(&app, address, "address", 1).await;
        }
    }

    async fn the_code_for_another_address_is_not_burned_by_a_step_up_in_between(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        app.advance(480);
        let page = owner.browser.open("/account/address").await;
        let page = owner.browser.submit(&page, forms::ADDRESS_SEND, &[("address", GRACE)]).await;
        let code = code_after(&app, GRACE, 0).await;
        app.advance(180);
        let refused = owner.browser.post(&page, forms::ADDRESS_CHECK, &[("code", &code)]).await;
        let back = passed(&app, &mut owner, refused, "change the mail address", "/account/address").await;
        let done = owner.browser.submit(&back, forms::ADDRESS_CHECK, &[("code", &code)]).await;
        done.page(200, "Your account");
        assert!(done.text().contains(GRACE));
    }

    async fn every_act_is_asked_for_on_its_own_page_again(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        let mut other = owner.again(&app, ADA).await;
        let id = factor(&mut owner.browser, "totp").await;
        let page = owner.browser.open("/account").await;
        let handle = page.attribute("input[name='session']", "value").expect("a handle");
        let removal = format!("/account/remove?factor={id}");
        for (from, form, fields, about, back, holds) in [
            (removal.as_str(), forms::REMOVE, vec![], "remove a factor", "/account/remove", "Authenticator app"),
            ("/account/sessions", forms::END_OTHERS, vec![], "end your other sessions", "/account/sessions", ""),
            ("/account", forms::END_ONE, vec![("session", handle.as_str())], "end your other sessions", "/account", "It is you"),
            ("/account", forms::NEW_CODES, vec![], "get new recovery codes", "/account", "It is you"),
            ("/account", forms::EXPORT, vec![], "take out", "/account", "It is you"),
            ("/account/delete", forms::DELETE, vec![("address", ADA)], "delete your account", "/account/delete", ADA),
            ("/hotp", "/forms/hotp/begin", vec![], "add a factor", "/hotp", ""),
        ] {
            app.advance(STALE);
            let page = owner.browser.open(from).await;
            let refused = owner.browser.post(&page, form, &fields).await;
            let returned = passed(&app, &mut owner, refused, about, back).await;
            assert!(returned.text().contains(holds) || returned.body.contains(holds), "{form}: {}", returned.text());
            assert_eq!((sessions(&mut owner.browser).await, sessions(&mut other).await), (2, 2), "{form}");
        }
        assert_eq!(factors(&mut owner.browser).await.len(), 2, "nothing was done");
        // What was about to be done is done by one press now.
        let page = owner.browser.open("/account/delete").await;
        owner.browser.submit(&page, forms::DELETE, &[("address", ADA)]).await.page(200, "Sign in");
    }

    async fn ten_minutes_are_fresh_to_the_second_and_the_mail_alone_does_not_do_beside_an_app(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        app.advance(600);
        let page = owner.browser.open("/account").await;
        owner.browser.submit(&page, forms::RENAME, &[("name", "One")]).await.page(200, "Your account");
        app.advance(1);
        let before = codes_to(&app, ADA).len();
        owner.browser.api_post("/otp", json!({ "email": ADA })).await.expect(202);
        let code = code_after(&app, ADA, before).await;
        assert_eq!(owner.browser.api_post("/otp/verify", json!({ "otp": code })).await.expect(200)["status"], true);
        let page = owner.browser.open("/account").await;
        let refused = owner.browser.post(&page, forms::RENAME, &[("name", "Two")]).await;
        assert_eq!(refused.location().as_deref(), Some("/step-up"));
        assert!(!owner.browser.open("/step-up").await.has_form(forms::STEP_UP_SEND));
    }

    async fn without_a_second_factor_the_mail_is_asked_for_again(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = signed_in(&app, ADA).await;
        app.advance(STALE);
        let problem = browser.api_post("/totp", json!({})).await.problem(403, "step-up");
        assert_eq!(problem["factors"], json!(["email"]));
        let page = browser.open("/totp").await;
        let refused = browser.post(&page, "/forms/totp/begin", &[]).await;
        assert_eq!(refused.location().as_deref(), Some("/step-up"));
        let page = browser.follow(refused).await;
        let page = browser.submit(&page, forms::STEP_UP_SEND, &[]).await;
        let code = code_after(&app, ADA, 1).await;
        let back = browser.submit(&page, forms::STEP_UP_CHECK, &[("code", &code)]).await;
        assert_eq!(back.path, "/totp");
        browser.submit(&back, "/forms/totp/begin", &[]).await.page(200, "");
        browser.api_post("/totp", json!({})).await.expect(201);
    }

    async fn a_wrong_answer_stays_on_the_page_and_keeps_what_waits_behind_it(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        app.advance(STALE);
        let page = owner.browser.open("/account").await;
        let page = owner.browser.submit(&page, forms::RENAME, &[("name", "Blue telephone")]).await;
        for typed in ["", "12345", &owner.phone.wrong_code_at(app.unix_time())] {
            let page = owner.browser.submit(&page, forms::STEP_UP, &[("code", typed)]).await;
            page.page(200, "Confirm it is you");
            assert!(page.note().is_some() && page.text().contains("rename a factor"), "{}", page.text());
        }
        let code = owner.next_code(&app);
        let back = owner.browser.submit(&page, forms::STEP_UP, &[("code", &code)]).await;
        assert_eq!(back.path, "/account");
        assert!(back.body.contains("Blue telephone"));
    }

    async fn programs_are_told_which_factors_do(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        let path = add_key(&mut owner.browser, &mut Authenticator::new(1)).await;
        let begun = owner.browser.api_post("/hotp", json!({})).await.expect(201);
        let token = Phone::scan(begun["uri"].as_str().expect("a link"));
        let confirmed = owner.browser.api_post("/hotp/verify", json!({ "otp": token.code_of(token.counter()) })).await;
        assert_eq!(confirmed.expect(200)["status"], true);
        add_key(&mut owner.browser, &mut Authenticator::new(2)).await;
        let before = factors(&mut owner.browser).await;
        app.advance(STALE);
        for (method, path, body) in [
            (Method::DELETE, "/hotp", Value::Null),
            (Method::DELETE, "/totp", Value::Null),
            (Method::POST, "/security-keys/registration", json!({})),
            (Method::PATCH, path.as_str(), json!({ "name": "Red key" })),
            (Method::DELETE, path.as_str(), Value::Null),
        ] {
            let problem = owner.browser.api(method.clone(), path, body).await.problem(403, "step-up");
            assert_eq!(problem["factors"], json!(["totp", "security-key", "hotp"]), "{method} {path}");
        }
        assert_eq!(factors(&mut owner.browser).await, before);
        owner.refresh(&app).await;
        owner.browser.api(Method::DELETE, &path, Value::Null).await.expect(204);
    }
}
