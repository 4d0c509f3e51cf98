//! Figures in Prometheus' text format: requests, how long they took, what was saved.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tminus_store::operate::Tally;

/// Upper ends of the histogram's buckets, in seconds.
const BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// A route as it is declared, so that no id of anybody's is a label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Copy, Debug, Default)]
struct Times {
    /// Requests by bucket, those above all buckets last.
    buckets: [u64; BUCKETS.len() + 1],
    seconds: f64,
}

#[derive(Debug, Default)]
pub(super) struct Metrics(Mutex<BTreeMap<Key, Times>>);

impl Metrics {
    pub(super) fn count(&self, method: &str, route: &str, status: u16, took: Duration) {
        let seconds = took.as_secs_f64();
        let bucket = BUCKETS.iter().position(|end| seconds <= *end).unwrap_or(BUCKETS.len());
        let key = Key { method: method.to_owned(), route: route.to_owned(), status };
        // A panic while holding the lock leaves whole numbers.
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let times = all.entry(key).or_default();
        times.buckets[bucket] += 1;
        times.seconds += seconds;
    }

    pub(super) fn text(&self, tally: &Tally) -> String {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut text = String::new();
        head(&mut text, "tminus_http_requests_total", "counter", "Requests answered.");
        let mut routes: BTreeMap<String, Times> = BTreeMap::new();
        for (key, times) in &all {
            let labels = format!("method=\"{}\",route=\"{}\"", escaped(&key.method), escaped(&key.route));
            let count: u64 = times.buckets.iter().sum();
            let _ = writeln!(text, "tminus_http_requests_total{{{labels},status=\"{}\"}} {count}", key.status);
            let sum = routes.entry(labels).or_default();
            sum.seconds += times.seconds;
            sum.buckets.iter_mut().zip(times.buckets).for_each(|(sum, more)| *sum += more);
        }
        head(&mut text, "tminus_http_request_duration_seconds", "histogram", "How long answers took.");
        for (labels, times) in &routes {
            histogram(&mut text, labels, times);
        }
        head(&mut text, "tminus_changes_total", "counter", "Changes saved since the start.");
        let _ = writeln!(text, "tminus_changes_total {}", tally.changes());
        head(&mut text, "tminus_record_entries_total", "counter", "Entries added to the record since the start.");
        let _ = writeln!(text, "tminus_record_entries_total {}", tally.entries());
        text
    }
}

fn histogram(text: &mut String, labels: &str, times: &Times) {
    const NAME: &str = "tminus_http_request_duration_seconds";
    let mut up_to = 0;
    for (end, count) in BUCKETS.iter().map(f64::to_string).chain(["+Inf".to_owned()]).zip(times.buckets) {
        up_to += count;
        let _ = writeln!(text, "{NAME}_bucket{{{labels},le=\"{end}\"}} {up_to}");
    }
    let _ = writeln!(text, "{NAME}_sum{{{labels}}} {:.6}", times.seconds);
    let _ = writeln!(text, "{NAME}_count{{{labels}}} {up_to}");
}

fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} {kind}\n");
}

fn escaped(label: &str) -> String {
    label.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_route_and_their_times_add_up() {
        let metrics = Metrics::default();
        metrics.count("GET", "/engagements/{id}", 200, Duration::from_millis(2));
        metrics.count("GET", "/engagements/{id}", 404, Duration::from_millis(3));
        metrics.count("GET", "/engagements/{id}", 200, Duration::from_mins(1));
        let text = metrics.text(&Tally::default());
        for line in [
            "tminus_http_requests_total{method=\"GET\",route=\"/engagements/{id}\",status=\"200\"} 2",
            "tminus_http_request_duration_seconds_bucket{method=\"GET\",route=\"/engagements/{id}\",le=\"0.0025\"} 1",
            "tminus_http_request_duration_seconds_bucket{method=\"GET\",route=\"/engagements/{id}\",le=\"5\"} 2",
            "tminus_http_request_duration_seconds_bucket{method=\"GET\",route=\"/engagements/{id}\",le=\"+Inf\"} 3",
            "tminus_http_request_duration_seconds_count{method=\"GET\",route=\"/engagements/{id}\"} 3",
            "tminus_record_entries_total 0",
        ] {
            assert!(text.lines().any(|it| it == line), "{line} is not in\n{text}");
        }
    }
}
