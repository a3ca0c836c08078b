//! Forms that must not run twice: the first submission runs, the same one again gets its outcome.

use std::net::IpAddr;
use std::time::Duration;

use postern_app::portal::{
    Begun, LARGEST_OUTCOME, Lease, OUTCOME_LASTS, Submission, SubmissionToken, Submitter, TOKEN_LASTS,
};
use postern_core::model::{Network, Timestamp};

use crate::app::{TestApp, Told, Visitor, at_once};
use crate::setup::{MINUTE, MOMENT};

const FORM: &str = "/forms/sign-in/check";
const OUTCOME: &[u8] = b"see other: postern=a-new-session";

fn of(visitor: &Visitor, body: &str) -> Submission {
    visitor.app.portal.submission(Submitter::Session(visitor.visit.session.handle), FORM, body.as_bytes())
}

/// A form with a token of its own.
fn form(app: &TestApp) -> String {
    format!("submission={}&code=123456", app.portal.submission_token().as_str())
}

async fn begins(visitor: &Visitor, body: &str) -> Begun {
    visitor.app.portal.begin_submission(&of(visitor, body)).await.done()
}

async fn leases(visitor: &Visitor, body: &str) -> Lease {
    match begins(visitor, body).await {
        Begun::First(lease) => lease,
        other => panic!("not the first: {other:?}"),
    }
}

async fn finishes(visitor: &Visitor, body: &str, lease: Lease) {
    visitor.app.portal.finish_submission(&of(visitor, body), lease, Some(OUTCOME)).await.expect("kept");
}

