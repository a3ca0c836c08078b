//! What happened to a holder: one line of its activity.

use serde::{Deserialize, Serialize};

use super::{FactorKind, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub at: Timestamp,
    pub what: EventKind,
    pub factor: FactorKind,
    /// The network it came from, as shown to the owner.
    pub network: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventKind {
    Enrolled,
    Passed,
    Renamed,
    Removed,
    /// Refused, because its count of signatures did not rise.
    Cloned,
    /// Passed, and its key may be synced to other devices from now on.
    BecameSynced,
    /// Passed, although the count of signatures of its synced key did not rise.
    CountNotRisen,
    AccountMade,
    /// With this factor.
    SignedIn,
    SignedOut,
    /// New recovery codes; the old ones are dead.
    CodesRenewed,
    /// A recovery code opened the door.
    RecoveryUsed,
    AddressChanged,
    /// As the address that was replaced is told.
    AddressReplaced,
    /// "This was not me" in a letter to an earlier address made that the account's address again.
    AddressRestored,
    /// So many wrong answers to a factor in a row that there is a wait after each.
    WrongAnswers,
    /// So many wrong answers that the factor is locked.
    FactorLocked,
    /// One or more of the others.
    SessionsEnded,
    Exported,
    Deleted,
    /// Somebody followed the link "this was not me".
    Disowned,
    /// The owner lifted what "this was not me" froze.
    Unfrozen,
    /// An operator took all second factors away.
    Reset,
    /// An operator forgave counts and lifted a freeze.
    Unblocked,
}

/// A part of a holder's activity. Each has room of its own, so that what can be repeated at will pushes nothing else out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActivityPart {
    /// What concerns the account as a whole, or warns of somebody else.
    Account,
    Factors,
    SignIns,
    /// What a session may do as often as it likes.
    Routine,
}

impl ActivityPart {
    pub const ALL: [Self; 4] = [Self::Routine, Self::SignIns, Self::Factors, Self::Account];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Account => "activity",
            Self::Factors => "activity/factors",
            Self::SignIns => "activity/sign-ins",
            Self::Routine => "activity/routine",
        }
    }

    /// How many of its events are kept.
    pub const fn capacity(self) -> usize {
        match self {
            Self::Account => 200,
            Self::Factors | Self::SignIns => 100,
            Self::Routine => 50,
        }
    }
}

impl EventKind {
    pub const fn part(self) -> ActivityPart {
        match self {
            Self::AccountMade
            | Self::AddressChanged
            | Self::AddressReplaced
            | Self::AddressRestored
            | Self::WrongAnswers
            | Self::FactorLocked
            | Self::Cloned
            | Self::BecameSynced
            | Self::CodesRenewed
            | Self::RecoveryUsed
            | Self::Deleted
            | Self::Disowned
            | Self::Unfrozen
            | Self::Reset
            | Self::Unblocked => ActivityPart::Account,
            Self::Enrolled | Self::Removed => ActivityPart::Factors,
            Self::SignedIn | Self::SignedOut | Self::CountNotRisen => ActivityPart::SignIns,
            Self::Passed | Self::Renamed | Self::SessionsEnded | Self::Exported => ActivityPart::Routine,
        }
    }
}

/// The newest events for a short list: at most `most`, and at most `alike` of one sort, so that repeating one thing hides
/// nothing. `events` are newest first.
pub fn summarize(events: &[Event], most: usize, alike: usize) -> Vec<&Event> {
    let mut chosen: Vec<&Event> = Vec::new();
    for event in events {
        if chosen.len() == most {
            break;
        }
        if chosen.iter().filter(|earlier| earlier.what == event.what).count() < alike {
            chosen.push(event);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeating_one_thing_hides_nothing_in_the_short_list() {
        let event = |at, what| {
            let (factor, network) = (FactorKind::new("email"), String::new());
            Event { at: Timestamp::from_secs(at), what, factor, network }
        };
        let mut events: Vec<Event> = (0..50).rev().map(|at| event(100 + at, EventKind::Exported)).collect();
        events.push(event(1, EventKind::AddressChanged));
        let shown = summarize(&events, 20, 5);
        assert_eq!(shown.len(), 6);
        assert_eq!(shown[5].what, EventKind::AddressChanged);
        assert_eq!(summarize(&events, 3, 5).len(), 3);
    }
}
