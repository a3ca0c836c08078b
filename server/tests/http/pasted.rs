//! Codes, keys, shares and addresses as people paste them: through every entry point the same is read.

use reqwest::Method;
use serde_json::{Value, json};

use crate::accounts::{ADA, Owner, codes_to, factors, forms, new_codes, pending};
use crate::app::TestApp;
use crate::clients::{begin_totp as begin_client_totp, service, validation};
use crate::journey::{ask_for_code, begin_totp, forms as visit_forms, verify_totp, visitor};
use crate::on_each_store;
use crate::quorum::{Custodian, KEY};

/// A code in the digits of a script, as a phone that speaks another language types it, between characters that cannot be
/// seen.
fn in_script(zero: char, code: &str) -> String {
    let digit = |c: char| match c.to_digit(10) {
        Some(value) => char::from_u32(u32::from(zero) + value).expect("a digit"),
        None => c,
    };
    let digits: Vec<char> = code.chars().map(digit).collect();
    let (first, second) = digits.split_at(digits.len() / 2);
    let text = |part: &[char]| part.iter().collect::<String>();
    format!("\u{feff} {}\u{2013}\u{200b}{}\u{200e}\n", text(first), text(second))
}

/// As letters go there, whatever was typed.
const WIRE_FORM: &str = "@xn--bcher-kva.example";

const ARABIC: char = '\u{660}';
const PERSIAN: char = '\u{6f0}';
const DEVANAGARI: char = '\u{966}';
const FULL_WIDTH: char = '\u{ff10}';

