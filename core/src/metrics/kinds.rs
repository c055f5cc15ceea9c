//! What the stack and the server tell of requests and connections.

use http::StatusCode;
use std::time::Duration;

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The service has answered, whatever its status.
    Answered,
    /// The server has, in its place: there was no room, or the request was bad.
    Refused,
    /// The service did not answer in time.
    TimedOut,
    Panicked,
    /// It returned an error.
    Failed,
    /// The response was not sent to its end, or never began.
    #[cfg(feature = "metrics")]
    CutOff,
}

impl Outcome {
    /// What traces call it, where that says more than the status.
    #[cfg(feature = "otel")]
    pub(crate) const fn error_type(self) -> Option<&'static str> {
        match self {
            Self::TimedOut => Some("timeout"),
            Self::Panicked => Some("panic"),
            _ => None,
        }
    }
}

/// A request by whoever looks whether the service is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Probe {
    Health,
    Readiness,
}

/// What a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http1,
    Http2,
    /// Or what else it was upgraded to. Over HTTP/2 it is a stream.
    Websocket,
}

/// How a request has ended.
pub(crate) struct Ended {
    pub(crate) status: Option<StatusCode>,
    /// Of the response's body.
    pub(crate) bytes: u64,
    pub(crate) is_complete: bool,
    pub(crate) duration: Duration,
}
