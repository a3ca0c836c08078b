//! Redis or the mail server away in the middle of a walk, and back.

use std::sync::Arc;

use postern_core::port::WorkError;
use postern_core::testing::{BusyQueue, MemoryStore};
use serde_json::json;

use crate::app::{Place, TestApp};
use crate::browser::Browser;
use crate::journey::{ADDRESS, ask_for_code, begin_totp, forms, level, verify_totp, visitor};
use crate::on_each_store;
use crate::redis_server::RedisServer;
use crate::wait::until;
use crate::wired::Wired;

/// Every kind of request while the store is away.
async fn assert_away(browser: &mut Browser, totp: &str, mail: &str) {
    browser.get("/").await.page(503, "temporarily unavailable");
    browser.get("/totp").await.page(503, "temporarily unavailable");
    browser.post_form(forms::CHECK_TOTP, &[("code", totp)]).await.page(503, "temporarily unavailable");
    browser.post_form(forms::BEGIN, &[]).await.page(503, "temporarily unavailable");
    browser.api_get("/session").await.problem(503, "store-away");
    browser.api_post("/otp", json!({ "email": ADDRESS })).await.problem(503, "store-away");
    browser.api_post("/otp/verify", json!({ "otp": mail })).await.problem(503, "store-away");
    browser.api_delete("/session").await.problem(503, "store-away");
    let verified = verify_totp(browser, totp).await;
    verified.problem(503, "store-away");
    assert!(verified.retry_after() > 0);
    let mut stranger = browser.clone();
    stranger.cookies.clear();
    let page = stranger.get("/").await;
    page.page(503, "temporarily unavailable");
    assert!(page.cookies().is_empty());
    for path in page.attributes("link[href]", "href") {
        assert_eq!(browser.get(&path).await.status, 200, "the page can still be shown as it should");
    }
    assert_eq!(browser.get("/healthz").await.status, 200);
    assert_eq!(browser.get("/readyz").await.expect(503)["store"], "down");
}

async fn assert_back(browser: &mut Browser) {
    until("the store is back", async || browser.get("/readyz").await.status == 200).await;
    until("pages are back", async || browser.get("/totp").await.status == 200).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_killed_in_the_middle_of_a_walk_is_told_at_once_and_forgotten_when_it_is_back() {
    let mut app = TestApp::open(Place::Redis(RedisServer::start_durable())).await;
    let mut browser = visitor(&app).await;
    let mail = ask_for_code(&app, &mut browser, 1).await;
    let totp = begin_totp(&mut browser).await.code_at(app.unix_time());
    app.redis().stop();
    assert_away(&mut browser, &totp, &mail).await;
    app.redis().start_again();
    assert_back(&mut browser).await;
    assert_eq!(level(&mut browser).await, 0, "nothing was accepted meanwhile");
    assert_eq!(verify_totp(&mut browser, &totp).await.expect(200)["status"], true, "and nothing was burned");
    assert_eq!(browser.api_post("/otp/verify", json!({ "otp": mail })).await.expect(200)["status"], true);
    assert_eq!(level(&mut browser).await, 2);
    assert_eq!(app.mail.received().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_that_accepts_connections_and_answers_nothing_is_told_at_once_too() {
    let mut app = TestApp::open(Place::redis()).await;
    let mut browser = visitor(&app).await;
    app.redis().pause();
    browser.get("/").await.page(503, "temporarily unavailable");
    browser.api_get("/session").await.problem(503, "store-away");
    assert_eq!(browser.get("/healthz").await.status, 200);
    app.redis().resume();
    assert_back(&mut browser).await;
}

on_each_store! {
    async fn a_mail_server_that_is_away_changes_no_answer(place: Place) {
        let mut app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        app.mail.stop().await;
        let sent = browser.api_post("/otp", json!({ "email": ADDRESS })).await.expect(202);
        assert_eq!(sent, json!({ "sent_to": "a…@example.org", "expires_in": 300, "retry_after": 30 }));
        let page = browser.open("/email-code").await;
        assert!(page.text().contains("a…@example.org"));
        until("somebody noticed", async || {
            let ready = browser.get("/readyz").await.expect(200);
            assert_eq!(ready["store"], "up");
            ready["mail"] == "down"
        })
        .await;
        app.mail.start_again().await;
        app.advance(20);
        let code = app.code_of_letter(1).await;
        assert_eq!(browser.api_post("/otp/verify", json!({ "otp": code })).await.expect(200)["status"], true);
    }
}

#[tokio::test]
async fn full_queue_of_heavy_work_is_told_as_busy_and_as_no_outage() {
    let secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
    for (error, status, kind, heading) in [
        (WorkError::QueueFull, 503, "overloaded", "The portal is busy"),
        (WorkError::ShareExceeded, 429, "busy", "Too many requests"),
    ] {
        let wired = Wired::with(Arc::new(MemoryStore::default()), true, Arc::new(BusyQueue::new(error))).await;
        let mut browser = wired.browser().await;
        let deal = json!({ "secret_key": secret, "shares": 3, "threshold": 2 });
        browser.api_post("/quorum/shares", deal).await.problem(status, kind);
        let form = browser.get("/quorum").await;
        let page = browser.post(&form, "/quorum", &[("key", secret), ("size", "3"), ("threshold", "2")]).await;
        page.page(status, heading);
        assert!(page.retry_after() > 0);
        assert!(page.text().contains("Try again in 5 seconds"), "{}", page.text());
    }
}
