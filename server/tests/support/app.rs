//! A portal of a test's own: on a free port, over either store, with a real mail server, its clock stopped.
//! Needs `smtp.rs` and `redis.rs` beside it, as modules `smtp` and `redis_server`.

#![allow(dead_code, reason = "each test binary uses its own part of it")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use postern::app::{App, Platform};
use postern::config::{Config, ConfigSources};
use postern::connections::Timeouts;
use postern_core::port::Clock as _;
use postern_core::testing::StoppedClock;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::browser::Browser;
use crate::redis_server::RedisServer;
use crate::smtp::SmtpServer;

/// Where everything is kept.
pub enum Place {
    Embedded,
    Redis(RedisServer),
}

impl Place {
    pub fn redis() -> Self {
        Self::Redis(RedisServer::start())
    }
}

/// Runs each test on each store. The test is given the [`Place`].
#[macro_export]
macro_rules! on_each_store {
    ($(async fn $name:ident($place:ident: Place) $body:block)*) => {
        $(async fn $name($place: $crate::app::Place) $body)*

        mod embedded {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name($crate::app::Place::Embedded).await;
            })*
        }

        mod redis {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name($crate::app::Place::redis()).await;
            })*
        }
    };
}

/// A portal and what stands around it.
pub struct TestApp {
    /// Of the first process.
    pub address: SocketAddr,
    pub origin: String,
    /// Where the metrics of the process started last are read.
    pub metrics: Option<SocketAddr>,
    pub clock: Arc<StoppedClock>,
    pub mail: SmtpServer,
    pub place: Place,
    settings: Vec<(String, String)>,
    timeouts: Timeouts,
    data: TempDir,
    running: Vec<Running>,
}

struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl TestApp {
    /// With a mail server.
    pub async fn open(place: Place) -> Self {
        Self::with(place, &[]).await
    }

    /// The demo: no mail server, a loopback origin and address.
    pub async fn demo(place: Place) -> Self {
        Self::with(place, &[("POSTERN_SMTP_URL", ""), ("POSTERN_MAIL_FROM", "")]).await
    }

    /// As browsers reach it through a proxy that speaks TLS.
    pub async fn https(place: Place) -> Self {
        let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        let settings = [("POSTERN_PUBLIC_ORIGIN", "https://door.example.org"), ("POSTERN_MASTER_KEY", key)];
        Self::with(place, &settings).await
    }

    /// With settings of its own over those of [`open`](Self::open).
    pub async fn with(place: Place, settings: &[(&str, &str)]) -> Self {
        // In a box: with all that is wired in it the future nests deeper than the compiler looks.
        Box::pin(Self::hurried(place, settings, Timeouts::default())).await
    }

    /// With time limits of its own, too.
    pub async fn hurried(place: Place, settings: &[(&str, &str)], timeouts: Timeouts) -> Self {
        // Only the first telling counts; the others change nothing.
        let _ = any_spawner::Executor::init_tokio();
        let mail = SmtpServer::start().await;
        let data = tempfile::tempdir().expect("a folder");
        let mut all = vec![
            ("POSTERN_ADDRESS".to_owned(), "127.0.0.1:0".to_owned()),
            ("POSTERN_DATA_DIR".to_owned(), data.path().to_string_lossy().into_owned()),
            ("POSTERN_SMTP_URL".to_owned(), mail.url()),
            ("POSTERN_MAIL_FROM".to_owned(), "Postern <mfa@example.org>".to_owned()),
        ];
        if let Place::Redis(server) = &place {
            all.push(("POSTERN_REDIS_URL".to_owned(), server.url()));
        }
        for (name, value) in settings {
            all.retain(|(known, _)| known != name);
            all.push(((*name).to_owned(), (*value).to_owned()));
        }
        let mut app = Self {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            origin: String::new(),
            metrics: None,
            clock: Arc::new(StoppedClock::default()),
            mail,
            place,
            settings: all,
            timeouts,
            data,
            running: Vec::new(),
        };
        app.address = app.another_process().await;
        app
    }

    /// What every process of this house is told.
    pub fn config(&self) -> Config {
        let given = ConfigSources { variables: self.settings.clone(), ..ConfigSources::default() };
        Config::load(&given).unwrap_or_else(|mistakes| panic!("{mistakes}"))
    }

    /// One more portal over the same Redis, as a second process would be. Answers where it listens.
    pub async fn another_process(&mut self) -> SocketAddr {
        let config = self.config();
        config.public_origin.as_str().clone_into(&mut self.origin);
        let machine = Platform { clock: self.clock.clone(), timeouts: self.timeouts, ..Platform::default() };
        let app = App::open(&config, machine).await.expect("the portal opens");
        self.metrics = app.metrics_address();
        let listener = TcpListener::bind(config.address).await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let (stop, stopping) = watch::channel(false);
        let task = tokio::spawn(async move { app.run(listener, stopping).await.expect("it runs") });
        self.running.push(Running { stop, task });
        address
    }

    /// Stops every process and starts one again, over what they left.
    pub async fn restart(&mut self) {
        for Running { stop, task } in self.running.drain(..) {
            stop.send(true).expect("it runs");
            task.await.expect("it ends");
        }
        self.address = self.another_process().await;
    }

    pub fn browser(&self) -> Browser {
        self.browser_at(self.address)
    }

    pub fn browser_at(&self, address: SocketAddr) -> Browser {
        Browser::new(address, &self.origin)
    }

    /// A client that is no browser: it keeps cookies, and says nothing of where it comes from.
    pub fn program(&self) -> Browser {
        Browser::program(self.address, &self.origin)
    }

    pub fn advance(&self, secs: u64) {
        self.clock.advance(Duration::from_secs(secs));
    }

    pub fn unix_time(&self) -> u64 {
        self.clock.now().unix_secs()
    }

    pub fn redis(&mut self) -> &mut RedisServer {
        match &mut self.place {
            Place::Redis(server) => server,
            Place::Embedded => panic!("this portal keeps everything in its own file"),
        }
    }

    /// All that stands in the store, as a thief of it would have it.
    pub fn stored(&self) -> Vec<u8> {
        let Place::Redis(server) = &self.place else {
            let files = std::fs::read_dir(self.data.path()).expect("a folder").map(|file| file.expect("a file").path());
            return files.filter_map(|file| std::fs::read(file).ok()).flatten().collect();
        };
        server.dump()
    }

    /// The code in the newest of so many letters.
    pub async fn code_of_letter(&self, count: usize) -> String {
        let letters = self.mail.wait_for(count).await;
        let subject = &letters.last().expect("a letter").subject;
        subject.split_whitespace().find(|word| word.bytes().all(|b| b.is_ascii_digit())).expect("a code").to_owned()
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        for Running { task, .. } in &self.running {
            task.abort();
        }
    }
}
