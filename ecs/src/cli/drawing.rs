//! The line at the bottom of the terminal that shows what goes on and for how long. Whatever is printed goes above it, and a
//! question has the terminal to itself.

use super::say;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use std::fmt::Write;
use std::io::{IsTerminal, stderr};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Between two turns of the spinner.
const TICK: Duration = Duration::from_millis(120);

/// The terminal's, of which there is one.
static BOTTOM: Mutex<Option<Bottom>> = Mutex::new(None);

struct Bottom {
    start: Instant,
    message: String,
    /// None while it is paused.
    bar: Option<ProgressBar>,
}

/// Drawn until it is dropped, where stderr is a terminal that can move its cursor.
pub(super) struct Drawing;

/// Nothing is drawn until it is dropped.
pub(super) struct Paused;

impl Drawing {
    /// With a clock that runs since `start`.
    pub(super) fn begin(start: Instant) -> Self {
        if stderr().is_terminal() && has_cursor() {
            *bottom() = Some(Bottom {
                start,
                message: String::new(),
                bar: Some(bar(start, "")),
            });
        }
        Self
    }
}

impl Drop for Drawing {
    fn drop(&mut self) {
        let bar = bottom().take().and_then(|bottom| bottom.bar);
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Paused {
    fn drop(&mut self) {
        if let Some(bottom) = bottom().as_mut() {
            bottom.bar = Some(bar(bottom.start, &bottom.message));
        }
    }
}

/// Shows this there.
pub(super) fn show(text: &str) {
    if let Some(bottom) = bottom().as_mut() {
        bottom.message = on_one_line(text);
        if let Some(bar) = &bottom.bar {
            bar.set_message(bottom.message.clone());
        }
    }
}

/// Prints above it.
pub(super) fn above<T>(print: impl FnOnce() -> T) -> T {
    let bar = bottom().as_ref().and_then(|bottom| bottom.bar.clone());
    match bar {
        Some(bar) => bar.suspend(print),
        None => print(),
    }
}

/// Leaves the terminal to a question.
pub(super) fn pause() -> Paused {
    let bar = bottom().as_mut().and_then(|bottom| bottom.bar.take());
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    Paused
}

fn bottom() -> MutexGuard<'static, Option<Bottom>> {
    BOTTOM.lock().unwrap_or_else(PoisonError::into_inner)
}

fn bar(start: Instant, message: &str) -> ProgressBar {
    let clock = move |_: &ProgressState, to: &mut dyn Write| {
        let _ = to.write_str(&clock(start));
    };
    // `wide_msg` is cut where the terminal ends. The cursor goes back, since what is typed there, such as ^C, would begin
    // another line.
    let style = ProgressStyle::with_template("{spinner} {clock}  {wide_msg}\r");
    // The template is a constant, so indicatif's own is for a wrong one only.
    let style = style.unwrap_or_else(|_| ProgressStyle::default_spinner());
    let bar = ProgressBar::new_spinner().with_style(style.with_key("clock", clock));
    bar.set_message(message.to_owned());
    bar.enable_steady_tick(TICK);
    bar
}

/// The time since `start`, as it stands in front of every line that is told.
pub(super) fn clock(start: Instant) -> String {
    format!("{:>4} s", start.elapsed().as_secs())
}

/// The first line, without what moves the cursor.
fn on_one_line(text: &str) -> String {
    let plain = say::stripped(text);
    let line = plain.lines().next().unwrap_or_default();
    line.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// If the terminal can go back over what it shows.
pub(super) fn has_cursor() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term != "dumb" && !term.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_is_one_line_that_moves_no_cursor() {
        let text = "a\tb \u{1b}[31mred\u{1b}[2K\rback\nthe rest";
        assert_eq!(on_one_line(text), "a b red back");
    }
}
