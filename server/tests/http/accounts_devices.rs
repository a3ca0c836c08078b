//! The cookie by which a browser is known again: given at sign-in, worth a letter less, and opening nothing.

use crate::accounts::{ADA, GRACE, Owner, ask, enter, factors, forms, is_in, pending, signed_in};
use crate::app::TestApp;
use crate::browser::Answer;
use crate::on_each_store;

/// As devices look, and nobody's.
const UNKNOWN: &str = "AAAAAAAAAAAAAAAAAAAAAA";

const A_YEAR: &str = "Max-Age=31536000";

fn device_of(answer: &Answer) -> Option<(String, Vec<String>)> {
    let cookie = answer.cookies().into_iter().find(|cookie| cookie.contains("-device="))?;
    let mut parts = cookie.split("; ").map(str::to_owned);
    let name = parts.next()?.split('=').next()?.to_owned();
    let mut rules: Vec<String> = parts.collect();
    rules.sort();
    Some((name, rules))
}

/// What the letter about a new browser says.
const NEWS: &str = "opened from a new browser";

fn letters(app: &TestApp) -> usize {
    app.mail.received().iter().filter(|letter| letter.subject.contains(NEWS)).count()
}

on_each_store! {
    async fn a_browser_is_known_from_its_sign_in_on_and_not_before(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = app.browser();
        for path in ["/", "/sign-in", "/totp"] {
            assert!(device_of(&browser.get(path).await).is_none(), "{path}");
        }
        let (page, code) = ask(&app, &mut browser, ADA).await;
        assert_eq!(browser.device(), None);
        let answer = browser.post(&page, forms::CHECK, &[("code", &code)]).await;
        let (name, rules) = device_of(&answer).expect("it is given");
        assert_eq!(name, "postern-device");
        assert_eq!(rules, ["HttpOnly", A_YEAR, "Path=/", "SameSite=Lax"]);
        let device = browser.device().expect("kept").to_owned();
        let owner = { let phone = crate::journey::enrol_totp(&app, &mut browser).await; Owner { browser, phone } };

        let mut waiting = app.browser();
        enter(&app, &mut waiting, ADA).await.page(200, "One more step");
        assert_eq!(waiting.device(), None, "not before the second factor");
        let code = owner.next_code(&app);
        let answer = waiting.post_form(forms::TOTP, &[("code", &code)]).await;
        assert!(device_of(&answer).is_some());
        assert_ne!(waiting.device(), Some(device.as_str()), "each browser has its own");
    }

    async fn behind_https_the_cookie_is_bound_to_it(place: Place) {
        let app = TestApp::https(place).await;
        let mut browser = app.browser();
        browser.name_device("x");
        browser.cookies.insert("postern-device".to_owned(), UNKNOWN.to_owned());
        let (page, code) = ask(&app, &mut browser, ADA).await;
        let answer = browser.post(&page, forms::CHECK, &[("code", &code)]).await;
        let (name, rules) = device_of(&answer).expect("it is given");
        assert_eq!(name, "__Host-postern-device");
        assert_eq!(rules, ["HttpOnly", A_YEAR, "Path=/", "SameSite=Lax", "Secure"]);
        assert_ne!(browser.device(), Some(UNKNOWN), "the other scheme's name means nothing");
        assert!(is_in(&browser, browser.session_id()).await);
    }

    async fn a_known_browser_gets_no_letter_and_a_new_one_does(place: Place) {
        let app = TestApp::open(place).await;
        let owner = Owner::of(&app, ADA).await;
        let at_first = letters(&app);
        let mut other = owner.again(&app, ADA).await;
        crate::accounts::told(&app, ADA, NEWS, at_first + 1).await;
        let device = other.device().expect("known").to_owned();

        app.advance(721);
        let page = other.open("/account").await;
        other.submit(&page, forms::OUT, &[]).await;
        assert_eq!(other.device(), Some(device.as_str()), "signing out does not forget the browser");
        enter(&app, &mut other, ADA).await.page(200, "One more step");
        let code = owner.next_code(&app);
        let page = other.open("/sign-in").await;
        other.submit(&page, forms::TOTP, &[("code", &code)]).await.page(200, "Your account");
        assert_ne!(other.device(), Some(device.as_str()), "it is renewed at each sign-in");
        // Letters leave in order: one that comes after shows that none was sent before it.
        app.advance(721);
        let third = owner.again(&app, ADA).await;
        crate::accounts::told(&app, ADA, NEWS, at_first + 2).await;
        assert_eq!(letters(&app), at_first + 2);
        assert_ne!(third.device(), Some(device.as_str()));
    }

    async fn a_forged_or_malformed_cookie_changes_nothing(place: Place) {
        let app = TestApp::open(place).await;
        let owner = Owner::of(&app, ADA).await;
        let at_first = letters(&app);
        let known = owner.browser.device().expect("known").to_owned();
        let mut signed_in_so_far = 0;
        for forged in [UNKNOWN, "", "x", "not a device", "%00", &format!("{known}="), &known[1..], &known.to_lowercase()] {
            app.advance(721);
            let mut browser = app.browser();
            browser.name_device(forged);
            let page = browser.get("/").await;
            page.page(200, "door");
            assert!(device_of(&page).is_none(), "{forged:?} is neither replaced nor taken back");
            assert_eq!(browser.get("/account").await.location().as_deref(), Some("/sign-in"), "{forged:?} opens nothing");
            enter(&app, &mut browser, ADA).await.page(200, "One more step");
            let code = owner.next_code(&app);
            let page = browser.open("/sign-in").await;
            browser.submit(&page, forms::TOTP, &[("code", &code)]).await.page(200, "Your account");
            signed_in_so_far += 1;
            crate::accounts::told(&app, ADA, NEWS, at_first + signed_in_so_far).await;
        }
    }

    async fn a_cookie_of_one_account_is_a_new_browser_to_another_and_opens_neither(place: Place) {
        let app = TestApp::open(place).await;
        let ada = Owner::of(&app, ADA).await;
        let grace = signed_in(&app, GRACE).await;
        let mut thief = app.browser();
        thief.name_device(ada.browser.device().expect("known"));
        thief.get("/").await.page(200, "door");
        assert!(!is_in(&thief, thief.session_id()).await);
        app.advance(721);
        let mut waiting = pending(&app, ADA).await;
        waiting.name_device(ada.browser.device().expect("known"));
        assert!(!is_in(&waiting, waiting.session_id()).await, "it stands in for no factor");
        waiting.get("/sign-in").await.page(200, "One more step");
        let mut grace = grace;
        assert_eq!(factors(&mut grace).await.len(), 1);
    }

    async fn whoever_signed_in_here_before_is_not_kept_out_by_what_others_ask_for(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        let page = owner.browser.open("/account").await;
        owner.browser.submit(&page, forms::OUT, &[]).await;
        for _ in 0..6 {
            let mut other = app.browser();
            other.get("/sign-in").await;
            other.post_form(forms::SEND, &[("address", ADA)]).await;
        }
        crate::accounts::code_after(&app, ADA, 4).await;
        let mut other = app.browser();
        other.get("/sign-in").await;
        let refused = other.post_form(forms::SEND, &[("address", ADA)]).await;
        let page = other.follow(refused).await;
        assert!(page.has_form(forms::SEND) && page.note().is_some(), "the network has asked enough");
        other.name_device(UNKNOWN);
        app.advance(30);
        let refused = other.post_form(forms::SEND, &[("address", ADA)]).await;
        assert!(other.follow(refused).await.has_form(forms::SEND), "a forged one has no budget");
        enter(&app, &mut owner.browser, ADA).await.page(200, "One more step");
    }
}
