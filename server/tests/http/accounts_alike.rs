//! Whether anybody has an account is nobody's business: known and unknown addresses get the same answer after the same
//! calls of the store, which is where the time goes.

use std::collections::BTreeMap;

use crate::accounts::{ADA, Owner, codes_to, forms};
use crate::app::{Place, TestApp};
use crate::browser::{Answer, Browser};
use crate::on_each_store;
use crate::prometheus::Scrape;

/// As long as [`ADA`], and masked alike.
const NOBODY: &str = "abe.tyler@example.org";

/// Pairs of one known and one unknown address, in turn.
const PAIRS: usize = 4;

/// A new browser that has the sign-in before it.
async fn at_the_door(app: &TestApp) -> Browser {
    let mut browser = app.browser();
    browser.get("/sign-in").await.page(200, "Sign in");
    browser
}

async fn asked(app: &TestApp, address: &str) -> (Answer, Answer) {
    let mut browser = at_the_door(app).await;
    let answer = browser.post_form(forms::SEND, &[("address", address)]).await;
    let page = browser.get("/sign-in").await;
    (answer, page)
}

fn told(answer: &Answer) -> (u16, Option<String>, usize, String, Vec<String>) {
    let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
    names.sort();
    (answer.status, answer.location(), answer.body.len(), answer.text(), names)
}

/// A portal whose store calls are counted, all of which are a request's: letters that nobody waits for are not counted
/// by the store when they go out.
pub async fn measured(place: Place) -> TestApp {
    TestApp::with(place, &[("POSTERN_METRICS_ADDRESS", "127.0.0.1:0"), ("POSTERN_LIMITS_EMAILS_PER_HOUR", "0")]).await
}

async fn store_calls(app: &TestApp) -> BTreeMap<String, u64> {
    Scrape::of(app.metrics.expect("metrics are served")).await.store_calls()
}

/// The store's operations that were called while `act` ran, each with how often.
pub async fn store_calls_of<T>(app: &TestApp, act: impl Future<Output = T>) -> (BTreeMap<String, u64>, T) {
    let before = store_calls(app).await;
    let done = act.await;
    let mut calls = store_calls(app).await;
    for (operation, count) in &mut calls {
        *count -= before.get(operation).copied().unwrap_or_default();
    }
    calls.retain(|_, count| *count > 0);
    (calls, done)
}

on_each_store! {
    async fn known_and_unknown_addresses_get_one_answer_after_equal_store_calls(place: Place) {
        let app = measured(place).await;
        Owner::of(&app, ADA).await;
        for pair in 0..PAIRS {
            // So that no limit is met.
            app.advance(725);
            let mut two = [ADA, NOBODY];
            two.rotate_left(pair % 2);
            let mut answers = Vec::new();
            for address in two {
                let (calls, (answer, page)) = store_calls_of(&app, asked(&app, address)).await;
                assert_eq!((answer.status, answer.location().as_deref()), (303, Some("/sign-in")));
                page.page(200, "mail");
                assert!(!calls.is_empty());
                answers.push((told(&answer), told(&page), calls));
            }
            assert_eq!(answers[0], answers[1]);
        }
    }

    async fn wrong_codes_for_known_and_unknown_addresses_are_answered_alike(place: Place) {
        let app = TestApp::open(place).await;
        Owner::of(&app, ADA).await;
        app.advance(725);
        let mut answers = Vec::new();
        for address in [ADA, NOBODY] {
            let mut browser = at_the_door(&app).await;
            browser.post_form(forms::SEND, &[("address", address)]).await;
            let code = crate::accounts::code_after(&app, address, usize::from(address == ADA)).await;
            let wrong = if code == "000000" { "000001" } else { "000000" };
            let mut told_of = Vec::new();
            for _ in 0..6 {
                let answer = browser.post_form(forms::CHECK, &[("code", wrong)]).await;
                let page = browser.get("/sign-in").await;
                told_of.push((told(&answer), told(&page)));
            }
            answers.push(told_of);
        }
        assert_eq!(answers[0], answers[1]);
        assert_eq!(codes_to(&app, NOBODY).len(), 1);
    }

    async fn limits_are_the_same_for_known_and_unknown_addresses(place: Place) {
        let app = TestApp::open(place).await;
        Owner::of(&app, ADA).await;
        app.advance(3600);
        let mut answers = Vec::new();
        for address in [ADA, NOBODY] {
            let mut of_address = Vec::new();
            for _ in 0..7 {
                let (answer, page) = asked(&app, address).await;
                of_address.push((told(&answer), told(&page)));
            }
            answers.push(of_address);
        }
        assert_eq!(answers[0], answers[1]);
        assert_ne!(answers[0][6].1, answers[0][0].1, "a limit was met");
    }
}
