//! The first sign-in of an address makes its account, if the portal does that.

use postern_app::portal::{Settings, SignIn};
use postern_core::model::{EventKind, Refusal};
use postern_core::rules::sign_up::{Listed, SignUp};

use crate::app::{ADA, TestApp, Told, at_once};
use crate::setup::{BOB, MINUTE, with_mail};

#[tokio::test]
async fn the_first_sign_in_makes_an_account_at_level_one() {
    let app = TestApp::open().await;
    let visitor = app.visitor().await;
    let ada = visitor.signs_in(ADA).await;
    let look = app.portal.load_visit_state(&ada.visit).await.done();
    assert_eq!((look.level.number(), look.account().is_some(), look.has_second_factor()), (1, true, false));
    assert_eq!(look.address().expect("readable").expect("an address").to_string(), ADA);
    assert_ne!(ada.visit.session.holder, visitor.visit.session.holder);
    assert_eq!(app.portal.activity(&ada.visit).await.done()[0].what, EventKind::AccountMade);
}

#[tokio::test]
async fn the_next_sign_in_in_any_spelling_opens_the_same_account() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    let again = app.visitor().await.signs_in("ada.BYRON@EXAMPLE.org").await;
    assert_eq!(again.visit.session.holder, ada.visit.session.holder);
    let bob = app.visitor().await.signs_in(BOB).await;
    assert_ne!(bob.visit.session.holder, ada.visit.session.holder);
}

#[tokio::test]
async fn two_browsers_with_one_new_address_at_once_make_one_account() {
    let app = TestApp::open().await;
    let mut browsers = Vec::new();
    for _ in 0..5 {
        let browser = app.visitor().await;
        browser.asks_to_sign_in(ADA).await.done();
        browsers.push((browser.clone(), browser.mailed_code().await));
    }
    let answers = at_once(browsers.into_iter().map(|(browser, digits)| async move {
        match browser.answers_sign_in_mail(&digits).await {
            Ok(SignIn::In(signed_in)) => Some(browser.inside(signed_in)),
            other => {
                assert_eq!(other.refusal(), Refusal::AddressTaken);
                None
            }
        }
    }))
    .await;
    let made: Vec<_> = answers.into_iter().flatten().collect();
    assert!(!made.is_empty());
    app.advance(MINUTE);
    let later = app.visitor().await.signs_in(ADA).await;
    for one in &made {
        assert_eq!(one.visit.session.holder, later.visit.session.holder);
        assert!(one.is_admitted().await);
    }
    assert_eq!(app.news().await.iter().filter(|letter| letter.subject.expose().contains("have an account")).count(), 1);
}

#[tokio::test]
async fn a_closed_portal_makes_no_account_and_says_so_only_to_whoever_reads_the_mail() {
    let app = TestApp::with(Settings { sign_up: SignUp::Closed, ..Settings::default() }).await;
    let visitor = app.visitor().await;
    visitor.asks_to_sign_in(ADA).await.done();
    assert!(matches!(
        visitor.answers_sign_in_mail(&visitor.wrong_mailed_code().await).await.refusal(),
        Refusal::Wrong { .. }
    ));
    let right = visitor.mailed_code().await;
    assert_eq!(visitor.answers_sign_in_mail(&right).await.refusal(), Refusal::SignUpClosed);
    assert_eq!(visitor.level().await, 0);
    assert!(app.news().await.is_empty());
}

#[tokio::test]
async fn a_closed_portal_opens_the_accounts_it_has() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    let closed = app.restarted(Settings { sign_up: SignUp::Closed, ..Settings::default() }).await;
    let again = closed.visitor().await.signs_in(ADA).await;
    assert_eq!(again.visit.session.holder, ada.visit.session.holder);
}

#[tokio::test]
async fn a_list_lets_its_domains_in_and_nobody_else() {
    let listed = SignUp::Listed(vec![Listed::read("example.org").expect("a domain")]);
    let app = TestApp::with(Settings { sign_up: listed, ..Settings::default() }).await;
    with_mail(&app).await;
    assert_eq!(app.visitor().await.tries_to_sign_in(BOB).await.refusal(), Refusal::SignUpClosed);
}

#[tokio::test]
async fn what_the_visitor_had_is_over_once_signed_in() {
    let app = TestApp::open().await;
    let visitor = app.visitor().await;
    visitor.enrols_totp().await;
    let ada = visitor.signs_in(ADA).await;
    assert_eq!(ada.enrolled().await.len(), 1, "a visitor's factors never enter an account by signing in");
    assert!(visitor.enrolled().await.is_empty());
}

#[tokio::test]
async fn list_also_holds_for_changes_of_address_in_every_spelling() {
    let listed = ["example.org", "b\u{fc}cher.example"].map(|text| Listed::read(text).expect(text));
    let settings = Settings { sign_up: SignUp::Listed(listed.into()), ..Settings::default() };
    let app = TestApp::with(settings).await;
    let ada = with_mail(&app).await;
    app.advance(MINUTE);
    let elsewhere = app.portal.send_change_code(&ada.visit, "ada@ex\u{430}mple.org").await;
    assert_eq!(elsewhere.refusal(), Refusal::SignUpClosed);
    ada.moves_to("ada@xn--bcher-kva.example").await;
    app.advance(MINUTE);
    let again = app.visitor().await.signs_in("\u{feff}Ada@B\u{fc}cher.example\u{200b}").await;
    assert_eq!(again.visit.session.holder, ada.visit.session.holder);
    app.advance(MINUTE);
    assert_eq!(
        app.portal.send_change_code(&ada.visit, "ada@b\u{fc}cher.example").await.refusal(),
        Refusal::AddressOfAccount
    );
}
