//! `/api/v1/mfa/totp`: what other programs make of what is shown, and every status.

use std::process::Command;

use data_encoding::BASE64;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::clients::{begin_totp, service, service_of, totp_user, validation};
use crate::on_each_store;
use crate::phone::Phone;

/// What a camera makes of a picture in a `data:` URL.
fn seen_by_a_camera(url: &str) -> String {
    let picture = BASE64.decode(url.strip_prefix("data:image/png;base64,").expect("a PNG").as_bytes()).expect("base64");
    let file = tempfile::Builder::new().suffix(".png").tempfile().expect("a file");
    std::fs::write(file.path(), picture).expect("it is written");
    let seen = Command::new("zbarimg").args(["--quiet", "--raw"]).arg(file.path()).output();
    let seen = seen.expect("zbarimg must be installed to run these tests (Debian: apt-get install zbar-tools)");
    String::from_utf8(seen.stdout).expect("text").trim_end().to_owned()
}

fn is_uuid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    let hex = text.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    lengths == [8, 4, 4, 4, 12] && hex
}

on_each_store! {
    async fn what_a_user_is_shown_is_read_by_a_camera_and_makes_codes_that_pass(place: Place) {
        let app = TestApp::open(place).await;
        let mut service = service(&app).await;
        let begun = service.post("/totp", json!({ "issuer": "Shöp & Co", "label": "byron@shop.example" })).await;
        let begun = begun.expect(200);
        let names: Vec<&String> = begun.as_object().expect("an object").keys().collect();
        assert_eq!(names, ["imageUrl", "otpAuthUrl", "totpKey", "uuid"]);
        let text = |name: &str| begun[name].as_str().expect("text");
        assert!(is_uuid(text("uuid")), "{begun}");
        assert_eq!(seen_by_a_camera(text("imageUrl")), text("otpAuthUrl"));
        let phone = Phone::scan(text("otpAuthUrl"));
        assert_eq!(phone.secret(), text("totpKey"));
        assert_eq!(phone.label, "Sh%C3%B6p%20%26%20Co:byron@shop.example");

        let code = phone.code_at(app.unix_time());
        let valid = service.post(&validation(text("uuid")), json!({ "code": code })).await.expect(200);
        assert_eq!(valid, json!({ "message": "Valid", "status": 200 }));
    }

    async fn every_setting_makes_the_codes_of_other_peoples_programs(place: Place) {
        let app = TestApp::open(place).await;
        let mut service = service(&app).await;
        for (algorithm, digits, period) in [("SHA1", 8, 30), ("SHA256", 6, 60), ("SHA512", 8, 45)] {
            let asked = json!({ "algorithm": algorithm, "digits": digits, "period": period });
            let (user, phone) = begin_totp(&mut service, asked).await;
            let code = phone.code_at(app.unix_time());
            assert_eq!(code.len(), digits);
            let spaced = format!(" {}-{} ", &code[..3], &code[3..]);
            service.post(&validation(&user), json!({ "code": spaced })).await.expect(200);
        }
        for (bad, field) in [
            (json!({ "algorithm": "MD5" }), "algorithm"),
            (json!({ "digits": 7 }), "digits"),
            (json!({ "period": 0 }), "interval"),
            (json!({ "period": 61 }), "interval"),
            (json!({ "issuer": "" }), "issuer"),
            (json!({ "label": "a\nb" }), "label"),
            (json!({ "label": "x".repeat(129) }), "label"),
        ] {
            let refused = service.post("/totp", bad.clone()).await.problem(400, "bad-setting");
            let detail = refused["detail"].as_str().expect("text");
            assert!(detail.contains(field) || field == "interval" && detail.contains("period"), "{bad}: {refused}");
        }
        for bad in [json!([]), json!("x"), json!({ "digits": "6" }), json!({ "issuer": 7 })] {
            service.post("/totp", bad).await.problem(400, "malformed");
        }
    }

    async fn a_code_passes_once_and_a_wrong_one_never(place: Place) {
        let app = TestApp::open(place).await;
        let mut service = service(&app).await;
        let (user, phone) = totp_user(&app, &mut service).await;
        let path = validation(&user);
        let used = phone.code_at(app.unix_time());
        service.post(&path, json!({ "code": used })).await.problem(401, "wrong");
        app.advance(30);
        let wrong = phone.wrong_code_at(app.unix_time());
        service.post(&path, json!({ "code": wrong })).await.problem(401, "wrong");
        let code = phone.code_at(app.unix_time());
        service.post(&path, json!({ "code": code })).await.expect(200);
        service.post(&path, json!({ "code": code })).await.problem(401, "wrong");
    }

    async fn what_is_no_code_is_told_and_counts_as_no_try(place: Place) {
        let app = TestApp::open(place).await;
        let mut service = service(&app).await;
        let (user, phone) = totp_user(&app, &mut service).await;
        app.advance(30);
        for _ in 0..3 {
            for bad in ["", " ", "12345", "1234567", "12345a", "\u{2460}23456"] {
                let refused = service.post(&validation(&user), json!({ "code": bad })).await;
                assert_eq!(refused.status, 400, "{bad:?}: {refused:?}");
            }
        }
        for bad in [json!({}), json!({ "code": null }), json!({ "code": 123_456 }), json!([]), json!("123456")] {
            service.post(&validation(&user), bad).await.problem(400, "malformed");
        }
        service.ask(Method::POST, &validation(&user), Value::Null).await.problem(400, "malformed");
        let code = phone.code_at(app.unix_time());
        service.post(&validation(&user), json!({ "code": code })).await.expect(200);
    }

    async fn five_wrong_codes_make_even_the_right_one_wait(place: Place) {
        let app = TestApp::open(place).await;
        let mut service = service(&app).await;
        let (user, phone) = totp_user(&app, &mut service).await;
        app.advance(30);
        let wrong = phone.wrong_code_at(app.unix_time());
        for _ in 0..5 {
            service.post(&validation(&user), json!({ "code": wrong })).await.problem(401, "wrong");
        }
        let code = phone.code_at(app.unix_time());
        let throttled = service.post(&validation(&user), json!({ "code": code })).await;
        throttled.problem(429, "throttled");
        assert_eq!(throttled.retry_after(), 30);
        let (other, other_phone) = totp_user(&app, &mut service).await;
        let next = other_phone.code_at(app.unix_time() + 30);
        service.post(&validation(&other), json!({ "code": next })).await.expect(200);
        app.advance(30);
        let code = phone.code_at(app.unix_time());
        service.post(&validation(&user), json!({ "code": code })).await.expect(200);
    }

    async fn client_unblocks_its_own_user_and_nobody_elses(place: Place) {
        let app = TestApp::open(place).await;
        let (mut service, mut other) = (service(&app).await, service_of(&app, "bob@example.org").await);
        let (user, phone) = totp_user(&app, &mut service).await;
        let unblock = format!("/totp/{user}/unblock");
        app.advance(30);
        let wrong = phone.wrong_code_at(app.unix_time());
        for _ in 0..5 {
            service.post(&validation(&user), json!({ "code": wrong })).await.problem(401, "wrong");
        }
        let code = phone.code_at(app.unix_time());
        service.post(&validation(&user), json!({ "code": code })).await.problem(429, "throttled");
        other.ask(Method::POST, &unblock, Value::Null).await.problem(404, "not-enrolled");
        service.ask(Method::POST, "/totp/nobody/unblock", Value::Null).await.problem(404, "not-enrolled");
        service.post(&validation(&user), json!({ "code": code })).await.problem(429, "throttled");
        service.ask(Method::POST, &unblock, Value::Null).await.expect(204);
        service.post(&validation(&user), json!({ "code": code })).await.expect(200);
    }

    async fn who_is_not_there_is_404_whoever_it_is_and_so_is_who_was_removed(place: Place) {
        let app = TestApp::open(place).await;
        let (mut service, mut other) = (service(&app).await, service_of(&app, "bob@example.org").await);
        let (user, phone) = totp_user(&app, &mut service).await;
        let code = phone.code_at(app.unix_time() + 30);
        for (service, user) in [
            (&mut other, user.as_str()),
            (&mut service.clone(), "00000000-0000-4000-8000-000000000000"),
            (&mut service.clone(), "nonsense"),
            (&mut service.clone(), "%F0%9F%94%91"),
            (&mut service.clone(), "%00"),
        ] {
            service.post(&validation(user), json!({ "code": code })).await.problem(404, "not-enrolled");
            service.delete(&format!("/totp/{user}")).await.problem(404, "not-enrolled");
        }
        service.post(&validation(&user.to_uppercase()), json!({ "code": code })).await.expect(200);
        service.delete(&format!("/totp/{user}")).await.expect(204);
        service.delete(&format!("/totp/{user}")).await.problem(404, "not-enrolled");
        service.post(&validation(&user), json!({ "code": code })).await.problem(404, "not-enrolled");
    }

    async fn secret_that_nobody_confirms_is_gone_after_a_day(place: Place) {
        let app = TestApp::open(place).await;
        let mut service = service(&app).await;
        let (left, phone) = begin_totp(&mut service, json!({})).await;
        let (kept, kept_phone) = totp_user(&app, &mut service).await;
        app.advance(24 * 3600);
        let code = phone.code_at(app.unix_time());
        service.post(&validation(&left), json!({ "code": code })).await.problem(404, "not-enrolled");
        let code = kept_phone.code_at(app.unix_time());
        service.post(&validation(&kept), json!({ "code": code })).await.expect(200);
    }
}
