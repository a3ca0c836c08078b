//! What "this was not me" takes back, and how an owner goes on after it.

use postern_core::factor::{email_code, recovery_codes, totp as app};
use postern_core::model::{EventKind, Refusal};
use postern_core::testing::Authenticator;

use crate::app::{ADA, TestApp, Told, Visitor, at_once};
use crate::setup::{BOB, HOUR, MINUTE, MOMENT, ticket, ticket_to, totp, with_mail, with_paper, with_totp};

const DAY: std::time::Duration = std::time::Duration::from_hours(24);

/// Somebody without a session of the account.
async fn disowns(app: &TestApp, link: &str) -> postern_app::portal::UnauthorizedReport {
    app.portal.report_unauthorized(&app.visitor().await.visit, link).await.done()
}

/// An account whose factors are older than an hour, and a thief in it who has changed its address to his.
async fn with_changed_address(app: &TestApp) -> (Visitor, crate::app::Phone) {
    let (_, phone) = with_totp(app).await;
    app.advance(HOUR);
    let thief = app.visitor().await.signs_in_with_phone(&phone).await;
    thief.moves_to(BOB).await;
    (thief, phone)
}

#[tokio::test]
async fn a_sign_in_that_waits_for_its_second_factor_ends_with_the_sessions() {
    let app = TestApp::open().await;
    let (_, phone) = with_totp(&app).await;
    app.advance(HOUR);
    let thief = app.visitor().await;
    thief.waits(ADA).await;
    disowns(&app, &ticket(&app).await).await;
    let right = totp(&phone.code(app.now()));
    assert_eq!(thief.answers_second(&right).await.refusal(), Refusal::NoSignIn);
    assert!(app.portal.sign_in_standing(&thief.visit).await.done().is_none());
    // The code was not spent by it.
    app.visitor().await.signs_in_with(ADA, &right).await;
}

#[tokio::test]
async fn a_sign_in_that_waits_ends_when_the_owner_ends_all_other_sessions() {
    let app = TestApp::open().await;
    let (ada, phone) = with_totp(&app).await;
    let thief = app.visitor().await;
    thief.waits(ADA).await;
    app.portal.end_other_sessions(&ada.visit).await.done();
    let right = totp(&phone.code(app.now()));
    assert_eq!(thief.answers_second(&right).await.refusal(), Refusal::NoSignIn);
    assert!(ada.is_admitted().await);
}

#[tokio::test]
async fn a_sign_in_that_waits_is_not_disturbed_by_ending_one_session() {
    let app = TestApp::open().await;
    let (ada, phone) = with_totp(&app).await;
    let other = app.visitor().await.signs_in_with_phone(&phone).await;
    let waiting = app.visitor().await;
    waiting.waits(ADA).await;
    app.portal.end_session(&ada.visit, other.visit.session.handle).await.done();
    waiting.answers_second(&totp(&phone.code(app.now()))).await.done();
}

#[tokio::test]
async fn of_a_sign_in_and_the_press_at_once_no_session_is_left_that_began_before() {
    for _ in 0..20 {
        let app = TestApp::open().await;
        let (_, phone) = with_totp(&app).await;
        app.advance(HOUR);
        let thief = app.visitor().await;
        thief.waits(ADA).await;
        let (link, right) = (ticket(&app).await, totp(&phone.code(app.now())));
        let acts: [std::pin::Pin<Box<dyn Future<Output = ()> + Send>>; 2] = [
            Box::pin({
                let thief = thief.clone();
                async move { drop(thief.answers_second(&right).await) }
            }),
            Box::pin({
                let app = app.clone();
                async move { drop(disowns(&app, &link).await) }
            }),
        ];
        at_once(acts).await;
        app.advance(MINUTE);
        let ada = app.visitor().await.signs_in_with_phone(&phone).await;
        assert_eq!(ada.sessions().await, 1);
    }
}

