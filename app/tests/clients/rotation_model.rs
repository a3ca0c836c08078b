//! A model of rotations: random ones over three pairs, broken off by a store that fails at a random call, two at once,
//! with pairs disabled and codes validated in between. No user is ever unreachable by every pair, and no code is
//! accepted twice.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::future::join_all;
use postern_app::client::Rotation;
use postern_app::portal::{Answer, UseCaseError};
use postern_core::model::{Refusal, SubjectId};
use postern_core::testing::SeededEntropy;

use crate::app::{ADA, Phone, Service, TestApp, Told, network};

const STEP: Duration = Duration::from_secs(30);
const STEPS: usize = 24;
const USERS: usize = 3;
/// Calls of the store after which a call is broken off: some two rotations' worth.
const CALLS: u64 = 90;

struct Model {
    seed: u64,
    step: usize,
    dice: SeededEntropy,
    app: TestApp,
    pairs: Vec<Service>,
    /// Where the users are, as far as acknowledged rotations say.
    holder: usize,
    users: Vec<Phone>,
    accepted: BTreeSet<(String, String)>,
    /// One at most: whoever disables both ends of a rotation has no users any more, and wants none.
    disabled: Option<usize>,
}

fn is_complete(outcome: &Answer<Rotation>) -> bool {
    matches!(outcome, Ok(Rotation { totp_incomplete: 0, keys_incomplete: 0, .. }))
}

impl Model {
    async fn begin(seed: u64) -> Self {
        let app = TestApp::interleaved(seed).await;
        let pairs = vec![app.service(ADA).await, app.service(ADA).await, app.service(ADA).await];
        let mut users = Vec::new();
        for _ in 0..USERS {
            users.push(pairs[0].totp_user().await);
        }
        let (dice, accepted) = (SeededEntropy::new(seed + 1_000), BTreeSet::new());
        Self { seed, step: 0, dice, app, pairs, holder: 0, users, accepted, disabled: None }
    }

    fn below(&self, most: usize) -> usize {
        usize::try_from(self.dice.below(most as u64)).expect("a small number")
    }

    async fn state(&self, pair: usize) -> String {
        let list = self.app.clients.list().await.done();
        list.into_iter().find(|line| line.key == self.pairs[pair].key).expect("a client").state
    }

    /// Follows rotations of the holder that were done before they were broken off.
    async fn find_holder(&mut self) {
        while self.state(self.holder).await == "rotated" {
            let mut next = None;
            for pair in 0..self.pairs.len() {
                let called = self.pairs[self.holder].rotates_to(&self.pairs[pair]).await;
                if is_complete(&called) {
                    next = Some(pair);
                }
            }
            self.holder = next.unwrap_or_else(|| panic!("{} leads nowhere: {}", self.holder, self.place()));
        }
    }

    fn place(&self) -> String {
        format!("seed {}, step {}", self.seed, self.step)
    }

    async fn rotates(&self, (from, to): (usize, usize)) -> Answer<Rotation> {
        self.pairs[from].rotates_to(&self.pairs[to]).await
    }

    fn two(&self) -> (usize, usize) {
        let from = self.below(self.pairs.len());
        (from, (from + 1 + self.below(self.pairs.len() - 1)) % self.pairs.len())
    }

    /// One code at all pairs at once: one of them takes it at most, and that once.
    async fn validates_everywhere(&self, user: usize) -> Option<(String, String)> {
        let (phone, now) = (&self.users[user], self.app.now());
        let code = phone.code(now);
        let tries = self.pairs.iter().map(|pair| tries(pair, &phone.id, &code));
        let passed = join_all(tries).await.into_iter().flatten().count();
        assert!(passed <= 1, "a code passed {passed} times: {}", self.place());
        (passed == 1).then(|| (phone.id.to_string(), code))
    }

