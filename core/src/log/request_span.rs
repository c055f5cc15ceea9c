//! The span of a request, begun where something is logged in it.
//!
//! A span of tracing-subscriber's registry costs more than what the rest of the stack does for a request, and most requests
//! log nothing but their line in the access log, which needs no span. So, with the [`Log`](super::subscriber::Log) that `run` sets
//! up, a request only leaves what its span would have in a variable of the thread while it is being polled. The log begins
//! the span when it hears of the first event or span within, or is asked for the current span.
//! Other subscribers get the span at once.

use super::cut::cut;
use super::subscriber::Log;
use crate::context::{RequestId, TraceId};
use crate::stack::Progress;
#[cfg(feature = "otel")]
use crate::{
    context::TraceContext,
    otel::{Incoming, ServerSpan},
};
use http::Method;
use http::uri::PathAndQuery;
use std::borrow::Cow;
use std::cell::Cell;
use std::mem::ManuallyDrop;
use tracing::field::{Value, display};
use tracing::span::{Attributes, Id};
use tracing::{Dispatch, Level, Metadata, dispatcher};
use tracing_core::callsite::DefaultCallsite;
use tracing_core::field::FieldSet;
use tracing_core::{Kind, identify_callsite};

/// The target of the span, for those who filter.
pub(crate) const TARGET: &str = "dualrun::request";

const FIELDS: &[&str] = &["request_id", "trace_id", "method", "path"];

static CALLSITE: DefaultCallsite = DefaultCallsite::new(&METADATA);

/// An error's level, so that a filter that lets only errors through does not take the request's id from them.
static METADATA: Metadata<'static> = Metadata::new(
    "request",
    TARGET,
    Level::ERROR,
    None,
    None,
    None,
    FieldSet::new(FIELDS, identify_callsite!(&CALLSITE)),
    Kind::SPAN,
);

thread_local! {
    /// The request that is being polled.
    ///
    /// Empty whenever the thread ends, so it need not be dropped, which spares each access a look at whether it has been.
    static CURRENT: Cell<ManuallyDrop<Option<Box<Request>>>> =
        const { Cell::new(ManuallyDrop::new(None)) };
}

thread_local! {
    /// The room of a request that is over, for the next one: to give it back and take it anew costs as much as to fill it.
    static SPARE: Cell<ManuallyDrop<Option<Box<Request>>>> =
        const { Cell::new(ManuallyDrop::new(None)) };
}

/// Puts another request in the place of the one that is being polled.
#[inline]
fn replace_current(request: Option<Box<Request>>) -> Option<Box<Request>> {
    ManuallyDrop::into_inner(CURRENT.replace(ManuallyDrop::new(request)))
}

/// What a request is known by in the log, and its span.
pub(crate) struct RequestSpan(Option<Box<Request>>);

struct Request {
    id: RequestId,
    trace_id: TraceId,
    method: Method,
    path: Option<PathAndQuery>,
    state: State,
    #[cfg(feature = "otel")]
    exported: Option<ServerSpan>,
    /// What the stack keeps of it. Here, since this is on the heap already, and what is not is moved with every response.
    progress: Progress,
}

enum State {
    /// The log begins it when it is needed.
    Due,
    Begun(Begun),
    /// Nobody would see it.
    Never,
}

/// A span of the subscriber's, closed on drop.
struct Begun {
    subscriber: Dispatch,
    id: Id,
}

impl RequestSpan {
    /// Of a request with this id, in this trace.
    #[inline]
    pub(crate) fn of<B>(
        request: &http::Request<B>,
        id: &RequestId,
        trace_id: TraceId,
        progress: Progress,
    ) -> Self {
        let new = Request {
            id: id.clone(),
            trace_id,
            method: request.method().clone(),
            path: request.uri().path_and_query().cloned(),
            state: State::Due,
            #[cfg(feature = "otel")]
            exported: None,
            progress,
        };
        let spare = ManuallyDrop::into_inner(SPARE.replace(ManuallyDrop::new(None)));
        let mut new = match spare {
            Some(mut room) => {
                *room = new;
                room
            }
            None => Box::new(new),
        };
        if !dispatcher::get_default(Dispatch::is::<Log>) {
            new.begin_at_once();
        }
        Self(Some(new))
    }

    /// Has the span exported, if the subscriber does that. The trace then tells whether this one is.
    #[cfg(feature = "otel")]
    #[inline]
    pub(crate) fn export(
        mut self,
        incoming: &Incoming<'_>,
        mut trace: TraceContext,
    ) -> (Self, TraceContext) {
        if let Some(request) = &mut self.0 {
            if let State::Begun(begun) = &request.state {
                let known_as = (&begun.subscriber, &begun.id);
                request.exported = ServerSpan::begin(known_as, incoming, &mut trace);
            }
        }
        (self, trace)
    }

    /// If it is exported.
    pub(crate) fn is_exported(&self) -> bool {
        #[cfg(feature = "otel")]
        return self.exported().is_some();
        #[cfg(not(feature = "otel"))]
        false
    }

