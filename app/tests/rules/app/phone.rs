//! An authenticator app that took what the enrolment showed.

use std::time::Duration;

use data_encoding::BASE32_NOPAD;
use postern_app::portal::TotpEnrolment;
use postern_core::factor::totp::{Setting, State};
use postern_core::model::{Secret, Timestamp};

#[derive(Clone, Debug)]
pub struct Phone {
    pub secret: Vec<u8>,
    pub setting: Setting,
    pub uri: String,
}

impl Phone {
    pub fn scans(enrolment: &TotpEnrolment) -> Self {
        let provisioning = &enrolment.provisioning;
        let secret = BASE32_NOPAD.decode(provisioning.key.expose().as_bytes()).expect("base32");
        Self { secret, setting: enrolment.setting, uri: provisioning.uri.expose().clone() }
    }

    pub fn code(&self, at: Timestamp) -> String {
        State::new(self.setting, Secret::new(self.secret.clone()), String::new()).code_at(at).expose().clone()
    }

    /// The code of so many steps before or after.
    pub fn code_steps_away(&self, steps: i32, at: Timestamp) -> String {
        let span = Duration::from_secs(self.setting.period) * steps.unsigned_abs();
        self.code(if steps < 0 { at - span } else { at + span })
    }

    /// A code that no step near this one has.
    pub fn wrong_code(&self, at: Timestamp) -> String {
        let near: Vec<_> = (-3..=3).map(|steps| self.code_steps_away(steps, at)).collect();
        let width = usize::from(self.setting.digits);
        (0..8).map(|n| format!("{n:0width$}")).find(|code| !near.contains(code)).expect("seven steps have seven codes")
    }
}
