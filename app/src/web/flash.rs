//! What a form tells the page that follows it: what was done or why not, and what was typed. Secret fields are not
//! echoed: a form has to name what may come back.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use postern_core::model::Refusal;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FlashMessage {
    pub said: FlashContent,
    typed: EchoedFields,
}

/// Field names and what stood in them.
pub type EchoedFields = Vec<(Cow<'static, str>, String)>;

impl FlashMessage {
    pub fn new(said: FlashContent, typed: EchoedFields) -> Self {
        Self { said, typed: shown_again(typed) }
    }

    /// What was typed in a field, if it may be shown again.
    pub fn typed(&self, field: &str) -> Option<&str> {
        self.typed.iter().find(|(name, _)| name == field).map(|(_, text)| text.as_str())
    }

    pub fn done(&self) -> Option<Outcome> {
        if let FlashContent::Done(done) = self.said { Some(done) } else { None }
    }

    pub const fn refusal(&self) -> Option<&Refusal> {
        if let FlashContent::Refused(refusal) = &self.said { Some(refusal) } else { None }
    }
}

/// The longest text that a field shows again, in characters: what the fields of our pages take.
const LONGEST_SHOWN: usize = 254;

/// What was typed, as much of it as is shown again: a form may have been sent with more than its fields take.
pub(super) fn shown_again(mut typed: EchoedFields) -> EchoedFields {
    for (_, text) in &mut typed {
        if let Some((end, _)) = text.char_indices().nth(LONGEST_SHOWN) {
            text.truncate(end);
        }
        text.shrink_to_fit();
    }
    typed
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum FlashContent {
    Done(Outcome),
    Refused(Refusal),
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    CodeSentAnew,
    AnotherAddress,
    AddressProved,
    TotpConfirmed,
    TotpPassed,
    HotpConfirmed,
    HotpPassed,
    HotpInStep,
    KeyAdded,
    KeyPassed,
    Renamed,
    Removed,
    Scanned,
    /// The factor that was asked for again was passed: the form can be sent now.
    SteppedUp,
    SignedOut,
    AccountMade,
    AccountDeleted,
    /// A recovery code opened the door.
    RecoveryUsed,
    /// Whose name goes along.
    FactorAdded,
    SessionEnded,
    OthersEnded,
    AddressChanged,
    /// An API key is on its way by mail.
    ApiKeySent,
    ClientDisabled,
    /// The API key that was meant is not there, or somebody else's.
    ClientGone,
    /// What "this was not me" froze can be changed again.
    FreezeLifted,
    /// New recovery codes are saved, and the ones before are dead.
    CodesRenewed,
    /// Nothing to say.
    #[serde(alias = "Quietly")]
    NoMessage,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flash_message_keeps_no_more_than_a_field_shows() {
        let typed = vec![("address".into(), "\u{e9}".repeat(60_000)), ("name".into(), "Phone".to_owned())];
        let note = FlashMessage::new(FlashContent::Refused(Refusal::Missing), typed);
        assert_eq!(note.typed("address"), Some("\u{e9}".repeat(254).as_str()));
        assert_eq!(note.typed("name"), Some("Phone"));
    }
}
