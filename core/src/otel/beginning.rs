//! The span of a request that is about to begin on this thread.
//!
//! The request has its ids already: they are in the log, and go to other services. OpenTelemetry's SDK makes ids of its own, and
//! tracing-opentelemetry knows of no parent but a span. Both ask back while they begin a span (for ids, a decision and the span
//! itself), on the same thread. Then they find here what they are to take.

use opentelemetry::Context;
use opentelemetry::trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState};
use std::cell::RefCell;

pub(super) struct Beginning {
    pub(super) name: &'static str,
    pub(super) trace_id: TraceId,
    pub(super) span_id: SpanId,
    /// The caller's span, if it has told.
    pub(super) parent: Option<SpanContext>,
    /// Whether the caller has its part recorded, if it has decided.
    pub(super) decision: Option<bool>,
    /// A health check begins no trace.
    pub(super) is_health_check: bool,
}

thread_local! {
    static BEGINNING: RefCell<Option<Beginning>> = const { RefCell::new(None) };
}

struct Reset;

impl Drop for Reset {
    fn drop(&mut self) {
        BEGINNING.take();
    }
}

impl Beginning {
    /// The context of the caller.
    pub(super) fn caller(&self) -> Context {
        let caller = self.parent.clone();
        caller.map_or_else(Context::new, |caller| {
            Context::new().with_remote_span_context(caller)
        })
    }

    /// What to ask a sampler with. Amazon's header may have a decision and no parent: then there is one, for the sampler alone.
    pub(super) fn decided(&self) -> Context {
        match (&self.parent, self.decision) {
            (None, Some(is_sampled)) => {
                let flags = TraceFlags::default().with_sampled(is_sampled);
                let state = TraceState::default();
                let caller = SpanContext::new(self.trace_id, self.span_id, flags, true, state);
                Context::new().with_remote_span_context(caller)
            }
            _ => self.caller(),
        }
    }

    /// Calls what begins the span, and nothing beside.
    pub(super) fn during<T>(self, begin: impl FnOnce() -> T) -> T {
        BEGINNING.set(Some(self));
        let _reset = Reset;
        begin()
    }
}

/// The one that is about to begin, if any.
pub(super) fn with<T>(take: impl FnOnce(&Beginning) -> T) -> Option<T> {
    BEGINNING.with_borrow(|beginning| beginning.as_ref().map(take))
}
