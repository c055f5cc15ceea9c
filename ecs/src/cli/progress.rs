//! What happens, while it happens: on stderr, so that stdout holds the outcome alone.

use crate::deploy::Progress;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{IsTerminal, stderr};
use std::time::Duration;

/// A line for each change; on a terminal, the latest one with a clock that runs.
pub(super) struct Lines(Option<ProgressBar>);

impl Lines {
    pub(super) fn new() -> Self {
        let spinner = stderr().is_terminal().then(|| {
            let spinner = ProgressBar::new_spinner();
            // The template is a constant, so this falls back to indicatif's own only if that is wrong.
            let style = ProgressStyle::with_template("{spinner} {elapsed:>4}  {wide_msg}");
            spinner.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            spinner.enable_steady_tick(Duration::from_millis(120));
            spinner
        });
        Self(spinner)
    }
}

impl Progress for Lines {
    fn tell(&mut self, text: &str) {
        match &self.0 {
            Some(spinner) => {
                spinner.println(text);
                spinner.set_message(text.to_owned());
            }
            None => anstream::eprintln!("{text}"),
        }
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        if let Some(spinner) = &self.0 {
            spinner.finish_and_clear();
        }
    }
}
