//! Whether anybody has an account is nobody's business: known and unknown addresses get the same answer in the same time.

use std::time::{Duration, Instant};

use crate::accounts::{ADA, Owner, codes_to, forms};
use crate::app::House;
use crate::browser::{Answer, Browser};
use crate::on_each_store;

/// As long as [`ADA`], and masked alike.
const NOBODY: &str = "abe.tyler@example.org";

/// Pairs of one known and one unknown address, in turn.
const PAIRS: usize = 300;

/// How far the medians may be apart.
const APART: Duration = Duration::from_millis(5);

/// A new browser that has the sign-in before it.
async fn at_the_door(house: &House) -> Browser {
    let mut browser = house.browser();
    browser.get("/sign-in").await.page(200, "Sign in");
    browser
}

async fn asked(house: &House, address: &str) -> (Duration, Answer, Answer) {
    let mut browser = at_the_door(house).await;
    let begun = Instant::now();
    let answer = browser.post_form(forms::SEND, &[("address", address)]).await;
    let took = begun.elapsed();
    let page = browser.get("/sign-in").await;
    (took, answer, page)
}

fn told(answer: &Answer) -> (u16, Option<String>, usize, String, Vec<String>) {
    let mut names: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
    names.sort();
    (answer.status, answer.location(), answer.body.len(), answer.text(), names)
}

pub fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

on_each_store! {
    async fn known_and_unknown_addresses_get_one_answer_in_one_time(place: Place) {
        let house = House::open(place).await;
        Owner::of(&house, ADA).await;
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for pair in 0..PAIRS {
            // So that no limit is met.
            house.advance(725);
            let mut two = [ADA, NOBODY];
            two.rotate_left(pair % 2);
            let mut answers = Vec::new();
            for address in two {
                let (took, answer, page) = asked(&house, address).await;
                assert_eq!((answer.status, answer.location().as_deref()), (303, Some("/sign-in")));
                page.page(200, "mail");
                if address == ADA { known.push(took) } else { unknown.push(took) }
                answers.push((told(&answer), told(&page)));
            }
            assert_eq!(answers[0], answers[1]);
        }
        let (known, unknown) = (median(known), median(unknown));
        println!("medians of {PAIRS}: known {known:?}, unknown {unknown:?}");
        assert!(known.abs_diff(unknown) < APART, "known {known:?}, unknown {unknown:?}");
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
                let (_, answer, page) = asked(&house, address).await;
                of_address.push((told(&answer), told(&page)));
            }
            answers.push(of_address);
        }
        assert_eq!(answers[0], answers[1]);
        assert_ne!(answers[0][6].1, answers[0][0].1, "a limit was met");
    }
}
