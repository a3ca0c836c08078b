//! What an account's owner sees of what happened to it.

use postern_app::portal::Settings;
use postern_core::factor::{email_code, recovery_codes, totp as app};
use postern_core::model::{EventKind, FactorKind, Refusal};

use crate::app::{ADA, TestApp, Told, Visitor};
use crate::setup::{BOB, HOUR, MINUTE, MOMENT, on_paper, recovery, totp, with_mail, with_totp};

async fn seen(ada: &Visitor) -> Vec<(EventKind, FactorKind)> {
    let events = ada.app.portal.activity(&ada.visit).await.done();
    assert!(events.is_sorted_by(|newer, older| newer.at >= older.at));
    events.into_iter().map(|event| (event.what, event.factor)).collect()
}

#[tokio::test]
async fn everything_that_happened_stands_there_newest_first() {
    let app = TestApp::open().await;
    let first = with_mail(&app).await;
    app.advance(MOMENT);
    let phone = first.enrols_totp().await;
    let paper = on_paper(&app.portal.renew_recovery_codes(&first.visit).await.done());
    app.advance(MOMENT);
    let id = first.factor(&app::KIND).await.expect("an app");
    app.portal.rename_factor(&first.visit, id, "Phone").await.done();
    app.advance(MOMENT);
    let ada = app.visitor().await.signs_in_with_phone(&phone).await;
    app.portal.answer_step_up(&ada.visit, &totp(&phone.code(app.now()))).await.done();
    app.portal.end_session(&ada.visit, first.visit.session.handle).await.done();
    app.advance(MOMENT);
    app.visitor().await.signs_in_with(ADA, &recovery(&paper[0])).await;
    app.advance(MOMENT);
    app.portal.export(&ada.visit).await.done();
    ada.moves_to(BOB).await;
    app.advance(MOMENT);
    ada.removes(&app::KIND).await.done();
    let mut expected = [
        (EventKind::AccountMade, email_code::KIND),
        (EventKind::Enrolled, app::KIND),
        (EventKind::CodesRenewed, recovery_codes::KIND),
        (EventKind::Renamed, app::KIND),
        (EventKind::SignedIn, app::KIND),
        (EventKind::Passed, app::KIND),
        (EventKind::SessionsEnded, email_code::KIND),
        (EventKind::SignedIn, recovery_codes::KIND),
        (EventKind::Exported, email_code::KIND),
        (EventKind::AddressChanged, email_code::KIND),
        (EventKind::Removed, app::KIND),
    ];
    expected.reverse();
    assert_eq!(seen(&ada).await, expected);
}

#[tokio::test]
async fn each_tells_when_and_from_where() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    app.advance(MINUTE);
    let away = ada.moved_to("2001:db8::7");
    app.portal.export(&away.visit).await.done();
    let events = app.portal.activity(&ada.visit).await.done();
    assert_eq!((events[0].at, events[0].network.as_str()), (app.now(), "2001:db8::/64"));
    assert_eq!((events[1].at, &events[1].network), (app.now() - MINUTE, &ada.visit.network.to_string()));
}

#[tokio::test]
async fn what_is_older_than_an_operator_keeps_it_is_not_shown() {
    let app = TestApp::with(Settings { activity_lasts: HOUR * 48, ..Settings::default() }).await;
    let begun = app.now();
    with_mail(&app).await;
    app.advance(HOUR * 24);
    with_mail(&app).await;
    app.clock.set(begun + HOUR * 48 - MOMENT);
    let ada = with_mail(&app).await;
    let made = (EventKind::AccountMade, email_code::KIND);
    assert_eq!(seen(&ada).await.last(), Some(&made));
    app.advance(MOMENT);
    assert_eq!(seen(&ada).await, vec![(EventKind::SignedIn, email_code::KIND); 2]);
    assert_eq!(app.portal.export(&ada.visit).await.done().activity.len(), 3);
}

#[tokio::test]
async fn it_is_the_accounts_own() {
    let app = TestApp::open().await;
    let (ada, bob) = (with_mail(&app).await, app.visitor().await.signs_in(BOB).await);
    app.portal.export(&ada.visit).await.done();
    assert_eq!(seen(&bob).await.len(), 1);
    let mut mixed = bob.clone();
    mixed.visit.session.holder = ada.visit.session.holder;
    assert_eq!(app.portal.activity(&mixed.visit).await.refusal(), Refusal::NoSession);
}

#[tokio::test]
async fn what_is_shown_of_a_kept_visit_reaches_back_to_its_beginning() {
    let app = TestApp::open().await;
    let visitor = app.visitor().await;
    visitor.proves(ADA).await;
    let ada = visitor.inside(app.portal.keep(&visitor.visit, &[]).await.done());
    app.advance(HOUR);
    let ada = ada.again().await.signs_in(ADA).await;
    let whats: Vec<_> = seen(&ada).await.into_iter().map(|(what, _)| what).collect();
    assert_eq!(whats, [EventKind::SignedIn, EventKind::AccountMade, EventKind::Enrolled]);
}

#[tokio::test]
async fn what_can_be_repeated_at_will_is_bounded_and_pushes_nothing_else_out() {
    let app = TestApp::open().await;
    let (ada, _) = with_totp(&app).await;
    let id = ada.factor(&app::KIND).await.expect("an app");
    for number in 0..200 {
        app.portal.rename_factor(&ada.visit, id, &number.to_string()).await.done();
        app.portal.export(&ada.visit).await.done();
    }
    let events = seen(&ada).await;
    assert_eq!(events.len(), 52, "{events:?}");
    assert!(
        events.contains(&(EventKind::AccountMade, email_code::KIND))
            && events.contains(&(EventKind::Enrolled, app::KIND))
    );
}
