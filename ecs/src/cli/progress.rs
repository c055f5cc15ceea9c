//! What happens, while it happens: on stderr, so that stdout holds the outcome alone.

use super::say;
use crate::aws::ecs::Task;
use crate::deploy::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, stderr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// Between two turns of the spinner.
const TICK: Duration = Duration::from_millis(120);

/// A line for each change; on a terminal, the latest one with a clock that runs.
pub(super) struct Lines {
    spinner: Option<ProgressBar>,
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
        let spinner = stderr().is_terminal().then(|| {
            let spinner = ProgressBar::new_spinner();
            // The template is a constant, so this falls back to indicatif's own only if that is wrong.
            let style = ProgressStyle::with_template("{spinner} {elapsed:>4}  {wide_msg}");
            spinner.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            spinner.enable_steady_tick(TICK);
            spinner
        });
        Self {
            spinner,
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
        Watched {
            spinner: self.spinner.clone(),
            one_off: Arc::clone(&self.one_off),
        }
    }
}

/// What others may want to see of it meanwhile.
pub(super) struct Watched {
    spinner: Option<ProgressBar>,
    one_off: Arc<OneOff>,
}

impl Watched {
    /// The ARN of the one-off task, once there is one.
    pub(super) fn task(&self) -> Option<&str> {
        self.one_off.arn.get().map(String::as_str)
    }

    /// If ECS was asked for a one-off task, whatever it has said.
    pub(super) fn is_starting(&self) -> bool {
        self.one_off.is_starting.load(Ordering::Relaxed)
    }

    /// Leaves the terminal alone, for a question.
    pub(super) fn pause(&self) {
        if let Some(spinner) = &self.spinner {
            spinner.disable_steady_tick();
            spinner.set_draw_target(ProgressDrawTarget::hidden());
        }
    }

    /// Goes on.
    pub(super) fn resume(&self) {
        if let Some(spinner) = &self.spinner {
            spinner.set_draw_target(ProgressDrawTarget::stderr());
            spinner.enable_steady_tick(TICK);
        }
    }
}

impl Progress for Lines {
    fn tell(&mut self, text: &str) {
        match &self.spinner {
            Some(spinner) => {
                spinner.println(text);
                spinner.set_message(text.to_owned());
            }
            None => say::err(text),
        }
    }

    fn line(&mut self, text: &str) {
        match &self.spinner {
            Some(spinner) if self.is_output => spinner.suspend(|| say::out(text)),
            None if self.is_output => say::out(text),
            _ => self.tell(&format!("  | {text}")),
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

impl Drop for Lines {
    fn drop(&mut self) {
        if let Some(spinner) = &self.spinner {
            spinner.finish_and_clear();
        }
    }
}
