//! Paths as monitors and programs ask for them: OPTIONS of the health routes, slashes at the end; and refusals that name
//! the member as the route calls it.

use reqwest::Method;
use serde_json::json;

use crate::app::TestApp;
use crate::browser::Browser;
use crate::clients::service;
use crate::headers::assert_headers;
use crate::journey::visitor;
use crate::on_each_store;

async fn detail(browser: &mut Browser, path: &str, body: &str) -> String {
    let request = browser.request(Method::POST, &format!("/api/v1{path}")).header("content-type", "application/json");
    let request = browser.sent_from(request.body(body.to_owned()), "/");
    let problem = browser.send(request).await.problem(400, "malformed");
    problem["detail"].as_str().expect("words").to_owned()
}

on_each_store! {
    async fn options_of_a_health_route_names_its_methods_under_any_host(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = app.browser();
        "http://10.0.0.7:3000".clone_into(&mut browser.origin);
        for path in ["/healthz", "/readyz"] {
            let answer = browser.send(browser.request(Method::OPTIONS, path)).await;
            assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{answer:?}");
            assert_eq!(answer.header("allow"), Some("GET, HEAD, OPTIONS"));
            assert_headers(&answer, path);
            assert!(answer.cookies().is_empty());
            let refused = browser.send(browser.request(Method::POST, path)).await;
            assert_eq!((refused.status, refused.header("allow").is_some()), (405, true), "{refused:?}");
        }
    }

    async fn slash_at_the_end_leads_to_the_path_without_it(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        for (asked, led_to) in [
            ("/totp/", "/totp"),
            ("/totp//?a=b", "/totp?a=b"),
            ("/account/address/", "/account/address"),
            ("/healthz/", "/healthz"),
            ("/api/v1/session/", "/api/v1/session"),
            ("/nowhere/", "/nowhere"),
        ] {
            for method in [Method::GET, Method::HEAD, Method::POST, Method::DELETE] {
                let request = browser.sent_from(browser.request(method.clone(), asked), "/");
                let answer = browser.send(request).await;
                assert_eq!((answer.status, answer.location().as_deref()), (308, Some(led_to)), "{method} {asked}");
                assert_headers(&answer, asked);
                assert!(answer.cookies().is_empty(), "{method} {asked}");
            }
        }
        browser.open("/totp/").await.page(200, "app");
        for elsewhere in ["//evil.example/", "///evil.example/", "//"] {
            let answer = browser.get(elsewhere).await;
            assert_eq!((answer.status, answer.location()), (404, None), "{elsewhere}");
        }
        // What another site sends is refused before anything is answered.
        let request = browser.request(Method::POST, "/api/v1/otp/").header("sec-fetch-site", "cross-site");
        assert_eq!(browser.send(request).await.status, 403);
    }

    async fn refusals_name_the_member_as_the_route_calls_it(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        for (path, body, named) in [
            ("/otp/verify", "{}", "The member otp is missing"),
            ("/otp/verify", "{\"otp\":482913}", "The member otp is of the wrong type"),
            ("/otp/verify", "{\"otp\":\"1\",\"otp\":\"2\"}", "The member otp is repeated"),
            ("/totp", "{\"digits\":\"six\"}", "The member digits is of the wrong type"),
            ("/totp", "{\"interval\":true}", "The member interval is of the wrong type"),
            ("/otp", "null", "The body is of the wrong type"),
            ("/otp", "{", "The body is no JSON"),
        ] {
            let told = detail(&mut browser, path, body).await;
            assert!(told.starts_with(named), "{body}: {told}");
            assert!(!told.contains("482913") && !told.contains("six"), "{told}");
        }
        let interval = browser.api_post("/totp", json!({ "interval": 29 })).await.problem(400, "bad-setting");
        assert!(interval["detail"].as_str().expect("words").starts_with("interval "), "{interval}");
        let account = browser.api_post("/totp", json!({ "account": "a:b" })).await.problem(400, "bad-setting");
        assert!(account["detail"].as_str().expect("words").starts_with("account "), "{account}");

        let mut service = service(&app).await;
        for (body, named) in [
            (json!({ "period": 29 }), "period"),
            (json!({ "digits": 7 }), "digits"),
            (json!({ "algorithm": "MD5" }), "algorithm"),
            (json!({ "issuer": "Shop: the big one" }), "issuer"),
            (json!({ "label": "shop:ada" }), "label"),
            (json!({ "label": "ada\u{202e}" }), "label"),
        ] {
            let problem = service.post("/totp", body).await.problem(400, "bad-setting");
            assert!(problem["detail"].as_str().expect("words").starts_with(named), "{problem}");
        }
    }
}
