//! Many at once: one right code opens once, and haste does not get around the throttle.

use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::app::{Place, TestApp};
use crate::browser::{Answer, Browser};
use crate::journey::{accepted, ask_for_code, begin_totp, enrol_totp, forms, level, verify_totp, visitor};
use crate::on_each_store;

/// Sends the same to a route from many browsers with one cookie, at once; in turn to each of them.
pub async fn all_at_once(browsers: &[Browser], times: usize, path: &'static str, body: Value) -> Vec<Answer> {
    let mut sending = JoinSet::new();
    for browser in browsers.iter().cycle().take(times) {
        let (mut browser, body) = (browser.clone(), body.clone());
        sending.spawn(async move { browser.api(Method::POST, path, body).await });
    }
    sending.join_all().await
}

/// Nothing but what a race may come to. Who comes after a rise of level comes with an id that is dead.
#[track_caller]
fn assert_all_are_answers(answers: &[Answer], effects: &[u16]) {
    for answer in answers {
        assert!([200, 429].contains(&answer.status) || effects.contains(&answer.status), "{answer:?}");
    }
}

/// Of a storm of wrong codes five were judged. On a machine that cannot keep up some may have been turned away, and
/// among them one whose verdict was lost.
#[track_caller]
fn assert_five_were_judged(answers: &[Answer]) {
    assert_all_are_answers(answers, &[503]);
    let came_to = |status| answers.iter().filter(|answer| answer.status == status).count();
    let (judged, turned_away) = (came_to(200), came_to(503));
    assert!(judged <= 5 && judged + turned_away >= 5, "{judged} judged, {turned_away} turned away");
    assert_eq!(accepted(answers), 0);
}

/// The session after a rise of level: the one answer that rotated the id says what it is now.
fn follow_the_cookie(browser: &mut Browser, answers: &[Answer]) {
    let cookies: Vec<String> = answers.iter().flat_map(Answer::cookies).collect();
    assert_eq!(cookies.len(), 1, "one new id: {cookies:?}");
    let id = cookies[0].split(['=', ';']).nth(1).expect("an id");
    assert_ne!(id, browser.session_id());
    browser.name_session(id);
}

