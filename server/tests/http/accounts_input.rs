//! Whatever somebody sends to the account's forms: a clear refusal, nothing changed, and no way elsewhere.

use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, REFERER};
use serde_json::{Value, json};

use crate::accounts::{ADA, GRACE, Owner, factor, factors, forms, is_in, pending, sessions};
use crate::app::TestApp;
use crate::browser::{Answer, Browser};
use crate::journey::visitor;
use crate::on_each_store;
use crate::wired::NOBODY;

const FORM: &str = "application/x-www-form-urlencoded";

/// Would be markup if it were not escaped.
const MARK: &str = "<script>alert(1)</script>";

/// Every form of accounts that has fields, with them.
const FIELDS: [(&str, &[&str]); 20] = [
    (forms::SEND, &["address"]),
    (forms::CHECK, &["code"]),
    (forms::TOTP, &["code"]),
    ("/forms/sign-in/hotp", &["code"]),
    (forms::RECOVERY, &["code"]),
    ("/forms/sign-in/key", &["answer"]),
    (forms::STEP_UP, &["code"]),
    ("/forms/step-up/hotp", &["code"]),
    ("/forms/step-up/recovery", &["code"]),
    ("/forms/step-up/key", &["answer"]),
    (forms::STEP_UP_CHECK, &["code"]),
    (forms::RENAME, &["factor", "name"]),
    (forms::REMOVE, &["factor"]),
    (forms::END_ONE, &["session"]),
    (forms::ADDRESS_SEND, &["address"]),
    (forms::ADDRESS_CHECK, &["code"]),
    (forms::DELETE, &["address"]),
    (forms::KEEP, &["keep"]),
    ("/forms/not-me", &["ticket"]),
    ("/forms/session/begin", &["sign-in"]),
];

/// And those that have none.
const WITHOUT_FIELDS: [&str; 8] = [
    forms::RESEND,
    forms::ANOTHER,
    forms::OUT,
    forms::STEP_UP_SEND,
    "/forms/step-up/resend",
    forms::END_OTHERS,
    "/forms/account/address/resend",
    "/forms/account/address/another",
];

async fn send(browser: &mut Browser, path: &str, kind: &str, body: impl Into<reqwest::Body>) -> Answer {
    let request = browser.request(Method::POST, path).header(CONTENT_TYPE, kind).body(body);
    let request = browser.sent_from(request, "/account");
    browser.send(request).await
}

#[track_caller]
fn assert_refused(answer: &Answer, what: &str) {
    assert!((400..500).contains(&answer.status), "{what}: {answer:?}");
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{what}");
    assert!(answer.texts("h1").len() == 1 && !answer.body.contains(MARK), "{what}: {}", answer.body);
    assert!(answer.location().is_none() && answer.cookies().is_empty(), "{what}: {answer:?}");
}

/// What an owner has to lose.
async fn holding(browser: &mut Browser) -> (Vec<Value>, usize, String) {
    let factors = factors(browser).await;
    let page = browser.open("/account").await;
    (factors, sessions(browser).await, page.texts(".facts").concat())
}

