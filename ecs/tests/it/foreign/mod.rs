//! The doctor on what other people have: a task definition alone, a template alone, and files that are broken.

mod addresses;
mod broken;
mod choices;
mod definitions;
mod flaws;
mod folders;
mod kinds;
mod nested;
mod places;
mod plans;
mod refused;
mod registered;
mod spelling;
mod templates;
mod values;
mod variables;
mod ways_in;

use ecs::doctor::{CheckId, Report, Status, examine};
use ecs::files::{FindError, Wanted, facts, find};
use ecs::image::Lookup;
use std::error::Error;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn examined(path: &Path, wanted: Wanted<'_>) -> Result<Report, FindError> {
    let mut facts = facts(&find(path)?, wanted)?;
    for facts in &mut facts {
        let containers = facts.definition.container_definitions.iter();
        facts.images = containers.map(|_| Lookup::NotAsked).collect();
    }
    Ok(examine(&facts, "a file"))
}

/// What the doctor says of one file.
fn report_on(name: &str, text: &str) -> Report {
    let folder = folder(&[(name, text)]);
    examined(&folder.path().join(name), Wanted::default())
        .unwrap_or_else(|e| panic!("{}", said(&e)))
}

/// An error with its causes, as it is printed.
fn said(error: &FindError) -> String {
    let mut texts = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(error) = cause {
        texts.push(error.to_string());
        cause = error.source();
    }
    texts.join(": ")
}

fn text(report: &Report) -> String {
    anstream::adapter::strip_str(&report.to_string()).to_string()
}

fn statuses(report: &Report) -> Vec<Status> {
    report.checks.iter().map(|check| check.status).collect()
}

#[track_caller]
fn assert_says(report: &Report, (check, status): (CheckId, Status), said: &str) {
    let text = text(report);
    assert_eq!(report.check(check).status, status, "{said}: {text}");
    let mut findings = report.check(check).findings.iter();
    assert!(findings.any(|it| it.text.contains(said)), "{said}: {text}");
}
