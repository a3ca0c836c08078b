//! The session cookie: what it looks like, when it changes, what it opens.

use reqwest::Method;
use serde_json::json;

use crate::app::TestApp;
use crate::browser::{Answer, Browser};
use crate::journey::{
    ADDRESS, ask_for_code, begin_totp, enrol_totp, forms, level, prove_address, verify_totp, visitor,
};
use crate::on_each_store;

/// As ids look, and nobody's.
const UNKNOWN: &str = "AAAAAAAAAAAAAAAAAAAAAA";

/// The one cookie that an answer sets: its name, its value, and the rules after it.
#[track_caller]
fn cookie(answer: &Answer) -> (String, String, Vec<String>) {
    let cookies = answer.cookies();
    assert_eq!(cookies.len(), 1, "{cookies:?}");
    let mut parts = cookies[0].split("; ").map(str::to_owned);
    let (name, value) =
        parts.next().and_then(|pair| pair.split_once('=').map(|(n, v)| (n.into(), v.into()))).expect("a pair");
    let mut rules: Vec<String> = parts.collect();
    rules.sort();
    (name, value, rules)
}

/// Whether an id opens a session.
async fn is_alive(browser: &Browser, id: &str) -> bool {
    let mut browser = browser.clone();
    browser.name_session(id);
    let answer = browser.api_get("/session").await;
    assert!([200, 401].contains(&answer.status), "{answer:?}");
    answer.status == 200
}

