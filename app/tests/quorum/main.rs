//! A quorum's session, from the first share to the code: what counts, what is refused, and what the store ever has.

mod forged;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use postern_app::portal::{Outside, Portal, Settings};
use postern_app::quorum::{
    Ask, Asked, Deal, Dealt, Given, Joining, Quorum, Refusal, SessionId, SharedSecret, UseCaseError,
};
use postern_core::model::{Network, Secret, Timestamp};
use postern_core::port::{BlockingPool, WorkError, WorkOrder, WorkSlot};
use postern_core::testing::{AtOnce, MemoryStore, SeededEntropy, StoppedClock};

const SECRET: &str =
    "otpauth://totp/Cloud:root?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=SHA256&digits=8&period=60";
const HOUR: u64 = 3600;

struct TestApp {
    quorum: Quorum,
    clock: Arc<StoppedClock>,
    store: Arc<MemoryStore>,
    portal: Arc<Portal>,
    work: Arc<Counting>,
}

/// Does work at once, and counts it.
#[derive(Default)]
struct Counting(AtomicU32);

impl BlockingPool for Counting {
    fn reserve(&self, order: WorkOrder) -> Result<Box<dyn WorkSlot>, WorkError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        AtOnce.reserve(order)
    }
}

impl TestApp {
    async fn open() -> Self {
        let (store, clock) = (Arc::new(MemoryStore::default()), Arc::new(StoppedClock::default()));
        let work = Arc::<Counting>::default();
        let outside = Outside {
            store: store.clone(),
            clock: clock.clone(),
            entropy: Arc::new(SeededEntropy::new(1)),
            heavy: work.clone(),
            letter_waits: Arc::new(|| {}),
        };
        let portal = Portal::open(outside, &[Secret::new([1; 32])], Settings::default()).await;
        let portal = Arc::new(portal.expect("a house that opens"));
        Self { quorum: Quorum::new(Arc::clone(&portal)), clock, store, portal, work }
    }

    fn now(&self) -> Timestamp {
        self.portal.now()
    }

    /// Pieces of heavy work so far.
    fn worked(&self) -> u32 {
        self.work.0.load(Ordering::SeqCst)
    }

    fn later(&self, secs: u64) {
        self.clock.set(self.now() + Duration::from_secs(secs));
    }

    async fn deal(&self, (threshold, size): (u64, u64), recipients: &[String]) -> Result<Dealt, Refusal> {
        let deal = Deal { secret: Secret::new(SECRET.to_owned()), size, threshold, recipients: recipients.to_vec() };
        refused(self.quorum.deal(network(1), deal).await)
    }

    async fn deals(&self, threshold: u64, size: u64) -> Vec<String> {
        let dealt = self.deal((threshold, size), &[]).await.expect("a deal");
        dealt.shares.iter().map(|share| share.expose().clone()).collect()
    }

    async fn asks(&self, first: &str) -> Asked {
        self.tries_to_ask(first, HOUR, (None, None)).await.expect("a session")
    }

    async fn tries_to_ask(
        &self,
        first: &str,
        lasts: u64,
        numbers: (Option<u64>, Option<u64>),
    ) -> Result<Asked, Refusal> {
        refused(self.quorum.ask(network(1), Ask { first, lasts, why: "the domain expires", numbers }).await)
    }

    async fn tries_to_ask_from(&self, last: u8, first: &str) -> Asked {
        let ask = Ask { first, lasts: HOUR, why: "", numbers: (None, None) };
        refused(self.quorum.ask(network(last), ask).await).expect("a session")
    }

    async fn joins(&self, id: &SessionId, share: &str) -> Result<Joining, Refusal> {
        refused(self.quorum.join(id, network(1), Given::Plain(share)).await)
    }

    /// A share encrypted to the session, as a custodian with `age` does it.
    async fn sends(&self, asked: &Asked, last: u8, text: &str) -> Result<Joining, Refusal> {
        let tek: age::x25519::Recipient = asked.tek.parse().expect("a recipient");
        let file = age::encrypt_and_armor(&tek, text.as_bytes()).expect("an age file");
        refused(self.quorum.join(&asked.id, network(last), Given::Encrypted(&file)).await)
    }

    async fn code(&self, asked: &Asked) -> Result<String, Refusal> {
        refused(self.quorum.code(&asked.id, network(1), asked.private.expose()).await)
            .map(|code| code.digits.expose().clone())
    }

    fn expected(&self) -> String {
        let secret: SharedSecret = SECRET.parse().expect("a secret");
        secret.code(self.now()).0.expose().clone()
    }
}

