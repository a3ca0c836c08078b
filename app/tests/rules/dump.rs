//! A thief of the store reads nothing in it.

use std::time::Duration;

use data_encoding::{BASE32, BASE64, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};
use postern_core::factor::totp;

use crate::house::{ADA, House, Phone, Told, Visitor};

/// What must not be found, by what it is.
struct Watch {
    house: House,
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
            assert!(!self.house.store.holds(bytes), "after {step} the store holds {what}");
        }
    }
}

/// Everything that a visitor can do, watched at each step.
async fn walk(ada: &Visitor, watch: &mut Watch) {
    let house = &ada.house;
    ada.asks_for_mail(ADA).await.done();
    watch.looks("a letter was asked for");
    watch.text("a mail code", &ada.mailed_code().await);
    watch.looks("the letter was sent");
    house.portal.keep_letter(&ada.letter().await).await.expect("a store");
    watch.looks("the demo kept the letter");
    ada.mistypes_mail().await;
    watch.looks("a wrong mail code");
    ada.answers_mail(&ada.mailed_code().await).await.done();
    watch.looks("the mail code was passed");
    let phone = ada.begins_totp().await;
    watch.secret(&phone);
    watch.text("the account", "Byron");
    for steps in -1..=1 {
        watch.text("a code", &phone.code_steps_away(steps, house.now()));
    }
    watch.looks("an enrolment began");
    house.portal.phone_scan(&ada.visit).await.done();
    watch.looks("the demo's phone scanned");
    ada.mistypes_totp(&phone).await;
    ada.passes_totp(&phone).await.done();
    watch.looks("the enrolment was confirmed");
    house.advance(Duration::from_secs(30));
    watch.text("a code", &phone.code(house.now()));
    ada.passes_totp(&phone).await.done();
    watch.looks("the app was passed");
    let app = ada.factor(&totp::KIND).await.expect("an app");
    watch.text("a name", "Countess of Lovelace");
    house.portal.rename_factor(&ada.visit, app, "Countess of Lovelace").await.done();
    house.portal.leave_note(&ada.visit, "/", &ADA).await.expect("a store");
    watch.looks("a factor was renamed and a note left");
    ada.asks_for_mail("other@example.org").await.done();
    watch.text("a mail code", &ada.mailed_code().await);
    watch.looks("another letter was asked for");
    house.portal.remove_totp(&ada.visit).await.done();
    watch.looks("the app was removed");
    house.portal.leave(&ada.visit).await.done();
    watch.looks("the visit ended");
}

#[tokio::test]
async fn at_no_step_does_the_store_hold_a_code_a_secret_an_address_or_a_network() {
    let house = House::open().await;
    let ada = house.visitor_from("2001:db8:aaaa:bbbb::1".parse().expect("an address")).await;
    let mut watch = Watch { house: house.clone(), hidden: Vec::new() };
    for text in [ADA, "other@example.org", "Byron", "example.org", "2001:db8:aaaa", "Postern:"] {
        watch.text(text, text);
    }
    watch.hidden.push(("the master key".to_owned(), vec![1; 32]));
    walk(&ada, &mut watch).await;
}

#[tokio::test]
async fn the_search_finds_what_is_there() {
    let house = House::open().await;
    let ada = house.visitor().await;
    ada.begins_totp().await;
    assert!(house.store.holds(ada.visit.session.holder.to_string().as_bytes()));
    assert!(house.store.holds(b"canary"));
    assert!(!house.store.holds(&house.random_bytes()));
}
