//! `/clients` as a person walks it without scripts: an address proved, a key by mail, its secret shown once, the list,
//! disabling, and the same for accounts.

use reqwest::Method;

use crate::accounts::{ADA, GRACE, Owner, code_after, codes_to, signed_in};
use crate::accounts_pages::shown;
use crate::app::TestApp;
use crate::browser::{Answer, Browser};
use crate::headers::assert_headers;
use crate::journey::visitor;
use crate::on_each_store;

pub mod forms {
    pub const SEND: &str = "/forms/clients/send";
    pub const CHECK: &str = "/forms/clients/check";
    pub const ANOTHER: &str = "/forms/clients/another";
    pub const SIGN_IN: &str = "/forms/clients/sign-in";
    pub const ASK: &str = "/forms/clients/ask";
    pub const ACTIVATE: &str = "/forms/clients/activate";
    pub const ROTATE: &str = "/forms/clients/rotate";
    pub const DISABLE: &str = "/forms/clients/disable";
    pub const DISABLE_SEND: &str = "/forms/clients/disable/send";
    pub const DISABLE_CHECK: &str = "/forms/clients/disable/check";
    pub const BY_SECRET: &str = "/forms/clients/disable-by-secret";
}

/// One second more than a factor stays fresh.
const STALE: u64 = 601;

/// The keys that were mailed to an address so far, oldest first.
fn keys_to(app: &TestApp, address: &str) -> Vec<String> {
    let is_key = |line: &&str| line.len() == 40 && line.bytes().all(|b| b.is_ascii_hexdigit());
    let letters = app.mail.received().into_iter().filter(|letter| letter.to.iter().any(|to| to.contains(address)));
    letters.filter_map(|letter| letter.text.lines().find(is_key).map(str::to_owned)).collect()
}

/// A code that goes to an address, typed on the page that it is asked for on.
async fn prove(app: &TestApp, browser: &mut Browser, address: &str) -> Answer {
    let before = codes_to(app, address).len();
    let page = browser.open("/clients").await;
    let page = browser.submit(&page, forms::SEND, &[("address", address)]).await;
    let code = code_after(app, address, before).await;
    browser.submit(&page, forms::CHECK, &[("code", &code)]).await
}

/// A visitor who proved an address on the page itself.
pub async fn proved(app: &TestApp, address: &str) -> Browser {
    let mut browser = visitor(app).await;
    prove(app, &mut browser, address).await.page(200, "API keys");
    browser
}

/// Asks for a key on the page and waits for the letter.
pub async fn asked(app: &TestApp, browser: &mut Browser, address: &str) -> String {
    let before = keys_to(app, address).len();
    app.advance(31);
    let page = browser.open("/clients").await;
    let page = browser.submit(&page, forms::ASK, &[]).await;
    assert!(page.note().expect("a note").contains("A key is on its way."), "{}", page.text());
    loop {
        let letters = app.mail.received().len();
        if let Some(key) = keys_to(app, address).into_iter().nth(before) {
            return key;
        }
        app.mail.wait_for(letters + 1).await;
    }
}

/// A key and its secret.
pub async fn activated(app: &TestApp, browser: &mut Browser, address: &str) -> (String, String) {
    let key = asked(app, browser, address).await;
    let page = browser.open("/clients").await;
    let shown = browser.post(&page, forms::ACTIVATE, &[("key", &key)]).await;
    shown.page(200, "Your API secret");
    (key, shown.texts("#api-secret").concat())
}

/// What a program gets that calls with these.
pub async fn call(app: &TestApp, key: &str, secret: &str) -> Answer {
    let mut program = app.program();
    let request = program.request(Method::POST, "/api/v1/mfa/totp").json(&serde_json::json!({}));
    program.send(request.header("x-mfa-apikey", key).header("x-mfa-apisecret", secret)).await
}

/// Where the first key on the page is disabled.
async fn way_to_disable(browser: &mut Browser) -> String {
    let page = browser.open("/clients").await;
    page.attribute("a[href^='/clients/disable?client=']", "href").expect("a key that can be disabled")
}

/// Nothing that came back on the way to a page has the secret in it.
#[track_caller]
pub fn assert_without(answer: &Answer, secret: &str) {
    let told = format!("{:?} {}", answer.headers, answer.body);
    let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    assert!(!told.contains(secret) && !told.contains(&encoded), "{}: {told}", answer.path);
}

