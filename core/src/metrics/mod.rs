//! Metrics of requests, connections and the process, through the [`metrics`](https://docs.rs/metrics) facade.
//!
//! A handler that counts with `metrics::counter!` lands in the same place. Where that is, `DUALRUN_METRICS` says: lines for
//! CloudWatch in the log (`emf`), or a page for Prometheus (`prometheus`). With a recorder of your own, which `main` sets before
//! `run`, all goes there; it must not be slow, since requests are recorded by whoever serves them.
//!
//! # Metrics
//!
//! [`METRICS`] has the server's own. What a client chooses is never a label: a method that is not of RFC 9110 or `PATCH` is
//! `_OTHER`, a status is its class, and there is no path.
//!
//! | label | values |
//! |---|---|
//! | `http_request_method` | `GET`, `HEAD`, `POST`, `PUT`, `DELETE`, `CONNECT`, `OPTIONS`, `TRACE`, `PATCH`, `_OTHER` |
//! | `http_response_status_class` | `1xx` to `5xx`; `none` if the client was gone before there was a status; `_OTHER` |
//! | `outcome` | `answered` by the service; `refused`, `timed_out`, `panicked` or `failed`: by the server in its place; `cut_off` before the end of the response |
//! | `protocol` | `http1`, `http2`, `websocket` (whatever a connection was upgraded to; over HTTP/2 a stream of it) |
//! | `probe` | `health`, `readiness` |
//!
//! Requests for the health path and the ready path are in `dualrun_probes_total` alone. They are many, quick and alike, so
//! the 99th percentile would be theirs; and the 503 of the ready path during a drain is no error.
//!
//! # Where they go
//!
//! With `emf`, what has come together in a minute is written as lines to stdout, whatever `DUALRUN_LOG` says; what is left
//! follows when the drain is over. On Lambda that is done at the end of each invocation. CloudWatch makes metrics of the lines in
//! the namespace `DUALRUN_METRICS_NAMESPACE`, with the dimension `service` if `OTEL_SERVICE_NAME` or
//! `AWS_LAMBDA_FUNCTION_NAME` is set. CloudWatch bills each set of values that dimensions have, so of the labels above only some are
//! dimensions: requests are counted in all, by class and by outcome. All labels of your own metrics are dimensions.
//!
//! With `prometheus`, `DUALRUN_METRICS_ADDR` serves `/metrics`, until the process ends.

#[cfg(not(feature = "metrics"))]
mod absent;
#[cfg(feature = "metrics")]
mod exporter;
mod kinds;
#[cfg(feature = "metrics")]
mod labels;
#[cfg(feature = "metrics")]
mod lambda;
#[cfg(feature = "metrics")]
mod meter;
#[cfg(feature = "metrics")]
mod process;
#[cfg(feature = "metrics")]
mod recorder;
#[cfg(feature = "metrics")]
mod table;

pub(crate) use self::kinds::{Ended, Outcome, Probe, Protocol};

#[cfg(not(feature = "metrics"))]
pub(crate) use self::absent::{
    Exporter, Invocation, Measured, Meter, OpenConnection, Received, cold_start, log_lines_dropped,
    ready,
};

#[cfg(feature = "metrics")]
pub(crate) use self::{
    exporter::Exporter,
    lambda::{Invocation, cold_start},
    meter::{Measured, Meter, OpenConnection, Received},
    process::{log_lines_dropped, ready},
};
#[cfg(feature = "metrics")]
pub use self::{
    recorder::Recorder,
    table::{Kind, METRICS, Metric},
};
/// The facade, for those who want the very version that is used here.
#[cfg(feature = "metrics")]
pub use ::metrics as facade;
