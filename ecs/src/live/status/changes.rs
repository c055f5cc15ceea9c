//! What is new in a status since the last look, for who reads lines and not a screen.

use super::Status;
use std::collections::BTreeSet;

/// The lines of a status that its last one did not have. With times in the place of ages, which change with every look.
pub fn changes(last: Option<&Status>, status: &Status) -> Vec<String> {
    let lines = |status: &Status| {
        let status = Status {
            now: None,
            ..status.clone()
        };
        let text = status.to_string();
        in_full(&text)
    };
    let before: BTreeSet<String> = last.into_iter().flat_map(lines).collect();
    let mut new = lines(status);
    new.retain(|line| !before.contains(line));
    new
}

/// Lines of their own: what belongs to the line above has its beginning, so that two deployments with the same counts
/// are told apart.
fn in_full(text: &str) -> Vec<String> {
    let mut above = "";
    let lines = text.lines().map(|line| {
        match line.strip_prefix("  ") {
            Some(part) => format!("{above}: {part}"),
            None => {
                // As far as the first colon, behind which is what changes.
                above = line
                    .split(": ")
                    .next()
                    .unwrap_or(line)
                    .trim_end_matches(':');
                line.to_owned()
            }
        }
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_below_another_stands_by_itself() {
        let lines = in_full(
            "shop in main: 1 of 1 running\ndeployment of shop:1: PRIMARY\n  1 failed\nstopped last:\n  a: b\n",
        );
        assert_eq!(
            lines,
            [
                "shop in main: 1 of 1 running",
                "deployment of shop:1: PRIMARY",
                "deployment of shop:1: 1 failed",
                "stopped last:",
                "stopped last: a: b",
            ]
        );
    }
}