fn network(last: u8) -> Network {
    std::net::IpAddr::from([192, 0, 2, last]).into()
}

fn refused<T>(answer: Result<T, UseCaseError>) -> Result<T, Refusal> {
    answer.map_err(|no| match no {
        UseCaseError::Refused(refusal) => refusal,
        UseCaseError::InternalError(fault) => panic!("fault: {fault}"),
    })
}

#[tokio::test]
async fn enough_custodians_together_make_the_code_and_fewer_make_none() {
    let app = TestApp::open().await;
    let shares = app.deals(3, 5).await;
    let asked = app.asks(&shares[4]).await;
    let incomplete = |provided| Refusal::Incomplete { provided, threshold: 3 };
    assert_eq!(app.code(&asked).await, Err(incomplete(1)));
    assert_eq!(app.joins(&asked.id, &shares[0]).await, Ok(Joining::Joined));
    assert_eq!(app.code(&asked).await, Err(incomplete(2)));
    assert_eq!(app.joins(&asked.id, &shares[2]).await, Ok(Joining::Joined));
    assert_eq!(app.code(&asked).await, Ok(app.expected()));
    app.later(60);
    assert_eq!(app.code(&asked).await, Ok(app.expected()), "a fresh one, with the secret's own settings");
    let progress = refused(app.quorum.progress(&asked.id).await).expect("progress");
    assert!(progress.is_complete());
    assert_eq!((progress.provided, progress.waiting, progress.threshold, progress.size), (3, 0, 3, 5));
    assert_eq!(progress.why, "the domain expires");
}

#[tokio::test]
async fn a_share_counts_once_and_only_in_its_own_group() {
    let app = TestApp::open().await;
    let (shares, others) = (app.deals(2, 3).await, app.deals(2, 3).await);
    let asked = app.asks(&shares[0]).await;
    assert_eq!(app.joins(&asked.id, &shares[0]).await, Err(Refusal::Twice(1)));
    assert_eq!(app.joins(&asked.id, &others[1]).await, Err(Refusal::OtherGroup));
    let damaged = format!("{}A", shares[1]);
    assert!(matches!(app.joins(&asked.id, &damaged).await, Err(Refusal::Share(_))));
    assert_eq!(app.joins(&asked.id, &shares[1]).await, Ok(Joining::Joined));
    assert_eq!(app.code(&asked).await, Ok(app.expected()));
}

#[tokio::test]
async fn an_encrypted_share_waits_until_the_private_key_comes_and_junk_is_dropped_by_name() {
    let app = TestApp::open().await;
    let shares = app.deals(3, 5).await;
    let asked = app.asks(&shares[0]).await;
    assert_eq!(app.sends(&asked, 1, &shares[1]).await, Ok(Joining::Waits));
    assert_eq!(app.sends(&asked, 2, "junk").await, Ok(Joining::Waits));
    assert_eq!(app.sends(&asked, 3, &shares[1]).await, Ok(Joining::Waits));
    assert_eq!(app.sends(&asked, 4, &format!("{}\n", shares[2])).await, Ok(Joining::Waits));
    let progress = refused(app.quorum.progress(&asked.id).await).expect("progress");
    assert_eq!((progress.provided, progress.waiting), (1, 4));
    assert_eq!(app.code(&asked).await, Ok(app.expected()));
    let progress = refused(app.quorum.progress(&asked.id).await).expect("progress");
    assert!(matches!(progress.dropped[..], [Refusal::Share(_), Refusal::Twice(2)]), "{:?}", progress.dropped);
    assert_eq!((progress.provided, progress.waiting), (3, 0));
}

#[tokio::test]
async fn what_waits_is_bounded_by_the_group_and_by_network() {
    let app = TestApp::open().await;
    let shares = app.deals(2, 5).await;
    let asked = app.asks(&shares[0]).await;
    for _ in 0..3 {
        assert_eq!(app.sends(&asked, 1, "junk").await, Ok(Joining::Waits));
    }
    assert_eq!(app.sends(&asked, 1, "junk").await, Err(Refusal::FullOfNetwork));
    for _ in 0..2 {
        assert_eq!(app.sends(&asked, 2, "junk").await, Ok(Joining::Waits));
    }
    assert_eq!(app.sends(&asked, 3, "junk").await, Err(Refusal::Full));
    // Honest ones still get through, by a plain share or once the junk is read.
    assert_eq!(app.joins(&asked.id, &shares[1]).await, Ok(Joining::Joined));
    assert_eq!(app.code(&asked).await, Ok(app.expected()));
    for bad in ["", "junk", "-----BEGIN AGE ENCRYPTED FILE-----", &"x".repeat(5000)] {
        let given = Given::Encrypted(bad);
        let answer = refused(app.quorum.join(&asked.id, network(9), given).await);
        assert_eq!(answer, Err(Refusal::NotEncrypted), "{bad:.40}");
    }
}

