//! How long an account's session lives, and who ends it.

use std::time::Duration;

use postern_core::factor::email_code::Purpose;
use postern_core::factor::totp::Setting;
use postern_core::factor::{hotp, recovery_codes};
use postern_core::model::{FactorId, Refusal, SessionHandle};

use crate::app::{ADA, TestApp, Told, Visitor};
use crate::setup::{BOB, HOUR, MINUTE, MOMENT, totp, with_key, with_mail, with_totp};

/// Every use case that needs a session refuses for want of one.
async fn is_dead(session: &Visitor) {
    assert!(!session.is_admitted().await);
    let (portal, visit) = (&session.app.portal, &session.visit);
    let none = Refusal::NoSession;
    let id = FactorId::from([1; 16]);
    assert_eq!(portal.load_visit_state(visit).await.refusal(), none);
    assert_eq!(portal.activity(visit).await.refusal(), none);
    assert_eq!(portal.sign_out(visit).await.refusal(), none);
    assert_eq!(portal.end_session(visit, SessionHandle::from([1; 16])).await.refusal(), none);
    assert_eq!(portal.end_other_sessions(visit).await.refusal(), none);
    assert_eq!(portal.send_mail_code(visit, Purpose::Prove, ADA).await.refusal(), none);
    assert_eq!(portal.send_change_code(visit, BOB).await.refusal(), none);
    assert_eq!(portal.export(visit).await.refusal(), none);
    assert_eq!(portal.delete_account(visit, ADA).await.refusal(), none);
    assert_eq!(portal.renew_recovery_codes(visit).await.refusal(), none);
    assert_eq!(portal.begin_totp(visit, Setting::default(), None).await.refusal(), none);
    assert_eq!(portal.begin_hotp(visit, hotp::Setting::default(), None).await.refusal(), none);
    assert_eq!(portal.begin_registration(visit, None).await.refusal(), none);
    assert_eq!(portal.begin_authentication(visit).await.refusal(), none);
    assert_eq!(portal.rename_factor(visit, id, "Mine").await.refusal(), none);
    assert_eq!(portal.remove_factor(visit, id).await.refusal(), none);
}

#[tokio::test]
async fn sixty_idle_minutes_end_it() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    app.almost(HOUR);
    ada.level().await;
    app.advance(MOMENT);
    is_dead(&ada).await;
}

#[tokio::test]
async fn use_renews_it_at_most_once_a_minute() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    let seen = async || app.portal.load_visit_state(&ada.visit).await.done().sessions()[0].1.seen_at;
    let begun = seen().await;
    app.almost(MINUTE);
    assert!(ada.is_admitted().await);
    assert_eq!(seen().await, begun);
    app.advance(MOMENT);
    assert!(ada.is_admitted().await);
    assert_eq!(seen().await, begun + MINUTE);
    app.clock.set(begun + HOUR);
    assert!(ada.is_admitted().await);
}

#[tokio::test]
async fn a_use_is_noted_with_the_network_it_came_from() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await.moved_to("192.0.2.77");
    app.advance(MINUTE);
    assert!(ada.is_admitted().await);
    assert_eq!(app.portal.load_visit_state(&ada.visit).await.done().sessions()[0].1.network, "192.0.2.77");
}

#[tokio::test]
async fn twelve_hours_end_it_however_much_it_is_used() {
    let app = TestApp::open().await;
    let mut ada = with_mail(&app).await;
    let begun = app.now();
    // Our times in the record decide, not what a browser's session says of itself.
    ada.visit.session.ends_at = begun + HOUR * 100;
    while app.now() < begun + HOUR * 12 - MINUTE * 30 {
        app.advance(MINUTE * 30);
        assert!(ada.is_admitted().await);
    }
    app.clock.set(begun + HOUR * 12 - MOMENT);
    assert!(ada.is_admitted().await);
    app.advance(MOMENT);
    is_dead(&ada).await;
}

#[tokio::test]
async fn ended_from_another_session_it_is_dead_at_once() {
    let app = TestApp::open().await;
    let (first, second) = (with_mail(&app).await, with_mail(&app).await);
    assert_eq!(second.sessions().await, 2);
    app.portal.end_session(&second.visit, first.visit.session.handle).await.done();
    is_dead(&first).await;
    assert_eq!(second.sessions().await, 1);
    assert!(second.is_admitted().await);
}

#[tokio::test]
async fn ending_the_others_leaves_this_one() {
    let app = TestApp::open().await;
    let (first, second, third) = (with_mail(&app).await, with_mail(&app).await, with_mail(&app).await);
    app.portal.end_other_sessions(&second.visit).await.done();
    assert!(!first.is_admitted().await && !third.is_admitted().await && second.is_admitted().await);
}

#[tokio::test]
async fn nobody_ends_a_session_of_somebody_else() {
    let app = TestApp::open().await;
    let (ada, bob) = (with_mail(&app).await, app.visitor().await.signs_in(BOB).await);
    app.portal.end_session(&bob.visit, ada.visit.session.handle).await.done();
    assert!(ada.is_admitted().await);
}

