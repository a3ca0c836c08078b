//! What two sessions of one account do at the same moment.

use postern_app::portal::Answer;
use postern_core::model::Refusal;

use crate::app::{ADA, TestApp, Told, Visitor, after, code};
use crate::setup::{BOB, MINUTE, with_mail};

/// Runs a deletion beside something else, each of the two beginning ever later than the other. One of them comes too
/// late for the other.
async fn one_of<F>(beside: impl Fn(Visitor, Visitor) -> F, too_late: &[Refusal])
where
    F: Future<Output = Answer<()>> + Send + 'static,
{
    let (mut deleted, mut kept) = (0, 0);
    for (late, later) in (0..8).map(|calls| (0, calls)).chain((1..32).map(|calls| (calls, 0))) {
        let app = TestApp::open().await;
        let (first, second) = (with_mail(&app).await, with_mail(&app).await);
        app.advance(MINUTE);
        app.portal.send_change_code(&first.visit, BOB).await.done();
        app.letters().await;
        let beside = beside(first, second.clone());
        let deletes = async move { second.app.portal.delete_account(&second.visit, ADA).await };
        let deletes = tokio::spawn(after(late, deletes));
        let beside = tokio::spawn(after(later, beside));
        match (deletes.await.expect("no panic"), beside.await.expect("no panic")) {
            (Ok(()), other) => {
                deleted += 1;
                assert_eq!(other.refusal(), Refusal::NoSession, "both, after {late} or {later} calls");
            }
            (refused, other) => {
                kept += 1;
                other.done();
                let refusal = refused.refusal();
                assert!(too_late.contains(&refusal), "{refusal:?}");
            }
        }
    }
    assert!(deleted > 0 && kept > 0, "{deleted} {kept}");
}

#[tokio::test]
async fn a_session_that_was_ended_deletes_nothing_any_more() {
    let ends = |first: Visitor, second: Visitor| async move {
        first.app.portal.end_session(&first.visit, second.visit.session.handle).await
    };
    one_of(ends, &[Refusal::NoSession]).await;
}

#[tokio::test]
async fn an_account_that_has_another_address_by_now_is_not_deleted_by_the_old_one() {
    let changes = |first: Visitor, _: Visitor| async move {
        let digits = code(&first.mailed_code().await);
        first.app.portal.answer_change_code(&first.visit, &digits).await.map(|_| ())
    };
    one_of(changes, &[Refusal::NoSession, Refusal::NotConfirmed]).await;
}
