//! Vaults of one network grow by so much a day, counted in bytes.

use std::net::IpAddr;
use std::time::Duration;

use postern_app::vault::Refusal;

use postern_core::model::Network;

use crate::app::{TestApp, entries, network, told, user};

const DAY: Duration = Duration::from_hours(24);

/// So many entries of 4,352 bytes, as they are weighed.
async fn adds(app: &TestApp, hash: &str, last: u8, count: usize) -> Result<(), Refusal> {
    adds_from(app, hash, network(last), count).await
}

async fn adds_from(app: &TestApp, hash: &str, network: Network, count: usize) -> Result<(), Refusal> {
    let blobs = blobs(count);
    let texts: Vec<&str> = blobs.iter().map(String::as_str).collect();
    told(app.vaults.add(&user(hash), network, entries(&texts)).await).map(drop)
}

fn blobs(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{number:04}{}", "x".repeat(4_092))).collect()
}

/// Adds full vaults of 4.15 MiB until no more are taken in: three are, and no five.
async fn fills(app: &TestApp) -> Refusal {
    for hash in ["a", "b", "c"] {
        adds(app, hash, 1, 1_000).await.expect("within the budget");
    }
    for hash in ["d", "e"] {
        if let Err(refusal) = adds(app, hash, 1, 1_000).await {
            return refusal;
        }
    }
    panic!("20 MiB were taken in");
}

#[tokio::test]
async fn network_that_put_16_mebibytes_into_vaults_waits_until_the_next_day() {
    let app = TestApp::open().await;
    let refusal = Refusal::TooMuchGrowth { until: app.now() + DAY };
    assert_eq!(fills(&app).await, refusal);
    assert_eq!(adds(&app, "small", 1, 1).await, Err(refusal.clone()), "however little it is");
    assert_eq!(adds(&app, "a", 1, 1_000).await, Ok(()), "what is there already does not grow");
    let all = blobs(1_000);
    app.removes("a", &all.iter().map(String::as_str).collect::<Vec<_>>()).await;
    assert_eq!(adds(&app, "b", 1, 1_000).await, Ok(()));
    assert_eq!(adds(&app, "small", 1, 1).await, Err(refusal), "what is removed is not given back");
    assert_eq!(adds(&app, "elsewhere", 2, 1_000).await, Ok(()), "nobody else waits");
    app.later(DAY);
    assert_eq!(adds(&app, "small", 1, 1_000).await, Ok(()));
}

#[tokio::test]
async fn replacing_with_what_is_heavier_is_growth_and_with_what_is_as_light_is_none() {
    let app = TestApp::open().await;
    app.adds("small", &["0", "1"]).await;
    let refusal = fills(&app).await;
    assert_eq!(app.replaces("small", "0", &"y".repeat(4_096), None).await, Err(refusal));
    assert_eq!(app.replaces("small", "0", "zero", None).await, Ok("zero".to_owned()));
}

#[tokio::test]
async fn networks_of_one_site_share_a_wider_budget() {
    let app = TestApp::open().await;
    let of_site = |site: u16, number: u16| Network::from(IpAddr::from([0x2001, 0xdb8, site, number, 0, 0, 0, 1]));
    let mut taken = 0;
    let refusal = loop {
        match adds_from(&app, &format!("vault{taken}"), of_site(7, taken), 1_000).await {
            Ok(()) => taken += 1,
            Err(refusal) => break refusal,
        }
    };
    assert_eq!(refusal, Refusal::TooMuchGrowth { until: app.now() + DAY });
    // 160 MiB in vaults of 4.15 MiB, counted in units of 256 KiB.
    assert!((36..=40).contains(&taken), "{taken}");
    assert_eq!(adds_from(&app, "small", of_site(7, taken), 1).await, Err(refusal));
    assert_eq!(adds_from(&app, "elsewhere", of_site(8, 0), 1_000).await, Ok(()));
}
