//! When a factor has to be passed again before an account changes.

use std::time::Duration;

use crate::model::{Grade, Proof, Timestamp};

/// How long a factor that was passed is fresh.
pub const FRESH: Duration = Duration::from_mins(10);

/// Whether a session may change its account now. The mail code alone does not do when there is another factor.
pub fn is_fresh(proofs: &[Proof], has_second_factor: bool, now: Timestamp) -> bool {
    let does = |proof: &Proof| proof.grade > Grade::Mail || !has_second_factor;
    proofs.iter().any(|proof| does(proof) && now <= proof.at + FRESH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FactorId;

    fn proof(grade: Grade, at: i64) -> Proof {
        Proof { factor: FactorId::from([1; 16]), grade, at: Timestamp::from_secs(at) }
    }

    #[test]
    fn a_factor_is_fresh_for_ten_minutes() {
        let proofs = [proof(Grade::Code, 1_000)];
        assert!(is_fresh(&proofs, true, Timestamp::from_secs(1_600)));
        assert!(!is_fresh(&proofs, true, Timestamp::from_millis(1_600_001)));
        assert!(!is_fresh(&[], false, Timestamp::from_secs(0)));
    }

    #[test]
    fn the_mail_code_does_only_where_there_is_nothing_else() {
        let proofs = [proof(Grade::Mail, 1_000)];
        assert!(is_fresh(&proofs, false, Timestamp::from_secs(1_000)));
        assert!(!is_fresh(&proofs, true, Timestamp::from_secs(1_000)));
    }
}
