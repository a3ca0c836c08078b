//! The name of a Redis server as the resolver knows it. Where the name moves to another node while the old one lives on,
//! as with managed services, no connection tells: it has to be looked up again.

use std::net::IpAddr;
use std::time::Duration;

use fred::types::config::Server;

/// So many looks in a row have to find the name elsewhere: a resolver that is just being changed may say either.
const LOOKS: u32 = 3;

/// How long one look may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where a server's name leads; nothing if that is not known now.
pub(super) async fn resolve(server: &Server) -> Vec<IpAddr> {
    let looking = tokio::net::lookup_host((&*server.host, server.port));
    let Ok(Ok(found)) = tokio::time::timeout(PATIENCE, looking).await else { return Vec::new() };
    found.map(|address| address.ip()).collect()
}

/// Ends when the name leads to none of the addresses any more that it had `before`, and tells so.
pub(super) async fn moved<F>(before: &[IpAddr], pause: Duration, resolve: impl Fn() -> F) -> String
where
    F: Future<Output = Vec<IpAddr>>,
{
    let mut looks = 0;
    while looks < LOOKS {
        tokio::time::sleep(pause).await;
        let now = resolve().await;
        let is_elsewhere = !before.is_empty() && !now.is_empty() && now.iter().all(|address| !before.contains(address));
        looks = if is_elsewhere { looks + 1 } else { 0 };
    }
    "the name of the server leads to another address now".to_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// How many looks were taken of those that a resolver would give, until the move was told.
    async fn looks(before: &[&str], answers: &[&[&str]]) -> Option<usize> {
        let read = |texts: &[&str]| texts.iter().map(|text| text.parse().expect("an address")).collect::<Vec<IpAddr>>();
        let taken = Mutex::new(0);
        let resolve = || async {
            let at = {
                let mut taken = taken.lock().expect("no panic");
                *taken += 1;
                *taken
            };
            match answers.get(at - 1) {
                Some(answer) => read(answer),
                None => std::future::pending().await,
            }
        };
        let before = read(before);
        let told = moved(&before, Duration::ZERO, resolve);
        let all_taken = async {
            while *taken.lock().expect("no panic") <= answers.len() {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            _ = told => Some(*taken.lock().expect("no panic")),
            () = all_taken => None,
        }
    }

    #[tokio::test]
    async fn name_that_leads_elsewhere_for_good_has_moved() {
        let (here, there): (&[&str], &[&str]) = (&["192.0.2.1"], &["192.0.2.2"]);
        assert_eq!(looks(here, &[here, there, there, there]).await, Some(4));
        assert_eq!(looks(here, &[there, there, here, there, there, there]).await, Some(6), "not while it comes back");
        let both: &[&str] = &["192.0.2.1", "192.0.2.2"];
        assert_eq!(looks(here, &[both, both, both, both]).await, None, "one of several is enough");
        assert_eq!(looks(here, &[&[], &[], &[], &[]]).await, None, "a resolver that is away moves nobody");
        assert_eq!(looks(&[], &[there, there, there, there]).await, None);
    }

    #[tokio::test]
    async fn names_and_addresses_are_resolved() {
        let server = |host: &str| Server::new(host, 6379);
        let local: IpAddr = "127.0.0.1".parse().expect("an address");
        assert!(resolve(&server("localhost")).await.contains(&local));
        assert_eq!(resolve(&server("127.0.0.1")).await, [local]);
        assert!(resolve(&server("nowhere.invalid")).await.is_empty());
    }
}
