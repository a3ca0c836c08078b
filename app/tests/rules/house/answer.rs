//! What a use case answered, as a test expects it.

use postern_app::portal::{Answer, Fault, No};
use postern_core::model::Refusal;

pub trait Told<T> {
    /// It was done.
    fn done(self) -> T;
    /// It was refused, and why.
    fn refusal(self) -> Refusal;
    /// It broke.
    fn fault(self) -> Fault;
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
            Err(No::Refused(refusal)) => refusal,
            Err(No::Fault(fault)) => panic!("a fault: {fault}"),
            Ok(_) => panic!("done, not refused"),
        }
    }

    #[track_caller]
    fn fault(self) -> Fault {
        match self {
            Err(No::Fault(fault)) => fault,
            Err(No::Refused(refusal)) => panic!("a refusal: {refusal:?}"),
            Ok(_) => panic!("done, not broken"),
        }
    }
}
