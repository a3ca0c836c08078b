//! What proofs amount to.

use crate::model::{Grade, Proof};

/// How sure we are who sits there: 0 (not at all) to 3 (a key that cannot be phished).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Level(u8);

impl Level {
    pub const NONE: Self = Self(0);

    pub const fn number(self) -> u8 {
        self.0
    }

    /// The level of an account's session. While a second factor is outstanding it opens nothing.
    /// 1 = mail, where there is no second factor; 2 = mail and a code; 3 = mail and a key.
    pub fn of_account(proofs: &[Proof], has_second_factor: bool) -> Self {
        match Self::of_visitor(proofs) {
            Self(1) if has_second_factor => Self::NONE,
            level => level,
        }
    }

    /// The level a visitor has shown. It is for display: a visitor's level opens nothing.
    /// 1 = mail; 2 = mail and a code; 3 = mail and a key.
    pub fn of_visitor(proofs: &[Proof]) -> Self {
        let passed = |grade| proofs.iter().any(|proof| proof.grade == grade);
        match (passed(Grade::Mail), passed(Grade::Code), passed(Grade::Key)) {
            (false, _, _) => Self(0),
            (true, false, false) => Self(1),
            (true, true, false) => Self(2),
            (true, _, true) => Self(3),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FactorId, Timestamp};

    #[test]
    fn a_level_needs_mail_first_and_takes_the_strongest_factor_beside_it() {
        let level = |grades: &[Grade]| {
            let proof =
                |grade: &Grade| Proof { factor: FactorId::from([1; 16]), grade: *grade, at: Timestamp::from_secs(0) };
            Level::of_visitor(&grades.iter().map(proof).collect::<Vec<_>>()).number()
        };
        assert_eq!(level(&[]), 0);
        assert_eq!(level(&[Grade::Code, Grade::Key]), 0);
        assert_eq!(level(&[Grade::Mail]), 1);
        assert_eq!(level(&[Grade::Code, Grade::Mail]), 2);
        assert_eq!(level(&[Grade::Mail, Grade::Code, Grade::Key]), 3);
        assert_eq!(level(&[Grade::Mail, Grade::Key]), 3);
    }

    #[test]
    fn mail_alone_opens_an_account_only_if_that_is_all_it_has() {
        let proof = |grade| Proof { factor: FactorId::from([1; 16]), grade, at: Timestamp::from_secs(0) };
        let level = |grades: &[Grade], more| {
            Level::of_account(&grades.iter().map(|grade| proof(*grade)).collect::<Vec<_>>(), more).number()
        };
        assert_eq!(level(&[Grade::Mail], false), 1);
        assert_eq!(level(&[Grade::Mail], true), 0);
        assert_eq!(level(&[Grade::Mail, Grade::Code], true), 2);
        assert_eq!(level(&[Grade::Key], true), 0);
    }
}