pub fn holds(store: &[u8], text: &str) -> bool {
    store.windows(text.len()).any(|part| part == text.as_bytes())
}

on_each_store! {
    async fn where_there_is_a_gateway_the_page_hands_no_keys_out(place: Place) {
        let app = TestApp::with(place, &[("POSTERN_CLIENTS_GATEWAY_KEY", "hunter2hunter2hunter2")]).await;
        let mut browser = proved(&app, ADA).await;
        let page = browser.open("/clients").await;
        assert!(page.text().contains("hands keys out by another way") && !page.has_form(forms::ASK), "{}", page.text());
        let letters = app.mail.received().len();
        browser.post_form(forms::ASK, &[]).await;
        app.advance(31);
        let mut gateway = app.program();
        let request = gateway.request(Method::POST, "/api/v1/mfa/api-key").json(&serde_json::json!({ "email": ADA }));
        gateway.send(request.header("x-api-key", "hunter2hunter2hunter2")).await.expect(204);
        app.mail.wait_for(letters + 1).await;
        assert_eq!(keys_to(&app, ADA).len(), 1, "the gateway's own and no other");
    }

    async fn a_visitor_proves_an_address_asks_activates_and_looks_after_the_key(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = visitor(&app).await;
        let page = browser.open("/").await;
        assert_eq!(page.attribute("footer a", "href").as_deref(), Some("/clients"));
        let page = shown(&mut browser, "/clients", "API keys").await;
        assert!(page.text().contains("So prove yours first.") && !page.has_form(forms::ASK), "{}", page.text());
        let page = prove(&app, &mut browser, ADA).await;
        assert!(page.note().expect("a note").contains("The address is proved."), "{}", page.text());
        assert!(page.text().contains("There is none yet.") && page.text().contains(ADA), "{}", page.text());

        let key = asked(&app, &mut browser, ADA).await;
        let page = browser.open("/clients").await;
        assert!(!page.body.contains(&key), "a key that waits is in the letter alone");
        let typed = format!(" {} ", key.to_uppercase());
        let answer = browser.post(&page, forms::ACTIVATE, &[("key", &typed)]).await;
        answer.page(200, "Your API secret");
        assert!(answer.location().is_none() && answer.cookies().is_empty());
        assert_headers(&answer, forms::ACTIVATE);
        let secret = answer.texts("#api-secret").concat();
        assert_eq!((secret.len(), answer.body.matches(&secret).count()), (44, 1), "{secret}");
        assert_eq!(answer.texts("#api-key").concat(), key);
        let example = answer.texts("pre").concat();
        assert!(example.contains(&format!("x-mfa-apikey: {key}")) && example.contains("x-mfa-apisecret: $API_SECRET"), "{example}");
        assert!(answer.note().expect("a note").contains("Nobody can show it again."));
        assert!(!holds(&app.stored(), &secret));

        call(&app, &key, &secret).await.expect(200);
        for path in ["/clients", "/", "/clients", "/clients/rotate"] {
            assert_without(&browser.open(path).await, &secret);
        }
        let page = shown(&mut browser, "/clients", "API keys").await;
        let row = page.texts(".row").concat();
        for part in [&format!("{}\u{2026}", &key[..8]), &key, "active", "last used just now", "0 users with an app"] {
            assert!(row.contains(part), "{part}: {row}");
        }

        let page = browser.submit(&page, forms::ACTIVATE, &[("key", &key)]).await;
        assert!(page.note().expect("a note").contains("active already"), "{}", page.text());
        assert_without(&page, &secret);
        let way = way_to_disable(&mut browser).await;
        let page = shown(&mut browser, &way, "Disable the key").await;
        assert!(page.text().contains("cannot be taken back"), "{}", page.text());
        let page = browser.submit(&page, forms::DISABLE, &[]).await;
        assert_eq!((page.path.as_str(), page.texts(".badge")), ("/clients", vec!["disabled".to_owned()]));
        assert!(page.note().expect("a note").contains("The key is disabled."));
        assert!(page.attribute("a[href^='/clients/disable?client=']", "href").is_none());
        call(&app, &key, &secret).await.problem(401, "no-client");
    }

    async fn ten_minutes_later_a_visitor_proves_the_address_again_before_disabling(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = proved(&app, ADA).await;
        let (key, secret) = activated(&app, &mut browser, ADA).await;
        let way = way_to_disable(&mut browser).await;
        let confirm = browser.open(&way).await;
        app.advance(STALE);
        let late = browser.submit(&confirm, forms::DISABLE, &[]).await;
        late.page(200, "First a code by mail");
        assert!(late.note().expect("a note").contains("was not proved lately"), "{}", late.text());
        call(&app, &key, &secret).await.expect(200);

        let page = shown(&mut browser, &way, "First a code by mail").await;
        assert!(!page.has_form(forms::DISABLE));
        let before = codes_to(&app, ADA).len();
        let page = browser.submit(&page, forms::DISABLE_SEND, &[]).await;
        page.page(200, "Type the code from the mail");
        let code = code_after(&app, ADA, before).await;
        let wrong = browser.submit(&page, forms::DISABLE_CHECK, &[("code", "12")]).await;
        assert!(wrong.note().expect("a note").contains("not a code from the mail"), "{}", wrong.text());
        let page = browser.submit(&wrong, forms::DISABLE_CHECK, &[("code", &code)]).await;
        page.page(200, "Disable the key");
        let page = browser.submit(&page, forms::DISABLE, &[]).await;
        assert_eq!(page.texts(".badge"), ["disabled"]);
        call(&app, &key, &secret).await.problem(401, "no-client");
    }

    async fn nobody_sees_or_disables_what_another_address_has(place: Place) {
        let app = TestApp::open(place).await;
        let mut ada = proved(&app, ADA).await;
        let (key, secret) = activated(&app, &mut ada, ADA).await;
        let way = way_to_disable(&mut ada).await;
        let id = way.split_once('=').expect("an id").1.to_owned();
        let mut grace = proved(&app, GRACE).await;
        assert!(!grace.open("/clients").await.body.contains(&key[..8]));
        assert_eq!(grace.get(&way).await.location().as_deref(), Some("/clients"));
        for id in [id.as_str(), "", "AAAAAAAAAAAAAAAAAAAAAA", "../x"] {
            for form in [forms::DISABLE, forms::DISABLE_SEND] {
                let page = grace.post_form(form, &[("client", id)]).await;
                let page = grace.follow(page).await;
                assert_eq!(page.path, "/clients", "{form} {id}");
                assert_without(&page, &key);
            }
        }
        let page = grace.post_form(forms::DISABLE, &[("client", &id)]).await;
        let page = grace.follow(page).await;
        assert!(page.note().expect("a note").contains("not here any more"), "{}", page.text());
        // The key of another address is no key at all to this one.
        let fresh = asked(&app, &mut ada, ADA).await;
        let page = grace.open("/clients").await;
        let page = grace.submit(&page, forms::ACTIVATE, &[("key", &fresh)]).await;
        assert!(page.note().expect("a note").contains("No key that reads like this"), "{}", page.text());
        call(&app, &key, &secret).await.expect(200);
    }

    async fn an_accounts_keys_are_its_sessions_alone_and_a_stale_one_steps_up(place: Place) {
        let app = TestApp::open(place).await;
        let mut owner = Owner::of(&app, ADA).await;
        let (key, secret) = activated(&app, &mut owner.browser, ADA).await;

        app.advance(STALE);
        let mut outsider = proved_elsewhere(&app).await;
        let page = outsider.open("/clients").await;
        page.page(200, "Sign in to see these keys");
        assert!(!page.body.contains(&key[..8]) && !page.has_form(forms::ASK));
        for (form, fields) in [(forms::ASK, vec![]), (forms::ACTIVATE, vec![("key", key.as_str())])] {
            let answer = outsider.post_form(form, &fields).await;
            assert_eq!(answer.location().as_deref(), Some("/clients"), "{form}");
        }
        assert_eq!(keys_to(&app, ADA).len(), 1);
        let page = outsider.submit(&page, forms::SIGN_IN, &[]).await;
        page.page(200, "Sign in");
        app.advance(31);
        let before = codes_to(&app, ADA).len();
        let page = outsider.submit(&page, crate::accounts::forms::SEND, &[("address", ADA)]).await;
        let code = code_after(&app, ADA, before).await;
        let page = outsider.submit(&page, crate::accounts::forms::CHECK, &[("code", &code)]).await;
        let code = owner.next_code(&app);
        let page = outsider.submit(&page, crate::accounts::forms::TOTP, &[("code", &code)]).await;
        assert_eq!((page.status, page.path.as_str()), (200, "/clients"), "and back");
        assert!(page.text().contains(&key[..8]), "{}", page.text());

        app.advance(STALE);
        let way = way_to_disable(&mut owner.browser).await;
        let page = owner.browser.open(&way).await;
        let page = owner.browser.submit(&page, forms::DISABLE, &[]).await;
        page.page(200, "Confirm it is you");
        assert!(page.text().contains("disable an API key"), "{}", page.text());
        call(&app, &key, &secret).await.expect(200);
        let code = owner.next_code(&app);
        let page = owner.browser.submit(&page, crate::accounts::forms::STEP_UP, &[("code", &code)]).await;
        page.page(200, &format!("Disable the key {}", &key[..8]));
        let page = owner.browser.submit(&page, forms::DISABLE, &[]).await;
        assert_eq!(page.texts(".badge"), ["disabled"]);
        call(&app, &key, &secret).await.problem(401, "no-client");
    }

    async fn another_address_can_be_proved_and_has_its_own_list(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = proved(&app, ADA).await;
        let (key, _) = activated(&app, &mut browser, ADA).await;
        let page = browser.open("/clients").await;
        let page = browser.submit(&page, forms::ANOTHER, &[]).await;
        let page = browser.submit(&page, forms::SEND, &[("address", GRACE)]).await;
        page.page(200, "Type the code from the mail");
        let code = code_after(&app, GRACE, 0).await;
        let page = browser.submit(&page, forms::CHECK, &[("code", &code)]).await;
        assert!(page.text().contains(GRACE) && !page.body.contains(&key[..8]), "{}", page.text());
    }

    async fn letters_with_keys_pause_and_the_page_says_for_how_long(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = proved(&app, ADA).await;
        asked(&app, &mut browser, ADA).await;
        let page = browser.open("/clients").await;
        let page = browser.submit(&page, forms::ASK, &[]).await;
        let note = page.note().expect("a note");
        assert!(note.contains("A key was sent a moment ago.") && note.contains("30 seconds"), "{note}");
        assert_eq!(keys_to(&app, ADA).len(), 1);
    }

    async fn an_account_that_must_add_a_factor_first_gets_no_key(place: Place) {
        let app = TestApp::with(place, &[("POSTERN_REQUIRE_SECOND_FACTOR", "true")]).await;
        let mut browser = app.browser();
        crate::accounts::enter(&app, &mut browser, ADA).await.page(200, "Add a second factor");
        assert_eq!(browser.get("/clients").await.location().as_deref(), Some("/account"));
        for (form, fields) in [(forms::ASK, vec![]), (forms::ACTIVATE, vec![("key", "ab")]), (forms::DISABLE, vec![("client", "x")])] {
            let answer = browser.post_form(form, &fields).await;
            assert_eq!(answer.status, 303, "{form}");
            browser.follow(answer).await.page(200, "Add a second factor");
        }
        assert!(keys_to(&app, ADA).is_empty());
    }

    async fn an_account_with_its_mail_alone_has_keys_too(place: Place) {
        let app = TestApp::open(place).await;
        let mut browser = signed_in(&app, ADA).await;
        let (key, secret) = activated(&app, &mut browser, ADA).await;
        let way = way_to_disable(&mut browser).await;
        let page = browser.open(&way).await;
        browser.submit(&page, forms::DISABLE, &[]).await.page(200, "API keys");
        call(&app, &key, &secret).await.problem(401, "no-client");
    }
}

/// A visitor who proved the address of an account, at the other door.
async fn proved_elsewhere(app: &TestApp) -> Browser {
    use crate::journey::forms::{CHECK, SEND};
    let before = codes_to(app, ADA).len();
    let mut browser = visitor(app).await;
    let page = browser.open("/email-code").await;
    let page = browser.submit(&page, SEND, &[("address", ADA)]).await;
    let code = code_after(app, ADA, before).await;
    browser.submit(&page, CHECK, &[("code", &code)]).await.page(200, "proved");
    browser
}
