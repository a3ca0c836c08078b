//! A sign-in that waits for its second factor opens nothing and tells nothing: no page, no form, no route for programs.

use reqwest::Method;
use serde_json::json;

use crate::accounts::{ADA, GRACE, Owner, ask, factor, factors, forms, given, is_in, pending, sessions};
use crate::app::TestApp;
use crate::browser::{Answer, Browser};
use crate::journey::{enrol_totp, visitor};
use crate::on_each_store;
use crate::wired::{NOBODY, table};

/// What nobody but the owner is to see.
struct Own {
    secrets: Vec<String>,
    /// What the challenge itself says.
    names: Vec<String>,
    factor: String,
    session: String,
}

const NAME: &str = "Violet telephone";

/// An owner with two sessions, a factor with a name of its own, and what is theirs.
async fn owner(app: &TestApp) -> (Owner, Own) {
    let mut owner = Owner::of(app, ADA).await;
    let renamed = owner.browser.post_form("/forms/totp/rename", &[("name", NAME)]).await;
    assert_eq!(renamed.status, 303);
    let mut other = owner.again(app, ADA).await;
    let mut secrets = vec![owner.phone.secret().to_owned()];
    let mut session = String::new();
    for browser in [&mut owner.browser, &mut other] {
        let page = browser.open("/account").await;
        session = page.attribute("input[name='session']", "value").expect("a handle");
        secrets.extend([session.clone(), browser.session_id().to_owned()]);
        secrets.push(browser.device().expect("it is known").to_owned());
    }
    for factor in factors(&mut owner.browser).await {
        secrets.push(factor["id"].as_str().expect("an id").to_owned());
    }
    let factor = factor(&mut owner.browser, "totp").await;
    (owner, Own { secrets, names: vec![NAME.to_owned()], factor, session })
}

fn body(path: &str, own: &Own) -> String {
    let (factor, session) = (&own.factor, &own.session);
    match path {
        "/api/v1/otp" => json!({ "email": GRACE }).to_string(),
        path if path.starts_with("/api/") => {
            json!({ "otp": "123456", "next_otp": "234567", "name": "Mine", "factor": factor }).to_string()
        }
        path if path.ends_with("/send") => format!("address={GRACE}"),
        // What is typed as a key comes back, and is not the account's.
        path if path.contains("/clients/") || path.starts_with("/quorum") => {
            format!("client={factor}&key=Mine&old_key=Mine&secret=Mine&code=123456")
        }
        path if path.contains("delete") => format!("address={ADA}"),
        path if path.ends_with("/keep") => format!("keep%5B%5D={factor}"),
        _ => format!("code=123456&factor={factor}&session={session}&name=Mine&key={factor}&entry={factor}"),
    }
}

async fn asked(browser: &mut Browser, method: &Method, path: &str, own: &Own) -> Answer {
    let kind = if path.starts_with("/api/") { "application/json" } else { "application/x-www-form-urlencoded" };
    let request = browser.request(method.clone(), path);
    let request = if method.is_safe() { request } else { request.header("content-type", kind).body(body(path, own)) };
    browser.send(browser.sent_from(request, "/sign-in")).await
}

#[track_caller]
fn assert_tells_nothing(answer: &Answer, own: &Own, what: &str) {
    let told = format!("{:?} {}", answer.headers, answer.body);
    for secret in &own.secrets {
        assert!(!told.contains(secret.as_str()), "{what} tells {secret}: {told}");
    }
    for name in &own.names {
        assert!(answer.path == "/sign-in" || !told.contains(name.as_str()), "{what} tells {name}: {told}");
    }
    assert!(!answer.cookies().iter().any(|cookie| cookie.contains("device")), "{what}: {told}");
}

