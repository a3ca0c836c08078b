//! How many letters go out, and how long their codes are.

use std::net::IpAddr;
use std::time::Duration;

use postern_app::portal::Settings;
use postern_core::model::{Refusal, SendLimit};

use crate::app::{ADA, TestApp, Told, Visitor};

const PAUSE: Duration = Duration::from_secs(30);
const HOUR: Duration = Duration::from_hours(1);

fn network(n: u8) -> IpAddr {
    IpAddr::from([192, 0, 2, n])
}

/// A letter each for so many new sessions of a network; tells how many went out.
async fn letters_from(app: &TestApp, network: IpAddr, address: impl Fn(u32) -> String, sessions: u32) -> u32 {
    let mut sent = 0;
    for n in 0..sessions {
        match app.visitor_from(network).await.asks_for_mail(&address(n)).await {
            Ok(_) => sent += 1,
            refused => assert!(matches!(refused.refusal(), Refusal::TooManySends { .. })),
        }
    }
    sent
}

#[tokio::test]
async fn letters_of_one_session_are_half_a_minute_apart() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let sent = ada.asks_for_mail(ADA).await.done();
    let until = app.now() + PAUSE;
    assert_eq!(sent.resend_at, until);
    app.advance(Duration::from_millis(29_999));
    assert_eq!(ada.asks_for_mail(ADA).await.refusal(), Refusal::SendTooSoon { until });
    assert_eq!(ada.asks_for_mail("other@example.org").await.refusal(), Refusal::SendTooSoon { until });
    app.advance(Duration::from_millis(1));
    ada.asks_for_mail(ADA).await.done();
    assert_eq!(app.letters().await.len(), 2);
}

#[tokio::test]
async fn an_address_gets_five_letters_an_hour_from_one_network_in_any_spelling() {
    let app = TestApp::open().await;
    let begun = app.now();
    let spelling = |n: u32| if n.is_multiple_of(2) { ADA.to_owned() } else { ADA.to_ascii_uppercase() };
    assert_eq!(letters_from(&app, network(1), spelling, 8).await, 5);
    let refusal = app.visitor_from(network(1)).await.asks_for_mail(ADA).await.refusal();
    assert_eq!(refusal, Refusal::TooManySends { until: begun + HOUR, limit: SendLimit::AddressAndNetwork });
    app.visitor_from(network(1)).await.asks_for_mail("other@example.org").await.done();
    app.visitor_from(network(2)).await.asks_for_mail(ADA).await.done();
    app.advance(HOUR);
    app.visitor_from(network(1)).await.asks_for_mail(ADA).await.done();
}

#[tokio::test]
async fn an_address_gets_twenty_letters_an_hour_in_all() {
    let app = TestApp::open().await;
    let mut sent = 0;
    for n in 1..=6 {
        sent += letters_from(&app, network(n), |_| ADA.to_owned(), 4).await;
    }
    assert_eq!(sent, 20);
}

#[tokio::test]
async fn a_network_sends_twenty_letters_an_hour_and_an_ipv6_64_is_one_network() {
    let app = TestApp::open().await;
    let to = |n: u32| format!("reader{n}@example.org");
    assert_eq!(letters_from(&app, network(1), to, 25).await, 20);
    let mut sent = 0;
    for host in 0..25_u16 {
        let from = IpAddr::from([0x2001, 0xdb8, 1, 2, host, 0, 0, host]);
        sent += letters_from(&app, from, |_| format!("host{host}@example.org"), 1).await;
    }
    assert_eq!(sent, 20);
}

#[tokio::test]
async fn letters_that_do_not_go_out_cost_their_address_nothing() {
    let app = TestApp::open().await;
    let elsewhere = |n: u32| format!("reader{n}@example.org");
    letters_from(&app, network(1), elsewhere, 20).await;
    assert_eq!(letters_from(&app, network(1), |_| ADA.to_owned(), 30).await, 0, "this network is used up");
    let mut sent = 0;
    for n in 2..=5 {
        sent += letters_from(&app, network(n), |_| ADA.to_owned(), 5).await;
    }
    assert_eq!(sent, 20);
}

#[tokio::test]
async fn ipv6_site_sends_ten_times_what_a_network_does() {
    let app = TestApp::open().await;
    let mut sent = 0;
    for network in 0..300_u16 {
        let from = IpAddr::from([0x2001, 0xdb8, 7, network, 0, 0, 0, 1]);
        let to = format!("reader{network}@example.org");
        match app.visitor_from(from).await.asks_for_mail(&to).await {
            Ok(_) => sent += 1,
            refused => assert_eq!(limit_of(refused.refusal()), SendLimit::Site),
        }
    }
    assert_eq!(sent, 200);
    let elsewhere = IpAddr::from([0x2001, 0xdb8, 8, 0, 0, 0, 0, 1]);
    assert_eq!(letters_from(&app, elsewhere, |_| "other@example.org".to_owned(), 1).await, 1);
}

