//! What happens, while it happens: on stderr, so that stdout holds the outcome alone.

use super::drawing::{self, Drawing, clock};
use super::say;
use crate::aws::ecs::Task;
use crate::deploy::Progress;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

/// A line for each change, with the time since the command began; on a terminal, the latest one with a clock that runs.
pub(super) struct Lines {
    start: Instant,
    _drawing: Drawing,
    /// If lines of a one-off task are the result, and so go to stdout.
    is_output: bool,
    one_off: Arc<OneOff>,
}

/// What is known of the one-off task.
#[derive(Default)]
struct OneOff {
    is_starting: AtomicBool,
    arn: OnceLock<String>,
}

impl Lines {
    pub(super) fn new() -> Self {
        let start = Instant::now();
        Self {
            start,
            _drawing: Drawing::begin(start),
            is_output: false,
            one_off: Arc::default(),
        }
    }

    /// The same for a task whose lines are the result.
    pub(super) fn of_task() -> Self {
        let mut lines = Self::new();
        lines.is_output = true;
        lines
    }

    /// What others may want to see of it meanwhile.
    pub(super) fn watched(&self) -> Watched {
        Watched(Arc::clone(&self.one_off))
    }
}

/// What others may want to see of it meanwhile.
pub(super) struct Watched(Arc<OneOff>);

impl Watched {
    /// The ARN of the one-off task, once there is one.
    pub(super) fn task(&self) -> Option<&str> {
        self.0.arn.get().map(String::as_str)
    }

    /// If ECS was asked for a one-off task, whatever it has said.
    pub(super) fn is_starting(&self) -> bool {
        self.0.is_starting.load(Ordering::Relaxed)
    }
}

impl Progress for Lines {
    fn tell(&mut self, text: &str) {
        say::err(format_args!("{}  {text}", clock(self.start)));
        drawing::show(text);
    }

    fn line(&mut self, text: &str) {
        if self.is_output {
            say::out(text);
        } else {
            self.tell(&format!("  | {text}"));
        }
    }

    fn starting(&mut self) {
        self.one_off.is_starting.store(true, Ordering::Relaxed);
    }

    fn begun(&mut self, task: &Task) {
        // An order runs one task at most.
        let _ = self.one_off.arn.set(task.arn.clone());
    }
}
