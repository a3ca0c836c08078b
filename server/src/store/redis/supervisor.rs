//! Watches the connections to Redis, and replaces all of them when one is closed, does not answer, ends at a node that
//! is no primary, or when Sentinel moves the name: commands never go to a node that the others have left.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, watch};

use super::connector::{Connected, Connector, NotConnected, first_defect};
use super::link::Connections;

/// Pause between two looks at every connection: with the time that an answer may take, two seconds.
const HEARTBEAT: Duration = Duration::from_millis(500);
/// Pause between two tries to connect.
const RETRY: Duration = Duration::from_millis(100);

pub(super) async fn run(
    connector: Connector,
    mut connected: Connected,
    connections: watch::Sender<Connections>,
    suspicion: Arc<Notify>,
) {
    if connector.is_clustered() {
        return keep_alive(&connected).await;
    }
    loop {
        let why = watch(&connector, &mut connected, &suspicion).await;
        tracing::warn!(reason = %why, "Redis connections dropped");
        connections.send_replace(Connections::Down(why));
        drop(connected);
        connected = reconnect(&connector, &connections).await;
        tracing::info!(server = %connected.origin().server, "Redis connected again");
        connections.send_replace(Connections::Up(connected.pool().clone()));
    }
}

/// Ends when the connections are no good any more, and tells why.
async fn watch(connector: &Connector, connected: &mut Connected, suspicion: &Notify) -> String {
    let (pool, origin) = (connected.pool().clone(), connected.origin().clone());
    let ailing = async {
        loop {
            tokio::select! {
                () = tokio::time::sleep(HEARTBEAT) => {}
                () = suspicion.notified() => {}
            }
            if let Some(defect) = first_defect(&pool).await {
                return defect;
            }
        }
    };
    tokio::select! {
        why = connector.moved(&origin) => why,
        why = ailing => why,
        why = connected.closed() => why,
    }
}

async fn reconnect(connector: &Connector, connections: &watch::Sender<Connections>) -> Connected {
    loop {
        match connector.connect().await {
            Ok(connected) => return connected,
            Err(NotConnected::Away(why) | NotConnected::Refused(why)) => {
                connections.send_replace(Connections::Down(why));
            }
        }
        tokio::time::sleep(RETRY).await;
    }
}

/// Asks every node of a cluster, so that its client notices one that is gone before a caller does.
async fn keep_alive(connected: &Connected) {
    loop {
        tokio::time::sleep(HEARTBEAT).await;
        if let Some(defect) = first_defect(connected.pool()).await {
            tracing::debug!(reason = %defect, "a node of the Redis cluster does not answer");
        }
    }
}
