//! Which of the headers that the stack looks for a request has. Most have few of them, and each that is looked for in vain costs
//! more than to go through all names once.

use http::HeaderMap;

pub(super) struct Sent {
    pub(super) request_id: bool,
    pub(super) trace: bool,
    pub(super) forwarded_for: bool,
}

impl Sent {
    pub(super) fn with(headers: &HeaderMap) -> Self {
        let mut sent = Self {
            request_id: false,
            trace: false,
            forwarded_for: false,
        };
        for name in headers.keys() {
            match name.as_str() {
                "x-request-id" => sent.request_id = true,
                "traceparent" | "x-amzn-trace-id" => sent.trace = true,
                "x-forwarded-for" => sent.forwarded_for = true,
                _ => {}
            }
        }
        sent
    }
}