#[tokio::test]
async fn plus_addresses_count_with_their_base_address() {
    let app = TestApp::open().await;
    let mut sent = 0;
    for n in 1..=25 {
        sent += letters_from(&app, network(n), |n| format!("Ada.Byron+{n}@example.org"), 1).await;
    }
    assert_eq!(sent, 20);
    let refused = app.visitor().await.asks_for_mail("ada.byron@example.org").await.refusal();
    assert_eq!(limit_of(refused), SendLimit::Address);
    assert_eq!(letters_from(&app, network(30), |_| "ada@example.org".to_owned(), 1).await, 1, "another mailbox");
    // From one network, five in all.
    assert_eq!(letters_from(&app, network(31), |n| format!("bob+{n}@example.org"), 9).await, 5);
}

#[tokio::test]
async fn operator_sets_what_a_network_sends_and_what_the_portal_sends_in_all() {
    let settings = Settings { emails_per_network: 3, emails_per_hour: Some(8), ..Settings::default() };
    let app = TestApp::with(settings).await;
    let to = |n: u32| format!("reader{n}@example.org");
    assert_eq!(letters_from(&app, network(1), to, 5).await, 3);
    let refused = app.visitor_from(network(1)).await.asks_for_mail("other@example.org").await.refusal();
    assert_eq!(limit_of(refused), SendLimit::Network);
    assert_eq!(app.portal.bulk_waits_until().await.expect("a store"), None);
    assert_eq!(letters_from(&app, network(2), |n| format!("second{n}@example.org"), 3).await, 3);
    // A letter that nobody asked for counts when it went out.
    app.portal.count_bulk().await.expect("a store");
    assert_eq!(letters_from(&app, network(3), |n| format!("third{n}@example.org"), 3).await, 1);
    let refused = app.visitor_from(network(4)).await.asks_for_mail("other@example.org").await.refusal();
    assert_eq!(refused, Refusal::TooManySends { until: app.now() + HOUR, limit: SendLimit::Portal });
    assert_eq!(app.portal.bulk_waits_until().await.expect("a store"), Some(app.now() + HOUR));
    app.advance(HOUR);
    assert_eq!(app.portal.bulk_waits_until().await.expect("a store"), None);
    app.visitor_from(network(4)).await.asks_for_mail("other@example.org").await.done();
}

/// Which limit it was.
fn limit_of(refusal: Refusal) -> SendLimit {
    match refusal {
        Refusal::TooManySends { limit, .. } => limit,
        other => panic!("another refusal: {other:?}"),
    }
}

/// So many wrong guesses, five a session, each session from a network of its own.
async fn guesses(app: &TestApp, address: &str, wrong: u32) {
    let mut guesser: Option<Visitor> = None;
    for n in 0..wrong {
        if n % 5 == 0 {
            let visitor = app.visitor().await;
            visitor.asks_for_mail(address).await.done();
            guesser = Some(visitor);
        }
        guesser.as_ref().expect("a guesser").mistypes_mail().await;
    }
}

async fn code_length(app: &TestApp, address: &str) -> usize {
    let visitor = app.visitor().await;
    visitor.asks_for_mail(address).await.done();
    visitor.mailed_code().await.len()
}

#[tokio::test]
async fn after_ten_wrong_guesses_in_whatever_sessions_an_address_gets_eight_digits_until_it_passes() {
    let app = TestApp::open().await;
    guesses(&app, ADA, 9).await;
    assert_eq!(code_length(&app, ADA).await, 6);
    guesses(&app, "ada.byron@EXAMPLE.ORG", 1).await;
    let ada = app.visitor().await;
    ada.asks_for_mail(ADA).await.done();
    let long = ada.mailed_code().await;
    assert_eq!(long.len(), 8);
    assert_eq!(code_length(&app, "other@example.org").await, 6, "nobody else's are longer");
    ada.answers_mail(&long).await.done();
    assert_eq!(code_length(&app, ADA).await, 6);
}

#[tokio::test]
async fn guesses_at_a_void_code_and_at_none_make_no_code_longer() {
    let app = TestApp::open().await;
    guesses(&app, ADA, 5).await;
    let eve = app.visitor().await;
    eve.asks_for_mail(ADA).await.done();
    for _ in 0..4 {
        eve.mistypes_mail().await;
    }
    for _ in 0..30 {
        eve.answers_mail(&eve.wrong_mailed_code().await).await.refusal();
    }
    assert_eq!(code_length(&app, ADA).await, 8, "the tenth was judged");
    guesses(&app, "other@example.org", 5).await;
    let other = app.visitor().await;
    for _ in 0..30 {
        other.answers_mail("123456").await.refusal();
    }
    assert_eq!(code_length(&app, "other@example.org").await, 6);
}
