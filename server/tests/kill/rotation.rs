//! `kill -9` while a client's records go to another key and secret: a further call finishes it, nothing is lost, and
//! nothing that the old secret opens is left.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fastrand::Rng;
use postern::app;
use postern::config::{Config, ConfigSources};
use postern::platform::SystemClock;
use postern::store::{EmbeddedStore, RedisStore};
use postern_app::client::Clients;
use postern_core::factor::totp::Setting;
use postern_core::model::{Network, SubjectId};
use postern_core::port::{Clock as _, Key, Store};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::browser::Browser;
use crate::phone::Phone;
use crate::process::Process;
use crate::redis_server::RedisServer;
use crate::service::Service;
use crate::smtp::SmtpServer;

const ORIGIN: &str = "http://localhost:3000";
const MASTER: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
/// Users, unless `POSTERN_ROTATED` says how many.
const USERS: usize = 1_000;
/// One in so many passed before.
const PASSED: usize = 10;
/// Requests at once.
const LANES: usize = 8;
/// Times that it is broken off with some records here and some there.
const HALFWAY: usize = 2;
/// A rotation is let go on for a millisecond at most for so many users: moving them takes longer.
const A_MILLISECOND: usize = 6;

struct User {
    id: SubjectId,
    phone: Phone,
    /// A code that was accepted.
    used: Option<String>,
}

/// Postern, and a second process where both can have the store.
struct TestApp {
    postern: Process,
    second: Option<Process>,
    redis: Option<RedisServer>,
    mail: SmtpServer,
    settings: Vec<(&'static str, String)>,
}

/// What stands under a client's name.
#[derive(Debug)]
struct Standing {
    users: usize,
    /// The ids of the keys that seal it.
    sealed_by: BTreeSet<Vec<u8>>,
}

impl TestApp {
    async fn open(redis: Option<RedisServer>) -> Self {
        let mail = SmtpServer::start().await;
        let settings = vec![
            ("POSTERN_PUBLIC_ORIGIN", ORIGIN.to_owned()),
            ("POSTERN_MASTER_KEY", MASTER.to_owned()),
            ("POSTERN_SMTP_URL", mail.url()),
            ("POSTERN_MAIL_FROM", "Postern <mfa@example.org>".to_owned()),
            ("POSTERN_REDIS_URL", redis.as_ref().map(RedisServer::url).unwrap_or_default()),
            ("POSTERN_LOG_FORMAT", "json".to_owned()),
        ];
        let given: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let second = redis.is_some().then(|| Process::start(&given));
        Self { postern: Process::start(&given), second, redis, mail, settings }
    }

    /// A service, and what its records are called.
    async fn service(&mut self, address: &str) -> (Service, String) {
        let program = Browser::program(self.postern.address, ORIGIN);
        let service = Service::of(&program, &self.mail, address).await;
        let line: Value = serde_json::from_str(&self.postern.line_with("\"activated\"")).expect("JSON");
        (service, line["client"].as_str().expect("a client").to_owned())
    }

    /// What is under the API, over the store of a portal that does not run, or over the one that all share.
    async fn clients(&self) -> Clients {
        let folder = ("POSTERN_DATA_DIR", self.postern.folder().to_string_lossy().into_owned());
        let all = self.settings.iter().chain([&folder]);
        let variables = all.map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let config = Config::load(&ConfigSources { variables, ..ConfigSources::default() }).expect("a configuration");
        Clients::new(app::portal(&config).await.expect("a portal"))
    }

