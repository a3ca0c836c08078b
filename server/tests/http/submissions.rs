//! A form that was submitted twice, by a double click, a reload, Back and again, or after a cut connection, is answered
//! by what the first submission came to.

use futures::future::join_all;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::accounts::{ADA, GRACE, Owner, ask, forms, given, is_in, pending, sessions, signed_in, told};
use crate::app::{Place, TestApp};
use crate::browser::{Answer, Browser};
use crate::clients_page::{asked, proved};
use crate::journey::begin_totp;
use crate::journey::forms::CHECK_TOTP;
use crate::on_each_store;
use crate::quorum::URI;

const OVER: &str = "This form was already submitted";

/// The same form of the same page, sent by so many clicks at once.
async fn clicks(browser: &Browser, count: usize, page: &Answer, action: &str, typed: &[(&str, &str)]) -> Vec<Answer> {
    let click = async || browser.reconnected().post(page, action, typed).await;
    join_all((0..count).map(|_| click())).await
}

/// All of them are one answer, with one session id if there is any.
#[track_caller]
fn assert_alike(answers: &[Answer], status: u16) {
    for answer in answers {
        assert_eq!(answer.status, status, "{answer:?}");
        assert_eq!(answer.location(), answers[0].location());
        assert_eq!(answer.body, answers[0].body);
        assert_eq!(given(answer), given(&answers[0]));
    }
}

/// Sends a form and cuts the connection before anything is answered.
async fn send_and_hang_up(app: &TestApp, browser: &Browser, page: &Answer, action: &str, typed: (&str, &str)) {
    let mut fields = page.form(action);
    fields.iter_mut().filter(|(name, _)| name == typed.0).for_each(|(_, value)| typed.1.clone_into(value));
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
    let host = app.origin.split_once("://").expect("an origin").1;
    let head = format!(
        "POST {action} HTTP/1.1\r\nHost: {host}\r\nOrigin: {}\r\nCookie: postern={}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        app.origin,
        browser.session_id(),
        body.len(),
    );
    let mut connection = TcpStream::connect(app.address).await.expect("a connection");
    connection.write_all(format!("{head}{body}").as_bytes()).await.expect("sent");
}