#[tokio::test]
async fn only_the_one_who_asked_gets_codes_or_ends_the_session() {
    let app = TestApp::open().await;
    let shares = app.deals(2, 2).await;
    let (asked, other) = (app.asks(&shares[0]).await, app.asks(&shares[0]).await);
    app.joins(&asked.id, &shares[1]).await.expect("joined");
    for private in ["", "AGE-SECRET-KEY-1", other.private.expose(), &asked.tek] {
        assert_eq!(
            refused(app.quorum.code(&asked.id, network(2), private).await).map(drop),
            Err(Refusal::OtherPrivate)
        );
        assert_eq!(refused(app.quorum.end(&asked.id, network(2), private).await), Err(Refusal::OtherPrivate));
    }
    refused(app.quorum.end(&asked.id, network(1), asked.private.expose()).await).expect("ended");
    assert_eq!(app.code(&asked).await, Err(Refusal::Over));
    assert_eq!(app.joins(&asked.id, &shares[1]).await, Err(Refusal::Over));
    let nobody = SessionId::from([7; 16]);
    assert_eq!(app.joins(&nobody, &shares[1]).await, Err(Refusal::NoSession));
}

#[tokio::test]
async fn a_session_ends_by_itself_and_is_forgotten_a_day_later() {
    let app = TestApp::open().await;
    let shares = app.deals(2, 2).await;
    let asked = app.asks(&shares[0]).await;
    app.joins(&asked.id, &shares[1]).await.expect("joined");
    app.later(HOUR - 1);
    app.code(&asked).await.expect("a code");
    app.later(1);
    assert_eq!(app.code(&asked).await, Err(Refusal::Over));
    app.later(24 * HOUR);
    assert_eq!(app.code(&asked).await, Err(Refusal::NoSession));
}

#[tokio::test]
async fn a_session_of_a_forged_first_share_gives_no_code_and_a_forged_share_among_enough_does_no_harm() {
    let app = TestApp::open().await;
    let (shares, forged) = (app.deals(2, 4).await, app.deals(2, 4).await);
    let asked = app.asks(&forged[0]).await;
    for share in &shares {
        assert_eq!(app.joins(&asked.id, share).await, Err(Refusal::OtherGroup));
    }
    // One whose checksum fits, but whose bytes are not what was dealt.
    let mut liar: postern_app::quorum::Share = shares[1].parse().expect("a share");
    let mut bytes = liar.bytes.expose().clone();
    bytes[20] ^= 1;
    liar.bytes = Secret::new(bytes);
    let asked = app.asks(&shares[0]).await;
    app.joins(&asked.id, liar.line().expose()).await.expect("joined");
    assert_eq!(app.code(&asked).await, Err(Refusal::Forged));
    app.joins(&asked.id, &shares[2]).await.expect("joined");
    assert_eq!(app.code(&asked).await, Ok(app.expected()));
}

#[tokio::test]
async fn the_store_never_has_the_secret_a_share_or_the_private_key() {
    let app = TestApp::open().await;
    let shares = app.deals(3, 5).await;
    let key = b"12345678901234567890";
    let hidden = |asked: &Asked| {
        let mut hidden = vec![key.to_vec(), asked.private.expose().clone().into_bytes()];
        for share in &shares {
            hidden.push(share.clone().into_bytes());
            let read: postern_app::quorum::Share = share.parse().expect("a share");
            hidden.push(read.bytes.expose().clone());
        }
        hidden
    };
    let sealer = postern_core::seal::Sealer::new(&[Secret::new([1; 32])]).expect("a key");
    let looks = |asked: &Asked, step: &str| {
        for (place, value) in app.store.records() {
            let opened = sealer.open(&place, &value).map(|plain| plain.to_vec()).unwrap_or_default();
            for secret in hidden(asked) {
                let found = |text: &[u8]| text.windows(secret.len()).any(|window| window == secret);
                assert!(!found(&value) && !found(&opened), "after {step}, at {place}");
            }
        }
    };
    let asked = app.asks(&shares[0]).await;
    looks(&asked, "the asking");
    app.joins(&asked.id, &shares[1]).await.expect("joined");
    looks(&asked, "a share");
    app.sends(&asked, 1, &shares[2]).await.expect("waits");
    looks(&asked, "an encrypted share");
    assert_eq!(app.code(&asked).await, Ok(app.expected()));
    looks(&asked, "the code");
}

