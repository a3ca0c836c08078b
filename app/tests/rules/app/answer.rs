//! What a use case answered, as a test expects it.

use postern_app::portal::{Answer, InternalError, UseCaseError};
use postern_core::model::Refusal;

pub trait Told<T> {
    /// It was done.
    fn done(self) -> T;
    /// It was refused, and why.
    fn refusal(self) -> Refusal;
    /// It broke.
    fn fault(self) -> InternalError;
}

impl<T> Told<T> for Answer<T> {
    #[track_caller]
    fn done(self) -> T {
        match self {
            Ok(done) => done,
            Err(no) => panic!("not done: {no:?}"),
        }
    }

    #[track_caller]
    fn refusal(self) -> Refusal {
        match self {
            Err(UseCaseError::Refused(refusal)) => refusal,
            Err(UseCaseError::InternalError(fault)) => panic!("a fault: {fault}"),
            Ok(_) => panic!("done, not refused"),
        }
    }

    #[track_caller]
    fn fault(self) -> InternalError {
        match self {
            Err(UseCaseError::InternalError(fault)) => fault,
            Err(UseCaseError::Refused(refusal)) => panic!("a refusal: {refusal:?}"),
            Ok(_) => panic!("done, not broken"),
        }
    }
}
