//! `/api/v1/otp` and `/api/v1/totp`: every status, every body.

use serde_json::json;

use crate::app::TestApp;
use crate::journey::{ADDRESS, ask_for_code, begin_totp, enrol_totp, level, prove_address, verify_totp, visitor};
use crate::on_each_store;
use crate::phone::Phone;

on_each_store! {
    async fn a_mail_code_is_sent_and_proves_the_address_once(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let sent = browser.api_post("/otp", json!({ "email": ADDRESS })).await.expect(202);
        assert_eq!(sent, json!({ "sent_to": "a…@example.org", "expires_in": 300, "retry_after": 30 }));
        let code = app.code_of_letter(1).await;

        let wrong = if code == "000000" { "000001" } else { "000000" };
        let refused = browser.api_post("/otp/verify", json!({ "otp": wrong })).await;
        assert_eq!(refused.expect(200), json!({ "status": false }));
        assert!(refused.cookies().is_empty());
        let spaced = format!(" {}-{} ", &code[..3], &code[3..]);
        let passed = browser.api_post("/otp/verify", json!({ "otp": spaced })).await;
        assert_eq!(passed.expect(200), json!({ "status": true }));
        browser.api_post("/otp/verify", json!({ "otp": code })).await.problem(404, "no-code");
        assert_eq!(level(&mut browser).await, 1);
    }

    async fn letters_have_a_pause_between_them(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        ask_for_code(&app, &mut browser, 1).await;
        app.advance(1);
        let early = browser.api_post("/otp", json!({ "email": ADDRESS })).await;
        early.problem(429, "too-many-sends");
        assert_eq!(early.retry_after(), 29);
        app.advance(29);
        ask_for_code(&app, &mut browser, 2).await;
    }

    async fn a_resend_kills_the_code_before(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let first = ask_for_code(&app, &mut browser, 1).await;
        app.advance(30);
        let second = ask_for_code(&app, &mut browser, 2).await;
        if first != second {
            let refused = browser.api_post("/otp/verify", json!({ "otp": first })).await;
            assert_eq!(refused.expect(200), json!({ "status": false }));
        }
        assert_eq!(browser.api_post("/otp/verify", json!({ "otp": second })).await.expect(200)["status"], true);
    }

    async fn a_mail_code_dies_after_five_minutes(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let code = ask_for_code(&app, &mut browser, 1).await;
        app.advance(299);
        let before = browser.clone().api_post("/otp/verify", json!({ "otp": "000000" })).await;
        assert_eq!(before.expect(200)["status"], code == "000000");
        app.advance(1);
        browser.api_post("/otp/verify", json!({ "otp": code })).await.problem(404, "no-code");
        assert_eq!(level(&mut browser).await, 0);
    }

    async fn five_wrong_guesses_void_a_mail_code(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let code = ask_for_code(&app, &mut browser, 1).await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            let refused = browser.api_post("/otp/verify", json!({ "otp": wrong })).await;
            assert_eq!(refused.expect(200), json!({ "status": false }));
        }
        app.advance(10);
        let void = browser.api_post("/otp/verify", json!({ "otp": code })).await;
        void.problem(429, "code-void");
        assert_eq!(void.retry_after(), 20, "until a resend is allowed");
        app.advance(20);
        browser.api_post("/otp/verify", json!({ "otp": code })).await.problem(404, "no-code");
        let fresh = ask_for_code(&app, &mut browser, 2).await;
        assert_eq!(browser.api_post("/otp/verify", json!({ "otp": fresh })).await.expect(200)["status"], true);
    }

    async fn no_code_was_asked_for(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        for _ in 0..7 {
            browser.api_post("/otp/verify", json!({ "otp": "123456" })).await.problem(404, "no-code");
        }
        prove_address(&app, &mut browser, 1).await;
    }

    async fn an_authenticator_app_is_enrolled_by_its_first_right_code(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let asked = json!({ "algorithm": "SHA256", "digits": 8, "interval": 60, "account": "Ada Byron" });
        let begun = browser.api_post("/totp", asked).await.expect(201);
        assert_eq!(begun["confirmed"], false);
        let (uri, secret) = (begun["uri"].as_str().expect("a link"), begun["secret"].as_str().expect("a key"));
        let svg = begun["qr_svg"].as_str().expect("a picture");
        assert!(svg.starts_with("<svg") && !svg.contains("<script") && !svg.contains("style="), "{svg}");
        assert!(uri.starts_with("otpauth://totp/Postern:Ada%20Byron?"), "{uri}");
        let phone = Phone::scan(uri);
        assert_eq!(phone.secret(), secret);
        assert_eq!(secret.len(), 52, "32 bytes for SHA256");

        let code = phone.code_at(app.unix_time());
        assert_eq!(code.len(), 8);
        assert_eq!(verify_totp(&mut browser, &code).await.expect(200), json!({ "status": true }));
        assert_eq!(verify_totp(&mut browser, &code).await.expect(200), json!({ "status": false }), "it is burned");
        app.advance(60);
        let next = phone.code_at(app.unix_time());
        assert_eq!(verify_totp(&mut browser, &next).await.expect(200), json!({ "status": true }));
    }

    async fn an_unconfirmed_app_gives_way_and_a_confirmed_one_stands(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let first = begin_totp(&mut browser).await;
        let phone = enrol_totp(&app, &mut browser).await;
        assert_ne!(first.secret(), phone.secret());
        browser.api_post("/totp", json!({})).await.problem(409, "already-enrolled");
        app.advance(30);
        assert_eq!(verify_totp(&mut browser, &phone.code_at(app.unix_time())).await.expect(200)["status"], true);
    }

    async fn an_unconfirmed_app_dies_after_ten_minutes(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let phone = begin_totp(&mut browser).await;
        app.advance(600);
        verify_totp(&mut browser, &phone.code_at(app.unix_time())).await.problem(404, "not-enrolled");
        browser.api_delete("/totp").await.problem(404, "not-enrolled");
    }

    async fn removing_the_app_makes_it_nothing(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        browser.api_delete("/totp").await.problem(404, "not-enrolled");
        verify_totp(&mut browser, "123456").await.problem(404, "not-enrolled");
        let phone = enrol_totp(&app, &mut browser).await;
        let removed = browser.api_delete("/totp").await;
        assert_eq!((removed.status, removed.body.as_str()), (204, ""));
        app.advance(30);
        verify_totp(&mut browser, &phone.code_at(app.unix_time())).await.problem(404, "not-enrolled");
        enrol_totp(&app, &mut browser).await;
    }

    async fn five_wrong_codes_bring_a_wait_that_doubles_and_the_right_one_ends_it(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let phone = enrol_totp(&app, &mut browser).await;
        app.advance(30);
        let wrong = phone.wrong_code_at(app.unix_time());
        for _ in 0..5 {
            assert_eq!(verify_totp(&mut browser, &wrong).await.expect(200), json!({ "status": false }));
        }
        for wait in [30, 60, 120, 240, 480, 900] {
            let right = phone.code_at(app.unix_time());
            let throttled = verify_totp(&mut browser, &right).await;
            throttled.problem(429, "throttled");
            assert_eq!(throttled.retry_after(), wait);
            app.advance(wait);
            let wrong = phone.wrong_code_at(app.unix_time());
            assert_eq!(verify_totp(&mut browser, &wrong).await.expect(200), json!({ "status": false }));
        }
        app.advance(900);
        let right = phone.code_at(app.unix_time());
        assert_eq!(verify_totp(&mut browser, &right).await.expect(200), json!({ "status": true }));
        app.advance(30);
        assert_eq!(verify_totp(&mut browser, "000000").await.expect(200), json!({ "status": false }), "no wait any more");
    }
}
