//! `/api/v1/hotp`: every status, every body.

use serde_json::{Value, json};

use crate::app::{Place, TestApp};
use crate::browser::{Answer, Browser};
use crate::journey::{accepted, forms, level, prove_address, visitor};
use crate::on_each_store;
use crate::phone::Phone;
use crate::races::all_at_once;

pub async fn begin(browser: &mut Browser, asked: Value) -> Phone {
    let begun = browser.api_post("/hotp", asked).await.expect(201);
    assert_eq!(begun["confirmed"], false);
    let phone = Phone::scan(begun["uri"].as_str().expect("a link"));
    assert_eq!(begun["secret"], phone.secret());
    assert_eq!(begun["counter"], phone.counter(), "the link has the counter");
    phone
}

pub async fn verify(browser: &mut Browser, code: &str) -> Answer {
    browser.api_post("/hotp/verify", json!({ "otp": code })).await
}

async fn resync(browser: &mut Browser, first: &str, second: &str) -> Answer {
    browser.api_post("/hotp/resync", json!({ "otp": first, "next_otp": second })).await
}

/// Right or not, and what is expected next.
fn stands(status: bool, counter: u64) -> Value {
    json!({ "status": status, "counter": counter })
}

on_each_store! {
    async fn a_token_is_enrolled_by_its_first_right_code_and_counts_forward_only(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        prove_address(&app, &mut browser, 1).await;
        let phone = begin(&mut browser, json!({ "digits": 8, "initial_count": 36, "resync_threshold": 5 })).await;
        assert_eq!(verify(&mut browser, &phone.code_of(36)).await.expect(200), stands(true, 37));
        assert_eq!(level(&mut browser).await, 2);
        assert_eq!(verify(&mut browser, &phone.code_of(36)).await.expect(200), stands(false, 37), "it is burned");
        assert_eq!(verify(&mut browser, &phone.code_of(43)).await.expect(200), stands(false, 37), "one too far");
        assert_eq!(verify(&mut browser, &phone.code_of(42)).await.expect(200), stands(true, 43));
        for dead in [37, 41, 42] {
            assert_eq!(verify(&mut browser, &phone.code_of(dead)).await.expect(200), stands(false, 43));
        }
        assert_eq!(verify(&mut browser, &phone.code_of(43)).await.expect(200), stands(true, 44));
        browser.api_post("/hotp", json!({})).await.problem(409, "already-enrolled");
    }

    async fn two_codes_in_a_row_bring_it_back_in_step(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        resync(&mut browser, "123456", "654321").await.problem(404, "not-enrolled");
        let phone = begin(&mut browser, json!({})).await;
        verify(&mut browser, &phone.code_of(0)).await.expect(200);
        let code = |counter| phone.code_of(counter);
        assert_eq!(resync(&mut browser, &code(50), &code(52)).await.expect(200), stands(false, 1));
        assert_eq!(resync(&mut browser, &code(101), &code(102)).await.expect(200), stands(false, 1));
        assert_eq!(resync(&mut browser, &code(99), &code(100)).await.expect(200), stands(true, 101));
        assert_eq!(resync(&mut browser, &code(99), &code(100)).await.expect(200), stands(false, 101));
        resync(&mut browser, "x", &code(101)).await.problem(400, "not-a-code");
        browser.api_post("/hotp/resync", json!({ "otp": code(101) })).await.problem(400, "malformed");
    }

    async fn counters_beyond_what_a_float_holds_are_exact(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        for first in [(1_u64 << 31) - 1, (1 << 32) - 1, (1 << 53) - 1, (1 << 53) + 1] {
            let phone = begin(&mut browser, json!({ "initial_count": first })).await;
            for counter in first..first + 3 {
                let verified = verify(&mut browser, &phone.code_of(counter)).await;
                assert_eq!(verified.expect(200), stands(true, counter + 1));
            }
            let removed = browser.api_delete("/hotp").await;
            assert_eq!((removed.status, removed.body.as_str()), (204, ""));
        }
        browser.api_delete("/hotp").await.problem(404, "not-enrolled");
        verify(&mut browser, "123456").await.problem(404, "not-enrolled");
    }

    async fn a_setting_that_does_not_exist_is_refused_and_changes_nothing(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let phone = begin(&mut browser, json!({})).await;
        for bad in [
            json!({ "algorithm": "MD5" }),
            json!({ "digits": 7 }),
            json!({ "initial_count": u64::MAX }),
            json!({ "initial_count": 1_u64 << 63 }),
            json!({ "resync_threshold": 4 }),
            json!({ "resync_threshold": 11 }),
            json!({ "account": "a\nb" }),
        ] {
            browser.api_post("/hotp", bad).await.problem(400, "bad-setting");
        }
        for bad in [json!({ "initial_count": -1 }), json!({ "initial_count": 1.5 }), json!({ "initial_count": "1" })] {
            browser.api_post("/hotp", bad).await.problem(400, "malformed");
        }
        assert_eq!(verify(&mut browser, &phone.code_of(0)).await.expect(200), stands(true, 1));
    }

    async fn of_fifty_right_codes_at_once_one_is_accepted(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let phone = begin(&mut browser, json!({})).await;
        for counter in 0..2 {
            let body = json!({ "otp": phone.code_of(counter) });
            let answers = all_at_once(&[browser.clone()], 50, "/hotp/verify", body).await;
            assert_eq!(accepted(&answers), 1);
            app.advance(900);
        }
        assert_eq!(verify(&mut browser, &phone.code_of(2)).await.expect(200), stands(true, 3));
    }

    async fn two_hundred_wrong_codes_then_the_right_one_are_refused(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let phone = begin(&mut browser, json!({})).await;
        verify(&mut browser, &phone.code_of(0)).await.expect(200);
        let near: Vec<String> = (0..12).map(|counter| phone.code_of(counter)).collect();
        let wrong = (271_828..271_900).map(|n| format!("{n:06}")).find(|code| !near.contains(code)).expect("a code");
        let answers = all_at_once(&[browser.clone()], 200, "/hotp/verify", json!({ "otp": wrong })).await;
        assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 5);
        assert_eq!(answers.iter().filter(|answer| answer.status == 429).count(), 195);
        verify(&mut browser, &phone.code_of(1)).await.problem(429, "throttled");
        app.advance(30);
        assert_eq!(verify(&mut browser, &phone.code_of(1)).await.expect(200), stands(true, 2));
    }

    async fn a_person_pairs_a_token_loses_step_and_catches_up_by_pages_alone(place: Place) {
        let app = TestApp::demo(place).await;
        let mut browser = visitor(&app).await;
        let page = browser.open("/hotp").await;
        let page = browser.submit(&page, forms::BEGIN_HOTP, &[("look_ahead", "11")]).await;
        assert!(page.note().expect("a note").contains("does not exist"));
        let page = browser.submit(&page, forms::BEGIN_HOTP, &[("counter", "44"), ("look_ahead", "5")]).await;
        let token = Phone::scan(&page.attribute("a[href^='otpauth:']", "href").expect("a link for phones"));
        assert_eq!(token.counter(), 44);

        let phone = browser.open("/phone").await;
        let phone = browser.submit(&phone, "/forms/phone/scan", &[]).await;
        let shown = |phone: &Answer| phone.texts(".digits").concat().replace(|c: char| !c.is_ascii_digit(), "");
        assert_eq!(shown(&phone), token.code_of(44));
        let page = browser.submit(&page, forms::CHECK_HOTP, &[("code", &shown(&phone))]).await;
        page.page(200, "The counter token is paired");
        assert!(page.text().contains("Next counter 45"), "{}", page.text());

        let mut phone = browser.open("/phone").await;
        for _ in 45..=60 {
            phone = browser.submit(&phone, "/forms/phone/press", &[]).await;
        }
        let first = shown(&phone);
        assert_eq!(first, token.code_of(60));
        let page = browser.submit(&page, forms::CHECK_HOTP, &[("code", &first)]).await;
        assert!(page.note().expect("a note").contains("catch up below"), "no word on whether it is ahead");
        phone = browser.submit(&phone, "/forms/phone/press", &[]).await;
        let pair = [("code", first.as_str()), ("next_code", &shown(&phone))];
        let page = browser.submit(&page, forms::RESYNC_HOTP, &pair).await;
        assert!(page.note().expect("a note").contains("in step again"));
        assert!(page.text().contains("Next counter 62"), "{}", page.text());
        let page = browser.submit(&page, forms::RESYNC_HOTP, &pair).await;
        assert!(page.note().expect("a note").contains("used or skipped already"));
        let page = browser.submit(&page, forms::REMOVE_HOTP, &[]).await;
        assert!(page.note().expect("a note").contains("The counter token is removed"));
        assert!(page.texts("h1").concat().contains("Pair"), "one may begin anew");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_on_one_redis_never_accept_one_counter_twice() {
    let mut app = TestApp::open(Place::redis()).await;
    let mut browser = visitor(&app).await;
    let second = app.another_process().await;
    let phone = begin(&mut browser, json!({})).await;
    let both = [browser.clone(), browser.at(second)];
    for counter in 0..2 {
        let answers = all_at_once(&both, 50, "/hotp/verify", json!({ "otp": phone.code_of(counter) })).await;
        assert_eq!(accepted(&answers), 1);
        app.advance(900);
    }
    let (first, next) = (phone.code_of(40), phone.code_of(41));
    let pair = json!({ "otp": first, "next_otp": next });
    let answers = all_at_once(&both, 50, "/hotp/resync", pair).await;
    assert_eq!(accepted(&answers), 1);
    app.advance(900);
    assert_eq!(verify(&mut browser.at(second), &phone.code_of(42)).await.expect(200), stands(true, 43));
}
