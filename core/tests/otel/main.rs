//! What is exported by a program with a subscriber of its own, and how long the export waits. With the feature `otel`.
//!
//! | module | what it is |
//! |---|---|
//! | `collector` | what the spans are sent to |

mod collector;

use crate::collector::{Collector, has};
use dualrun::context::TraceContext;
use dualrun::log::{self, Delivery, WorkerGuard};
use dualrun::options::LogFormat;
use dualrun::otel::tracing_opentelemetry::OpenTelemetrySpanExt;
use dualrun::otel::{Settings, Traces};
use dualrun::{Body, BoxError, testing};
use http::{Request, Response};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use std::fs;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tower::service_fn;
use tracing::Span;
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::prelude::*;

/// Longer than anything takes that works.
const LONG: Duration = Duration::from_secs(30);

/// Exports to a collector what this thread does.
fn export_to(collector: &Collector) -> (Traces, DefaultGuard, WorkerGuard) {
    export(&format!("http://{}", collector.addr()), &[])
}

fn export(url: &str, more: &[(&str, &str)]) -> (Traces, DefaultGuard, WorkerGuard) {
    let variables = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", url),
        ("OTEL_BSP_SCHEDULE_DELAY", "3600000"),
    ];
    let variables = variables.iter().chain(more).copied();
    let settings = Settings::load_from(variables).unwrap().unwrap();
    let traces = Traces::start(settings).unwrap();
    let (lines, lines_end) = log::layer(LogFormat::Json, Delivery::Batched);
    let subscriber = tracing_subscriber::registry()
        .with(lines.with_filter(LevelFilter::OFF))
        .with(Some(traces.layer()));
    (
        traces,
        tracing::subscriber::set_default(subscriber),
        lines_end,
    )
}

/// The trace that a handler finds, which names its route.
async fn trace_of_a_request() -> TraceContext {
    let found = Arc::new(Mutex::new(None));
    let place = Arc::clone(&found);
    let service = service_fn(move |request: Request<Body>| {
        *place.lock().unwrap() = request.extensions().get::<TraceContext>().cloned();
        Span::current().set_attribute("http.route", "/orders/{id}");
        async { Ok::<_, BoxError>(Response::new(Body::empty())) }
    });
    let request = Request::get("/orders/7").body(Body::empty()).unwrap();
    testing::call(service, request).await;
    found.lock().unwrap().take().expect("a trace")
}

#[tokio::test]
async fn a_layer_beside_others_exports_requests_with_what_their_handlers_add() {
    let collector = Collector::start();
    let (traces, _default, _lines) = export_to(&collector);
    let trace = trace_of_a_request().await;
    assert!(trace.is_sampled(), "who exports decides");
    assert!(traces.flush(LONG).await);
    let sent = collector.taken();
    assert!(has(&sent, trace.trace_id().as_bytes()));
    assert!(has(&sent, trace.span_id().as_bytes()));
    for text in ["http.route", "/orders/{id}", "http.response.status_code"] {
        assert!(has(&sent, text), "{text}");
    }
    // They are the log's.
    assert!(!has(&sent, "trace_id"));
}

#[tokio::test]
async fn what_is_sent_once_is_not_sent_again_and_the_end_sends_the_rest() {
    let collector = Collector::start();
    let (traces, _default, _lines) = export_to(&collector);
    trace_of_a_request().await;
    assert!(traces.flush(LONG).await);
    assert!(!collector.taken().is_empty());
    assert!(traces.flush(LONG).await);
    assert!(collector.taken().is_empty());
    let last = trace_of_a_request().await;
    traces.shut_down(LONG).await;
    assert!(has(&collector.taken(), last.span_id().as_bytes()));
    assert!(
        !trace_of_a_request().await.is_sampled(),
        "nobody exports it"
    );
}

#[tokio::test]
async fn nobody_waits_for_a_collector_longer_than_asked_and_only_one_at_a_time() {
    let collector = Collector::silent();
    let (traces, _default, _lines) = export_to(&collector);
    trace_of_a_request().await;
    assert!(!traces.flush(Duration::from_millis(50)).await);
    let begun = Instant::now();
    assert!(!traces.flush(LONG).await);
    traces.shut_down(Duration::from_millis(50)).await;
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn a_collector_is_trusted_by_its_certificate_and_by_nothing_else() {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .unwrap();
    let collector = Collector::with_tls(config);
    let url = format!("https://localhost:{}", collector.addr().port());
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), cert.pem()).unwrap();
    let ours = (
        "OTEL_EXPORTER_OTLP_CERTIFICATE",
        file.path().to_str().unwrap(),
    );
    for (variables, is_trusted) in [(&[ours][..], true), (&[], false)] {
        let (traces, _default, _lines) = export(&url, variables);
        let trace = trace_of_a_request().await;
        traces.shut_down(LONG).await;
        let is_sent = has(&collector.taken(), trace.span_id().as_bytes());
        assert_eq!(is_sent, is_trusted);
    }
}
