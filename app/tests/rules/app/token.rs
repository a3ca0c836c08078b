//! A counter token: presses, and forgets nothing but what was typed.

use data_encoding::BASE32_NOPAD;
use postern_app::portal::HotpEnrolment;
use postern_core::factor::hotp::{Setting, State};
use postern_core::model::Secret;

#[derive(Clone, Debug)]
pub struct Token {
    pub secret: Vec<u8>,
    pub setting: Setting,
    /// The counter of the next press.
    pub next: u64,
}

impl Token {
    pub fn scans(enrolment: &HotpEnrolment) -> Self {
        let provisioning = &enrolment.provisioning;
        Self {
            secret: BASE32_NOPAD.decode(provisioning.key.expose().as_bytes()).expect("base32"),
            setting: enrolment.setting,
            next: enrolment.setting.initial_count,
        }
    }

    /// The code of any counter.
    pub fn code(&self, counter: u64) -> String {
        let setting = Setting { initial_count: counter, ..self.setting };
        State::new(setting, Secret::new(self.secret.clone()), String::new()).code().expose().clone()
    }

    pub fn press(&mut self) -> String {
        self.next += 1;
        self.code(self.next - 1)
    }

    pub fn presses_in_vain(&mut self, times: u64) {
        self.next += times;
    }

    /// A code that no counter near this one has.
    pub fn wrong_code(&self) -> String {
        let near: Vec<_> = (self.next.saturating_sub(200)..self.next + 200).map(|at| self.code(at)).collect();
        let width = usize::from(self.setting.digits);
        (0..1_000).map(|n| format!("{n:0width$}")).find(|code| !near.contains(code)).expect("400 counters, 1000 codes")
    }
}
