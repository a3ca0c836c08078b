//! A thief of the store reads nothing in it.

use std::time::Duration;

use data_encoding::{BASE32, BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use postern_core::factor::totp;

use crate::app::{ADA, Phone, TestApp, Told, Visitor};

/// What must not be found, by what it is.
struct Watch {
    app: TestApp,
    hidden: Vec<(String, Vec<u8>)>,
}

impl Watch {
    fn text(&mut self, what: &str, text: &str) {
        for spelling in [text.to_owned(), text.to_ascii_lowercase(), text.to_ascii_uppercase()] {
            self.hidden.push((what.to_owned(), spelling.into_bytes()));
        }
    }

    fn secret(&mut self, phone: &Phone) {
        let base32 = BASE32.encode(&phone.secret);
        self.text("a secret in base32", base32.trim_end_matches('='));
        for encoded in [HEXLOWER, HEXUPPER, BASE64, BASE64URL_NOPAD].map(|encoding| encoding.encode(&phone.secret)) {
            self.hidden.push(("a secret in letters".to_owned(), encoded.into_bytes()));
        }
        self.hidden.push(("a secret".to_owned(), phone.secret.clone()));
    }

    fn looks(&self, step: &str) {
        for (what, bytes) in &self.hidden {
            assert!(!self.app.store.holds(bytes), "after {step} the store holds {what}");
        }
    }
}

/// Everything that a visitor can do, watched at each step.
async fn walk(ada: &Visitor, watch: &mut Watch) {
    let app = &ada.app;
    ada.asks_for_mail(ADA).await.done();
    watch.looks("a letter was asked for");
    watch.text("a mail code", &ada.mailed_code().await);
    watch.looks("the letter was sent");
    app.portal.keep_letter(&ada.letter().await).await.expect("a store");
    watch.looks("the demo kept the letter");
    ada.mistypes_mail().await;
    watch.looks("a wrong mail code");
    ada.answers_mail(&ada.mailed_code().await).await.done();
    watch.looks("the mail code was passed");
    let phone = ada.begins_totp().await;
    watch.secret(&phone);
    watch.text("the account", "Byron");
    for steps in -1..=1 {
        watch.text("a code", &phone.code_steps_away(steps, app.now()));
    }
    watch.looks("an enrolment began");
    app.portal.phone_scan(&ada.visit).await.done();
    watch.looks("the demo's phone scanned");
    ada.mistypes_totp(&phone).await;
    ada.passes_totp(&phone).await.done();
    watch.looks("the enrolment was confirmed");
    app.advance(Duration::from_secs(30));
    watch.text("a code", &phone.code(app.now()));
    ada.passes_totp(&phone).await.done();
    watch.looks("the app was passed");
    let factor = ada.factor(&totp::KIND).await.expect("an app");
    watch.text("a name", "Countess of Lovelace");
    app.portal.rename_factor(&ada.visit, factor, "Countess of Lovelace").await.done();
    app.portal.leave_note(&ada.visit, "/", &ADA).await.expect("a store");
    watch.looks("a factor was renamed and a note left");
    ada.asks_for_mail("other@example.org").await.done();
    watch.text("a mail code", &ada.mailed_code().await);
    watch.looks("another letter was asked for");
    app.portal.remove_totp(&ada.visit).await.done();
    watch.looks("the app was removed");
    app.portal.leave(&ada.visit).await.done();
    watch.looks("the visit ended");
}

#[tokio::test]
async fn at_no_step_does_the_store_hold_a_code_a_secret_an_address_or_a_network() {
    let app = TestApp::open().await;
    let ada = app.visitor_from("2001:db8:aaaa:bbbb::1".parse().expect("an address")).await;
    let mut watch = Watch { app: app.clone(), hidden: Vec::new() };
    for text in [ADA, "other@example.org", "Byron", "example.org", "2001:db8:aaaa", "Postern:"] {
        watch.text(text, text);
    }
    watch.hidden.push(("the master key".to_owned(), vec![1; 32]));
    walk(&ada, &mut watch).await;
}

#[tokio::test]
async fn the_search_finds_what_is_there() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    ada.begins_totp().await;
    assert!(app.store.holds(ada.visit.session.holder.to_string().as_bytes()));
    assert!(app.store.holds(b"canary"));
    assert!(!app.store.holds(&app.random_bytes()));
}
