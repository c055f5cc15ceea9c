//! The trace that a request belongs to, as the W3C's and AWS's headers tell, and what an outgoing call is to carry of it.

mod id;
mod w3c;
mod xray;

pub use self::id::{SpanId, TraceId};

use self::w3c::{TRACEPARENT, TRACESTATE};
use self::xray::X_AMZN_TRACE_ID;
use crate::random;
use http::{HeaderMap, HeaderValue};

/// The place of a request in its trace: the caller's trace if its headers name one, otherwise a new one.
///
/// A handler finds it in the request's extensions, and passes it on with each call to another service:
///
/// ```
/// use dualrun::{Body, context::TraceContext};
/// use http::Request;
///
/// fn outgoing(incoming: &Request<Body>) -> Request<Body> {
///     let mut request = Request::new(Body::empty());
///     if let Some(trace) = incoming.extensions().get::<TraceContext>() {
///         request.headers_mut().extend(trace.headers());
///     }
///     request
/// }
/// # let mut incoming = Request::new(Body::empty());
/// # incoming.extensions_mut().insert(TraceContext::new());
/// # assert!(outgoing(&incoming).headers().contains_key("traceparent"));
/// ```
///
/// The trace is taken from the first of these that is valid:
///
/// 1. `traceparent`, with its `tracestate`: whoever sends it takes part in the trace.
/// 2. `X-Amzn-Trace-Id`, which a load balancer or API Gateway adds to each request.
/// 3. On Lambda, the trace that Lambda itself has begun for the invocation. Where it is the one of `X-Amzn-Trace-Id`, its
///    parent and its decision to sample count, since they come later.
///
/// A new trace is not sampled, unless the runtime exports its spans (feature `otel`) and decides otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceContext {
    trace_id: TraceId,
    span_id: SpanId,
    parent_id: Option<SpanId>,
    is_sampled: Option<bool>,
    /// Seldom there, and each request has room for it.
    state: Option<Box<HeaderValue>>,
}

/// What a caller says of its trace.
#[derive(Debug)]
pub(crate) struct Parent {
    trace_id: TraceId,
    span_id: Option<SpanId>,
    is_sampled: Option<bool>,
    state: Option<Box<HeaderValue>>,
}

impl Parent {
    /// Of the text that Lambda hands over beside each event, in the form of `X-Amzn-Trace-Id`.
    pub(crate) fn of_lambda(header: &str) -> Option<Self> {
        xray::parse(header.as_bytes())
    }

    /// The one that a request's headers name, or else the runtime's.
    fn of(headers: &HeaderMap, of_runtime: Option<Self>) -> Option<Self> {
        if let Some(parent) = alone(headers, &TRACEPARENT).and_then(w3c::parse) {
            let state = w3c::state(headers.get_all(TRACESTATE)).map(Box::new);
            return Some(Self { state, ..parent });
        }
        let of_amazon = alone(headers, &X_AMZN_TRACE_ID);
        match of_amazon.and_then(|header| xray::parse(header.as_bytes())) {
            Some(parent) => {
                let later = of_runtime.filter(|later| later.trace_id == parent.trace_id);
                Some(later.unwrap_or(parent))
            }
            None => of_runtime,
        }
    }
}

/// A header that was sent once. Which of two would count, nobody can say.
fn alone<'a>(headers: &'a HeaderMap, name: &http::HeaderName) -> Option<&'a HeaderValue> {
    let value = headers.get(name)?;
    let is_alone = headers.get_all(name).iter().nth(1).is_none();
    is_alone.then_some(value)
}

impl TraceContext {
    /// The beginning of a new trace, as for a request that came with none.
    #[expect(clippy::new_without_default, reason = "no two are equal")]
    pub fn new() -> Self {
        Self::within(None)
    }

    /// A request with these headers.
    #[inline]
    pub(crate) fn of(headers: Option<&HeaderMap>, of_runtime: Option<Parent>) -> Self {
        Self::within(match headers {
            Some(headers) => Parent::of(headers, of_runtime),
            None => of_runtime,
        })
    }

