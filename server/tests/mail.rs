//! Letters on their way out, to a real mail server.

#[path = "mail/lanes.rs"]
mod lanes;
#[path = "mail/queue.rs"]
mod queue;
#[path = "support/smtp.rs"]
mod smtp;
#[path = "support/wait.rs"]
mod wait;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use postern::config::{Config, ConfigSources, Mail};
use postern::mail::{self, Carrier, Outbox, Smtp};
use postern_app::portal::{Outside, Portal, Settings};
use postern_core::model::{
    Browser, HolderId, Letter, MailAddress, Network, Secret, Session, SessionHandle, SessionKind, Visit,
};
use postern_core::port::{Clock, Mailer, Undelivered};
use postern_core::testing::{AtOnce, MemoryStore, SeededEntropy, StoppedClock};
use smtp::{Mood, Privacy, Received, SmtpServer};

fn letter(clock: &StoppedClock) -> Letter {
    Letter {
        to: "Ada.Byron@b\u{fc}cher.example".parse().expect("an address"),
        subject: Secret::new("482913 ist Ihr Code \u{2014} Postern".to_owned()),
        text: Secret::new("Your code is\n\n482913\n.\n..a line with dots\n".to_owned()),
        html: Secret::new("<p>Your code is <b>482913</b> \u{2713}</p>".to_owned()),
        written_at: clock.now(),
        ends: clock.now() + Duration::from_mins(5),
        asked_by: Some(SessionHandle::from([7; 16])),
    }
}

/// As an operator would set it up; `None` when configuration refuses.
fn configure(server: &SmtpServer, url: &str) -> Option<Config> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("ca-{}-{}.pem", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let ca_file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&ca_file, server.ca_pem()).expect("written");
    let variables = [
        ("POSTERN_SMTP_URL", url),
        ("POSTERN_SMTP_CA_FILE", &ca_file.to_string_lossy()),
        ("POSTERN_MAIL_FROM", "Postern <mfa@example.org>"),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let config = Config::load(&ConfigSources { variables, ..ConfigSources::default() });
    std::fs::remove_file(&ca_file).expect("it was there");
    config.ok()
}

fn connect(server: &SmtpServer, url: &str) -> Option<Smtp> {
    let Mail::Smtp(settings) = configure(server, url)?.mail else { panic!("no demo") };
    Some(Smtp::new(&settings).expect("usable"))
}

fn carrier(server: &SmtpServer) -> Smtp {
    connect(server, &server.url()).expect("right settings")
}

fn assert_arrived(received: &Received) {
    assert_eq!((received.from.as_str(), received.to.as_slice()), ("mfa@example.org", &wire_address()[..]));
    assert_eq!(received.subject, "482913 ist Ihr Code \u{2014} Postern");
    assert_eq!(received.text.replace("\r\n", "\n").trim_end(), "Your code is\n\n482913\n.\n..a line with dots");
    assert!(received.html.contains("<b>482913</b> \u{2713}"), "{}", received.html);
}

fn wire_address() -> [String; 1] {
    ["Ada.Byron@xn--bcher-kva.example".to_owned()]
}

#[tokio::test]
async fn a_letter_arrives_with_both_parts_by_every_way_that_is_allowed() {
    let clock = StoppedClock::default();
    for (privacy, login) in [
        (Privacy::None, false),
        (Privacy::None, true),
        (Privacy::StartTls, false),
        (Privacy::StartTls, true),
        (Privacy::Tls, true),
    ] {
        let server = SmtpServer::start_with(privacy, login).await;
        let carrier = carrier(&server);
        carrier.reach().await.expect("it answers");
        carrier.deliver(&letter(&clock), "a-letter").await.unwrap_or_else(|e| panic!("{privacy:?} {login}: {e}"));
        let received = server.received();
        assert_eq!(received.len(), 1);
        assert_arrived(&received[0]);
        for header in [
            "From: Postern <mfa@example.org>",
            "Auto-Submitted: auto-generated",
            "@example.org>\r\n",
            "Date: Sun, 09 Sep 2001 01:46:40",
            "multipart/alternative",
        ] {
            assert!(received[0].raw.contains(header), "{header} in\n{}", received[0].raw);
        }
    }
}

