//! One line in the log for each request, written when its response has been sent or has been cut off.

use crate::Body;
use crate::context::RequestId;
use crate::log::cut;
use crate::options::AccessLog;
use http::header::{HeaderName, HeaderValue, USER_AGENT};
use http::{Method, Request, StatusCode, Uri};
use std::borrow::Cow;
use std::net::IpAddr;
use tokio::time::Instant;

/// The target of the access log's events, for those who filter.
pub(crate) const TARGET: &str = "dualrun::access";

const X_AMZN_TRACE_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");
const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// What a line says. It is written on drop, and so also when the client goes away before the end.
pub(super) struct Line {
    about: About,
    start: Instant,
    method: Method,
    uri: Uri,
    id: RequestId,
    trace_id: Option<HeaderValue>,
    traceparent: Option<HeaderValue>,
    user_agent: Option<HeaderValue>,
    pub(super) status: Option<StatusCode>,
    pub(super) bytes: u64,
    /// The body has come to its end.
    pub(super) has_ended: bool,
    /// And all of it was sent.
    pub(super) is_complete: bool,
}

/// What the stack knows of a request beside the request.
pub(super) struct About {
    pub(super) mode: AccessLog,
    pub(super) client: IpAddr,
    pub(super) is_health_check: bool,
}

impl Line {
    pub(super) fn of(request: &Request<Body>, start: Instant, id: RequestId, about: About) -> Self {
        let header = |name: &HeaderName| request.headers().get(name).cloned();
        Self {
            about,
            start,
            method: request.method().clone(),
            uri: request.uri().clone(),
            id,
            trace_id: header(&X_AMZN_TRACE_ID),
            traceparent: header(&TRACEPARENT),
            user_agent: header(&USER_AGENT),
            status: None,
            bytes: 0,
            has_ended: false,
            is_complete: false,
        }
    }

    fn is_wanted(&self) -> bool {
        let failed =
            !self.is_complete || self.status.is_some_and(|status| status.is_server_error());
        match self.about.mode {
            AccessLog::Off => false,
            AccessLog::Errors => failed,
            AccessLog::Requests => failed || !self.is_successful_health_check(),
            AccessLog::All => true,
        }
    }

    fn is_successful_health_check(&self) -> bool {
        self.about.is_health_check && self.status.is_some_and(|status| status.is_success())
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
                    method = &*cut(self.method.as_str()),
                    // Without the query: people put secrets there.
                    path = &*cut(self.uri.path()),
                    status = self.status.map(|status| status.as_u16()),
                    bytes = self.bytes,
                    duration_ms = milliseconds(self.start),
                    client = %self.about.client,
                    trace_id = self.trace_id.as_ref().map(text).as_deref(),
                    traceparent = self.traceparent.as_ref().map(text).as_deref(),
                    user_agent = self.user_agent.as_ref().map(text).as_deref(),
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

/// A header as text, cut. One with other bytes than ASCII is shown as such, not left out.
fn text(value: &HeaderValue) -> Cow<'_, str> {
    cut(value.to_str().unwrap_or("(not ASCII)"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::testing::line;
    use crate::options::LogFormat;
    use std::net::Ipv4Addr;

    fn line_about(request: &Request<Body>, format: LogFormat) -> String {
        let about = About {
            mode: AccessLog::All,
            client: Ipv4Addr::LOCALHOST.into(),
            is_health_check: false,
        };
        let id = RequestId::new(HeaderValue::from_static("abc-1"));
        line(format, || {
            drop(Line::of(request, Instant::now(), id, about));
        })
    }

    #[test]
    fn a_client_that_means_harm_gets_a_short_line_that_shows_what_it_sent() {
        let path = format!("/\u{202e}gpj.exe\u{2028}{}", "\u{200b}".repeat(20_000));
        let mut request = Request::get(path).body(Body::empty()).unwrap();
        for name in [X_AMZN_TRACE_ID, TRACEPARENT, USER_AGENT] {
            let value = HeaderValue::from_str(&"\"".repeat(60_000)).unwrap();
            request.headers_mut().insert(name, value);
        }
        let [json, text] =
            [LogFormat::Json, LogFormat::Text].map(|format| line_about(&request, format));
        for line in [&json, &text] {
            assert!(line.len() < 16 * 1024, "{} bytes", line.len());
            assert!(!line.contains(['\u{202e}', '\u{200b}', '\u{2028}']));
            assert!(line.contains("bytes cut)"));
        }
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        let path = json["path"].as_str().unwrap();
        assert!(path.starts_with("/\u{202e}gpj.exe\u{2028}\u{200b}"));
        assert!(text.contains(r#"path="/\u{202e}gpj.exe\u{2028}\u{200b}"#));
    }
}
