//! Whatever somebody sends: a clear 4xx, nothing changed, and nothing of it given back unescaped.

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, REFERER};
use serde_json::json;

use crate::app::TestApp;
use crate::browser::{Answer, Browser, raw};
use crate::journey::{ADDRESS, ask_for_code, enrol_totp, forms, visitor};
use crate::on_each_store;

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// Would be markup if it were not escaped.
const MARK: &str = "<script>alert(1)</script>";

async fn send(browser: &mut Browser, path: &str, kind: &str, body: impl Into<reqwest::Body>) -> Answer {
    let request = browser.request(Method::POST, path).header(CONTENT_TYPE, kind).body(body);
    let request = browser.sent_from(request, "/");
    browser.send(request).await
}

#[track_caller]
fn assert_refused(answer: &Answer, what: &str) {
    assert!((400..500).contains(&answer.status), "{what}: {answer:?}");
    assert!(!answer.body.contains(MARK), "{what}: {}", answer.body);
    if answer.path.starts_with("/api/") {
        assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{what}");
        assert_eq!(answer.json()["status"], answer.status, "{what}");
        assert_eq!(answer.json()["message"], answer.json()["detail"], "{what}");
    } else {
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{what}");
        assert!(answer.texts("h1").len() == 1, "{what}");
    }
}

/// A browser with something to lose, and what it has.
pub async fn owner(app: &TestApp) -> (Browser, String) {
    let mut browser = visitor(app).await;
    ask_for_code(app, &mut browser, 1).await;
    enrol_totp(app, &mut browser).await;
    let before = browser.api_get("/session").await.body;
    (browser, before)
}

fn deep(open: &str, close: &str) -> String {
    format!("{}{}", open.repeat(10_000), close.repeat(10_000))
}

