//! Session records at rest, over both of the stores that keep them.

use std::sync::Arc;
use std::time::Duration;

use postern::store::sessions::handover::told_of;
use postern::store::sessions::{ENDS_AT, GONE, PortSessions, Trouble, watched};
use postern_app::web::session::{CookieChange, rotate};
use postern_core::model::Timestamp;
use postern_core::port::Clock;
use postern_core::testing::{MemoryStore, StoppedClock};
use serde_json::{Value, json};
use time::OffsetDateTime;
use tower_sessions::Session;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::Error;

use crate::session_bed::{Bed, Shared, Under, on_both, on_redis, sealed};

const HOUR: Duration = Duration::from_hours(1);
const TICK: Duration = Duration::from_millis(1);
const SECRET: &str = "what nobody else may read";

fn record(clock: &StoppedClock, ends_at: Option<Timestamp>) -> Record {
    let mut data = std::collections::HashMap::from([("words".to_owned(), json!(SECRET))]);
    if let Some(ends_at) = ends_at {
        data.insert(ENDS_AT.to_owned(), json!(ends_at.as_millis()));
    }
    Record { id: Id::default(), data, expiry_date: date(clock.now() + HOUR) }
}

fn date(at: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.as_millis()) * 1_000_000).expect("a date")
}

async fn words(bed: &Bed, id: &Id) -> Option<Value> {
    bed.sessions.load(id).await.expect("an answer").map(|record| record.data["words"].clone())
}

fn is_gone(error: &Error) -> bool {
    matches!(error, Error::Backend(message) if message == GONE)
}

#[tokio::test]
async fn a_session_reads_back_until_its_expiry_date_by_our_clock() {
    on_both(async |bed| {
        let mut record = record(&bed.clock, None);
        bed.sessions.create(&mut record).await.expect("an answer");
        assert_eq!(bed.sessions.load(&record.id).await.expect("an answer"), Some(record.clone()));
        let end = bed.clock.now() + HOUR;
        bed.clock.set(end - TICK);
        assert_eq!(words(&bed, &record.id).await, Some(json!(SECRET)));
        bed.clock.set(end);
        assert_eq!(words(&bed, &record.id).await, None);
    })
    .await;
}

#[tokio::test]
async fn the_end_in_the_data_outlives_every_later_save() {
    on_both(async |bed| {
        let end = bed.clock.now() + HOUR * 12;
        let mut record = record(&bed.clock, Some(end));
        bed.sessions.create(&mut record).await.expect("an answer");
        for _ in 0..12 {
            assert_eq!(words(&bed, &record.id).await, Some(json!(SECRET)));
            // As the layer does it: an expiry date that is always as far away as on the first day.
            record.expiry_date = date(bed.clock.now() + HOUR * 24);
            bed.sessions.save(&record).await.expect("an answer");
            bed.clock.advance(HOUR);
        }
        assert_eq!(bed.clock.now(), end);
        assert_eq!(words(&bed, &record.id).await, None);
    })
    .await;
}

#[tokio::test]
async fn neither_the_id_nor_what_is_in_a_session_stands_in_a_dump() {
    on_both(async |bed| {
        let mut record = record(&bed.clock, None);
        bed.sessions.create(&mut record).await.expect("an answer");
        bed.sessions.save(&record).await.expect("an answer");
        let dump = bed.under.dump();
        let holds = |bytes: &[u8]| dump.windows(bytes.len()).any(|window| window == bytes);
        assert!(holds(b"sealed"), "the record is in it");
        assert!(!holds(record.id.to_string().as_bytes()));
        assert!(!holds(&record.id.0.to_le_bytes()) && !holds(&record.id.0.to_be_bytes()));
        assert!(!holds(SECRET.as_bytes()));
        assert!(!holds(&data_encoding::BASE64.encode(SECRET.as_bytes()).as_bytes()[..16]));
    })
    .await;
}

