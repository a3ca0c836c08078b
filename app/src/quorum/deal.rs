//! Dealing: a secret split among custodians, and put together again.
//!
//! Shamir's sharing, byte by byte, over GF(256) with the reducing polynomial x^8 + x^4 + x^3 + x^2 + 1 (0x11d, as in QR codes;
//! not AES's 0x11b). The secret's byte is the polynomial's value at 0, a share's its value at the share's index.

use blahaj::Sharks;
use zeroize::Zeroizing;

use super::share::{Group, Share};
use super::shared_secret::{SharedSecret, commitment};
use postern_core::model::Secret;

/// Why shares give no secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotTogether {
    #[error("too few shares, or of different groups")]
    TooFew,
    #[error("what comes of these shares is not what was dealt: one of them is forged")]
    Forged,
}

/// Splits a secret. `size` is 2 to 255 and `threshold` 2 to `size`, as the caller saw to.
pub fn deal(secret: &SharedSecret, (threshold, size): (u8, u8), id: [u8; 16], salt: &[u8; 16]) -> Vec<Share> {
    let payload = secret.payload(salt);
    let group = Group { id, threshold, size, commitment: commitment(&payload) };
    let parts = Sharks(threshold).dealer(&payload).take(size.into());
    parts
        .map(|part| {
            let mut bytes = Vec::<u8>::from(&part);
            let index = bytes.remove(0);
            Share { group: group.clone(), index, bytes: Secret::new(bytes) }
        })
        .collect()
}

