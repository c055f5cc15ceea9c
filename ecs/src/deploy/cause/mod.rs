//! Why a deployment failed: AWS's texts and a container's last words, by name and with the fix.
//!
//! | file | whose texts |
//! |---|---|
//! | `image`, `secret`, `setup`, `start`, `placement` | of ECS, before a program runs |
//! | `deployment` | of ECS, about the deployment as a whole |
//! | `health` | of ECS, about tasks that run |
//! | `log`, `last_words` | of the program, before it dies |
//! | `exit_code` | no text: the code that a container ended with |
//! | `row` | what a row of these tables is, and how it fits |

mod deployment;
mod exit_code;
mod health;
mod image;
mod last_words;
mod log;
mod placement;
mod row;
mod secret;
mod setup;
mod start;
#[cfg(test)]
mod tests;

use super::evidence::Evidence;
use row::{Row, first, lower};
use schemars::JsonSchema;
use serde::Serialize;

/// A named cause.
#[derive(Clone, Debug, Eq, JsonSchema, PartialEq, Serialize)]
pub struct Cause {
    /// What it is.
    pub name: String,
    /// The text that tells, as long as it is.
    pub evidence: String,
    /// What to do about it.
    pub fix: String,
}

/// How many characters of evidence are shown: ECS gives up to 1,024, and three lines say as much.
const SHOWN: usize = 400;
/// What stands for the characters that are not shown.
const CUT: &str = " […] ";

impl Cause {
    pub(super) fn new(name: &str, evidence: &str, fix: &str) -> Self {
        Self {
            name: name.to_owned(),
            evidence: evidence.to_owned(),
            fix: fix.to_owned(),
        }
    }

    /// The evidence in one line, without its middle if it is long: ECS puts the most particular words at the end.
    pub fn excerpt(&self) -> String {
        let words: Vec<&str> = self
            .evidence
            .split(|c: char| c.is_whitespace() || c.is_control())
            .filter(|word| !word.is_empty())
            .collect();
        let line: Vec<char> = words.join(" ").chars().collect();
        if line.len() <= SHOWN {
            return line.into_iter().collect();
        }
        let half = (SHOWN - CUT.chars().count()) / 2;
        let (head, tail) = (&line[..half], &line[line.len() - half..]);
        head.iter()
            .copied()
            .chain(CUT.chars())
            .chain(tail.iter().copied())
            .collect()
    }
}

/// What ECS says of what comes before a program runs, and of the deployment: whoever says so is right.
const CERTAIN: &[&[Row]] = &[
    deployment::ROWS,
    image::ROWS,
    secret::ROWS,
    setup::ROWS,
    start::ROWS,
    placement::ROWS,
];

/// What the server says when it lacks variables.
const MISSING: &str = "Missing required environment variables: ";

/// What ECS says whatever the cause.
const SAYS_NOTHING: &[&str] = &[
    "has reached a steady state",
    "has started ",
    "has stopped ",
    "has begun draining",
    "registered ",
    "deployment completed",
    "rolling back to",
    "scaling activity initiated by",
];

/// The cause that the evidence tells of, if any.
///
/// Tasks know best; events repeat it later and shorter. A task that fails its health check may have said why in its
/// log, and a program that fails by itself fails its health checks too.
pub(super) fn of(evidence: &Evidence) -> Option<Cause> {
    let log = last_words::plain(&evidence.log);
    let of_reasons = || certain(&evidence.reasons);
    let of_log = || {
        let (row, words) = last_words::named(&log)?;
        exit_code::has_died(&evidence.exit_codes).then(|| named(row, &words))
    };
    let of_failure = || {
        exit_code::has_failed(&evidence.exit_codes)
            .then(|| by_exit_code(&evidence.exit_codes, &log))
            .flatten()
    };
    missing_variables(&log)
        .or_else(of_reasons)
        .or_else(of_log)
        .or_else(|| running(&evidence.reasons, &evidence.targets))
        .or_else(|| certain(&evidence.events))
        .or_else(of_failure)
        .or_else(|| running(&evidence.events, &evidence.targets))
        .or_else(|| by_exit_code(&evidence.exit_codes, &log))
        .or_else(|| {
            let row = health::of_targets(&evidence.targets)?;
            Some(named(row, &evidence.targets.join(", ")))
        })
        .or_else(|| unknown(evidence))
}

fn certain(texts: &[String]) -> Option<Cause> {
    texts
        .iter()
        .find_map(|text| Some(named(first(CERTAIN, &lower(text))?, text)))
}

fn running(texts: &[String], targets: &[String]) -> Option<Cause> {
    texts
        .iter()
        .find_map(|text| Some(named(health::of(&lower(text), targets)?, text)))
}

/// The names, without what a log's format has put around them.
fn missing_variables(log: &[String]) -> Option<Cause> {
    let (_, rest) = log.iter().rev().find_map(|line| line.split_once(MISSING))?;
    let end = rest.find(|c: char| !is_of_names(c)).unwrap_or(rest.len());
    let names = rest[..end].trim_end_matches([',', ' ']);
    Some(Cause {
        name: "missing variable".to_owned(),
        evidence: format!("{MISSING}{names}"),
        fix: format!("set {names} in environment or secrets of the task definition"),
    })
}

/// Not a line break or a quote, whether as such or escaped.
fn is_of_names(c: char) -> bool {
    !c.is_control() && !matches!(c, '"' | '\'' | '\\')
}

fn by_exit_code(codes: &[i64], log: &[String]) -> Option<Cause> {
    let code = exit_code::that_tells(codes)?;
    let (name, fix) = exit_code::of(code);
    let said = last_words::last(log);
    Some(Cause {
        name,
        evidence: said.map_or_else(|| format!("exit code {code}"), str::to_owned),
        fix: fix.to_owned(),
    })
}

fn unknown(evidence: &Evidence) -> Option<Cause> {
    let says_something = |text: &&String| {
        let text = lower(text);
        !SAYS_NOTHING.iter().any(|nothing| text.contains(nothing))
    };
    let mut texts = evidence.reasons.iter().chain(&evidence.events);
    Some(Cause {
        name: "unknown".to_owned(),
        evidence: texts.find(says_something)?.clone(),
        fix: "check the rest: cargo ecs doctor".to_owned(),
    })
}

fn named(row: &Row, evidence: &str) -> Cause {
    Cause {
        name: row.name.to_owned(),
        evidence: evidence.to_owned(),
        fix: secret::fix(row, evidence),
    }
}
