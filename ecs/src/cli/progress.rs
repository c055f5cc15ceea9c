//! What happens, while it happens: on stderr, so that stdout holds the outcome alone.

use super::drawing::{self, Drawing, clock};
use super::paste::completed;
use super::say;
use crate::aws::ecs::Task;
use crate::deploy::Progress;
use crate::stack::{Stage, Stopped};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

/// A line for each change, with the time since the command began; on a terminal, the latest one with a clock that runs.
pub(super) struct Lines {
    start: Instant,
    _drawing: Drawing,
    /// If lines of a one-off task are the result, and so go to stdout.
    is_output: bool,
    begun: Arc<Begun>,
}

/// What was begun.
#[derive(Default)]
struct Begun {
    /// If a one-off task was asked for.
    is_starting: AtomicBool,
    /// Its ARN.
    task: OnceLock<String>,
    /// How far the change of a stack is.
    stage: Mutex<Option<Stage>>,
    /// The services that were asked to have no tasks.
    stopped: Mutex<Vec<Stopped>>,
}

impl Lines {
    pub(super) fn new() -> Self {
        let start = Instant::now();
        Self {
            start,
            _drawing: Drawing::begin(start),
            is_output: false,
            begun: Arc::default(),
        }
    }

    /// The same for a task whose lines are the result.
    pub(super) fn of_task() -> Self {
        let mut lines = Self::new();
        lines.is_output = true;
        lines
    }

    fn show(&self, text: &str) {
        say::err(format_args!("{}  {text}", clock(self.start)));
        drawing::show(text);
    }

    /// What others may want to see of it meanwhile.
    pub(super) fn watched(&self) -> Watched {
        Watched(Arc::clone(&self.begun))
    }
}

/// What others may want to see of it meanwhile.
pub(super) struct Watched(Arc<Begun>);

impl Watched {
    /// The ARN of the one-off task, once there is one.
    pub(super) fn task(&self) -> Option<&str> {
        self.0.task.get().map(String::as_str)
    }

    /// If ECS was asked for a one-off task, whatever it has said.
    pub(super) fn is_starting(&self) -> bool {
        self.0.is_starting.load(Ordering::Relaxed)
    }

    /// How far the change of a stack is, if one was begun.
    pub(super) fn stage(&self) -> Option<Stage> {
        let stage = self.0.stage.lock();
        stage.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The services that were asked to have no tasks.
    pub(super) fn stopped(&self) -> Vec<Stopped> {
        let stopped = self.0.stopped.lock();
        stopped.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Progress for Lines {
    fn tell(&mut self, text: &str) {
        self.show(&completed(text));
    }

    fn line(&mut self, text: &str) {
        if self.is_output {
            say::out(text);
        } else {
            self.show(&format!("  | {text}"));
        }
    }

    fn starting(&mut self) {
        self.begun.is_starting.store(true, Ordering::Relaxed);
    }

    fn begun(&mut self, task: &Task) {
        // An order runs one task at most.
        let _ = self.begun.task.set(task.arn.clone());
    }

    fn stage(&mut self, stage: Stage) {
        let now = self.begun.stage.lock();
        *now.unwrap_or_else(PoisonError::into_inner) = Some(stage);
    }

    fn stopping(&mut self, service: &Stopped) {
        let stopped = self.begun.stopped.lock();
        let mut stopped = stopped.unwrap_or_else(PoisonError::into_inner);
        stopped.push(service.clone());
    }
}
