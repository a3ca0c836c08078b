//! How connections to Redis are made: to the node that Sentinel names or that the address leads to, and only if each
//! connection ends at a primary.

use std::net::IpAddr;
use std::time::Duration;

use fred::interfaces::ClusterInterface;
use fred::prelude::{
    Builder, Client, ClientLike, Config, Error, ErrorKind, FredResult, Pool, ReconnectPolicy, ServerConfig, TcpConfig,
    Value,
};
use fred::socket2::TcpKeepalive;
use fred::types::config::{ClusterDiscoveryPolicy, Options, Server};
use fred::types::{ClusterHash, ConnectHandle, CustomCommand};
use futures::future::{join_all, select_all, try_join_all};

use super::name;
use super::node::{self, NodeInfo};
use super::sentinels::{Primary, Sentinels};

/// How long one command may take. Two seconds are what callers have to turn it into a 503.
pub(super) const ANSWER: Duration = Duration::from_millis(1_500);
/// Pause between two looks at where the name of the server leads.
const RESOLVE: Duration = Duration::from_secs(2);
/// How long connecting may take in all.
const CONNECT: Duration = Duration::from_secs(5);
/// Pause between two looks whether a client has connected.
const LOOK: Duration = Duration::from_millis(100);
/// After so long without a packet the system asks whether the other end is still there, and how often.
const KEEP_ALIVE: Duration = Duration::from_secs(5);
/// Connections; each carries many commands at once.
const CONNECTIONS: usize = 4;

/// Why there are no connections.
#[derive(Debug)]
pub(super) enum NotConnected {
    /// Nothing answers, or not as a primary: worth another try.
    Away(String),
    /// What answers does not let this process in.
    Refused(String),
}

impl From<Error> for NotConnected {
    fn from(error: Error) -> Self {
        let refused = ["WRONGPASS", "NOAUTH", "NOPERM", "ERR AUTH", "ERR invalid password", "ERR DB index"];
        let is_refused = matches!(error.kind(), ErrorKind::Auth | ErrorKind::Config | ErrorKind::Url)
            || refused.iter().any(|sign| error.details().starts_with(sign));
        if is_refused { Self::Refused(error.to_string()) } else { Self::Away(error.to_string()) }
    }
}

/// Makes connections by one configuration.
pub(super) struct Connector {
    config: Config,
    sentinels: Option<Sentinels>,
}

impl Connector {
    pub(super) fn new(mut config: Config) -> FredResult<Self> {
        if let ServerConfig::Clustered { policy, .. } = &mut config.server {
            // The nodes that the address names may be those that are away.
            *policy = ClusterDiscoveryPolicy::UseCache;
        }
        let sentinels = Sentinels::of(&config)?;
        Ok(Self { config, sentinels })
    }

    pub(super) fn is_clustered(&self) -> bool {
        self.config.server.is_clustered()
    }

    /// Connects to the primary, or to a cluster.
    pub(super) async fn connect(&self) -> Result<Connected, NotConnected> {
        let connecting = tokio::time::timeout(CONNECT, self.try_connect());
        let away = |_| NotConnected::Away(format!("no answer within {} s", CONNECT.as_secs()));
        connecting.await.map_err(away)?
    }

    async fn try_connect(&self) -> Result<Connected, NotConnected> {
        let mut config = self.config.clone();
        if let Some(sentinels) = &self.sentinels {
            let server = match sentinels.primary().await {
                Primary::At(server) => server,
                Primary::Moving => return Err(NotConnected::Away("a fail-over is under way".to_owned())),
                Primary::Unknown(why) => return Err(NotConnected::Away(why)),
            };
            sentinels.meet_others().await;
            config.server = ServerConfig::Centralized { server };
        }
        let mut connected = Connected::start(&config).await?;
        connected.wait().await?;
        if !self.is_clustered()
            && let Some(why) = first_defect(&connected.pool).await
        {
            return Err(NotConnected::Away(why));
        }
        Ok(connected)
    }

    /// Ends when Sentinel names another primary than the one of these connections, or is about to; without Sentinel, when
    /// the name of the server leads elsewhere.
    pub(super) async fn moved(&self, connected: &Origin) -> String {
        match &self.sentinels {
            Some(sentinels) => sentinels.moved(&connected.server).await,
            None => name::moved(&connected.addresses, RESOLVE, || name::resolve(&connected.server)).await,
        }
    }
}

/// Where connections lead to.
#[derive(Clone)]
pub(super) struct Origin {
    /// Any node of a cluster.
    pub(super) server: Server,
    /// Of the server's name when they were made.
    addresses: Vec<IpAddr>,
}

/// A pool whose connections close when it is dropped, whatever is under way on them.
pub(super) struct Connected {
    pool: Pool,
    origin: Origin,
    tasks: Vec<ConnectHandle>,
}

