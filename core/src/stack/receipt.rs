//! What lasts until the last byte of a response is gone: the request's place, its memory, and its line in the log.

use super::access_log::Line;
use super::admission::Permit;
use super::memory::Held;

/// What a request holds until its response is sent.
///
/// Dropped without having been [closed](Self::close), it is one of a response that was cut off.
pub(crate) struct Receipt {
    pub(super) line: Option<Box<Line>>,
    pub(super) permit: Option<Permit>,
    pub(super) memory: Held,
}

impl Receipt {
    /// All of the response has been sent, as far as its body came.
    pub(crate) fn close(mut self) {
        if let Some(line) = &mut self.line {
            line.is_complete = line.has_ended;
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
