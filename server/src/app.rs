//! The one place that wires: adapters are chosen here, once, and nobody else asks which.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use postern_app::client::Clients;
use postern_app::portal::operator::Admission;
use postern_app::portal::{OpenError, Outside, Portal, Settings};
use postern_app::quorum::Quorum;
use postern_app::vault::Vaults;
use postern_app::web::context::AppState;
use postern_core::factor::security_key::SelfTestError;
use postern_core::model::MailAddress;
use postern_core::port::{Clock, Entropy, StoreFault};
use postern_core::seal::MasterBytes;
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;

use crate::api::admin::{AdminState, Operators};
use crate::assets;
use crate::config::{Config, Mail, NoDataDir, NoMasterKeys};
use crate::connections::{Bounds, Listener, Peers, Timeouts};
use crate::figures::{self, ConnectionCounters, Figures, NoListener, Watched};
use crate::health::{Health, StoreHealth};
use crate::http;
use crate::http::network::Proxies;
use crate::mail::{self, Carrier, NoMail, NoSmtp, Outbox, PortalLetters, Queue, ReplaceableCarrier, Smtp};
use crate::operator::{NotDone, OperatorSocket};
use crate::platform::{SystemClock, SystemEntropy};
use crate::quorum::Streams;
use crate::router::{self, RouterConfig};
use crate::signals::{Draining, stopped};
use crate::store::{self, OpenStore};
use crate::telemetry::{NoTelemetry, Telemetry};
use crate::vault_sweep::end_unused_vaults;
use crate::workers::Workers;

/// How long requests in flight have when the process is told to stop.
pub const GRACE: Duration = Duration::from_secs(10);

