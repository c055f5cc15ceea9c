//! Commits in full, from git.

use super::say;
use crate::deploy::Wanted;
use std::process::Command;

/// The commit that is checked out here, if git knows one.
pub(super) fn checked_out() -> Option<String> {
    full("HEAD")
}

/// The same with a short commit in full, if git knows it here; CI tags images with the whole one.
pub(super) fn in_full(wanted: Wanted) -> Wanted {
    let known = wanted.short_commit().and_then(|short| {
        let short = short.to_lowercase();
        // A branch or a tag may be called like that.
        full(&short).filter(|full| full.starts_with(&short))
    });
    match known {
        Some(known) => {
            let given = wanted.tag().unwrap_or_default();
            say::err(format_args!("{given} is the commit {known}"));
            wanted.in_full(known)
        }
        None => wanted,
    }
}

fn full(name: &str) -> Option<String> {
    let output = Command::new("git")
        .args(["rev-parse", "--verify", "--quiet", "--end-of-options"])
        .arg(format!("{name}^{{commit}}"))
        .output()
        .ok()?;
    let commit = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| commit.trim().to_owned())
}
