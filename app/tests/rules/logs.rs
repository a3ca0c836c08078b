//! Logs tell what happened, and nothing that opens anything.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use data_encoding::BASE64;
use postern_core::factor::email_code::Purpose;
use postern_core::factor::totp::KIND;
use postern_core::port::{Expect, Key, Store, Write};
use postern_core::seal::Sealer;
use postern_core::testing::SeededEntropy;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::fmt::MakeWriter;

use crate::app::{ADA, TestApp, Told, masters};

/// What this thread logs from now on, at every level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn listens() -> (Self, DefaultGuard) {
        let log = Self::default();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_ansi(false)
            .with_writer(log.clone())
            .finish();
        (log, tracing::subscriber::set_default(subscriber))
    }

    fn text(&self) -> String {
        String::from_utf8(self.0.lock().expect("no panic").clone()).expect("text")
    }

    /// The results of the authentication events since the last time.
    fn events(&self, seen: &mut usize) -> Vec<String> {
        let text = self.text();
        let new: Vec<_> = text.lines().filter(|line| line.contains("postern::auth")).skip(*seen).collect();
        *seen += new.len();
        let result = |line: &&str| line.split("result=").nth(1).unwrap_or_default().replace('"', "");
        new.iter().map(result).collect()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;
    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn each_authentication_event_is_logged_once_and_with_no_code_secret_or_whole_address() {
    let (log, _guard) = Log::listens();
    let mut seen = 0;
    let mut expect = |result: &str| {
        let events = log.events(&mut seen);
        assert_eq!(events.len(), 1, "{result}: {events:?}");
        assert!(events[0].contains(result), "{result}: {events:?}");
    };
    let app = TestApp::open().await;
    let ada = app.visitor().await;

    ada.asks_for_mail(ADA).await.done();
    expect("asked");
    let mailed = ada.mailed_code().await;
    let mistyped = ada.wrong_mailed_code().await;
    ada.answers_mail(&mistyped).await.refusal();
    expect("problem=wrong");
    ada.answers_mail(&mailed).await.done();
    expect("passed");
    ada.answers_mail(&mailed).await.refusal();
    expect("problem=no-code");
    ada.answers_totp(&mistyped).await.refusal();
    expect("problem=not-enrolled");

    let phone = ada.begins_totp().await;
    let shown = phone.code(app.now());
    ada.hint_for(&phone.code(app.now() + Duration::from_mins(2))).await;
    expect("problem=wrong");
    ada.answers_totp(&shown).await.done();
    expect("passed");
    ada.answers_totp(&shown).await.refusal();
    expect("replayed problem=wrong");
    for _ in 0..4 {
        ada.mistypes_totp(&phone).await;
        expect("problem=wrong");
    }
    ada.answers_totp(&shown).await.refusal();
    expect("problem=throttled");
    app.portal.remove_totp(&ada.visit).await.done();
    expect("removed");
    app.portal.leave(&ada.visit).await.done();

    let text = log.text();
    let lower = text.to_ascii_lowercase();
    for hidden in [
        mailed,
        mistyped,
        shown,
        phone.code(app.now() + Duration::from_mins(2)),
        BASE64.encode(&phone.secret),
        format!("{:?}", phone.secret),
        phone.uri.split_once("secret=").expect("a key").1[..32].to_ascii_lowercase(),
        ADA.to_ascii_lowercase(),
        "byron".to_owned(),
        "otpauth".to_owned(),
    ] {
        assert!(!lower.contains(&hidden), "{hidden} is in the log:\n{text}");
    }
    let told = [ada.visit.session.holder.to_string(), ada.visit.network.to_string(), KIND.to_string()];
    for line in text.lines().filter(|line| line.contains(KIND.as_str())) {
        assert!(told.iter().all(|part| line.contains(part)), "who, which factor, where from: {line}");
    }
}

#[tokio::test]
async fn a_letter_that_is_refused_is_logged_too() {
    let (log, _guard) = Log::listens();
    let mut seen = 0;
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    ada.asks_for_mail(ADA).await.done();
    ada.asks_for_mail(ADA).await.refusal();
    let events = log.events(&mut seen);
    assert_eq!(events.len(), 2, "{events:?}");
    assert!(events[1].starts_with("refused problem=too-many-sends"), "{events:?}");
}

#[tokio::test]
async fn a_record_that_cannot_be_read_is_told_without_a_word_of_what_is_in_it() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let place = Key::new(ada.visit.session.holder, "holder");
    let record = rmp_serde::to_vec(&("an older form", ADA)).expect("bytes");
    let sealed = Sealer::new(&masters(&[1])).expect("a key").seal(&place, &record, &SeededEntropy::new(7));
    app.store.write(Write::new(place, Expect::Absent, sealed, None), app.now()).await.expect("a store");
    let told = app.portal.load_visit_state(&ada.visit).await.fault().to_string();
    assert!(told.contains("holder") && !told.contains("older form") && !told.contains("yron"), "{told}");
}

#[tokio::test]
async fn nothing_that_is_printed_for_debugging_shows_what_it_holds() {
    let app = TestApp::open().await;
    let ada = app.visitor().await;
    let sent = ada.asks_for_mail(ADA).await.done();
    let enrolment = ada.tries_to_begin_totp(postern_core::factor::totp::Setting::default()).await.done();
    app.portal.phone_scan(&ada.visit).await.done();
    let waiting = app.portal.mail_code(&ada.visit, Purpose::Prove).await.done();
    let codes = app.portal.phone_codes(&ada.visit).await.done();
    let look = app.portal.load_visit_state(&ada.visit).await.done();
    let (letter, code) = (ada.letter().await, ada.mailed_code().await);
    let typed = crate::app::code(&code);
    let printed = format!("{sent:?} {enrolment:?} {waiting:?} {codes:?} {look:?} {letter:?} {typed:?}");
    let hidden = [ADA, "yron", &code, enrolment.provisioning.key.expose(), codes[0].code.expose(), "otpauth:"];
    for hidden in hidden {
        assert!(!printed.contains(hidden), "{hidden} in {printed}");
    }
}
