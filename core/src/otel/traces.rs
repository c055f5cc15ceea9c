//! What exports spans, as a program holds it: a layer for its subscriber, and an end.

use super::losses::Losses;
use super::pipeline;
use super::settings::Settings;
use super::tracer::RequestTracer;
use crate::BoxError;
use crate::log::{self, Delivery, WorkerGuard};
use crate::options::{LogFilter, LogFormat};
use opentelemetry::trace::TracerProvider;
use opentelemetry::{InstrumentationScope, global};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::thread;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::timeout;
use tracing::level_filters::LevelFilter;
use tracing::{Subscriber, dispatcher};
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;

/// Whose spans and events are about the way of a request, and not about what it is for. A name stands for all that begin so.
const LIBRARIES: [&str; 4] = ["h2", "hyper", "lambda_runtime", "rustls"];

/// The export of spans could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up the export of spans")]
pub struct StartError(#[source] BoxError);

/// The export of spans: a queue, and a thread that sends what is in it. Clones are the same one.
///
/// `run` makes it by itself. It is for programs with a subscriber of their own; see the [module](super).
#[derive(Clone)]
pub struct Traces {
    provider: SdkTracerProvider,
    losses: Arc<Losses>,
    is_flushing: Arc<AtomicBool>,
}

impl fmt::Debug for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Traces").finish_non_exhaustive()
    }
}

impl Traces {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// [`StartError`] if the system gives no resources for it, or if a certificate is not valid.
    pub fn start(settings: Settings) -> Result<Self, StartError> {
        let losses = Arc::new(Losses::new(settings.queue));
        let provider = pipeline::start(settings, &losses).map_err(StartError)?;
        Ok(Self {
            provider,
            losses,
            is_flushing: Arc::default(),
        })
    }

    /// A layer for a subscriber, which exports its spans: those of requests, and from the level `info` up those of the program.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let scope = InstrumentationScope::builder("dualrun")
            .with_version(env!("CARGO_PKG_VERSION"))
            .build();
        let tracer = RequestTracer(self.provider.tracer_with_scope(scope));
        let libraries = LIBRARIES.map(|target| (target, LevelFilter::OFF));
        let filter = Targets::new()
            .with_default(LevelFilter::INFO)
            .with_targets(libraries);
        let spans = OpenTelemetryLayer::new(tracer)
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(filter);
        // It hears nothing, and is only found.
        spans.and_then(Handle(self.clone()).with_filter(LevelFilter::OFF))
    }

    /// Sends all spans that have ended, or gives up after a while. `true` if they are sent, or lost.
    ///
    /// It gives up at once while an earlier call, up to 5 seconds ago, still waits for the collector.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with time, and if the system has no thread left.
    pub async fn flush(&self, within: Duration) -> bool {
        if self.losses.waiting() == 0 {
            return true;
        }
        if self.is_flushing.swap(true, SeqCst) {
            return false;
        }
        let Self {
            provider,
            is_flushing,
            ..
        } = self.clone();
        let flushed = aside(move || {
            // What it failed to send is counted as lost.
            let _ = provider.force_flush();
            is_flushing.store(false, SeqCst);
        });
        timeout(within, flushed).await.is_ok()
    }

    /// Sends the last spans, as far as that is possible within a while. Those that end later are lost.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with time, and if the system has no thread left.
    pub async fn shut_down(&self, within: Duration) {
        let provider = self.provider.clone();
        let ended = aside(move || drop(provider.shutdown_with_timeout(within)));
        let _ = timeout(within, ended).await;
        self.losses.tell_the_rest();
    }
}

/// Waits for the SDK, which blocks, on a thread of its own: the end of a runtime waits for those that are the runtime's.
async fn aside(block: impl FnOnce() + Send + 'static) {
    let (send, ended) = oneshot::channel();
    thread::spawn(move || {
        block();
        let _ = send.send(());
    });
    let _ = ended.await;
}

/// By which the subscriber of the thread is asked whether it exports.
pub(super) struct Handle(Traces);

impl<S: Subscriber> Layer<S> for Handle {}

/// What exports the spans of this thread.
pub(crate) fn current() -> Option<Traces> {
    dispatcher::get_default(|subscriber| {
        let handle = subscriber.downcast_ref::<Handle>();
        handle.map(|Handle(traces)| traces.clone())
    })
}

/// Sends the last spans of this thread's subscriber, if it exports.
pub(crate) async fn shut_down(within: Duration) {
    if let Some(traces) = current() {
        traces.shut_down(within).await;
    }
}

/// As [`log::try_init`], with spans exported. None if the program has set a subscriber, which it keeps.
pub(crate) fn try_init(
    settings: Settings,
    format: LogFormat,
    filter: LogFilter,
    delivery: Delivery,
) -> Result<Option<WorkerGuard>, StartError> {
    let traces = Traces::start(settings)?;
    let (lines, guard) = log::layer(format, delivery);
    let subscriber = tracing_subscriber::registry()
        .with(lines.with_filter(Targets::from(filter)))
        .with(traces.layer());
    if tracing::subscriber::set_global_default(subscriber).is_err() {
        return Ok(None);
    }
    log::log_panics();
    // For libraries that speak to OpenTelemetry by themselves, such as clients that trace their requests.
    global::set_tracer_provider(traces.provider);
    global::set_text_map_propagator(TraceContextPropagator::new());
    Ok(Some(guard))
}
