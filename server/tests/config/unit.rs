//! The systemd unit in `deploy/`, against what the process does.

use std::collections::HashMap;
use std::path::PathBuf;

/// The values of a systemd unit, by their names.
fn unit(text: &str) -> HashMap<String, String> {
    let lines = text.lines().filter(|line| !line.starts_with(['#', '[']));
    lines.filter_map(|line| line.split_once('=').map(|(name, value)| (name.to_owned(), value.to_owned()))).collect()
}

#[test]
fn systemd_unit_restarts_for_ever_and_leaves_time_to_stop() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../deploy/postern.service");
    let unit = unit(&std::fs::read_to_string(path).expect("a unit"));
    let is = |name: &str, value: &str| assert_eq!(unit.get(name).map(String::as_str), Some(value), "{name}");
    is("Restart", "always");
    is("StartLimitIntervalSec", "0");
    is("UMask", "0077");
    is("LimitCORE", "0");
    let number = |name: &str| unit[name].parse::<u64>().expect("a number");
    assert!(number("RestartSec") >= 1 && number("LimitNOFILE") >= 65_536);
    let stop = postern::app::GRACE + postern::mail::Pace::default().grace;
    assert!(number("TimeoutStopSec") > stop.as_secs(), "requests and letters in hand, one after the other");
}
