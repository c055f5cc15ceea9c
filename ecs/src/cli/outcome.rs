//! How a deployment ended, as a person reads it.

use crate::deploy::{Outcome, Verdict};
use anstyle::{AnsiColor, Style};

pub(super) fn print(outcome: &Outcome, is_json: bool) {
    match serde_json::to_string_pretty(outcome) {
        Ok(json) if is_json => anstream::println!("{json}"),
        _ => anstream::print!("{}", text(outcome)),
    }
}

/// The verdict first; then what is known about it.
pub(super) fn text(outcome: &Outcome) -> String {
    let colour = if outcome.verdict.code() == 0 {
        AnsiColor::Green
    } else {
        AnsiColor::Red
    };
    let style = Style::new().fg_color(Some(colour.into())).bold();
    let mut text = format!(
        "{style}{}: {}{style:#}\n",
        outcome.service,
        outcome.verdict.text()
    );
    if let Some(image) = &outcome.image {
        text += &format!("  image: {image}\n");
    }
    if let Some(cause) = &outcome.cause {
        text += &format!(
            "  cause: {}\n  {}\n  mend: {}\n",
            cause.name, cause.evidence, cause.mend
        );
    }
    if let Some(error) = &outcome.error {
        text += &format!("  {error}\n");
    }
    if let (Verdict::Refused, Some(report)) = (&outcome.verdict, &outcome.preflight) {
        text += &report.failures();
    }
    text
}
