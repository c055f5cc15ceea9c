//! What each step takes. With the variable `NEW_TABLE`, the table goes into docs/new.md.

use e2e::image::repository;
use std::fs;
use std::time::{Duration, Instant};

/// The steps by now.
pub(crate) struct Steps(Vec<(&'static str, Duration)>);

/// Between these, docs/new.md has the table.
const MARKS: (&str, &str) = (
    "<!-- steps, written by e2e/new -->\n",
    "<!-- end of steps -->\n",
);

impl Steps {
    pub(crate) fn new() -> Self {
        Self(Vec::new())
    }

    /// Does one, and notes how long it takes.
    pub(crate) fn take(&mut self, what: &'static str, step: impl FnOnce()) {
        let start = Instant::now();
        step();
        self.took(what, start.elapsed());
    }

    pub(crate) fn took(&mut self, what: &'static str, time: Duration) {
        println!("{:>6.1} s  {what}", time.as_secs_f64());
        self.0.push((what, time));
    }

    /// Writes the table, if that is asked for.
    pub(crate) fn end(self) {
        if !is_timed() {
            return;
        }
        let file = repository().join("docs/new.md");
        let text = fs::read_to_string(&file).expect("the page");
        let (before, rest) = text.split_once(MARKS.0).expect("the table's beginning");
        let (_, after) = rest.split_once(MARKS.1).expect("the table's end");
        let rows = self
            .0
            .iter()
            .map(|(what, time)| format!("| {what} | {} |\n", rounded(*time)));
        let rows: String = rows.collect();
        let (begin, end) = MARKS;
        let table = format!("{begin}\n| step | time |\n|---|---|\n{rows}\n{end}");
        fs::write(file, format!("{before}{table}{after}")).expect("the page");
    }
}

/// If the table is asked for.
#[allow(
    clippy::disallowed_methods,
    reason = "the tests' own, not the service's, configuration"
)]
pub(crate) fn is_timed() -> bool {
    std::env::var_os("NEW_TABLE").is_some()
}

/// As coarse as it is worth: the machine decides on the rest.
fn rounded(time: Duration) -> String {
    match time.as_secs_f64() {
        seconds if seconds < 1.0 => "below 1 s".to_owned(),
        seconds if seconds < 10.0 => format!("{seconds:.0} s"),
        seconds => format!("{:.0} s", (seconds / 10.0).round() * 10.0),
    }
}
