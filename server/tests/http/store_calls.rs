//! How often a request asks the store. Each call is a round trip where the store is elsewhere, so the table is a budget: a
//! route that asks more often fails here, and one that asks less often lowers its line.

use std::sync::Arc;
use std::time::Duration;

use postern_core::testing::MemoryStore;
use serde_json::json;

use crate::accounts::{ADA, forms};
use crate::journey::{begin_totp, verify_totp};
use crate::phone::Phone;
use crate::service::Service;
use crate::wired::Wired;

/// What is asked, and how many calls of the store it takes, the session's own included.
const BUDGET: [(&str, u64); 11] = [
    ("GET / first visit", 3),
    ("GET /totp of a visitor", 4),
    ("POST /api/v1/totp/verify, wrong", 2),
    ("POST /api/v1/totp/verify, right", 3),
    ("first account by a code by mail", 24),
    ("GET /account", 8),
    ("GET /totp of an account", 4),
    ("sign-in by TOTP", 15),
    ("POST /api/v1/mfa/totp/{uuid}/validate, wrong", 3),
    ("POST /api/v1/mfa/totp/{uuid}/validate, right", 3),
    ("POST /api/v1/mfa/totp/{uuid}/validate, throttled", 2),
];

/// The calls of one step after the other.
struct Meter {
    store: Arc<MemoryStore>,
    read: u64,
    found: Vec<(&'static str, u64)>,
}

impl Meter {
    /// What was asked since the last reading belongs to this step.
    fn note(&mut self, step: &'static str) {
        let calls = self.store.calls();
        self.found.push((step, calls - self.read));
        self.read = calls;
    }

    /// What was asked since the last reading belongs to no step.
    fn skip(&mut self) {
        self.read = self.store.calls();
    }
}

#[tokio::test]
async fn no_route_asks_the_store_more_often_than_its_budget() {
    let store = Arc::new(MemoryStore::default());
    let wired = Wired::over(store.clone(), true).await;
    let mut meter = Meter { store, read: 0, found: Vec::new() };

    let mut visitor = wired.browser().await;
    meter.skip();
    visitor.open("/").await;
    meter.note("GET / first visit");
    let phone = begin_totp(&mut visitor).await;
    meter.skip();
    visitor.open("/totp").await;
    meter.note("GET /totp of a visitor");
    verify_totp(&mut visitor, &phone.wrong_code_at(wired.now())).await.expect(200);
    meter.note("POST /api/v1/totp/verify, wrong");
    verify_totp(&mut visitor, &phone.code_at(wired.now())).await.expect(200);
    meter.note("POST /api/v1/totp/verify, right");

    let mut owner = wired.browser().await;
    owner.open("/sign-in").await;
    owner.post_form(forms::SEND, &[("address", ADA)]).await;
    let code = wired.next_code().await;
    meter.skip();
    let answer = owner.post_form(forms::CHECK, &[("code", &code)]).await;
    assert_eq!(answer.location().as_deref(), Some("/account"));
    meter.note("first account by a code by mail");
    owner.open("/account").await;
    meter.skip();
    owner.open("/account").await;
    meter.note("GET /account");
    let phone = begin_totp(&mut owner).await;
    verify_totp(&mut owner, &phone.code_at(wired.now())).await.expect(200);
    meter.skip();
    owner.open("/totp").await;
    meter.note("GET /totp of an account");

    wired.clock.advance(Duration::from_secs(721));
    let mut back = wired.browser().await;
    back.open("/sign-in").await;
    back.post_form(forms::SEND, &[("address", ADA)]).await;
    let code = wired.next_code().await;
    back.post_form(forms::CHECK, &[("code", &code)]).await;
    meter.skip();
    let answer = back.post_form(forms::TOTP, &[("code", &phone.code_at(wired.now()))]).await;
    assert_eq!(answer.location().as_deref(), Some("/account"));
    meter.note("sign-in by TOTP");

    let (key, secret) = wired.client().await;
    let mut service = Service { program: wired.browser().await, key, secret, network: None };
    let begun = service.post("/totp", json!({})).await.expect(200);
    let phone = Phone::scan(begun["otpAuthUrl"].as_str().expect("a link"));
    let validate = format!("/totp/{}/validate", begun["uuid"].as_str().expect("an id"));
    let wrong = json!({ "code": phone.wrong_code_at(wired.now()) });
    // The client's last use is noted by its first call.
    service.post(&validate, json!({ "code": phone.code_at(wired.now()) })).await.expect(200);
    wired.clock.advance(Duration::from_secs(30));
    meter.skip();
    service.post(&validate, wrong.clone()).await.problem(401, "wrong");
    meter.note("POST /api/v1/mfa/totp/{uuid}/validate, wrong");
    service.post(&validate, json!({ "code": phone.code_at(wired.now()) })).await.expect(200);
    meter.note("POST /api/v1/mfa/totp/{uuid}/validate, right");
    for _ in 0..5 {
        service.post(&validate, wrong.clone()).await;
    }
    meter.skip();
    service.post(&validate, wrong).await.problem(429, "throttled");
    meter.note("POST /api/v1/mfa/totp/{uuid}/validate, throttled");
    assert_eq!(meter.found, BUDGET);
}
