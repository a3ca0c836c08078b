//! Letters with news are limited: what happens again and again is told in one letter.

use postern_core::factor::totp as app;
use postern_core::model::Letter;

use crate::app::{ADA, TestApp, Told, Visitor};
use crate::setup::{BOB, FRESH, with_mail, with_totp};

/// Renames the app so often.
async fn renames(ada: &Visitor, times: u32) {
    let id = ada.factor(&app::KIND).await.expect("an app");
    for n in 0..times {
        ada.app.portal.rename_factor(&ada.visit, id, &format!("Phone {n}")).await.done();
    }
}

fn headed<'a>(letters: &'a [Letter], words: &str) -> Vec<&'a Letter> {
    letters.iter().filter(|letter| letter.subject.expose().contains(words)).collect()
}

#[tokio::test]
async fn repeated_news_of_a_kind_go_three_times_and_then_in_one_letter_that_counts_them() {
    let app = TestApp::open().await;
    let (ada, _) = with_totp(&app).await;
    let told = app.news_of(renames(&ada, 50)).await;
    assert_eq!(headed(&told, "was renamed").len(), 3);
    assert_eq!(told.len(), 3);
    let later = app
        .news_of(async {
            app.portal.export(&ada.visit).await.done();
            app.advance(FRESH);
        })
        .await;
    assert_eq!(headed(&later, "was exported").len(), 1, "another kind is not held back");
    let digests = headed(&later, "More changes to your account");
    assert_eq!((digests.len(), later.len()), (1, 2));
    let text = digests[0].text.expose();
    assert_eq!(digests[0].to.to_string(), ADA);
    for part in ["A factor of your account was renamed: 47 times", "ticket=", &ada.visit.network.to_string()] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let link = text.lines().find_map(|line| line.split_once("ticket=")).expect("a link").1;
    app.portal.report_unauthorized(&app.visitor().await.visit, link).await.done();
    assert!(!ada.is_admitted().await, "the link in it works");
}

#[tokio::test]
async fn news_after_a_fault_of_the_store_are_told_wherever_it_failed() {
    for calls in 0..14 {
        let app = TestApp::open().await;
        let (ada, _) = with_totp(&app).await;
        renames(&ada, 3).await;
        let id = ada.factor(&app::KIND).await.expect("an app");
        app.store.go_down_after(calls);
        // Done or not, and told or not.
        let _ = app.portal.rename_factor(&ada.visit, id, "Broken phone").await;
        app.store.set_down(false);
        let later = app
            .news_of(async {
                renames(&ada, 1).await;
                app.advance(FRESH);
            })
            .await;
        assert!(!headed(&later, "More changes to your account").is_empty(), "after {calls} calls");
    }
}

#[tokio::test]
async fn digest_tells_of_every_kind_from_every_process_and_the_next_period_has_its_own() {
    let app = TestApp::open().await;
    let other = app.another_process().await;
    let (ada, phone) = with_totp(&app).await;
    let told = app
        .news_of(async {
            renames(&ada, 5).await;
            renames(&ada.through(&other), 5).await;
            for _ in 0..4 {
                app.portal.export(&ada.visit).await.done();
            }
        })
        .await;
    assert_eq!((headed(&told, "was renamed").len(), headed(&told, "was exported").len()), (3, 3));
    app.advance(FRESH);
    let digest = app.news().await.pop().expect("a letter");
    for part in ["was renamed: 7 times", "was exported: once"] {
        assert!(digest.text.expose().contains(part), "{part} in {}", digest.text.expose());
    }
    ada.passes_totp(&phone).await.done();
    let told = app
        .news_of(async {
            renames(&ada, 5).await;
            app.advance(FRESH);
        })
        .await;
    let digests = headed(&told, "More changes");
    assert_eq!((digests.len(), told.len()), (1, 4));
    assert!(digests[0].text.expose().contains("was renamed: 2 times"));
}

#[tokio::test]
async fn hundred_presses_of_this_was_not_me_send_a_few_letters() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    app.portal.export(&ada.visit).await.done();
    let letter = app.news().await.pop().expect("a letter");
    let link = letter.text.expose().lines().find_map(|line| line.split_once("ticket=")).expect("a link").1.to_owned();
    let told = app
        .news_of(async {
            for _ in 0..100 {
                // Whether a second press is refused is another rule.
                let _ = app.portal.report_unauthorized(&app.visitor().await.visit, &link).await;
            }
            app.advance(FRESH);
        })
        .await;
    assert!((1..=4).contains(&told.len()), "{} letters", told.len());
}

#[tokio::test]
async fn change_of_address_is_told_to_both_however_much_was_told_before() {
    let app = TestApp::open().await;
    let ada = with_mail(&app).await;
    for _ in 0..20 {
        app.portal.export(&ada.visit).await.done();
    }
    let told = app.news_of(ada.moves_to(BOB)).await;
    let to: Vec<_> = headed(&told, "was changed").iter().map(|letter| letter.to.to_string()).collect();
    assert_eq!(to, [ADA, BOB]);
}
