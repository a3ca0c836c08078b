//! Whether anybody has an account is nobody's business: known and unknown addresses get the same answer after the same
//! calls of the store, which is where the time goes.

use std::collections::BTreeMap;

use crate::accounts::{ADA, Owner, codes_to, forms};
use crate::app::{House, Place};
use crate::browser::{Answer, Browser};
use crate::on_each_store;
use crate::prometheus::Scrape;

/// As long as [`ADA`], and masked alike.
const NOBODY: &str = "abe.tyler@example.org";

/// Pairs of one known and one unknown address, in turn.
const PAIRS: usize = 4;

/// A new browser that has the sign-in before it.
async fn at_the_door(house: &House) -> Browser {
    let mut browser = house.browser();
    browser.get("/sign-in").await.page(200, "Sign in");
    browser
}

async fn asked(house: &House, address: &str) -> (Answer, Answer) {
    let mut browser = at_the_door(house).await;
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
pub async fn measured(place: Place) -> House {
    House::with(place, &[("POSTERN_METRICS_ADDRESS", "127.0.0.1:0"), ("POSTERN_LIMITS_EMAILS_PER_HOUR", "0")]).await
}

async fn store_calls(house: &House) -> BTreeMap<String, u64> {
    Scrape::of(house.metrics.expect("metrics are served")).await.store_calls()
}

/// The store's operations that were called while `act` ran, each with how often.
pub async fn store_calls_of<T>(house: &House, act: impl Future<Output = T>) -> (BTreeMap<String, u64>, T) {
    let before = store_calls(house).await;
    let done = act.await;
    let mut calls = store_calls(house).await;
    for (operation, count) in &mut calls {
        *count -= before.get(operation).copied().unwrap_or_default();
    }
    calls.retain(|_, count| *count > 0);
    (calls, done)
}

on_each_store! {
    async fn known_and_unknown_addresses_get_one_answer_after_equal_store_calls(place: Place) {
        let house = measured(place).await;
        Owner::of(&house, ADA).await;
        for pair in 0..PAIRS {
            // So that no limit is met.
            house.advance(725);
            let mut two = [ADA, NOBODY];
            two.rotate_left(pair % 2);
            let mut answers = Vec::new();
            for address in two {
                let (calls, (answer, page)) = store_calls_of(&house, asked(&house, address)).await;
                assert_eq!((answer.status, answer.location().as_deref()), (303, Some("/sign-in")));
                page.page(200, "mail");
                assert!(!calls.is_empty());
                answers.push((told(&answer), told(&page), calls));
            }
            assert_eq!(answers[0], answers[1]);
        }
    }

    async fn wrong_codes_for_known_and_unknown_addresses_are_answered_alike(place: Place) {
        let house = House::open(place).await;
        Owner::of(&house, ADA).await;
        house.advance(725);
        let mut answers = Vec::new();
        for address in [ADA, NOBODY] {
            let mut browser = at_the_door(&house).await;
            browser.post_form(forms::SEND, &[("address", address)]).await;
            let code = crate::accounts::code_after(&house, address, usize::from(address == ADA)).await;
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
        assert_eq!(codes_to(&house, NOBODY).len(), 1);
    }

    async fn limits_are_the_same_for_known_and_unknown_addresses(place: Place) {
        let house = House::open(place).await;
        Owner::of(&house, ADA).await;
        house.advance(3600);
        let mut answers = Vec::new();
        for address in [ADA, NOBODY] {
            let mut of_address = Vec::new();
            for _ in 0..7 {
                let (answer, page) = asked(&house, address).await;
                of_address.push((told(&answer), told(&page)));
            }
            answers.push(of_address);
        }
        assert_eq!(answers[0], answers[1]);
        assert_ne!(answers[0][6].1, answers[0][0].1, "a limit was met");
    }
}