on_each_store! {
    async fn of_fifty_right_mail_codes_at_once_one_is_accepted(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let code = ask_for_code(&app, &mut browser, 1).await;
        let answers = all_at_once(&[browser.clone()], 50, "/otp/verify", json!({ "otp": code })).await;
        assert_all_are_answers(&answers, &[401, 404]);
        assert_eq!(accepted(&answers), 1);
        follow_the_cookie(&mut browser, &answers);
        assert_eq!(level(&mut browser).await, 1);
    }

    async fn of_fifty_right_codes_of_an_app_at_once_one_is_accepted(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let phone = begin_totp(&mut browser).await;
        let code = phone.code_at(app.unix_time());
        let answers = all_at_once(&[browser.clone()], 50, "/totp/verify", json!({ "otp": code })).await;
        assert_all_are_answers(&answers, &[]);
        assert_eq!(accepted(&answers), 1);
        // And again, now that it is enrolled, after whatever wait the others earned.
        app.advance(900);
        let code = phone.code_at(app.unix_time());
        let answers = all_at_once(&[browser.clone()], 50, "/totp/verify", json!({ "otp": code })).await;
        assert_eq!(accepted(&answers), 1);
    }

    async fn of_fifty_right_codes_through_both_doors_at_once_one_is_accepted(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let phone = enrol_totp(&app, &mut browser).await;
        app.advance(30);
        let code = phone.code_at(app.unix_time());
        let mut by_page = JoinSet::new();
        for _ in 0..25 {
            let (mut browser, code) = (browser.clone(), code.clone());
            by_page.spawn(async move { browser.post_form(forms::CHECK_TOTP, &[("code", &code)]).await });
        }
        let by_api = all_at_once(&[browser.clone()], 25, "/totp/verify", json!({ "otp": code })).await;
        let by_page = by_page.join_all().await;
        assert!(by_page.iter().all(|answer| answer.status == 303), "{by_page:?}");
        assert!(accepted(&by_api) <= 1);
        let session = browser.api_get("/session").await.expect(200);
        assert_eq!(session["factors"][0]["last_used_at"], "2001-09-09T01:47:10Z", "one was accepted by either door");
        let again = verify_totp(&mut browser, &code).await;
        assert!(again.status == 429 || again.expect(200)["status"] == false);
    }

    async fn after_two_hundred_wrong_codes_at_once_the_right_one_has_to_wait(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let phone = enrol_totp(&app, &mut browser).await;
        app.advance(30);
        let wrong = phone.wrong_code_at(app.unix_time());
        let answers = all_at_once(&[browser.clone()], 200, "/totp/verify", json!({ "otp": wrong })).await;
        assert_five_were_judged(&answers);
        let right = phone.code_at(app.unix_time());
        let throttled = verify_totp(&mut browser, &right).await;
        throttled.problem(429, "throttled");
        app.advance(throttled.retry_after());
        let right = phone.code_at(app.unix_time());
        assert_eq!(verify_totp(&mut browser, &right).await.expect(200)["status"], true);
    }

    async fn after_two_hundred_wrong_mail_codes_at_once_the_right_one_is_void(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let code = ask_for_code(&app, &mut browser, 1).await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        let answers = all_at_once(&[browser.clone()], 200, "/otp/verify", json!({ "otp": wrong })).await;
        assert_five_were_judged(&answers);
        browser.api_post("/otp/verify", json!({ "otp": code })).await.problem(429, "code-void");
        app.advance(30);
        let fresh = ask_for_code(&app, &mut browser, 2).await;
        assert_eq!(browser.api_post("/otp/verify", json!({ "otp": fresh })).await.expect(200)["status"], true);
    }

    async fn of_many_letters_asked_for_at_once_one_is_sent(place: Place) {
        let app = TestApp::open(place).await;
        let browser = visitor(&app).await;
        let answers = all_at_once(&[browser], 20, "/otp", json!({ "email": "ada@example.org" })).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 202).count(), 1);
        assert_eq!(answers.iter().filter(|answer| answer.status == 429).count(), 19);
        app.mail.wait_for(1).await;
        assert_eq!(app.mail.received().len(), 1);
    }

    async fn of_many_enrolments_begun_at_once_one_stands(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let answers = all_at_once(&[browser.clone()], 10, "/totp", json!({})).await;
        assert!(answers.iter().all(|answer| answer.status == 201), "{answers:?}");
        let page = browser.open("/totp").await;
        let shown = page.texts("#key").concat().replace(' ', "");
        let same = answers.iter().filter(|answer| answer.json()["secret"] == shown).count();
        assert_eq!(same, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_right_codes_at_two_processes_on_one_redis_one_is_accepted() {
    let mut app = TestApp::open(Place::redis()).await;
    let mut browser = visitor(&app).await;
    let second = app.another_process().await;
    let phone = begin_totp(&mut browser).await;
    let both = [browser.clone(), browser.at(second)];

    let code = phone.code_at(app.unix_time());
    let answers = all_at_once(&both, 50, "/totp/verify", json!({ "otp": code })).await;
    assert_all_are_answers(&answers, &[]);
    assert_eq!(accepted(&answers), 1);

    let code = ask_for_code(&app, &mut browser, 1).await;
    let answers = all_at_once(&both, 50, "/otp/verify", json!({ "otp": code })).await;
    assert_all_are_answers(&answers, &[401, 404]);
    assert_eq!(accepted(&answers), 1);
    follow_the_cookie(&mut browser, &answers);
    assert_eq!(level(&mut browser).await, 2);
    assert_eq!(level(&mut browser.at(second)).await, 2, "both know the new id");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_on_one_redis_count_wrong_codes_together() {
    let mut app = TestApp::open(Place::redis()).await;
    let mut browser = visitor(&app).await;
    let second = app.another_process().await;
    let phone = enrol_totp(&app, &mut browser).await;
    app.advance(30);
    let wrong = phone.wrong_code_at(app.unix_time());
    let both = [browser.clone(), browser.at(second)];
    let answers = all_at_once(&both, 200, "/totp/verify", json!({ "otp": wrong })).await;
    assert_five_were_judged(&answers);
    let right = phone.code_at(app.unix_time());
    for mut browser in both {
        verify_totp(&mut browser, &right).await.problem(429, "throttled");
    }
}
