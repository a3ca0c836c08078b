//! The operators' use cases: seeing how accounts stand, and helping those who are locked out.

mod admission;
mod app;
#[allow(dead_code, reason = "shared with the rules")]
#[path = "../rules/app/phone.rs"]
mod phone;

use std::time::Duration;

use app::{ADA, HOME, TestApp, address, refusal};
use postern_app::portal::operator::Reason;
use postern_app::portal::{Settings, SignIn};
use postern_core::factor::totp::Setting;
use postern_core::model::SendLimit;
use postern_core::model::{NextTry, Refusal};
use postern_core::rules::sign_up::SignUp;

const EVE: &str = "eve@example.net";

#[tokio::test]
async fn accounts_are_listed_by_address_and_visitors_are_not() {
    let app = TestApp::open().await;
    app.account("zoe@example.org").await;
    let ada = app.account("Ada@Example.org").await;
    ada.pairs_app().await;
    let visitor = app.person().await;
    visitor.app.portal.begin_totp(&visitor.visit, Setting::default(), None).await.expect("a visitor's enrolment");
    let accounts = app.portal.accounts().await.expect("a list");
    let shown: Vec<_> =
        accounts.iter().map(|line| (line.address.address.as_str(), line.factors.join(","), line.sessions)).collect();
    assert_eq!(shown, [("Ada@Example.org", "totp".to_owned(), 1), ("zoe@example.org", String::new(), 1)]);
    assert_eq!(accounts[0].created_at, "2001-09-09T01:46:40Z");
}

#[tokio::test]
async fn an_account_is_shown_with_factors_sessions_and_activity_but_no_secret() {
    let app = TestApp::open().await;
    let phone = app.account(ADA).await.pairs_app().await;
    app.advance(Duration::from_mins(5));
    let view = app.portal.account(&address("ADA@example.org")).await.expect("an account");
    assert_eq!((view.address.address.as_str(), view.frozen_until.as_deref()), (ADA, None));
    assert_eq!(view.factors.iter().map(|factor| factor.kind.as_str()).collect::<Vec<_>>(), ["totp"]);
    assert_eq!((view.sessions[0].browser.as_str(), view.sessions[0].network.as_str()), ("Firefox on Linux", HOME));
    assert_eq!(view.activity.iter().map(|event| event.what.as_str()).collect::<Vec<_>>(), ["Enrolled", "AccountMade"]);
    let key = data_encoding::BASE32_NOPAD.encode(&phone.secret);
    assert!(!format!("{view:?}").contains(&key));
    app.advance(Duration::from_hours(1));
    let view = app.portal.account(&address(ADA)).await.expect("an account");
    assert!(view.sessions.is_empty(), "what is over is no session: {view:?}");
    assert_eq!(refusal(app.portal.account(&address(EVE)).await), Refusal::NotEnrolled);
}

#[tokio::test]
async fn nothing_is_in_the_way_of_somebody_who_gets_in() {
    let app = TestApp::open().await;
    app.account(ADA).await.pairs_app().await;
    assert_eq!(app.why(ADA).await, []);
}

#[tokio::test]
async fn why_names_the_factor_that_waits_and_until_when_and_unblocking_ends_the_wait() {
    let app = TestApp::open().await;
    let ada = app.account(ADA).await;
    let phone = ada.pairs_app().await;
    for _ in 0..5 {
        ada.mistypes(&phone).await;
    }
    let until = (app.now() + Duration::from_secs(30)).rfc3339();
    assert_eq!(app.why(ADA).await, [Reason::FactorWaits { factor: "totp".to_owned(), until }]);
    assert!(matches!(ada.mistypes(&phone).await, Refusal::Throttled { .. }));
    assert!(app.letter().await.subject.expose().contains("Five wrong answers"));
    app.portal.unblock(&address(ADA)).await.expect("done");
    assert_eq!(app.why(ADA).await, []);
    assert!(matches!(ada.mistypes(&phone).await, Refusal::Wrong { next: NextTry::Left(4), .. }));
    assert!(app.letter().await.subject.expose().contains("An operator unblocked your account"));
    assert!(ada.is_signed_in().await, "sessions go on");
}

