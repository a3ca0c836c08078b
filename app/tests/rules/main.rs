//! What must hold, told as journeys through the use cases: one topic a file.

mod app;

mod at_most_once;
mod blocked;
mod clock_ahead;
mod dump;
mod forward_only;
mod guesses;
mod hotp;
mod logs;
mod mail_code;
mod mail_sends;
mod notes;
mod oathtool;
mod opening;
mod outage;
mod throttle;
mod totp_enrolment;
mod totp_hints;
mod visits;
