//! The forms that take or show an API secret: rotation, disabling by secret, activation. A secret is in no redirect, no
//! note, no store and no log, and what does not fit changes nothing.

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use crate::accounts::ADA;
use crate::accounts_pages::shown;
use crate::app::TestApp;
use crate::browser::{Answer, Browser};
use crate::clients_page::{activated, assert_without, call, forms, holds, proved};
use crate::journey::visitor;
use crate::on_each_store;
use crate::phone::Phone;
use crate::process::Process;
use crate::smtp::SmtpServer;

const FORM: &str = "application/x-www-form-urlencoded";

type Pair = (String, String);

fn pairs<'a>(old: &'a Pair, new: &'a Pair) -> [(&'static str, &'a str); 4] {
    [("old_key", &old.0), ("old_secret", &old.1), ("new_key", &new.0), ("new_secret", &new.1)]
}

async fn rotate(browser: &mut Browser, old: &Pair, new: &Pair) -> Answer {
    let page = browser.open("/clients/rotate").await;
    browser.post(&page, forms::ROTATE, &pairs(old, new)).await
}

/// What a program asks with a pair.
async fn ask(app: &TestApp, (key, secret): &Pair, path: &str, body: Value) -> Answer {
    let mut program = app.program();
    let request = program.request(Method::POST, &format!("/api/v1/mfa{path}")).json(&body);
    program.send(request.header("x-mfa-apikey", key).header("x-mfa-apisecret", secret)).await
}

