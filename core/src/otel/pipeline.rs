//! The way of a span that has ended: into a queue, and from there by a thread of its own to the collector.
//!
//! Both are the SDK's. What is added counts: the SDK does not tell how many spans wait, and of losses only through a log of its own.

use super::client::Client;
use super::losses::Losses;
use super::settings::Settings;
use super::tracer::{RequestIds, RequestSampler};
use crate::BoxError;
use opentelemetry::Context;
use opentelemetry_otlp::{Protocol, SpanExporter as Otlp, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, SdkTracerProvider, Span, SpanData, SpanExporter,
    SpanProcessor,
};
use std::sync::Arc;
use std::time::Duration;

pub(super) fn start(
    settings: Settings,
    losses: &Arc<Losses>,
) -> Result<SdkTracerProvider, BoxError> {
    let exporter = Otlp::builder()
        .with_http()
        .with_endpoint(settings.endpoint.to_string())
        .with_protocol(Protocol::HttpBinary)
        .with_timeout(settings.timeout)
        .with_http_client(Client::new(&settings, Arc::clone(losses))?)
        .build()?;
    let config = BatchConfigBuilder::default()
        .with_max_queue_size(settings.queue)
        .with_max_export_batch_size(settings.batch)
        .with_scheduled_delay(settings.delay);
    let exporter = Counted {
        exporter,
        losses: Arc::clone(losses),
    };
    let processor = Bounded {
        processor: BatchSpanProcessor::new(exporter, config.build()),
        losses: Arc::clone(losses),
    };
    Ok(SdkTracerProvider::builder()
        .with_span_processor(processor)
        .with_sampler(RequestSampler::from(settings.sampling))
        .with_id_generator(RequestIds::default())
        .with_span_limits(settings.limits)
        .with_resource(settings.resource)
        .build())
}

/// Lets a span in as long as there is room.
#[derive(Debug)]
struct Bounded {
    processor: BatchSpanProcessor,
    losses: Arc<Losses>,
}

impl SpanProcessor for Bounded {
    fn on_start(&self, span: &mut Span, context: &Context) {
        self.processor.on_start(span, context);
    }

    fn on_end(&self, span: SpanData) {
        if self.losses.admit() {
            self.processor.on_end(span);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.processor.force_flush()
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.processor.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.processor.set_resource(resource);
    }
}

/// Counts what leaves the queue, and tells of losses. On the thread that sends.
#[derive(Debug)]
struct Counted<E> {
    exporter: E,
    losses: Arc<Losses>,
}

impl<E: SpanExporter> SpanExporter for Counted<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let result = self.exporter.export(batch).await;
        self.losses.sent(spans, &result);
        self.losses.tell();
        result
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn shutdown(&self) -> OTelSdkResult {
        self.exporter.shutdown()
    }

    fn force_flush(&self) -> OTelSdkResult {
        self.exporter.force_flush()
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}
