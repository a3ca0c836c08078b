//! Vaults of one network grow by so much a day, counted in bytes.

use std::net::IpAddr;
use std::time::Duration;

use postern_app::vault::Refusal;

use postern_core::model::Network;

use crate::house::{House, entries, network, told, user};

const DAY: Duration = Duration::from_hours(24);

/// So many entries of 4,352 bytes, as they are weighed.
async fn adds(house: &House, hash: &str, last: u8, count: usize) -> Result<(), Refusal> {
    adds_from(house, hash, network(last), count).await
}

async fn adds_from(house: &House, hash: &str, network: Network, count: usize) -> Result<(), Refusal> {
    let blobs = blobs(count);
    let texts: Vec<&str> = blobs.iter().map(String::as_str).collect();
    told(house.vaults.add(&user(hash), network, entries(&texts)).await).map(drop)
}

fn blobs(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{number:04}{}", "x".repeat(4_092))).collect()
}

/// Adds full vaults of 4.15 MiB until no more are taken in: three are, and no five.
async fn fills(house: &House) -> Refusal {
    for hash in ["a", "b", "c"] {
        adds(house, hash, 1, 1_000).await.expect("within the budget");
    }
    for hash in ["d", "e"] {
        if let Err(refusal) = adds(house, hash, 1, 1_000).await {
            return refusal;
        }
    }
    panic!("20 MiB were taken in");
}

#[tokio::test]
async fn network_that_put_16_mebibytes_into_vaults_waits_until_the_next_day() {
    let house = House::open().await;
    let refusal = Refusal::TooMuchGrowth { until: house.now() + DAY };
    assert_eq!(fills(&house).await, refusal);
    assert_eq!(adds(&house, "small", 1, 1).await, Err(refusal.clone()), "however little it is");
    assert_eq!(adds(&house, "a", 1, 1_000).await, Ok(()), "what is there already does not grow");
    let all = blobs(1_000);
    house.removes("a", &all.iter().map(String::as_str).collect::<Vec<_>>()).await;
    assert_eq!(adds(&house, "b", 1, 1_000).await, Ok(()));
    assert_eq!(adds(&house, "small", 1, 1).await, Err(refusal), "what is removed is not given back");
    assert_eq!(adds(&house, "elsewhere", 2, 1_000).await, Ok(()), "nobody else waits");
    house.later(DAY);
    assert_eq!(adds(&house, "small", 1, 1_000).await, Ok(()));
}

#[tokio::test]
async fn replacing_with_what_is_heavier_is_growth_and_with_what_is_as_light_is_none() {
    let house = House::open().await;
    house.adds("small", &["0", "1"]).await;
    let refusal = fills(&house).await;
    assert_eq!(house.replaces("small", "0", &"y".repeat(4_096), None).await, Err(refusal));
    assert_eq!(house.replaces("small", "0", "zero", None).await, Ok("zero".to_owned()));
}

#[tokio::test]
async fn networks_of_one_site_share_a_wider_budget() {
    let house = House::open().await;
    let of_site = |site: u16, number: u16| Network::from(IpAddr::from([0x2001, 0xdb8, site, number, 0, 0, 0, 1]));
    let mut taken = 0;
    let refusal = loop {
        match adds_from(&house, &format!("vault{taken}"), of_site(7, taken), 1_000).await {
            Ok(()) => taken += 1,
            Err(refusal) => break refusal,
        }
    };
    assert_eq!(refusal, Refusal::TooMuchGrowth { until: house.now() + DAY });
    // 160 MiB in vaults of 4.15 MiB, counted in units of 256 KiB.
    assert!((36..=40).contains(&taken), "{taken}");
    assert_eq!(adds_from(&house, "small", of_site(7, taken), 1).await, Err(refusal));
    assert_eq!(adds_from(&house, "elsewhere", of_site(8, 0), 1_000).await, Ok(()));
}