on_each_store! {
    async fn a_rotation_moves_every_user_and_the_answer_counts_them(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = proved(&app, ADA).await;
        let old = activated(&app, &mut browser, ADA).await;
        let new = activated(&app, &mut browser, ADA).await;
        let user = ask(&app, &old, "/totp", json!({})).await.expect(200);
        let phone = Phone::scan(user["otpAuthUrl"].as_str().expect("a link"));
        let validate = format!("/totp/{}/validate", user["uuid"].as_str().expect("an id"));
        ask(&app, &old, &validate, json!({ "code": phone.code_at(app.unix_time()) })).await.expect(200);

        let mut stranger = visitor(&app).await;
        let page = shown(&mut stranger, "/clients", "API keys").await;
        assert!(page.attributes("a", "href").iter().any(|href| href == "/clients/rotate"), "no address is needed");
        shown(&mut stranger, "/clients/rotate", "Move to a new key").await;
        let answer = rotate(&mut stranger, &old, &new).await;
        answer.page(200, "Everything moved");
        assert!(answer.text().contains("1 user moved, none is left") && answer.text().contains("0 users moved"), "{}", answer.text());
        for (_, secret) in [&old, &new] {
            assert_without(&answer, secret);
            assert!(!holds(&app.stored(), secret));
        }
        app.advance(30);
        let code = phone.code_at(app.unix_time());
        ask(&app, &old, &validate, json!({ "code": code })).await.problem(401, "no-client");
        ask(&app, &new, &validate, json!({ "code": code })).await.expect(200);
        let badges = browser.open("/clients").await.texts(".badge");
        assert_eq!(badges, ["moved to another key", "active"]);
        rotate(&mut stranger, &old, &new).await.page(200, "Everything moved");
    }

    async fn what_does_not_fit_moves_nothing_and_no_secret_comes_back(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = proved(&app, ADA).await;
        let old = activated(&app, &mut browser, ADA).await;
        let new = activated(&app, &mut browser, ADA).await;
        let crossed = (old.0.clone(), new.1.clone());
        let empty = (new.0.clone(), String::new());
        for (from, to, said) in [
            (&crossed, &new, "One of the two pairs does not open anything"),
            (&old, &crossed, "One of the two pairs does not open anything"),
            (&old, &old, "do not go together"),
            (&old, &empty, "A field is empty"),
        ] {
            let answer = rotate(&mut browser, from, to).await;
            assert_eq!((answer.status, answer.location().as_deref()), (303, Some("/clients/rotate")), "{said}");
            assert_without(&answer, &from.1);
            for secret in [&old.1, &new.1] {
                assert!(!holds(&app.stored(), secret), "{said}");
            }
            let page = browser.follow(answer).await;
            assert!(page.note().expect("a note").contains(said), "{said}: {:?}", page.note());
            for secret in [&old.1, &new.1] {
                assert_without(&page, secret);
            }
            assert_eq!(page.attribute("#old_key", "value").as_deref(), Some(from.0.as_str()));
            assert_eq!(page.attributes("input[type='password']", "autocomplete"), ["off", "off"]);
            assert!(page.attributes("input[type='password']", "value").iter().all(String::is_empty));
        }
        for (key, secret) in [&old, &new] {
            call(&app, key, secret).await.expect(200);
        }
    }

    async fn who_has_key_and_secret_disables_without_any_address(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = proved(&app, ADA).await;
        let (key, secret) = activated(&app, &mut browser, ADA).await;
        let mut stranger = visitor(&app).await;
        let page = shown(&mut stranger, "/clients/disable-by-secret", "Disable a key by its secret").await;
        let wrong = secret.replacen(secret.chars().next().expect("a letter"), if secret.starts_with('A') { "B" } else { "A" }, 1);
        for (typed, said) in [(wrong.as_str(), "do not open anything"), ("", "A field is empty"), ("not base64", "do not open anything")] {
            let answer = stranger.post(&page, forms::BY_SECRET, &[("key", &key), ("secret", typed)]).await;
            assert_eq!(answer.location().as_deref(), Some("/clients/disable-by-secret"));
            let page = stranger.follow(answer).await;
            assert!(page.note().expect("a note").contains(said), "{said}: {:?}", page.note());
            assert!(typed.is_empty() || !page.body.contains(typed), "{typed}");
            assert_eq!(page.attribute("#key", "value").as_deref(), Some(key.as_str()));
        }
        call(&app, &key, &secret).await.expect(200);
        let answer = stranger.post(&page, forms::BY_SECRET, &[("key", &key), ("secret", &secret)]).await;
        assert_eq!(answer.location().as_deref(), Some("/clients"));
        assert_without(&answer, &secret);
        let page = stranger.follow(answer).await;
        assert!(page.note().expect("a note").contains("The key is disabled."), "{}", page.text());
        assert_without(&page, &secret);
        assert!(!holds(&app.stored(), &secret));
        call(&app, &key, &secret).await.problem(401, "no-client");
    }

    async fn guesses_run_into_a_wait_that_a_right_secret_passes(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = proved(&app, ADA).await;
        let (key, secret) = activated(&app, &mut browser, ADA).await;
        let wrong = "A".repeat(43) + "=";
        let mut said = String::new();
        for _ in 0..21 {
            let page = browser.post_form(forms::BY_SECRET, &[("key", &key), ("secret", &wrong)]).await;
            said = browser.follow(page).await.note().expect("a note");
        }
        assert!(said.contains("Too many wrong keys or secrets."), "{said}");
        let answer = browser.post_form(forms::BY_SECRET, &[("key", &key), ("secret", &secret)]).await;
        assert_eq!(answer.location().as_deref(), Some("/clients"));
        call(&app, &key, &secret).await;
    }

    async fn a_key_that_does_not_fit_is_given_back_with_why(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = proved(&app, ADA).await;
        for (typed, said) in [
            ("", "There is no key in the field."),
            ("   ", "There is no key in the field."),
            ("ab", "No key that reads like this"),
            ("<script>alert(1)</script>", "No key that reads like this"),
            (&"ab".repeat(20), "No key that reads like this"),
        ] {
            let page = browser.open("/clients").await;
            let answer = browser.post(&page, forms::ACTIVATE, &[("key", typed)]).await;
            assert_eq!((answer.status, answer.location().as_deref()), (303, Some("/clients")), "{typed}");
            let page = browser.follow(answer).await;
            assert!(page.note().expect("a note").contains(said), "{typed}: {:?}", page.note());
            assert_eq!(page.attribute("#key", "value").as_deref(), Some(typed), "{typed}");
            assert!(!page.body.contains("<script>alert"), "{typed}");
        }
    }

    async fn forms_that_answer_themselves_take_forms_of_ours_alone(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = proved(&app, ADA).await;
        for form in [forms::ACTIVATE, forms::ROTATE] {
            let cross = browser.request(Method::POST, form).header("sec-fetch-site", "cross-site").form(&[("key", "x")]);
            browser.send(cross).await.page(403, "did not come from this portal");
            for method in [Method::GET, Method::PUT, Method::DELETE] {
                let request = browser.sent_from(browser.request(method.clone(), form), "/clients");
                assert_eq!(browser.send(request).await.status, 405, "{method} {form}");
            }
            for (kind, body, status) in [
                ("application/json", "{\"key\":\"x\"}", 415),
                ("text/plain", "key=x", 415),
                (FORM, "key=x&key=y&old_key=x&old_key=y", 400),
                (FORM, "", 303),
                (FORM, "key=%00&old_key=%00", 303),
                (FORM, "key=%ff", 400),
            ] {
                let request = browser.request(Method::POST, form).header(CONTENT_TYPE, kind).body(body);
                let answer = browser.send(browser.sent_from(request, "/clients")).await;
                assert_eq!(answer.status, status, "{form} {kind} {body}: {}", answer.text());
            }
            let large = browser.request(Method::POST, form).header(CONTENT_TYPE, FORM).body("key=".to_owned() + &"x".repeat(1_000_000));
            browser.send(browser.sent_from(large, "/clients")).await.page(413, "too much");
            app.browser().post_form(form, &[("key", "x")]).await.page(401, "");
        }
    }
}

