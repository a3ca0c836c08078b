//! What is shown once: new recovery codes and the export are the answer to the form itself, and stand nowhere else.

use postern::platform::SystemClock;
use postern_core::port::Clock as _;
use reqwest::{Method, header};
use serde_json::Value;

use crate::accounts::{ADA, Owner, forms, new_codes, pending, signed_in, told};
use crate::app::{Place, TestApp};
use crate::browser::Browser;
use crate::journey::{begin_totp, verify_totp, visitor};
use crate::on_each_store;
use crate::process::Process;
use crate::smtp::SmtpServer;

const BOTH: [&str; 2] = [forms::NEW_CODES, forms::EXPORT];

/// A code as it may stand somewhere: as shown, in one piece, in capitals.
fn spellings(code: &str) -> [String; 4] {
    let bare = code.replace('-', "");
    [code.to_owned(), bare.clone(), code.to_uppercase(), bare.to_uppercase()]
}

#[track_caller]
fn assert_no_code(codes: &[String], within: &[u8], what: &str) {
    for spelling in codes.iter().flat_map(|code| spellings(code)) {
        assert!(!within.windows(spelling.len()).any(|part| part == spelling.as_bytes()), "{spelling} stands in {what}");
    }
}

on_each_store! {
    async fn recovery_codes_are_the_answer_itself_and_stand_nowhere_else(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        let page = owner.browser.open("/account").await;
        let answer = owner.browser.post(&page, forms::NEW_CODES, &[]).await;
        answer.page(200, "Your recovery codes");
        assert!(answer.location().is_none() && answer.cookies().is_empty());
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        let codes = answer.texts("#codes code");
        let different: std::collections::BTreeSet<&String> = codes.iter().collect();
        assert_eq!(different.len(), 10, "{codes:?}");
        assert!(codes.iter().all(|code| code.len() == 24 && code.matches('-').count() == 4), "{codes:?}");

        assert_no_code(&codes, &app.stored(), "the store");
        for path in ["/account", "/", "/step-up", "/account"] {
            let page = owner.browser.open(path).await;
            assert_no_code(&codes, format!("{page:?}").as_bytes(), path);
        }
        let export = owner.browser.post_form(forms::EXPORT, &[]).await;
        assert_no_code(&codes, export.body.as_bytes(), "the export");
        told(&app, ADA, "recovery codes", 1).await;
        for letter in app.mail.received() {
            assert_no_code(&codes, format!("{letter:?}").as_bytes(), "a letter");
        }
    }

    async fn each_code_opens_once_and_a_new_set_kills_the_old_one(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        let old = new_codes(&mut owner.browser).await;
        app.advance(721);
        owner.refresh(&app).await;
        let codes = new_codes(&mut owner.browser).await;
        assert!(old.iter().all(|code| !codes.contains(code)));
        let mut browser = pending(&app, ADA).await;
        let page = browser.open("/sign-in?with=recovery").await;
        let page = browser.submit(&page, forms::RECOVERY, &[("code", &old[0])]).await;
        page.page(200, "One more step");
        assert!(page.note().is_some() && !page.body.contains(&old[0]), "{}", page.text());
        let typed = format!(" {} ", codes[9].to_uppercase().replace('-', " "));
        let page = browser.submit(&page, forms::RECOVERY, &[("code", &typed)]).await;
        page.page(200, "Your account");
        assert!(page.note().expect("a note").contains("recovery code"), "{:?}", page.note());
        told(&app, ADA, "recovery code was used", 1).await;

        app.advance(721);
        let mut browser = pending(&app, ADA).await;
        let page = browser.open("/sign-in?with=recovery").await;
        let page = browser.submit(&page, forms::RECOVERY, &[("code", &codes[9])]).await;
        assert!(page.note().expect("a note").contains("used already"), "{:?}", page.note());
    }

    async fn old_codes_open_until_it_is_said_that_the_new_ones_are_saved(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        let old = new_codes(&mut owner.browser).await;
        let page = owner.browser.open("/account").await;
        let shown = owner.browser.post(&page, forms::NEW_CODES, &[]).await;
        shown.page(200, "Your recovery codes");
        assert!(shown.has_form(forms::KEEP_CODES) && shown.text().contains("Your old codes still work"), "{}", shown.text());
        app.advance(721);
        let mut browser = pending(&app, ADA).await;
        let page = browser.open("/sign-in?with=recovery").await;
        browser.submit(&page, forms::RECOVERY, &[("code", &old[0])]).await.page(200, "Your account");
        let page = owner.browser.submit(&shown, forms::KEEP_CODES, &[]).await;
        assert!(page.note().expect("a note").contains("Your recovery codes are new."), "{}", page.text());
        let late = owner.browser.post_form(forms::KEEP_CODES, &[("set", "x")]).await;
        let page = owner.browser.follow(late).await;
        assert!(page.note().expect("a note").contains("not activated"), "{}", page.text());
    }

    async fn the_export_is_a_file_that_tells_all_and_no_secret(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        let other = owner.again(&app, ADA).await;
        let codes = new_codes(&mut owner.browser).await;
        let page = owner.browser.open("/account").await;
        let export = owner.browser.post(&page, forms::EXPORT, &[]).await;
        assert_eq!((export.status, export.header("content-type")), (200, Some("application/json")));
        assert_eq!(export.header("cache-control"), Some("no-store"));
        assert!(export.header("content-disposition").expect("a file").starts_with("attachment; filename="));
        let all = export.json();
        assert_eq!(all["address"], ADA);
        assert_eq!((all["factors"].as_array().map(Vec::len), all["sessions"].as_array().map(Vec::len)), (Some(3), Some(2)));
        assert!(all["activity"].as_array().is_some_and(|events| events.len() >= 4), "{all}");
        let (ids, devices) = ([&owner.browser, &other].map(Browser::session_id), [&owner.browser, &other].map(Browser::device));
        let secrets = ids.into_iter().chain(devices.into_iter().flatten()).chain([owner.phone.secret()]);
        for secret in secrets.chain(codes.iter().map(String::as_str)) {
            assert!(!export.body.contains(secret), "{secret}: {all}");
        }
        told(&app, ADA, "exported", 1).await;
    }

    async fn from_elsewhere_by_another_method_or_without_a_session_nothing_is_shown(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        let before = app.mail.received().len();
        for form in BOTH {
            for (name, value) in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")] {
                let request = owner.browser.request(Method::POST, form).header(name, value);
                owner.browser.send(request).await.page(403, "did not come from this portal");
            }
            let bare = owner.browser.request(Method::POST, form);
            owner.browser.send(bare).await.page(403, "did not come from this portal");
            for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
                let request = owner.browser.sent_from(owner.browser.request(method.clone(), form), "/account");
                let answer = owner.browser.send(request).await;
                assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")), "{method} {form}");
            }
            app.browser().post_form(form, &[]).await.page(401, "");
            let mut stranger = visitor(&app).await;
            assert_eq!(stranger.post_form(form, &[]).await.location().as_deref(), Some("/account"));
            assert_eq!(stranger.get("/account").await.location().as_deref(), Some("/sign-in"));
        }
        app.advance(721);
        let mut waiting = pending(&app, ADA).await;
        for form in BOTH {
            assert_eq!(waiting.post_form(form, &[]).await.location().as_deref(), Some("/account"));
            assert_eq!(waiting.get("/account").await.location().as_deref(), Some("/sign-in"));
        }
        owner.refresh(&app).await;
        let page = owner.browser.open("/account").await;
        assert!(!page.text().contains("of 10"), "{}", page.text());
        assert!(app.mail.received().iter().skip(before).all(|letter| !letter.subject.contains("recovery")));
    }

    async fn these_forms_have_no_fields_and_read_none(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        for (kind, body, status, of) in [
            ("application/x-www-form-urlencoded", "", 200, "application/json"),
            ("application/x-www-form-urlencoded", "{", 200, "application/json"),
            ("application/x-www-form-urlencoded", "factor[]=1", 200, "application/json"),
            ("application/x-www-form-urlencoded", "act=%00&act=%ff", 400, "text/html; charset=utf-8"),
            ("text/plain", "", 415, "text/html; charset=utf-8"),
            ("application/json", "{}", 415, "text/html; charset=utf-8"),
            ("\u{fc}", "", 415, "text/html; charset=utf-8"),
        ] {
            let request = owner.browser.request(Method::POST, forms::EXPORT).header(header::CONTENT_TYPE, kind).body(body);
            let answer = owner.browser.send(owner.browser.sent_from(request, "/account")).await;
            assert_eq!((answer.status, answer.header("content-type")), (status, Some(of)), "{kind} {body}");
        }
        for form in BOTH {
            let request = owner.browser.request(Method::POST, form).body("x".repeat(1_000_000));
            owner.browser.send(owner.browser.sent_from(request, "/account")).await.page(413, "too much");
        }
    }

    async fn an_account_with_nothing_but_its_mail_gets_no_recovery_codes(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = signed_in(&app, ADA).await;
        let answer = browser.post_form(forms::NEW_CODES, &[]).await;
        assert_eq!((answer.status, answer.location().as_deref()), (303, Some("/account")));
        let page = browser.follow(answer).await;
        assert!(!page.text().contains("of 10"));
    }

    async fn nothing_of_a_code_is_in_the_log_at_trace(place: Place) {
        let mail = SmtpServer::start().await;
        let url = mail.url();
        let redis = match &place {
            Place::Redis(server) => server.url(),
            Place::Embedded => String::new(),
        };
        let process = Process::start(&[
            ("POSTERN_LOG", "trace"),
            ("POSTERN_LOG_FORMAT", "json"),
            ("POSTERN_SMTP_URL", &url),
            ("POSTERN_MAIL_FROM", "mfa@example.org"),
            ("POSTERN_REDIS_URL", &redis),
        ]);
        let mut browser = Browser::new(process.address, &process.origin());
        let page = browser.open("/sign-in").await;
        let page = browser.submit(&page, forms::SEND, &[("address", ADA)]).await;
        let subject = mail.wait_for(1).await.remove(0).subject;
        let code = subject.split(' ').find(|word| word.bytes().all(|b| b.is_ascii_digit())).expect("a code").to_owned();
        browser.submit(&page, forms::CHECK, &[("code", &code)]).await.page(200, "Your account");
        let mut secrets = vec![browser.session_id().to_owned(), browser.device().expect("known").to_owned(), ADA.to_owned()];
        let phone = begin_totp(&mut browser).await;
        let now = SystemClock.now().unix_secs();
        assert_eq!(verify_totp(&mut browser, &phone.code_at(now)).await.expect(200)["status"], true);
        let codes = new_codes(&mut browser).await;
        let export = browser.post_form(forms::EXPORT, &[]).await;
        assert_eq!(export.status, 200);
        secrets.extend([browser.session_id().to_owned(), phone.secret().to_owned()]);
        let mut waiting = Browser::new(process.address, &process.origin());
        waiting.cookies.extend(browser.cookies.iter().filter(|(name, _)| name.ends_with("-device")).map(|(a, b)| (a.clone(), b.clone())));
        let page = waiting.open("/sign-in").await;
        let page = waiting.submit(&page, forms::SEND, &[("address", ADA)]).await;
        let code = loop {
            let letters = mail.received();
            let found = letters.iter().skip(1).find_map(|letter| letter.subject.split(' ').find(|word| word.len() >= 6 && word.bytes().all(|b| b.is_ascii_digit())));
            if let Some(code) = found {
                break code.to_owned();
            }
            mail.wait_for(letters.len() + 1).await;
        };
        waiting.submit(&page, forms::CHECK, &[("code", &code)]).await.page(200, "One more step");
        let page = waiting.open("/sign-in?with=recovery").await;
        waiting.submit(&page, forms::RECOVERY, &[("code", &codes[0])]).await.page(200, "Your account");
        secrets.push(waiting.session_id().to_owned());

        let log = process.stop();
        assert!(log.iter().filter(|line| line.contains("postern::auth")).count() >= 5);
        for line in &log {
            serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            assert_no_code(&codes, line.as_bytes(), "the log");
            for secret in &secrets {
                assert!(!line.contains(secret.as_str()), "{secret} stands in the log: {line}");
            }
        }
    }
}
