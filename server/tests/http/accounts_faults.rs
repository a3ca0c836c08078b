//! Something of ours away or broken in the middle of a sign-in: told as such, at most one session opened, and it works
//! afterwards.

use std::sync::Arc;
use std::time::Duration;

use crate::accounts::{ADA, Owner, ask, code_after, forms, is_in, pending, sessions};
use crate::app::{Place, TestApp};
use crate::browser::{Answer, Browser};
use crate::faulty::{Break, FaultyStore};
use crate::journey::{begin_totp, verify_totp};
use crate::on_each_store;
use crate::phone::Phone;
use crate::redis_server::RedisServer;
use crate::wait::until;
use crate::wired::Wired;

/// More calls than a sign-in makes.
const CALLS: usize = 40;

/// As far as the letter with the code.
async fn asked(wired: &Wired, browser: &mut Browser) -> String {
    browser.open("/sign-in").await;
    let sent = browser.post_form(forms::SEND, &[("address", ADA)]).await;
    assert_eq!(sent.status, 303);
    wired.next_code().await
}

/// An account with an app, and what it is opened with.
async fn owner(wired: &Wired) -> (Browser, Phone) {
    let mut browser = wired.browser().await;
    let code = asked(wired, &mut browser).await;
    let made = browser.post_form(forms::CHECK, &[("code", &code)]).await;
    assert_eq!(made.location().as_deref(), Some("/account"));
    let phone = begin_totp(&mut browser).await;
    assert_eq!(verify_totp(&mut browser, &phone.code_at(wired.now())).await.expect(200)["status"], true);
    (browser, phone)
}

async fn waiting(wired: &Wired) -> Browser {
    wired.clock.advance(Duration::from_secs(721));
    let mut browser = wired.browser().await;
    let code = asked(wired, &mut browser).await;
    browser.post_form(forms::CHECK, &[("code", &code)]).await;
    browser.get("/sign-in").await.page(200, "One more step");
    browser
}

/// Whether it led in; else it says that the store is away. What was done stands, though a letter about it is lost.
#[track_caller]
fn led_in(answer: &Answer, broke: bool, what: &str) -> bool {
    if answer.status == 303 {
        assert_eq!(answer.location().as_deref(), Some("/account"), "{what}");
        return true;
    }
    answer.page(503, "temporarily unavailable");
    assert!(broke && answer.cookies().is_empty() && answer.location().is_none(), "{what}: {answer:?}");
    false
}

#[tokio::test]
async fn wherever_the_store_breaks_a_code_of_an_app_opens_at_most_one_session_and_the_next_one_works() {
    for how in [Break::Away, Break::AnswerLost] {
        for call in 0..CALLS {
            let store = Arc::new(FaultyStore::default());
            let wired = Wired::over(store.clone(), true).await;
            let (mut first, phone) = owner(&wired).await;
            let mut browser = waiting(&wired).await;
            let code = phone.code_at(wired.now());
            let what = format!("{how:?} at {call}");
            store.break_at(call, how);
            let answer = browser.post_form(forms::TOTP, &[("code", &code)]).await;
            let broke = store.mend();
            let opened = sessions(&mut first).await - 1;
            assert!(opened <= 1, "{what}: {opened}");
            if led_in(&answer, broke, &what) {
                assert!(opened == 1 && is_in(&browser, browser.session_id()).await, "{what}");
                if broke {
                    continue;
                }
                assert!(call > 5, "{what}");
                break;
            }
            assert!(!is_in(&browser, browser.session_id()).await, "{what}");
            // Where nothing was opened nothing was burned: the same code does it.
            let again = browser.post_form(forms::TOTP, &[("code", &code)]).await;
            if opened == 0 {
                assert_eq!(again.location().as_deref(), Some("/account"), "{what}");
                assert_eq!(sessions(&mut first).await, 2, "{what}");
            } else {
                // It is burned; and where it was the answer about the session's new id that was lost, so is the old id.
                assert!(again.status == 401 || again.location().as_deref() == Some("/sign-in"), "{what}: {again:?}");
                let mut anew = waiting(&wired).await;
                let code = phone.code_at(wired.now());
                let answer = anew.post_form(forms::TOTP, &[("code", &code)]).await;
                assert_eq!(answer.location().as_deref(), Some("/account"), "{what}");
            }
            assert!(call < CALLS - 1, "it makes more calls");
        }
    }
}

