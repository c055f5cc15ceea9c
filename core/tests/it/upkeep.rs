//! What those who carry the repository on rely on: tables of its own steps, versions and pins that are written twice.

use crate::support::repository::{read, root};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The commands of `.ci/run`, in its order.
fn steps() -> Vec<String> {
    let script = read(".ci/run");
    let steps = script.lines().filter_map(|line| {
        let line = line.trim_start();
        // Variables may come first.
        let (before, command) = line
            .split_once("step ")
            .filter(|_| !line.starts_with('#'))?;
        let is_variables = before.is_empty() || (before.contains('=') && before.ends_with(' '));
        is_variables.then(|| command.to_owned())
    });
    steps.collect()
}

/// The rows of CONTRIBUTING.md's table: a step's first words, and if `quick` has it.
fn rows() -> Vec<(String, bool)> {
    let text = read("CONTRIBUTING.md");
    let table = text.split_once("| step | quick |").expect("a table").1;
    let rows = table.lines().skip(2).map_while(|line| {
        let mut cells = line.strip_prefix("| `")?.split(" | ");
        let name = cells.next()?.trim_end_matches('`').to_owned();
        Some((name, cells.next()? == "yes"))
    });
    rows.collect()
}

#[test]
fn contributing_has_every_step_of_ci_in_its_order() {
    let rows = rows();
    let mut left = rows.iter().map(|(name, _)| name.as_str()).peekable();
    let mut row = left.next().expect("a row");
    for step in steps() {
        if !step.starts_with(row) {
            row = left.next().unwrap_or_else(|| panic!("no row for: {step}"));
        }
        assert!(
            step.starts_with(row),
            "a row for {step:?} should come before {row:?}"
        );
    }
    assert_eq!(left.next(), None, "no such step");
}

#[test]
fn contributing_says_which_steps_quick_has() {
    let script = read(".ci/run");
    let function = script.split_once("is_quick() {").expect("is_quick").1;
    let function = function.split_once("*) return 1").expect("the rest").0;
    let patterns = function
        .lines()
        .filter_map(|line| line.trim().strip_suffix(") ;;"));
    let patterns = patterns.flat_map(|line| line.split(" | "));
    let patterns: Vec<String> = patterns.map(|it| it.replace(['\'', '*'], "")).collect();
    assert!(patterns.len() > 5, "{patterns:?}");
    for (name, is_quick) in rows() {
        let is_named = patterns
            .iter()
            .any(|pattern| name.starts_with(pattern.as_str()));
        assert_eq!(is_named, is_quick, "{name}");
    }
}

fn version() -> String {
    let manifest = read("Cargo.toml");
    let line = manifest
        .lines()
        .find_map(|line| line.strip_prefix("version = "));
    line.expect("a version").trim_matches('"').to_owned()
}

#[test]
fn the_action_and_what_is_said_of_it_have_the_version_of_this_repository() {
    let version = version();
    let action = read(".github/actions/cargo-ecs/action.yml");
    assert!(
        action.contains(&format!("\n    default: {version}\n")),
        "{action}"
    );
    for file in [
        ".github/actions/cargo-ecs/action.yml",
        ".github/workflows/deploy-service.yml",
        "docs/releases.md",
    ] {
        let text = read(file);
        let named = text.split("dualrun/dualrun/.github/").skip(1);
        let named: Vec<&str> = named
            .filter_map(|it| it.lines().next()?.split_once('@'))
            .map(|it| it.1)
            .collect();
        assert!(!named.is_empty(), "{file}");
        assert!(
            named.iter().all(|it| *it == format!("v{version}")),
            "{file}: {named:?}"
        );
    }
}

#[test]
fn the_changelog_keeps_its_form() {
    let text = read("CHANGELOG.md");
    let headings = text.lines().filter_map(|line| line.strip_prefix("## "));
    let headings: Vec<&str> = headings.collect();
    assert_eq!(headings.first(), Some(&"[Unreleased]"));
    for heading in headings {
        let name = heading.split(" - ").next().expect("a name");
        assert!(
            text.contains(&format!("\n{name}: https://")),
            "no link for {name}"
        );
    }
    let kinds = [
        "Added",
        "Changed",
        "Deprecated",
        "Removed",
        "Fixed",
        "Security",
    ];
    for kind in text.lines().filter_map(|line| line.strip_prefix("### ")) {
        assert!(kinds.contains(&kind), "{kind}");
    }
}

#[test]
fn cargo_deny_is_the_same_for_a_change_and_for_the_schedule() {
    let named = |file: &str, before: &str| {
        let text = read(file);
        let version = text.split_once(before).expect("a version").1;
        version.split_whitespace().next().map(str::to_owned)
    };
    assert_eq!(
        named(".ci/requirements.txt", "cargo-deny=="),
        named(".ci/advisories", "cargo-deny@")
    );
}

/// All files below a folder whose names end so.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|it| it == "yml") {
            found.push(path);
        }
    }
}

#[test]
fn each_action_is_pinned_to_one_commit_here_and_in_what_is_written_for_others() {
    let mut all = Vec::new();
    files(&root().join(".github"), &mut all);
    files(&root().join("ecs/templates"), &mut all);
    let mut pins: BTreeMap<String, String> = BTreeMap::new();
    for file in all {
        let text = fs::read_to_string(&file).unwrap();
        let uses = text
            .lines()
            .filter_map(|line| line.trim_start_matches([' ', '-']).strip_prefix("uses: "));
        for action in uses.filter(|it| !it.starts_with("$/") && !it.starts_with("<%")) {
            let (name, pin) = action.split_once('@').expect("a pin");
            let commit = pin.split(' ').next().expect("a commit");
            assert!(
                commit.len() == 40 && pin.contains(" # v"),
                "{}: {action}",
                file.display()
            );
            let known = pins
                .entry(name.to_owned())
                .or_insert_with(|| pin.to_owned());
            assert_eq!(known, pin, "{}: {name}", file.display());
        }
    }
    assert!(pins.len() > 3, "{pins:?}");
}
