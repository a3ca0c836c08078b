//! From visitor to account: what was ticked stays, as it stands.

use postern_app::portal::{Answer, Settings, SignedIn};
use postern_core::factor::{email_code, hotp as token, totp as app};
use postern_core::model::{FactorId, Refusal};
use postern_core::rules::sign_up::SignUp;

use crate::app::{ADA, Phone, TestApp, Told, Visitor, at_once};
use crate::setup::{BOB, FRESH, HOUR, MINUTE, totp, with_mail};

/// A visitor who has proved an address and enrolled an app.
async fn settled(app: &TestApp) -> (Visitor, Phone, FactorId) {
    let visitor = app.visitor().await;
    visitor.proves(ADA).await;
    let phone = visitor.enrols_totp().await;
    let id = visitor.factor(&app::KIND).await.expect("an app");
    (visitor, phone, id)
}

async fn keeps(visitor: &Visitor, ticked: &[FactorId]) -> Answer<SignedIn> {
    visitor.app.portal.keep(&visitor.visit, ticked).await
}

#[tokio::test]
async fn what_is_ticked_is_kept_and_nothing_else() {
    let app = TestApp::open().await;
    let (visitor, _, id) = settled(&app).await;
    visitor.enrols_hotp().await;
    app.portal.begin_registration(&visitor.visit, None).await.done();
    let ada = visitor.inside(keeps(&visitor, &[id]).await.done());
    assert_eq!(ada.enrolled().await, [email_code::KIND, app::KIND]);
    assert_eq!(ada.factor(&app::KIND).await, Some(id));
    assert_eq!((ada.level().await, ada.factor(&token::KIND).await), (2, None));
    assert!(ada.is_admitted().await);
}

#[tokio::test]
async fn with_nothing_ticked_mail_is_all_it_has() {
    let app = TestApp::open().await;
    let (visitor, phone, _) = settled(&app).await;
    let ada = visitor.inside(keeps(&visitor, &[]).await.done());
    assert_eq!((ada.enrolled().await.len(), ada.level().await), (1, 1));
    assert_eq!(ada.passes_totp(&phone).await.refusal(), Refusal::NotEnrolled);
    assert_eq!(app.visitor().await.signs_in(ADA).await.level().await, 1);
}

#[tokio::test]
async fn the_app_that_was_kept_signs_in_without_being_scanned_again() {
    let app = TestApp::open().await;
    let (visitor, phone, id) = settled(&app).await;
    let used = phone.code(app.now());
    visitor.answers_totp(&used).await.done();
    keeps(&visitor, &[id]).await.done();
    let back = app.visitor().await;
    back.waits(ADA).await;
    let again = back.answers_second(&totp(&used)).await.refusal();
    assert!(matches!(again, Refusal::Replayed { .. }), "a code burned by the visitor stays burned");
    app.advance(MINUTE);
    assert_eq!(back.inside(back.answers_second(&totp(&phone.code(app.now()))).await.done()).level().await, 2);
}

#[tokio::test]
async fn it_does_not_end_with_the_visit() {
    let app = TestApp::open().await;
    let (visitor, phone, id) = settled(&app).await;
    keeps(&visitor, &[id]).await.done();
    app.advance(HOUR * 2);
    let ada = app.visitor().await.signs_in_with_phone(&phone).await;
    assert_eq!(ada.visit.session.holder, visitor.visit.session.holder);
    app.advance(HOUR * 24 * 365);
    app.visitor().await.signs_in_with_phone(&phone).await;
}

#[tokio::test]
async fn each_of_it_was_passed_within_ten_minutes() {
    let app = TestApp::open().await;
    let (visitor, phone, id) = settled(&app).await;
    // Enrolling took half a minute, after the mail was passed.
    app.almost(FRESH);
    assert_eq!(keeps(&visitor, &[]).await.refusal(), Refusal::NotPassedLately);
    visitor.proves(ADA).await;
    app.advance(MINUTE);
    assert_eq!(keeps(&visitor, &[id]).await.refusal(), Refusal::NotPassedLately);
    let look = app.portal.load_visit_state(&visitor.visit).await.done();
    let lately: Vec<_> =
        app.portal.claimable_factors(&visitor.visit, &look).into_iter().map(|kept| kept.lately).collect();
    assert_eq!(lately, [true, false]);
    visitor.passes_totp(&phone).await.done();
    keeps(&visitor, &[id]).await.done();
}

