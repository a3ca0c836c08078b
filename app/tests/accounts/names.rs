//! What factors are called: by their owner where the kind has names of its own, and never in a way that misleads.

use postern_core::factor::{email_code, recovery_codes, security_key, totp};
use postern_core::model::{FactorKind, Refusal};
use postern_core::testing::{BACKED_UP, BACKUP_ELIGIBLE};

use crate::app::{ADA, TestApp, Told};
use crate::setup::{BOB, with_key, with_paper};

#[tokio::test]
async fn email_factor_and_recovery_codes_cannot_be_renamed() {
    let app = TestApp::open().await;
    let (ada, _, _) = with_paper(&app).await;
    for kind in [email_code::KIND, recovery_codes::KIND] {
        let id = ada.factor(&kind).await.expect("a factor");
        let told = app
            .news_of(async {
                let renamed = app.portal.rename_factor(&ada.visit, id, BOB).await;
                assert_eq!(renamed.refusal(), Refusal::FixedName);
                assert_eq!(app.portal.rename_key(&ada.visit, id, BOB).await.refusal(), Refusal::FixedName);
            })
            .await;
        assert!(told.is_empty());
    }
    let look = app.portal.load_visit_state(&ada.visit).await.done();
    assert_eq!(look.only(&email_code::KIND).expect("a factor").name, ADA);
    let id = ada.factor(&totp::KIND).await.expect("an app");
    assert_eq!(app.portal.rename_factor(&ada.visit, id, " Work phone ").await.done(), "Work phone");
}

#[tokio::test]
async fn names_are_kept_without_invisible_characters_and_refused_with_a_change_of_direction() {
    let app = TestApp::open().await;
    let (ada, _) = with_key(&app).await;
    let id = ada.factor(&security_key::KIND).await.expect("a key");
    let renamed = app.portal.rename_factor(&ada.visit, id, "\u{feff}Blue\u{200b} key\u{200e}").await.done();
    assert_eq!(renamed, "Blue key");
    for bad in ["\u{202e}yek", "a\u{2066}b\u{2069}", "a\u{2028}b", "\u{200b}"] {
        let refused = app.portal.rename_factor(&ada.visit, id, bad).await.refusal();
        assert_eq!(refused, Refusal::BadSetting("name".to_owned()), "{bad:?}");
    }
}

#[tokio::test]
async fn owner_is_told_by_letter_that_a_key_became_synced() {
    let app = TestApp::open().await;
    let (ada, mut key) = with_key(&app).await;
    key.backup = BACKUP_ELIGIBLE | BACKED_UP;
    let told = app.news_of(ada.steps_up_with(&mut key)).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].subject.expose().starts_with("A security key of your account can be synced now"), "{told:?}");
    assert!(app.news_of(ada.steps_up_with(&mut key)).await.is_empty(), "once");
    let kinds: Vec<FactorKind> = ada.enrolled().await;
    assert!(kinds.contains(&security_key::KIND));
}