#[tokio::test]
async fn a_factor_that_is_shut_is_named_and_opened() {
    let app = TestApp::open().await;
    let ada = app.account(ADA).await;
    let phone = ada.pairs_app().await;
    for _ in 0..50 {
        let Refusal::Wrong { next, .. } = ada.mistypes(&phone).await else { panic!("it is judged") };
        if let NextTry::At(until) = next {
            app.clock.set(until);
        }
        assert!(ada.is_signed_in().await, "it is used all the while");
    }
    assert_eq!(ada.mistypes(&phone).await, Refusal::Blocked);
    assert_eq!(app.why(ADA).await, [Reason::FactorBlocked { factor: "totp".to_owned() }]);
    app.portal.unblock(&address(ADA)).await.expect("done");
    assert_eq!(app.why(ADA).await, []);
    assert!(matches!(ada.mistypes(&phone).await, Refusal::Wrong { .. }));
}

#[tokio::test]
async fn wrong_guesses_at_mail_codes_are_told_and_forgiven() {
    let app = TestApp::open().await;
    app.account(ADA).await;
    for _ in 0..2 {
        let eve = app.person().await;
        let right = eve.asks_for_code(ADA).await.expect("a letter");
        let wrong = format!("{}{}", if right.starts_with('0') { "1" } else { "0" }, &right[1..]);
        for _ in 0..5 {
            eve.app.portal.answer_sign_in_code(&eve.visit, &wrong.parse().expect("a code")).await.expect_err("wrong");
        }
    }
    assert_eq!(app.why(ADA).await, [Reason::LongerCodes]);
    app.portal.unblock(&address(ADA)).await.expect("done");
    assert_eq!(app.why(ADA).await, []);
    app.letters().await;
    assert_eq!(app.person().await.asks_for_code(ADA).await.expect("a letter").len(), 6);
}

#[tokio::test]
async fn letters_that_are_used_up_are_told_and_asking_why_uses_up_none() {
    let app = TestApp::open().await;
    for _ in 0..5 {
        app.why(ADA).await;
        app.portal.why(&address(ADA), Some(HOME.parse().expect("an address"))).await.expect("an answer");
        app.person().await.asks_for_code(ADA).await.expect("a letter");
    }
    let until = (app.now() + Duration::from_hours(1)).rfc3339();
    let why = app.portal.why(&address(ADA), Some(HOME.parse().expect("an address"))).await.expect("an answer");
    let limit = SendLimit::AddressAndNetwork;
    assert_eq!(why.reasons, [Reason::NoAccount, Reason::SendsUsedUp { limit, until }]);
    assert_eq!(app.why(ADA).await, [Reason::NoAccount], "from elsewhere letters still go out");
}

#[tokio::test]
async fn a_freeze_is_told_and_lifted() {
    let app = TestApp::open().await;
    let ada = app.account(ADA).await;
    app.portal.reset_factors(&address(ADA)).await.expect("done");
    let letter = app.letter().await;
    let text = letter.text.expose();
    let ticket = text.split("ticket=").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a link");
    app.portal.report_unauthorized(&ada.visit, ticket).await.expect("the owner says no");
    let until = (app.now() + Duration::from_hours(24)).rfc3339();
    assert_eq!(app.why(ADA).await, [Reason::Frozen { until: until.clone() }]);
    let view = app.portal.account(&address(ADA)).await.expect("an account");
    assert_eq!(view.frozen_until, Some(until));
    app.portal.unblock(&address(ADA)).await.expect("done");
    assert_eq!(app.why(ADA).await, []);
}

#[tokio::test]
async fn after_a_reset_the_mail_code_alone_opens_the_account_and_its_owner_was_told() {
    let app = TestApp::open().await;
    let ada = app.account(ADA).await;
    let phone = ada.pairs_app().await;
    app.portal.renew_recovery_codes(&ada.visit).await.expect("codes");
    for _ in 0..5 {
        ada.mistypes(&phone).await;
    }
    app.letters().await;
    let at_the_door = app.person().await;
    assert!(matches!(at_the_door.signs_in(ADA).await, Ok(SignIn::Second)));
    app.advance(Duration::from_secs(1));
    app.portal.reset_factors(&address(ADA)).await.expect("done");
    let letter = app.letter().await;
    assert!(letter.subject.expose().contains("took the second factors off"));
    assert!(letter.text.expose().contains("an operator of the portal"));
    assert!(!ada.is_signed_in().await);
    let view = app.portal.account(&address(ADA)).await.expect("an account");
    assert!(view.factors.is_empty() && view.sessions.is_empty());
    assert_eq!(view.activity[0].what, "Reset");
    assert_eq!(app.why(ADA).await, [], "what was counted is forgiven");
    assert!(matches!(app.person().await.signs_in(ADA).await, Ok(SignIn::In(_))));
}

