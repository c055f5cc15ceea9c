//! One line in the log for each request, written when its response has been sent or has been cut off.

use crate::Body;
use crate::log::{RequestSpan, cut};
use crate::metrics::Ended;
use crate::options::AccessLog;
use http::Request;
use http::header::{HeaderValue, USER_AGENT};
use std::borrow::Cow;
use std::net::IpAddr;
use std::time::Duration;

/// The target of the access log's events, for those who filter.
pub(crate) const TARGET: &str = "dualrun::access";

/// What a line says beside what the request's span has.
pub(super) struct Line {
    about: About,
    user_agent: Option<HeaderValue>,
}

/// What the stack knows of a request beside the request.
pub(super) struct About {
    pub(super) mode: AccessLog,
    pub(super) client: IpAddr,
    pub(super) is_health_check: bool,
}

impl Line {
    pub(super) fn of(request: &Request<Body>, about: About) -> Self {
        Self {
            about,
            user_agent: request.headers().get(USER_AGENT).cloned(),
        }
    }

    fn is_wanted(&self, ended: &Ended) -> bool {
        let failed =
            !ended.is_complete || ended.status.is_some_and(|status| status.is_server_error());
        match self.about.mode {
            AccessLog::Off => false,
            AccessLog::Errors => failed,
            AccessLog::Requests => failed || !self.is_successful_health_check(ended),
            AccessLog::All => true,
        }
    }

    fn is_successful_health_check(&self, ended: &Ended) -> bool {
        self.about.is_health_check && ended.status.is_some_and(|status| status.is_success())
    }
}

impl Line {
    /// Writes the line, if it is one that was asked for.
    pub(super) fn write(&self, span: &RequestSpan, ended: &Ended) {
        if !self.is_wanted(ended) {
            return;
        }
        macro_rules! write_line {
            ($level:ident) => {
                tracing::$level!(
                    target: TARGET,
                    // It has all that the span has.
                    parent: None,
                    request_id = span.id(),
                    trace_id = span.trace_id().map(tracing::field::display),
                    method = &*span.method(),
                    path = &*span.path(),
                    status = ended.status.map(|status| status.as_u16()),
                    bytes = ended.bytes,
                    duration_ms = milliseconds(ended.duration),
                    client = %self.about.client,
                    user_agent = self.user_agent.as_ref().map(text).as_deref(),
                    cut_off = (!ended.is_complete).then_some(true),
                    "request"
                )
            };
        }
        match ended.status {
            Some(status) if status.is_server_error() => write_line!(error),
            Some(_) if ended.is_complete => write_line!(info),
            _ => write_line!(warn),
        }
    }
}

/// In milliseconds, to the microsecond.
fn milliseconds(duration: Duration) -> f64 {
    duration.as_micros() as f64 / 1000.0
}

/// A header as text, cut. One with other bytes than ASCII is shown as such, not left out.
fn text(value: &HeaderValue) -> Cow<'_, str> {
    cut(value.to_str().unwrap_or("(not ASCII)"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::context::{RequestId, TraceContext};
    use crate::log::testing::line;
    use crate::metrics::Meter;
    use crate::options::LogFormat;
    use crate::stack::Progress;
    use std::net::Ipv4Addr;
    use tokio::time::Instant;

    fn line_about(request: &Request<Body>, format: LogFormat) -> String {
        let about = About {
            mode: AccessLog::All,
            client: Ipv4Addr::LOCALHOST.into(),
            is_health_check: false,
        };
        let id = RequestId::new(HeaderValue::from_static("abc-1"));
        let span = {
            let measured = Meter::none().begin(request.method(), None);
            let progress = Progress::new(Instant::now(), measured);
            RequestSpan::of(request, &id, TraceContext::new().trace_id(), progress)
        };
        line(format, || {
            let ended = Ended {
                status: None,
                bytes: 0,
                is_complete: false,
                duration: Duration::ZERO,
            };
            Line::of(request, about).write(&span, &ended);
        })
    }

    #[test]
    fn a_client_that_means_harm_gets_a_short_line_that_shows_what_it_sent() {
        let path = format!("/\u{202e}gpj.exe\u{2028}{}", "\u{200b}".repeat(20_000));
        let mut request = Request::get(path).body(Body::empty()).unwrap();
        let agent = HeaderValue::from_str(&"\"".repeat(60_000)).unwrap();
        request.headers_mut().insert(USER_AGENT, agent);
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
