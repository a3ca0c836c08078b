//! Every refusal has one name, in answers and in the log.

use postern_core::model::{FactorKind, NextTry, SendLimit};

use super::*;

#[test]
fn refusal_has_the_code_of_its_problem_type() {
    let (now, until) = (Timestamp::from_secs(10), Timestamp::from_secs(20));
    for refusal in [
        Refusal::NoSession,
        Refusal::Missing,
        Refusal::NotACode,
        Refusal::BadSetting("digits".to_owned()),
        Refusal::Wrong { next: NextTry::Never, hint: None },
        Refusal::Replayed { fresh_at: None, next: NextTry::Never },
        Refusal::Throttled { until },
        Refusal::Blocked,
        Refusal::NotEnrolled,
        Refusal::AlreadyEnrolled,
        Refusal::NoCodeAsked,
        Refusal::CodeVoid { resend_at: until },
        Refusal::SendTooSoon { until },
        Refusal::TooManySends { until, limit: SendLimit::Portal },
        Refusal::BadRegistration(KeyFlaw::Malformed),
        Refusal::BadAssertion(KeyFlaw::Malformed),
        Refusal::TooManyKeys,
        Refusal::TooManyChallenges { until },
        Refusal::TooManyRenewals { until },
        Refusal::StepUp { with: vec![FactorKind::new("totp")] },
        Refusal::SecondFactorNeeded,
        Refusal::Frozen { until },
        Refusal::AddressOfAccount,
        Refusal::AddressTaken,
        Refusal::FixedName,
        Refusal::TicketUsed,
        Refusal::AddressReplaced { until },
        Refusal::RotationUnfinished,
        Refusal::SignUpClosed,
        Refusal::NoSignIn,
        Refusal::TicketOver,
        Refusal::NotPassedLately,
        Refusal::NotARecoveryCode,
        Refusal::NotConfirmed,
        Refusal::NoClient,
        Refusal::NoApiKey,
        Refusal::AlreadyActivated,
        Refusal::NotTheGateway,
        Refusal::TooManyApiKeys,
        Refusal::RotatedElsewhere,
        Refusal::AddressHasAccount,
        Refusal::AddressNotProved,
        Refusal::TooManyRefusals { until },
        Refusal::TooManySessions { until },
    ] {
        let (code, problem) = (refusal.code(), Problem::of(&UseCaseError::Refused(refusal), now));
        assert_eq!(code, problem.kind.code);
    }
}

#[test]
fn locked_factor_is_403_with_what_unlocks_it_and_without_a_time() {
    let problem = Problem::of(&UseCaseError::Refused(Refusal::Blocked), Timestamp::from_secs(10));
    assert_eq!((problem.status, problem.retry_after), (StatusCode::FORBIDDEN, None));
    assert!(
        problem.detail.contains("recovery code") && problem.detail.contains("another factor"),
        "{}",
        problem.detail
    );
}