on_each_store! {
    async fn json_of_the_wrong_shape_is_malformed(place: Place) {
        let app = TestApp::open(place).await;
        let (mut browser, before) = owner(&app).await;
        let deep_array = deep("[", "]");
        let deep_member = format!("{{\"otp\":{}}}", deep("{\"a\":", "}").replacen(":}", ":1}", 1));
        for body in [
            "", "null", "true", "6", "\"123456\"", "[]", "[\"123456\"]", "[[\"123456\"]]", "{", "{}}", "{\"otp\"}",
            "{\"otp\":123456}", "{\"otp\":null}", "{\"otp\":[\"123456\"]}", "{\"otp\":{\"otp\":\"123456\"}}", "{\"otp\":true}",
            "{\"otp\":\"123456\",\"otp\":\"654321\"}", "{\"otp\":\"123456\"}{\"otp\":\"123456\"}", "{'otp':'123456'}",
            "{\"otp\":\"12\u{0}3456\"}", "{\"otp\":\"\\ud800\"}", "otp=123456", "\u{feff}{\"otp\":\"123456\"}",
            "{\"OTP\":\"123456\"}", &deep_array, &deep_member,
        ] {
            for path in ["/api/v1/totp/verify", "/api/v1/otp/verify"] {
                send(&mut browser, path, JSON, body.to_owned()).await.problem(400, "malformed");
            }
        }
        for body in [b"{\"otp\":\"\xff\xfe\"}".as_slice(), b"\xff", b"{\"otp\":\"\xed\xa0\x80\"}", b"\x00\x01\x02"] {
            send(&mut browser, "/api/v1/totp/verify", JSON, body).await.problem(400, "malformed");
        }
        let shape = ["[\"SHA1\",6,30,\"x\"]", "{\"digits\":\"6\"}", "{\"digits\":-1}", "{\"digits\":256}", "{\"interval\":1e99}",
            "{\"digits\":6.5}", "{\"algorithm\":[\"SHA1\"]}", "{\"account\":{}}", "{\"digits\":6,\"digits\":8}"];
        for body in shape {
            send(&mut browser, "/api/v1/totp", JSON, body).await.problem(400, "malformed");
        }
        for body in ["[\"ada@example.org\"]", "{\"email\":[\"ada@example.org\"]}", "{\"email\":\"a@b.example\",\"email\":\"c@d.example\"}"] {
            send(&mut browser, "/api/v1/otp", JSON, body).await.problem(400, "malformed");
        }
        assert_eq!(browser.api_get("/session").await.body, before);
        assert_eq!(app.mail.received().len(), 1);
    }

    async fn what_is_no_code_is_told_so_and_is_no_try(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let code = ask_for_code(&app, &mut browser, 1).await;
        let long = "1".repeat(60_000);
        for wrong in ["", " ", "12345", "1234567", "123456789", "12345a", "①②③④⑤⑥", "四八二九一三", "123\u{0}456", "123456\r\nX: y",
            "+123456", "0x1234", "12345\u{301}", MARK, "' OR 1=1", &long]
        {
            let answer = browser.api_post("/otp/verify", json!({ "otp": wrong })).await;
            let code = answer.json()["type"].clone();
            assert_eq!((answer.status, code.as_str()), (400, Some("urn:postern:not-a-code")), "{wrong:?}");
            assert_refused(&answer, wrong);
            let page = browser.post_form(forms::CHECK, &[("code", wrong)]).await;
            let page = browser.follow(page).await;
            assert!(page.note().is_some() && !page.body.contains(MARK), "{wrong:?}");
        }
        // None of them counted: five tries would have voided it.
        assert_eq!(browser.api_post("/otp/verify", json!({ "otp": code })).await.expect(200)["status"], true);
    }

    async fn what_is_no_address_gets_no_letter(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let long = format!("{}@example.org", "a".repeat(60_000));
        for wrong in ["", "ada", "ada@localhost", "\u{fc}ber@example.org", "ada@example.org\r\nBcc: eve@example.org", "ada@example.org\u{0}",
            "ada@example.org,eve@example.org", "<ada@example.org>", MARK, "\"ada\"@example.org", "ada@[127.0.0.1]", &long]
        {
            let answer = browser.api_post("/otp", json!({ "email": wrong })).await;
            assert_refused(&answer, wrong);
            assert_eq!(answer.json()["type"], "urn:postern:not-an-address", "{wrong:?}");
            let page = browser.post_form(forms::SEND, &[("address", wrong)]).await;
            let page = browser.follow(page).await;
            assert!(page.note().is_some() && !page.body.contains(MARK), "{wrong:?}");
        }
        ask_for_code(&app, &mut browser, 1).await;
        assert_eq!(app.mail.received().len(), 1);
    }

    async fn settings_out_of_range_are_refused_by_name(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        for (asked, named) in [
            (json!({ "algorithm": "MD5" }), "algorithm"), (json!({ "algorithm": "" }), "algorithm"),
            (json!({ "algorithm": MARK }), "algorithm"), (json!({ "digits": 7 }), "digits"), (json!({ "digits": 0 }), "digits"),
            (json!({ "interval": 29 }), "interval"), (json!({ "interval": 61 }), "interval"),
            (json!({ "interval": u64::MAX }), "interval"), (json!({ "account": "" }), "account"),
            (json!({ "account": "a\r\nb" }), "account"), (json!({ "account": "\u{0}" }), "account"),
            (json!({ "account": "a".repeat(129) }), "account"), (json!({ "account": "a:b" }), "account"),
            (json!({ "account": "a\u{202e}b" }), "account"),
        ] {
            let problem = browser.api_post("/totp", asked).await.problem(400, "bad-setting");
            assert!(problem["detail"].as_str().expect("words").contains(named), "{problem}");
        }
        for (name, value) in [("algorithm", MARK), ("digits", "7"), ("digits", "six"), ("period", "99999999999999999999"), ("period", "-30")] {
            let page = browser.post_form(forms::BEGIN_TOTP, &[(name, value)]).await;
            let page = browser.follow(page).await;
            assert!(page.note().is_some() && !page.body.contains(MARK) && page.has_form(forms::BEGIN_TOTP), "{name}={value}");
        }
        browser.api_delete("/totp").await.problem(404, "not-enrolled");
        // An account name is a person's own words: escaped for where it stands. A colon would end the issuer.
        let begun = browser.api_post("/totp", json!({ "account": "a\u{200b}b &<?#%\u{fc}" })).await.expect(201);
        let uri = begun["uri"].as_str().expect("a link");
        assert!(uri.starts_with("otpauth://totp/Postern:ab%20%26%3C%3F%23%25%C3%BC?"), "{uri}");
    }

    async fn forms_that_make_no_sense_change_nothing(place: Place) {
        let app = TestApp::open(place).await;
        let (mut browser, before) = owner(&app).await;
        for path in [forms::CHECK, forms::CHECK_TOTP] {
            for body in ["code=123456&code=654321", "code=%ff%fe", "%ff=1"] {
                let answer = send(&mut browser, path, FORM, body).await;
                answer.page(400, "could not be read");
                assert!(answer.location().is_none());
            }
            for body in [b"code=\xff\xfe".as_slice(), b"\xff=1", b"code=\xed\xa0\x80"] {
                assert_refused(&send(&mut browser, path, FORM, body).await, path);
            }
            for body in ["", "&&&", "=", "other=1", "code", "%", "code=%", "code=%zz", "code[]=123456", "code[a][b]=1", "code=%00", "code=1%0d%0aX:%20y"] {
                let answer = send(&mut browser, path, FORM, body).await;
                assert!(answer.status == 303 || answer.status == 400, "{body}: {answer:?}");
            }
        }
        for kind in ["application/json", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencodedx", "", "\u{fc}"] {
            let answer = send(&mut browser, forms::CHECK_TOTP, kind, "code=123456").await;
            assert_eq!(answer.status, 415, "{kind}");
            assert_refused(&answer, kind);
            assert_refused(&send(&mut browser, "/api/v1/totp/verify", &format!("x{kind}"), "{\"otp\":\"123456\"}").await, kind);
        }
        send(&mut browser, "/api/v1/totp/verify", FORM, "otp=123456").await.problem(415, "media-type");
        assert_eq!(browser.api_get("/session").await.body, before);
    }

    async fn bodies_that_are_too_large_are_told_so(place: Place) {
        let app = TestApp::open(place).await;
        let (mut browser, before) = owner(&app).await;
        let long = "1".repeat(1_000_000);
        for path in [forms::CHECK, forms::SEND, forms::CHECK_TOTP, forms::RENAME_TOTP] {
            send(&mut browser, path, FORM, format!("code={long}")).await.page(413, "too much");
        }
        for path in ["/api/v1/otp", "/api/v1/otp/verify", "/api/v1/totp", "/api/v1/totp/verify"] {
            let body = json!({ "otp": long, "email": long, "account": long }).to_string();
            send(&mut browser, path, JSON, body).await.problem(413, "too-large");
        }
        // Without a length in front it is counted as it comes.
        for (path, kind) in [("/api/v1/totp/verify", JSON), (forms::CHECK_TOTP, FORM)] {
            let head = format!("POST {path} HTTP/1.1\r\nHost: localhost:3000\r\nSec-Fetch-Site: same-origin\r\n\
                Cookie: postern={}\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n", browser.session_id());
            let chunk = format!("1000\r\n{}\r\n", "1".repeat(0x1000));
            let answer = raw(app.address, format!("{head}{}0\r\n\r\n", chunk.repeat(20)).as_bytes()).await;
            assert!(answer.starts_with("HTTP/1.1 413"), "{path}: {answer}");
        }
        let fits = "1".repeat(60_000);
        assert_eq!(send(&mut browser, "/api/v1/totp/verify", JSON, json!({ "otp": fits }).to_string()).await.status, 400);
        assert_eq!(browser.api_get("/session").await.body, before);
    }

    async fn odd_paths_queries_and_headers_do_no_harm(place: Place) {
        let app = TestApp::open(place).await;
        let (mut browser, before) = owner(&app).await;
        for path in ["/%00", "/%ff%fe", "/totp%00", "/..%2f..%2fetc/passwd", "/totp;x=1", "/api/v1/totp/x", "/api/v1/factors/AAAA", "/%3Cscript%3Ealert(1)%3C/script%3E", "/api/v1/%3Cscript%3E", "/TOTP"]
        {
            let answer = browser.get(path).await;
            assert_refused(&answer, path);
            assert_eq!(answer.status, 404, "{path}");
        }
        for query in ["?%ff", "?a=%00", "?code=123456", "?__err=eyJ4IjoxfQ==&__path=/forms/totp/check",
            "?__path=/forms/totp/remove&__err=U2VydmVyRXJyb3J8PHNjcmlwdD4=", "?<script>alert(1)</script>", "?next=//evil.example"]
        {
            for path in ["/", "/email-code", "/totp", "/session-ended"] {
                let plain = browser.get(path).await;
                let answer = browser.get(&format!("{path}{query}")).await;
                let (answer_body, plain_body) = (answer.body_without_token(), plain.body_without_token());
                assert_eq!((answer.status, answer_body), (200, plain_body), "{path}{query}");
            }
        }
        for (name, value) in [("accept", "\u{0}".as_bytes().get(1..).unwrap_or(b"\xff")), ("referer", b"\xff\xfe"), ("accept-language", b"\xff"),
            ("cookie", b"\xff\xfe=\xff; postern=\xff"), ("cookie", b";;;===;;"), ("x-forwarded-for", b"\xff"), ("range", b"bytes=0-0,-1"),
            ("if-none-match", b"*"), ("accept-encoding", b"\xff"), ("content-length", b"0")]
        {
            let request = browser.request(Method::GET, "/totp").header(name, value);
            let answer = browser.send(request).await;
            assert!(answer.status == 200 || answer.status == 401, "{name}: {answer:?}");
        }
        assert_eq!(browser.api_get("/session").await.body, before);
    }

    async fn requests_that_are_hardly_http_get_no_more_than_a_refusal(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        for request in [
            b"\x00\x01\x02\x03\r\n\r\n".as_slice(),
            b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost:3000\r\nConnection: close\r\n\r\n",
            b"GET /<script>alert(1)</script> HTTP/1.1\r\nHost: localhost:3000\r\nConnection: close\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: localhost:3000\r\nCookie: postern=\x00\r\nConnection: close\r\n\r\n",
            b"GET / HTTP/9.9\r\nHost: localhost:3000\r\n\r\n",
            b"POST /api/v1/otp HTTP/1.1\r\nHost: localhost:3000\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nx",
            b"POST /api/v1/otp HTTP/1.1\r\nHost: localhost:3000\r\nContent-Length: -1\r\nConnection: close\r\n\r\n",
            b"GET /totp/../ HTTP/1.1\r\nHost: localhost:3000\r\nConnection: close\r\n\r\n",
            b"GET /forms/../healthz HTTP/1.1\r\nHost: localhost:3000\r\nConnection: close\r\n\r\n",
            b"GET /%2e%2e/ HTTP/1.1\r\nHost: localhost:3000\r\nConnection: close\r\n\r\n",
            b"GET nothing HTTP/1.1\r\nHost: localhost:3000\r\nConnection: close\r\n\r\n",
            b"CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost:3000\r\nConnection: close\r\n\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        ] {
            let answer = raw(app.address, request).await;
            let status = answer.split(' ').nth(1).unwrap_or_default();
            assert!(status.is_empty() || status.starts_with('4'), "{request:?}: {answer}");
            assert!(!answer.contains("<script>alert"), "{answer}");
        }
        let many = format!("GET / HTTP/1.1\r\nHost: localhost:3000\r\n{}Connection: close\r\n\r\n", "X-Y: z\r\n".repeat(2000));
        assert!(raw(app.address, many.as_bytes()).await.split(' ').nth(1).is_some_and(|status| status.starts_with('4')));
        let long = format!("GET /{} HTTP/1.1\r\nHost: localhost:3000\r\nConnection: close\r\n\r\n", "a".repeat(1_000_000));
        let answer = raw(app.address, long.as_bytes()).await;
        assert!(answer.is_empty() || answer.split(' ').nth(1).is_some_and(|status| status.starts_with('4')), "{answer}");
        browser.get("/").await.page(200, "door");
    }

    async fn no_form_leads_where_a_referer_says(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        for referer in ["https://evil.example/", "javascript:alert(1)", "//evil.example", "http://localhost:3000/outbox?__err=x", "\u{fc}"] {
            for accept in ["text/html", "application/json", "*/*"] {
                for path in [forms::CHECK, forms::SEND, forms::BEGIN_TOTP, forms::RENAME_TOTP, forms::BEGIN] {
                    for body in ["", "code=1&code=2&address=1&address=2&name=1&name=2&digits=1&digits=2"] {
                        let request = browser.request(Method::POST, path).header(CONTENT_TYPE, FORM).body(body);
                        let request = request.header("sec-fetch-site", "same-origin").header(REFERER, referer);
                        let answer = browser.send(request.header("accept", accept)).await;
                        assert!([303, 400].contains(&answer.status), "{path}: {answer:?}");
                        let to = answer.location();
                        assert!(to.is_none_or(|to| ["/", "/email-code", "/totp"].contains(&to.as_str())), "{path}: {answer:?}");
                        assert!(!format!("{answer:?}").contains("__err"));
                    }
                }
            }
        }
        let answer = browser.post_form(forms::SEND, &[("address", ADDRESS)]).await;
        assert_eq!((answer.status, answer.location().as_deref(), answer.body.as_str()), (303, Some("/email-code"), ""));
    }
}