#[tokio::test]
async fn nothing_is_sent_where_starttls_is_not_offered_or_the_certificate_is_not_trusted() {
    let clock = StoppedClock::default();
    let plain = SmtpServer::start().await;
    let wants_tls = connect(&plain, &format!("smtp://localhost:{}?tls=required", plain.address.port())).expect("right");
    let trusts_another = connect(&plain, &SmtpServer::start_with(Privacy::Tls, false).await.url()).expect("right");
    for carrier in [wants_tls, trusts_another] {
        let refused = carrier.deliver(&letter(&clock), "a-letter").await.expect_err("not in the clear");
        assert!(matches!(refused, Undelivered::Transient(_)), "{refused}");
    }
    let tls = SmtpServer::start_with(Privacy::StartTls, false).await;
    let stranger = connect(&plain, &tls.url()).expect("right");
    stranger.deliver(&letter(&clock), "a-letter").await.expect_err("an unknown certificate");
    assert!(plain.received().is_empty() && tls.received().is_empty());
    assert!(connect(&plain, "smtp://mail.example.org").is_none(), "plain goes to this machine only");
}

#[tokio::test]
async fn wrong_credentials_are_an_operators_matter_and_refusals_quote_no_address() {
    let clock = StoppedClock::default();
    let server = SmtpServer::start_with(Privacy::None, true).await;
    let url = format!("smtp://postern:wrong@127.0.0.1:{}", server.address.port());
    let refused = connect(&server, &url).expect("right").deliver(&letter(&clock), "a-letter").await;
    assert!(matches!(&refused, Err(Undelivered::SenderRefused(why)) if why.contains("535")), "{refused:?}");

    for (code, for_good) in [(451, false), (550, true)] {
        server.set_mood(Mood::Answers(code));
        let refused = carrier(&server).deliver(&letter(&clock), "a-letter").await.expect_err("refused");
        assert_eq!(matches!(refused, Undelivered::Permanent(_)), for_good);
        assert_eq!(matches!(refused, Undelivered::ReaderDeferred(_)), !for_good);
        let said = refused.to_string();
        assert!(said.contains(&format!("{code} 5.1.1")) && said.contains("not wanted"), "{said}");
        assert!(!said.contains("Ada") && !said.contains("xn--"), "{said}");
    }
}

#[tokio::test]
async fn refusal_of_our_sender_is_no_refusal_of_the_letter_and_names_the_setting() {
    let clock = StoppedClock::default();
    let server = SmtpServer::start().await;
    let carrier = carrier(&server);
    for (mood, is_seen_without_a_letter) in [
        (Mood::RefusesSender(550, "5.7.60 SMTP; Client does not have permissions to send as this sender"), true),
        (Mood::RefusesSender(553, "5.1.8 unknown"), true),
        (Mood::RefusesContent(554, "Message rejected: Email address is not verified."), false),
        (Mood::RefusesContent(550, "5.7.60 SMTP; Client does not have permissions to send as this sender"), false),
    ] {
        server.set_mood(mood);
        let refused = carrier.deliver(&letter(&clock), "a-letter").await.expect_err("refused");
        assert!(matches!(refused, Undelivered::SenderRefused(_)), "{mood:?}: {refused:?}");
        let port = server.address.port();
        for part in [&format!("127.0.0.1:{port}"), "smtp.url", "mail.from"] {
            assert!(refused.to_string().contains(part), "{part} in {refused}");
        }
        assert_eq!(carrier.reach().await.is_err(), is_seen_without_a_letter, "{mood:?}");
    }
    server.set_mood(Mood::RefusesContent(554, "5.7.1 spam"));
    let refused = carrier.deliver(&letter(&clock), "a-letter").await.expect_err("refused");
    assert!(matches!(refused, Undelivered::Permanent(_)), "{refused:?}");
    server.set_mood(Mood::Takes);
    carrier.deliver(&letter(&clock), "a-letter").await.expect("the connection is a new one");
}

#[tokio::test]
async fn connection_that_is_refused_names_host_port_and_setting() {
    let clock = StoppedClock::default();
    let mut server = SmtpServer::start().await;
    server.stop().await;
    let refused = carrier(&server).deliver(&letter(&clock), "a-letter").await.expect_err("nobody listens");
    assert!(matches!(refused, Undelivered::Transient(_)), "{refused:?}");
    let port = server.address.port();
    for part in [&format!("127.0.0.1:{port}"), "smtp.url", "refused"] {
        assert!(refused.to_string().contains(part), "{part} in {refused}");
    }
}

