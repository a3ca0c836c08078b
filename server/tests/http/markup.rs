//! Markup in every field of every form: what comes back is text, exactly as it was typed, and never an element.

use std::collections::BTreeSet;

use postern_core::testing::Authenticator;
use scraper::Selector;
use serde_json::json;

use crate::accounts::{GRACE, Owner, ask, factor, forms, pending, signed_in};
use crate::app::TestApp;
use crate::browser::{Answer, Browser};
use crate::clients_page::{activated, proved};
use crate::journey::{ask_for_code, begin_totp, enrol_totp, prove_address, visitor};
use crate::on_each_store;

/// Whose account's pages are walked; the walk itself makes others.
const OWNER: &str = "owner@example.org";

/// Each would be an element, or another text, where it is not escaped. None is longer than the shortest field.
const PAYLOADS: [&str; 5] = [
    "</textarea><b id=planted>",
    "</title></script><b id=planted>",
    "\"'><b id=planted>",
    "a &amp; b &lt;b&gt;",
    "\n\n</textarea><b id=planted>",
];

/// Forms that are not found on the pages below, with their fields: they are sent as they are.
const ELSEWHERE: [(&str, &[&str]); 11] = [
    ("/forms/step-up/totp", &["code"]),
    ("/forms/sign-in/hotp", &["code"]),
    ("/forms/sign-in/key", &["answer"]),
    ("/forms/step-up/hotp", &["code"]),
    ("/forms/step-up/recovery", &["code"]),
    ("/forms/step-up/key", &["answer"]),
    ("/forms/step-up/check", &["code"]),
    ("/forms/security-keys/authenticate", &["answer"]),
    ("/forms/clients/check", &["code"]),
    ("/forms/not-me", &["ticket"]),
    ("/forms/clients/disable/check", &["code", "client"]),
];

/// Forms without a field of their own to fill in.
const BUTTONS: [&str; 11] = [
    "/forms/session/start-over",
    "/forms/account/keep-codes",
    "/forms/account/lift-freeze",
    "/forms/step-up/send",
    "/forms/step-up/resend",
    "/forms/sign-in/resend",
    "/forms/account/address/resend",
    "/forms/clients/sign-in",
    "/forms/clients/resend",
    "/forms/clients/disable/resend",
    "/forms/clients/disable/send",
];

/// What was filled in so far, and what was given back.
#[derive(Default)]
struct Walk {
    actions: BTreeSet<String>,
    shown_again: BTreeSet<String>,
}

fn forms_of(page: &Answer) -> BTreeSet<String> {
    page.attributes("form[method='post']", "action").into_iter().collect()
}

#[track_caller]
fn assert_no_live_markup(answer: &Answer, what: &str) {
    assert!(answer.status < 500, "{what}: {answer:?}");
    let html = answer.html();
    let count = |selector: &str| html.select(&Selector::parse(selector).expect("a selector")).count();
    assert_eq!(count("#planted, meta[http-equiv], script:not([src])"), 0, "{what}: {}", answer.body);
}

impl Walk {
    /// Posts each payload in each field of each form of a page.
    async fn page(&mut self, browser: &mut Browser, path: &str) {
        let page = browser.open(path).await;
        assert_eq!(page.status, 200, "{path}: {}", page.text());
        for action in forms_of(&page) {
            self.actions.insert(action.clone());
            let fields: BTreeSet<String> = page.form(&action).into_iter().map(|(name, _)| name).collect();
            for field in fields {
                for payload in PAYLOADS {
                    let answer = browser.post(&page, &action, &[(&field, payload)]).await;
                    self.look_at(browser, answer, (&action, &field), payload).await;
                }
            }
        }
    }

    /// Posts each payload in every field at once of the forms that no page of the walk has.
    async fn elsewhere(&mut self, browser: &mut Browser) {
        for (action, fields) in ELSEWHERE {
            self.actions.insert(action.to_owned());
            for payload in PAYLOADS {
                let typed: Vec<(&str, &str)> = fields.iter().map(|field| (*field, payload)).collect();
                let answer = browser.post_form(action, &typed).await;
                self.look_at(browser, answer, (action, ""), payload).await;
            }
        }
    }

    async fn look_at(&mut self, browser: &mut Browser, answer: Answer, (action, field): (&str, &str), payload: &str) {
        let what = format!("{action} {field}={payload:?}");
        assert_no_live_markup(&answer, &what);
        let page = browser.follow(answer).await;
        assert_no_live_markup(&page, &what);
        if !forms_of(&page).contains(action) {
            return;
        }
        let stands = page.form(action).into_iter().find(|(name, _)| name == field);
        // What is not given back, or was there before, is no matter of escaping.
        let Some((_, text)) = stands.filter(|(_, text)| ["planted", "&", "<"].iter().any(|part| text.contains(part)))
        else {
            return;
        };
        // A field of one line is sent without its line breaks.
        assert_eq!(text.replace("\r\n", "\n").trim_start_matches('\n'), payload.trim_start_matches('\n'), "{what}");
        if page.texts(&format!("form[action='{action}'] textarea[name='{field}']")).len() == 1 {
            assert_eq!(text, payload, "{what}: nothing of it is lost");
        }
        self.shown_again.insert(format!("{action} {field}"));
    }
}