on_each_store! {
    async fn a_sign_in_submitted_many_times_at_once_opens_one_session_for_all_of_them(place: Place) {
        let app = TestApp::open(place).await;
        for (count, address) in [(2, ADA), (20, GRACE)] {
            let mut browser = app.browser();
            let (page, code) = ask(&app, &mut browser, address).await;
            let answers = clicks(&browser, count, &page, forms::CHECK, &[("code", &code)]).await;
            assert_alike(&answers, 303);
            let id = given(&answers[0]).expect("a session");
            assert!(is_in(&browser, &id).await && !is_in(&browser, browser.session_id()).await);
            browser.name_session(&id);
            assert_eq!(sessions(&mut browser).await, 1);
            told(&app, address, "You have an account", 1).await;
        }
    }

    async fn a_second_factor_submitted_many_times_at_once_is_passed_for_all_of_them(place: Place) {
        let app = TestApp::open(place).await;
        let owner = Owner::of(&app, ADA).await;
        for count in [2, 20] {
            app.advance(721);
            let mut browser = pending(&app, ADA).await;
            let page = browser.open("/sign-in").await;
            let code = owner.next_code(&app);
            let answers = clicks(&browser, count, &page, forms::TOTP, &[("code", &code)]).await;
            assert_alike(&answers, 303);
            assert!(is_in(&browser, &given(&answers[0]).expect("a session")).await);
        }
    }

    async fn an_enrolment_confirmed_by_a_double_click_is_confirmed_for_both(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = app.browser();
        browser.open("/totp").await;
        let phone = begin_totp(&mut browser).await;
        let page = browser.open("/totp").await;
        let code = phone.code_at(app.unix_time());
        let answers = clicks(&browser, 2, &page, CHECK_TOTP, &[("code", &code)]).await;
        assert_alike(&answers, 303);
        let page = browser.open("/totp").await;
        assert!(page.text().contains("is paired") && !page.text().contains("used already"), "{}", page.text());
    }

    async fn a_reload_gets_the_outcome_for_two_minutes_and_then_hears_that_it_was_done(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = app.browser();
        let (page, code) = ask(&app, &mut browser, ADA).await;
        let old = browser.clone();
        let first = browser.post(&page, forms::CHECK, &[("code", &code)]).await;
        app.advance(119);
        let again = old.clone().post(&page, forms::CHECK, &[("code", &code)]).await;
        assert_alike(&[first, again], 303);
        app.advance(1);
        let over = old.clone().post(&page, forms::CHECK, &[("code", &code)]).await;
        over.page(409, OVER);
        assert!(given(&over).is_none());
        // The session that it opened goes on.
        browser.get("/account").await.page(200, "Your account");
    }

    async fn another_session_with_the_same_token_gets_nothing_of_it(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = app.browser();
        let (page, code) = ask(&app, &mut browser, ADA).await;
        let mut thief = app.browser();
        thief.open("/sign-in").await;
        let first = browser.post(&page, forms::CHECK, &[("code", &code)]).await;
        let stolen = thief.post(&page, forms::CHECK, &[("code", &code)]).await;
        assert_ne!(given(&stolen), given(&first));
        assert_eq!(thief.get("/account").await.location().as_deref(), Some("/sign-in"));
        let mut nobody = app.browser();
        let stolen = nobody.post(&page, forms::CHECK, &[("code", &code)]).await;
        assert_eq!((stolen.status, given(&stolen)), (401, None));
    }

    async fn back_and_again_after_the_next_step_takes_no_newer_session_away(place: Place) {
        let app = TestApp::open(place).await;
        let owner = Owner::of(&app, ADA).await;
        app.advance(721);
        let mut browser = app.browser();
        let (page, code) = ask(&app, &mut browser, ADA).await;
        browser.submit(&page, forms::CHECK, &[("code", &code)]).await;
        let second = browser.open("/sign-in").await;
        let digits = owner.next_code(&app);
        browser.submit(&second, forms::TOTP, &[("code", &digits)]).await.page(200, "Your account");
        let id = browser.session_id().to_owned();
        let again = browser.post(&page, forms::CHECK, &[("code", &code)]).await;
        assert_eq!((again.status, again.cookies()), (303, vec![]));
        assert_eq!(browser.session_id(), id);
        browser.follow(again).await.page(200, "Your account");
    }

    async fn another_code_typed_into_the_same_page_is_judged(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = app.browser();
        let (page, code) = ask(&app, &mut browser, ADA).await;
        let wrong = if code == "123456" { "654321" } else { "123456" };
        browser.submit(&page, forms::CHECK, &[("code", wrong)]).await.page(200, "mail");
        browser.submit(&page, forms::CHECK, &[("code", &code)]).await.page(200, "Your account");
    }

    async fn letter_goes_though_the_browser_that_asked_for_it_hung_up(place: Place) {
        let app = TestApp::open(place).await;
        for number in 0..10 {
            let mut browser = app.browser();
            let page = browser.open("/email-code").await;
            let address = format!("user{number}@example.org");
            send_and_hang_up(&app, &browser, &page, crate::journey::forms::SEND, ("address", &address)).await;
        }
        assert_eq!(app.mail.wait_for(10).await.len(), 10);
    }

    async fn a_cut_connection_loses_no_session(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = app.browser();
        let (page, code) = ask(&app, &mut browser, ADA).await;
        send_and_hang_up(&app, &browser, &page, forms::CHECK, ("code", &code)).await;
        let page = browser.submit(&page, forms::CHECK, &[("code", &code)]).await;
        page.page(200, "Your account");
    }

    async fn recovery_codes_and_an_api_secret_are_shown_again_to_the_same_submission(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        let page = owner.browser.open("/account").await;
        let shown = clicks(&owner.browser, 2, &page, forms::NEW_CODES, &[]).await;
        assert_alike(&shown, 200);
        let codes = shown[0].texts("#codes code");
        assert_eq!(codes.len(), 10);
        told(&app, ADA, "recovery codes", 1).await;
        app.advance(120);
        let over = owner.browser.post(&page, forms::NEW_CODES, &[]).await;
        over.page(409, OVER);
        assert!(!codes.iter().any(|code| over.body.contains(code)));

        let mut browser = proved(&app, GRACE).await;
        let key = asked(&app, &mut browser, GRACE).await;
        let page = browser.open("/clients").await;
        let shown = clicks(&browser, 2, &page, crate::clients_page::forms::ACTIVATE, &[("key", &key)]).await;
        assert_alike(&shown, 200);
        assert!(!shown[0].texts("#api-secret").concat().is_empty());
    }

    async fn a_deal_submitted_many_times_at_once_hands_out_the_same_shares(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = app.browser();
        let typed = [("key", URI), ("size", "5"), ("threshold", "3")];
        for count in [2, 20] {
            let page = browser.get("/quorum").await;
            let dealt = clicks(&browser, count, &page, "/quorum", &typed).await;
            assert_alike(&dealt, 200);
            dealt[0].page(200, "Hand out these shares now");
            let other = browser.get("/quorum").await;
            assert_ne!(browser.post(&other, "/quorum", &typed).await.body, dealt[0].body, "another page, another deal");
        }
    }

    async fn a_page_that_is_older_than_an_hour_is_not_submitted(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = signed_in(&app, ADA).await;
        let page = browser.get("/quorum").await;
        app.advance(3600);
        let old = browser.post(&page, "/quorum", &[("key", URI), ("size", "5"), ("threshold", "3")]).await;
        old.page(409, "This page is too old");
    }

    async fn a_form_without_a_token_is_answered_as_before(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = app.browser();
        let (_, code) = ask(&app, &mut browser, ADA).await;
        for odd in ["", "x", "1-2"] {
            let wrong = browser.post_form(forms::CHECK, &[("submission", odd), ("code", "x")]).await;
            assert_eq!(wrong.status, 303, "{odd}");
        }
        let answer = browser.post_form(forms::CHECK, &[("code", &code)]).await;
        browser.follow(answer).await.page(200, "Your account");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_on_one_redis_answer_equal_submissions_alike() {
    let mut app = TestApp::open(Place::redis()).await;
    let other = app.another_process().await;
    let mut browser = app.browser();
    let (page, code) = ask(&app, &mut browser, ADA).await;
    let elsewhere = browser.at(other);
    let typed = [("code", code.as_str())];
    let (here, there) = tokio::join!(
        clicks(&browser, 10, &page, forms::CHECK, &typed),
        clicks(&elsewhere, 10, &page, forms::CHECK, &typed)
    );
    let all: Vec<Answer> = here.into_iter().chain(there).collect();
    assert_alike(&all, 303);
    assert!(is_in(&browser, &given(&all[0]).expect("a session")).await);
}
