//! Steps that tests of `/api/v1/mfa` have in common.

use serde_json::{Value, json};

use crate::app::TestApp;
use crate::phone::Phone;
use crate::service::{ADA, Service};

/// A service whose key went to Ada.
pub async fn service(app: &TestApp) -> Service {
    service_of(app, ADA).await
}

/// A service whose key went to an address; at least the pause after the letter before.
pub async fn service_of(app: &TestApp, address: &str) -> Service {
    app.advance(31);
    Service::of(&app.program(), &app.mail, address).await
}

/// A user's app, as the service shows it to its user, and the user's name at the service.
pub async fn begin_totp(service: &mut Service, body: Value) -> (String, Phone) {
    let begun = service.post("/totp", body).await.expect(200);
    let text = |name: &str| begun[name].as_str().unwrap_or_else(|| panic!("no {name}: {begun}")).to_owned();
    (text("uuid"), Phone::scan(&text("otpAuthUrl")))
}

/// A user with an app that passed once, by the code of the present step.
pub async fn totp_user(app: &TestApp, service: &mut Service) -> (String, Phone) {
    let (user, phone) = begin_totp(service, json!({ "label": "Byron" })).await;
    let code = phone.code_at(app.unix_time());
    service.post(&validation(&user), json!({ "code": code })).await.expect(200);
    (user, phone)
}

pub fn validation(user: &str) -> String {
    format!("/totp/{user}/validate")
}
