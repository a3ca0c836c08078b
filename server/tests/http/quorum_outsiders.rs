//! Who has no share of a quorum: floods, guesses, and what is wrong. The honest ones notice nothing.

use reqwest::Method;
use serde_json::json;

use crate::app::TestApp;
use crate::on_each_store;
use crate::quorum::{Custodian, assert_joined, assert_waits, code_of_uri, encrypted};
use crate::wired::NOBODY;

async fn behind_a_proxy(place: crate::app::Place) -> TestApp {
    TestApp::with(place, &[("POSTERN_TRUSTED_PROXIES", "127.0.0.1/32")]).await
}

fn from(custodian: &Custodian, last: usize) -> Custodian {
    Custodian { network: Some(format!("192.0.2.{last}")), ..custodian.clone() }
}

on_each_store! {
    async fn a_flood_of_junk_is_bounded_and_the_honest_ones_finish(place: Place) {
        let app = behind_a_proxy(place).await;
        let mut ada = from(&Custodian::of(&app), 1);
        let shares = ada.deal(3, 5).await;
        let session = ada.ask(&shares[0]).await;
        // An honest one is early.
        assert_waits(&from(&ada, 2).join_encrypted(&session, &shares[1]).await);
        let (route, junk) = (format!("/sessions/{}/shares", session.id), encrypted("junk", &session.tek));
        let (mut waiting, mut full, mut throttled) = (0, 0, 0);
        for network in 10..13 {
            for _ in 0..125 {
                let answer = from(&ada, network).post(&route, json!({ "encrypted_share": junk })).await;
                match answer.status {
                    202 => waiting += 1,
                    409 => full += usize::from(answer.problem(409, "waiting-full").is_object()),
                    _ => {
                        assert!(answer.retry_after() > 0);
                        throttled += usize::from(answer.problem(429, "too-many-requests").is_object());
                    }
                }
            }
        }
        assert_eq!((waiting, throttled), (4, 195), "five wait at most, 60 are looked at of one network");
        assert_eq!(full, 176);
        // What is plain still counts; what waits is read and dropped, and there is room again.
        assert_joined(&from(&ada, 3).join(&session, &shares[2]).await);
        assert_eq!(ada.code(&session).await.expect(200)["totp"], code_of_uri(app.unix_time()));
        let progress = ada.progress(&session).await.expect(200);
        assert_eq!((&progress["provided"], &progress["waiting"]), (&json!(3), &json!(0)));
    }

    async fn guessed_ids_are_nobodys_and_wrong_private_keys_wait_while_the_right_one_does_not(place: Place) {
        let app = behind_a_proxy(place).await;
        let mut ada = from(&Custodian::of(&app), 1);
        let shares = ada.deal(2, 3).await;
        let (session, other) = (ada.ask(&shares[0]).await, ada.ask(&shares[0]).await);
        assert_joined(&ada.join(&session, &shares[1]).await);
        let mut eve = from(&ada, 9);
        for id in [NOBODY, "x", &session.id[..21], &format!("{}A", session.id)] {
            let answer = eve.send(Method::GET, &format!("/sessions/{id}"), &json!(null)).await;
            answer.problem(404, "no-quorum-session");
        }
        let route = format!("/sessions/{}/totp", session.id);
        for guess in ["", "x", &other.private, &session.tek, &session.id] {
            eve.post(&route, json!({ "private": guess })).await.problem(401, "wrong");
            let body = json!({ "private": guess });
            eve.send(Method::DELETE, &format!("/sessions/{}", session.id), &body).await.problem(401, "wrong");
        }
        for _ in 0..10 {
            eve.post(&route, json!({ "private": "x" })).await.problem(401, "wrong");
        }
        let waits = eve.post(&route, json!({ "private": "x" })).await;
        waits.problem(429, "too-many-refusals");
        assert!((1..=600).contains(&waits.retry_after()));
        // From the very network that guessed, too.
        let expected = code_of_uri(app.unix_time());
        for mut who in [ada.clone(), eve.clone()] {
            let code = who.post(&route, json!({ "private": session.private })).await.expect(200);
            assert_eq!(code["totp"], expected);
        }
        app.advance(600);
        eve.post(&route, json!({ "private": "x" })).await.problem(401, "wrong");
    }

    async fn deals_and_sessions_are_bounded_by_network(place: Place) {
        let app = behind_a_proxy(place).await;
        let mut ada = from(&Custodian::of(&app), 1);
        let shares = ada.deal(2, 2).await;
        let (deal, ask) = (json!({ "secret_key": "x", "shares": 2, "threshold": 2 }), json!({ "first_share": shares[0] }));
        for _ in 1..60 {
            ada.post("/shares", deal.clone()).await.problem(400, "not-a-secret");
        }
        for _ in 0..60 {
            ada.post("/sessions", ask.clone()).await.expect(200);
        }
        for (route, body) in [("/shares", &deal), ("/sessions", &ask)] {
            let waits = ada.post(route, body.clone()).await;
            waits.problem(429, "too-many-requests");
            assert!(waits.retry_after() > 0);
        }
        from(&ada, 2).ask(&shares[1]).await;
        app.advance(600);
        ada.deal(2, 2).await;
        ada.post("/sessions", ask.clone()).await.problem(429, "too-many-requests");
        app.advance(3_000);
        ada.post("/sessions", ask).await.expect(200);
    }
}
