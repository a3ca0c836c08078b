//! Steps that many journeys have in common, by either door.

use serde_json::json;

use crate::app::TestApp;
use crate::browser::{Answer, Browser};
use crate::phone::Phone;

pub const ADDRESS: &str = "ada.byron@example.org";

pub mod forms {
    pub const SEND: &str = "/forms/email-code/send";
    pub const CHECK: &str = "/forms/email-code/check";
    pub const RESEND: &str = "/forms/email-code/resend";
    pub const ANOTHER: &str = "/forms/email-code/another";
    pub const BEGIN_TOTP: &str = "/forms/totp/begin";
    pub const CHECK_TOTP: &str = "/forms/totp/check";
    pub const RENAME_TOTP: &str = "/forms/totp/rename";
    pub const REMOVE_TOTP: &str = "/forms/totp/remove";
    pub const BEGIN_HOTP: &str = "/forms/hotp/begin";
    pub const CHECK_HOTP: &str = "/forms/hotp/check";
    pub const RESYNC_HOTP: &str = "/forms/hotp/resync";
    pub const REMOVE_HOTP: &str = "/forms/hotp/remove";
    pub const END: &str = "/forms/session/end";
    pub const START_OVER: &str = "/forms/session/start-over";
    pub const BEGIN: &str = "/forms/session/begin";
}

/// Asks for a code by API; answers the code of the letter, which is number `letter` of this house.
pub async fn ask_for_code(app: &TestApp, browser: &mut Browser, letter: usize) -> String {
    browser.api_post("/otp", json!({ "email": ADDRESS })).await.expect(202);
    app.code_of_letter(letter).await
}

/// Proves the address by API, with letter number `letter`.
pub async fn prove_address(app: &TestApp, browser: &mut Browser, letter: usize) {
    let code = ask_for_code(app, browser, letter).await;
    assert_eq!(browser.api_post("/otp/verify", json!({ "otp": code })).await.expect(200), json!({ "status": true }));
}

/// An enrolment by API that waits for its first code.
pub async fn begin_totp(browser: &mut Browser) -> Phone {
    let begun = browser.api_post("/totp", json!({})).await.expect(201);
    Phone::scan(begun["uri"].as_str().expect("a link"))
}

/// An authenticator app, enrolled by API. The code that confirmed it is that of the present step.
pub async fn enrol_totp(app: &TestApp, browser: &mut Browser) -> Phone {
    let phone = begin_totp(browser).await;
    let verified = verify_totp(browser, &phone.code_at(app.unix_time())).await;
    assert_eq!(verified.expect(200), json!({ "status": true }));
    phone
}

pub async fn verify_totp(browser: &mut Browser, code: &str) -> Answer {
    browser.api_post("/totp/verify", json!({ "otp": code })).await
}

/// A browser that has begun its session by a first page.
pub async fn visitor(app: &TestApp) -> Browser {
    let mut browser = app.browser();
    browser.open("/").await.page(200, "door");
    browser
}

/// The level as the API tells it.
pub async fn level(browser: &mut Browser) -> u64 {
    browser.api_get("/session").await.expect(200)["level"].as_u64().expect("a number")
}

/// How many of these answers say yes.
pub fn accepted(answers: &[Answer]) -> usize {
    answers.iter().filter(|answer| answer.status == 200 && answer.json()["status"] == true).count()
}
