//! What an owner hears by mail: what, when, from where; no secret, and no code.

use std::fmt::Debug;

use postern_app::portal::Answer;
use postern_core::factor::{recovery_codes, security_key, totp as app};
use postern_core::model::{Letter, Refusal};
use postern_core::testing::Authenticator;

use crate::app::{ADA, TestApp, Told, Visitor, code};
use crate::setup::{BOB, MINUTE, on_paper, recovery, totp, with_key, with_mail, with_paper, with_totp};

/// One letter to the owner came of it, and says these things, when it was, and from where.
async fn tells<T: Debug>(ada: &Visitor, act: impl Future<Output = Answer<T>>, parts: &[&str]) -> Letter {
    let app = &ada.app;
    let mut told = app.news_of(async { act.await.done() }).await;
    assert_eq!(told.len(), 1, "{told:?}");
    let letter = told.remove(0);
    assert_eq!(letter.to.to_string(), ADA);
    says(ada, &letter, parts);
    letter
}

fn says(ada: &Visitor, letter: &Letter, parts: &[&str]) {
    let (when, network) = (ada.app.now().for_people(), ada.visit.network.to_string());
    for part in parts.iter().copied().chain([when.as_str(), network.as_str(), "Firefox on Linux"]) {
        let stands = |text: &str| text.contains(part);
        let whole = [letter.subject.expose(), letter.text.expose(), letter.html.expose()];
        assert!(whole.iter().any(|text| stands(text)), "no {part:?} in {}", letter.text.expose());
    }
}

/// The account's owner at her own browser.
fn at_home(mut ada: Visitor) -> Visitor {
    "Firefox on Linux".clone_into(&mut ada.visit.browser.name);
    ada
}

#[tokio::test]
async fn a_new_account_is_told() {
    let app = TestApp::open().await;
    let visitor = at_home(app.visitor().await);
    let act = async { Ok::<_, postern_app::portal::UseCaseError>(visitor.signs_in(ADA).await.level().await) };
    tells(&visitor, act, &["You have an account"]).await;
}

#[tokio::test]
async fn a_factor_that_was_added_renamed_or_removed_is_told() {
    let app = TestApp::open().await;
    let ada = at_home(with_mail(&app).await);
    let portal = &app.portal;
    let phone = ada.begins_totp().await;
    let right = phone.code(app.now());
    let letter = tells(&ada, ada.answers_totp(&right), &["A factor was added", "Authenticator app"]).await;
    assert!(!letter.text.expose().contains(&right));
    let id = ada.factor(&app::KIND).await.expect("an app");
    tells(&ada, portal.rename_factor(&ada.visit, id, "Old phone"), &["was renamed", "Old phone"]).await;
    tells(&ada, portal.remove_factor(&ada.visit, id), &["was removed", "Old phone"]).await;
    let mut token = ada.begins_hotp().await;
    tells(&ada, ada.answers_hotp(&token.press()), &["A factor was added", "Counter token"]).await;
    tells(&ada, ada.tries_to_register(&mut Authenticator::new(1)), &["A factor was added", "Security key 1"]).await;
}

#[tokio::test]
async fn an_enrolment_that_nobody_confirmed_and_a_factor_passed_again_are_not() {
    let app = TestApp::open().await;
    let (ada, phone) = with_totp(&app).await;
    let told = app
        .news_of(async {
            ada.begins_hotp().await;
            app.portal.abandon_hotp(&ada.visit).await.done();
            ada.begins_hotp().await;
            app.portal.remove_hotp(&ada.visit).await.done();
            ada.passes_totp(&phone).await.done();
            app.portal.sign_out(&ada.visit).await.done();
        })
        .await;
    assert!(told.is_empty(), "{told:?}");
}

#[tokio::test]
async fn ended_sessions_an_export_and_the_end_are_told() {
    let app = TestApp::open().await;
    let ada = at_home(with_mail(&app).await);
    let other = with_mail(&app).await;
    let portal = &app.portal;
    tells(&ada, portal.end_session(&ada.visit, other.visit.session.handle), &["were ended"]).await;
    assert!(app.news_of(portal.end_session(&ada.visit, other.visit.session.handle)).await.is_empty());
    with_mail(&app).await;
    tells(&ada, portal.end_other_sessions(&ada.visit), &["were ended"]).await;
    tells(&ada, portal.export(&ada.visit), &["was exported"]).await;
    let farewell = tells(&ada, portal.delete_account(&ada.visit, ADA), &["was deleted"]).await;
    assert!(!farewell.text.expose().contains("ticket="), "there is nothing left to disown");
}

#[tokio::test]
async fn another_address_is_told_to_both() {
    let app = TestApp::open().await;
    let ada = at_home(with_mail(&app).await);
    let told = app.news_of(ada.moves_to(BOB)).await;
    let to: Vec<_> = told.iter().map(|letter| letter.to.to_string()).collect();
    assert_eq!(to, [ADA, BOB]);
    for letter in &told {
        says(&ada, letter, &["address of your account was changed", "ticket="]);
        assert!(!letter.text.expose().contains(BOB), "the whole address stands in no letter");
    }
    // The link in the letter to the old address works.
    let text = told[0].text.expose();
    let link = text.lines().find_map(|line| line.split_once("ticket=")).expect("a link").1;
    app.portal.report_unauthorized(&app.visitor().await.visit, link).await.done();
    assert!(!ada.is_admitted().await);
}

