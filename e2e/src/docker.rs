//! The `docker` command.

use std::process::{Command, Output};

/// Runs `docker` and returns what it prints on stdout.
///
/// # Panics
///
/// If the command fails.
pub fn docker(arguments: &[&str]) -> String {
    text(&succeeded(arguments).stdout)
}

/// Runs `docker` and returns what it prints on stdout and then what it prints on stderr.
///
/// # Panics
///
/// If the command fails.
pub fn docker_with_stderr(arguments: &[&str]) -> String {
    let Output { stdout, stderr, .. } = succeeded(arguments);
    text(&[stdout, stderr].concat())
}

/// Runs `docker` for what it removes; that it may be gone already does not matter.
///
/// # Panics
///
/// If there is no such command.
pub fn remove(arguments: &[&str]) {
    output(arguments);
}

fn succeeded(arguments: &[&str]) -> Output {
    let output = output(arguments);
    let stderr = text(&output.stderr);
    assert!(
        output.status.success(),
        "docker {}: {stderr}",
        arguments.join(" ")
    );
    output
}

fn output(arguments: &[&str]) -> Output {
    let output = Command::new("docker").args(arguments).output();
    output.expect("the docker command is installed")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim().to_owned()
}