#[tokio::test]
async fn a_letter_to_the_address_that_was_replaced_restores_it() {
    let app = TestApp::open().await;
    let (thief, phone) = with_changed_address(&app).await;
    let link = ticket_to(&app, ADA).await;
    let reader = app.visitor().await;
    assert!(app.portal.read_ticket(&reader.visit, &link).await.done().restores_address);
    let told = app.news_of(async {
        let report = disowns(&app, &link).await;
        assert_eq!(report.restored.map(|address| address.to_string()).as_deref(), Some(ADA));
        assert!(report.removed.is_empty() && report.has_second_factor);
    });
    let told = told.await;
    let told_to: Vec<_> = told.iter().map(|letter| letter.to.to_string()).collect();
    assert_eq!(told_to, [BOB, ADA], "both are told");
    assert!(told[0].text.expose().contains("changed back") && !told[0].text.expose().contains("ticket="));
    assert!(!thief.is_admitted().await);
    let ada = app.visitor().await.signs_in_with_phone(&phone).await;
    assert_eq!(ada.visit.session.holder, thief.visit.session.holder);
    // The other address is anybody's again.
    let bob = app.visitor().await.signs_in(BOB).await;
    assert_ne!(bob.visit.session.holder, ada.visit.session.holder);
    assert_eq!(app.portal.report_unauthorized(&reader.visit, &link).await.refusal(), Refusal::TicketUsed);
}

#[tokio::test]
async fn what_was_added_after_the_address_was_replaced_goes_when_it_is_restored_days_later() {
    let app = TestApp::open().await;
    let (thief, phone) = with_changed_address(&app).await;
    let link = ticket_to(&app, ADA).await;
    app.advance(MINUTE);
    thief.enrols_hotp().await;
    app.advance(DAY * 2);
    let report = disowns(&app, &link).await;
    assert_eq!(report.removed.len(), 1, "{report:?}");
    assert!(report.restored.is_some() && report.has_second_factor);
    app.visitor().await.signs_in_with_phone(&phone).await;
}

#[tokio::test]
async fn a_replaced_address_can_be_restored_for_seven_days_and_belongs_to_nobody_else_meanwhile() {
    let app = TestApp::open().await;
    with_changed_address(&app).await;
    let (link, begun) = (ticket_to(&app, ADA).await, app.now());
    let reader = app.visitor().await;
    app.advance(MINUTE);
    let refused = reader.tries_to_sign_in(ADA).await.refusal();
    assert_eq!(refused, Refusal::AddressReplaced { until: begun + DAY * 7 });
    app.clock.set(begun + DAY * 7 - MOMENT);
    let reader = app.visitor().await;
    assert!(app.portal.read_ticket(&reader.visit, &link).await.done().restores_address);
    app.advance(MOMENT);
    assert_eq!(app.portal.report_unauthorized(&reader.visit, &link).await.refusal(), Refusal::TicketOver);
    app.visitor().await.signs_in(ADA).await;
}

#[tokio::test]
async fn the_link_of_the_one_who_changed_the_address_does_not_use_up_the_owners() {
    let app = TestApp::open().await;
    with_changed_address(&app).await;
    let (theirs, owners) = (ticket_to(&app, BOB).await, ticket_to(&app, ADA).await);
    assert_eq!(disowns(&app, &theirs).await.restored, None);
    assert!(disowns(&app, &owners).await.restored.is_some());
}

#[tokio::test]
async fn every_earlier_letter_to_the_replaced_address_restores_it() {
    let app = TestApp::open().await;
    let (_, phone) = with_totp(&app).await;
    app.advance(HOUR);
    let thief = app.visitor().await.signs_in_with_phone(&phone).await;
    let of_sign_in = ticket_to(&app, ADA).await;
    thief.moves_to(BOB).await;
    assert!(disowns(&app, &of_sign_in).await.restored.is_some());
}

#[tokio::test]
async fn restoring_an_address_forgets_all_that_came_after_it() {
    let app = TestApp::open().await;
    let (thief, phone) = with_changed_address(&app).await;
    app.advance(MINUTE);
    thief.moves_to("carol@example.net").await;
    let (first, second) = (ticket_to(&app, ADA).await, ticket_to(&app, BOB).await);
    assert!(disowns(&app, &first).await.restored.is_some());
    assert_eq!(
        app.portal.report_unauthorized(&app.visitor().await.visit, &second).await.refusal(),
        Refusal::TicketUsed
    );
    app.advance(MINUTE);
    app.visitor().await.signs_in_with_phone(&phone).await;
    for address in [BOB, "carol@example.net"] {
        app.visitor().await.signs_in(address).await;
    }
}

