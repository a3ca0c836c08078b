//! `/quorum` and what is below it, without scripts: dealt, asked, agreed, the code, the end; who sees what, and what the
//! cookies are for.

use crate::app::{Place, TestApp};
use crate::browser::{Answer, Browser};
use crate::on_each_store;
use crate::quorum::{KEY, URI, code_of_uri, encrypted, oathtool};
use crate::wait::within;

/// The shares of a deal, as they stand on their cards.
async fn deal(browser: &mut Browser, (threshold, size): (&str, &str)) -> Vec<String> {
    let page = browser.get("/quorum").await;
    let dealt = browser.post(&page, "/quorum", &[("key", URI), ("size", size), ("threshold", threshold)]).await;
    dealt.page(200, "Hand out these shares now");
    dealt.texts("article code[role=group]").iter().map(|share| share.trim().to_owned()).collect()
}

/// Asks with a share; answers the page of the session, and its path.
async fn ask(browser: &mut Browser, share: &str, why: &str) -> (Answer, String) {
    let page = browser.get("/quorum/ask").await;
    let asked = browser.post(&page, "/quorum/ask", &[("share", share), ("why", why), ("lasts", "600")]).await;
    assert_eq!(asked.status, 303, "{asked:?}");
    let path = asked.location().expect("a way on");
    (browser.get(&path).await, path)
}

async fn agree(browser: &mut Browser, path: &str, share: &str) -> Answer {
    let page = browser.get(path).await;
    let answer = browser.post(&page, &format!("{path}/shares"), &[("share", share)]).await;
    if answer.status == 303 { browser.follow(answer).await } else { answer }
}

fn digits(answer: &Answer) -> Vec<String> {
    answer.texts(".digits").iter().map(|code| code.chars().filter(char::is_ascii_digit).collect()).collect()
}

/// What the page says of a fact.
fn agreed(answer: &Answer) -> String {
    answer.texts("#live [role=status]").concat()
}

fn holds(answer: &Answer, secret: &str) -> bool {
    format!("{answer:?}").contains(secret)
}