    fn within(parent: Option<Parent>) -> Self {
        let [high, low, span] = random::words();
        let span_id = SpanId::of_random([span]);
        match parent {
            Some(parent) => Self {
                trace_id: parent.trace_id,
                span_id,
                parent_id: parent.span_id,
                is_sampled: parent.is_sampled,
                state: parent.state,
            },
            None => Self {
                trace_id: TraceId::of_random([high, low]),
                span_id,
                parent_id: None,
                is_sampled: None,
                state: None,
            },
        }
    }

    /// The trace, which is the `trace_id` of the log's lines.
    pub fn trace_id(&self) -> TraceId {
        self.trace_id
    }

    /// This request's own part of the trace, and so the parent of whatever it calls.
    pub fn span_id(&self) -> SpanId {
        self.span_id
    }

    /// The part of the caller's that this request belongs to, if it has told.
    pub fn parent_id(&self) -> Option<SpanId> {
        self.parent_id
    }

    /// Whether this part of the trace is recorded: as the caller says, or as the runtime has decided that exports it.
    pub fn is_sampled(&self) -> bool {
        self.is_sampled == Some(true)
    }

    /// Whether the caller has recorded its part, if it has decided.
    #[cfg(feature = "otel")]
    pub(crate) fn decision(&self) -> Option<bool> {
        self.is_sampled
    }

    /// Decides whether this part is recorded, which outgoing calls then tell.
    #[cfg(feature = "otel")]
    pub(crate) fn decide(&mut self, is_sampled: bool) {
        self.is_sampled = Some(is_sampled);
    }

    /// The caller's `tracestate`.
    #[cfg(feature = "otel")]
    pub(crate) fn state(&self) -> Option<&HeaderValue> {
        self.state.as_deref()
    }

    /// What an outgoing call carries: `traceparent`, `tracestate` if there is one, and `x-amzn-trace-id`, all with this
    /// request's [`span_id`](Self::span_id) as the parent.
    pub fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::with_capacity(3);
        let texts = [
            (TRACEPARENT, w3c::format(self)),
            (X_AMZN_TRACE_ID, xray::format(self)),
        ];
        for (name, text) in texts {
            // Digits and punctuation are a valid value.
            if let Ok(value) = HeaderValue::try_from(text) {
                headers.insert(name, value);
            }
        }
        if let Some(state) = &self.state {
            headers.insert(TRACESTATE, HeaderValue::clone(state));
        }
        headers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OF_LAMBDA: &str =
        "Root=1-67891233-abcdef012345678912345678;Parent=53995c3f42cd8ad8;Sampled=1";

    fn on_lambda(name: &'static str, value: &'static str) -> TraceContext {
        let headers = [(name.parse().unwrap(), HeaderValue::from_static(value))];
        let headers = HeaderMap::from_iter(headers);
        TraceContext::of(Some(&headers), Parent::of_lambda(OF_LAMBDA))
    }

    #[test]
    fn lambdas_own_trace_counts_where_the_request_names_none() {
        let trace = on_lambda("x-amzn-trace-id", "Root=nonsense");
        assert_eq!(
            trace.trace_id().to_string(),
            "67891233abcdef012345678912345678"
        );
        assert!(trace.is_sampled());
        let other = on_lambda(
            "x-amzn-trace-id",
            "Root=1-00000001-abcdef012345678912345678;Sampled=0",
        );
        assert_eq!(
            other.trace_id().to_string(),
            "00000001abcdef012345678912345678"
        );
        assert!(!other.is_sampled());
    }

    #[test]
    fn lambdas_parent_counts_in_the_trace_of_the_request() {
        let trace = on_lambda(
            "x-amzn-trace-id",
            "Root=1-67891233-abcdef012345678912345678",
        );
        assert_eq!(trace.parent_id().unwrap().to_string(), "53995c3f42cd8ad8");
        assert!(trace.is_sampled());
    }

    #[test]
    fn an_id_is_never_all_zeros() {
        assert_eq!(SpanId::of_random([0]).to_string(), "0000000000000001");
        assert_eq!(SpanId::new([0; 8]), None);
    }
}