#[tokio::test]
async fn signed_out_it_is_dead_and_the_others_live() {
    let app = TestApp::open().await;
    let (first, second) = (with_mail(&app).await, with_mail(&app).await);
    app.portal.leave(&first.visit).await.done();
    is_dead(&first).await;
    assert!(second.is_admitted().await);
}

/// So many sessions more, each begun a moment after the one before.
async fn opens(app: &TestApp, sessions: usize) {
    // An address gets twenty letters an hour, and five more for each value by which a browser is known.
    let mut known = None;
    for _ in 0..sessions {
        app.advance(MOMENT);
        known = Some(match known {
            None => with_mail(app).await,
            Some(before) => crate::app::Visitor::again(&before).await.signs_in(ADA).await,
        });
    }
}

#[tokio::test]
async fn an_account_has_at_most_fifty_and_the_one_longest_unseen_gives_way() {
    let app = TestApp::open().await;
    let first = with_mail(&app).await;
    app.advance(MOMENT);
    let second = with_mail(&app).await;
    opens(&app, 48).await;
    app.advance(MINUTE);
    assert!(first.is_admitted().await);
    assert_eq!(first.sessions().await, 50);
    opens(&app, 1).await;
    assert_eq!(first.sessions().await, 50);
    assert!(first.is_admitted().await, "it was seen a moment ago");
    assert!(!second.is_admitted().await);
}

#[tokio::test]
async fn removing_a_factor_ends_the_other_sessions_that_it_opened() {
    let app = TestApp::open().await;
    let (ada, phone) = with_totp(&app).await;
    let mut token = ada.enrols_hotp().await;
    let by_phone = app.visitor().await.signs_in_with_phone(&phone).await;
    let by_token = app.visitor().await.signs_in_with(ADA, &crate::setup::hotp(&token.press())).await;
    by_token.removes(&postern_core::factor::totp::KIND).await.done();
    is_dead(&by_phone).await;
    assert!(by_token.is_admitted().await);
    assert_eq!(by_token.level().await, 2);
    assert!(!ada.is_admitted().await, "it had passed the app as well");
}

#[tokio::test]
async fn this_session_falls_to_what_its_other_proofs_give() {
    let app = TestApp::open().await;
    let (ada, _) = with_key(&app).await;
    let phone = ada.enrols_totp().await;
    assert_eq!(ada.level().await, 3);
    ada.removes(&postern_core::factor::security_key::KIND).await.done();
    assert_eq!(ada.level().await, 2);
    assert!(ada.is_admitted().await);
    app.portal.answer_step_up(&ada.visit, &totp(&phone.code(app.now()))).await.done();
    ada.removes(&postern_core::factor::totp::KIND).await.done();
    assert_eq!(ada.level().await, 1);
    assert!(ada.is_admitted().await);
}

#[tokio::test]
async fn with_a_factor_left_that_it_did_not_pass_this_session_is_over() {
    let app = TestApp::open().await;
    let (ada, phone) = with_totp(&app).await;
    ada.enrols_hotp().await;
    let by_phone = app.visitor().await.signs_in_with_phone(&phone).await;
    by_phone.removes(&postern_core::factor::totp::KIND).await.done();
    assert_eq!(by_phone.level().await, 0);
    assert!(!by_phone.is_admitted().await);
}

#[tokio::test]
async fn a_second_factor_ends_the_sessions_that_mail_alone_had_opened() {
    let app = TestApp::open().await;
    let (first, second) = (with_mail(&app).await, with_mail(&app).await);
    second.enrols_totp().await;
    assert!(!first.is_admitted().await);
    assert!(second.is_admitted().await);
}

#[tokio::test]
async fn another_address_ends_the_others() {
    let app = TestApp::open().await;
    let (first, second) = (with_mail(&app).await, with_mail(&app).await);
    second.moves_to(BOB).await;
    is_dead(&first).await;
    assert!(second.is_admitted().await);
    let back = app.visitor().await.signs_in(BOB).await;
    assert_eq!(back.visit.session.holder, second.visit.session.holder);
    // Until then the letter to the earlier address can restore it.
    app.advance(HOUR * 24 * 7);
    let other = app.visitor().await.signs_in(ADA).await;
    assert_ne!(other.visit.session.holder, second.visit.session.holder);
}

#[tokio::test]
async fn a_visitors_session_whose_holder_became_an_account_is_over() {
    let app = TestApp::open().await;
    let visitor = app.visitor().await;
    visitor.proves(ADA).await;
    app.portal.keep(&visitor.visit, &[]).await.done();
    assert_eq!(app.portal.load_visit_state(&visitor.visit).await.refusal(), Refusal::NoSession);
    assert_eq!(visitor.tries_to_begin_totp(Setting::default()).await.map(|_| ()).refusal(), Refusal::NoSession);
    assert_eq!(app.portal.activity(&visitor.visit).await.refusal(), Refusal::NoSession);
}

#[tokio::test]
async fn a_session_of_one_account_is_none_of_another() {
    let app = TestApp::open().await;
    let (ada, bob) = (with_mail(&app).await, app.visitor().await.signs_in(BOB).await);
    let mut mixed = ada.clone();
    mixed.visit.session.holder = bob.visit.session.holder;
    is_dead(&mixed).await;
    assert!(ada.factor(&recovery_codes::KIND).await.is_none());
    app.advance(Duration::from_secs(1));
}
