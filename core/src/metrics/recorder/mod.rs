//! The recorder that `DUALRUN_METRICS` sets: a registry of atomics, and two writers that read it.
//!
//! | file | what it is |
//! |---|---|
//! | `registry` | all series, up to a limit |
//! | `value` | what a series holds |
//! | `buckets` | the buckets of every histogram |
//! | `emf` | lines for CloudWatch |
//! | `prometheus` | the text that Prometheus reads |

mod buckets;
mod emf;
mod prometheus;
mod registry;
#[cfg(test)]
mod tests;
mod value;

pub(crate) use self::emf::Gauges;
pub(crate) use self::registry::SERIES_LIMIT;

use self::registry::{About, Kind, Registry, Series};
use metrics::{Key, KeyName, Metadata, SharedString, Unit};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

/// Keeps metrics in a bounded amount of memory, for CloudWatch or Prometheus. Clones are the same recorder.
///
/// `run` sets one where `DUALRUN_METRICS` asks for it. A program with its own `main` can do the same:
///
/// ```
/// use dualrun::metrics::{Recorder, facade};
///
/// let recorder = Recorder::new();
/// facade::set_global_recorder(recorder.clone())?;
/// facade::counter!("orders_total", "kind" => "new").increment(1);
/// assert!(recorder.prometheus().contains("orders_total{kind=\"new\"} 1\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// It keeps 1,000 series. More are refused, as are labels of more than 1 KiB and a name for two kinds of metrics: those are
/// counted in `dualrun_metrics_refused_total`, and the first is a warning in the log. Recording takes no memory; a series
/// does when it is first named. Histograms are right to 6.25 % between a millionth and a million millions; what is less
/// counts as zero.
#[derive(Clone)]
pub struct Recorder(Arc<Inner>);

struct Inner {
    registry: Registry,
    /// Two who tell at the same time would tell the same.
    telling: Mutex<()>,
}

/// Whose metrics CloudWatch is told.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    pub(crate) namespace: String,
    /// The value of the dimension `service`, if it has one.
    pub(crate) service: Option<String>,
}

impl Recorder {
    /// One that has recorded nothing.
    #[allow(clippy::new_without_default, reason = "two of them are not equal")]
    pub fn new() -> Self {
        Self(Arc::new(Inner {
            registry: Registry::new(),
            telling: Mutex::new(()),
        }))
    }

    /// All that was recorded since the start, in Prometheus's text format 0.0.4.
    pub fn prometheus(&self) -> String {
        prometheus::text(&self.0.registry.snapshot())
    }

    /// What was recorded since the last call, as lines in CloudWatch's embedded metric format, dated to `at`.
    pub(crate) fn emf(
        &self,
        gauges: Gauges,
        sender: &Sender,
        at: SystemTime,
        tell: &mut dyn FnMut(&[u8]),
    ) {
        let telling = &self.0.telling;
        let _telling = telling.lock().unwrap_or_else(PoisonError::into_inner);
        emf::tell(&self.0.registry.snapshot(), gauges, (sender, at), tell);
    }

    fn describe(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
        self.0.registry.describe(name, About { unit, description });
    }
}

impl metrics::Recorder for Recorder {
    fn describe_counter(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
        self.describe(name, unit, description);
    }

    fn describe_gauge(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
        self.describe(name, unit, description);
    }

    fn describe_histogram(&self, name: KeyName, unit: Option<Unit>, description: SharedString) {
        self.describe(name, unit, description);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> metrics::Counter {
        match self.0.registry.series(key, Kind::Counter) {
            Some(Series::Counter(counter)) => metrics::Counter::from_arc(counter),
            _ => metrics::Counter::noop(),
        }
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> metrics::Gauge {
        match self.0.registry.series(key, Kind::Gauge) {
            Some(Series::Gauge(gauge)) => metrics::Gauge::from_arc(gauge),
            _ => metrics::Gauge::noop(),
        }
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> metrics::Histogram {
        match self.0.registry.series(key, Kind::Histogram) {
            Some(Series::Histogram(histogram)) => metrics::Histogram::from_arc(histogram),
            _ => metrics::Histogram::noop(),
        }
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").finish_non_exhaustive()
    }
}
