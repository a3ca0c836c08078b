//! What happens at the same moment, in the account of one person.

use postern_app::portal::{Answer, SignIn, SignedIn, UseCaseError};
use postern_core::factor::totp::KIND;
use postern_core::model::Refusal;

use crate::app::{ADA, TestApp, Told, Visitor, after, at_once, code};
use crate::setup::{BOB, MINUTE, recovery, totp, with_mail, with_paper, with_totp};

const RACERS: usize = 50;

/// How many got through; everybody else was refused and nobody saw a fault.
fn accepted(answers: &[Answer<SignedIn>]) -> usize {
    assert!(
        !answers.iter().any(|answer| matches!(answer, Err(UseCaseError::InternalError(_)))),
        "a fault among {answers:?}"
    );
    answers.iter().filter(|answer| answer.is_ok()).count()
}

/// So many browsers whose sign-in waits.
async fn waiting(app: &TestApp, browsers: usize) -> Vec<Visitor> {
    let mut waiting = Vec::new();
    for _ in 0..browsers {
        let visitor = app.visitor().await;
        visitor.waits(ADA).await;
        waiting.push(visitor);
    }
    waiting
}

/// Fifty tabs of ten browsers type the same at once, every other one through another process.
async fn race(app: &TestApp, typed: &str, paper: bool) -> Vec<Answer<SignedIn>> {
    let browsers = waiting(app, 10).await;
    let processes = [app.clone(), app.another_process().await];
    at_once((0..RACERS).map(|racer| {
        let tab = browsers[racer % browsers.len()].through(&processes[racer / 25]);
        let chosen = if paper { recovery(typed) } else { totp(typed) };
        async move { tab.answers_second(&chosen).await }
    }))
    .await
}

#[tokio::test]
async fn of_fifty_right_authenticator_codes_at_once_one_opens_a_session() {
    let app = TestApp::open().await;
    let (ada, phone) = with_totp(&app).await;
    let answers = race(&app, &phone.code(app.now()), false).await;
    assert_eq!(accepted(&answers), 1);
    assert_eq!(ada.sessions().await, 2);
    let replayed = |answer: &&Answer<SignedIn>| matches!(answer, Err(UseCaseError::Refused(Refusal::Replayed { .. })));
    assert!(answers.iter().filter(replayed).count() >= 4, "the race was not run: {answers:?}");
}

#[tokio::test]
async fn one_recovery_code_typed_fifty_times_at_once_opens_one_session() {
    let app = TestApp::open().await;
    let (ada, _, paper) = with_paper(&app).await;
    let answers = race(&app, &paper[0], true).await;
    assert_eq!(accepted(&answers), 1);
    assert_eq!(ada.sessions().await, 2);
    let look = app.portal.load_visit_state(&ada.visit).await.done();
    assert_eq!(app.portal.recovery_codes_left(&look).done(), Some((9, 10)));
}

#[tokio::test]
async fn of_fifty_right_sign_in_codes_at_once_one_is_accepted() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    let visitor = app.visitor().await;
    visitor.asks_to_sign_in(ADA).await.done();
    let digits = visitor.mailed_code().await;
    let processes = [app.clone(), app.another_process().await];
    let answers = at_once((0..RACERS).map(|racer| {
        let (tab, digits) = (visitor.through(&processes[racer % 2]), digits.clone());
        async move { tab.answers_sign_in_mail(&digits).await }
    }))
    .await;
    assert_eq!(answers.iter().filter(|answer| matches!(answer, Ok(SignIn::In(_)))).count(), 1);
    assert!(!answers.iter().any(|answer| matches!(answer, Err(UseCaseError::InternalError(_)))));
    assert_eq!(ada.sessions().await, 2);
}

/// Runs a sign-in beside something else, each of the two beginning ever later than the other. Afterwards it must be over.
async fn never_both<F: Future<Output = bool> + Send + 'static>(change: impl Fn(Visitor) -> F) -> (usize, usize) {
    let (mut came_in, mut kept_out) = (0, 0);
    for (late, later) in [0, 2, 5].map(|calls| (0, calls)).into_iter().chain((1..45).step_by(3).map(|calls| (calls, 0)))
    {
        let app = TestApp::open().await;
        let (ada, phone) = with_totp(&app).await;
        app.advance(MINUTE);
        let visitor = app.visitor().await;
        visitor.waits(ADA).await;
        let right = totp(&phone.code(app.now()));
        let (door, change) = (visitor.clone(), change(ada));
        let signs_in = tokio::spawn(after(late, async move { door.answers_second(&right).await }));
        let changes = tokio::spawn(after(later, change));
        let (signed_in, changed) = (signs_in.await.expect("no panic"), changes.await.expect("no panic"));
        assert!(changed, "the change is never kept out");
        match signed_in {
            Ok(signed_in) => {
                came_in += 1;
                assert!(!visitor.inside(signed_in).is_admitted().await, "both, after {late} or {later} calls");
            }
            refused => {
                kept_out += 1;
                let refusal = refused.refusal();
                assert!(matches!(refusal, Refusal::NotEnrolled | Refusal::NoSignIn), "{refusal:?}");
            }
        }
    }
    (came_in, kept_out)
}

#[tokio::test]
async fn a_factor_is_never_both_removed_and_the_opener_of_a_session() {
    let (came_in, kept_out) = never_both(|ada| async move { ada.removes(&KIND).await.is_ok() }).await;
    assert!(came_in > 0 && kept_out > 0, "{came_in} {kept_out}");
}

#[tokio::test]
async fn an_address_is_never_both_given_up_and_the_opener_of_a_session() {
    let change = |ada: Visitor| async move {
        ada.app.portal.send_change_code(&ada.visit, BOB).await.done();
        let digits = code(&ada.mailed_code().await);
        ada.app.portal.answer_change_code(&ada.visit, &digits).await.is_ok()
    };
    let (came_in, kept_out) = never_both(change).await;
    assert!(came_in > 0 && kept_out > 0, "{came_in} {kept_out}");
}

#[tokio::test]
async fn an_account_is_never_both_deleted_and_opened() {
    let change = |ada: Visitor| async move { ada.app.portal.delete_account(&ada.visit, ADA).await.is_ok() };
    let (came_in, kept_out) = never_both(change).await;
    assert!(came_in > 0 && kept_out > 0, "{came_in} {kept_out}");
}