#[tokio::test]
async fn of_equal_submissions_at_once_one_runs_and_all_others_get_its_outcome() {
    for count in [2, 20] {
        let app = TestApp::open().await;
        let (first, other) = (app.visitor().await, app.another_process().await);
        let body = form(&app);
        let begun = at_once((0..count).map(|number| {
            let app = if number % 2 == 0 { app.clone() } else { other.clone() };
            let (visitor, body) = (first.through(&app), body.clone());
            async move { begins(&visitor, &body).await }
        }));
        let mut leased: Vec<Lease> = Vec::new();
        for begun in begun.await {
            match begun {
                Begun::First(lease) => leased.push(lease),
                Begun::Running => {}
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(leased.len(), 1, "of {count}");
        finishes(&first, &body, leased.remove(0)).await;
        for app in [&app, &other] {
            let again = begins(&first.through(app), &body).await;
            assert!(matches!(&again, Begun::Done(Some(outcome)) if outcome == OUTCOME), "{again:?}");
        }
    }
}

#[tokio::test]
async fn the_outcome_is_answered_for_two_minutes_and_then_only_that_it_was_done() {
    let app = TestApp::open().await;
    let visitor = app.visitor().await;
    let body = form(&app);
    let lease = leases(&visitor, &body).await;
    finishes(&visitor, &body, lease).await;
    app.almost(OUTCOME_LASTS);
    assert!(matches!(begins(&visitor, &body).await, Begun::Done(Some(_))));
    app.advance(MOMENT);
    assert!(matches!(begins(&visitor, &body).await, Begun::Done(None)));
    app.almost(TOKEN_LASTS.saturating_sub(OUTCOME_LASTS));
    assert!(matches!(begins(&visitor, &body).await, Begun::Done(None)), "as long as the token is good");
}

#[tokio::test]
async fn another_session_with_the_same_token_gets_nothing_of_it() {
    let app = TestApp::open().await;
    let (visitor, other) = (app.visitor().await, app.visitor().await);
    let body = form(&app);
    let lease = leases(&visitor, &body).await;
    finishes(&visitor, &body, lease).await;
    leases(&other, &body).await;
}

#[tokio::test]
async fn something_else_typed_into_the_same_page_is_another_submission() {
    let app = TestApp::open().await;
    let visitor = app.visitor().await;
    let body = form(&app);
    let lease = leases(&visitor, &body).await;
    finishes(&visitor, &body, lease).await;
    leases(&visitor, &body.replace("123456", "654321")).await;
    leases(&visitor, &form(&app)).await;
}

#[tokio::test]
async fn what_was_given_up_can_be_submitted_again() {
    let app = TestApp::open().await;
    let visitor = app.visitor().await;
    let body = form(&app);
    let lease = leases(&visitor, &body).await;
    app.portal.give_up_submission(&of(&visitor, &body), lease).await.expect("given up");
    leases(&visitor, &body).await;
}

#[tokio::test]
async fn a_lease_that_ran_out_is_taken_over_and_the_late_one_ends_nothing() {
    let app = TestApp::open().await;
    let visitor = app.visitor().await;
    let body = form(&app);
    let late = leases(&visitor, &body).await;
    app.almost(Duration::from_secs(30));
    assert!(matches!(begins(&visitor, &body).await, Begun::Running));
    app.advance(MOMENT);
    let next = leases(&visitor, &body).await;
    finishes(&visitor, &body, late).await;
    assert!(matches!(begins(&visitor, &body).await, Begun::Running));
    finishes(&visitor, &body, next).await;
    assert!(matches!(begins(&visitor, &body).await, Begun::Done(Some(_))));
}

#[tokio::test]
async fn a_lease_of_a_clock_that_was_ahead_holds_up_nothing_once_the_clock_is_right() {
    let app = TestApp::open().await;
    let (visitor, right) = (app.visitor().await, app.now());
    let body = form(&app);
    app.clock.set(right + Duration::from_hours(365 * 24));
    leases(&visitor, &body).await;
    app.clock.set(right);
    leases(&visitor, &body).await;
}

#[tokio::test]
async fn an_outcome_that_is_too_large_is_done_but_not_kept() {
    let app = TestApp::open().await;
    let visitor = app.visitor().await;
    for (size, kept) in [(LARGEST_OUTCOME, true), (LARGEST_OUTCOME + 1, false)] {
        let body = form(&app);
        let (submission, lease) = (of(&visitor, &body), leases(&visitor, &body).await);
        app.portal.finish_submission(&submission, lease, Some(&vec![b'x'; size])).await.expect("done");
        let again = begins(&visitor, &body).await;
        assert!(matches!(again, Begun::Done(outcome) if outcome.is_some() == kept), "{size}");
    }
}

#[tokio::test]
async fn a_session_and_a_network_have_so_many_submissions_kept_and_no_more() {
    let app = TestApp::open().await;
    let visitor = app.visitor().await;
    for _ in 0..60 {
        leases(&visitor, &form(&app)).await;
    }
    assert!(matches!(begins(&visitor, &form(&app)).await, Begun::Unprotected));
    app.advance(MINUTE * 10);
    leases(&visitor, &form(&app)).await;

    let by = Submitter::Network(Network::LOCAL);
    let begin = async |body: String| {
        let submission = app.portal.submission(by, "/quorum", body.as_bytes());
        app.portal.begin_submission(&submission).await.done()
    };
    for _ in 0..60 {
        assert!(matches!(begin(form(&app)).await, Begun::First(_)));
    }
    assert!(matches!(begin(form(&app)).await, Begun::Unprotected));
}

#[tokio::test]
async fn networks_of_one_site_have_ten_times_as_many_submissions_kept_together() {
    let app = TestApp::open().await;
    let begin = async |address: String| {
        let by = Submitter::Network(Network::from(address.parse::<IpAddr>().expect("an address")));
        let submission = app.portal.submission(by, "/quorum", form(&app).as_bytes());
        app.portal.begin_submission(&submission).await.done()
    };
    for number in 0..600 {
        let begun = begin(format!("2001:db8:7:{:x}::1", number % 20)).await;
        assert!(matches!(begun, Begun::First(_)), "{number}: {begun:?}");
    }
    assert!(matches!(begin("2001:db8:7:ffff::1".to_owned()).await, Begun::Unprotected));
    assert!(matches!(begin("2001:db8:8::1".to_owned()).await, Begun::First(_)), "another site");
}

#[tokio::test]
async fn an_outcome_is_not_readable_in_the_store() {
    let app = TestApp::open().await;
    let visitor = app.visitor().await;
    let body = form(&app);
    let lease = leases(&visitor, &body).await;
    finishes(&visitor, &body, lease).await;
    for text in [OUTCOME, body.as_bytes(), b"a-new-session"] {
        assert!(!app.store.holds(text));
    }
}

#[tokio::test]
async fn whose_a_session_id_was_is_known_for_as_long_as_tokens_are_good() {
    let app = TestApp::open().await;
    let visitor = app.visitor().await;
    let handle = visitor.visit.session.handle;
    app.portal.remember_submitter("the old id", handle).await.expect("noted");
    assert_eq!(app.portal.recall_submitter("the old id").await.expect("a store"), Some(handle));
    assert_eq!(app.portal.recall_submitter("another").await.expect("a store"), None);
    app.advance(TOKEN_LASTS);
    assert_eq!(app.portal.recall_submitter("the old id").await.expect("a store"), None);
}

#[test]
fn a_token_reads_back_and_nothing_else_is_one() {
    for bad in
        ["", "-", "1000000000-", "x-AAAAAAAAAAAAAAAAAAAAAA", "1000000000-AAAA", "1000000000AAAAAAAAAAAAAAAAAAAAAA"]
    {
        assert!(SubmissionToken::read(bad).is_none(), "{bad}");
    }
    let token = SubmissionToken::read("1000000000-AAAAAAAAAAAAAAAAAAAAAA").expect("a token");
    let made = Timestamp::from_secs(1_000_000_000);
    assert!(!token.is_too_old(made + TOKEN_LASTS - MOMENT) && token.is_too_old(made + TOKEN_LASTS));
}