#[tokio::test]
async fn a_session_that_was_deleted_stays_dead() {
    on_both(async |bed| {
        let mut record = record(&bed.clock, None);
        bed.sessions.create(&mut record).await.expect("an answer");
        bed.sessions.delete(&record.id).await.expect("an answer");
        bed.sessions.save(&record).await.expect("a late save is no fault");
        assert_eq!(words(&bed, &record.id).await, None);
        assert!(is_gone(&bed.sessions.delete(&record.id).await.expect_err("there is nothing to delete")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_deletes_at_once_one_is_done() {
    on_both(async |bed| {
        let mut record = record(&bed.clock, None);
        bed.sessions.create(&mut record).await.expect("an answer");
        let id = record.id;
        let racers: Vec<_> = (0..50)
            .map(|_| {
                let sessions = bed.sessions.clone();
                tokio::spawn(async move { sessions.delete(&id).await })
            })
            .collect();
        let mut done = 0;
        for racer in racers {
            match racer.await.expect("no racer panics") {
                Ok(()) => done += 1,
                Err(error) => assert!(is_gone(&error), "{error}"),
            }
        }
        assert_eq!(done, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn saves_that_race_a_delete_bring_nothing_back() {
    on_both(async |bed| {
        let mut record = record(&bed.clock, None);
        bed.sessions.create(&mut record).await.expect("an answer");
        let racers: Vec<_> = (0..50)
            .map(|racer| {
                let (sessions, record) = (bed.sessions.clone(), record.clone());
                tokio::spawn(async move {
                    if racer == 25 { sessions.delete(&record.id).await } else { sessions.save(&record).await }
                })
            })
            .collect();
        for racer in racers {
            racer.await.expect("no racer panics").expect("an answer");
        }
        assert_eq!(words(&bed, &record.id).await, None);
    })
    .await;
}

#[tokio::test]
async fn an_id_that_is_taken_gives_way_to_another() {
    on_both(async |bed| {
        let mut first = record(&bed.clock, None);
        bed.sessions.create(&mut first).await.expect("an answer");
        let mut second = Record { data: [("words".to_owned(), json!("other"))].into(), ..first.clone() };
        bed.sessions.create(&mut second).await.expect("an answer");
        assert_ne!(first.id, second.id);
        assert_eq!(words(&bed, &first.id).await, Some(json!(SECRET)));
        assert_eq!(words(&bed, &second.id).await, Some(json!("other")));
        if let Under::Redis(server) = &*bed.under {
            assert_eq!(server.cli(&["dbsize"]), "2", "nothing is left of the first try");
        }
    })
    .await;
}

#[tokio::test]
async fn a_record_does_not_open_in_the_place_of_another() {
    let bed = on_redis().await;
    let Under::Redis(server) = &*bed.under else { panic!("not on Redis") };
    let (mut first, mut second) = (record(&bed.clock, None), record(&bed.clock, None));
    bed.sessions.create(&mut first).await.expect("an answer");
    let first_key = server.cli(&["keys", "*"]);
    assert_eq!(server.cli(&["rename", &first_key, "aside"]), "OK");
    bed.sessions.create(&mut second).await.expect("an answer");
    let keys = server.cli(&["keys", "*"]);
    let second_key = keys.lines().find(|key| *key != "aside").expect("the second");
    assert_eq!(server.cli(&["rename", "aside", second_key]), "OK");
    assert_eq!(words(&bed, &second.id).await, None);
}

#[tokio::test]
async fn redis_forgets_a_session_soon_after_it_ended_whatever_our_clock_says() {
    let bed = on_redis().await;
    let Under::Redis(server) = &*bed.under else { panic!("not on Redis") };
    let mut record = record(&bed.clock, Some(bed.clock.now() + HOUR));
    bed.sessions.create(&mut record).await.expect("an answer");
    let ttl: u64 = server.cli(&["ttl", &server.cli(&["keys", "*"])]).parse().expect("seconds");
    assert!((3_600..=3_660).contains(&ttl), "{ttl}");
}

#[tokio::test]
async fn of_two_that_rotate_one_session_one_wins_and_the_other_is_told() {
    on_both(async |bed| {
        let store = Arc::new(Shared(bed.sessions.clone()));
        let fresh = Session::new(None, store.clone(), None);
        fresh.insert("words", SECRET).await.expect("an answer");
        fresh.save().await.expect("an answer");
        let (one, other) = (Session::new(fresh.id(), store.clone(), None), Session::new(fresh.id(), store, None));
        for session in [&one, &other] {
            assert!(session.get::<String>("words").await.expect("an answer").is_some());
        }
        let (done, trouble) = watched(one.cycle_id()).await;
        assert!(done.is_ok() && trouble.is_none());
        one.save().await.expect("an answer");
        let (done, trouble) = watched(other.cycle_id()).await;
        assert!(done.is_err());
        assert_eq!(trouble, Some(Trouble::Gone));
        assert_eq!(words(&bed, &fresh.id().expect("an id")).await, None);
        assert_eq!(words(&bed, &one.id().expect("an id")).await, Some(json!(SECRET)));
    })
    .await;
}

/// A session with words in it, and as many requests that come with it as asked for.
async fn in_flight<const N: usize>(store: &Arc<Shared>) -> (Id, [Session; N]) {
    let fresh = Session::new(None, store.clone(), None);
    fresh.insert("words", SECRET).await.expect("an answer");
    fresh.save().await.expect("an answer");
    let id = fresh.id().expect("an id");
    let requests = std::array::from_fn(|_| Session::new(Some(id), store.clone(), None));
    for session in &requests {
        assert!(session.get::<String>("words").await.expect("an answer").is_some());
    }
    (id, requests)
}

#[tokio::test]
async fn the_old_id_of_a_session_lives_until_the_new_one_does_and_no_longer() {
    on_both(async |bed| {
        let (old, [session]) = in_flight(&Arc::new(Shared(bed.sessions.clone()))).await;
        let change = CookieChange::default();
        told_of(change.clone(), rotate(&session, &change)).await.expect("an answer");
        assert_eq!(words(&bed, &old).await, Some(json!(SECRET)), "a kill here costs nothing");
        told_of(change.clone(), session.save()).await.expect("an answer");
        let new = session.id().expect("an id");
        assert_eq!((words(&bed, &old).await, words(&bed, &new).await), (None, Some(json!(SECRET))));
        assert!(new != old && change.is_allowed());
    })
    .await;
}

#[tokio::test]
async fn of_two_new_ids_for_one_session_one_lives_and_its_cookie_alone_leaves() {
    on_both(async |bed| {
        let (old, sessions) = in_flight::<2>(&Arc::new(Shared(bed.sessions.clone()))).await;
        let changes = [CookieChange::default(), CookieChange::default()];
        for (session, change) in sessions.iter().zip(&changes) {
            told_of(change.clone(), rotate(session, change)).await.expect("an answer");
        }
        let [one, other] = [0, 1].map(|n| told_of(changes[n].clone(), sessions[n].save()));
        let (one, other) = tokio::join!(one, other);
        assert!(one.is_ok() && other.is_ok(), "both end well");
        assert_eq!(words(&bed, &old).await, None);
        let mut alive = Vec::new();
        for session in &sessions {
            alive.push(words(&bed, &session.id().expect("an id")).await.is_some());
        }
        assert!(alive[0] != alive[1], "{alive:?}");
        assert_eq!(alive, changes.map(|change| change.is_allowed()));
    })
    .await;
}

#[tokio::test]
async fn a_new_id_brings_back_no_session_that_was_ended_meanwhile() {
    on_both(async |bed| {
        let (_, [rising, ending]) = in_flight(&Arc::new(Shared(bed.sessions.clone()))).await;
        let change = CookieChange::default();
        told_of(change.clone(), rotate(&rising, &change)).await.expect("an answer");
        ending.flush().await.expect("an answer");
        told_of(change.clone(), rising.save()).await.expect("an answer");
        assert_eq!(words(&bed, &rising.id().expect("an id")).await, None);
        assert!(!change.is_allowed());
    })
    .await;
}

#[tokio::test]
async fn a_store_that_is_down_is_told_to_whoever_watches() {
    let (store, clock) = (Arc::new(MemoryStore::default()), Arc::new(StoppedClock::default()));
    let sessions = sealed(PortSessions::new(store.clone(), clock.clone()), &clock);
    let mut record = record(&clock, None);
    let (done, trouble) = watched(sessions.create(&mut record)).await;
    assert!(done.is_ok() && trouble.is_none());
    store.set_down(true);
    let (done, trouble) = watched(sessions.load(&record.id)).await;
    assert!(done.is_err());
    assert_eq!(trouble, Some(Trouble::StoreFailed));
    assert!(sessions.save(&record).await.is_err(), "nobody needs to watch");
    store.set_down(false);
    let both = async {
        sessions.delete(&record.id).await.expect("an answer");
        assert!(sessions.delete(&record.id).await.is_err());
        store.set_down(true);
        assert!(sessions.load(&record.id).await.is_err());
        store.set_down(false);
        assert!(sessions.delete(&record.id).await.is_err());
    };
    assert_eq!(watched(both).await.1, Some(Trouble::StoreFailed), "the worse of the two");
}
