//! No store, no acceptance; and what a crowd can bring about is no fault of ours.

use postern_app::portal::UseCaseError;
use postern_core::factor::totp::Setting;

use crate::app::{ADA, TestApp, Told, at_once};

#[tokio::test]
async fn while_the_store_is_away_nothing_is_accepted_and_afterwards_the_code_still_is_good() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    ada.asks_for_mail(ADA).await.done();
    let phone = ada.begins_totp().await;
    let (mailed, shown) = (ada.mailed_code().await, phone.code(app.now()));
    app.store.set_down(true);
    assert!(ada.answers_mail(&mailed).await.fault().is_outage());
    assert!(ada.answers_totp(&shown).await.fault().is_outage());
    assert!(ada.asks_for_mail(ADA).await.fault().is_outage());
    assert!(app.portal.begin_visit(ada.visit.network).await.fault().is_outage());
    app.store.set_down(false);
    ada.answers_mail(&mailed).await.done();
    ada.answers_totp(&shown).await.done();
    assert_eq!(ada.level().await, 2);
}

#[tokio::test]
async fn a_hundred_and_twenty_changes_at_once_are_done_or_told_to_come_back() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let answers = at_once((0..120).map(|_| {
        let tab = ada.clone();
        async move { tab.tries_to_begin_totp(Setting::default()).await.map(drop) }
    }))
    .await;
    for answer in &answers {
        assert!(!matches!(answer, Err(UseCaseError::InternalError(fault)) if !fault.is_outage()), "{answer:?}");
    }
    assert!(answers.iter().any(Result::is_ok));
}
