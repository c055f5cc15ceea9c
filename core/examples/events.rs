//! What outlives a request: `/events` streams to a browser until the task ends, and a task of the service's own
//! saves what it has counted before that.
//!
//! ```text
//! cargo run -p dualrun --example events
//! curl --no-buffer localhost:8000/events   # elsewhere; then Ctrl-C the first
//! ```

use axum::extract::State;
use axum::response::sse::{Event, Sse};
use axum::routing::get;
use axum::{Extension, Router};
use dualrun::BoxError;
use dualrun::context::Lifecycle;
use futures_util::{Stream, StreamExt};
use std::convert::Infallible;
use std::process::ExitCode;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{interval, sleep};
use tokio_stream::wrappers::IntervalStream;

/// Read from `FLUSH_SECONDS`, which may be left out.
#[derive(serde::Deserialize)]
struct Config {
    flush_seconds: Option<u64>,
}

/// Tells the task of a visit.
#[derive(Clone)]
struct Visits(mpsc::Sender<()>);

/// An event every 100 ms, until the drain begins. A stream that went on would be cut in the middle of an event.
async fn events(
    State(Visits(visits)): State<Visits>,
    Extension(lifecycle): Extension<Lifecycle>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    // Nobody counts once the drain has begun.
    let _ = visits.send(()).await;
    let ticks = IntervalStream::new(interval(Duration::from_millis(100)));
    let events = ticks
        .enumerate()
        .map(|(number, _)| Ok(Event::default().data(number.to_string())));
    Sse::new(events.take_until(lifecycle.into_drain_begins()))
}

/// Counts visits until the drain begins, and then saves the count. The process lives on for that.
async fn count(mut visits: mpsc::Receiver<()>, lifecycle: Lifecycle, flush: Duration) {
    let mut count = 0_u64;
    loop {
        tokio::select! {
            // Before the drain, so that all are counted that are waiting when it begins.
            biased;
            Some(()) = visits.recv() => count += 1,
            () = lifecycle.drain_begins() => break,
        }
    }
    // A database would take some time too.
    sleep(flush).await;
    tracing::info!(count, "flushed");
}

async fn build(config: Config, lifecycle: Lifecycle) -> Result<Router, BoxError> {
    let flush = Duration::from_secs(config.flush_seconds.unwrap_or(5));
    let (visits, waiting) = mpsc::channel(1024);
    lifecycle.spawn(count(waiting, lifecycle.clone(), flush));
    Ok(Router::new()
        .route("/health", get(|| async { "ok" }))
        .route("/events", get(events))
        .with_state(Visits(visits)))
}

fn main() -> ExitCode {
    dualrun::run(build)
}
