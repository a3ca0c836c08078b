//! `/api/v1/session`.

use reqwest::Method;
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::journey::{ADDRESS, enrol_totp, level, prove_address};
use crate::on_each_store;

on_each_store! {
    async fn asking_for_the_session_begins_one_and_tells_how_it_stands(place: Place) {
        let app = TestApp::open(place).await;
        let mut program = app.program();
        let answer = program.api_get("/session").await;
        assert_eq!(answer.cookies().len(), 1);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let begun = json!({
            "created_at": "2001-09-09T01:46:40Z",
            "expires_at": "2001-09-09T02:46:40Z",
            "level": 0,
            "factors": [],
        });
        assert_eq!(answer.expect(200), begun);

        app.advance(60);
        let again = program.api_get("/session").await;
        assert_eq!(again.expect(200), begun, "it is the same session");
        assert!(again.cookies().is_empty());
    }

    async fn the_session_lists_what_was_enrolled_and_when(place: Place) {
        let app = TestApp::open(place).await;
        let mut program = app.program();
        program.api_get("/session").await.expect(200);
        prove_address(&app, &mut program, 1).await;
        app.advance(100);
        enrol_totp(&app, &mut program).await;

        let mut session = program.api_get("/session").await.expect(200);
        for factor in session["factors"].as_array_mut().expect("a list") {
            let id = factor.as_object_mut().expect("an object").remove("id").expect("an id");
            assert_eq!(id.as_str().map(str::len), Some(22), "128 bits, base64url");
        }
        let (first, then) = ("2001-09-09T01:46:40Z", "2001-09-09T01:48:20Z");
        assert_eq!(session["level"], 2);
        assert_eq!(session["factors"], json!([
            { "kind": "email", "name": ADDRESS, "created_at": first, "last_used_at": first },
            { "kind": "totp", "name": "Authenticator app", "created_at": then, "last_used_at": then },
        ]));
    }

    async fn ending_the_session_removes_everything(place: Place) {
        let app = TestApp::open(place).await;
        let mut program = app.program();
        program.api_get("/session").await.expect(200);
        prove_address(&app, &mut program, 1).await;
        enrol_totp(&app, &mut program).await;
        let old = program.clone();

        let ended = program.api_delete("/session").await;
        assert_eq!((ended.status, ended.body.as_str()), (204, ""));
        assert!(program.cookies.is_empty(), "the cookie is taken back: {:?}", ended.cookies());

        old.clone().api_get("/session").await.problem(401, "no-session");
        old.clone().api_delete("/session").await.problem(401, "no-session");
        assert_eq!(level(&mut program).await, 0);
        program.api_delete("/totp").await.problem(404, "not-enrolled");
    }

    async fn without_a_session_every_change_is_refused(place: Place) {
        let app = TestApp::open(place).await;
        let mut program = app.program();
        for (method, path, body) in [
            (Method::DELETE, "/session", Value::Null),
            (Method::POST, "/otp", json!({ "email": ADDRESS })),
            (Method::POST, "/otp/verify", json!({ "otp": "123456" })),
            (Method::POST, "/totp", json!({})),
            (Method::POST, "/totp/verify", json!({ "otp": "123456" })),
            (Method::DELETE, "/totp", Value::Null),
        ] {
            let answer = program.api(method, path, body).await;
            answer.problem(401, "no-session");
            assert!(answer.cookies().is_empty(), "{path} began a session");
        }
        assert!(app.mail.received().is_empty());
    }
}
