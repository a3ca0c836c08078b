//! A portal over a store of the test's making, wired as `app` does it; and the router's own table of routes.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use postern::assets;
use postern::config::{Config, ConfigSources};
use postern::health::{Health, StoreHealth};
use postern::http::network::Proxies;
use postern::mail::MailHealth;
use postern::platform::SystemEntropy;
use postern::quorum::Streams;
use postern::router::{self, RouterConfig};
use postern::signals::Draining;
use postern::store::Sessions;
use postern_app::client::Clients;
use postern_app::portal::{Outside, Portal, Settings};
use postern_app::quorum::Quorum;
use postern_app::vault::Vaults;
use postern_app::web::context::AppState;
use postern_core::model::{ApiKey, Network, Secret};
use postern_core::port::{BlockingPool, Clock, Lane, Store};
use postern_core::testing::{AtOnce, MemoryStore, StoppedClock};
use reqwest::Method;
use tokio::net::TcpListener;

use crate::browser::Browser;

pub struct Wired {
    pub router: Router,
    pub clock: Arc<StoppedClock>,
    store: Arc<dyn Store>,
    portal: Arc<Portal>,
}

impl Wired {
    /// Over this store; the settings are those of a first start.
    pub async fn over(store: Arc<dyn Store>, demo: bool) -> Self {
        Self::with(store, demo, Arc::new(AtOnce)).await
    }

    /// The same, with this queue of heavy work.
    pub async fn with(store: Arc<dyn Store>, demo: bool, heavy: Arc<dyn BlockingPool>) -> Self {
        let _ = any_spawner::Executor::init_tokio();
        let config = Config::load(&ConfigSources::default()).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        let clock = Arc::new(StoppedClock::default());
        let outside = Outside {
            store: Arc::clone(&store),
            clock: clock.clone(),
            entropy: Arc::new(SystemEntropy),
            heavy,
            letter_waits: Arc::new(|| ()),
        };
        let origin = config.public_origin.as_str();
        let settings = Settings { origin: origin.to_owned(), ..Settings::default() };
        let portal = Arc::new(Portal::open(outside, &[Secret::new([7; 32])], settings).await.expect("it opens"));
        let (files, assets) = assets::routes();
        let clients = Clients::new(Arc::clone(&portal));
        let app = AppState {
            portal: Arc::clone(&portal),
            clients,
            quorum: Quorum::new(Arc::clone(&portal)),
            vaults: Vaults::new(Arc::clone(&portal)),
            assets,
            origin: origin.into(),
            support: None,
            demo,
        };
        let by_clock: Arc<dyn Clock> = clock.clone();
        let sessions = Sessions::in_store(Arc::clone(&store), &portal, &by_clock);
        let (kept, inside) = (Arc::clone(&store), Arc::clone(&portal));
        let router = router::router(RouterConfig {
            app,
            assets: files,
            sessions,
            origin: Arc::new(config.public_origin),
            proxies: Proxies::new(&[]),
            health: Health {
                store: Arc::new(StoreHealth::new(Arc::clone(&inside))),
                mail: Arc::new(MailHealth::default()),
                draining: Draining::default(),
            },
            streams: Streams::default(),
            operators: None,
        });
        Self { router, clock, store: kept, portal: inside }
    }

    /// The code in the next letter that has one. Nobody else delivers letters here.
    pub async fn next_code(&self) -> String {
        let now = self.clock.now();
        loop {
            let job = self
                .store
                .lease(Lane::Urgent, now + Duration::from_mins(1), now)
                .await
                .expect("a store")
                .expect("a letter");
            self.store.finish(job.id).await.expect("a store");
            let letter = self.portal.open_letter(&job).await.expect("a letter of ours").expect("something to say");
            let mut words = letter.subject.expose().split_whitespace();
            if let Some(code) = words.find(|word| word.len() >= 6 && word.bytes().all(|b| b.is_ascii_digit())) {
                return code.to_owned();
            }
        }
    }

    /// The key and the secret of a client.
    pub async fn client(&self) -> (String, String) {
        let (clients, network, ada) = (Clients::new(Arc::clone(&self.portal)), Network::LOCAL, "ada@example.org");
        clients.ask_key(network, ada, None).await.expect("a letter");
        let now = self.clock.now();
        let job = self
            .store
            .lease(Lane::Urgent, now + Duration::from_mins(1), now)
            .await
            .expect("a store")
            .expect("a letter");
        self.store.finish(job.id).await.expect("a store");
        let letter = self.portal.open_letter(&job).await.expect("a letter of ours").expect("something to say").text;
        let key = letter.expose().lines().find(|line| line.parse::<ApiKey>().is_ok()).expect("a key").to_owned();
        let secret = clients.activate(network, ada, &key).await.expect("a secret");
        (key, secret.to_text().expose().clone())
    }

    pub fn now(&self) -> u64 {
        self.clock.now().unix_secs()
    }

    /// Serves as long as the test lasts.
    pub async fn browser(&self) -> Browser {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let service = self.router.clone().into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(axum::serve(listener, service).into_future());
        Browser::new(address, "http://localhost:3000")
    }
}

/// What stands for a part of a path that differs: an id that is nobody's.
pub const NOBODY: &str = "AAAAAAAAAAAAAAAAAAAAAA";

/// Whether only a client that proves itself may ask for a path.
pub fn is_of_clients(path: &str) -> bool {
    path.starts_with("/api/v1/mfa/") && !path.starts_with("/api/v1/mfa/api-key")
}

/// The router's own table: each path, with what differs in braces, and the methods it takes.
pub fn templates(router: &Router) -> BTreeMap<String, Vec<Method>> {
    let printed = format!("{router:?}");
    // The first node is the one of paths; what stands behind it is the fallback's.
    let (routes, node) = printed.split_once("node: Node { paths: {").expect("axum prints its table");
    let (node, _) = node.split_once("\"}").expect("it ends");
    let mut methods: BTreeMap<&str, Vec<Method>> = entries(routes)
        .filter_map(|(id, route)| Some((id, route.split_once("allow_header: Bytes(b\"")?.1.split('"').next()?)))
        .map(|(id, allowed)| (id, allowed.split(',').map(|name| name.parse().expect("a method")).collect()))
        .collect();
    let paths = entries(node).filter_map(|(id, path)| Some((id, path.strip_prefix('"')?.split('"').next()?)));
    let table: BTreeMap<_, _> =
        paths.map(|(id, path)| (path.to_owned(), methods.remove(id).expect("its methods"))).collect();
    assert!(table.len() >= 25 && methods.is_empty(), "axum prints its table in another way: {printed}");
    table
}

/// The same of a portal, with an id that is nobody's for what differs.
pub async fn table(demo: bool) -> BTreeMap<String, Vec<Method>> {
    let wired = Wired::over(Arc::new(MemoryStore::default()), demo).await;
    templates(&wired.router).into_iter().map(|(path, methods)| (of_nobody(&path), methods)).collect()
}

/// A path in which everything that differs is nobody's.
pub fn of_nobody(template: &str) -> String {
    let parts = template.split('/').map(|part| if part.starts_with('{') { NOBODY } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn entries(printed: &str) -> impl Iterator<Item = (&str, &str)> {
    printed.split("RouteId(").filter_map(|entry| entry.split_once("): "))
}
