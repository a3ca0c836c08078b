//! Reads metrics as Prometheus does (text format 0.0.4), and is as strict.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

/// The store's operations that the mail queue's worker calls at times of its own.
const WORKER: [&str; 3] = ["lease", "finish", "postpone"];

type Labels = BTreeMap<String, String>;

/// A number as it was written.
type Value = String;

/// All that was read at once.
#[derive(Debug, Default)]
pub struct Scrape {
    samples: Vec<(String, Labels, Value)>,
    /// By name: what kind it is, and what it says of itself.
    families: BTreeMap<String, (String, String)>,
}

impl Scrape {
    pub async fn of(address: SocketAddr) -> Self {
        let answer = reqwest::get(format!("http://{address}/metrics")).await.expect("an answer");
        assert_eq!(answer.status(), 200);
        assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
        assert!(!answer.headers().contains_key("set-cookie"));
        Self::read(&answer.text().await.expect("text"))
    }

    #[track_caller]
    pub fn read(text: &str) -> Self {
        let mut scrape = Self::default();
        let mut help = BTreeMap::new();
        let mut family = String::new();
        for line in text.lines().filter(|line| !line.is_empty()) {
            if let Some(said) = line.strip_prefix("# HELP ") {
                let (name, words) = said.split_once(' ').expect("a name and words");
                assert!(help.insert(name.to_owned(), words.to_owned()).is_none(), "{line}");
            } else if let Some(said) = line.strip_prefix("# TYPE ") {
                let (name, kind) = said.split_once(' ').expect("a name and a kind");
                let words = help.remove(name).unwrap_or_else(|| panic!("{name} says what it is"));
                name.clone_into(&mut family);
                let known = scrape.families.insert(name.to_owned(), (kind.to_owned(), words));
                assert!(known.is_none(), "all of a name stands together: {line}");
            } else {
                let sample = sample(line);
                let ends = ["", "_bucket", "_sum", "_count"];
                assert!(ends.iter().any(|end| sample.0 == format!("{family}{end}")), "{line} is no {family}");
                scrape.samples.push(sample);
            }
        }
        scrape.check();
        scrape
    }

    /// Conventions: <https://prometheus.io/docs/practices/naming/>.
    #[track_caller]
    fn check(&self) {
        let series: BTreeSet<_> = self.samples.iter().map(|(name, labels, _)| (name, labels)).collect();
        assert_eq!(series.len(), self.samples.len(), "each series stands once");
        for (name, (kind, _)) in &self.families {
            assert!(name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{name}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{name} is a {kind}");
            if kind == "histogram" {
                assert!(name.ends_with("_seconds"), "{name}");
                self.check_histogram(name);
            }
        }
    }

    #[track_caller]
    fn check_histogram(&self, name: &str) {
        for (_, labels, count) in self.samples.iter().filter(|(sample, ..)| *sample == format!("{name}_count")) {
            let of_it = |bucket: &Labels| labels.iter().all(|(label, value)| bucket.get(label) == Some(value));
            let buckets = self.samples.iter().filter(|(sample, ..)| *sample == format!("{name}_bucket"));
            let buckets: Vec<_> = buckets.filter(|(_, bucket, _)| of_it(bucket)).collect();
            assert!(buckets.is_sorted_by_key(|(.., count)| whole(count)), "{buckets:?}");
            let (_, last, all) = buckets.last().expect("buckets");
            assert_eq!((last["le"].as_str(), all), ("+Inf", count), "{name} {labels:?}");
        }
    }

    /// The sum over all series of a name that have these labels, of what comes in whole numbers.
    pub fn sum(&self, name: &str, labels: &[(&str, &str)]) -> u64 {
        let has =
            |these: &Labels| labels.iter().all(|(label, value)| these.get(*label).is_some_and(|own| own == value));
        let these = self.samples.iter().filter(|(sample, these, _)| sample == name && has(these));
        these.map(|(.., value)| whole(value)).sum()
    }

    /// How often each operation of the store was called, but for what the mail queue's worker does by itself.
    pub fn store_calls(&self) -> BTreeMap<String, u64> {
        let count = |operation: &str| self.sum("postern_store_duration_seconds_count", &[("operation", operation)]);
        let by_requests = self.values("operation").into_iter().filter(|operation| !WORKER.contains(operation));
        by_requests.map(|operation| (operation.to_owned(), count(operation))).collect()
    }

    pub fn kind(&self, name: &str) -> &str {
        &self.families.get(name).unwrap_or_else(|| panic!("{name} in {:?}", self.families)).0
    }

    /// Every value that a label has anywhere.
    pub fn values(&self, label: &str) -> BTreeSet<&str> {
        self.samples.iter().filter_map(|(_, labels, _)| labels.get(label)).map(String::as_str).collect()
    }

    /// How many series there are.
    pub fn len(&self) -> usize {
        self.samples.len()
    }
}

fn whole(value: &str) -> u64 {
    value.parse().unwrap_or_else(|error| panic!("{error}: {value}"))
}

fn sample(line: &str) -> (String, Labels, Value) {
    let (series, value) = line.rsplit_once(' ').expect("a series and a value");
    let _: f64 = value.parse().unwrap_or_else(|error| panic!("{error}: {line}"));
    let value = value.to_owned();
    let Some((name, rest)) = series.split_once('{') else { return (series.to_owned(), Labels::new(), value) };
    let mut labels = Labels::new();
    let mut rest = rest;
    while rest != "}" {
        let (label, after) = rest.split_once("=\"").unwrap_or_else(|| panic!("a label in {line}"));
        let (value, after) = after.split_once('"').unwrap_or_else(|| panic!("a value in {line}"));
        assert!(!value.contains('\\'), "no label of ours needs escaping: {line}");
        assert!(labels.insert(label.to_owned(), value.to_owned()).is_none(), "{line}");
        rest = after.strip_prefix(',').unwrap_or(after);
    }
    (name.to_owned(), labels, value)
}
