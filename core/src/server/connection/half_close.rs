//! A client that has closed its side while it waits for an answer, or that is gone: TCP says the same of both.
//!
//! `printf … | nc` and some probes close their side as soon as they have asked, and want the answer. A client that
//! went away looks just so, and its request should not occupy the service until its deadline. What tells the two apart
//! is a write: who is gone answers it with a reset. HTTP/1.1 has something harmless to write before a response,
//! `100 Continue`, which every client has to skip (RFC 9110, section 15.2). So such a request has two seconds for its
//! answer; after that the client is sent this line, and if a reset comes back, the request is dropped.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// What shows whether a client is there.
pub(super) const PROBE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";

/// What is known of the request that is with the service, as far as it matters to a client that may be gone.
#[derive(Default)]
pub(super) struct HalfClose {
    /// Bytes of its response were written, so nothing else can be written in between.
    has_answered: AtomicBool,
    /// Its client knows what to make of `100 Continue`.
    is_http_1_1: AtomicBool,
    must_probe: AtomicBool,
}

impl HalfClose {
    pub(super) fn on_call(&self, is_http_1_1: bool) {
        self.has_answered.store(false, Relaxed);
        self.is_http_1_1.store(is_http_1_1, Relaxed);
        self.must_probe.store(false, Relaxed);
    }

    pub(super) fn on_answer(&self) {
        self.has_answered.store(true, Relaxed);
    }

    pub(super) fn has_answered(&self) -> bool {
        self.has_answered.load(Relaxed)
    }

    /// Whether a write can show if the client is there.
    pub(super) fn can_probe(&self) -> bool {
        self.is_http_1_1.load(Relaxed) && !self.has_answered()
    }

    pub(super) fn probe(&self) {
        self.must_probe.store(self.can_probe(), Relaxed);
    }

    /// Whether the probe is to be written now.
    pub(super) fn take_probe(&self) -> bool {
        self.must_probe.swap(false, Relaxed) && self.can_probe()
    }
}