on_each_store! {
    async fn custodians_agree_and_the_one_who_asked_alone_sees_the_code(place: Place) {
        let app = TestApp::open(place).await;
        let (mut ada, mut byron, mut charles) = (app.browser(), app.browser(), app.browser());
        let shares = deal(&mut ada, ("3", "5")).await;
        assert_eq!(shares.len(), 5);
        let (page, path) = ask(&mut ada, &shares[0], "The domain <b>expires</b>").await;
        page.page(200, "You asked for a code");
        assert!(page.text().contains("The domain <b>expires</b>") && digits(&page).is_empty());
        assert_eq!(page.texts("#link"), [format!("{}{path}", app.origin)]);
        assert_eq!(agreed(&page), "1 of 3");

        let seen = byron.get(&path).await;
        seen.page(200, "Somebody asks for a code");
        assert!(seen.text().contains("Unverified") && seen.text().contains("The domain <b>expires</b>"));
        assert!(!seen.has_form(&format!("{path}/end")) && !holds(&seen, "AGE-SECRET"));
        let joined = agree(&mut byron, &path, &format!("  {}\n", shares[1])).await;
        joined.page(200, "Somebody asks for a code");
        assert_eq!(joined.note().as_deref(), Some("Your share counts. There is nothing more to do for you. You can close this page."));
        assert_eq!(agreed(&joined), "2 of 3");
        assert_eq!(byron.get(&path).await.note(), None, "said once");
        assert!(digits(&ada.get(&path).await).is_empty(), "two are too few");

        let tek = seen.texts("#tek").concat();
        let waits = agree(&mut charles, &path, &encrypted(&shares[2], &tek)).await;
        assert!(waits.note().expect("a note").contains("Your encrypted share waits."), "{waits:?}");
        assert_eq!(agreed(&waits), "2 of 3, and 1 encrypted share waits");

        let code = ada.get(&path).await;
        code.page(200, "Enough have agreed");
        assert_eq!(digits(&code), [code_of_uri(app.unix_time())]);
        assert!(!holds(&code, KEY), "the secret is never shown");
        for other in [&mut byron, &mut charles] {
            let seen = other.get(&path).await;
            assert!(digits(&seen).is_empty() && seen.text().contains("and to nobody else"), "{seen:?}");
            assert!(!seen.has_form(&format!("{path}/shares")));
        }
        app.advance(61);
        assert_eq!(digits(&ada.get(&path).await), [code_of_uri(app.unix_time())], "a fresh one");

        let not_his = byron.post_form(&format!("{path}/end"), &[]).await;
        byron.follow(not_his).await.page(200, "Somebody asks for a code");
        let page = ada.get(&path).await;
        ada.submit(&page, &format!("{path}/end"), &[]).await.page(410, "You ended this session");
        for browser in [&mut ada, &mut byron] {
            browser.get(&path).await.page(410, "This session is over");
        }
        app.advance(2 * 86_400);
        ada.get(&path).await.page(404, "Nobody asks here");
    }

    async fn a_key_is_checked_and_nothing_that_was_typed_is_lost_or_kept(place: Place) {
        let app = TestApp::open(place).await;
        let mut ada = app.browser();
        let page = ada.get("/quorum").await;
        let names = "Ada\r\nByron";
        let typed = [("key", KEY), ("size", "3"), ("threshold", "2"), ("names", names)];
        let fields = [&typed[..], &[("ages", ""), ("check", "1")]].concat();
        let checked = ada.post_form("/quorum", &fields).await;
        checked.page(200, "One secret, several custodians");
        assert_eq!(digits(&checked), [oathtool(&["--totp"], app.unix_time())]);
        assert_eq!(page.form("/quorum").len(), 6, "{page:?}");
        for (field, value) in checked.form("/quorum").into_iter().filter(|(field, _)| field != "submission") {
            let before = typed.iter().find(|(name, _)| *name == field).map_or("", |(_, value)| value);
            assert_eq!(value.trim().replace('\n', "\r\n").replace("\r\r", "\r"), before, "{field}");
        }
        for (field, value, said) in [
            ("key", "not a key", "That key cannot be shared."),
            ("size", "256", "Those numbers do not go together."),
            ("size", "five", "Those numbers do not go together."),
            ("threshold", "1", "Those numbers do not go together."),
            ("names", "1\n2\n3\n4", "There are more names than custodians."),
            ("ages", "age1nobody\n2\n3", "Age key 1 is none."),
            ("ages", "age1nobody", "There are not as many age keys as custodians."),
        ] {
            let refused = ada.post(&checked, "/quorum", &[(field, value)]).await;
            refused.page(422, "One secret, several custodians");
            assert!(refused.note().expect("a note").starts_with(said), "{field}: {:?}", refused.note());
            let key = refused.form("/quorum").into_iter().find(|(name, _)| name == "key").expect("a key").1;
            assert_eq!(key.trim(), if field == "key" { value } else { KEY });
        }
        let dealt = ada.post(&checked, "/quorum", &[]).await;
        dealt.page(200, "Hand out these shares now");
        assert_eq!(dealt.texts("article h2"), ["Ada", "Byron", "Custodian 3"]);
        assert!(!holds(&dealt, KEY) && ada.cookies.is_empty());
        let stored = app.stored();
        for share in dealt.texts("article code[role=group]") {
            let part = share.trim().rsplit('$').next().expect("data").as_bytes()[80..].to_vec();
            assert!(!stored.windows(part.len()).any(|window| window == part));
        }
        assert!(!stored.windows(KEY.len()).any(|window| window == KEY.as_bytes()));
    }

    async fn what_is_no_share_of_this_group_is_told_and_given_back(place: Place) {
        let app = TestApp::open(place).await;
        let (mut ada, mut byron) = (app.browser(), app.browser());
        let (shares, others) = (deal(&mut ada, ("2", "3")).await, deal(&mut ada, ("2", "2")).await);
        let page = ada.get("/quorum/ask").await;
        for (share, why, lasts, said) in [
            (&shares[0][..51], "", "600", "That share is cut off."),
            ("", "", "600", "That is no share."),
            (&shares[0], &*"x".repeat(201), "600", "The reason is too long."),
            (&shares[0], "", "5", "That is no time to wait."),
        ] {
            let refused = ada.post(&page, "/quorum/ask", &[("share", share), ("why", why), ("lasts", lasts)]).await;
            refused.page(422, "Ask the others for a code");
            assert!(refused.note().expect("a note").starts_with(said), "{:?}", refused.note());
            assert!(holds(&refused, share) && refused.cookies().is_empty());
        }
        let (_, path) = ask(&mut ada, &shares[0], "").await;
        for (share, said) in [
            (shares[0].as_str(), "Share 1 is in already."),
            (&others[1], "That share is of another group."),
            (&shares[1].replace("$2$", "$3$"), "That share is damaged."),
            ("-----BEGIN AGE ENCRYPTED FILE-----", "That file cannot be opened."),
        ] {
            let refused = agree(&mut byron, &path, share).await;
            refused.page(422, "Somebody asks for a code");
            assert!(refused.note().expect("a note").starts_with(said), "{:?}", refused.note());
            assert!(holds(&refused, share), "it is given back");
        }
        let tek = byron.get(&path).await.texts("#tek").concat();
        agree(&mut byron, &path, &encrypted(&others[0], &tek)).await;
        let page = ada.get(&path).await;
        assert_eq!(page.texts(".dropped li"), ["That share is of another group."]);
        assert!(agree(&mut byron, &path, &shares[2]).await.note().expect("a note").contains("counts"));
        assert_eq!(digits(&ada.get(&path).await), [code_of_uri(app.unix_time())]);
    }

    async fn whoever_watches_is_told_of_every_change_until_the_end(place: Place) {
        let app = TestApp::open(place).await;
        let (mut ada, byron) = (app.browser(), app.browser());
        let shares = deal(&mut ada, ("2", "2")).await;
        let (page, path) = ask(&mut ada, &shares[0], "").await;
        let shown = page.attribute("#live", "data-shown").expect("how far it is");
        let mut watched = byron.stream(&format!("{path}/events")).await;
        assert_eq!(watched.headers()["content-type"], "text/event-stream");
        assert_eq!(watched.headers()["cache-control"], "no-store");
        let mut next = async || {
            let chunk = within("a chunk", watched.chunk()).await.expect("a chunk");
            chunk.map(|chunk| String::from_utf8(chunk.to_vec()).expect("text"))
        };
        assert_eq!(next().await, Some(format!("event: progress\ndata: {shown}\n\n")));
        agree(&mut app.browser(), &path, &shares[1]).await;
        let told = "event: progress\ndata: {\"provided\":2,\"waiting\":0,\"complete\":true}\n\n";
        assert_eq!(next().await.as_deref(), Some(told));
        let page = ada.get(&path).await;
        ada.submit(&page, &format!("{path}/end"), &[]).await;
        assert_eq!(next().await.as_deref(), Some("event: over\ndata: over\n\n"));
        assert_eq!(next().await, None);
        app.browser().get(&format!("{path}/events")).await.page(410, "This session is over");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_end_when_the_process_stops_and_are_bounded_by_network() {
    let mut app = TestApp::open(Place::redis()).await;
    let mut ada = app.browser();
    let shares = deal(&mut ada, ("2", "2")).await;
    let (_, path) = ask(&mut ada, &shares[0], "").await;
    let mut open = Vec::new();
    let full = loop {
        let answer = ada.stream(&format!("{path}/events")).await;
        if answer.status() != 200 {
            break answer;
        }
        open.push(answer);
        assert!(open.len() <= 32);
    };
    assert_eq!((full.status().as_u16(), open.len()), (429, 32));
    assert!(full.headers().contains_key("retry-after"));
    ada.get(&path).await.page(200, "You asked for a code");
    app.restart().await;
    for stream in open {
        within("a stream of a stopped process", stream.bytes()).await.expect("it ends as it should");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_private_half_is_in_a_cookie_of_its_own_page_alone() {
    let app = TestApp::https(Place::Embedded).await;
    let (mut ada, mut eve) = (app.browser(), app.browser());
    let shares = deal(&mut ada, ("2", "2")).await;
    let page = ada.get("/quorum/ask").await;
    let asked = ada.post(&page, "/quorum/ask", &[("share", &shares[0]), ("lasts", "600")]).await;
    let path = asked.location().expect("a way on");
    let [cookie] = &asked.cookies()[..] else { panic!("{asked:?}") };
    let (pair, rules) = cookie.split_once("; ").expect("rules");
    assert!(pair.starts_with("__Secure-postern-quorum=AGE-SECRET-KEY-1"), "{pair}");
    assert_eq!(rules, format!("Path={path}; Max-Age=600; HttpOnly; SameSite=Lax; Secure"));
    let private = pair.split_once('=').expect("a value").1;
    let stored = app.stored();
    assert!(!stored.windows(private.len()).any(|window| window == private.as_bytes()));
    assert!(!holds(&ada.get(&path).await, private));
    // A cookie of another session opens nothing, and what a cookie says is one of a few things.
    eve.cookies.insert("__Secure-postern-quorum".to_owned(), "AGE-SECRET-KEY-1".to_owned());
    eve.cookies.insert("__Secure-postern-quorum-said".to_owned(), "<b>".to_owned());
    let seen = eve.get(&path).await;
    seen.page(200, "Somebody asks for a code");
    assert!(seen.note().is_none() && !holds(&seen, "<b>"));
}
