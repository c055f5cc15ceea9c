//! The server's own metrics: name, kind, unit, labels and meaning, each written once.

use super::recorder::SERIES_LIMIT;
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

/// A metric that the server records.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Metric {
    /// Its name, everywhere.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// What it counts in.
    pub unit: Unit,
    /// Its labels in Prometheus.
    pub labels: &'static [&'static str],
    /// Its sets of dimensions in CloudWatch, beside the service.
    pub dimensions: &'static [&'static [&'static str]],
    /// What it says.
    pub meaning: &'static str,
}

/// What a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// How often which values came.
    Histogram,
}

pub(super) const REQUESTS: &str = "http_server_requests_total";
pub(super) const DURATION: &str = "http_server_request_duration_seconds";
pub(super) const ACTIVE: &str = "http_server_active_requests";
pub(super) const CONNECTIONS: &str = "http_server_open_connections";
pub(super) const RECEIVED: &str = "http_server_request_body_bytes_total";
pub(super) const SENT: &str = "http_server_response_body_bytes_total";
pub(super) const PROBES: &str = "dualrun_probes_total";
pub(super) const READY: &str = "dualrun_ready";
pub(super) const DROPPED: &str = "dualrun_log_lines_dropped_total";
pub(super) const COLD_STARTS: &str = "faas_coldstarts_total";
pub(super) const REMAINING: &str = "dualrun_lambda_remaining_seconds";

pub(super) const METHOD: &str = "http_request_method";
pub(super) const CLASS: &str = "http_response_status_class";
pub(super) const OUTCOME: &str = "outcome";
pub(super) const PROTOCOL: &str = "protocol";
pub(super) const PROBE: &str = "probe";

/// The labels of requests.
const OF_REQUEST: &[&str] = &[METHOD, CLASS, OUTCOME];
/// No dimension but the service.
const NONE: &[&[&str]] = &[&[]];

/// Every metric that the server records.
pub const METRICS: &[Metric] = &[
    Metric {
        name: REQUESTS,
        kind: Kind::Counter,
        unit: Unit::Count,
        labels: OF_REQUEST,
        dimensions: &[&[], &[CLASS], &[OUTCOME]],
        meaning: "Requests whose response has been sent, or was cut off; the server's own answers included, probes not.",
    },
    Metric {
        name: DURATION,
        kind: Kind::Histogram,
        unit: Unit::Seconds,
        labels: OF_REQUEST,
        dimensions: NONE,
        meaning: "Time from a request's head to the last byte of its response, of the same requests.",
    },
    Metric {
        name: ACTIVE,
        kind: Kind::Gauge,
        unit: Unit::Count,
        labels: &[],
        dimensions: NONE,
        meaning: "Requests whose response has not been sent to its end.",
    },
    Metric {
        name: CONNECTIONS,
        kind: Kind::Gauge,
        unit: Unit::Count,
        labels: &[PROTOCOL],
        dimensions: &[&[PROTOCOL]],
        meaning: "Open connections that have shown what they speak.",
    },
    Metric {
        name: RECEIVED,
        kind: Kind::Counter,
        unit: Unit::Bytes,
        labels: &[],
        dimensions: NONE,
        meaning: "Bytes of requests' bodies: as announced, otherwise as read.",
    },
    Metric {
        name: SENT,
        kind: Kind::Counter,
        unit: Unit::Bytes,
        labels: &[],
        dimensions: NONE,
        meaning: "Bytes of responses' bodies.",
    },
    Metric {
        name: PROBES,
        kind: Kind::Counter,
        unit: Unit::Count,
        labels: &[PROBE, CLASS],
        dimensions: &[&[PROBE, CLASS]],
        meaning: "Requests for the health path and the ready path, which are in no other count of requests.",
    },
    Metric {
        name: READY,
        kind: Kind::Gauge,
        unit: Unit::Count,
        labels: &[],
        dimensions: NONE,
        meaning: "Whether the process wants traffic: 1 or 0.",
    },
    Metric {
        name: DROPPED,
        kind: Kind::Counter,
        unit: Unit::Count,
        labels: &[],
        dimensions: NONE,
        meaning: "Lines of the log that were dropped because nobody read it.",
    },
    Metric {
        name: COLD_STARTS,
        kind: Kind::Counter,
        unit: Unit::Count,
        labels: &[],
        dimensions: NONE,
        meaning: "On Lambda: starts for an invocation that waited for it.",
    },
    Metric {
        name: REMAINING,
        kind: Kind::Histogram,
        unit: Unit::Seconds,
        labels: &[],
        dimensions: NONE,
        meaning: "On Lambda: time that an invocation had left when it was answered.",
    },
    Metric {
        name: REFUSED,
        kind: Kind::Counter,
        unit: Unit::Count,
        labels: &[],
        dimensions: NONE,
        meaning: "Metrics of the program that were not recorded, because there were too many series already.",
    },
];

pub(super) const REFUSED: &str = "dualrun_metrics_refused_total";

// With all their labels, the server's own are far from the limit.
const _: () = assert!(super::labels::COMBINATIONS * 2 < SERIES_LIMIT);

/// Tells the recorder of all.
pub(super) fn describe() {
    for metric in METRICS {
        let Metric {
            name,
            unit,
            meaning,
            ..
        } = *metric;
        match metric.kind {
            Kind::Counter => describe_counter!(name, unit, meaning),
            Kind::Gauge => describe_gauge!(name, unit, meaning),
            Kind::Histogram => describe_histogram!(name, unit, meaning),
        }
    }
}

/// The sets of dimensions of one of the server's own metrics.
pub(super) fn dimensions(name: &str) -> Option<&'static [&'static [&'static str]]> {
    let metric = METRICS.iter().find(|metric| metric.name == name);
    metric.map(|metric| metric.dimensions)
}