#[tokio::test]
async fn a_sign_in_from_a_new_browser_is_told_and_one_from_a_known_one_is_not() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    let stranger = at_home(app.visitor().await);
    let told = app.news_of(stranger.signs_in(ADA)).await;
    assert_eq!(told.len(), 1);
    says(&stranger, &told[0], &["from a new browser", "ticket="]);
    assert!(app.news_of(async { ada.again().await.signs_in(ADA).await }).await.is_empty());
}

#[tokio::test]
async fn a_browser_is_known_to_the_account_it_signed_in_to_and_to_no_other() {
    let app = TestApp::open().await;
    let (_, phone) = with_totp(&app).await;
    let bob = app.visitor().await.signs_in(BOB).await;
    let told = app.news_of(async { bob.again().await.signs_in_with_phone(&phone).await }).await;
    assert_eq!(told.len(), 1);
    // A mail code alone makes it no known one.
    let stranger = app.visitor().await;
    stranger.waits(ADA).await;
    let next = stranger.again().await;
    assert_eq!(app.news_of(next.signs_in_with_phone(&phone)).await.len(), 1);
}

#[tokio::test]
async fn ending_the_others_makes_every_other_browser_a_new_one() {
    let app = TestApp::open().await;
    let (ada, other) = (with_mail(&app).await, with_mail(&app).await);
    app.portal.end_other_sessions(&ada.visit).await.done();
    assert_eq!(app.news_of(async { other.again().await.signs_in(ADA).await }).await.len(), 1);
    assert!(app.news_of(async { ada.again().await.signs_in(ADA).await }).await.is_empty());
}

#[tokio::test]
async fn a_recovery_code_that_was_used_is_told_with_how_many_are_left() {
    let app = TestApp::open().await;
    let (_, _, paper) = with_paper(&app).await;
    let visitor = at_home(app.visitor().await);
    let mut told = app.news_of(visitor.signs_in_with(ADA, &recovery(&paper[0]))).await;
    told.retain(|letter| letter.subject.expose().contains("recovery code"));
    assert_eq!(told.len(), 1);
    says(&visitor, &told[0], &["A recovery code was used", "9 are left"]);
    let secret = paper[0].replace('-', "");
    let whole = format!("{}{}", told[0].text.expose(), told[0].html.expose()).replace('-', "");
    assert!(!whole.contains(&secret));
}

#[tokio::test]
async fn new_recovery_codes_are_told_without_them() {
    let app = TestApp::open().await;
    let (ada, _) = with_totp(&app).await;
    let ada = at_home(ada);
    let before = app.news().await.len();
    let paper = on_paper(&app.portal.renew_recovery_codes(&ada.visit).await.done());
    let told = app.news().await.split_off(before);
    assert_eq!(told.len(), 1);
    says(&ada, &told[0], &["new recovery codes"]);
    assert!(paper.iter().all(|code| !told[0].text.expose().contains(&code[..4])));
    assert_eq!(ada.enrolled().await.last(), Some(&recovery_codes::KIND));
}

#[tokio::test]
async fn a_key_that_counts_backwards_is_told_at_sign_in_as_well() {
    let app = TestApp::open().await;
    let (ada, mut key) = with_key(&app).await;
    let mut copy = key.clone();
    ada.steps_up_with(&mut key).await;
    let visitor = at_home(app.visitor().await);
    visitor.waits(ADA).await;
    let touch = visitor.touches(&mut copy).await;
    let before = app.news().await.len();
    let factor = ada.factor(&security_key::KIND).await.expect("a key");
    assert_eq!(visitor.answers_second(&touch).await.refusal(), Refusal::Cloned { factor });
    let told = app.news().await.split_off(before);
    assert_eq!(told.len(), 1);
    says(&visitor, &told[0], &["may have been copied", "Security key 1", "ticket="]);
}

#[tokio::test]
async fn no_letter_with_news_holds_a_code() {
    let app = TestApp::open().await;
    let (ada, phone) = with_totp(&app).await;
    ada.moves_to(BOB).await;
    app.advance(MINUTE);
    let step_up = totp(&phone.code(app.now()));
    app.portal.answer_step_up(&ada.visit, &step_up).await.done();
    for letter in app.news().await {
        let text = letter.text.expose();
        let digits = |word: &&str| word.len() >= 6 && word.bytes().all(|byte| byte.is_ascii_digit());
        assert_eq!(text.split(|c: char| !c.is_ascii_alphanumeric()).find(digits), None);
        assert!(text.lines().all(|line| line.parse::<postern_core::model::Code>().is_err()));
    }
    assert!(code("123456").digits().len() == 6);
}

#[tokio::test]
async fn visitors_are_told_nothing() {
    let app = TestApp::open().await;
    let visitor = app.visitor().await;
    visitor.proves(ADA).await;
    visitor.enrols_totp().await;
    visitor.removes(&app::KIND).await.done();
    assert!(app.news().await.is_empty());
}
