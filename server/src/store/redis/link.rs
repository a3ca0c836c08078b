//! The connections to Redis: single, Sentinel or Cluster. An outage is an error within 1.5 seconds, and over by itself.

use std::time::Duration;

use fred::clients::WithOptions;
use fred::interfaces::LuaInterface;
use fred::prelude::{Builder, ClientLike, Config, Error, FredResult, FromValue, Pool, ReconnectPolicy, Value};
use fred::types::InfoKind;
use fred::types::config::Options;
use fred::types::scripts::Script;

use crate::store::CannotOpen;

/// How long one command may take. Two seconds are what callers have to turn it into a 503.
const ANSWER: Duration = Duration::from_millis(1_500);
/// How long connecting at start may take before the process gives up in words.
const START: Duration = Duration::from_secs(5);
/// Connections; each carries many commands at once.
const CONNECTIONS: usize = 4;

/// A pool, and how commands are sent over it.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pool: Pool,
    commands: WithOptions<Pool>,
}

impl Link {
    pub(super) async fn open(url: &str) -> Result<Self, CannotOpen> {
        let cannot = |why: &str| CannotOpen(format!("Redis cannot be used: {why}"));
        let config = Config::from_url(url)
            .map_err(|_| cannot("its address is no redis, rediss, redis-sentinel or redis-cluster URL"))?;
        let pool = build(config).map_err(|error| cannot(error.details()))?;
        match tokio::time::timeout(START, pool.init()).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => return Err(cannot(&error.to_string())),
            Err(_) => return Err(cannot(&format!("no answer within {START:?}"))),
        }
        // Never sent twice: a command whose answer was lost may have been carried out.
        let options = Options { max_attempts: Some(1), timeout: Some(ANSWER), fail_fast: true, ..Options::default() };
        let link = Self { commands: pool.with_options(&options), pool };
        link.check_memory_policy().await.map_err(|why| cannot(&why))?;
        Ok(link)
    }

    pub(super) fn pool(&self) -> &Pool {
        &self.pool
    }

    /// For single commands: over a connection that works, if one does; a fault at once if none does.
    pub(super) fn commands(&self) -> &WithOptions<Pool> {
        &self.commands
    }

    /// Runs a script by its hash, and by its text where Redis does not know it (yet, or after a restart).
    pub(super) async fn run<R: FromValue>(
        &self,
        script: &Script,
        keys: Vec<String>,
        args: Vec<Value>,
    ) -> FredResult<R> {
        match self.commands.evalsha(script.sha1().clone(), keys.clone(), args.clone()).await {
            Err(error) if error.details().starts_with("NOSCRIPT") => {
                self.commands.eval(script.lua().cloned().unwrap_or_default(), keys, args).await
            }
            answer => answer,
        }
    }

    /// What INFO says of something: of one node, where there are several.
    pub(super) async fn told(&self, kind: InfoKind, name: &str) -> FredResult<Option<String>> {
        let node = if self.pool.is_clustered() { self.pool.active_connections().pop() } else { None };
        let info: String = match node {
            Some(node) => self.pool.next().with_cluster_node(&node).info(Some(kind)).await?,
            None => self.commands.info(Some(kind)).await?,
        };
        Ok(said(&info, name).map(str::to_owned))
    }

    /// Under memory pressure any other policy would drop accounts, counts and used codes.
    async fn check_memory_policy(&self) -> Result<(), String> {
        let nodes = if self.pool.is_clustered() { self.pool.active_connections() } else { Vec::new() };
        let mut answers = Vec::new();
        for node in &nodes {
            answers.push(self.pool.next().with_cluster_node(node).info::<String>(Some(InfoKind::Memory)).await);
        }
        if nodes.is_empty() {
            answers.push(self.commands.info::<String>(Some(InfoKind::Memory)).await);
        }
        answers.into_iter().try_for_each(|answer| judge_memory_policy(&answer))
    }
}

fn judge_memory_policy(info: &FredResult<String>) -> Result<(), String> {
    match info.as_ref().ok().and_then(|info| said(info, "maxmemory_policy")) {
        Some("noeviction") => Ok(()),
        Some(other) => {
            Err(format!("its maxmemory-policy is {other}, under which it may drop records; set it to noeviction"))
        }
        None => {
            tracing::warn!("Redis does not tell its maxmemory-policy; make sure that it is noeviction");
            Ok(())
        }
    }
}

/// `name:what is said`, a line each.
fn said<'i>(info: &'i str, name: &str) -> Option<&'i str> {
    info.lines().find_map(|line| line.trim_end().strip_prefix(name)?.strip_prefix(':'))
}

fn build(config: Config) -> Result<Pool, Error> {
    Builder::from_config(config)
        .with_performance_config(|performance| performance.default_command_timeout = ANSWER)
        .with_connection_config(|connection| {
            connection.connection_timeout = Duration::from_secs(1);
            connection.internal_command_timeout = Duration::from_secs(1);
            connection.max_command_attempts = 1;
            connection.unresponsive.max_timeout = Some(ANSWER);
            connection.unresponsive.interval = Duration::from_millis(250);
        })
        .set_policy(ReconnectPolicy::new_exponential(0, 100, 1_000, 2))
        .build_pool(CONNECTIONS)
}