#[tokio::test]
async fn ended_sessions_open_nothing_and_factors_stay() {
    let app = TestApp::open().await;
    let ada = app.account(ADA).await;
    ada.pairs_app().await;
    app.portal.end_all_sessions(&address(ADA)).await.expect("done");
    assert!(!ada.is_signed_in().await);
    assert!(app.letter().await.subject.expose().contains("Sessions of your account were ended"));
    assert_eq!(app.portal.account(&address(ADA)).await.expect("an account").factors.len(), 1);
}

#[tokio::test]
async fn a_deleted_account_leaves_nothing_and_its_address_is_free() {
    let app = TestApp::open().await;
    let ada = app.account(ADA).await;
    ada.pairs_app().await;
    app.portal.delete_for_operator(&address(ADA)).await.expect("done");
    assert!(app.letter().await.subject.expose().contains("Your account was deleted"));
    assert!(app.portal.accounts().await.expect("a list").is_empty());
    assert!(!ada.is_signed_in().await);
    assert_eq!(app.why(ADA).await, [Reason::NoAccount]);
    let again = app.account(ADA).await;
    assert!(again.is_signed_in().await);
    assert!(app.portal.account(&address(ADA)).await.expect("an account").factors.is_empty());
}

#[tokio::test]
async fn deletion_by_an_operator_is_told_to_every_address_that_could_be_restored() {
    let app = TestApp::open().await;
    let ada = app.account(ADA).await;
    ada.moves_to("new@example.net").await;
    app.portal.delete_for_operator(&address("new@example.net")).await.expect("done");
    let notifications = app.letters().await;
    let notifications = notifications.iter().filter(|letter| letter.subject.expose().contains("was deleted"));
    assert_eq!(notifications.map(|letter| letter.to.to_string()).collect::<Vec<_>>(), ["new@example.net", ADA]);
}

#[tokio::test]
async fn what_is_no_account_is_refused_by_everything_that_changes_one() {
    let app = TestApp::open().await;
    let (portal, eve) = (&app.portal, address(EVE));
    assert_eq!(refusal(portal.unblock(&eve).await), Refusal::NotEnrolled);
    assert_eq!(refusal(portal.reset_factors(&eve).await), Refusal::NotEnrolled);
    assert_eq!(refusal(portal.end_all_sessions(&eve).await), Refusal::NotEnrolled);
    assert_eq!(refusal(portal.delete_for_operator(&eve).await), Refusal::NotEnrolled);
    assert!(app.letters().await.is_empty());
}

#[tokio::test]
async fn an_invitation_opens_a_closed_portal_for_one_address_for_seven_days() {
    let app = TestApp::with(Settings { sign_up: SignUp::Closed, ..Settings::default() }).await;
    assert_eq!(app.why(ADA).await, [Reason::SignUpClosed]);
    assert_eq!(refusal(app.person().await.signs_in(ADA).await), Refusal::SignUpClosed);
    let invited = app.portal.invite(&address(ADA)).await.expect("done");
    assert_eq!(invited.until, (app.now() + Duration::from_hours(7 * 24)).rfc3339());
    let letter = app.letter().await;
    assert_eq!(letter.to, address(ADA));
    assert!(letter.text.expose().contains("http://localhost:3000/sign-in"));
    assert_eq!(app.why(ADA).await, [Reason::Invited { until: invited.until }]);
    app.account(ADA).await;
    assert_eq!(refusal(app.portal.invite(&address(ADA)).await), Refusal::AddressTaken);
    assert_eq!(refusal(app.person().await.signs_in(EVE).await), Refusal::SignUpClosed);
    app.portal.delete_for_operator(&address(ADA)).await.expect("done");
    assert_eq!(app.why(ADA).await, [Reason::SignUpClosed], "it lets an account be made once");

    app.portal.invite(&address(EVE)).await.expect("done");
    app.advance(Duration::from_hours(7 * 24));
    assert_eq!(app.why(EVE).await, [Reason::SignUpClosed]);
}

#[tokio::test]
async fn an_account_without_the_second_factor_that_is_asked_for_is_told() {
    let app = TestApp::with(Settings { require_second_factor: true, ..Settings::default() }).await;
    let ada = app.account(ADA).await;
    assert_eq!(app.why(ADA).await, [Reason::SecondFactorNeeded]);
    ada.pairs_app().await;
    assert_eq!(app.why(ADA).await, []);
}

#[tokio::test]
async fn an_invitation_shows_no_address_in_the_store() {
    let app = TestApp::open().await;
    app.portal.invite(&address(ADA)).await.expect("done");
    assert!(!app.store.holds(b"ada@example") && !app.store.holds(b"example.org"));
}