#[tokio::test]
async fn numbers_times_and_recipients_out_of_range_are_refused() {
    let app = TestApp::open().await;
    for (threshold, size) in [(1, 5), (6, 5), (0, 0), (2, 1), (2, 256), (300, 300)] {
        let refusal = app.deal((threshold, size), &[]).await.map(drop);
        assert_eq!(refusal, Err(Refusal::Numbers), "{threshold} of {size}");
    }
    let key = age::x25519::Identity::generate().to_public().to_string();
    let alone = app.deal((2, 2), std::slice::from_ref(&key)).await.map(drop);
    assert_eq!(alone, Err(Refusal::Recipients));
    let bad = [key, "age1nobody".to_owned()];
    assert_eq!(app.deal((2, 2), &bad).await.map(drop), Err(Refusal::Recipient(2)));
    let shares = app.deals(2, 3).await;
    for lasts in [0, 59, 86_401] {
        let answer = app.tries_to_ask(&shares[0], lasts, (None, None)).await;
        assert_eq!(answer.map(drop), Err(Refusal::Lasts), "{lasts}");
    }
    let answer = app.tries_to_ask(&shares[0], HOUR, (Some(3), None)).await;
    assert_eq!(answer.map(drop), Err(Refusal::OtherNumbers { threshold: 2, size: 3 }));
}

#[tokio::test]
async fn shares_for_recipients_open_with_their_own_identity_alone() {
    let app = TestApp::open().await;
    let identities: Vec<_> = (0..3).map(|_| age::x25519::Identity::generate()).collect();
    let recipients: Vec<String> = identities.iter().map(|identity| identity.to_public().to_string()).collect();
    let dealt = app.deal((2, 3), &recipients).await.expect("a deal");
    for (at, file) in dealt.shares.iter().enumerate() {
        let opened = age::decrypt(&identities[at], file.expose().as_bytes()).expect("a share");
        let share: postern_app::quorum::Share = String::from_utf8(opened).expect("text").parse().expect("a share");
        assert_eq!(usize::from(share.index), at + 1);
        assert!(age::decrypt(&identities[(at + 1) % 3], file.expose().as_bytes()).is_err());
    }
}

#[tokio::test]
async fn wrong_private_keys_are_made_to_wait_and_the_right_one_never_is() {
    let app = TestApp::open().await;
    let shares = app.deals(2, 2).await;
    let asked = app.asks(&shares[0]).await;
    app.joins(&asked.id, &shares[1]).await.expect("joined");
    let wrong = async |last| refused(app.quorum.code(&asked.id, network(last), "guess").await).map(drop);
    for _ in 0..20 {
        assert_eq!(wrong(1).await, Err(Refusal::OtherPrivate));
    }
    assert!(matches!(wrong(1).await, Err(Refusal::TooManyWrong { .. })));
    assert_eq!(wrong(2).await, Err(Refusal::OtherPrivate));
    assert_eq!(app.code(&asked).await, Ok(app.expected()), "from the network that guessed, too");
    app.later(600);
    assert_eq!(wrong(1).await, Err(Refusal::OtherPrivate));
}

#[tokio::test]
async fn deals_sessions_and_shares_are_bounded_by_network() {
    let app = TestApp::open().await;
    let shares = app.deals(2, 2).await;
    for _ in 1..60 {
        app.deals(2, 2).await;
    }
    assert!(matches!(app.deal((2, 2), &[]).await, Err(Refusal::TooMany { .. })));
    let asked = app.asks(&shares[0]).await;
    for _ in 1..60 {
        app.asks(&shares[0]).await;
    }
    assert!(matches!(app.tries_to_ask(&shares[0], HOUR, (None, None)).await, Err(Refusal::TooMany { .. })));
    let other = app.tries_to_ask_from(2, &shares[0]).await;
    for number in 0..120 {
        let id = if number % 2 == 0 { &asked.id } else { &other.id };
        assert!(matches!(app.joins(id, "junk").await, Err(Refusal::Share(_))));
    }
    assert!(matches!(app.joins(&asked.id, &shares[1]).await, Err(Refusal::TooMany { .. })));
    refused(app.quorum.join(&asked.id, network(2), Given::Plain(&shares[1])).await).expect("from elsewhere");
    assert_eq!(app.code(&asked).await, Ok(app.expected()));
}