on_each_store! {
    async fn markup_in_any_field_of_any_form_comes_back_as_text(place: Place) {
        let app = TestApp::open(place).await;
        let mut walk = Walk::default();

        let mut stranger = app.browser();
        for path in ["/quorum", "/quorum/ask"] {
            walk.page(&mut stranger, path).await;
        }
        let typed = [("key", crate::quorum::KEY), ("size", "3"), ("threshold", "2")];
        let dealt = stranger.post_form("/quorum", &typed).await;
        dealt.page(200, "Hand out these shares now");
        let share = dealt.texts("article code[role=group]")[0].trim().to_owned();
        let why = "<b id=planted>";
        let asked = stranger.post_form("/quorum/ask", &[("share", &share), ("why", why), ("lasts", "600")]).await;
        let session = asked.location().expect("a session");
        walk.page(&mut app.browser(), &session).await;
        assert_no_live_markup(&stranger.get(&session).await, "the reason");

        let mut visit = visitor(&app).await;
        for path in ["/", "/sign-in", "/email-code", "/totp", "/hotp", "/security-keys", "/clients"] {
            walk.page(&mut visit, path).await;
        }
        walk.page(&mut visit, "/clients/disable-by-secret").await;
        ask_for_code(&app, &mut visit, 1).await;
        begin_totp(&mut visit).await;
        visit.api_post("/hotp", json!({})).await.expect(201);
        for path in ["/email-code", "/totp", "/hotp"] {
            walk.page(&mut visit, path).await;
        }

        let mut asker = visitor(&app).await;
        ask(&app, &mut asker, GRACE).await;
        walk.page(&mut asker, "/sign-in").await;

        let mut enrolled = visitor(&app).await;
        app.advance(61);
        prove_address(&app, &mut enrolled, app.mail.received().len() + 1).await;
        enrol_totp(&app, &mut enrolled).await;
        let phone = crate::api_hotp::begin(&mut enrolled, json!({})).await;
        crate::api_hotp::verify(&mut enrolled, &phone.code_of(0)).await.expect(200);
        let options = enrolled.api_post("/security-keys/registration", json!({})).await.expect(200);
        let answer = Authenticator::new(1).create(&options, &enrolled.origin, |_| {});
        enrolled.api(reqwest::Method::PUT, "/security-keys/registration", answer).await.expect(201);
        for path in ["/", "/email-code", "/totp", "/hotp", "/security-keys", "/account/keep"] {
            walk.page(&mut enrolled, path).await;
        }

        let mut owner = Owner::of(&app, OWNER).await;
        crate::accounts::new_codes(&mut owner.browser).await;
        let mut waiting = pending(&app, OWNER).await;
        for path in ["/sign-in", "/sign-in?with=recovery"] {
            walk.page(&mut waiting, path).await;
        }
        owner.again(&app, OWNER).await;
        owner.refresh(&app).await;
        let id = factor(&mut owner.browser, "totp").await;
        for path in ["/account", "/account/address", "/account/delete", "/account/sessions"] {
            walk.page(&mut owner.browser, path).await;
        }
        walk.page(&mut owner.browser, &format!("/account/remove?factor={id}")).await;
        let page = owner.browser.open("/account/address").await;
        owner.browser.submit(&page, forms::ADDRESS_SEND, &[("address", "ada@new.example.org")]).await;
        walk.page(&mut owner.browser, "/account/address").await;
        app.advance(721);
        owner.browser.open("/account").await;
        walk.page(&mut owner.browser, "/step-up").await;
        walk.elsewhere(&mut owner.browser).await;

        let mut service = proved(&app, "service@example.org").await;
        walk.page(&mut service, "/clients").await;
        let first = activated(&app, &mut service, "service@example.org").await;
        assert!(!first.1.is_empty());
        walk.page(&mut service, "/clients").await;
        let disable = service.open("/clients").await.attribute("a[href^='/clients/disable?']", "href").expect("a way");
        walk.page(&mut service, &disable).await;
        walk.page(&mut service, "/clients/rotate").await;
        walk.page(&mut signed_in(&app, "third@example.org").await, "/account").await;

        let known: BTreeSet<String> = postern_app::pages::forms(false).iter().map(|form| form.path.to_owned()).collect();
        let left: Vec<&String> = known
            .iter()
            .filter(|path| !walk.actions.contains(*path) && !BUTTONS.contains(&path.as_str()))
            .filter(|path| !path.starts_with("/forms/phone/"))
            .collect();
        assert!(left.is_empty(), "forms that the walk does not fill in: {left:?}");
        for field in [
            "/quorum key", "/quorum names", "/quorum ages", "/quorum/ask share", "/forms/sign-in/send address",
            "/forms/email-code/send address", "/forms/account/address/send address", "/forms/account/rename name",
        ] {
            assert!(walk.shown_again.contains(field), "{field} was not given back: {:?}", walk.shown_again);
        }
        assert!(walk.shown_again.contains(&format!("{session}/shares share")), "{:?}", walk.shown_again);
    }

    async fn markup_as_the_name_of_the_portal_is_text_in_every_title(place: Place) {
        let app = TestApp::with(place, &[("POSTERN_PORTAL_NAME", "A</title><b id=planted>&amp;")]).await;
        let page = app.browser().open("/").await;
        assert_no_live_markup(&page, "the name");
        assert!(page.texts("title").concat().ends_with("A</title><b id=planted>&amp;"), "{}", page.body);
    }
}