    async fn act(&mut self) {
        let calls = (self.below(3) > 0).then(|| self.dice.below(CALLS));
        if let Some(calls) = calls {
            self.app.store.go_down_after(calls);
        }
        let user = self.below(self.users.len());
        let (one, other) = (self.two(), self.two());
        let taken = match self.below(4) {
            0 => {
                let _ = self.rotates(one).await;
                None
            }
            1 => {
                let _ = tokio::join!(self.rotates(one), self.rotates(other));
                None
            }
            2 => tokio::join!(self.rotates(one), self.rotates(other), self.validates_everywhere(user)).2,
            _ => tokio::join!(self.rotates(one), self.validates_everywhere(user)).1,
        };
        self.app.store.set_down(false);
        self.note(taken);
        self.find_holder().await;
        if self.disabled.is_none() && self.below(6) == 0 {
            let pair = self.below(self.pairs.len());
            if pair != self.holder || self.state(pair).await == "rotating" {
                self.app.clients.disable_for_operator(&self.pairs[pair].key).await.done();
                self.disabled = Some(pair);
            }
        }
        self.app.later(STEP);
        let taken = self.validates_everywhere(user).await;
        self.note(taken);
        self.app.later(STEP);
    }

    fn note(&mut self, taken: Option<(String, String)>) {
        if let Some(taken) = taken {
            assert!(self.accepted.insert(taken), "a code was accepted twice: {}", self.place());
        }
    }

    /// Every user answers under some pair, if need be after what is unfinished was called again, or taken to a pair that
    /// was not there before. Leaves everything as it was.
    async fn all_are_reached(&self) {
        let before = self.app.store.snapshot();
        let now = self.app.now();
        if !self.all_answer(&self.pairs).await {
            let mut pairs = self.pairs.clone();
            pairs.push(self.app.service(ADA).await);
            for from in &pairs {
                for to in &pairs {
                    let _ = from.rotates_to(to).await;
                }
            }
            assert!(self.all_answer(&pairs).await, "somebody is lost: {}", self.place());
        }
        self.app.store.go_back(&before);
        self.app.clock.set(now);
    }

    async fn all_answer(&self, pairs: &[Service]) -> bool {
        for phone in &self.users {
            let mut is_there = false;
            for pair in pairs {
                let answer = tries(pair, &phone.id, &phone.code(self.app.now())).await;
                is_there |= match answer {
                    Err(UseCaseError::Refused(Refusal::NoClient | Refusal::NotEnrolled)) => false,
                    Ok(()) | Err(UseCaseError::Refused(_)) => true,
                    Err(UseCaseError::InternalError(fault)) => panic!("{fault}: {}", self.place()),
                };
                if is_there {
                    break;
                }
            }
            if !is_there {
                return false;
            }
        }
        true
    }
}

async fn tries(pair: &Service, id: &SubjectId, code: &str) -> Answer<()> {
    let clients = &pair.app.clients;
    // From a network each, so that refusals of pairs that are done with throttle nobody.
    let caller = clients.caller(network(2), &pair.key, &pair.secret).await;
    let caller = match caller {
        Err(UseCaseError::Refused(Refusal::TooManyRefusals { .. })) => return Err(Refusal::NoClient.into()),
        caller => caller?,
    };
    clients.answer_totp(&caller, id, &code.parse().expect("a code")).await
}

#[tokio::test]
async fn nobody_is_ever_unreachable_and_no_code_passes_twice() {
    let (first, runs) = match std::env::var("POSTERN_ROTATION_SEED").ok().and_then(|seed| seed.parse().ok()) {
        Some(seed) => (seed, 1),
        None => (0, 60),
    };
    let (mut disabled, mut moved) = (0, 0);
    for seed in first..first + runs {
        let mut model = Model::begin(seed).await;
        for step in 0..STEPS {
            model.step = step;
            model.act().await;
            model.all_are_reached().await;
        }
        disabled += usize::from(model.disabled.is_some());
        moved += usize::from(model.holder != 0);
    }
    assert!(runs == 1 || (disabled > 10 && moved > 10), "it tried little: {disabled} disabled, {moved} moved");
}
