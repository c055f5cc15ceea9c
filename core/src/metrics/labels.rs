//! The values of labels, of which there are few whatever a client sends.

use super::kinds::{Probe, Protocol};
use http::{Method, StatusCode};

/// The methods of RFC 9110 and RFC 5789. OpenTelemetry calls all others so ("Semantic conventions for HTTP metrics").
pub(super) const METHODS: [&str; 10] = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "_OTHER",
];

/// What there was of a response: nothing, a status of one of the five classes, or another.
pub(super) const CLASSES: [&str; 7] = ["none", "1xx", "2xx", "3xx", "4xx", "5xx", "_OTHER"];

pub(super) const OUTCOMES: [&str; 6] = [
    "answered",
    "refused",
    "timed_out",
    "panicked",
    "failed",
    "cut_off",
];

pub(super) const COMBINATIONS: usize = METHODS.len() * CLASSES.len() * OUTCOMES.len();

impl Probe {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Health => "health",
            Self::Readiness => "readiness",
        }
    }
}

impl Protocol {
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Http1 => "http1",
            Self::Http2 => "http2",
            Self::Websocket => "websocket",
        }
    }
}

/// The method's place among [`METHODS`].
pub(super) fn method(method: &Method) -> u8 {
    match *method {
        Method::GET => 0,
        Method::HEAD => 1,
        Method::POST => 2,
        Method::PUT => 3,
        Method::DELETE => 4,
        Method::CONNECT => 5,
        Method::OPTIONS => 6,
        Method::TRACE => 7,
        Method::PATCH => 8,
        _ => 9,
    }
}

/// The status's place among [`CLASSES`].
pub(super) fn class(status: Option<StatusCode>) -> usize {
    status.map_or(0, |status| usize::from(status.as_u16() / 100).min(6))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_method_and_status_has_a_label_and_unknown_ones_share_theirs() {
        for (index, name) in METHODS.iter().enumerate().take(9) {
            let parsed = name.parse().unwrap();
            assert_eq!(usize::from(method(&parsed)), index, "{name}");
        }
        for unknown in ["get", "PROPFIND", "A-VERY-LONG-METHOD-NAME"] {
            let label = METHODS[usize::from(method(&unknown.parse().unwrap()))];
            assert_eq!(label, "_OTHER", "{unknown}");
        }
        let label = |status| CLASSES[class(StatusCode::from_u16(status).ok())];
        assert_eq!(
            [101, 204, 304, 404, 599, 600, 999, 0].map(label),
            [
                "1xx", "2xx", "3xx", "4xx", "5xx", "_OTHER", "_OTHER", "none"
            ]
        );
    }
}
