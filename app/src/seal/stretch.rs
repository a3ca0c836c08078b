//! Argon2id (RFC 9106): makes a guess at what people type or keep on paper cost time and memory. It takes tens of
//! milliseconds, so whoever answers requests has it done by [`crate::port::HeavyWork`].

use argon2::{Algorithm, Argon2, Params, Version};

use crate::model::{Secret, StretchCost};

/// The cost kept with a secret makes no sense, or this machine has not the memory for it.
#[derive(Debug, thiserror::Error)]
#[error("a secret cannot be stretched: {0}")]
pub struct Unstretchable(argon2::Error);

/// What a secret is compared by. Wipes nothing of the caller's: a [`Secret`] does that itself when it is dropped.
pub fn stretch(secret: &[u8], salt: &[u8], cost: StretchCost) -> Result<Secret<[u8; 32]>, Unstretchable> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).map_err(Unstretchable)?;
    fill(&Argon2::new(Algorithm::Argon2id, Version::V0x13, params), secret, salt)
}

fn fill(argon2: &Argon2<'_>, secret: &[u8], salt: &[u8]) -> Result<Secret<[u8; 32]>, Unstretchable> {
    let mut out = zeroize::Zeroizing::new([0; 32]);
    argon2.hash_password_into(secret, salt, &mut *out).map_err(Unstretchable)?;
    Ok(Secret::new(*out))
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::*;
    use crate::factor::recovery_codes::{RecoveryCodes, State, draw};
    use crate::factor::{Factor, Submission, Verdict};
    use crate::model::Timestamp;
    use crate::port::Entropy;
    use crate::testing::SeededEntropy;

    /// RFC 9106 5.3. It has a key and associated data, which we do not use.
    #[test]
    fn the_published_input_gives_the_published_tag() {
        let params = argon2::ParamsBuilder::new()
            .m_cost(32)
            .t_cost(3)
            .p_cost(4)
            .output_len(32)
            .data(argon2::AssociatedData::new(&[4; 12]).expect("associated data"))
            .build()
            .expect("parameters");
        let argon2 = Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params).expect("a key");
        let tag = fill(&argon2, &[1; 32], &[2; 16]).expect("a tag");
        assert_eq!(HEXLOWER.encode(tag.expose()), "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
    }

    /// The test of the reference implementation (phc-winner-argon2, src/test.c) with t=2, m=8, p=1.
    #[test]
    fn without_a_key_it_is_what_the_reference_implementation_makes() {
        let cost = StretchCost { memory_kib: 256, passes: 2, lanes: 1 };
        let tag = stretch(b"password", b"somesalt", cost).expect("a tag");
        assert_eq!(HEXLOWER.encode(tag.expose()), "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe");
    }

    #[test]
    fn what_people_keep_costs_19_mib_twice_over_and_a_senseless_cost_is_a_fault() {
        let StretchCost { memory_kib, passes, lanes } = StretchCost::PRESENT;
        assert!(memory_kib >= 19 * 1024 && passes >= 2 && lanes == 1);
        for cost in
            [StretchCost { passes: 0, ..StretchCost::PRESENT }, StretchCost { lanes: 0, ..StretchCost::PRESENT }]
        {
            assert!(stretch(b"password", &[7; 16], cost).is_err(), "{cost:?}");
        }
    }

    #[test]
    fn recovery_codes_are_kept_stretched_at_the_present_cost_and_pass_by_it() {
        let (entropy, now) = (SeededEntropy::new(1), Timestamp::from_secs(1_000_000_000));
        let drawn = draw(|bytes| entropy.fill(bytes));
        let state = drawn.state(stretch, now).expect("a state");
        assert_eq!((state.cost, state.made_at), (StretchCost::PRESENT, now));
        let kept = state.write();
        for code in drawn.codes() {
            let secret = code.secret();
            assert!(!kept.expose().windows(secret.len()).any(|window| window == secret));
        }
        let code = drawn.codes().nth(4).expect("a code");
        let answer = state.unstretched(code).stretched(stretch).expect("stretched");
        let verdict = RecoveryCodes.judge(&kept, &Submission::Recovery(&answer), now).expect("a readable state");
        let Verdict::Right { state } = verdict else { panic!("{verdict:?}") };
        assert_eq!(State::read(&state).expect("a state").remaining(), 9);
    }
}