on_each_store! {
    async fn cookies_of_others_and_second_ones_of_our_name_hide_no_session(place: Place) {
        let app = TestApp::open(place).await;
        let browser = visitor(&app).await;
        let id = browser.session_id().to_owned();
        let program = app.program();
        for line in [
            format!("postern={id}"),
            format!("a=\u{eb}; postern={id}"),
            format!("postern={id}; a=\u{eb}"),
            format!("postern={UNKNOWN}; postern={id}"),
            format!("postern={id}; postern={UNKNOWN}"),
            format!("postern=x; postern={id}; postern=\u{eb}; postern"),
            format!("postern={id}; postern={id}"),
            format!("postern-device=\u{eb}; postern={id}"),
        ] {
            // Each character is a byte.
            let bytes: Vec<u8> = line.chars().map(|c| u8::try_from(u32::from(c)).expect("Latin-1")).collect();
            let request = program.request(Method::GET, "/api/v1/totp");
            let answer = program.clone().send(request.header("cookie", bytes.as_slice())).await;
            // With no session it would be 401.
            answer.problem(405, "method");
            let request = program.request(Method::POST, "/api/v1/totp/verify").header("cookie", bytes.as_slice());
            let answer = program.clone().send(request.json(&json!({ "otp": "123456" }))).await;
            answer.problem(404, "not-enrolled");
            assert!(answer.cookies().is_empty(), "{line:?}");
        }
        let request = program.request(Method::POST, "/api/v1/totp/verify");
        let request = request.header("cookie", format!("postern={UNKNOWN}; postern=x"));
        program.clone().send(request.json(&json!({ "otp": "123456" }))).await.problem(401, "no-session");
    }

    async fn the_cookie_is_for_this_host_and_for_no_script(place: Place) {
        let app = TestApp::open(place).await;
        let (name, id, rules) = cookie(&app.browser().get("/").await);
        assert_eq!((name.as_str(), id.len()), ("postern", 22), "128 bits, base64url");
        assert_eq!(rules, ["HttpOnly", "Max-Age=46800", "Path=/", "SameSite=Lax"]);
    }

    async fn behind_https_the_cookie_is_bound_to_it(place: Place) {
        let app = TestApp::https(place).await;
        let mut browser = app.browser();
        let first = browser.get("/").await;
        let (name, _, rules) = cookie(&first);
        assert_eq!(name, "__Host-postern");
        assert_eq!(rules, ["HttpOnly", "Max-Age=46800", "Path=/", "SameSite=Lax", "Secure"]);
        assert_eq!(first.header("strict-transport-security"), Some("max-age=63072000"));
        prove_address(&app, &mut browser, 1).await;
        let page = browser.open("/").await;
        let ended = browser.post(&page, forms::END, &[]).await;
        let (name, _, rules) = cookie(&ended);
        assert_eq!(name, "__Host-postern", "taken back by the name it was given");
        assert!(rules.contains(&"Max-Age=0".to_owned()) && rules.contains(&"Path=/".to_owned()), "{rules:?}");
    }

    async fn the_cookie_name_of_the_other_scheme_means_nothing(place: Place) {
        let app = TestApp::https(place).await;
        let mut browser = app.browser();
        browser.cookies.insert("postern".to_owned(), UNKNOWN.to_owned());
        let (name, _, _) = cookie(&browser.get("/").await);
        assert_eq!(name, "__Host-postern");
    }

    async fn an_id_that_we_did_not_give_is_neither_adopted_nor_taken_back_nor_replaced_unasked(place: Place) {
        let app = TestApp::open(place).await;
        for stale in [UNKNOWN, "x", "", "not an id", "%00", "AAAAAAAAAAAAAAAAAAAAAA==", "\u{fc}"] {
            let mut browser = app.browser();
            browser.name_session(stale);
            for path in ["/", "/email-code", "/totp"] {
                let answer = browser.get(path).await;
                answer.page(401, "session is over");
                assert!(answer.cookies().is_empty(), "{stale:?} at {path}: {:?}", answer.cookies());
            }
            let answer = browser.api_get("/session").await;
            answer.problem(401, "no-session");
            assert!(answer.cookies().is_empty(), "{stale:?}: {:?}", answer.cookies());

            let page = browser.get("/").await;
            let begun = browser.post(&page, forms::BEGIN, &[]).await;
            assert_eq!((begun.status, begun.location().as_deref()), (303, Some("/")), "{stale:?}");
            let (_, id, _) = cookie(&begun);
            assert_ne!(id, stale);
            browser.open("/").await.page(200, "door");
            assert!(!is_alive(&browser, UNKNOWN).await);
        }
    }

    async fn beginning_anew_leaves_a_living_session_as_it_is(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        prove_address(&app, &mut browser, 1).await;
        let begun = browser.post_form(forms::BEGIN, &[]).await;
        assert_eq!((begun.status, begun.cookies().len()), (303, 0));
        assert_eq!(level(&mut browser).await, 1);
    }

    async fn the_id_changes_with_each_rise_and_the_old_one_is_dead_at_once(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let first = browser.session_id().to_owned();
        prove_address(&app, &mut browser, 1).await;
        let second = browser.session_id().to_owned();
        assert_ne!(first, second);
        assert!(!is_alive(&browser, &first).await);
        let mut late = browser.clone();
        late.name_session(&first);
        late.get("/totp").await.page(401, "session is over");
        late.post_form(forms::BEGIN_TOTP, &[]).await.page(401, "session is over");

        let phone = begin_totp(&mut browser).await;
        let page = browser.open("/totp").await;
        let answer = browser.post(&page, forms::CHECK_TOTP, &[("code", &phone.code_at(app.unix_time()))]).await;
        let (_, third, _) = cookie(&answer);
        assert!(!is_alive(&browser, &second).await && is_alive(&browser, &third).await);
        assert_eq!(level(&mut browser).await, 2);

        app.advance(30);
        let again = verify_totp(&mut browser, &phone.code_at(app.unix_time())).await;
        assert_eq!((again.expect(200)["status"].as_bool(), again.cookies().len()), (Some(true), 0), "no rise");
    }

    async fn requests_in_flight_during_a_rotation_end_well_and_one_id_lives(place: Place) {
        let app = TestApp::open(place).await;
        for round in 1..=5 {
            let mut browser = visitor(&app).await;
            let code = ask_for_code(&app, &mut browser, round).await;
            let phone = enrol_totp(&app, &mut browser).await;
            app.advance(30);
            let shown = phone.code_at(app.unix_time());
            let [mut mail, mut totp, mut page, mut form] = std::array::from_fn(|_| browser.clone());
            let fields = [("name", "Phone")];
            let (mail, totp, page, form) = tokio::join!(
                mail.api_post("/otp/verify", json!({ "otp": code })),
                totp.api_post("/totp/verify", json!({ "otp": shown })),
                page.get("/totp"),
                form.post_form(forms::RENAME_TOTP, &fields),
            );
            assert_eq!(mail.expect(200)["status"], true, "one rises");
            assert!([200, 401].contains(&totp.status) && [200, 401].contains(&page.status), "{totp:?} {page:?}");
            assert!([303, 401].contains(&form.status), "{form:?}");
            let mut ids = vec![browser.session_id().to_owned()];
            for answer in [&mail, &totp, &page, &form] {
                if !answer.cookies().is_empty() {
                    ids.push(cookie(answer).1);
                }
            }
            let mut alive = 0;
            for id in &ids {
                alive += usize::from(is_alive(&browser, id).await);
            }
            assert_eq!(alive, 1, "of {}", ids.len());
            assert!(!is_alive(&browser, browser.session_id()).await, "not the old one");
            app.advance(3600);
        }
    }

    async fn two_rises_at_once_leave_one_living_id(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let code = ask_for_code(&app, &mut browser, 1).await;
        let phone = begin_totp(&mut browser).await;
        let totp = phone.code_at(app.unix_time());
        let [mut mail, mut app] = std::array::from_fn(|_| browser.clone());
        let (mail, app) = tokio::join!(
            mail.api_post("/otp/verify", json!({ "otp": code })),
            app.api_post("/totp/verify", json!({ "otp": totp })),
        );
        let given: Vec<String> = [&mail, &app].into_iter().flat_map(Answer::cookies).collect();
        let mut alive = Vec::new();
        for given in &given {
            let id = given.split(['=', ';']).nth(1).expect("an id");
            if is_alive(&browser, id).await {
                alive.push(id.to_owned());
            }
        }
        assert_eq!(alive.len(), 1, "of {given:?}");
        assert!(!is_alive(&browser, browser.session_id()).await);
    }

    async fn ending_the_session_on_a_page_ends_everything(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        prove_address(&app, &mut browser, 1).await;
        enrol_totp(&app, &mut browser).await;
        let id = browser.session_id().to_owned();
        let page = browser.open("/").await;
        let ended = browser.submit(&page, forms::END, &[]).await;
        ended.page(200, "You ended this session");
        assert!(browser.cookies.is_empty() && ended.cookies().is_empty(), "and no new one begins by itself");
        assert!(!is_alive(&browser, &id).await);

        let begun = browser.submit(&ended, forms::BEGIN, &[]).await;
        begun.page(200, "door");
        assert_eq!(browser.api_get("/session").await.expect(200)["factors"], json!([]));
    }

    async fn starting_over_ends_everything_and_begins_anew_in_one_step(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        prove_address(&app, &mut browser, 1).await;
        enrol_totp(&app, &mut browser).await;
        let id = browser.session_id().to_owned();
        let page = browser.open("/").await;
        assert!(!page.has_form(forms::START_OVER), "there is more to do in this session");
        let begun = browser.post_form(forms::START_OVER, &[]).await;
        assert_eq!((begun.status, begun.location().as_deref()), (303, Some("/")));
        assert_ne!(cookie(&begun).1, id);
        assert!(!is_alive(&browser, &id).await);
        browser.follow(begun).await.page(200, "door");
        let session = browser.api_get("/session").await.expect(200);
        assert_eq!((&session["factors"], &session["level"]), (&json!([]), &json!(0)));
        // The old cookie opens nothing, and starts nothing over.
        let mut late = browser.clone();
        late.name_session(&id);
        late.post_form(forms::START_OVER, &[]).await.page(401, "session is over");
    }

    async fn starting_over_is_no_way_around_the_limit_of_a_network(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        prove_address(&app, &mut browser, 1).await;
        let id = browser.session_id().to_owned();
        for _ in 1..120 {
            app.browser().get("/").await;
        }
        let refused = browser.post_form(forms::START_OVER, &[]).await;
        refused.page(429, "Too many");
        assert!(refused.cookies().is_empty() && is_alive(&browser, &id).await);
        assert_eq!(level(&mut browser).await, 1, "and nothing is lost");
    }

    async fn a_session_is_over_after_sixty_minutes_whatever_is_done_in_it(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        prove_address(&app, &mut browser, 1).await;
        let id = browser.session_id().to_owned();
        for _ in 0..3 {
            app.advance(1100);
            browser.open("/totp").await.page(200, "");
        }
        app.advance(299);
        let phone = enrol_totp(&app, &mut browser).await;
        let last = browser.session_id().to_owned();
        app.advance(1);
        for path in ["/", "/email-code", "/totp"] {
            let over = browser.get(path).await;
            over.page(401, "session is over");
            assert!(over.cookies().is_empty());
        }
        verify_totp(&mut browser, &phone.code_at(app.unix_time())).await.problem(401, "no-session");
        browser.post_form(forms::SEND, &[("address", ADDRESS)]).await.page(401, "session is over");
        assert_eq!(app.mail.received().len(), 1);

        let page = browser.get("/").await;
        browser.submit(&page, forms::BEGIN, &[]).await.page(200, "door");
        assert!(browser.session_id() != last && browser.session_id() != id, "another id, too");
        let session = browser.api_get("/session").await.expect(200);
        assert_eq!((&session["factors"], &session["level"]), (&json!([]), &json!(0)));
    }

    async fn a_network_begins_a_hundred_and_twenty_sessions_a_minute_and_no_more(place: Place) {
        let app = TestApp::with(place, &[("POSTERN_TRUSTED_PROXIES", "127.0.0.1")]).await;
        let from = |network: &'static str, path: &'static str, method: Method| {
            let mut browser = app.browser();
            async move {
                let request = browser.request(method, path).header("x-forwarded-for", network);
                browser.send(request).await
            }
        };
        let mut insider = visitor(&app).await;
        for n in 0..120 {
            let (path, method) = [("/", Method::GET), ("/api/v1/session", Method::GET), ("/totp", Method::HEAD)][n % 3].clone();
            assert_eq!(from("203.0.113.9", path, method).await.status, 200, "{n}");
        }
        app.advance(1);
        let refused = from("203.0.113.9", "/", Method::GET).await;
        refused.page(429, "Too many");
        assert_eq!((refused.retry_after(), refused.cookies().len()), (59, 0));
        let refused = from("203.0.113.9", "/api/v1/session", Method::GET).await;
        refused.problem(429, "too-many-sessions");
        assert_eq!(refused.cookies().len(), 0);
        assert_eq!(from("203.0.113.8", "/", Method::GET).await.status, 200, "a neighbour is not concerned");
        insider.open("/").await.page(200, "door");
        app.advance(59);
        assert_eq!(from("203.0.113.9", "/", Method::GET).await.status, 200);
    }

    async fn asking_for_heads_alone_begins_a_session_and_shows_nothing(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = app.browser();
        let head = browser.send(browser.request(Method::HEAD, "/totp")).await;
        assert_eq!((head.status, head.body.as_str(), head.cookies().len()), (200, "", 1));
        assert_eq!(head.header("content-type"), Some("text/html; charset=utf-8"));
        let head = browser.send(browser.request(Method::HEAD, "/nowhere")).await;
        assert_eq!((head.status, head.body.as_str()), (404, ""));
    }

    async fn only_pages_and_the_session_route_begin_a_session(place: Place) {
        let app = TestApp::open(place).await;
        for (method, path) in [
            (Method::GET, "/nowhere"),
            (Method::GET, "/api/v1/nowhere"),
            (Method::GET, "/api/nowhere"),
            (Method::GET, "/forms/totp/check"),
            (Method::GET, "/forms/nowhere"),
            (Method::GET, "/healthz"),
            (Method::GET, "/session-ended"),
            (Method::GET, "/api/v1/otp"),
            (Method::POST, "/forms/totp/begin"),
            (Method::OPTIONS, "/"),
        ] {
            let mut browser = app.browser();
            let request = browser.sent_from(browser.request(method.clone(), path), "/");
            let answer = browser.send(request).await;
            assert!(answer.cookies().is_empty(), "{method} {path}: {answer:?}");
        }
    }
}