#[tokio::test]
async fn wherever_the_store_breaks_a_code_by_mail_makes_at_most_one_account_and_a_new_one_works() {
    for how in [Break::Away, Break::AnswerLost] {
        for call in 0..CALLS {
            let store = Arc::new(FaultyStore::default());
            let wired = Wired::over(store.clone(), true).await;
            let mut browser = wired.browser().await;
            let code = asked(&wired, &mut browser).await;
            let what = format!("{how:?} at {call}");
            store.break_at(call, how);
            let answer = browser.post_form(forms::CHECK, &[("code", &code)]).await;
            let broke = store.mend();
            if led_in(&answer, broke, &what) {
                assert_eq!(sessions(&mut browser).await, 1, "{what}");
                if broke {
                    continue;
                }
                assert!(call > 5, "{what}");
                break;
            }
            assert!(!is_in(&browser, browser.session_id()).await, "{what}");
            // An address that was about to be somebody's is free again after ten minutes.
            wired.clock.advance(Duration::from_secs(721));
            let mut anew = wired.browser().await;
            let code = asked(&wired, &mut anew).await;
            let answer = anew.post_form(forms::CHECK, &[("code", &code)]).await;
            assert_eq!(answer.location().as_deref(), Some("/account"), "{what}");
            assert!(sessions(&mut anew).await <= 2, "{what}");
            assert!(call < CALLS - 1, "it makes more calls");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_killed_in_the_middle_of_a_sign_in_burns_nothing() {
    let mut app = TestApp::open(Place::Redis(RedisServer::start_durable())).await;
    let mut owner = Owner::of(&app, ADA).await;
    app.advance(721);
    let mut mailed = app.browser();
    let (_, code) = ask(&app, &mut mailed, ADA).await;
    let mut waiting = pending(&app, ADA).await;
    let totp = owner.next_code(&app);
    app.redis().stop();
    mailed.post_form(forms::CHECK, &[("code", &code)]).await.page(503, "temporarily unavailable");
    for _ in 0..3 {
        let answer = waiting.post_form(forms::TOTP, &[("code", &totp)]).await;
        answer.page(503, "temporarily unavailable");
        assert!(answer.cookies().is_empty());
    }
    waiting.get("/sign-in").await.page(503, "temporarily unavailable");
    owner.browser.get("/account").await.page(503, "temporarily unavailable");
    app.redis().start_again();
    until("the store is back", async || waiting.get("/sign-in").await.status == 200).await;
    assert_eq!(sessions(&mut owner.browser).await, 1, "nothing was opened meanwhile");
    let page = waiting.open("/sign-in").await;
    waiting.submit(&page, forms::TOTP, &[("code", &totp)]).await.page(200, "Your account");
    let page = mailed.open("/sign-in").await;
    mailed.submit(&page, forms::CHECK, &[("code", &code)]).await.page(200, "One more step");
    assert_eq!(sessions(&mut owner.browser).await, 2);
}

on_each_store! {
    async fn a_mail_server_that_is_away_changes_no_answer_of_a_sign_in(place: Place) {
        let mut app = TestApp::open(place).await;
        Owner::of(&app, ADA).await;
        app.advance(721);
        let mut answers = Vec::new();
        for away in [false, true] {
            if away {
                app.mail.stop().await;
                app.advance(721);
            }
            let mut browser = app.browser();
            let first = browser.get("/sign-in").await;
            let sent = browser.post(&first, forms::SEND, &[("address", ADA)]).await;
            let page = browser.get("/sign-in").await;
            answers.push((sent.status, sent.location(), page.status, page.text()));
            if !away {
                code_after(&app, ADA, 1).await;
                continue;
            }
            app.mail.start_again().await;
            app.advance(20);
            let code = code_after(&app, ADA, 2).await;
            browser.submit(&page, forms::CHECK, &[("code", &code)]).await.page(200, "One more step");
        }
        assert_eq!(answers[0], answers[1]);
    }
}
