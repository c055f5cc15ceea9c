//! What is recorded of a function.

use super::exporter::Exporter;
use super::table;
use crate::config::Variables;
use metrics::{counter, histogram};
use std::sync::Arc;
use std::time::SystemTime;

/// The function has started. With provisioned concurrency, no invocation waits for that (AWS, "Defined runtime environment
/// variables").
pub(crate) fn cold_start(variables: &Variables) {
    let kind = variables.get("AWS_LAMBDA_INITIALIZATION_TYPE");
    let has_waited = kind.is_none_or(|kind| kind == "on-demand" || kind == "snap-start");
    counter!(table::COLD_STARTS).increment(u64::from(has_waited));
}

/// An invocation, until all of its answer is there.
pub(crate) struct Invocation {
    deadline: SystemTime,
    exporter: Option<Arc<Exporter>>,
}

impl Invocation {
    /// One that Lambda ends at `deadline`.
    pub(crate) fn new(deadline: SystemTime, exporter: Option<Arc<Exporter>>) -> Self {
        Self { deadline, exporter }
    }

    /// The answer is complete.
    pub(crate) fn end(self) {}
}

impl Drop for Invocation {
    fn drop(&mut self) {
        let left = self.deadline.duration_since(SystemTime::now());
        histogram!(table::REMAINING).record(left.unwrap_or_default());
        // Lambda may stop the process as soon as the answer has left it.
        if let Some(exporter) = &self.exporter {
            exporter.flush_changed();
        }
    }
}
