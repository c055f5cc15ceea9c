//! What a workflow of GitHub Actions gets to see: a summary, an annotation, outputs.

use crate::deploy::Outcome;
use clap::Args;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

/// What GitHub Actions puts into the environment.
#[derive(Args, Clone, Debug)]
pub(super) struct GitHub {
    #[arg(long, env = "GITHUB_STEP_SUMMARY", hide = true)]
    github_step_summary: Option<PathBuf>,

    #[arg(long, env = "GITHUB_OUTPUT", hide = true)]
    github_output: Option<PathBuf>,

    #[arg(long, env = "GITHUB_RUN_ID", hide = true)]
    github_run_id: Option<String>,
}

impl GitHub {
    /// The run that this is part of.
    pub(super) fn run(&self) -> Option<String> {
        self.github_run_id.clone()
    }

    /// Says there how it ended. A file that cannot be written changes nothing about that.
    pub(super) fn report(&self, outcome: &Outcome) {
        let verdict = outcome.verdict.text();
        let or_none = |value: &Option<String>| value.clone().unwrap_or_default();
        if let Some(file) = &self.github_step_summary {
            let mut text = format!("### {}: {verdict}\n\n", outcome.service);
            text += &format!(
                "| image | revision |\n|---|---|\n| `{}` | `{}` |\n",
                or_none(&outcome.image),
                or_none(&outcome.revision)
            );
            if let Some(cause) = &outcome.cause {
                text += &format!(
                    "\n**{}**\n\n```text\n{}\n```\n\n{}\n",
                    cause.name, cause.evidence, cause.mend
                );
            }
            if let Some(error) = &outcome.error {
                text += &format!("\n```text\n{error}\n```\n");
            }
            append(file, &text);
        }
        if let Some(file) = &self.github_output {
            let json = serde_json::to_value(outcome).unwrap_or_default();
            let cause = outcome.cause.as_ref().map(|cause| cause.name.clone());
            let text = format!(
                "verdict={}\nimage={}\nrevision={}\ncause={}\n",
                json["verdict"].as_str().unwrap_or_default(),
                or_none(&outcome.image),
                or_none(&outcome.revision),
                or_none(&cause),
            );
            append(file, &text);
        }
        if self.github_step_summary.is_some() && outcome.verdict.code() != 0 {
            let cause = outcome
                .cause
                .as_ref()
                .map(|cause| format!(": {}, {}", cause.name, cause.evidence));
            let text = format!("{}: {verdict}{}", outcome.service, or_none(&cause));
            anstream::println!("::error title=deployment::{}", escaped(&text));
        }
    }
}

/// A workflow command is one line (GitHub, "Workflow commands").
fn escaped(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn append(file: &Path, text: &str) {
    let opened = OpenOptions::new().append(true).create(true).open(file);
    let written = opened.and_then(|mut file| file.write_all(text.as_bytes()));
    if let Err(error) = written {
        anstream::eprintln!("cannot write {}: {error}", file.display());
    }
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn an_annotation_is_one_line() {
        assert_eq!(escaped("50%\nof it"), "50%25%0Aof it");
    }
}