#[tokio::test]
async fn letters_one_after_the_other_go_through_one_connection() {
    let clock = StoppedClock::default();
    let server = SmtpServer::start_with(Privacy::StartTls, true).await;
    let carrier = carrier(&server);
    for n in 1..=3 {
        carrier.deliver(&letter(&clock), &format!("letter-{n}")).await.expect("it goes");
    }
    assert_eq!(server.visits(), 1);
    for (n, received) in server.received().iter().enumerate() {
        assert!(received.raw.contains(&format!("Message-ID: <letter-{}@example.org>", n + 1)), "{}", received.raw);
    }
}

#[tokio::test]
async fn a_silent_server_holds_a_letter_no_longer_than_is_bearable() {
    let clock = StoppedClock::default();
    let server = SmtpServer::start().await;
    server.set_mood(Mood::Silent);
    let carrier = carrier(&server).patient_for(Duration::from_millis(300));
    let refused = wait::within("a delivery without an answer", carrier.deliver(&letter(&clock), "a-letter")).await;
    assert!(matches!(refused, Err(Undelivered::Transient(_))), "{refused:?}");
}

#[tokio::test]
async fn an_operator_sends_a_test_letter() {
    let (clock, entropy) = (StoppedClock::default(), SeededEntropy::new(1));
    let server = SmtpServer::start_with(Privacy::StartTls, true).await;
    let config = configure(&server, &server.url()).expect("right");
    let to: MailAddress = "ada@example.org".parse().expect("an address");
    mail::reach(&config).await.expect("it answers");
    mail::send_test_letter(&config, to.clone(), clock.now(), &entropy).await.expect("it goes");
    let received = server.received();
    assert_eq!((received.len(), received[0].subject.as_str()), (1, "Test letter from Postern"));
    assert!(received[0].text.contains("http://localhost:3000"));

    let demo = Config::load(&ConfigSources::default()).expect("the defaults");
    let refused = mail::send_test_letter(&demo, to, clock.now(), &entropy).await.expect_err("nowhere to send it");
    assert!(refused.to_string().contains("smtp.url is not set"));
}

#[tokio::test]
async fn the_demos_outbox_shows_a_session_its_own_letters_newest_first_for_an_hour() {
    let clock = Arc::new(StoppedClock::default());
    let outside = Outside {
        store: Arc::new(MemoryStore::default()),
        clock: clock.clone(),
        entropy: Arc::new(SeededEntropy::new(1)),
        heavy: Arc::new(AtOnce),
        letter_waits: Arc::new(|| {}),
    };
    let settings = Settings::default();
    let portal = Portal::open(outside, &[Secret::new([7; 32])], settings).await.expect("an empty store");
    let portal = Arc::new(portal);
    let outbox = Outbox::new(Arc::clone(&portal));
    let mut letter = letter(&clock);
    for subject in ["first", "second"] {
        letter.subject = Secret::new(subject.to_owned());
        outbox.deliver(&letter, "a-letter").await.expect("the store is up");
    }
    letter.asked_by = None;
    outbox.deliver(&letter, "a-letter").await.expect("dropped");
    let visit = |handle| Visit {
        session: Session {
            handle: SessionHandle::from([handle; 16]),
            holder: HolderId::from([handle; 16]),
            kind: SessionKind::Visitor,
            begun_at: clock.now(),
            ends_at: clock.now() + Duration::from_hours(1),
        },
        network: Network::LOCAL,
        browser: Browser::default(),
    };
    let subjects = async |visit: Visit| {
        let Ok(letters) = portal.letters(&visit).await else { panic!("the store is up") };
        letters.iter().map(|letter| letter.subject.expose().clone()).collect::<Vec<_>>()
    };
    assert_eq!(subjects(visit(7)).await, ["second", "first"]);
    assert!(subjects(visit(8)).await.is_empty());
    let mine = visit(7);
    clock.advance(Duration::from_hours(1));
    assert!(subjects(mine).await.is_empty());
}
