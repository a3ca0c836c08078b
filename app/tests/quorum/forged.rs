//! Forged shares: a custodian knows what all shares of the group have in common, so that what it forges looks like one.

use postern_app::quorum::{Given, Joining, Refusal, SessionId, Share};
use postern_core::model::Secret;

use crate::{TestApp, network, refused};

/// A share of the same index whose checksum fits and whose bytes are others.
fn forged(share: &str, by: u8) -> String {
    let mut share: Share = share.parse().expect("a share");
    // Not linear over GF(256), or several of them might make the secret together.
    share.bytes =
        Secret::new(share.bytes.expose().iter().map(|byte| byte.wrapping_mul(167).wrapping_add(by)).collect());
    share.line().expose().clone()
}

async fn joins_from(app: &TestApp, id: &SessionId, last: u8, share: &str) -> Result<Joining, Refusal> {
    refused(app.quorum.join(id, network(last), Given::Plain(share)).await)
}

#[tokio::test]
async fn forged_shares_for_every_index_keep_no_true_share_out_and_the_code_is_made() {
    let app = TestApp::open().await;
    let shares = app.deals(3, 5).await;
    let asked = app.asks(&shares[0]).await;
    for (at, share) in shares.iter().enumerate().skip(1) {
        for by in 1..=6 {
            let joined = joins_from(&app, &asked.id, 66, &forged(share, by)).await;
            assert_eq!(joined, Ok(Joining::Joined), "forged {by} for {at}");
        }
    }
    assert_eq!(app.code(&asked).await, Err(Refusal::Forged));
    for (last, share) in (10..).zip(&shares[1..3]) {
        assert_eq!(joins_from(&app, &asked.id, last, share).await, Ok(Joining::Joined));
    }
    assert_eq!(app.code(&asked).await, Ok(app.expected()));
    let progress = refused(app.quorum.progress(&asked.id).await).expect("progress");
    assert!(progress.dropped.contains(&Refusal::ForgedShare(2)), "{:?}", progress.dropped);
    assert!(progress.dropped.contains(&Refusal::ForgedShare(4)), "{:?}", progress.dropped);
    assert_eq!(progress.provided, 3, "forged ones do not count any more");
}

#[tokio::test]
async fn true_share_is_taken_in_after_forged_ones_of_its_index_from_the_same_network() {
    let app = TestApp::open().await;
    let shares = app.deals(2, 3).await;
    let asked = app.asks(&shares[0]).await;
    for by in 1..=9 {
        joins_from(&app, &asked.id, 1, &forged(&shares[1], by)).await.expect("joined");
    }
    assert_eq!(joins_from(&app, &asked.id, 1, &shares[1]).await, Ok(Joining::Joined));
    assert_eq!(app.code(&asked).await, Ok(app.expected()));
}

#[tokio::test]
async fn share_that_came_before_forged_ones_of_its_index_stays() {
    let app = TestApp::open().await;
    let shares = app.deals(2, 3).await;
    let asked = app.asks(&shares[0]).await;
    joins_from(&app, &asked.id, 10, &shares[1]).await.expect("joined");
    for by in 1..=20 {
        joins_from(&app, &asked.id, 66, &forged(&shares[1], by)).await.expect("joined");
    }
    assert_eq!(app.code(&asked).await, Ok(app.expected()));
}

#[tokio::test]
async fn forged_share_is_remembered_and_refused_when_it_comes_again() {
    let app = TestApp::open().await;
    let shares = app.deals(2, 4).await;
    let asked = app.asks(&shares[0]).await;
    let (liar, waiting) = (forged(&shares[1], 1), forged(&shares[3], 2));
    joins_from(&app, &asked.id, 66, &liar).await.expect("joined");
    joins_from(&app, &asked.id, 10, &shares[2]).await.expect("joined");
    app.sends(&asked, 66, &waiting).await.expect("waits");
    assert_eq!(app.code(&asked).await, Ok(app.expected()));
    assert_eq!(joins_from(&app, &asked.id, 67, &liar).await, Err(Refusal::ForgedShare(2)));
    assert_eq!(joins_from(&app, &asked.id, 67, &waiting).await, Err(Refusal::ForgedShare(4)));
    // What is known to be true takes no other beside it.
    assert_eq!(joins_from(&app, &asked.id, 67, &forged(&shares[2], 3)).await, Err(Refusal::Twice(3)));
    assert_eq!(joins_from(&app, &asked.id, 11, &shares[1]).await, Ok(Joining::Joined));
}