impl Connected {
    async fn start(config: &Config) -> FredResult<Self> {
        let mut builder = builder(config.clone());
        if config.server.is_clustered() {
            // A cluster changes node by node; its client follows by itself.
            builder.set_policy(ReconnectPolicy::new_exponential(0, 100, 1_000, 2));
        }
        let pool = builder.build_pool(CONNECTIONS)?;
        let server = config.server.hosts().into_iter().next();
        let server = server.ok_or_else(|| Error::new(ErrorKind::Config, "the address names no server"))?;
        let addresses = name::resolve(&server).await;
        let tasks = pool.connect_pool();
        Ok(Self { pool, origin: Origin { server, addresses }, tasks })
    }

    /// Waits until every connection is there, or one has failed.
    async fn wait(&mut self) -> FredResult<()> {
        let connected = try_join_all(self.pool.clients().iter().map(await_connected));
        tokio::select! {
            connected = connected => connected.map(drop),
            (ended, ..) = select_all(&mut self.tasks) => match ended {
                Ok(Err(error)) => Err(error),
                _ => Err(Error::new(ErrorKind::IO, "a connection was closed")),
            },
        }
    }

    pub(super) fn pool(&self) -> &Pool {
        &self.pool
    }

    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }

    pub(super) async fn nodes(&self) -> Vec<FredResult<NodeInfo>> {
        node::read_all(&self.pool).await
    }

    /// Ends when a connection does.
    pub(super) async fn closed(&mut self) -> String {
        match select_all(&mut self.tasks).await.0 {
            Ok(Err(error)) => error.to_string(),
            _ => "a connection was closed".to_owned(),
        }
    }
}

impl Drop for Connected {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Waits until a client has connected. The library looks at the client's state and only then listens for a change, so it
/// misses one that falls in between, and waits for the next for ever: it is asked again.
pub(super) async fn await_connected(client: &Client) -> FredResult<()> {
    loop {
        if let Ok(connected) = tokio::time::timeout(LOOK, client.wait_for_connect()).await {
            return connected;
        }
    }
}

/// Asks on every connection, and every primary of a cluster; answers what is wrong with the first that is no good.
pub(super) async fn first_defect(pool: &Pool) -> Option<String> {
    let asked = pool.clients().iter().map(|client| async move {
        if !pool.is_clustered() {
            return vec![defect(client, None).await];
        }
        let nodes = client.cached_cluster_state().map(|state| state.unique_primary_nodes()).unwrap_or_default();
        join_all(nodes.into_iter().map(|node| defect(client, Some(node)))).await
    });
    let mut answers = join_all(asked).await.into_iter().flatten();
    answers.find_map(|answer| answer.unwrap_or_else(|error| Some(error.to_string())))
}

pub(super) fn builder(config: Config) -> Builder {
    let mut builder = Builder::from_config(config);
    builder.with_performance_config(|performance| performance.default_command_timeout = ANSWER).with_connection_config(
        |connection| {
            connection.connection_timeout = Duration::from_secs(1);
            connection.internal_command_timeout = Duration::from_secs(1);
            connection.max_command_attempts = 1;
            connection.unresponsive.max_timeout = Some(ANSWER);
            connection.unresponsive.interval = Duration::from_millis(250);
            let keep_alive = TcpKeepalive::new().with_time(KEEP_ALIVE).with_interval(KEEP_ALIVE);
            connection.tcp = TcpConfig { keepalive: Some(keep_alive), nodelay: Some(true), ..TcpConfig::default() };
        },
    );
    builder
}

/// Asks a node for its role: what is wrong with it, if anything is. One that does not tell its role is believed, as
/// long as it answers.
async fn defect(client: &Client, node: Option<Server>) -> FredResult<Option<String>> {
    let options = Options { timeout: Some(ANSWER), cluster_node: node, fail_fast: true, ..Options::default() };
    let role = CustomCommand::new_static("ROLE", ClusterHash::Random, false);
    match client.with_options(&options).custom::<Value, Value>(role, Vec::new()).await {
        Ok(Value::Array(role)) => Ok(match role.first().and_then(Value::as_str).as_deref() {
            Some("master") | None => None,
            Some(other) => Some(format!("the node is no primary ({other})")),
        }),
        Ok(_) => Ok(None),
        Err(error) if is_answer(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether the node refused, which is an answer, too.
pub(super) fn is_answer(error: &Error) -> bool {
    let refused = ["ERR unknown command", "NOPERM", "BUSY"];
    refused.iter().any(|sign| error.details().starts_with(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn connection_that_failed_before_anybody_waited_is_told_at_once() {
        let config = Config::from_url("redis://127.0.0.1:1").expect("a URL");
        let mut connected = Connected::start(&config).await.expect("a pool");
        while !connected.tasks.iter().all(ConnectHandle::is_finished) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let waited = tokio::time::timeout(Duration::from_mins(1), connected.wait()).await;
        assert!(waited.expect("an end").is_err());
    }
}