on_each_store! {
    async fn forms_of_the_wrong_shape_are_refused_and_change_nothing(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        let other = owner.again(&app, ADA).await;
        app.advance(721);
        owner.refresh(&app).await;
        let mut waiting = pending(&app, ADA).await;
        let before = holding(&mut owner.browser).await;
        for (path, fields) in FIELDS {
            let [at_once, nested] = [fields.join("=x&"), fields.concat()];
            for browser in [&mut owner.browser, &mut waiting] {
                let long = format!("{at_once}={}", "1".repeat(1_000_000));
                send(browser, path, FORM, long).await.page(413, "too much");
                for kind in ["application/json", "text/plain", "multipart/form-data; boundary=x", ""] {
                    let answer = send(browser, path, kind, format!("{at_once}=x")).await;
                    assert_eq!(answer.status, 415, "{path} {kind}");
                    assert_refused(&answer, path);
                }
                for field in fields.iter().filter(|field| !["keep", "sign-in"].contains(field)) {
                    for body in [format!("{field}=1&{field}=2"), format!("{field}=%ff")] {
                        let answer = send(browser, path, FORM, body.clone()).await;
                        assert_refused(&answer, &format!("{path} {body}"));
                    }
                }
                for body in [b"\xff\xfe=1".to_vec(), [nested.as_bytes(), b"=\xff\xfe"].concat(), [nested.as_bytes(), b"=\xed\xa0\x80"].concat()] {
                    let answer = send(browser, path, FORM, body.clone()).await;
                    assert!(answer.status == 303 || (400..500).contains(&answer.status), "{path} {body:?}: {answer:?}");
                }
            }
        }
        for path in WITHOUT_FIELDS {
            for kind in ["application/json", "text/plain", ""] {
                let answer = send(&mut owner.browser, path, kind, "x=1").await;
                assert_eq!(answer.status, 415, "{path} {kind}");
                assert_refused(&answer, path);
            }
            assert_refused(&send(&mut owner.browser, path, FORM, "x".repeat(1_000_000)).await, path);
        }
        assert_eq!(holding(&mut owner.browser).await, before);
        assert!(is_in(&other, other.session_id()).await);
        waiting.get("/sign-in").await.page(200, "One more step");
    }

    async fn nonsense_in_a_field_is_told_as_such_and_changes_nothing(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        let id = factor(&mut owner.browser, "totp").await;
        let before = holding(&mut owner.browser).await;
        let long = "x".repeat(60_000);
        for wrong in ["", " ", "\u{0}", "a\u{0}b", "a\r\nb: c", "①②③④⑤⑥", MARK, "' OR 1=1", "../../etc/passwd", "null", "[]", "{}", &long] {
            for (path, fields) in FIELDS.into_iter().filter(|(path, _)| *path != "/forms/session/begin") {
                // A name that is only odd is a name.
                let named = path == forms::RENAME && !wrong.trim().is_empty() && wrong.len() <= 40 && !wrong.contains(char::is_control);
                let typed: Vec<(&str, &str)> = fields
                    .iter()
                    .filter(|_| !named)
                    .map(|field| (*field, if *field == "factor" && path == forms::RENAME { id.as_str() } else { wrong }))
                    .collect();
                let answer = owner.browser.post_form(path, &typed).await;
                assert_eq!(answer.status, 303, "{path} {wrong:?}: {answer:?}");
                assert!(answer.cookies().is_empty(), "{path} {wrong:?}");
                let page = owner.browser.follow(answer).await;
                assert!(page.status == 200 && !page.body.contains(MARK), "{path} {wrong:?}: {}", page.body);
            }
        }
        assert_eq!(holding(&mut owner.browser).await, before);
        assert_eq!(app.mail.received().iter().filter(|letter| letter.subject.contains("renamed")).count(), 0);
    }

    async fn what_belongs_to_another_account_is_as_if_it_were_not_there(place: Place) {
        let app = TestApp::open(place).await;
        let mut ada = Owner::of(&app, ADA).await;
        let other = ada.again(&app, ADA).await;
        let page = ada.browser.open("/account").await;
        let handle = page.attribute("input[name='session']", "value").expect("a handle");
        let id = factor(&mut ada.browser, "totp").await;
        let mut grace = Owner::of(&app, GRACE).await;
        let before = holding(&mut ada.browser).await;
        let mut told = Vec::new();
        for (factor, session) in [(NOBODY, NOBODY), (id.as_str(), handle.as_str())] {
            let mut of_these = Vec::new();
            let rename = [("factor", factor), ("name", "Mine")];
            for (path, fields) in [(forms::RENAME, rename.as_slice()), (forms::REMOVE, &rename[..1]), (forms::END_ONE, &[("session", session)])] {
                let answer = grace.browser.post_form(path, fields).await;
                let led = answer.location();
                let page = grace.browser.follow(answer).await;
                of_these.push((led, page.status, page.note(), page.text().replace(factor, "")));
            }
            let removal = grace.browser.get(&format!("/account/remove?factor={factor}")).await;
            of_these.push((removal.location(), removal.status, None, removal.text()));
            let key = format!("/security-keys/{factor}");
            for (method, body) in [(Method::PATCH, json!({ "name": "Mine" })), (Method::DELETE, Value::Null)] {
                let answer = grace.browser.api(method, &key, body).await;
                answer.problem(404, "not-enrolled");
                of_these.push((None, answer.status, None, answer.body));
            }
            told.push(of_these);
        }
        assert_eq!(told[0], told[1]);
        assert_eq!(holding(&mut ada.browser).await, before);
        assert!(is_in(&other, other.session_id()).await);
    }

    async fn the_next_page_is_ours_whatever_anybody_asks_for(place: Place) {
        let app = TestApp::open(place).await;
        let elsewhere = ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"];
        let owner = Owner::of(&app, ADA).await;
        for target in elsewhere {
            let mut browsers = [app.browser(), owner.browser.clone(), visitor(&app).await];
            browsers[0].get("/sign-in").await;
            for browser in &mut browsers {
                for path in [forms::SEND, forms::CHECK, forms::TOTP, forms::ANOTHER, forms::STEP_UP, forms::RENAME, forms::DELETE, forms::KEEP, forms::NEW_CODES] {
                    let body = format!("next={target}&return={target}&then={target}&address=x&sign-in={target}");
                    let path = format!("{path}?next={target}&__path={target}");
                    let request = browser.request(Method::POST, &path).header(CONTENT_TYPE, FORM).body(body);
                    let request = request.header("sec-fetch-site", "same-origin").header(REFERER, target);
                    let answer = browser.send(request).await;
                    let to = answer.location();
                    assert!(to.as_deref().is_none_or(|to| to.starts_with('/') && !to.contains("evil") && !to.contains("__err")), "{path}: {answer:?}");
                    assert!(answer.status == 303 || answer.status == 200, "{path}: {answer:?}");
                }
            }
            for path in ["/sign-in", "/step-up", "/account/keep", "/not-me"] {
                let answer = browsers[0].get(&format!("{path}?next={target}&with={target}&ticket={target}")).await;
                assert!(!answer.body.contains("evil") && !format!("{:?}", answer.headers).contains("evil"), "{path}");
                assert!(!answer.body.contains("alert(1)"), "{path}");
            }
        }
    }
}
