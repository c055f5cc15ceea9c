//! The span of a request: begun with the ids that the request has, ended when its response is gone.

use super::attributes;
use super::beginning::Beginning;
use super::traces::Handle;
use crate::Body;
use crate::context::{Platform, RequestId, TraceContext};
use http::{Request, StatusCode};
use opentelemetry::trace::{SpanContext, Status, TraceContextExt, TraceFlags, TraceState};
use opentelemetry::{Context, KeyValue};
use std::net::IpAddr;
use tracing::Dispatch;
use tracing::span::Id;

/// What a request's span is made of.
pub(crate) struct Incoming<'a> {
    pub(crate) request: &'a Request<Body>,
    pub(crate) id: &'a RequestId,
    pub(crate) client: IpAddr,
    pub(crate) platform: Platform,
    pub(crate) is_health_check: bool,
}

/// A span that is being recorded.
pub(crate) struct ServerSpan(Context);

impl ServerSpan {
    /// Begins the span that a subscriber knows by this id. The trace hears whether it is recorded.
    ///
    /// None if it is not, or if the subscriber does not export.
    pub(crate) fn begin(
        (subscriber, id): (&Dispatch, &Id),
        incoming: &Incoming<'_>,
        trace: &mut TraceContext,
    ) -> Option<Self> {
        subscriber.downcast_ref::<Handle>()?;
        let beginning = beginning(incoming, trace);
        let context =
            beginning.during(|| tracing_opentelemetry::get_otel_context(id, subscriber))?;
        let is_sampled = context.span().span_context().is_sampled();
        trace.decide(is_sampled);
        if !is_sampled {
            return None;
        }
        context.span().set_attributes(attributes::of(incoming));
        Some(Self(context))
    }

    /// Ends it. Nothing is added to it afterwards.
    pub(crate) fn end(&self, status: Option<StatusCode>, error: Option<&'static str>) {
        let span = self.0.span();
        let is_error = status.is_some_and(|status| status.is_server_error());
        if let Some(status) = status {
            let code = i64::from(status.as_u16());
            span.set_attribute(KeyValue::new("http.response.status_code", code));
        }
        if is_error {
            span.set_status(Status::error(""));
        }
        let of_status = || is_error.then(|| status.map(|status| status.as_str().to_owned()));
        let error = error.map(str::to_owned).or_else(|| of_status().flatten());
        if let Some(error) = error {
            span.set_attribute(KeyValue::new("error.type", error));
        }
        span.end();
    }
}

fn beginning(incoming: &Incoming<'_>, trace: &TraceContext) -> Beginning {
    let trace_id = opentelemetry::TraceId::from_bytes(*trace.trace_id().as_bytes());
    let of_span = |id: crate::context::SpanId| opentelemetry::SpanId::from_bytes(*id.as_bytes());
    let flags = TraceFlags::default().with_sampled(trace.is_sampled());
    let state = || -> Option<TraceState> { trace.state()?.to_str().ok()?.parse().ok() };
    let parent = trace.parent_id().map(|parent| {
        let state = state().unwrap_or_default();
        SpanContext::new(trace_id, of_span(parent), flags, true, state)
    });
    Beginning {
        name: attributes::name(incoming.request.method()),
        trace_id,
        span_id: of_span(trace.span_id()),
        decision: trace.decision(),
        parent,
        is_health_check: incoming.is_health_check,
    }
}
