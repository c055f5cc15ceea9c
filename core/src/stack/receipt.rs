//! What lasts until the last byte of a response is gone: the request's place, its memory, its line in the log, and what is
//! recorded of it.

use super::access_log::Line;
use super::admission::Permit;
use super::memory::Held;
use crate::log::RequestSpan;
use crate::metrics::{Ended, Measured};
use http::StatusCode;
use tokio::time::Instant;

/// What a request holds until its response is sent.
///
/// Dropped without having been [closed](Self::close), it is one of a response that was cut off.
pub(crate) struct Receipt {
    pub(super) span: RequestSpan,
    pub(super) line: Option<Box<Line>>,
    pub(super) permit: Option<Permit>,
    pub(super) memory: Held,
}

/// What is known of a request and its response on their way.
pub(crate) struct Progress {
    start: Instant,
    pub(super) measured: Measured,
    pub(super) status: Option<StatusCode>,
    /// Of its body.
    pub(super) bytes: u64,
    /// The body has come to its end.
    pub(super) has_ended: bool,
    /// And all of it was sent.
    is_complete: bool,
}

impl Progress {
    /// Of a request that arrived at `start`.
    pub(super) fn new(start: Instant, measured: Measured) -> Self {
        Self {
            start,
            measured,
            status: None,
            bytes: 0,
            has_ended: false,
            is_complete: false,
        }
    }

    fn ended(&self) -> Ended {
        Ended {
            status: self.status,
            bytes: self.bytes,
            is_complete: self.is_complete,
            duration: self.start.elapsed(),
        }
    }
}

impl Receipt {
    /// All of the response has been sent, as far as its body came.
    pub(crate) fn close(mut self) {
        if let Some(progress) = self.span.progress() {
            progress.is_complete = progress.has_ended;
        }
    }
}

impl Drop for Receipt {
    fn drop(&mut self) {
        let is_exported = self.span.is_exported();
        let Some(progress) = self.span.progress() else {
            return;
        };
        if self.line.is_none() && !is_exported && !progress.measured.is_wanted() {
            return;
        }
        let ended = progress.ended();
        progress.measured.end(&ended);
        #[cfg(feature = "otel")]
        let outcome = progress.measured.outcome;
        if let Some(line) = &self.line {
            line.write(&self.span, &ended);
        }
        #[cfg(feature = "otel")]
        if let Some(exported) = self.span.exported() {
            let cut_off = (!ended.is_complete).then_some("cut_off");
            exported.end(ended.status, outcome.error_type().or(cut_off));
        }
    }
}

/// Who is to be told when a response's body has ended: whoever sends it knows when its last byte is gone.
pub(crate) trait Guard: Send + 'static {
    /// Nothing more comes of the body. The receipt is to be closed once all of it is sent.
    fn on_body_end(self, receipt: Receipt);
}

/// For those who have taken all of a body and need not send it.
impl Guard for () {
    fn on_body_end(self, receipt: Receipt) {
        receipt.close();
    }
}
