//! "This was not me": the link in every letter with news.

use std::sync::Arc;

use postern_core::factor::totp::{KIND, Setting};
use postern_core::factor::{hotp, recovery_codes};
use postern_core::model::{EventKind, Refusal};

use crate::app::{ADA, TestApp, Told, Visitor, code};
use crate::setup::{BOB, HOUR, MINUTE, MOMENT, ticket, totp, with_mail, with_paper, with_totp};

/// Somebody without a session who follows the newest link.
async fn disowns(app: &TestApp) {
    let reader = app.visitor().await;
    app.portal.report_unauthorized(&reader.visit, &ticket(app).await).await.done();
}

#[tokio::test]
async fn the_link_tells_what_it_is_about() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    let reader = app.visitor().await;
    let made = app.portal.read_ticket(&reader.visit, &ticket(&app).await).await.done();
    assert_eq!((made.what, made.at, made.network), (EventKind::AccountMade, app.now(), ada.visit.network.to_string()));
    assert!(!made.restores_address);
}

#[tokio::test]
async fn it_ends_every_session_and_forgets_the_browsers() {
    let app = TestApp::open().await;
    let (first, second) = (with_mail(&app).await, with_mail(&app).await);
    disowns(&app).await;
    assert!(!first.is_admitted().await && !second.is_admitted().await);
    assert_eq!(app.portal.load_visit_state(&first.visit).await.refusal(), Refusal::NoSession);
    let told = app.news_of(async { first.again().await.signs_in(ADA).await }).await;
    assert_eq!(told.len(), 1, "the browser is a new one again");
}

/// Signs in to a frozen account, freshly.
async fn frozen_with_paper(app: &TestApp) -> Visitor {
    let (_, phone, _) = with_paper(app).await;
    app.advance(HOUR);
    disowns(app).await;
    app.visitor().await.signs_in_with_phone(&phone).await
}

#[tokio::test]
async fn no_factor_changes_for_a_day() {
    let app = TestApp::open().await;
    let (_, phone, _) = with_paper(&app).await;
    app.advance(HOUR);
    disowns(&app).await;
    let begun = app.now();
    let ada = app.visitor().await.signs_in_with_phone(&phone).await;
    let (portal, visit) = (&app.portal, &ada.visit);
    let frozen = Refusal::Frozen { until: begun + HOUR * 24 };
    let factor = ada.factor(&KIND).await.expect("an app");
    let paper = ada.factor(&recovery_codes::KIND).await.expect("recovery codes");
    assert_eq!(portal.begin_hotp(visit, hotp::Setting::default(), None).await.refusal(), frozen);
    assert_eq!(portal.begin_registration(visit, None).await.refusal(), frozen);
    assert_eq!(portal.rename_factor(visit, factor, "Mine").await.refusal(), frozen);
    assert_eq!(portal.remove_factor(visit, factor).await.refusal(), frozen);
    assert_eq!(portal.remove_factor(visit, paper).await.refusal(), frozen);
    assert_eq!(portal.renew_recovery_codes(visit).await.refusal(), frozen);
    assert_eq!(portal.keep_recovery_codes(visit, factor).await.refusal(), frozen);
    assert_eq!(portal.send_change_code(visit, BOB).await.refusal(), frozen);
    assert_eq!(portal.answer_change_code(visit, &code("123456")).await.refusal(), frozen);
    app.clock.set(begun + HOUR * 24 - MOMENT);
    let ada = app.visitor().await.signs_in_with(ADA, &totp(&phone.code(app.now()))).await;
    assert_eq!(portal.rename_factor(&ada.visit, factor, "Mine").await.refusal(), frozen);
    app.advance(MOMENT);
    portal.rename_factor(&ada.visit, factor, "Mine").await.done();
}

#[tokio::test]
async fn freeze_by_a_clock_that_was_ahead_is_none() {
    let app = TestApp::open().await;
    with_mail(&app).await;
    let begun = app.now();
    app.advance(HOUR * 24 * 365);
    with_mail(&app).await;
    disowns(&app).await;
    app.clock.set(begun + HOUR);
    let ada = with_mail(&app).await;
    app.portal.begin_hotp(&ada.visit, hotp::Setting::default(), None).await.done();
    app.portal.lift_freeze(&ada.visit).await.done();
}

#[tokio::test]
async fn an_enrolment_under_way_is_gone() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    let phone = ada.begins_totp().await;
    disowns(&app).await;
    let back = app.visitor().await.signs_in(ADA).await;
    assert_eq!(back.passes_totp(&phone).await.refusal(), Refusal::NotEnrolled);
    assert!(matches!(back.tries_to_begin_totp(Setting::default()).await.refusal(), Refusal::Frozen { .. }));
}

