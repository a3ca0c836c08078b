//! Fifty at once: one code opens one session, whichever code it is and whichever process it comes to.

use tokio::task::JoinSet;

use crate::accounts::{ADA, Owner, ask, enter, forms, given, is_in, new_codes, pending, sessions};
use crate::app::{Place, TestApp};
use crate::browser::{Answer, Browser};
use crate::on_each_store;

const TIMES: usize = 50;

/// Posts one code from these browsers, in turn and at once.
async fn all_at_once(browsers: &[Browser], form: &'static str, code: &str) -> Vec<(Browser, Answer)> {
    let mut posting = JoinSet::new();
    for browser in browsers.iter().cycle().take(TIMES) {
        let (mut browser, code) = (browser.clone(), code.to_owned());
        posting.spawn(async move {
            let answer = browser.post_form(form, &[("code", &code)]).await;
            (browser, answer)
        });
    }
    posting.join_all().await
}

/// Of all these one got in. Answers its browser.
async fn the_one(came: Vec<(Browser, Answer)>) -> Browser {
    let mut inside = Vec::new();
    for (browser, answer) in came {
        // 429: the account has as many recovery codes being verified as its share of the work queue allows.
        assert!([303, 401, 429].contains(&answer.status), "{answer:?}");
        let led_in = answer.location().as_deref() == Some("/account");
        let opens = match given(&answer) {
            Some(id) => is_in(&browser, &id).await,
            None => false,
        };
        assert_eq!(led_in, opens, "{answer:?}");
        inside.extend(opens.then_some(browser));
    }
    assert_eq!(inside.len(), 1, "of {TIMES}");
    inside.remove(0)
}

on_each_store! {
    async fn of_fifty_posts_of_one_code_by_mail_one_makes_the_account(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = app.browser();
        let (_, code) = ask(&app, &mut browser, ADA).await;
        let mut inside = the_one(all_at_once(&[browser], forms::CHECK, &code).await).await;
        assert_eq!(sessions(&mut inside).await, 1);
    }

    async fn of_fifty_posts_of_one_code_by_mail_one_signs_in(place: Place) {
        let app = TestApp::open(place).await;
        let mut first = crate::accounts::signed_in(&app, ADA).await;
        app.advance(721);
        let mut browser = app.browser();
        let (_, code) = ask(&app, &mut browser, ADA).await;
        the_one(all_at_once(&[browser], forms::CHECK, &code).await).await;
        assert_eq!(sessions(&mut first).await, 2);
    }

    async fn of_fifty_posts_of_one_code_of_an_app_one_signs_in(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        app.advance(721);
        let browsers = [pending(&app, ADA).await, pending(&app, ADA).await];
        let code = owner.next_code(&app);
        the_one(all_at_once(&browsers, forms::TOTP, &code).await).await;
        assert_eq!(sessions(&mut owner.browser).await, 2);
    }

    async fn of_fifty_posts_of_one_recovery_code_one_signs_in(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        let codes = new_codes(&mut owner.browser).await;
        app.advance(721);
        let browsers = [pending(&app, ADA).await, pending(&app, ADA).await];
        the_one(all_at_once(&browsers, forms::RECOVERY, &codes[3]).await).await;
        assert_eq!(sessions(&mut owner.browser).await, 2);
        let page = owner.browser.open("/account").await;
        assert!(page.text().contains("9 of 10 are left"), "{}", page.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_posts_to_two_processes_on_one_redis_one_gets_in() {
    let mut app = TestApp::open(Place::redis()).await;
    let second = app.another_process().await;
    let mut browser = app.browser();
    let (_, code) = ask(&app, &mut browser, ADA).await;
    let both = [browser.clone(), browser.at(second)];
    let mut inside = the_one(all_at_once(&both, forms::CHECK, &code).await).await;
    assert_eq!(sessions(&mut inside).await, 1);
    assert_eq!(sessions(&mut inside.at(second)).await, 1, "both know it");

    let phone = crate::journey::enrol_totp(&app, &mut inside).await;
    let mut owner = Owner { browser: inside, phone };
    let codes = new_codes(&mut owner.browser).await;
    for (n, form) in [forms::TOTP, forms::RECOVERY].into_iter().enumerate() {
        app.advance(721);
        let (mut here, mut there) = (app.browser(), app.browser_at(second));
        for browser in [&mut here, &mut there] {
            enter(&app, browser, ADA).await.page(200, "One more step");
        }
        let code = if form == forms::TOTP { owner.next_code(&app) } else { codes[0].clone() };
        the_one(all_at_once(&[here, there], form, &code).await).await;
        assert_eq!(sessions(&mut owner.browser).await, 2 + n);
    }
}