/// Why the portal does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error(transparent)]
    MasterKeys(#[from] NoMasterKeys),
    #[error(transparent)]
    DataDir(#[from] NoDataDir),
    #[error(transparent)]
    SecurityKeys(#[from] SelfTestError),
    #[error("not everything that was checked is well")]
    CheckFailed,
    #[error(transparent)]
    Store(#[from] store::OpenError),
    #[error(transparent)]
    Portal(#[from] OpenError),
    #[error(transparent)]
    Smtp(#[from] NoSmtp),
    #[error("address {address}: {error}")]
    Listen { address: SocketAddr, error: std::io::Error },
    #[error(transparent)]
    Telemetry(#[from] NoTelemetry),
    #[error(transparent)]
    Metrics(#[from] NoListener),
    #[error(transparent)]
    Mail(#[from] NoMail),
    #[error(transparent)]
    StoreAway(#[from] StoreFault),
    #[error("{why}. To begin anew with an empty store, remove {}", marker.display())]
    OtherStore { why: OpenError, marker: PathBuf },
    #[error("the embedded store is lost: {0}")]
    StoreLost(String),
    #[error(transparent)]
    Operator(#[from] NotDone),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

/// What the process gets from its machine; tests bring their own clock.
#[derive(Clone)]
pub struct Platform {
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
    /// `None`: the logs are somebody else's.
    pub telemetry: Option<Telemetry>,
    pub timeouts: Timeouts,
}

impl Default for Platform {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            telemetry: None,
            timeouts: Timeouts::default(),
        }
    }
}

/// A portal with its adapters, ready to serve.
pub struct App {
    router: Router,
    queue: Queue,
    opened: OpenStore,
    health: Arc<StoreHealth>,
    socket: Option<(OperatorSocket, Arc<Portal>)>,
    measured: Option<(figures::Listener, Figures)>,
    streams: Streams,
    peers: Peers,
    https: bool,
    draining: Draining,
    mail: Arc<ReplaceableCarrier>,
    machine: Platform,
    vaults: Vaults,
}

impl App {
    pub async fn open(config: &Config, machine: Platform) -> Result<Self, ServeError> {
        if config.needs_data_dir() {
            config.make_data_dir()?;
        }
        let measured = measured(config, &machine).await?;
        let figures = measured.as_ref().map(|(_, figures)| figures);
        let mut opened = store::await_open(config).await?;
        if let Some(figures) = figures {
            opened = opened.measured(figures);
        }
        let wake = Arc::new(Notify::new());
        let woken = Arc::clone(&wake);
        let letter_waits = Arc::new(move || woken.notify_one());
        let masters = masters(config, &opened, &machine).await?;
        let portal = over(config, &opened, &machine, &masters, letter_waits).await?;
        // By who serves alone: a command may be another user's, or run in another folder.
        if store::read_marker(&config.data_dir)?.is_none() {
            store::keep_marker(&config.data_dir, portal.store_identity());
        }
        let socket = socket(config).map(|socket| (socket, Arc::clone(&portal)));
        let mail = Arc::new(ReplaceableCarrier::new(carrier(config, &portal)?));
        let carrier: Arc<dyn Carrier> = Arc::<ReplaceableCarrier>::clone(&mail);
        let queue = queue(&opened, &carrier, &machine, &portal, wake);
        let queue = queue.counted_by(figures.map(Figures::letters).unwrap_or_default());
        let streams = Streams::default();
        let proxies = Proxies::new(&config.trusted_proxies);
        let draining = Draining::default();
        let health = Health {
            store: Arc::new(StoreHealth::new(Arc::clone(&portal))),
            mail: queue.health(),
            draining: draining.clone(),
        };
        let store_health = Arc::clone(&health.store);
        let of_process = OfProcess { health, streams: streams.clone(), proxies: proxies.clone() };
        let router = router(config, &opened, &machine, &portal, of_process)?;
        let router = match figures {
            Some(figures) => router.layer(from_fn_with_state(figures.clone(), http::figures::layer)),
            None => router,
        };
        let peers = Peers { bounds: Bounds::within_descriptors(config.max_connections), proxies };
        let (https, health, vaults) = (config.public_origin.is_https(), store_health, vaults(config, &portal));
        Ok(Self {
            router,
            queue,
            opened,
            health,
            socket,
            measured,
            streams,
            peers,
            https,
            draining,
            mail,
            machine,
            vaults,
        })
    }

    /// Whether `/readyz` sends balancers to others.
    pub fn draining(&self) -> Draining {
        self.draining.clone()
    }

    /// What letters go out by, to be exchanged when its settings are read again.
    pub fn mail(&self) -> Arc<ReplaceableCarrier> {
        Arc::clone(&self.mail)
    }

    /// Where metrics are read, if they are.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.measured.as_ref().map(|(listener, _)| listener.address())
    }

    /// Serves until `stop` changes, then lets requests and letters in hand come to an end.
    pub async fn run(self, listener: TcpListener, stop: watch::Receiver<bool>) -> Result<(), ServeError> {
        let Self { router, queue, opened, health, socket, measured, streams, peers, https, machine, vaults, .. } = self;
        let mut work = JoinSet::new();
        let mut counters = ConnectionCounters::default();
        if let Some((listener, figures)) = measured {
            counters = figures.connections();
            let watched = Watched { mail: queue.health(), telemetry: machine.telemetry.clone() };
            work.spawn(listener.serve(figures, watched, stopped(stop.clone())));
        }
        work.spawn(queue.run(stopped(stop.clone())));
        let lost = opened.clone().lost();
        work.spawn(opened.run_garbage_collector(machine.clock, stopped(stop.clone())));
        work.spawn(health.watch(stopped(stop.clone())));
        work.spawn(end_unused_vaults(vaults, stopped(stop.clone())));
        if let Some((socket, portal)) = socket {
            work.spawn(socket.serve(portal, stopped(stop.clone())));
        }
        let told = stopped(stop.clone());
        work.spawn(async move {
            told.await;
            streams.close();
        });
        let listener = Listener::new(listener, peers, machine.timeouts).behind_https(https).counted_by(counters);
        let serving = listener.serve(router, stopped(stop.clone()));
        let bounded = async {
            stopped(stop).await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::select! {
            () = serving => {}
            () = bounded => tracing::warn!("stopping with requests in flight"),
            // Whatever is answered from now on would be forgotten.
            why = lost => return Err(ServeError::StoreLost(why)),
        }
        while work.join_next().await.is_some() {}
        Ok(())
    }
}

/// Figures and where they are read, if an operator wants them. The socket comes first: one that is taken ends the start.
async fn measured(config: &Config, machine: &Platform) -> Result<Option<(figures::Listener, Figures)>, NoListener> {
    let Some(address) = config.metrics_address else { return Ok(None) };
    let listener = figures::Listener::bind(address).await?;
    Ok(Some((listener, Figures::new(machine.clock.now()))))
}

/// The master keys; one is made only for a store that was never sealed with another.
async fn masters(config: &Config, opened: &OpenStore, machine: &Platform) -> Result<Vec<MasterBytes>, ServeError> {
    if let Some(masters) = config.known_master_keys()? {
        return Ok(masters);
    }
    match postern_app::portal::check(&*opened.store(), &[], None, machine.clock.now()).await {
        Ok(_) => Ok(config.master_keys(&*machine.entropy)?),
        Err(OpenError::NoMasterKey) => Err(config.no_master_keys().into()),
        Err(cannot) => Err(cannot.into()),
    }
}

/// A portal over an open store.
async fn over(
    config: &Config,
    opened: &OpenStore,
    machine: &Platform,
    masters: &[MasterBytes],
    letter_waits: Arc<dyn Fn() + Send + Sync>,
) -> Result<Arc<Portal>, ServeError> {
    let outside = Outside {
        store: opened.store(),
        clock: Arc::clone(&machine.clock),
        entropy: Arc::clone(&machine.entropy),
        heavy: Arc::new(Workers::of_machine()?),
        letter_waits,
    };
    let settings = Settings { expected_store: store::read_marker(&config.data_dir)?, ..settings(config) };
    let portal = Portal::open(outside, masters, settings).await.map_err(|why| match why {
        OpenError::StoreEmptied(_) | OpenError::OtherStore { .. } => {
            ServeError::OtherStore { why, marker: store::marker_path(&config.data_dir) }
        }
        why => ServeError::Portal(why),
    })?;
    Ok(Arc::new(portal))
}

/// The portal for a command that does without serving; whoever serves sends its letters.
pub async fn portal(config: &Config) -> Result<Arc<Portal>, ServeError> {
    let machine = Platform::default();
    let masters = config.known_master_keys()?.ok_or_else(|| config.no_master_keys())?;
    let opened = store::open(config).await?;
    over(config, &opened, &machine, &masters, Arc::new(|| {})).await
}

/// Where the store cannot be opened by a second process, operators come to this one.
fn socket(config: &Config) -> Option<OperatorSocket> {
    if store::is_shared(config) {
        return None;
    }
    OperatorSocket::open(&config.data_dir)
        .inspect_err(|error| tracing::warn!(%error, "no `postern accounts` while this runs: its socket cannot be made"))
        .ok()
}

/// Sends a letter past store and queue, to see that mail works.
pub async fn send_test_letter(config: &Config, to: MailAddress) -> Result<(), ServeError> {
    let Platform { clock, entropy, .. } = Platform::default();
    Ok(mail::send_test_letter(config, to, clock.now(), &*entropy).await?)
}

fn settings(config: &Config) -> Settings {
    Settings {
        name: config.portal_name.clone(),
        origin: config.public_origin.as_str().to_owned(),
        totp_skew: config.totp_skew.into(),
        sign_up: config.sign_up.clone(),
        require_second_factor: config.require_second_factor,
        activity_lasts: config.activity_lasts,
        unused_lasts: config.unused_lasts,
        expected_store: None,
        emails_per_network: config.emails_per_network,
        emails_per_hour: config.emails_per_hour,
    }
}

fn carrier(config: &Config, portal: &Arc<Portal>) -> Result<Arc<dyn Carrier>, ServeError> {
    Ok(match &config.mail {
        Mail::Demo => Arc::new(Outbox::new(Arc::clone(portal))),
        Mail::Smtp(settings) => Arc::new(Smtp::new(settings)?),
    })
}

fn queue(
    opened: &OpenStore,
    carrier: &Arc<dyn Carrier>,
    machine: &Platform,
    portal: &Arc<Portal>,
    wake: Arc<Notify>,
) -> Queue {
    let letters = PortalLetters(Arc::clone(portal));
    Queue::new(opened.store(), Arc::clone(carrier), Arc::clone(&machine.clock), letters).woken_by(wake)
}

/// What the router shares with the process around it.
struct OfProcess {
    health: Health,
    streams: Streams,
    proxies: Proxies,
}

fn router(
    config: &Config,
    opened: &OpenStore,
    machine: &Platform,
    portal: &Arc<Portal>,
    of_process: OfProcess,
) -> Result<Router, NoTelemetry> {
    let OfProcess { health, streams, proxies } = of_process;
    let (files, assets) = assets::routes();
    let app = AppState {
        portal: Arc::clone(portal),
        clients: Clients::new(Arc::clone(portal)).behind(config.gateway_key.clone()),
        vaults: vaults(config, portal),
        quorum: Quorum::new(Arc::clone(portal)).with_max_shares(config.quorum_max_shares),
        assets,
        origin: config.public_origin.as_str().into(),
        support: config.support_contact.as_deref().map(Into::into),
        demo: config.is_demo(),
    };
    let wiring = RouterConfig {
        app,
        assets: files,
        origin: Arc::new(config.public_origin.clone()),
        sessions: opened.sessions(portal, &machine.clock),
        proxies,
        health,
        streams,
        operators: operators(config, opened, machine, portal)?,
    };
    Ok(router::router(wiring))
}

fn vaults(config: &Config, portal: &Arc<Portal>) -> Vaults {
    Vaults::new(Arc::clone(portal)).within(config.vault_max_bytes).unused_for(config.vault_unused_lasts)
}

/// What operators reach by name and password, where they have both.
fn operators(
    config: &Config,
    opened: &OpenStore,
    machine: &Platform,
    portal: &Arc<Portal>,
) -> Result<Option<Operators>, NoTelemetry> {
    let Some(admin) = &config.admin else { return Ok(None) };
    let telemetry = machine.telemetry.clone().map_or_else(|| Telemetry::apart(&config.log), Ok)?;
    let reach = AdminState {
        admission: Admission::new(Arc::clone(portal), admin.clone()),
        store: opened.clone(),
        telemetry,
        clock: Arc::clone(&machine.clock),
        started: machine.clock.now(),
    };
    Ok(Some(Operators(Arc::new(reach))))
}