#[tokio::test]
async fn what_was_asked_for_before_changes_no_address_in_it() {
    let app = TestApp::open().await;
    let (_, phone) = with_totp(&app).await;
    let link = ticket(&app).await;
    app.advance(HOUR);
    let ada = app.visitor().await.signs_in_with_phone(&phone).await;
    app.advance(MINUTE);
    app.portal.send_change_code(&ada.visit, BOB).await.done();
    let digits = code(&ada.mailed_code().await);
    app.portal.report_unauthorized(&app.visitor().await.visit, &link).await.done();
    assert_eq!(app.portal.answer_change_code(&ada.visit, &digits).await.refusal(), Refusal::NoSession);
    let mut back = app.visitor().await.signs_in_with_phone(&phone).await;
    back.visit.session.handle = ada.visit.session.handle;
    assert!(app.portal.answer_change_code(&back.visit, &digits).await.is_err());
}

#[tokio::test]
async fn sessions_may_be_ended_in_it_and_data_exported_but_deletion_waits() {
    let app = TestApp::open().await;
    let ada = frozen_with_paper(&app).await;
    app.portal.end_other_sessions(&ada.visit).await.done();
    app.portal.export(&ada.visit).await.done();
    assert!(matches!(app.portal.delete_account(&ada.visit, ADA).await.refusal(), Refusal::Frozen { .. }));
    assert!(ada.is_admitted().await);
}

#[tokio::test]
async fn a_link_works_once_and_ends_no_later_session() {
    let app = TestApp::open().await;
    let (_, phone) = with_totp(&app).await;
    let link = ticket(&app).await;
    app.advance(HOUR);
    let reader = app.visitor().await;
    let begun = app.now();
    app.portal.report_unauthorized(&reader.visit, &link).await.done();
    let ada = app.visitor().await.signs_in_with_phone(&phone).await;
    for _ in 0..5 {
        assert_eq!(app.portal.read_ticket(&reader.visit, &link).await.refusal(), Refusal::TicketUsed);
        assert_eq!(app.portal.report_unauthorized(&reader.visit, &link).await.refusal(), Refusal::TicketUsed);
        app.advance(MINUTE);
    }
    assert!(ada.is_admitted().await);
    let account = app.portal.load_visit_state(&ada.visit).await.done();
    assert_eq!(account.account().expect("an account").frozen_until(app.now()), Some(begun + HOUR * 24));
    // The letter of the later sign-in has a link of its own.
    app.portal.report_unauthorized(&reader.visit, &ticket(&app).await).await.done();
    assert!(!ada.is_admitted().await);
}

#[tokio::test]
async fn a_link_is_good_for_three_days() {
    let app = TestApp::open().await;
    with_mail(&app).await;
    let link = ticket(&app).await;
    app.almost(HOUR * 72);
    let reader = app.visitor().await;
    app.portal.read_ticket(&reader.visit, &link).await.done();
    app.advance(MOMENT);
    assert_eq!(app.portal.read_ticket(&reader.visit, &link).await.refusal(), Refusal::TicketOver);
    assert_eq!(app.portal.report_unauthorized(&app.visitor().await.visit, &link).await.refusal(), Refusal::TicketOver);
}

#[tokio::test]
async fn one_that_is_not_ours_is_refused_and_ends_nothing() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    let link = ticket(&app).await;
    let reader = app.visitor().await;
    let elsewhere = TestApp::over(Arc::default(), Arc::default(), &[9], 9, 1).await.expect("a house that opens");
    elsewhere.visitor().await.signs_in(BOB).await;
    let mut tampered = Vec::new();
    for at in [0, link.len() / 2, link.len() - 2] {
        let other = if link.as_bytes()[at] == b'A' { "B" } else { "A" };
        tampered.push(format!("{}{other}{}", &link[..at], &link[at + 1..]));
    }
    tampered.extend([String::new(), "A".repeat(100_000), format!("{link}A"), link[..link.len() - 4].to_owned()]);
    tampered.push(ticket(&elsewhere).await);
    for link in tampered {
        assert_eq!(
            app.portal.report_unauthorized(&reader.visit, &link).await.refusal(),
            Refusal::TicketOver,
            "{link:.300}"
        );
    }
    assert!(ada.is_admitted().await);
}

#[tokio::test]
async fn the_link_of_an_account_that_is_gone_is_over() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    let link = ticket(&app).await;
    app.portal.delete_account(&ada.visit, ADA).await.done();
    assert_eq!(app.portal.report_unauthorized(&ada.visit, &link).await.refusal(), Refusal::TicketOver);
}

#[tokio::test]
async fn it_is_told_and_stands_in_the_activity() {
    let app = TestApp::open().await;
    with_mail(&app).await;
    let told = app.news_of(disowns(&app)).await;
    assert_eq!(told.len(), 1);
    assert!(told[0].subject.expose().contains("frozen for 24 hours"));
    let ada = app.visitor().await.signs_in(ADA).await;
    assert!(app.portal.activity(&ada.visit).await.done().iter().any(|event| event.what == EventKind::Disowned));
}
