//! Simple one-time codes by mail. They are judged against what is [`Pending`] in the session that asked, not against
//! what the holder keeps, so this kind is no [`super::Factor`].

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;

use super::{Unreadable, read, write};
use crate::model::{FactorKind, FactorState, Grade, Holder, MailAddress, Secret, Timestamp};

pub const KIND: FactorKind = FactorKind::new("email");

/// What passing it shows.
pub const GRADE: Grade = Grade::Mail;

/// What a mail code is for. It confirms nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// This session's holder reads that mailbox.
    Prove,
    /// Signing in to the account of that address, or to a new one.
    SignIn,
    /// The address that an account is to have from now on.
    ChangeAddress,
}

impl Purpose {
    pub const ALL: [Self; 3] = [Self::Prove, Self::SignIn, Self::ChangeAddress];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Prove => "prove",
            Self::SignIn => "sign-in",
            Self::ChangeAddress => "change-address",
        }
    }
}

/// A code that is on its way or in somebody's mailbox.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pending {
    pub address: MailAddress,
    /// A keyed hash over session, purpose and code; the code itself is nowhere but in the letter.
    #[serde(with = "crate::model::secret::bytes")]
    pub hash: Secret<Vec<u8>>,
    pub digits: u8,
    pub sent_at: Timestamp,
    pub ends: Timestamp,
}

impl Pending {
    /// Whether this is the hash of the right code, compared in constant time.
    pub fn matches(&self, hash: &[u8]) -> bool {
        self.hash.expose().as_slice().ct_eq(hash).into()
    }
}

/// Draws a code of so many digits from random bytes, each value equally likely.
pub fn draw(digits: u8, mut random: impl FnMut() -> u32) -> Secret<String> {
    let values = 10_u32.pow(u32::from(digits));
    // Values from the last, incomplete round of the range would come up more often: drawn again.
    let fair = u32::MAX - u32::MAX % values;
    let value = loop {
        let value = random();
        if value < fair {
            break value % values;
        }
    };
    Secret::new(format!("{value:0width$}", width = usize::from(digits)))
}

/// What is kept of a proved address.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct State {
    pub address: MailAddress,
}

impl State {
    pub fn read(state: &FactorState) -> Result<Self, Unreadable> {
        read(KIND, state)
    }

    pub fn write(&self) -> FactorState {
        write(self)
    }
}

/// Calls the email factor by its address, whatever it was renamed to while that could be done: programs are told the name.
pub fn call_by_address(holder: &mut Holder) -> Result<(), Unreadable> {
    for factor in holder.factors.iter_mut().filter(|factor| factor.kind == KIND) {
        factor.name = State::read(&factor.state)?.address.to_string();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FactorId, FactorRecord};

    #[test]
    fn email_factor_that_was_renamed_is_called_by_its_address() {
        let address: MailAddress = "ada@example.org".parse().expect("an address");
        let at = Timestamp::from_secs(1);
        let record = FactorRecord {
            id: FactorId::from([1; 16]),
            kind: KIND,
            name: "eve@example.org".to_owned(),
            added_at: at,
            confirmed_at: Some(at),
            last_used_at: None,
            state: State { address }.write(),
        };
        let mut holder = Holder { factors: vec![record], ..Holder::default() };
        call_by_address(&mut holder).expect("a readable state");
        assert_eq!(holder.factors[0].name, "ada@example.org");
    }

    #[test]
    fn codes_have_their_digits_and_a_draw_from_the_unfair_end_is_drawn_again() {
        assert_eq!(draw(6, || 42).expose(), "000042");
        assert_eq!(draw(8, || 4_200_000_007 % 100_000_000).expose(), "00000007");
        let mut draws = [u32::MAX, 4_294_000_000, 1_234_567].into_iter();
        assert_eq!(draw(6, || draws.next().expect("a draw")).expose(), "234567");
    }
}