    /// What is exported of it.
    #[cfg(feature = "otel")]
    pub(crate) fn exported(&self) -> Option<&ServerSpan> {
        self.0.as_ref()?.exported.as_ref()
    }

    /// Enters the span, until what it returns is dropped.
    #[inline]
    pub(crate) fn enter(&mut self) -> Entered<'_> {
        let Self(place) = self;
        let request = place.take();
        if let Some(begun) = begun(request.as_deref()) {
            begun.subscriber.enter(&begun.id);
        }
        let outer = replace_current(request);
        Entered { place, outer }
    }

    /// What the stack keeps of the request. None within the span.
    #[inline]
    pub(crate) fn progress(&mut self) -> Option<&mut Progress> {
        self.0.as_mut().map(|request| &mut request.progress)
    }

    /// The request's id.
    pub(crate) fn id(&self) -> &str {
        self.0.as_ref().map_or("", |request| request.id.as_str())
    }

    /// The id of its trace.
    pub(crate) fn trace_id(&self) -> Option<TraceId> {
        self.0.as_ref().map(|request| request.trace_id)
    }

    /// Its method, as long as the log has room for.
    pub(crate) fn method(&self) -> Cow<'_, str> {
        self.0
            .as_ref()
            .map_or("".into(), |request| request.method())
    }

    /// Its path without the query, as long as the log has room for.
    pub(crate) fn path(&self) -> Cow<'_, str> {
        self.0.as_ref().map_or("".into(), |request| request.path())
    }
}

impl Drop for RequestSpan {
    #[inline]
    fn drop(&mut self) {
        if let Some(mut request) = self.0.take() {
            // The span ends now, whenever the room is needed.
            request.state = State::Never;
            #[cfg(feature = "otel")]
            drop(request.exported.take());
            drop(ManuallyDrop::into_inner(
                SPARE.replace(ManuallyDrop::new(Some(request))),
            ));
        }
    }
}

/// Within the span of a request.
pub(crate) struct Entered<'a> {
    place: &'a mut Option<Box<Request>>,
    outer: Option<Box<Request>>,
}

impl Drop for Entered<'_> {
    #[inline]
    fn drop(&mut self) {
        *self.place = replace_current(self.outer.take());
        // It may have begun meanwhile.
        if let Some(begun) = begun(self.place.as_deref()) {
            begun.subscriber.exit(&begun.id);
        }
    }
}

#[inline]
fn begun(request: Option<&Request>) -> Option<&Begun> {
    match &request?.state {
        State::Begun(begun) => Some(begun),
        State::Due | State::Never => None,
    }
}

/// Begins and enters the span of the request that is being polled, if that is due. For [`Log`].
#[inline]
pub(super) fn begin(
    subscriber: impl FnOnce() -> Option<Dispatch>,
    new: impl FnOnce(&Attributes<'_>) -> Id,
) {
    // Taken out meanwhile: whoever is told of a new span may log.
    let Some(mut request) = replace_current(None) else {
        return;
    };
    if let State::Due = request.state {
        if let Some(subscriber) = subscriber() {
            request.begin(subscriber, new);
            if let Some(begun) = begun(Some(&request)) {
                begun.subscriber.enter(&begun.id);
            }
        }
    }
    replace_current(Some(request));
}

impl Request {
    /// Begins the span, if anybody would see it.
    #[cold]
    fn begin_at_once(&mut self) {
        self.state = State::Never;
        // The first time this asks for the subscriber by itself, so it must not be asked within.
        if CALLSITE.interest().is_never() {
            return;
        }
        dispatcher::get_default(|subscriber| {
            if subscriber.enabled(&METADATA) {
                self.begin(subscriber.clone(), |attributes| {
                    subscriber.new_span(attributes)
                });
            }
        });
    }

    fn begin(&mut self, subscriber: Dispatch, new: impl FnOnce(&Attributes<'_>) -> Id) {
        let (path, method) = (self.path(), self.method());
        // Variables, since Rust 1.85 has nothing temporary last as long as an array of references to it.
        let (id, trace_id) = (self.id.as_str(), display(self.trace_id));
        let (method, path) = (&*method, &*path);
        let values: [Option<&dyn Value>; 4] =
            [Some(&id), Some(&trace_id), Some(&method), Some(&path)];
        let values = METADATA.fields().value_set_all(&values);
        // A root: what libraries have around it (h2 a connection, lambda_runtime a worker) is not the same on both runtimes.
        let id = new(&Attributes::new_root(&METADATA, &values));
        self.state = State::Begun(Begun { subscriber, id });
    }

    fn method(&self) -> Cow<'_, str> {
        cut(self.method.as_str())
    }

    /// Without the query: people put secrets there.
    fn path(&self) -> Cow<'_, str> {
        cut(self.path.as_ref().map_or("", PathAndQuery::path))
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        self.subscriber.try_close(self.id.clone());
    }
}
