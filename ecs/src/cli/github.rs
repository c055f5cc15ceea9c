//! What a workflow of GitHub Actions gets to see: a summary, an annotation, outputs.

use super::markdown::{block, code, flat, plain};
use super::say;
use crate::aws::Caller;
use crate::deploy::{Outcome, Verdict};
use crate::doctor::{Check, Report, Status};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What GitHub Actions puts into the environment.
#[derive(Clone, Debug)]
pub(super) struct GitHub {
    github_step_summary: Option<PathBuf>,
    github_output: Option<PathBuf>,
    github_run_id: Option<String>,
}

impl GitHub {
    /// These are no options, not even hidden ones, which completions would show.
    pub(super) fn of_environment() -> Self {
        let of = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        Self {
            github_step_summary: of("GITHUB_STEP_SUMMARY").map(PathBuf::from),
            github_output: of("GITHUB_OUTPUT").map(PathBuf::from),
            github_run_id: of("GITHUB_RUN_ID").and_then(|value| value.into_string().ok()),
        }
    }

    /// The run that this is part of.
    pub(super) fn run(&self) -> Option<String> {
        self.github_run_id.clone()
    }

    /// Says there how it ended. A file that cannot be written changes nothing about that.
    pub(super) fn report(&self, outcome: &Outcome) {
        if let Some(file) = &self.github_step_summary {
            append(file, &summary(outcome));
        }
        if let Some(file) = &self.github_output {
            append(file, &outputs(outcome));
        }
        if self.github_step_summary.is_some() && outcome.verdict.code() != 0 {
            say::annotate("deployment", &annotation(outcome));
        }
    }
}

fn summary(outcome: &Outcome) -> String {
    let title = format!("{}: {}", outcome.service, outcome.verdict.text());
    let of = |value: &Option<String>| value.as_deref().map(code).unwrap_or_default();
    let mut text = format!(
        "### {}\n\n| image | revision |\n|---|---|\n| {} | {} |\n",
        plain(&title),
        of(&outcome.image),
        of(&outcome.revision)
    );
    if let Some(Caller {
        account,
        region,
        arn,
    }) = &outcome.caller
    {
        let or_unknown = |it: &Option<String>| it.as_deref().map_or("unknown".into(), plain);
        let (account, region, arn) = (or_unknown(account), plain(region), or_unknown(arn));
        text += &format!("\naccount {account}, region {region}, as {arn}\n");
    }
    if let Some(cause) = &outcome.cause {
        text += &format!(
            "\n**{}**\n\n{}\n{}\n",
            plain(&cause.name),
            block("text", &cause.evidence),
            plain(&cause.fix)
        );
    }
    if let Some(error) = &outcome.error {
        text += &format!("\n{}", block("text", error));
    }
    for refusal in &outcome.refusals {
        text += &format!(
            "\n{}\nfix:\n\n{}",
            block("text", &refusal.reason),
            block("text", &refusal.fix)
        );
    }
    for check in refusing(outcome) {
        text += &format!("\n**Check {} has failed**\n\n", check.id);
        for finding in check.failures() {
            text += &block("text", &finding.text);
            let fix = finding.fix.as_deref();
            text += &fix.map_or(String::new(), |fix| {
                format!("\nfix:\n\n{}", block("text", fix))
            });
        }
    }
    // What was sound before is not what has failed.
    let has_failed = !matches!(outcome.verdict.code(), 0 | 18);
    if let Some(report) = outcome.preflight.as_ref().filter(|_| !has_failed) {
        text += &format!("\n{}", block("mermaid", &report.picture));
    }
    text
}

/// A line for each: nothing in a value can begin another.
fn outputs(outcome: &Outcome) -> String {
    let json = serde_json::to_value(outcome).unwrap_or_default();
    let or_none = |value: &Option<String>| value.clone().unwrap_or_default();
    let cause = outcome.cause.as_ref().map(|cause| cause.name.clone());
    let check = refusing(outcome).next().map(|check| check.name.to_owned());
    let outputs = [
        (
            "verdict",
            json["verdict"].as_str().unwrap_or_default().to_owned(),
        ),
        ("image", or_none(&outcome.image)),
        ("revision", or_none(&outcome.revision)),
        ("cause", or_none(&cause.or(check).or(outcome.error.clone()))),
    ];
    let lines = outputs.map(|(name, value)| format!("{name}={}\n", flat(&value)));
    lines.concat()
}

fn annotation(outcome: &Outcome) -> String {
    let mut text = format!("{}: {}", outcome.service, outcome.verdict.text());
    if let Some(cause) = &outcome.cause {
        text += &format!(": {}, {}", cause.name, cause.evidence);
    }
    if let Some(error) = &outcome.error {
        text += &format!(": {error}");
    }
    for refusal in &outcome.refusals {
        text += &format!("\n{}\nfix: {}", refusal.reason, refusal.fix);
    }
    // The others may be its consequences.
    if let Some(check) = refusing(outcome).next() {
        text += &format!("\ncheck {} has failed", check.id);
        for finding in check.failures() {
            text += &format!("\n{}", finding.text);
            let fix = finding.fix.as_deref();
            text += &fix.map_or(String::new(), |fix| format!("\nfix: {fix}"));
        }
    }
    text
}

/// The checks that a deployment was refused for.
fn refusing(outcome: &Outcome) -> impl Iterator<Item = &Check> {
    let report = outcome.preflight.as_ref();
    let report: Option<&Report> = report.filter(|_| outcome.verdict == Verdict::Refused);
    let checks = report.into_iter().flat_map(|report| &report.checks);
    checks.filter(|check| check.status == Status::Fail)
}

fn append(file: &Path, text: &str) {
    let opened = OpenOptions::new().append(true).create(true).open(file);
    let written = opened.and_then(|mut file| file.write_all(text.as_bytes()));
    if let Err(error) = written {
        say::err(format_args!("cannot write {}: {error}", file.display()));
    }
}
