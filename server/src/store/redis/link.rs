//! The connections to Redis that commands may use: none, unless each leads to a primary that answers. The supervisor
//! replaces them as a whole; see `supervisor`.

use std::sync::Arc;
use std::time::Duration;

use fred::clients::WithOptions;
use fred::interfaces::LuaInterface;
use fred::prelude::{Client, ClientLike, Config, Error, ErrorKind, FredResult, FromValue, Pool, Value};
use fred::types::config::Options;
use fred::types::scripts::Script;
use fred::types::{ClusterHash, CustomCommand};
use tokio::sync::{Notify, watch};
use tokio::task::AbortHandle;

use super::connector::{ANSWER, Connector, NotConnected};
use super::node::NodeInfo;
use super::supervisor;
use crate::store::OpenError;

/// Pause between two tries to connect.
const RETRY: Duration = Duration::from_millis(200);
/// How long Redis waits for its replicas, in milliseconds: less than [`ANSWER`], so that the answer says how many there were.
const REPLICAS: i64 = 1_000;

/// How Redis is to be used.
#[derive(Clone, Copy, Debug, Default)]
pub struct RedisSettings {
    /// How long a Redis that refuses connections or loads its data is tried again at start.
    pub start_wait: Duration,
    /// Replicas that must have a write before it is answered; 0: none.
    pub wait_replicas: u32,
}

/// A handle on the connections. The supervisor ends with the last one.
#[derive(Clone)]
pub(super) struct Link {
    connections: watch::Receiver<Connections>,
    suspicion: Arc<Notify>,
    wait_replicas: u32,
    _supervisor: Arc<Supervisor>,
}

/// What commands may use at the moment.
pub(super) enum Connections {
    Up(Pool),
    /// Nothing, and why.
    Down(String),
}

struct Supervisor(AbortHandle);

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Link {
    /// Connects, and refuses a Redis that is too old or may drop records when memory is short.
    pub(super) async fn open(url: &str, settings: RedisSettings) -> Result<Self, OpenError> {
        let cannot = |why: &str| OpenError(format!("Redis cannot be used: {why}"));
        let config = Config::from_url(url)
            .map_err(|_| cannot("its address is no redis, rediss, redis-sentinel or redis-cluster URL"))?;
        let connector = Connector::new(config).map_err(|error| cannot(error.details()))?;
        let connected = connect_at_start(&connector, settings.start_wait).await.map_err(|why| cannot(&why))?;
        for info in connected.nodes().await {
            NodeInfo::check_at_start(info.as_ref().ok()).map_err(|why| cannot(&why))?;
        }
        let suspicion = Arc::new(Notify::new());
        let (sender, connections) = watch::channel(Connections::Up(connected.pool().clone()));
        let task = tokio::spawn(supervisor::run(connector, connected, sender, Arc::clone(&suspicion)));
        let supervisor = Arc::new(Supervisor(task.abort_handle()));
        Ok(Self { connections, suspicion, wait_replicas: settings.wait_replicas, _supervisor: supervisor })
    }

    /// All connections, for what spreads its commands by itself.
    pub(super) fn pool(&self) -> FredResult<Pool> {
        match &*self.connections.borrow() {
            Connections::Up(pool) => Ok(pool.clone()),
            Connections::Down(why) => Err(Error::new(ErrorKind::IO, why.clone())),
        }
    }

    /// The same, with the time limit of commands and without second tries.
    pub(super) fn commands(&self) -> FredResult<WithOptions<Pool>> {
        Ok(self.pool()?.with_options(&options()))
    }

    /// One connection, for commands that have to take the same.
    pub(super) fn connection(&self) -> FredResult<WithOptions<Client>> {
        Ok(self.pool()?.next_connected().with_options(&options()))
    }

    /// Runs a script by its hash, and by its text where Redis does not know it (yet, or after a restart).
    pub(super) async fn run<R: FromValue>(
        &self,
        connection: &WithOptions<Client>,
        script: &Script,
        keys: Vec<String>,
        args: Vec<Value>,
    ) -> FredResult<R> {
        match connection.evalsha(script.sha1().clone(), keys.clone(), args.clone()).await {
            Err(error) if error.details().starts_with("NOSCRIPT") => {
                connection.eval(script.lua().cloned().unwrap_or_default(), keys, args).await
            }
            answer => answer,
        }
    }

    /// Waits until as many replicas as configured have what was written over this connection to the slot of `key`.
    pub(super) async fn await_replicas(&self, connection: &WithOptions<Client>, key: &str) -> FredResult<()> {
        if self.wait_replicas == 0 {
            return Ok(());
        }
        // Not declared as blocking: the connection is to count as dead when it does not answer in time.
        let slot = ClusterHash::Custom(fred::util::redis_keyslot(key.as_bytes()));
        let wait = CustomCommand::new_static("WAIT", slot, false);
        let got: u32 = connection.custom(wait, vec![i64::from(self.wait_replicas), REPLICAS]).await?;
        if got < self.wait_replicas {
            let why = format!("the write reached {got} of {} replicas in time", self.wait_replicas);
            return Err(Error::new(ErrorKind::Timeout, why));
        }
        Ok(())
    }

    /// Lets the supervisor look at once when an error says that the node is no primary any more.
    pub(super) fn report(&self, error: &str) {
        if ["READONLY", "MASTERDOWN", "LOADING"].iter().any(|sign| error.contains(sign)) {
            self.suspicion.notify_one();
        }
    }

    /// What the node says of itself; of each primary of a cluster.
    pub(super) async fn nodes(&self) -> FredResult<Vec<FredResult<NodeInfo>>> {
        Ok(super::node::read_all(&self.pool()?).await)
    }
}

/// Never sent twice: a command whose answer was lost may have been carried out. `fail_fast` ends what was under way on a
/// connection that breaks; further attempts are left for what a node of a cluster refused because another has the slot.
pub(super) fn options() -> Options {
    Options { max_attempts: Some(3), timeout: Some(ANSWER), fail_fast: true, ..Options::default() }
}

async fn connect_at_start(connector: &Connector, wait: Duration) -> Result<super::connector::Connected, String> {
    let deadline = tokio::time::Instant::now() + wait;
    let mut is_told = false;
    loop {
        let why = match connector.connect().await {
            Ok(connected) => return Ok(connected),
            Err(NotConnected::Refused(why)) => return Err(why),
            Err(NotConnected::Away(why)) => why,
        };
        if tokio::time::Instant::now() + RETRY > deadline {
            return Err(why);
        }
        if !is_told {
            tracing::warn!(reason = %why, wait_seconds = wait.as_secs(), "Redis is not available; trying again");
            is_told = true;
        }
        tokio::time::sleep(RETRY).await;
    }
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Link").field("wait_replicas", &self.wait_replicas).finish_non_exhaustive()
    }
}
