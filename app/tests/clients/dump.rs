//! A thief of the store who has our master key too, but no secret of a client.

use std::collections::BTreeMap;

use postern_core::port::Key;
use postern_core::seal::Sealer;
use postern_core::testing::Authenticator;

use crate::app::{SHOP, Service, TestApp, Told, master};

/// All that can be read: what stands there, where it stands, and what the master key opens of it.
fn loot(app: &TestApp) -> BTreeMap<Key, Vec<Vec<u8>>> {
    let sealer = Sealer::new(&[master()]).expect("a key");
    let read = |(key, value): (Key, Vec<u8>)| {
        let opened = sealer.open(&key, &value).map(|plain| plain.to_vec()).unwrap_or_default();
        let names = [key.slot().as_bytes().to_vec(), key.name().as_bytes().to_vec()];
        (key, [vec![value, opened], names.to_vec()].concat())
    };
    app.store.records().into_iter().map(read).collect()
}

fn holds(loot: &BTreeMap<Key, Vec<Vec<u8>>>, secret: &[u8]) -> bool {
    loot.values().flatten().any(|text| text.windows(secret.len()).any(|window| window == secret))
}

#[tokio::test]
async fn the_master_key_opens_the_client_and_nothing_of_its_users() {
    let service = Service::of_a_house().await;
    let phone = service.totp_user().await;
    let mut key = Authenticator::new(77);
    let id = service.registers(SHOP, None, &mut key).await.done();
    service.begins_login(SHOP, &id).await.done();
    service.begins_registration(SHOP, Some(id)).await.done();
    let loot = loot(&service.app);
    assert!(holds(&loot, service.key.as_bytes()), "the client itself is open to us, or this test reads nothing");
    let secret = data_encoding::BASE64.decode(service.secret.as_bytes()).expect("base64");
    for (what, hidden) in [
        ("the API secret", service.secret.as_bytes()),
        ("the API secret's bytes", &secret),
        ("a TOTP secret", phone.secret()),
        ("a label", b"Byron"),
        ("a user's name", b"byron"),
        ("a user", phone.id.to_string().as_bytes()),
        ("a user's bytes", phone.id.as_bytes()),
        ("another user", id.to_string().as_bytes()),
        ("a credential id", &key.id),
        ("a credential id in text", data_encoding::BASE64URL_NOPAD.encode(&key.id).as_bytes()),
        ("a relying party", b"shop.example"),
    ] {
        assert!(!holds(&loot, hidden), "{what} can be read");
    }
}

#[tokio::test]
async fn another_clients_secret_opens_none_of_them_either() {
    let service = Service::of_a_house().await;
    service.totp_user().await;
    let before = service.app.store.records().len();
    let other = service.app.service(crate::app::ADA).await;
    let rotation = other.rotates_to(&service).await.done();
    assert_eq!(rotation, postern_app::client::Rotation::default());
    assert!(service.app.store.records().len() >= before);
}
