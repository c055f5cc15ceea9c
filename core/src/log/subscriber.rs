//! The subscriber that `run` sets up: lines for all events that the filter lets through.

use super::layer::Layer;
use super::request_span;
use crate::options::LogFilter;
use std::sync::OnceLock;
use tracing::dispatcher::WeakDispatch;
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Dispatch, Event, Metadata, Subscriber};
use tracing_core::span::Current;
use tracing_subscriber::Registry;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layered, SubscriberExt};

/// tracing-subscriber's registry with the filter and the layer. What it adds is that the span of a request
/// [begins](request_span) when it is first needed.
pub(crate) struct Log {
    inner: Layered<Layer, Layered<Targets, Registry>>,
    this: OnceLock<WeakDispatch>,
}

impl Log {
    pub(super) fn new(layer: Layer, filter: LogFilter) -> Self {
        let filter = Targets::from(filter);
        Self {
            inner: tracing_subscriber::registry().with(filter).with(layer),
            this: OnceLock::new(),
        }
    }

    #[inline]
    fn begin(&self) {
        let this = || self.this.get().and_then(WeakDispatch::upgrade);
        request_span::begin(this, |attributes| self.inner.new_span(attributes));
    }
}

impl Subscriber for Log {
    fn on_register_dispatch(&self, subscriber: &Dispatch) {
        let _ = self.this.set(subscriber.downgrade());
        self.inner.on_register_dispatch(subscriber);
    }

    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.inner.register_callsite(metadata)
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.inner.enabled(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        self.inner.max_level_hint()
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        self.begin();
        self.inner.new_span(attributes)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        self.inner.record(id, values);
    }

    fn record_follows_from(&self, id: &Id, follows: &Id) {
        self.inner.record_follows_from(id, follows);
    }

    fn event_enabled(&self, event: &Event<'_>) -> bool {
        self.inner.event_enabled(event)
    }

    fn event(&self, event: &Event<'_>) {
        // One outside of all spans, such as a line of the access log, needs none.
        if !event.is_root() {
            self.begin();
        }
        self.inner.event(event);
    }

    fn enter(&self, id: &Id) {
        self.begin();
        self.inner.enter(id);
    }

    fn exit(&self, id: &Id) {
        self.inner.exit(id);
    }

    fn clone_span(&self, id: &Id) -> Id {
        self.inner.clone_span(id)
    }

    fn try_close(&self, id: Id) -> bool {
        self.inner.try_close(id)
    }

    fn current_span(&self) -> Current {
        self.begin();
        self.inner.current_span()
    }
}
