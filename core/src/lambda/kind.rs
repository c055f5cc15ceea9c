//! The four kinds of event, and what their senders take as an answer.

use super::event::Event;

/// Who sent an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EventKind {
    /// API Gateway, REST API; also an HTTP API with payload format 1.0.
    Rest,
    /// API Gateway, HTTP API; also a function URL.
    Http,
    /// A load balancer without multi-value headers: one value for each header, the last.
    AlbSingle,
    /// A load balancer with multi-value headers.
    AlbMulti,
}

impl EventKind {
    /// `None` for an event that carries no HTTP request.
    pub(super) fn of(event: &Event<'_>) -> Option<Self> {
        let context = event.request_context.as_ref();
        if context.is_some_and(|context| context.http.is_some()) {
            Some(Self::Http)
        } else if event.http_method.is_none() {
            None
        } else if context.is_none_or(|context| context.elb.is_none()) {
            Some(Self::Rest)
        } else if event.multi_value_headers.is_some() {
            Some(Self::AlbMulti)
        } else {
            Some(Self::AlbSingle)
        }
    }

    /// Whether the sender takes an answer in pieces.
    pub(super) const fn can_stream(self) -> bool {
        matches!(self, Self::Rest | Self::Http)
    }

    /// The largest answer in bytes of JSON: Lambda's own limit for a synchronous invocation, 6 MB (AWS,
    /// "Lambda quotas"), and a load balancer's, 1 MB (AWS, "Lambda functions as targets").
    pub(super) const fn limit(self) -> usize {
        match self {
            Self::Rest | Self::Http => 6 * 1024 * 1024,
            Self::AlbSingle | Self::AlbMulti => 1024 * 1024,
        }
    }
}
