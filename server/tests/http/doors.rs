//! One engine behind two doors: what is begun on a page is finished by API, and the reverse.

use reqwest::Method;
use serde_json::json;

use crate::app::TestApp;
use crate::journey::{ADDRESS, ask_for_code, begin_totp, forms, level, verify_totp, visitor};
use crate::on_each_store;
use crate::phone::Phone;

on_each_store! {
    async fn a_person_passes_both_doors_by_pages_alone(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let page = browser.open("/email-code").await;
        let page = browser.submit(&page, forms::SEND, &[("address", ADDRESS)]).await;
        page.page(200, "mail");
        assert!(page.text().contains("a…@example.org"), "{}", page.text());
        let code = app.code_of_letter(1).await;
        let page = browser.submit(&page, forms::CHECK, &[("code", &code)]).await;
        assert!(page.text().contains(ADDRESS), "{}", page.text());

        let page = browser.open("/totp").await;
        let page = browser.submit(&page, forms::BEGIN_TOTP, &[]).await;
        let phone = Phone::scan(&page.attribute("a[href^='otpauth:']", "href").expect("a link for phones"));
        let shown = page.texts("#key").concat().replace(' ', "");
        assert_eq!(shown, phone.secret(), "the key shown is the key in the link");
        let page = browser.submit(&page, forms::CHECK_TOTP, &[("code", &phone.code_at(app.unix_time()))]).await;
        page.page(200, "paired");
        assert_eq!(level(&mut browser).await, 2);

        app.advance(30);
        let code = phone.code_at(app.unix_time());
        let page = browser.submit(&page, forms::CHECK_TOTP, &[("code", &code)]).await;
        assert!(page.note().expect("a note").contains("That code is right"));
        let page = browser.submit(&page, forms::CHECK_TOTP, &[("code", &code)]).await;
        assert!(page.note().expect("a note").contains("used already"));
    }

    async fn another_address_makes_the_code_before_worthless_by_either_door(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let code = ask_for_code(&app, &mut browser, 1).await;
        let page = browser.open("/email-code").await;
        let page = browser.submit(&page, forms::ANOTHER, &[]).await;
        assert!(page.has_form(forms::SEND));
        browser.api_post("/otp/verify", json!({ "otp": code })).await.problem(404, "no-code");
        app.advance(30);
        let page = browser.submit(&page, forms::SEND, &[("address", "grace@example.org")]).await;
        let code = app.code_of_letter(2).await;
        let page = browser.submit(&page, forms::CHECK, &[("code", &code)]).await;
        assert!(page.text().contains("grace@example.org"), "{}", page.text());
        assert_eq!(browser.api_get("/session").await.expect(200)["factors"][0]["name"], "grace@example.org");
    }

    async fn what_a_page_began_the_api_finishes(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let page = browser.open("/email-code").await;
        browser.submit(&page, forms::SEND, &[("address", ADDRESS)]).await;
        let code = app.code_of_letter(1).await;
        assert_eq!(browser.api_post("/otp/verify", json!({ "otp": code })).await.expect(200)["status"], true);
        let page = browser.open("/email-code").await;
        page.page(200, "proved");

        let page = browser.open("/totp").await;
        let page = browser.submit(&page, forms::BEGIN_TOTP, &[]).await;
        let phone = Phone::scan(&page.attribute("a[href^='otpauth:']", "href").expect("a link for phones"));
        let code = phone.code_at(app.unix_time());
        assert_eq!(verify_totp(&mut browser, &code).await.expect(200)["status"], true);
        browser.open("/totp").await.page(200, "paired");
        let refused = browser.post_form(forms::CHECK_TOTP, &[("code", &code)]).await;
        let page = browser.follow(refused).await;
        assert!(page.note().expect("a note").contains("used already"), "burned by the other door");
    }

    async fn what_the_api_began_a_page_finishes(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let code = ask_for_code(&app, &mut browser, 1).await;
        let page = browser.open("/email-code").await;
        let page = browser.submit(&page, forms::CHECK, &[("code", &code)]).await;
        page.page(200, "proved");
        browser.api_post("/otp/verify", json!({ "otp": code })).await.problem(404, "no-code");

        let phone = begin_totp(&mut browser).await;
        let page = browser.open("/totp").await;
        assert_eq!(page.texts("#key").concat().replace(' ', ""), phone.secret());
        let code = phone.code_at(app.unix_time());
        browser.submit(&page, forms::CHECK_TOTP, &[("code", &code)]).await.page(200, "paired");
        assert_eq!(verify_totp(&mut browser, &code).await.expect(200)["status"], false);
        assert_eq!(level(&mut browser).await, 2);
    }

    async fn both_doors_count_wrong_codes_together(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let phone = begin_totp(&mut browser).await;
        let wrong = phone.wrong_code_at(app.unix_time());
        for n in 0..5 {
            if n % 2 == 0 {
                verify_totp(&mut browser, &wrong).await.expect(200);
            } else {
                let page = browser.open("/totp").await;
                browser.submit(&page, forms::CHECK_TOTP, &[("code", &wrong)]).await;
            }
        }
        let right = phone.code_at(app.unix_time());
        verify_totp(&mut browser, &right).await.problem(429, "throttled");
        let page = browser.open("/totp").await;
        let page = browser.submit(&page, forms::CHECK_TOTP, &[("code", &right)]).await;
        assert!(page.note().expect("a note").contains("Too many wrong codes"), "{:?}", page.note());
        assert_eq!(level(&mut browser).await, 0);
    }

    async fn a_name_given_on_the_page_is_the_name_the_api_tells(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let phone = begin_totp(&mut browser).await;
        verify_totp(&mut browser, &phone.code_at(app.unix_time())).await.expect(200);
        let page = browser.open("/totp").await;
        let page = browser.submit(&page, forms::RENAME_TOTP, &[("name", " Old <phone> ")]).await;
        assert!(page.text().contains("Old <phone>") && !page.body.contains("<phone>"));
        let session = browser.api_get("/session").await.expect(200);
        assert_eq!(session["factors"][0]["name"], "Old <phone>");
        let removed = browser.submit(&page, forms::REMOVE_TOTP, &[]).await;
        assert!(removed.note().expect("a note").contains("removed"));
        browser.api(Method::DELETE, "/totp", serde_json::Value::Null).await.problem(404, "not-enrolled");
    }

    async fn what_was_begun_outlives_a_restart(place: Place) {
        let mut app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let code = ask_for_code(&app, &mut browser, 1).await;
        let phone = begin_totp(&mut browser).await;
        let totp = phone.code_at(app.unix_time());
        assert_eq!(verify_totp(&mut browser, &totp).await.expect(200)["status"], true);
        app.restart().await;
        let mut browser = browser.at(app.address);
        assert_eq!(verify_totp(&mut browser, &totp).await.expect(200)["status"], false, "burned before the restart");
        assert_eq!(browser.api_post("/otp/verify", json!({ "otp": code })).await.expect(200)["status"], true);
        assert_eq!(level(&mut browser).await, 2);
    }
}