    /// Looks into the store of a portal that does not run, or into the one that all share.
    async fn store(&self) -> Arc<dyn Store> {
        match &self.redis {
            Some(redis) => Arc::new(RedisStore::connect(&redis.url()).await.expect("a store")),
            None => Arc::new(EmbeddedStore::open(self.postern.folder()).expect("a store")),
        }
    }
}

async fn standing(store: &dyn Store, client: &str) -> Standing {
    let (now, mut sealed_by, mut users) = (SystemClock.now(), BTreeSet::new(), 0);
    for kind in ["totp", "keys", "credential"] {
        let name = format!("{kind}/{client}");
        for slot in store.slots(&name, now).await.expect("an answer") {
            let key = Key::new(slot, &name);
            let Some(stored) = store.load(&key, now).await.expect("an answer") else { continue };
            sealed_by.insert(stored.value[1..5].to_vec());
            users += usize::from(kind == "totp");
        }
    }
    Standing { users, sealed_by }
}

fn unix_time() -> u64 {
    SystemClock.now().unix_secs()
}

async fn validate(service: &mut Service, user: &User, code: &str) -> u16 {
    service.post(&format!("/totp/{}/validate", user.id), json!({ "code": code })).await.status
}

/// Numbers up to `most`, dealt out to as many lanes as there are; what came of them.
async fn each<T, F>(most: usize, work: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let (mut lanes, mut done) = (JoinSet::new(), Vec::new());
    for number in 0..most {
        if lanes.len() == LANES {
            done.push(lanes.join_next().await.expect("a lane").expect("no panic"));
        }
        lanes.spawn(work(number));
    }
    done.extend(lanes.join_all().await);
    done
}

/// Users of a service, made below its API: there each has a picture, which takes its time.
async fn users_of(clients: Clients, service: &Service, most: usize) -> Vec<User> {
    let from = Network::from(std::net::IpAddr::from([192, 0, 2, 1]));
    let caller = Arc::new(clients.caller(from, &service.key, &service.secret).await.expect("a client"));
    each(most, |number| {
        let (clients, caller) = (clients.clone(), Arc::clone(&caller));
        async move {
            let begun = clients.begin_totp(&caller, Setting::default(), None, None).await.expect("a user");
            let phone = Phone::scan(begun.provisioning.uri.expose());
            let used = (number.is_multiple_of(PASSED)).then(|| phone.code_at(unix_time()));
            if let Some(used) = &used {
                let code = used.parse().expect("a code");
                clients.answer_totp(&caller, &begun.id, &code).await.expect("it passes");
            }
            User { id: begun.id, phone, used }
        }
    })
    .await
}

/// Everybody's next code passes, and no code that passed before does so again.
async fn all_are_there(service: &Service, users: Vec<User>) {
    let users = Arc::new(users);
    each(users.len(), |number| {
        let (mut service, users) = (service.clone(), Arc::clone(&users));
        async move {
            let user = &users[number];
            if let Some(used) = &user.used {
                assert_eq!(validate(&mut service, user, used).await, 401, "a code passes twice");
            }
            // Right as well, and later than any that was used.
            let next = user.phone.code_at(unix_time() + 30);
            assert_eq!(validate(&mut service, user, &next).await, 200, "{} is lost", user.id);
        }
    })
    .await;
}

/// Rotates and kills until it was broken off halfway often enough.
async fn rotate_and_kill(app: &mut TestApp, (old, new): (&Service, &Service), names: (&str, &str), users: usize) {
    let seed = std::env::var("POSTERN_KILL_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| fastrand::u64(..));
    // Shown when the test fails.
    println!("POSTERN_KILL_SEED={seed}");
    let (mut rng, mut halfway) = (Rng::with_seed(seed), 0);
    let longest = u64::try_from(users / A_MILLISECOND).expect("a number");
    while halfway < HALFWAY {
        let (mut calling, to) = (old.reconnected(), new.clone());
        let rotating = tokio::spawn(async move { calling.try_rotate_to(&to).await });
        // Not to wait for anything: the moment of the kill is the question.
        tokio::time::sleep(Duration::from_millis(rng.u64(10..longest))).await;
        app.postern.kill();
        if rotating.await.expect("no panic").is_some() {
            app.postern.start_again();
            break;
        }
        let store = app.store().await;
        let (here, there) = (standing(&*store, names.0).await, standing(&*store, names.1).await);
        drop(store);
        println!("killed with {} here, {} there", here.users, there.users);
        assert!(here.users + there.users >= users, "{here:?} {there:?}");
        app.postern.start_again();
        if there.users > 0 {
            halfway += 1;
            assert!(!old.reconnected().is_let_in().await);
            if let Some(second) = &app.second {
                assert!(!old.at(second.address).is_let_in().await);
                assert!(new.at(second.address).is_let_in().await);
            }
        }
    }
    assert!(halfway > 0, "it was never broken off halfway: more users are needed");
}

/// So many of those who have not passed yet answer under the new pair, moved or not.
async fn some_answer(service: &mut Service, users: &[User], most: usize) {
    for user in users.iter().filter(|user| user.used.is_none()).take(most) {
        let code = user.phone.code_at(unix_time());
        assert_eq!(validate(service, user, &code).await, 200, "{} does not answer under the new pair", user.id);
    }
}

/// The target of a rotation that was killed is rotated only after the rotation was called again and finished.
async fn onwards_only_when_finished(redis: Option<RedisServer>) {
    const USERS: usize = 200;
    let mut app = TestApp::open(redis).await;
    let (old, from) = app.service("ada@example.org").await;
    let (new, to) = app.service("bob@example.org").await;
    let (third, _) = app.service("eve@example.org").await;
    app.postern.kill();
    let users = users_of(app.clients().await, &old, USERS).await;
    app.postern.start_again();
    rotate_and_kill(&mut app, (&old, &new), (&from, &to), USERS).await;

    let (mut old, mut new, third) = (old.reconnected(), new.reconnected(), third.reconnected());
    some_answer(&mut new, &users, 20).await;
    new.rotate_to(&third).await.problem(409, "rotated-elsewhere");
    let finished = old.rotate_to(&new).await.expect(200);
    assert_eq!((&finished["totpIncomplete"], &finished["webauthnIncomplete"]), (&json!(0), &json!(0)));
    let onwards = new.rotate_to(&third).await.expect(200);
    assert_eq!(onwards["totpComplete"], json!(USERS));
    all_are_there(&third, users).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn target_of_a_killed_rotation_goes_on_only_when_that_is_finished_on_the_embedded_store() {
    onwards_only_when_finished(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn target_of_a_killed_rotation_goes_on_only_when_that_is_finished_on_redis() {
    onwards_only_when_finished(Some(RedisServer::start())).await;
}

async fn nothing_is_lost(redis: Option<RedisServer>) {
    let most = std::env::var("POSTERN_ROTATED").ok().and_then(|most| most.parse().ok()).unwrap_or(USERS);
    let mut app = TestApp::open(redis).await;
    let (old, from) = app.service("ada@example.org").await;
    let (new, to) = app.service("bob@example.org").await;
    app.postern.kill();
    let began = Instant::now();
    let users = users_of(app.clients().await, &old, most).await;
    println!("{most} users after {:?}", began.elapsed());
    let before = standing(&*app.store().await, &from).await;
    assert_eq!((before.users, before.sealed_by.len()), (most, 1));
    app.postern.start_again();
    rotate_and_kill(&mut app, (&old, &new), (&from, &to), most).await;

    let (mut old, new) = (old.reconnected(), new.reconnected());
    let began = Instant::now();
    let told = old.rotate_to(&new).await.expect(200);
    println!("finished after {:?}: {told}", began.elapsed());
    assert_eq!((&told["totpIncomplete"], &told["webauthnIncomplete"]), (&json!(0), &json!(0)));
    assert!(!old.is_let_in().await);
    let began = Instant::now();
    all_are_there(&new, users).await;
    println!("all were there after {:?}", began.elapsed());

    app.postern.kill();
    let store = app.store().await;
    let (here, there) = (standing(&*store, &from).await, standing(&*store, &to).await);
    assert_eq!((here.users, here.sealed_by.len(), there.users), (0, 0, most));
    assert!(there.sealed_by.is_disjoint(&before.sealed_by), "something is still sealed under the old secret");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_rotation_that_is_killed_is_finished_by_another_call_on_the_embedded_store() {
    nothing_is_lost(None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_rotation_that_is_killed_is_finished_by_another_call_on_redis() {
    nothing_is_lost(Some(RedisServer::start())).await;
}