on_each_store! {
    async fn codes_in_any_script_pass_on_pages_in_the_api_and_for_clients(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let code = ask_for_code(&app, &mut browser, 1).await;
        let proved = browser.api_post("/otp/verify", json!({ "otp": in_script(PERSIAN, &code) })).await;
        assert_eq!(proved.expect(200)["status"], true);

        let phone = begin_totp(&mut browser).await;
        let page = browser.open("/totp").await;
        let code = in_script(ARABIC, &phone.code_at(app.unix_time()));
        browser.submit(&page, visit_forms::CHECK_TOTP, &[("code", &code)]).await.page(200, "paired");
        app.advance(30);
        let code = in_script(DEVANAGARI, &phone.code_at(app.unix_time()));
        assert_eq!(verify_totp(&mut browser, &code).await.expect(200)["status"], true);
        // The same digits in another script are the same code.
        let again = in_script(FULL_WIDTH, &phone.code_at(app.unix_time()));
        assert_eq!(verify_totp(&mut browser, &again).await.expect(200)["status"], false);

        let token = crate::api_hotp::begin(&mut browser, json!({ "digits": 8 })).await;
        let code = in_script(FULL_WIDTH, &token.code_of(0));
        assert_eq!(crate::api_hotp::verify(&mut browser, &code).await.expect(200)["status"], true);

        let mut client = service(&app).await;
        let (user, phone) = begin_client_totp(&mut client, json!({})).await;
        let code = in_script(ARABIC, &phone.code_at(app.unix_time()));
        client.post(&validation(&user), json!({ "code": code })).await.expect(200);
    }

    async fn keys_and_secrets_of_clients_survive_what_a_paste_adds(place: Place) {
        let app = TestApp::open(place).await;
        let mut client = service(&app).await;
        let (key, secret) = (client.key.clone(), client.secret.clone());
        client.key = format!("{} {}\u{200b}", &key[..20], key[20..].to_uppercase());
        client.secret = format!("\u{feff}{} {}", &secret[..10], &secret[10..]);
        client.post("/totp", json!({})).await.expect(200);
        client.secret = secret.replace(&secret[..1], if secret.starts_with('A') { "B" } else { "A" });
        client.post("/totp", json!({})).await.problem(401, "no-client");
    }

    async fn recovery_code_and_address_are_read_as_they_are_pasted(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        let codes = new_codes(&mut owner.browser).await;
        let mut back = pending(&app, ADA).await;
        let page = back.open("/sign-in?with=recovery").await;
        let pasted = |c: char| if c == '-' { "\u{ad}\u{2011}".to_owned() } else { c.to_uppercase().to_string() };
        let typed = format!("\u{feff}{}", codes[0].chars().map(pasted).collect::<String>());
        back.submit(&page, forms::RECOVERY, &[("code", &typed)]).await.page(200, "Your account");

        for (typed, is_new) in [("grace@b\u{fc}cher.example", true), ("\u{200b} Grace@XN--bcher-kva.example\u{feff}", false)] {
            app.advance(61);
            let mut browser = app.browser();
            let before = codes_to(&app, WIRE_FORM).len();
            let page = browser.open("/sign-in").await;
            let page = browser.submit(&page, forms::SEND, &[("address", typed)]).await;
            let code = crate::accounts::code_after(&app, WIRE_FORM, before).await;
            let signed_in = browser.submit(&page, forms::CHECK, &[("code", &code)]).await;
            signed_in.page(200, "Your account");
            assert_eq!(signed_in.note().is_some_and(|note| note.contains("Your account is made")), is_new, "{typed}");
        }
    }

    async fn email_factor_cannot_be_renamed_on_the_page_either(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        let email = crate::accounts::factor(&mut owner.browser, "email").await;
        let renamed = owner.browser.post_form(forms::RENAME, &[("factor", &email), ("name", "eve@example.org")]).await;
        let page = owner.browser.follow(renamed).await;
        assert!(page.note().expect("a note").contains("cannot be changed"), "{:?}", page.note());
        let names: Vec<Value> = factors(&mut owner.browser).await.iter().map(|factor| factor["name"].clone()).collect();
        assert!(names.contains(&json!(ADA)), "{names:?}");
    }

    async fn keys_and_shares_of_a_quorum_are_read_as_they_are_pasted(place: Place) {
        let app = TestApp::open(place).await;
        let mut custodian = Custodian::of(&app);
        let uri = format!("OTPAUTH://TOTP/Cloud:root?SECRET={KEY}&amp;issuer=&amp;algorithm=SHA-1&amp;digits=8&amp;per\r\niod=60");
        let deal = json!({ "secret_key": uri, "shares": 2, "threshold": 2 });
        let dealt = custodian.send(Method::POST, "/shares", &deal).await.expect(200);
        let shares: Vec<String> = dealt["shares"].as_array().expect("shares").iter().map(|share| {
            share.as_str().or_else(|| share["share"].as_str()).expect("a share").to_owned()
        }).collect();
        let (first, second) = (&shares[0], &shares[1]);
        let wrapped = format!("> \u{201c}{}\r\n> {}\u{200b}\u{201d}", &first[..30], &first[30..]);
        let session = custodian.send(Method::POST, "/sessions", &json!({ "first_share": wrapped })).await.expect(200);
        let (id, private) = (session["id"].as_str().expect("an id"), session["private"].as_str().expect("a key"));
        let tek = session["tek"].as_str().expect("a key");
        let armored = crate::quorum::encrypted(second, tek);
        let quoted = armored.lines().map(|line| format!("> {line} \u{200b}")).collect::<Vec<_>>().join("\r\n");
        let route = format!("/sessions/{id}/shares");
        let waits = custodian.send(Method::POST, &route, &json!({ "encrypted_share": quoted })).await;
        assert_eq!(waits.status, 202, "{waits:?}");
        let pasted = format!(" {}\n{} ", &private[..20], &private[20..]);
        let code = custodian.send(Method::POST, &format!("/sessions/{id}/totp"), &json!({ "private": pasted })).await;
        let expected = crate::quorum::oathtool(&["--totp", "-d", "8", "-s", "60s"], app.unix_time());
        assert_eq!(code.expect(200)["totp"], expected);

        for (key, why) in [
            (format!("otpauth://totp/Steam:ada?secret={KEY}&encoder=steam"), "Steam"),
            (format!("otpauth://hotp/A?secret={KEY}"), "count"),
            ("otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8".to_owned(), "export"),
            (format!("otpauth://totp/A?secret={KEY}&algorithm=MD5"), "algorithm"),
        ] {
            let deal = json!({ "secret_key": key, "shares": 2, "threshold": 2 });
            let refused = custodian.send(Method::POST, "/shares", &deal).await.problem(400, "not-a-secret");
            assert!(refused["detail"].as_str().expect("words").contains(why), "{refused}");
        }
    }
}