#[tokio::test]
async fn what_was_not_passed_at_all_is_not_kept() {
    let app = TestApp::open().await;
    let (visitor, _, _) = settled(&app).await;
    visitor.begins_hotp().await;
    let unconfirmed = visitor.factor(&token::KIND).await.expect("a token");
    assert_eq!(keeps(&visitor, &[unconfirmed]).await.refusal(), Refusal::NotPassedLately);
    assert_eq!(keeps(&visitor, &[FactorId::from([9; 16])]).await.refusal(), Refusal::NotPassedLately);
    // Registering a key passes nothing.
    let key = visitor.registers(&mut postern_core::testing::Authenticator::new(1)).await;
    assert_eq!(keeps(&visitor, &[key]).await.refusal(), Refusal::NotPassedLately);
    let nobody = app.visitor().await;
    nobody.enrols_totp().await;
    assert_eq!(keeps(&nobody, &[]).await.refusal(), Refusal::NotPassedLately);
}

#[tokio::test]
async fn an_address_that_has_an_account_is_refused_and_the_account_untouched() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    let (visitor, _, id) = settled(&app).await;
    assert_eq!(keeps(&visitor, &[id]).await.refusal(), Refusal::AddressTaken);
    assert_eq!(ada.enrolled().await, [email_code::KIND]);
    assert_eq!(visitor.level().await, 2);
}

#[tokio::test]
async fn a_closed_portal_keeps_nobody() {
    let app = TestApp::with(Settings { sign_up: SignUp::Closed, ..Settings::default() }).await;
    let (visitor, _, id) = settled(&app).await;
    assert_eq!(keeps(&visitor, &[id]).await.refusal(), Refusal::SignUpClosed);
}

#[tokio::test]
async fn kept_in_many_tabs_at_once_it_is_one_account() {
    let app = TestApp::open().await;
    let (visitor, _, id) = settled(&app).await;
    let processes = [app.clone(), app.another_process().await];
    let answers = at_once((0..10).map(|tab| {
        let tab = visitor.through(&processes[tab % 2]);
        async move { keeps(&tab, &[id]).await }
    }))
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert!(
        !answers.iter().any(|answer| matches!(answer, Err(postern_app::portal::UseCaseError::InternalError(_)))),
        "{answers:?}"
    );
    let made = app.news().await.iter().filter(|letter| letter.subject.expose().contains("have an account")).count();
    assert_eq!(made, 1);
}

#[tokio::test]
async fn two_visitors_who_keep_one_address_at_once_make_one_account() {
    let app = TestApp::open().await;
    let ((first, _, one), (second, _, other)) = (settled(&app).await, settled(&app).await);
    let answers =
        at_once([(first, one), (second, other)].map(|(tab, id)| async move { keeps(&tab, &[id]).await })).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
}

#[tokio::test]
async fn an_address_proved_at_the_same_moment_is_not_kept_unreserved() {
    for delay in 0..20 {
        let app = TestApp::open().await;
        let visitor = app.visitor().await;
        visitor.proves(ADA).await;
        app.advance(MINUTE);
        visitor.asks_for_mail(BOB).await.done();
        let digits = visitor.mailed_code().await;
        let (tab, other) = (visitor.clone(), visitor.clone());
        let kept = tokio::spawn(crate::app::after(delay, async move { keeps(&tab, &[]).await }));
        let proved = tokio::spawn(async move { other.answers_mail(&digits).await });
        let (kept, proved) = (kept.await.expect("no panic"), proved.await.expect("no panic"));
        if let Ok(kept) = kept {
            let ada = visitor.inside(kept);
            let address =
                app.portal.load_visit_state(&ada.visit).await.done().address().expect("readable").expect("one");
            // Whoever signs in with the address of the account finds it, not a new one.
            let back = app.visitor().await.signs_in(&address.to_string()).await;
            assert_eq!(back.visit.session.holder, ada.visit.session.holder, "after {delay} calls");
        } else {
            proved.done();
            assert_eq!(kept.refusal(), Refusal::NotPassedLately);
        }
    }
}

#[tokio::test]
async fn an_accounts_session_keeps_nothing() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    assert_eq!(keeps(&ada, &[]).await.refusal(), Refusal::AddressOfAccount);
}
