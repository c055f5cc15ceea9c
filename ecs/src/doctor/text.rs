//! The report as a person reads it.

use super::{Check, Finding, Report, Status};
use anstyle::{AnsiColor, Style};
use std::fmt;

impl Report {
    /// The checks that have failed, alone.
    pub fn failures(&self) -> String {
        let failed = self
            .checks
            .iter()
            .filter(|check| check.status == Status::Fail);
        failed.map(ToString::to_string).collect()
    }
}

impl Report {
    /// A line for each warning and for what is unknown, with the check that it is of.
    pub fn warnings(&self) -> Vec<String> {
        let all = self.checks.iter().flat_map(|check| {
            let is_one = |it: &&Finding| matches!(it.status, Status::Warn | Status::Unknown);
            let warnings = check.findings.iter().filter(is_one);
            warnings.map(move |it| format!("{} {}: {}", check.id.number(), check.name, it.text))
        });
        all.collect()
    }
}

impl Status {
    pub(super) fn style(self) -> Style {
        let colour = match self {
            Self::Pass => AnsiColor::Green,
            Self::Warn => AnsiColor::Yellow,
            Self::Unknown => AnsiColor::Magenta,
            Self::Fail => AnsiColor::Red,
            Self::Skipped => AnsiColor::BrightBlack,
        };
        Style::new().fg_color(Some(colour.into())).bold()
    }

    fn word(self) -> &'static str {
        match self {
            Self::Pass => "PASS",
            Self::Warn => "WARN",
            Self::Unknown => "UNKNOWN",
            Self::Fail => "FAIL",
            Self::Skipped => "SKIPPED",
        }
    }
}

/// With colours; whoever prints it takes them out where there is no terminal.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n", self.subject)?;
        for check in &self.checks {
            write!(f, "{check}")?;
        }
        let Some(cause) = self.cause else {
            return Ok(());
        };
        let style = Status::Fail.style();
        writeln!(
            f,
            "\n{style}cause: {cause}{style:#}; fix that first, then check again"
        )
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (style, word) = (self.status.style(), self.status.word());
        write!(f, "{style}{word:<7}{style:#} {}", self.id)?;
        if let Some(id) = self.blocked_by {
            write!(f, " (blocked by {})", id.number())?;
        }
        writeln!(f)?;
        for finding in &self.findings {
            let mark = match finding.status {
                Status::Warn if self.status != Status::Warn => "warning: ",
                Status::Unknown if self.status != Status::Unknown => "unknown: ",
                _ => "",
            };
            writeln!(f, "          {mark}{}", finding.text)?;
            if let Some(fix) = &finding.fix {
                writeln!(f, "          fix: {fix}")?;
            }
        }
        Ok(())
    }
}
