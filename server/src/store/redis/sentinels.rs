//! Redis Sentinel: which node is the primary, and when that is about to change.
//!
//! A planned fail-over promotes a replica seconds before the old primary stops to take writes; what it takes meanwhile
//! is lost. The sentinel that leads the fail-over tells before it begins, so every event of one ends the connections,
//! and none are made while a sentinel says that one is under way.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use fred::interfaces::{EventInterface, PubsubInterface};
use fred::prelude::{Client, ClientLike, Config, FredResult, ReconnectPolicy, ServerConfig};
use fred::types::config::{Options, Server};
use fred::types::{ClusterHash, CustomCommand, RespVersion};
use futures::future::{join_all, select_ok};
use tokio::sync::broadcast;
use tokio::task::AbortHandle;

use super::connector::{await_connected, builder};

/// How long a sentinel may take to answer.
const ANSWER: Duration = Duration::from_secs(1);
/// How often sentinels are asked although they told nothing.
const LOOK: Duration = Duration::from_secs(1);
/// What a sentinel publishes when it begins or ends a fail-over, or hears that another one did.
const EVENTS: [&str; 5] =
    ["+try-failover", "+elected-leader", "+failover-state-*", "+promoted-slave", "+switch-master"];
/// Sentinels to ask at most: those of the address, and those they name.
const MOST: usize = 16;

/// Where the primary is, as sentinels have it.
pub(super) enum Primary {
    At(Server),
    /// A fail-over is under way.
    Moving,
    /// No sentinel says, and why.
    Unknown(String),
}

/// The sentinels of one service.
pub(super) struct Sentinels {
    service: String,
    /// How a sentinel is reached, but for where.
    config: Config,
    nodes: Mutex<BTreeMap<(String, u16), Sentinel>>,
    events: broadcast::Sender<String>,
}

/// A connection to one sentinel. It comes back by itself.
struct Sentinel {
    client: Client,
    tasks: [AbortHandle; 3],
}

impl Drop for Sentinel {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

impl Sentinels {
    /// `None`: the configuration is not about Sentinel.
    pub(super) fn of(config: &Config) -> FredResult<Option<Self>> {
        let ServerConfig::Sentinel { hosts, service_name, username, password } = &config.server else {
            return Ok(None);
        };
        let (username, password) = (username.clone(), password.clone());
        let config = Config {
            username,
            password,
            database: None,
            // Only there a connection that listens may ask, too.
            version: RespVersion::RESP3,
            fail_fast: false,
            ..config.clone()
        };
        let (events, _) = broadcast::channel(64);
        let sentinels = Self { service: service_name.clone(), config, nodes: Mutex::default(), events };
        for host in hosts {
            sentinels.add(host)?;
        }
        Ok(Some(sentinels))
    }

    fn add(&self, server: &Server) -> FredResult<()> {
        let mut nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        let place = (server.host.to_string(), server.port);
        if nodes.len() < MOST && !nodes.contains_key(&place) {
            nodes.insert(place, self.start(server)?);
        }
        Ok(())
    }

    fn start(&self, server: &Server) -> FredResult<Sentinel> {
        let config = Config { server: ServerConfig::Centralized { server: server.clone() }, ..self.config.clone() };
        let client = builder(config).set_policy(ReconnectPolicy::new_exponential(0, 100, 5_000, 2)).build()?;
        let subscriber = client.clone();
        let subscribing = client.on_reconnect(move |_| {
            let subscriber = subscriber.clone();
            async move {
                let _: FredResult<()> = subscriber.psubscribe(EVENTS.to_vec()).await;
                Ok(())
            }
        });
        let (events, service) = (self.events.clone(), self.service.clone());
        let listening = client.on_message(move |message| {
            let text = message.value.as_string().unwrap_or_default();
            // `name …` in a switch, `master name …` elsewhere.
            if text.split(' ').take(2).any(|word| word == service) {
                let _ = events.send(message.channel.to_string());
            }
            async { Ok(()) }
        });
        let connection = client.connect();
        let tasks = [subscribing.abort_handle(), listening.abort_handle(), connection.abort_handle()];
        Ok(Sentinel { client, tasks })
    }

    fn clients(&self) -> Vec<Client> {
        let nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        nodes.values().map(|sentinel| sentinel.client.clone()).collect()
    }

    /// The primary, by the sentinel that knows of the latest fail-over.
    pub(super) async fn primary(&self) -> Primary {
        let clients = self.clients();
        let first = clients.iter().map(|client| Box::pin(await_connected(client)));
        match tokio::time::timeout(ANSWER, select_ok(first)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return Primary::Unknown(format!("no sentinel answers: {error}")),
            Err(_) => return Primary::Unknown("no sentinel answers".to_owned()),
        }
        let asked = clients.iter().map(|client| self.ask::<HashMap<String, String>>(client, "MASTER"));
        let (known, errors): (Vec<_>, Vec<_>) = join_all(asked).await.into_iter().partition(Result::is_ok);
        let known: Vec<_> = known.into_iter().flatten().collect();
        if known.iter().any(|master| master.get("flags").is_some_and(|flags| flags.contains("failover_in_progress"))) {
            return Primary::Moving;
        }
        let epoch = |master: &&HashMap<String, String>| {
            master.get("config-epoch").and_then(|epoch| epoch.parse::<u64>().ok()).unwrap_or(0)
        };
        match (known.iter().max_by_key(epoch).and_then(server), errors.into_iter().find_map(Result::err)) {
            (Some(server), _) => Primary::At(server),
            (None, Some(error)) => Primary::Unknown(format!("the sentinels name no primary: {error}")),
            (None, None) => Primary::Unknown("the sentinels name no primary".to_owned()),
        }
    }

    /// Learns of sentinels that the address does not name: only the one that leads a fail-over tells of it in time.
    pub(super) async fn meet_others(&self) {
        for client in self.clients() {
            let Ok(others) = self.ask::<Vec<HashMap<String, String>>>(&client, "SENTINELS").await else { continue };
            for other in others.iter().filter_map(server) {
                if let Err(error) = self.add(&other) {
                    tracing::debug!(%error, "a sentinel cannot be used");
                }
            }
            return;
        }
    }

    async fn ask<R: fred::types::FromValue>(&self, client: &Client, what: &str) -> FredResult<R> {
        let options = Options { timeout: Some(ANSWER), fail_fast: true, ..Options::default() };
        let sentinel = CustomCommand::new_static("SENTINEL", ClusterHash::Random, false);
        client.with_options(&options).custom(sentinel, vec![what.to_owned(), self.service.clone()]).await
    }

    /// Ends when the primary is no longer at `from`, or is about to move. Sentinels that do not answer move nothing.
    pub(super) async fn moved(&self, from: &Server) -> String {
        let mut events = self.events.subscribe();
        loop {
            match self.primary().await {
                Primary::At(server) if server == *from => {}
                Primary::At(server) => {
                    tracing::info!(%server, "Sentinel names another primary");
                    return "Sentinel names another primary".to_owned();
                }
                Primary::Moving => return "a fail-over is under way".to_owned(),
                Primary::Unknown(why) => tracing::debug!(reason = %why, "Sentinel cannot be asked"),
            }
            // An event, or time to ask again in case one was missed.
            let _ = tokio::time::timeout(LOOK, events.recv()).await;
        }
    }
}

fn server(node: &HashMap<String, String>) -> Option<Server> {
    Some(Server::new(node.get("ip")?.as_str(), node.get("port")?.parse().ok()?))
}
