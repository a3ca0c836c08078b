//! Giving an account another address.

use postern_core::factor::email_code::KIND as EMAIL;
use postern_core::model::Refusal;

use crate::app::{ADA, TestApp, Told, at_once, code};
use crate::setup::{BOB, FRESH, MINUTE, MOMENT, with_mail, with_totp};

const NEW: &str = "new@example.net";

#[tokio::test]
async fn whether_another_account_has_it_is_told_only_to_whoever_reads_its_mail() {
    let app = TestApp::open().await;
    let (ada, bob) = (with_mail(&app).await, app.visitor().await.signs_in(BOB).await);
    app.advance(MINUTE);
    app.portal.send_change_code(&ada.visit, BOB).await.done();
    let wrong = code(&ada.wrong_mailed_code().await);
    assert!(matches!(app.portal.answer_change_code(&ada.visit, &wrong).await.refusal(), Refusal::Wrong { .. }));
    let right = code(&ada.mailed_code().await);
    assert_eq!(app.portal.answer_change_code(&ada.visit, &right).await.refusal(), Refusal::AddressTaken);
    for (owner, address) in [(ada, ADA), (bob, BOB)] {
        assert!(owner.is_admitted().await);
        assert_eq!(app.visitor().await.signs_in(address).await.visit.session.holder, owner.visit.session.holder);
    }
}

#[tokio::test]
async fn two_accounts_that_want_one_address_at_once_do_not_both_get_it() {
    let app = TestApp::open().await;
    let accounts = [with_mail(&app).await, app.visitor().await.signs_in(BOB).await];
    app.advance(MINUTE);
    let mut typed = Vec::new();
    for one in &accounts {
        app.portal.send_change_code(&one.visit, NEW).await.done();
        typed.push((one.clone(), code(&one.mailed_code().await)));
    }
    let answers = at_once(
        typed
            .into_iter()
            .map(|(one, digits)| async move { one.app.portal.answer_change_code(&one.visit, &digits).await.is_ok() }),
    )
    .await;
    assert_eq!(answers.iter().filter(|got| **got).count(), 1, "{answers:?}");
    let back = app.visitor().await.signs_in(NEW).await;
    let owner = &accounts[usize::from(answers[1])];
    assert_eq!(back.visit.session.holder, owner.visit.session.holder);
}

#[tokio::test]
async fn a_code_that_comes_after_ten_minutes_is_not_spent_by_the_refusal() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    app.almost(FRESH);
    app.portal.send_change_code(&ada.visit, NEW).await.done();
    let digits = code(&ada.mailed_code().await);
    app.advance(MOMENT * 2);
    assert_eq!(
        app.portal.answer_change_code(&ada.visit, &digits).await.refusal(),
        Refusal::StepUp { with: vec![EMAIL] }
    );
    app.advance(MINUTE);
    ada.proves(ADA).await;
    app.portal.answer_change_code(&ada.visit, &digits).await.done();
}

#[tokio::test]
async fn the_factors_stay_and_this_session_with_them() {
    let app = TestApp::open().await;
    let (ada, phone) = with_totp(&app).await;
    ada.moves_to(NEW).await;
    assert_eq!((ada.level().await, ada.enrolled().await.len()), (2, 2));
    assert!(ada.is_admitted().await);
    let visitor = app.visitor().await;
    visitor.waits(NEW).await;
    app.advance(MINUTE);
    let right = crate::setup::totp(&phone.code(app.now()));
    assert_eq!(visitor.inside(visitor.answers_second(&right).await.done()).level().await, 2);
}

#[tokio::test]
async fn an_account_proves_its_own_address_and_no_other() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    app.advance(MINUTE);
    assert_eq!(ada.asks_for_mail(BOB).await.refusal(), Refusal::AddressOfAccount);
    ada.proves("ada.byron@example.org").await;
    // Nor one that a visitor asked for before signing in.
    let visitor = app.visitor().await;
    visitor.asks_for_mail(BOB).await.done();
    let digits = visitor.mailed_code().await;
    app.advance(MINUTE);
    let inside = visitor.signs_in(ADA).await;
    assert_eq!(inside.answers_mail(&digits).await.refusal(), Refusal::AddressOfAccount);
}
