//! Signing in: to an account made on the spot, out again, and back with a second factor. Every rise changes the id.

use serde_json::json;

use crate::accounts::{ADA, GRACE, Owner, ask, codes_to, enter, factors, forms, given, is_in, pending, sessions, told};
use crate::app::TestApp;
use crate::journey::{begin_totp, enrol_totp, level, verify_totp, visitor};
use crate::on_each_store;

on_each_store! {
    async fn a_new_address_signs_in_signs_out_and_comes_back_with_its_app_and_every_older_id_is_dead(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let mut ids = vec![browser.session_id().to_owned()];
        let page = enter(&app, &mut browser, ADA).await;
        page.page(200, "Your account");
        assert!(page.note().expect("a note").contains("Your account is made"), "{:?}", page.note());
        assert!(page.text().contains(ADA) && page.text().contains("Level 1 of 3"), "{}", page.text());
        ids.push(browser.session_id().to_owned());
        told(&app, ADA, "", 2).await;

        let phone = begin_totp(&mut browser).await;
        assert_eq!(verify_totp(&mut browser, &phone.code_at(app.unix_time())).await.expect(200)["status"], true);
        ids.push(browser.session_id().to_owned());
        assert_eq!(level(&mut browser).await, 2);
        told(&app, ADA, "A factor was added", 1).await;

        let page = browser.open("/account").await;
        let left = browser.submit(&page, forms::OUT, &[]).await;
        left.page(200, "Sign in");
        assert!(left.note().expect("a note").contains("You are signed out"), "{:?}", left.note());
        ids.push(browser.session_id().to_owned());
        assert_eq!(factors(&mut browser).await, Vec::<serde_json::Value>::new());
        assert_eq!(browser.get("/account").await.location().as_deref(), Some("/sign-in"));

        app.advance(30);
        enter(&app, &mut browser, ADA).await.page(200, "One more step");
        assert_ne!(browser.session_id(), ids[3], "a copy from before the mail code is worth nothing");
        ids.push(browser.session_id().to_owned());
        let page = browser.open("/sign-in").await;
        let back = browser.submit(&page, forms::TOTP, &[("code", &phone.code_at(app.unix_time()))]).await;
        back.page(200, "Your account");
        assert!(back.text().contains("Level 2 of 3"), "{}", back.text());
        ids.push(browser.session_id().to_owned());

        let different: std::collections::BTreeSet<&String> = ids.iter().collect();
        assert_eq!(different.len(), 6, "{ids:?}");
        let last = ids.pop().expect("five");
        for id in &ids {
            let mut late = browser.clone();
            late.name_session(id);
            late.get("/account").await.page(401, "session is over");
            late.api_get("/session").await.problem(401, "no-session");
        }
        assert!(is_in(&browser, &last).await);
        assert_eq!(sessions(&mut browser).await, 1, "the one before was signed out");
    }

    async fn a_visit_is_kept_with_what_is_ticked_and_signs_in_with_it_from_then_on(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let page = browser.open("/email-code").await;
        let page = browser.submit(&page, crate::journey::forms::SEND, &[("address", ADA)]).await;
        let code = crate::accounts::code_after(&app, ADA, 0).await;
        browser.submit(&page, crate::journey::forms::CHECK, &[("code", &code)]).await.page(200, "proved");
        let phone = enrol_totp(&app, &mut browser).await;
        let before = browser.session_id().to_owned();
        let page = browser.open("/account/keep").await;
        let ticked = page.form(forms::KEEP).iter().filter(|(name, _)| name != "submission").count();
        assert_eq!(ticked, 1, "the app is ticked");
        let kept = browser.submit(&page, forms::KEEP, &[]).await;
        kept.page(200, "Your account");
        assert!(kept.note().expect("a note").contains("Your account is made"));
        assert_ne!(browser.session_id(), before);
        assert!(!is_in(&browser, &before).await);
        assert!(factors(&mut browser).await.iter().any(|factor| factor["kind"] == "totp"));
        assert_eq!(level(&mut browser).await, 2);

        let owner = Owner { browser, phone };
        let mut again = owner.again(&app, ADA).await;
        assert_eq!(sessions(&mut again).await, 2);
    }

    async fn a_visit_that_is_not_ticked_keeps_the_address_alone(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        crate::journey::prove_address(&app, &mut browser, 1).await;
        enrol_totp(&app, &mut browser).await;
        let kept = browser.post_form(forms::KEEP, &[]).await;
        browser.follow(kept).await.page(200, "Your account");
        let kinds: Vec<_> = factors(&mut browser).await.iter().map(|factor| factor["kind"].clone()).collect();
        assert_eq!(kinds, [json!("email")]);
        assert_eq!(level(&mut browser).await, 1);
    }

    async fn requests_in_flight_while_somebody_gets_in_end_well_and_one_id_lives(place: Place) {
        let app = TestApp::open(place).await;
        let owner = Owner::of(&app, ADA).await;
        for _ in 0..3 {
            app.advance(721);
            let browser = pending(&app, ADA).await;
            let before = browser.session_id().to_owned();
            let code = owner.next_code(&app);
            let [mut form, mut page, mut account, mut api] = std::array::from_fn(|_| browser.clone());
            let fields = [("code", code.as_str())];
            let (form, page, account, api) = tokio::join!(
                form.post_form(forms::TOTP, &fields),
                page.get("/sign-in"),
                account.get("/account"),
                api.api_get("/session"),
            );
            assert_eq!((form.status, form.location().as_deref()), (303, Some("/account")));
            let id = given(&form).expect("a new id");
            assert!([200, 303, 401].contains(&page.status) && [200, 303, 401].contains(&account.status), "{page:?} {account:?}");
            assert!([200, 401].contains(&api.status), "{api:?}");
            for answer in [&page, &account, &api] {
                assert!(answer.cookies().is_empty(), "{answer:?}");
            }
            assert!(is_in(&browser, &id).await && !is_in(&browser, &before).await);
        }
    }

    async fn requests_in_flight_while_somebody_signs_out_end_well_and_open_nothing(place: Place) {
        let app = TestApp::open(place).await;
        let owner = Owner::of(&app, ADA).await;
        let before = owner.browser.session_id().to_owned();
        let [mut out, mut effects, mut page] = std::array::from_fn(|_| owner.browser.clone());
        let (out, effects, page) =
            tokio::join!(out.post_form(forms::OUT, &[]), effects.post_form(forms::OUT, &[]), page.get("/account"));
        assert!([&out, &effects].iter().all(|answer| [303, 401].contains(&answer.status)), "{out:?} {effects:?}");
        assert!([200, 303, 401].contains(&page.status) && page.cookies().is_empty(), "{page:?}");
        let ids: Vec<String> = [&out, &effects].into_iter().filter_map(given).collect();
        assert!(!ids.is_empty());
        for id in ids.iter().chain([&before]) {
            assert!(!is_in(&owner.browser, id).await);
        }
    }

    async fn another_address_may_be_given_at_every_step_and_the_first_one_opens_nothing_then(place: Place) {
        let app = TestApp::open(place).await;
        Owner::of(&app, ADA).await;
        app.advance(721);
        let mut browser = pending(&app, ADA).await;
        let page = browser.open("/sign-in").await;
        let page = browser.submit(&page, forms::ANOTHER, &[]).await;
        page.page(200, "Sign in");
        assert!(page.has_form(forms::SEND) && !page.text().contains(ADA));
        app.advance(30);
        let (_, first) = ask(&app, &mut browser, GRACE).await;
        let page = browser.open("/sign-in").await;
        browser.submit(&page, forms::ANOTHER, &[]).await;
        let late = browser.post_form(forms::CHECK, &[("code", &first)]).await;
        assert_eq!(late.location().as_deref(), Some("/sign-in"));
        assert!(!is_in(&browser, browser.session_id()).await);
        assert_eq!(codes_to(&app, GRACE).len(), 1);
    }
}
