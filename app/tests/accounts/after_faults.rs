//! What was done is answered as done, whichever call of the store after it fails.

use postern_core::factor::totp;
use postern_core::model::{FactorId, Refusal};

use crate::app::{ADA, TestApp, Told, Visitor, code};
use crate::setup::{BOB, MINUTE, with_mail, with_totp};

/// Lets every call of the store in turn be the first of an act that fails. `act` answers whether it was told that it was
/// done, and `is_done` whether it was.
async fn assert_told_as_done<S, A, D>(set_up: impl AsyncFn(&TestApp) -> S, act: A, is_done: D)
where
    A: AsyncFn(&TestApp, &S) -> bool,
    D: AsyncFn(&TestApp, &S) -> bool,
{
    let mut done_with_a_fault = 0;
    for calls in 0..100 {
        let app = TestApp::open().await;
        let set_up = set_up(&app).await;
        let before = app.store.calls();
        app.store.go_down_after(calls);
        let told = act(&app, &set_up).await;
        let is_over = app.store.calls() - before <= calls;
        app.store.set_down(false);
        assert_eq!(told, is_done(&app, &set_up).await, "with a fault after {calls} calls of the store");
        if is_over {
            assert!(told && done_with_a_fault > 0, "no call after the change, or none that failed");
            return;
        }
        done_with_a_fault += u32::from(told);
    }
    panic!("an act of more than a hundred calls");
}

async fn is_over(visitor: &Visitor) -> bool {
    matches!(
        visitor.app.portal.load_visit_state(&visitor.visit).await,
        Err(postern_app::portal::UseCaseError::Refused(Refusal::NoSession))
    )
}

#[tokio::test]
async fn removal_of_a_factor_is_answered_as_done() {
    let set_up = async |app: &TestApp| {
        let (ada, _) = with_totp(app).await;
        let factor = ada.factor(&totp::KIND).await.expect("an app");
        (ada, factor)
    };
    let remove = async |app: &TestApp, (ada, factor): &(Visitor, FactorId)| {
        app.portal.remove_factor(&ada.visit, *factor).await.is_ok()
    };
    let is_removed = async |_: &TestApp, (ada, _): &(Visitor, FactorId)| ada.factor(&totp::KIND).await.is_none();
    assert_told_as_done(set_up, remove, is_removed).await;
}

#[tokio::test]
async fn sign_out_is_answered_as_done() {
    let sign_out = async |app: &TestApp, ada: &Visitor| app.portal.leave(&ada.visit).await.is_ok();
    assert_told_as_done(with_mail, sign_out, async |_, ada| is_over(ada).await).await;
}

#[tokio::test]
async fn deletion_of_an_account_is_answered_as_done() {
    let delete = async |app: &TestApp, ada: &Visitor| app.portal.delete_account(&ada.visit, ADA).await.is_ok();
    assert_told_as_done(with_mail, delete, async |_, ada| is_over(ada).await).await;
}

#[tokio::test]
async fn change_of_address_is_answered_as_done() {
    // The ninth is remembered no more: its entry is given up after the change.
    let set_up = async |app: &TestApp| {
        let ada = with_mail(app).await;
        for number in 0..8 {
            app.advance(MINUTE);
            ada.moves_to(&format!("ada{number}@example.net")).await;
        }
        app.advance(MINUTE);
        app.portal.send_change_code(&ada.visit, BOB).await.done();
        let digits = ada.mailed_code().await;
        (ada, digits)
    };
    let change = async |app: &TestApp, (ada, digits): &(Visitor, String)| {
        app.portal.answer_change_code(&ada.visit, &code(digits)).await.is_ok()
    };
    let is_changed = async |app: &TestApp, (ada, _): &(Visitor, String)| {
        let look = app.portal.load_visit_state(&ada.visit).await.done();
        look.address().expect("an address").is_some_and(|address| address.to_string() == BOB)
    };
    assert_told_as_done(set_up, change, is_changed).await;
}
