//! What the SDK and tracing-opentelemetry ask while a span begins. That of a request is what the request says; others are theirs.

use super::beginning;
use super::settings::Sampling;
use opentelemetry::trace::{Link, SpanBuilder, SpanId, SpanKind, TraceContextExt, TraceId, Tracer};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{
    IdGenerator, RandomIdGenerator, Sampler, SamplingResult, SdkTracer, ShouldSample, Span,
};

/// Makes spans of spans of `tracing`.
#[derive(Clone, Debug)]
pub(super) struct RequestTracer(pub(super) SdkTracer);

impl Tracer for RequestTracer {
    type Span = Span;

    fn build_with_context(&self, mut builder: SpanBuilder, parent: &Context) -> Span {
        let caller = beginning::with(|beginning| {
            builder.name = beginning.name.into();
            builder.span_kind = Some(SpanKind::Server);
            // They are the log's, under its names.
            builder.attributes = None;
            beginning.caller()
        });
        self.0
            .build_with_context(builder, caller.as_ref().unwrap_or(parent))
    }
}

#[derive(Debug, Default)]
pub(super) struct RequestIds(RandomIdGenerator);

impl IdGenerator for RequestIds {
    fn new_trace_id(&self) -> TraceId {
        beginning::with(|beginning| beginning.trace_id).unwrap_or_else(|| self.0.new_trace_id())
    }

    fn new_span_id(&self) -> SpanId {
        beginning::with(|beginning| beginning.span_id).unwrap_or_else(|| self.0.new_span_id())
    }
}

#[derive(Clone, Debug)]
pub(super) struct RequestSampler {
    sampling: Sampling,
    /// Spans within one of this process go with it, whatever is sampled otherwise.
    within: Sampler,
}

impl From<Sampling> for RequestSampler {
    fn from(sampling: Sampling) -> Self {
        Self {
            sampling,
            within: Sampler::ParentBased(Box::new(Sampler::AlwaysOff)),
        }
    }
}

impl ShouldSample for RequestSampler {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace_id: TraceId,
        name: &str,
        kind: &SpanKind,
        attributes: &[KeyValue],
        links: &[Link],
    ) -> SamplingResult {
        let beginning = beginning::with(|beginning| {
            let is_decided = beginning.decision.is_some();
            (beginning.decided(), is_decided, beginning.is_health_check)
        });
        let (parent, sampler) = match &beginning {
            Some((_, false, true)) => (None, &Sampler::AlwaysOff),
            Some((caller, false, false)) => (Some(caller), &self.sampling.undecided),
            Some((caller, true, _)) => (Some(caller), &self.sampling.all),
            None if parent.is_some_and(is_local) => (parent, &self.within),
            None => (parent, &self.sampling.all),
        };
        sampler.should_sample(parent, trace_id, name, kind, attributes, links)
    }
}

fn is_local(parent: &Context) -> bool {
    let span = parent.span();
    span.span_context().is_valid() && !span.span_context().is_remote()
}
