//! The end of an account: nothing of it is left.

use std::collections::BTreeSet;

use postern_core::model::Refusal;
use postern_core::testing::Authenticator;

use crate::app::{ADA, TestApp, Told};
use crate::setup::{BOB, MINUTE, totp, with_mail, with_paper, with_totp};

/// Everything that stands in the store, letters aside, once those are delivered.
async fn standing(app: &TestApp) -> BTreeSet<postern_core::port::Key> {
    app.letters().await;
    app.store.keys(app.now())
}

#[tokio::test]
async fn nothing_is_left_but_what_limits_others() {
    let app = TestApp::open().await;
    let bob = app.visitor().await.signs_in(BOB).await;
    let before = standing(&app).await;
    let (ada, phone, _) = with_paper(&app).await;
    let mut token = ada.enrols_hotp().await;
    ada.registers(&mut Authenticator::new(1)).await;
    let other = app.visitor().await.signs_in_with_phone(&phone).await;
    // A try at each, a code that waits, and a letter kept for the demo's outbox.
    other.answers_totp(&phone.wrong_code(app.now())).await.refusal();
    other.answers_hotp(&token.wrong_code()).await.refusal();
    token.press();
    app.advance(MINUTE);
    app.portal.send_change_code(&other.visit, "ada@example.net").await.done();
    assert!(matches!(
        app.portal.answer_change_code(&other.visit, &crate::app::code("00000000")).await.refusal(),
        Refusal::Wrong { .. }
    ));
    app.portal.keep_letter(&other.letter().await).await.expect("a store");
    assert!(standing(&app).await.len() > before.len() + 8, "or this finds nothing below");
    app.portal.delete_account(&ada.visit, "ada.byron@EXAMPLE.org").await.done();
    let left: BTreeSet<String> = standing(&app).await.difference(&before).map(|key| key.name().to_owned()).collect();
    // Windows that last an hour at most, so that deleting an account is no way around them, and the count of guesses
    // at an address, which is none of this account.
    let (news, left): (BTreeSet<_>, BTreeSet<_>) = left.into_iter().partition(|name| name.starts_with("news/"));
    let limits = ["beginnings", "challenges", "guesses", "recovery-renewals", "sends"].map(str::to_owned);
    assert_eq!(left, BTreeSet::from(limits));
    assert!(!news.is_empty(), "how often the owner was told of what is a limit, too");
    assert!(!ada.is_admitted().await && !other.is_admitted().await);
    assert_eq!(app.portal.load_visit_state(&other.visit).await.refusal(), Refusal::NoSession);
    assert!(bob.is_admitted().await);
}

#[tokio::test]
async fn deletion_is_told_to_every_address_that_could_be_restored() {
    let app = TestApp::open().await;
    let (ada, _) = with_totp(&app).await;
    ada.moves_to("new@example.net").await;
    app.portal.delete_account(&ada.visit, "new@example.net").await.done();
    let letters = app.letters().await;
    let farewells = letters.iter().filter(|letter| letter.subject.expose().contains("was deleted"));
    assert_eq!(farewells.map(|letter| letter.to.to_string()).collect::<Vec<_>>(), ["new@example.net", ADA]);
}

#[tokio::test]
async fn it_takes_the_accounts_own_address_to_confirm_it() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    app.visitor().await.signs_in(BOB).await;
    for typed in ["", "ada", BOB, "ada.byron@example.or"] {
        assert_eq!(app.portal.delete_account(&ada.visit, typed).await.refusal(), Refusal::NotConfirmed);
    }
    assert!(ada.is_admitted().await);
}

#[tokio::test]
async fn the_address_is_free_at_once_and_what_was_is_not_there() {
    let app = TestApp::open().await;
    let (ada, phone) = with_totp(&app).await;
    app.portal.delete_account(&ada.visit, ADA).await.done();
    let anew = app.visitor().await.signs_in(ADA).await;
    assert_ne!(anew.visit.session.holder, ada.visit.session.holder);
    assert_eq!((anew.enrolled().await.len(), anew.level().await), (1, 1));
    assert_eq!(app.portal.activity(&anew.visit).await.done().len(), 1);
    assert_eq!(anew.passes_totp(&phone).await.refusal(), Refusal::NotEnrolled);
}

#[tokio::test]
async fn a_visitor_has_none_to_delete() {
    let app = TestApp::open().await;
    let visitor = app.visitor().await;
    visitor.proves(ADA).await;
    assert_eq!(app.portal.delete_account(&visitor.visit, ADA).await.refusal(), Refusal::NoSession);
}

#[tokio::test]
async fn the_address_itself_is_not_removed_as_a_factor() {
    let app = TestApp::open().await;
    let (ada, phone) = with_totp(&app).await;
    let removal = ada.removes(&postern_core::factor::email_code::KIND).await;
    assert_eq!(removal.refusal(), Refusal::AddressOfAccount);
    let back = app.visitor().await.signs_in_with(ADA, &totp(&phone.code(app.now()))).await;
    assert_eq!(back.visit.session.holder, ada.visit.session.holder);
}

#[tokio::test]
async fn what_is_exported_is_the_accounts_and_holds_no_secret() {
    let app = TestApp::open().await;
    let (ada, phone, paper) = with_paper(&app).await;
    let export = app.portal.export(&ada.visit).await.done();
    assert_eq!((export.address.as_str(), export.factors.len(), export.sessions.len()), (ADA, 3, 1));
    assert_eq!(export.activity.len(), 4);
    let json = serde_json::to_string(&export).expect("JSON");
    let key = data_encoding::BASE32_NOPAD.encode(&phone.secret);
    assert!(!json.contains(&key) && paper.iter().all(|code| !json.contains(&code[..4])));
    assert!(!json.contains(&ada.visit.session.handle.to_string()));
}