/// The word of the newest letter that looks like this, once there are so many letters.
async fn word_of_letter(mail: &SmtpServer, count: usize, is_it: fn(&str) -> bool) -> String {
    let letters = mail.wait_for(count).await;
    let letter = letters.last().expect("a letter");
    letter.text.split_whitespace().find(|word| is_it(word)).expect("it is there").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_key_nor_secret_is_in_the_log_at_trace() {
    let mail = SmtpServer::start().await;
    let process = Process::start(&[
        ("POSTERN_LOG", "trace"),
        ("POSTERN_LOG_FORMAT", "json"),
        ("POSTERN_SMTP_URL", &mail.url()),
        ("POSTERN_MAIL_FROM", "mfa@example.org"),
    ]);
    let mut browser = Browser::new(process.address, &process.origin());
    let page = browser.open("/clients").await;
    let page = browser.submit(&page, forms::SEND, &[("address", ADA)]).await;
    let is_code = |word: &str| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit());
    let subject = mail.wait_for(1).await.remove(0).subject;
    let code = subject.split(' ').find(|word| is_code(word)).expect("a code").to_owned();
    let page = browser.submit(&page, forms::CHECK, &[("code", &code)]).await;
    let page = browser.submit(&page, forms::ASK, &[]).await;
    let key = word_of_letter(&mail, 2, |word| word.len() == 40 && word.bytes().all(|b| b.is_ascii_hexdigit())).await;
    let shown = browser.post(&page, forms::ACTIVATE, &[("key", &key)]).await;
    let secret = shown.texts("#api-secret").concat();
    assert_eq!(secret.len(), 44, "{}", shown.text());
    let pair = (key.clone(), secret.clone());
    assert_eq!(rotate(&mut browser, &pair, &pair).await.status, 303);
    let disabled = browser.post_form(forms::BY_SECRET, &[("key", &key), ("secret", &secret)]).await;
    assert_eq!(disabled.location().as_deref(), Some("/clients"));
    let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();

    let log = process.stop();
    assert!(log.iter().filter(|line| line.contains("postern::auth")).count() >= 4, "{log:?}");
    for line in &log {
        for secret in [&key, &secret, &encoded, &code, &ADA.to_owned()] {
            assert!(!line.contains(secret.as_str()), "{secret} stands in the log: {line}");
        }
    }
}
