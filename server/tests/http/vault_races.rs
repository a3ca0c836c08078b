//! Many at once through two processes on one Redis.

use serde_json::json;
use tokio::task::JoinSet;

use crate::app::{Place, TestApp};
use crate::vault::{HASH, Keeper};

/// Two processes, and somebody's program at each.
async fn at_two() -> (TestApp, [Keeper; 2]) {
    let mut app = TestApp::with(Place::redis(), &[("POSTERN_VAULT_MOST_BYTES", "5120")]).await;
    let second = app.another_process().await;
    let ada = Keeper::of(&app, HASH);
    let both = [ada.clone(), ada.at(second)];
    (app, both)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_who_move_one_counter_through_two_processes_one_does() {
    let (_house, mut both) = at_two().await;
    both[0].add(json!([{ "enc_secret": "before" }, { "enc_secret": "counter", "name": "Token" }])).await.expect(200);
    let mut moving = JoinSet::new();
    for number in 0..50 {
        let mut ada = both[number % 2].clone();
        moving.spawn(async move { ada.replace("counter", &format!("counter-{number}")).await });
    }
    let answers = moving.join_all().await;
    let done: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
    assert_eq!(done.len(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.problem(409, "entry-gone");
    }
    let list = both[1].list().await.expect(200);
    assert_eq!(list["totps"], json!([{ "enc_secret": "before", "name": null }, done[0].json()]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_total_holds_across_processes_and_what_is_removed_is_counted_once() {
    let (app, mut both) = at_two().await;
    let second = both[1].program.clone();
    for user in 0..5 {
        let mut user = Keeper { hash: format!("user-{user}"), ..both[0].clone() };
        user.add(json!([{ "enc_secret": "blob-0" }])).await.expect(200);
    }
    let mut adding = JoinSet::new();
    for number in 1..=30 {
        let program = if number % 2 == 0 { app.program() } else { second.clone() };
        let mut user = Keeper { program, hash: format!("user-{}", number % 5) };
        adding.spawn(async move { user.add(json!([{ "enc_secret": format!("blob-{number}") }])).await });
    }
    let answers = adding.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 5, "5 and 5 of 512 bytes each");
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        answer.problem(507, "vaults-full");
    }
    let mut removing = JoinSet::new();
    for user in 0..5 {
        let all: Vec<_> = (0..=30).map(|number| json!({ "enc_secret": format!("blob-{number}") })).collect();
        for keeper in &both {
            let mut user = Keeper { hash: format!("user-{user}"), ..keeper.clone() };
            let all = all.clone();
            removing.spawn(async move { user.remove(all.into()).await.expect(200)["deleted"].as_u64() });
        }
    }
    let removed: u64 = removing.join_all().await.into_iter().flatten().sum();
    assert_eq!(removed, 10);
    let ten: Vec<_> = (0..10).map(|number| json!({ "enc_secret": format!("new-{number}") })).collect();
    both[0].add(ten.into()).await.expect(200);
}
