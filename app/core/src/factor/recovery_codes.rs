//! Codes on paper for the day when everything else is lost: ten, each good once, kept as Argon2id hashes.
//!
//! Stretching takes long and is not done here: a set and a typed code tell what to stretch ([`Unstretched`]), somebody
//! does it off the threads that answer requests, and what comes of it is kept or judged.

mod code;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::{Factor, Submission, Unreadable, Verdict, read, write};
use crate::model::{FactorId, FactorKind, FactorState, Grade, Secret, SessionHandle, StretchCost, Timestamp, secret};

pub use code::{NotARecoveryCode, RecoveryCode};

pub const KIND: FactorKind = FactorKind::new("recovery");

/// How many codes a set has.
pub const SET: usize = 10;

/// One code of a set.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// The public part of the code; no two of a set share it.
    pub lead: String,
    #[serde(with = "serde_bytes")]
    pub salt: [u8; 16],
    /// Argon2id over the secret part.
    #[serde(with = "secret::bytes")]
    pub hash: Secret<Vec<u8>>,
    pub used_at: Option<Timestamp>,
}

/// What is kept of a set.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    /// What all of it was stretched at.
    pub cost: StretchCost,
    pub entries: Vec<Entry>,
    pub made_at: Timestamp,
    /// The set that takes the place of this one once its owner says that it is saved.
    #[serde(default)]
    pub next: Option<Box<NextSet>>,
}

/// A set that waits until its owner has saved it. None of its codes is good before.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NextSet {
    pub id: FactorId,
    /// The session that it was shown to.
    pub shown_to: SessionHandle,
    pub set: State,
}

impl State {
    pub fn read(state: &FactorState) -> Result<Self, Unreadable> {
        read(KIND, state)
    }

    pub fn write(&self) -> FactorState {
        write(self)
    }

    /// How many codes are left.
    pub fn remaining(&self) -> usize {
        self.entries.iter().filter(|entry| entry.used_at.is_none()).count()
    }

    /// What has to be stretched to judge this code. It is as much work for a code of which nothing is kept, so that the
    /// time does not tell.
    pub fn unstretched(&self, code: &RecoveryCode) -> Unstretched {
        let entry = self.entries.iter().find(|entry| entry.lead == code.lead());
        let salt = entry.map_or([0; 16], |entry| entry.salt);
        Unstretched { code: code.clone(), salt, cost: self.cost }
    }

    fn judge(mut self, answer: &Stretched, now: Timestamp) -> Verdict {
        let right = |entry: &Entry| entry.hash.expose().as_slice().ct_eq(answer.hash.expose().as_slice()).into();
        let found = self.entries.iter_mut().find(|entry| entry.lead == answer.lead).filter(|entry| right(entry));
        let Some(entry) = found else { return Verdict::Wrong };
        if entry.used_at.is_some() {
            return Verdict::Replayed { fresh_at: None };
        }
        entry.used_at = Some(now);
        Verdict::Right { state: self.write() }
    }
}

/// A code with the salt and the cost of its place in a set, before the work is done.
#[derive(Debug)]
pub struct Unstretched {
    code: RecoveryCode,
    salt: [u8; 16],
    cost: StretchCost,
}

impl Unstretched {
    /// Does the work with [`crate::seal`]'s `stretch`, which takes secret, salt and cost.
    pub fn stretched<E>(
        &self,
        stretch: impl Fn(&[u8], &[u8], StretchCost) -> Result<Secret<[u8; 32]>, E>,
    ) -> Result<Stretched, E> {
        let hash = stretch(self.code.secret(), &self.salt, self.cost)?;
        Ok(Stretched { lead: self.code.lead().to_owned(), hash })
    }
}

/// A typed code as it can be judged.
#[derive(Debug)]
pub struct Stretched {
    lead: String,
    hash: Secret<[u8; 32]>,
}

/// Ten codes that were just drawn, to be shown this once.
#[derive(Debug)]
pub struct Drawn(Vec<Unstretched>);

/// Draws a set from random bytes, each code equally likely but that no two have one lead.
pub fn draw(mut random: impl FnMut(&mut [u8])) -> Drawn {
    let mut drawn: Vec<Unstretched> = Vec::with_capacity(SET);
    while drawn.len() < SET {
        let code = RecoveryCode::draw(&mut random);
        if drawn.iter().all(|earlier| earlier.code.lead() != code.lead()) {
            let mut salt = [0; 16];
            random(&mut salt);
            drawn.push(Unstretched { code, salt, cost: StretchCost::PRESENT });
        }
    }
    Drawn(drawn)
}

impl Drawn {
    pub fn codes(&self) -> impl Iterator<Item = &RecoveryCode> {
        self.0.iter().map(|drawn| &drawn.code)
    }

    /// What is kept of it. This is ten times the work of one code.
    pub fn state<E>(
        &self,
        stretch: impl Fn(&[u8], &[u8], StretchCost) -> Result<Secret<[u8; 32]>, E>,
        made_at: Timestamp,
    ) -> Result<State, E> {
        let entry = |drawn: &Unstretched| {
            let Stretched { lead, hash } = drawn.stretched(&stretch)?;
            Ok(Entry { lead, salt: drawn.salt, hash: Secret::new(hash.expose().to_vec()), used_at: None })
        };
        let entries = self.0.iter().map(entry).collect::<Result<_, E>>()?;
        Ok(State { cost: StretchCost::PRESENT, entries, made_at, next: None })
    }
}

/// The kind.
pub struct RecoveryCodes;

impl Factor for RecoveryCodes {
    fn kind(&self) -> FactorKind {
        KIND
    }

    fn has_own_name(&self) -> bool {
        false
    }

    fn grade(&self) -> Grade {
        Grade::Code
    }

    fn judge(&self, state: &FactorState, submission: &Submission<'_>, now: Timestamp) -> Result<Verdict, Unreadable> {
        let Submission::Recovery(answer) = submission else { return Ok(Verdict::Wrong) };
        Ok(State::read(state)?.judge(answer, now))
    }
}

#[cfg(test)]
mod tests;
