//! One line in the log for each request, written when its response has been sent or has been cut off.

use crate::Body;
use crate::app::HEALTH_PATH;
use crate::context::RequestId;
use crate::options::AccessLog;
use http::header::{HeaderName, HeaderValue, USER_AGENT};
use http::{Method, Request, StatusCode, Uri};
use std::net::IpAddr;
use tokio::time::Instant;

/// The target of the access log's events, for those who filter.
pub(super) const TARGET: &str = "dualrun::access";

const X_AMZN_TRACE_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// What a line says. It is written on drop, and so also when the client goes away before the end.
pub(super) struct Line {
    mode: AccessLog,
    start: Instant,
    method: Method,
    uri: Uri,
    id: RequestId,
    client: IpAddr,
    trace_id: Option<HeaderValue>,
    traceparent: Option<HeaderValue>,
    user_agent: Option<HeaderValue>,
    pub(super) status: Option<StatusCode>,
    pub(super) bytes: u64,
    pub(super) is_complete: bool,
}

impl Line {
    pub(super) fn of(
        request: &Request<Body>,
        mode: AccessLog,
        start: Instant,
        id: RequestId,
        client: IpAddr,
    ) -> Self {
        let header = |name: &HeaderName| request.headers().get(name).cloned();
        Self {
            mode,
            start,
            method: request.method().clone(),
            uri: request.uri().clone(),
            id,
            client,
            trace_id: header(&X_AMZN_TRACE_ID),
            traceparent: header(&TRACEPARENT),
            user_agent: header(&USER_AGENT),
            status: None,
            bytes: 0,
            is_complete: false,
        }
    }

    fn is_wanted(&self) -> bool {
        let failed =
            !self.is_complete || self.status.is_some_and(|status| status.is_server_error());
        match self.mode {
            AccessLog::Off => false,
            AccessLog::Errors => failed,
            AccessLog::Requests => failed || !self.is_successful_health_check(),
            AccessLog::All => true,
        }
    }

    fn is_successful_health_check(&self) -> bool {
        self.uri.path() == HEALTH_PATH && self.status.is_some_and(|status| status.is_success())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if !self.is_wanted() {
            return;
        }
        macro_rules! write_line {
            ($level:ident) => {
                tracing::$level!(
                    target: TARGET,
                    request_id = self.id.as_str(),
                    method = self.method.as_str(),
                    // Without the query: people put secrets there.
                    path = self.uri.path(),
                    status = self.status.map(|status| status.as_u16()),
                    bytes = self.bytes,
                    duration_ms = milliseconds(self.start),
                    client = %self.client,
                    trace_id = self.trace_id.as_ref().map(text),
                    traceparent = self.traceparent.as_ref().map(text),
                    user_agent = self.user_agent.as_ref().map(text),
                    cut_off = (!self.is_complete).then_some(true),
                    "request"
                )
            };
        }
        match self.status {
            Some(status) if status.is_server_error() => write_line!(error),
            Some(_) if self.is_complete => write_line!(info),
            _ => write_line!(warn),
        }
    }
}

/// Milliseconds since `start`, to the microsecond.
fn milliseconds(start: Instant) -> f64 {
    start.elapsed().as_micros() as f64 / 1000.0
}

/// A header as text. One with other bytes than ASCII is shown as such, not left out.
fn text(value: &HeaderValue) -> &str {
    value.to_str().unwrap_or("(not ASCII)")
}
