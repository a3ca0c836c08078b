//! A walk over all of Redis, page by page, so that it never holds up anybody else.

use std::collections::BTreeSet;

use fred::clients::WithOptions;
use fred::interfaces::{ClusterInterface, KeysInterface};
use fred::prelude::{Client, ClientLike, Error, ErrorKind, FredResult};
use fred::types::config::{Options, Server};
use futures::future::try_join_all;
use postern_core::model::Timestamp;

use super::keys::{OURS, pattern_of_records, slot_of_record};
use super::link::{self, Link};
use super::packed;

/// Keys that Redis looks at in one step.
const PAGE: u32 = 1_000;

/// The slots in which a live record of this name stands, each once.
pub(super) async fn slots(link: &Link, name: &str, now: Timestamp) -> FredResult<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    for node in nodes(link)? {
        walk(link, node, name, now, &mut found).await?;
    }
    Ok(found)
}

/// Every primary of a cluster, also one that is away: a list without it would be a lie. `None` is the only server.
fn nodes(link: &Link) -> FredResult<Vec<Option<Server>>> {
    let pool = link.pool()?;
    if !pool.is_clustered() {
        return Ok(vec![None]);
    }
    let routing = pool.next().cached_cluster_state();
    let routing = routing.ok_or_else(|| Error::new(ErrorKind::Cluster, "the nodes are not known yet"))?;
    Ok(routing.unique_primary_nodes().into_iter().map(Some).collect())
}

/// Whether no key is ours but these.
pub(super) async fn is_vacant(link: &Link, but: &[String]) -> FredResult<bool> {
    for node in nodes(link)? {
        let node = on(link, node)?;
        let mut cursor = "0".to_owned();
        loop {
            let (next, keys): (String, Vec<String>) = node.scan_page(cursor, OURS, Some(PAGE), None).await?;
            if keys.iter().any(|key| !but.contains(key)) {
                return Ok(false);
            }
            if next == "0" {
                break;
            }
            cursor = next;
        }
    }
    Ok(true)
}

async fn walk(
    link: &Link,
    node: Option<Server>,
    name: &str,
    now: Timestamp,
    found: &mut BTreeSet<String>,
) -> FredResult<()> {
    let pattern = pattern_of_records(name);
    let node = on(link, node)?;
    let mut cursor = "0".to_owned();
    loop {
        let (next, keys): (String, Vec<Vec<u8>>) = node.scan_page(cursor, pattern.as_str(), Some(PAGE), None).await?;
        found.extend(live(link, keys, name, now).await?);
        if next == "0" {
            return Ok(());
        }
        cursor = next;
    }
}

/// One connection for one walk, with our patience.
fn on(link: &Link, node: Option<Server>) -> FredResult<WithOptions<Client>> {
    let options = Options { cluster_node: node, ..link::options() };
    Ok(link.pool()?.next_connected().with_options(&options))
}

/// Those of a page whose record has not ended, by what it says itself.
async fn live(link: &Link, keys: Vec<Vec<u8>>, name: &str, now: Timestamp) -> FredResult<Vec<String>> {
    let ours = keys.into_iter().filter_map(|key| Some((slot_of_record(&key, name)?, key)));
    let heads = ours.map(|(slot, key)| async move {
        let head: Vec<u8> = link.connection()?.getrange(key.as_slice(), 0, packed::HEAD - 1).await?;
        FredResult::Ok(packed::lives(&head, now).then_some(slot))
    });
    Ok(try_join_all(heads).await?.into_iter().flatten().collect())
}
