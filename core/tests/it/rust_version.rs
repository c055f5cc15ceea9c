//! The oldest Rust that the library is built with, `rust-version`. Of what is newer, clippy finds what is in the standard
//! library (`incompatible_msrv`); the rest is here.

use crate::support::repository::{root, sources};
use serde_json::Value;
use std::collections::HashMap;
use std::fs;
use std::process::Command;

/// What a command prints.
fn printed(program: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(program);
    let output = command.args(arguments).current_dir(root()).output();
    let output = output.unwrap_or_else(|error| panic!("{program}: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// The library, and the packages that it is built from, all features taken, on this platform.
fn linked() -> Vec<Value> {
    let platform = printed("rustc", &["--print", "host-tuple"]);
    let mut arguments = vec!["metadata", "--format-version", "1", "--offline"];
    arguments.extend(["--all-features", "--filter-platform", platform.trim()]);
    let metadata: Value = serde_json::from_str(&printed(env!("CARGO"), &arguments)).unwrap();
    let by_id = |list: &Value| -> HashMap<String, Value> {
        let list = list.as_array().unwrap().iter();
        list.map(|one| (one["id"].as_str().unwrap().to_owned(), one.clone()))
            .collect()
    };
    let mut packages = by_id(&metadata["packages"]);
    let nodes = by_id(&metadata["resolve"]["nodes"]);
    let library = packages.iter().find(|(_, one)| one["name"] == "dualrun");
    let mut left = vec![library.unwrap().0.clone()];
    let mut found = Vec::new();
    while let Some(id) = left.pop() {
        // The first time.
        let Some(package) = packages.remove(&id) else {
            continue;
        };
        found.push(package);
        for dependency in nodes[&id]["deps"].as_array().unwrap() {
            let kinds = dependency["dep_kinds"].as_array().unwrap();
            if kinds.iter().any(|kind| kind["kind"] != "dev") {
                left.push(dependency["pkg"].as_str().unwrap().to_owned());
            }
        }
    }
    found
}

/// `1.85` as numbers, which have an order.
fn numbers(version: &str) -> Vec<u32> {
    let parts = version.split('.').map(|part| part.parse().unwrap());
    parts.chain([0, 0]).take(3).collect()
}

#[test]
fn no_dependency_asks_for_a_newer_rust_than_the_library() {
    let linked = linked();
    assert!(linked.len() > 50, "{}", linked.len());
    let version = |package: &Value| package["rust_version"].as_str().map(numbers);
    let library = version(&linked[0]);
    for package in &linked {
        assert!(
            version(package) <= library,
            "{} {} asks for Rust {}",
            package["name"],
            package["version"],
            package["rust_version"]
        );
    }
}

/// The conditions that have a `let` and something else.
fn let_chains(text: &str) -> Vec<String> {
    let mut lines = text.lines().map(str::trim);
    let mut found = Vec::new();
    while let Some(line) = lines.next() {
        let line = line.trim_start_matches("} else ");
        if !["if ", "while "].iter().any(|word| line.starts_with(word)) {
            continue;
        }
        let mut condition = line.to_owned();
        // The latter two are guards of a `match`.
        while !condition.ends_with(['{', '}', ',']) && !condition.ends_with("=>") {
            let Some(line) = lines.next() else { break };
            condition = format!("{condition} {line}");
        }
        if condition.contains(" let ") && condition.contains(" && ") {
            found.push(condition);
        }
    }
    found
}

#[test]
fn the_library_has_no_let_chains() {
    // They came with 1.88.
    let chains =
        let_chains("if let Some(a) = b\n    && a > 1\n{\n} else if a && let Some(b) = c {\n");
    assert_eq!(chains.len(), 2, "{chains:?}");
    assert!(let_chains("if a && b {\n    let c = 1;\n}\nif let Some(a) = b {\n").is_empty());
    let mut files = Vec::new();
    for folder in ["core/src", "core/examples"] {
        sources(&root().join(folder), &mut files);
    }
    for file in files {
        let chains = let_chains(&fs::read_to_string(&file).unwrap());
        assert!(chains.is_empty(), "{}: {chains:?}", file.display());
    }
}
