//! For lines that anybody can bring about: one a minute, with the number of those left out.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Between two lines of one kind.
const PAUSE: Duration = Duration::from_mins(1);

/// Permits one line of a kind a minute.
#[derive(Debug, Default)]
pub struct RateLimit(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    next: Option<Instant>,
    suppressed: u64,
}

impl RateLimit {
    /// How many lines were left out since the last one; `None`: this one is left out, too.
    pub fn permit(&self) -> Option<u64> {
        self.permit_at(Instant::now())
    }

    fn permit_at(&self, now: Instant) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if state.next.is_some_and(|next| now < next) {
            state.suppressed += 1;
            return None;
        }
        state.next = Some(now + PAUSE);
        Some(std::mem::take(&mut state.suppressed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_a_minute_is_permitted_and_tells_how_many_were_left_out() {
        let (limit, start) = (RateLimit::default(), Instant::now());
        assert_eq!(limit.permit_at(start), Some(0));
        for second in 1..60 {
            assert_eq!(limit.permit_at(start + Duration::from_secs(second)), None);
        }
        assert_eq!(limit.permit_at(start + PAUSE), Some(59));
        assert_eq!(limit.permit_at(start + 2 * PAUSE), Some(0));
    }
}
