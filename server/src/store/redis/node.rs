//! What a Redis node says of itself, and whether it will do.

use std::sync::LazyLock;

use fred::interfaces::ClusterInterface;
use fred::prelude::{ClientLike, FredResult, Pool};
use fred::types::InfoKind;
use fred::types::config::Options;

use super::connector::{ANSWER, is_answer};
use crate::telemetry::RateLimit;

/// The oldest Redis whose commands suffice: `GETDEL` came with it.
const OLDEST: [u64; 2] = [6, 2];
/// Part of `maxmemory` beyond which a warning is worth its line, in percent.
const NEARLY_FULL: u64 = 90;
/// Redis is looked at every few seconds; the warning comes once a minute.
static NEARLY_FULL_LINES: LazyLock<RateLimit> = LazyLock::new(RateLimit::default);

/// An answer to INFO.
pub(super) struct NodeInfo(String);

/// Asks the only node, or each primary of a cluster.
pub(super) async fn read_all(pool: &Pool) -> Vec<FredResult<NodeInfo>> {
    let client = pool.next_connected();
    let nodes = match client.cached_cluster_state() {
        Some(state) if pool.is_clustered() => state.unique_primary_nodes().into_iter().map(Some).collect(),
        _ => vec![None],
    };
    let mut answers = Vec::new();
    for node in nodes {
        let options = Options { timeout: Some(ANSWER), cluster_node: node, fail_fast: true, ..Options::default() };
        let info: FredResult<String> = client.with_options(&options).info(Some(InfoKind::Default)).await;
        answers.push(match info {
            Err(error) if is_answer(&error) => Ok(NodeInfo(String::new())),
            info => info.map(NodeInfo),
        });
    }
    answers
}

impl NodeInfo {
    /// `name:value`, a line each.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.lines().find_map(|line| line.trim_end().strip_prefix(name)?.strip_prefix(':'))
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.get(name)?.parse().ok()
    }

    /// Why a portal must not start on this node. One that says nothing of itself is believed.
    pub(super) fn check_at_start(info: Option<&Self>) -> Result<(), String> {
        let Some(info) = info else {
            tracing::warn!("Redis does not tell its maxmemory-policy; make sure that it is noeviction");
            return Ok(());
        };
        info.check_version()?;
        info.check_policy()
    }

    /// Why requests are not served well by this node.
    pub(super) fn check(&self) -> Result<(), String> {
        match self.get("role") {
            Some("master") | None => {}
            Some(_) => return Err("Redis is a replica and takes no writes".to_owned()),
        }
        if self.get("maxmemory_policy").is_some() {
            self.check_policy().map_err(|why| format!("Redis: {why}"))?;
        }
        self.check_room()
    }

    fn check_version(&self) -> Result<(), String> {
        let Some(version) = self.get("redis_version") else { return Ok(()) };
        let mut numbers = version.split('.').map(|number| number.parse::<u64>().unwrap_or(0));
        let found = [numbers.next().unwrap_or(0), numbers.next().unwrap_or(0)];
        if found < OLDEST {
            return Err(format!("its version is {version}, and Postern needs 6.2 or later"));
        }
        Ok(())
    }

    /// Under memory pressure any other policy would drop accounts, counts and used codes.
    fn check_policy(&self) -> Result<(), String> {
        match self.get("maxmemory_policy") {
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

    /// Whether there is room for what requests write.
    fn check_room(&self) -> Result<(), String> {
        let (Some(most @ 1..), Some(used)) = (self.number("maxmemory"), self.number("used_memory")) else {
            return Ok(());
        };
        if used >= most {
            return Err(format!("the memory of Redis is full: {used} of {most} bytes are used"));
        }
        if used / 100 * 100 >= most / 100 * NEARLY_FULL && NEARLY_FULL_LINES.permit().is_some() {
            tracing::warn!(used_bytes = used, most_bytes = most, "the memory of Redis is nearly full");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(lines: &str) -> NodeInfo {
        NodeInfo(format!("# Server\r\n{}\r\n", lines.replace(' ', "\r\n")))
    }

    #[test]
    fn redis_before_6_2_is_refused_by_its_version() {
        for (version, is_fine) in
            [("6.0.16", false), ("5.0.14", false), ("2.8", false), ("6.2.0", true), ("7.0.15", true), ("10.0.1", true)]
        {
            let info = node(&format!("redis_version:{version} maxmemory_policy:noeviction"));
            let checked = NodeInfo::check_at_start(Some(&info));
            assert_eq!(checked.is_ok(), is_fine, "{version}");
            assert!(checked.err().is_none_or(|why| why.contains(version) && why.contains("6.2")));
        }
    }

    #[test]
    fn full_memory_is_no_room_and_no_limit_is_room() {
        assert!(node("maxmemory:100 used_memory:100").check_room().is_err());
        for room in ["maxmemory:100 used_memory:99", "maxmemory:0 used_memory:5", "used_memory:5", ""] {
            assert!(node(room).check_room().is_ok(), "{room}");
        }
    }
}
