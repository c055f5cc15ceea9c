//! How a deployment ended, as a person reads it.

use super::{say, terminal};
use crate::deploy::{Outcome, Refusal, Verdict};
use crate::doctor::Report;
use anstyle::{AnsiColor, Style};

pub(super) fn print(outcome: &Outcome, is_json: bool) {
    if is_json {
        if let Some(error) = &outcome.error {
            say::err(error);
        }
        json(outcome);
    } else {
        say::out_styled(text(outcome), terminal::OWN);
    }
}

/// As the schema describes it.
pub(super) fn json(outcome: &Outcome) {
    say::json(outcome);
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
            "  cause: {}\n  {}\n  fix: {}\n",
            cause.name,
            cause.excerpt(),
            cause.fix
        );
    }
    if let Some(error) = &outcome.error {
        text += &format!("  {error}\n");
    }
    if let Verdict::TimedOut | Verdict::ParkedSince = outcome.verdict
        && let Some(seen) = &outcome.last_seen
    {
        text += &format!("  last seen: {seen}\n");
    }
    if outcome.verdict == Verdict::Refused {
        for Refusal { reason, fix, .. } in &outcome.refusals {
            text += &format!("  {reason}\n  fix: {fix}\n");
        }
        let report = outcome.preflight.as_ref();
        text += &report.map_or(String::new(), Report::failures);
    }
    if let Verdict::Waiting(_) = outcome.verdict {
        text += &format!(
            "  cargo ecs continue {}, with --rollback to go back\n",
            outcome.arguments()
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::ecs::ServiceName;
    use crate::deploy::Pause;

    #[test]
    fn the_command_that_decides_names_the_cluster_too() {
        let name = ServiceName {
            cluster: "main",
            service: "shop",
        };
        let mut outcome = Outcome::of_error(name, String::new());
        outcome.verdict = Verdict::Waiting(Pause {
            deployment: "d".into(),
            hook: None,
            expires_at: None,
            then: None,
        });
        let text = text(&outcome);
        assert!(
            text.contains("cargo ecs continue --service shop --cluster main, with"),
            "{text}"
        );
    }
}
