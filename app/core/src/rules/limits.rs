//! The numbers: how long things live, how often they may be asked for.

use std::time::Duration;

use super::throttle::Policy;
use crate::model::{Account, Session};

/// A visitor's session, with all that was enrolled in it.
pub const VISIT_LASTS: Duration = Duration::from_hours(1);

/// An account's session ends when it was not used for this long …
pub const IDLE: Duration = Duration::from_hours(1);

/// … and after this in any case.
pub const SIGNED_IN_LASTS: Duration = Duration::from_hours(12);

/// How exactly a session's last use is known: a use within this of the one noted is not noted.
pub const SEEN_EVERY: Duration = Duration::from_mins(1);

/// How far the clocks of several instances may be apart. What says that it began later than this from now was written by
/// a clock that was wrong.
pub const CLOCK_SKEW: Duration = Session::SKEW;

/// A sign-in waits this long for its second factor.
pub const SIGN_IN_LASTS: Duration = Duration::from_mins(10);

/// Sessions an account may have; a further one ends the one longest unused.
pub const MOST_SESSIONS: usize = 50;

/// How long an account's factors do not change after "this was not me".
pub const FREEZE: Duration = Account::FREEZE;

/// How long a letter with news is worth sending, and its link "this was not me" works.
pub const NEWS_LASTS: Duration = Duration::from_hours(3 * 24);

/// How long the letter to an address that was replaced, and its link, can restore it.
pub const ADDRESS_RESTORABLE: Duration = crate::model::ADDRESS_RESTORABLE;

/// "This was not me" removes the factors and recovery codes that were added no longer ago than this.
pub const REMOVES_ADDED_WITHIN: Duration = Duration::from_hours(1);

/// How long new recovery codes wait for their owner to say that they are saved.
pub const CODES_WAIT: Duration = Duration::from_hours(1);

/// An invitation to make an account.
pub const INVITATION_LASTS: Duration = Duration::from_hours(7 * 24);

/// An API key that is not activated is gone after this.
pub const API_KEY_WAITS: Duration = Duration::from_hours(24);

/// API keys an address may have.
pub const MOST_API_KEYS: usize = 50;

/// How long a client is shown whose records all went to another.
pub const ROTATED_SHOWN: Duration = Duration::from_hours(30 * 24);

/// An unconfirmed secret dies after this.
pub const ENROLMENT_LASTS: Duration = Duration::from_mins(10);

/// An unconfirmed secret of a client's user: the client may hand it over by letter.
pub const SUBJECT_ENROLMENT_LASTS: Duration = Duration::from_hours(24);

/// A mail code dies after this.
pub const MAIL_CODE_LASTS: Duration = Duration::from_mins(5);

/// A WebAuthn challenge dies after this.
pub const CEREMONY_LASTS: Duration = Duration::from_mins(5);

/// Security keys an account, or a subject of a client, may have.
pub const MOST_KEYS: usize = 20;

/// Security keys a visitor may have: nobody vouches for a visitor, and what is kept of one is to stay small.
pub const MOST_KEYS_OF_VISITOR: usize = 10;

/// Security keys that may be kept for whoever is signed in, or is not.
pub const fn max_keys(is_signed_in: bool) -> usize {
    if is_signed_in { MOST_KEYS } else { MOST_KEYS_OF_VISITOR }
}

/// Wrong guesses for an address since its last success from which its mail codes have 8 digits.
pub const GUESSES_TO_LONGER_CODES: u32 = 10;

/// For a factor: 5 free, then 30 s doubling to 15 min; shut at 50; remembered 30 days.
pub const FACTOR: Policy = Policy {
    free_attempts: 5,
    first_wait: Duration::from_secs(30),
    longest_wait: Duration::from_mins(15),
    escalates_at: u32::MAX,
    longest_escalated: Duration::ZERO,
    blocked_at: 50,
    memory: Duration::from_hours(30 * 24),
};

/// For a factor of a client's user: as any other, but at 50 the waits double on up to a day. It is never shut: its user
/// has no other factor here to open it with.
pub const SUBJECT: Policy =
    Policy { escalates_at: 50, longest_escalated: Duration::from_hours(24), blocked_at: u32::MAX, ..FACTOR };

/// For the operators' password, by network. Nobody could open it again if it shut for good.
pub const ADMIN: Policy = Policy { blocked_at: u32::MAX, memory: Duration::from_hours(24), ..FACTOR };

/// For one mail code: 5 tries, then it is void.
pub const MAIL_CODE: Policy = Policy { free_attempts: u32::MAX, blocked_at: 5, memory: MAIL_CODE_LASTS, ..FACTOR };

/// Counts wrong guesses for an address and never says no: it only decides how long its codes are.
pub const GUESSES: Policy = Policy { free_attempts: u32::MAX, blocked_at: u32::MAX, ..FACTOR };