#[tokio::test]
async fn what_was_added_in_the_hour_before_is_removed_and_what_is_older_stays() {
    let app = TestApp::open().await;
    let (_, phone, _) = with_paper(&app).await;
    app.advance(HOUR);
    let thief = app.visitor().await.signs_in_with_phone(&phone).await;
    let mut key = Authenticator::new(1);
    thief.registers(&mut key).await;
    let drawn = app.portal.renew_recovery_codes(&thief.visit).await.done();
    app.portal.keep_recovery_codes(&thief.visit, drawn.waits.expect("it waits")).await.done();
    // It leaves, so that its session is none of those that are ended.
    app.portal.leave(&thief.visit).await.done();
    app.almost(HOUR);
    let report = disowns(&app, &ticket(&app).await).await;
    assert_eq!((report.sessions_ended, report.removed.len()), (0, 2), "{report:?}");
    let ada = app.visitor().await.signs_in_with_phone(&phone).await;
    assert_eq!(ada.enrolled().await, [email_code::KIND, app::KIND]);
    // The key is nobody's again.
    let bob = app.visitor().await.signs_in(BOB).await;
    bob.registers(&mut key).await;
}

#[tokio::test]
async fn a_factor_that_was_added_more_than_an_hour_before_stays() {
    let app = TestApp::open().await;
    let (ada, _, _) = with_paper(&app).await;
    let since = app.portal.load_visit_state(&ada.visit).await.done();
    let codes = since.only(&recovery_codes::KIND).expect("codes").confirmed_at.expect("confirmed");
    app.clock.set(codes + HOUR);
    let report = disowns(&app, &ticket(&app).await).await;
    assert!(report.removed.is_empty() && report.has_second_factor, "{report:?}");
}

#[tokio::test]
async fn the_letter_tells_what_was_done_and_what_to_do() {
    let app = TestApp::open().await;
    let (ada, _) = with_totp(&app).await;
    let name = app.portal.load_visit_state(&ada.visit).await.done().only(&app::KIND).expect("an app").name.clone();
    let link = ticket(&app).await;
    let told = app.news_of(disowns(&app, &link)).await;
    let text = told[0].text.expose();
    for part in ["One session was ended", &format!("\u{201c}{name}\u{201d}"), "24 hours", "password"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("ticket="));
}

#[tokio::test]
async fn an_owner_who_proves_mailbox_and_second_factor_lifts_the_freeze() {
    let app = TestApp::open().await;
    let (_, phone) = with_totp(&app).await;
    app.advance(HOUR);
    disowns(&app, &ticket(&app).await).await;
    let ada = app.visitor().await.signs_in_with_phone(&phone).await;
    let id = ada.factor(&app::KIND).await.expect("an app");
    assert!(matches!(app.portal.rename_factor(&ada.visit, id, "Mine").await.refusal(), Refusal::Frozen { .. }));
    let told = app.news_of(async { app.portal.lift_freeze(&ada.visit).await.done() }).await;
    assert_eq!(told.len(), 1);
    app.portal.rename_factor(&ada.visit, id, "Mine").await.done();
    assert!(app.portal.activity(&ada.visit).await.done().iter().any(|event| event.what == EventKind::Unfrozen));
    // Once more is no harm.
    app.portal.lift_freeze(&ada.visit).await.done();
}

#[tokio::test]
async fn an_old_proof_of_the_second_factor_does_not_lift_the_freeze() {
    let app = TestApp::open().await;
    let (_, phone) = with_totp(&app).await;
    app.advance(HOUR);
    disowns(&app, &ticket(&app).await).await;
    let ada = app.visitor().await.signs_in_with_phone(&phone).await;
    app.advance(MINUTE * 11);
    assert_eq!(app.portal.lift_freeze(&ada.visit).await.refusal(), Refusal::StepUp { with: vec![app::KIND] });
    app.portal.answer_step_up(&ada.visit, &totp(&phone.code(app.now()))).await.done();
    app.portal.lift_freeze(&ada.visit).await.done();
}

#[tokio::test]
async fn mail_alone_does_not_lift_the_freeze() {
    let app = TestApp::open().await;
    with_mail(&app).await;
    disowns(&app, &ticket(&app).await).await;
    app.advance(MINUTE);
    let ada = app.visitor().await.signs_in(ADA).await;
    assert!(matches!(app.portal.lift_freeze(&ada.visit).await.refusal(), Refusal::Frozen { .. }));
}