#[tokio::test]
async fn what_was_found_out_is_not_looked_for_again() {
    let app = TestApp::open().await;
    let shares = app.deals(3, 5).await;
    let asked = app.asks(&shares[0]).await;
    for share in &shares[1..] {
        joins_from(&app, &asked.id, 66, &forged(share, 1)).await.expect("joined");
    }
    assert_eq!(app.code(&asked).await, Err(Refusal::Forged));
    let worked = app.worked();
    for _ in 0..5 {
        assert_eq!(app.code(&asked).await, Err(Refusal::Forged));
    }
    assert_eq!(app.worked(), worked, "no work without a new share");
    for (last, share) in (10..).zip(&shares[1..3]) {
        joins_from(&app, &asked.id, last, share).await.expect("joined");
    }
    app.code(&asked).await.expect("a code");
    let writes = app.store.records();
    app.code(&asked).await.expect("a code");
    assert_eq!(app.store.records(), writes, "nothing is left to be noted");
}

#[tokio::test]
async fn forged_share_in_the_first_place_of_a_session_makes_no_code() {
    let app = TestApp::open().await;
    let shares = app.deals(2, 3).await;
    let asked = app.asks(&forged(&shares[0], 1)).await;
    for share in &shares[1..] {
        joins_from(&app, &asked.id, 10, share).await.expect("joined");
    }
    assert_eq!(app.code(&asked).await, Err(Refusal::Forged));
}

#[tokio::test]
async fn right_private_key_makes_a_bounded_number_of_codes_and_wrong_ones_take_none_of_them() {
    let app = TestApp::open().await;
    let shares = app.deals(2, 2).await;
    let asked = app.asks(&shares[0]).await;
    joins_from(&app, &asked.id, 10, &shares[1]).await.expect("joined");
    for _ in 0..30 {
        refused(app.quorum.code(&asked.id, network(1), "guess").await).expect_err("a wrong key");
    }
    for number in 0..120 {
        let code = refused(app.quorum.code(&asked.id, network(number), asked.private.expose()).await);
        assert!(code.is_ok(), "code {number}: {:?}", code.err());
    }
    let worked = app.worked();
    assert!(matches!(app.code(&asked).await, Err(Refusal::TooMany { .. })));
    assert_eq!(app.worked(), worked, "before any work is done");
    app.later(600);
    assert_eq!(app.code(&asked).await, Ok(app.expected()));
}

#[tokio::test]
async fn shares_for_one_session_are_bounded_by_network() {
    let app = TestApp::open().await;
    let shares = app.deals(2, 3).await;
    let (asked, other) = (app.asks(&shares[0]).await, app.asks(&shares[0]).await);
    for number in 0..60 {
        joins_from(&app, &asked.id, 66, &forged(&shares[1], number + 1)).await.expect("joined");
    }
    assert!(matches!(joins_from(&app, &asked.id, 66, &shares[1]).await, Err(Refusal::TooMany { .. })));
    assert_eq!(joins_from(&app, &asked.id, 10, &shares[1]).await, Ok(Joining::Joined), "from elsewhere");
    assert_eq!(joins_from(&app, &other.id, 66, &shares[1]).await, Ok(Joining::Joined), "to another session");
}

#[tokio::test]
async fn groups_larger_than_the_setting_are_neither_dealt_nor_asked_of() {
    let app = TestApp::open().await;
    assert_eq!(app.deals(2, 32).await.len(), 32);
    let most = Refusal::TooManyShares { most: 32 };
    assert_eq!(app.deal((2, 33), &[]).await.map(drop), Err(most.clone()));
    let wide = TestApp { quorum: app.quorum.clone().with_max_shares(255), ..TestApp::open().await };
    let shares = wide.deals(2, 255).await;
    assert_eq!(app.tries_to_ask(&shares[0], 600, (None, None)).await.map(drop), Err(most));
    wide.asks(&shares[0]).await;
}
