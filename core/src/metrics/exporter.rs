//! The recorder that `DUALRUN_METRICS` asks for, and who reads it.

use super::recorder::{Gauges, Recorder, Sender};
use crate::Options;
use crate::config::Variables;
use crate::log::{self, Lines, WorkerGuard};
use crate::options::Metrics;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::time::sleep;

/// CloudWatch has no finer time for such metrics.
const INTERVAL: Duration = Duration::from_secs(60);

/// Takes what was recorded to where it is wanted.
pub(crate) struct Exporter {
    recorder: Recorder,
    kind: Metrics,
    sender: Sender,
    lines: Lines,
    /// Of lines that have a writer of their own, because the program brings its log.
    _guard: Option<WorkerGuard>,
}

impl Exporter {
    /// Sets the recorder, if one is asked for. It has to be done before anything is recorded.
    pub(crate) fn start(
        options: &Options,
        variables: &Variables,
        log: Option<&WorkerGuard>,
    ) -> Option<Arc<Self>> {
        if options.metrics == Metrics::Off {
            return None;
        }
        let recorder = Recorder::new();
        if metrics::set_global_recorder(recorder.clone()).is_err() {
            tracing::warn!(
                "DUALRUN_METRICS has no effect: the program has set a recorder of its own"
            );
            return None;
        }
        let (lines, guard) = match log {
            Some(log) => (log.lines(), None),
            None => {
                let guard = log::writer(options.log_format);
                (guard.lines(), Some(guard))
            }
        };
        Some(Arc::new(Self {
            recorder,
            kind: options.metrics,
            sender: Sender {
                namespace: options.metrics_namespace.clone(),
                service: service(variables),
            },
            lines,
            _guard: guard,
        }))
    }

    /// What a page for Prometheus is made from, if that is wanted.
    #[cfg(feature = "server")]
    pub(crate) fn page(&self) -> Option<&Recorder> {
        (self.kind == Metrics::Prometheus).then_some(&self.recorder)
    }

    /// Writes what has been recorded since the last time, if it is wanted as lines.
    pub(crate) fn flush(&self) {
        self.flush_at(SystemTime::now(), Gauges::All);
    }

    /// The same without gauges that have not changed.
    pub(crate) fn flush_changed(&self) {
        self.flush_at(SystemTime::now(), Gauges::Changed);
    }

    fn flush_at(&self, at: SystemTime, gauges: Gauges) {
        if self.kind == Metrics::Emf {
            let push = &mut |line: &[u8]| self.lines.push(line);
            self.recorder.emf(gauges, &self.sender, at, push);
        }
    }

    /// Writes at the end of each minute by the clock what came in it.
    pub(crate) async fn flush_each_minute(self: Arc<Self>) {
        if self.kind != Metrics::Emf {
            return;
        }
        loop {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            let now = now.unwrap_or_default();
            let over = Duration::new(now.as_secs() % INTERVAL.as_secs(), now.subsec_nanos());
            sleep(INTERVAL - over).await;
            // A moment earlier is the minute that it is about.
            self.flush_at(SystemTime::now() - Duration::from_secs(1), Gauges::All);
        }
    }
}

/// What the service is called.
fn service(variables: &Variables) -> Option<String> {
    let names = ["OTEL_SERVICE_NAME", "AWS_LAMBDA_FUNCTION_NAME"];
    let mut names = names
        .iter()
        .filter_map(|name| variables.get(name)?.to_str());
    // As long as CloudWatch takes it (AWS, API reference, "Dimension").
    let is_value = |name: &&str| !name.trim().is_empty() && name.len() <= 1024;
    names.find(is_value).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_is_called_by_its_name_in_traces_or_by_its_functions() {
        let name = |pairs: &[(&str, &str)]| service(&pairs.iter().copied().collect());
        let both = [
            ("AWS_LAMBDA_FUNCTION_NAME", "f"),
            ("OTEL_SERVICE_NAME", "shop"),
        ];
        assert_eq!(name(&both).as_deref(), Some("shop"));
        assert_eq!(name(&both[..1]).as_deref(), Some("f"));
        assert_eq!(name(&[("OTEL_SERVICE_NAME", "")]), None);
    }
}