on_each_store! {
    async fn a_copy_of_the_cookie_from_before_the_mail_code_does_not_see_the_sign_in(place: Place) {
        let app = TestApp::open(place).await;
        Owner::of(&app, ADA).await;
        app.advance(721);
        let mut browser = app.browser();
        let (page, code) = ask(&app, &mut browser, ADA).await;
        let copy = browser.session_id().to_owned();
        browser.submit(&page, forms::CHECK, &[("code", &code)]).await.page(200, "One more step");
        assert_ne!(browser.session_id(), copy);
        let mut thief = app.browser();
        thief.name_session(&copy);
        assert_eq!(thief.get("/sign-in").await.status, 401);
    }

    async fn no_route_tells_a_waiting_sign_in_anything_of_the_account_or_opens_it(place: Place) {
        let app = TestApp::open(place).await;
        let (mut owner, own) = owner(&app).await;
        let before = factors(&mut owner.browser).await;
        app.advance(1000);
        let mut browser = pending(&app, ADA).await;
        let mut walked = 0;
        let mut anew = 0;
        for (path, methods) in table(false).await {
            // What a quorum is asked by leads back to where it was asked.
            let id = if path.starts_with("/quorum/") { NOBODY } else { &own.factor };
            let path = path.replace(NOBODY, id);
            for method in methods {
                let what = format!("{method} {path}");
                let answer = asked(&mut browser, &method, &path, &own).await;
                assert!(answer.status < 500, "{what}: {answer:?}");
                assert_tells_nothing(&answer, &own, &what);
                if answer.location().is_some() {
                    let led = browser.follow(answer).await;
                    assert_tells_nothing(&led, &own, &what);
                }
                let account = browser.get("/account").await;
                assert!([303, 401].contains(&account.status), "{what} opened it: {}", account.text());
                assert_tells_nothing(&account, &own, &what);
                walked += 1;
                let waits = browser.get("/sign-in").await;
                if waits.status != 200 || waits.texts("h1") != ["One more step"] {
                    anew += 1;
                    app.advance(1000);
                    browser = pending(&app, ADA).await;
                }
            }
        }
        assert!(walked > 80, "{walked}");
        assert!(anew < 12, "few routes end what waits: {anew}");
        // Nothing of the account changed meanwhile, and its owner gets in as ever.
        app.advance(1000);
        let mut back = owner.again(&app, ADA).await;
        let ids = |all: &[serde_json::Value]| all.iter().map(|one| (one["id"].clone(), one["name"].clone())).collect::<Vec<_>>();
        assert_eq!(ids(&factors(&mut back).await), ids(&before));
    }

    async fn what_the_challenge_says_is_all_that_is_said(place: Place) {
        let app = TestApp::open(place).await;
        let (_, own) = owner(&app).await;
        app.advance(721);
        let mut browser = pending(&app, ADA).await;
        let page = browser.get("/sign-in").await;
        assert_tells_nothing(&page, &own, "the challenge");
        assert!(page.text().contains(ADA), "{}", page.text());
        let session = browser.api_get("/session").await.expect(200);
        assert_eq!((&session["level"], &session["factors"]), (&json!(0), &json!([])));
    }

    async fn a_sign_in_waits_ten_minutes_and_no_longer(place: Place) {
        let app = TestApp::open(place).await;
        let owner = Owner::of(&app, ADA).await;
        app.advance(721);
        let mut browser = pending(&app, ADA).await;
        app.advance(569);
        assert!(browser.get("/sign-in").await.has_form(forms::TOTP));
        let code = owner.next_code(&app);
        browser.get("/sign-in").await.page(200, "One more step");
        app.advance(1);
        assert!(!browser.get("/sign-in").await.has_form(forms::TOTP));
        let late = browser.post_form(forms::TOTP, &[("code", &code)]).await;
        let page = browser.follow(late).await;
        assert!(page.note().expect("a note").contains("That took too long"), "{:?}", page.note());
        assert!(!is_in(&browser, browser.session_id()).await);
    }

    async fn a_visitor_with_factors_and_anothers_mail_gets_nowhere_near_that_account(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        app.advance(721);
        // Whoever reads the mail, and has passed an app of their own.
        let mut thief = visitor(&app).await;
        let own = enrol_totp(&app, &mut thief).await;
        crate::accounts::enter(&app, &mut thief, ADA).await.page(200, "One more step");
        app.advance(30);
        let code = own.code_at(app.unix_time());
        let refused = thief.post_form(forms::TOTP, &[("code", &code)]).await;
        assert_eq!((refused.location().as_deref(), given(&refused)), (Some("/sign-in"), None));
        let stepped = thief.post_form(forms::STEP_UP, &[("code", &code)]).await;
        assert_eq!(stepped.status, 303);
        assert!(!is_in(&thief, thief.session_id()).await);
        assert_eq!(thief.get("/account").await.location().as_deref(), Some("/sign-in"));

        // Proving the address in the visit makes it the visitor's to keep, but not where there is an account.
        app.advance(721);
        let before = crate::accounts::codes_to(&app, ADA).len();
        thief.api_post("/otp", json!({ "email": ADA })).await.expect(202);
        let code = crate::accounts::code_after(&app, ADA, before).await;
        assert_eq!(thief.api_post("/otp/verify", json!({ "otp": code })).await.expect(200)["status"], true);
        let mine = factor(&mut thief, "totp").await;
        for ticked in [vec![], vec![("keep", mine.as_str())]] {
            let kept = thief.post_form(forms::KEEP, &ticked).await;
            assert_eq!((kept.location().as_deref(), given(&kept)), (Some("/account/keep"), None));
            thief.follow(kept).await;
            assert!(!is_in(&thief, thief.session_id()).await);
        }
        assert_eq!(sessions(&mut owner.browser).await, 1);
        assert_eq!(factors(&mut owner.browser).await.len(), 2);
    }
}