/// The secret of some shares of one group. A wrong one is noticed by the commitment before any code is made of it.
pub fn combine(group: &Group, shares: &[Share]) -> Result<SharedSecret, NotTogether> {
    let enough = usize::from(group.threshold);
    let is_ours = |share: &&Share| share.group == *group;
    let ours: Vec<&Share> = shares.iter().filter(is_ours).collect();
    if ours.len() < enough {
        return Err(NotTogether::TooFew);
    }
    let length = ours[0].bytes.expose().len();
    let mut parts = Vec::with_capacity(enough);
    for share in ours.iter().take(enough) {
        if share.bytes.expose().len() != length {
            return Err(NotTogether::Forged);
        }
        let bytes = Zeroizing::new([&[share.index][..], share.bytes.expose()].concat());
        parts.push(blahaj::Share::try_from(bytes.as_slice()).map_err(|_| NotTogether::Forged)?);
    }
    let payload = Sharks(group.threshold).recover(&parts).map_err(|_| NotTogether::TooFew)?;
    let payload = Zeroizing::new(payload);
    if commitment(&payload) != group.commitment {
        return Err(NotTogether::Forged);
    }
    SharedSecret::read(&payload).ok_or(NotTogether::Forged)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use postern_core::model::Timestamp;

    const NOW: Timestamp = Timestamp::from_secs(1_234_567_890);

    fn secret() -> SharedSecret {
        "otpauth://totp/A?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=SHA512&digits=8&period=60"
            .parse()
            .expect("one")
    }

    fn dealt(threshold: u8, size: u8) -> Vec<Share> {
        deal(&secret(), (threshold, size), [5; 16], &[6; 16])
    }

    #[test]
    fn every_three_of_five_give_the_secret_and_no_two_do() {
        let shares = dealt(3, 5);
        let group = shares[0].group.clone();
        let expected = secret().code(NOW).0;
        for mask in 0_u8..32 {
            let some: Vec<Share> = (0..5).filter(|at| mask & (1 << at) != 0).map(|at| shares[at].clone()).collect();
            let code = combine(&group, &some).map(|secret| secret.code(NOW).0);
            if some.len() >= 3 {
                assert_eq!(code, Ok(expected.clone()), "{mask:05b}");
            } else {
                assert_eq!(code, Err(NotTogether::TooFew), "{mask:05b}");
            }
        }
    }

    #[test]
    fn two_hundred_and_fifty_five_custodians_are_no_fewer_than_two() {
        for (threshold, size) in [(2, 2), (255, 255), (2, 255)] {
            let shares = dealt(threshold, size);
            assert_eq!(shares.len(), usize::from(size));
            assert_eq!(shares.last().map(|share| share.index), Some(size));
            combine(&shares[0].group, &shares).expect("a secret");
        }
    }

    #[test]
    fn a_forged_share_never_gives_a_code() {
        let shares = dealt(3, 5);
        let group = shares[0].group.clone();
        for at in 0..shares[2].bytes.expose().len() {
            let mut forged = shares.clone();
            let mut bytes = forged[2].bytes.expose().clone();
            bytes[at] ^= 1;
            forged[2].bytes = Secret::new(bytes);
            assert_eq!(combine(&group, &forged[..3]).map(drop), Err(NotTogether::Forged), "byte {at}");
        }
        let other = deal(&secret(), (3, 5), [5; 16], &[7; 16]);
        let mixed = [shares[0].clone(), shares[1].clone(), other[2].clone()];
        assert_eq!(combine(&group, &mixed).map(drop), Err(NotTogether::TooFew));
    }

    /// A product in GF(256) as it is defined, bit by bit, reduced by 0x11d.
    fn product(mut a: u8, b: u8) -> u8 {
        let mut product = 0;
        for bit in 0..8 {
            if b & (1 << bit) != 0 {
                product ^= a;
            }
            a = if a & 0x80 == 0 { a << 1 } else { (a << 1) ^ 0x1d };
        }
        product
    }

    fn quotient(a: u8, b: u8) -> u8 {
        (0..=255).find(|quotient| product(*quotient, b) == a).expect("b is not 0")
    }

    /// The value at 0 of the polynomial through these points (Lagrange).
    fn at_zero(points: &[(u8, u8)]) -> u8 {
        points.iter().fold(0, |sum, (x, y)| {
            let others = points.iter().filter(|(other, _)| other != x);
            sum ^ others.fold(*y, |term, (other, _)| quotient(product(term, *other), x ^ other))
        })
    }

    #[test]
    fn shares_dealt_here_are_put_together_by_another_implementation_over_0x11d() {
        assert_eq!((product(0x80, 2), product(0x53, 0xca)), (0x1d, 0x8f));
        let shares = dealt(3, 5);
        let length = shares[0].bytes.expose().len();
        let byte = |at: usize| {
            let points: Vec<(u8, u8)> =
                [4, 0, 2].map(|share| (shares[share].index, shares[share].bytes.expose()[at])).into();
            at_zero(&points)
        };
        let payload: Vec<u8> = (0..length).map(byte).collect();
        assert_eq!(payload, *secret().payload(&[6; 16]));
    }

    #[test]
    fn shares_of_another_implementation_over_0x11d_are_put_together_here() {
        let payload = secret().payload(&[6; 16]);
        let group = Group { id: [5; 16], threshold: 3, size: 5, commitment: commitment(&payload) };
        let share = |index: u8| {
            let value = |(at, byte): (usize, &u8)| {
                let (linear, square) = (at.to_le_bytes()[0].wrapping_mul(37), 0xca ^ at.to_le_bytes()[0]);
                byte ^ product(linear, index) ^ product(square, product(index, index))
            };
            let bytes = payload.iter().enumerate().map(value).collect();
            Share { group: group.clone(), index, bytes: Secret::new(bytes) }
        };
        let made = combine(&group, &[share(5), share(1), share(3)]).expect("the secret");
        assert_eq!(made.code(NOW).0, secret().code(NOW).0);
    }

    /// A polynomial whose leading coefficient is never zero would give a share byte that is never the secret's byte:
    /// a thing to learn from.
    #[test]
    fn a_share_says_nothing_of_the_secret() {
        let key = vec![0x42; 32];
        let text = data_encoding::BASE32_NOPAD.encode(&key);
        let secret: SharedSecret = text.parse().expect("a secret");
        let (mut seen, mut equal) = (BTreeSet::new(), 0);
        for number in 0..40 {
            for share in deal(&secret, (2, 3), [number; 16], &[number; 16]) {
                let bytes = &share.bytes.expose()[19..];
                seen.extend(bytes.iter().copied());
                equal += bytes.iter().map(|byte| usize::from(*byte == 0x42)).sum::<usize>();
            }
        }
        assert_eq!(seen.len(), 256, "values that never occur");
        // 3,840 bytes: 15 are expected; all of 2 to 40 is beyond doubt.
        assert!((2..=40).contains(&equal), "{equal} of 3840");
    }
}
