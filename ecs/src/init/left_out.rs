//! What `.dockerignore` leaves out of a build.

use super::answers::Build;
use crate::files::text;
use std::path::{Path, PathBuf};

/// The list that counts, from the root on: a Dockerfile may have one of its own (Docker, "Build context").
pub(super) fn list_of(root: &Path, build: &Build) -> PathBuf {
    let mut own = build.dockerfile.clone().into_os_string();
    own.push(".dockerignore");
    let own = PathBuf::from(own);
    if root.join(&own).is_file() {
        return own;
    }
    build.context.join(".dockerignore")
}

/// If a file of the context's own folder is not sent to the build.
pub(super) fn is_left_out(list: &Path, name: &str) -> bool {
    let mut is_out = false;
    for line in text(list).unwrap_or_default().lines() {
        let line = line.trim();
        if line.starts_with('#') {
            continue;
        }
        // The last line that fits counts.
        let (pattern, takes_back) = match line.strip_prefix('!') {
            Some(rest) => (rest.trim(), true),
            None => (line, false),
        };
        if fits(pattern, name) {
            is_out = !takes_back;
        }
    }
    is_out
}

/// If a pattern means a file of this name, which is in no folder.
fn fits(pattern: &str, name: &str) -> bool {
    let mut pattern = pattern.trim_end_matches('/');
    while let Some(rest) = ["/", "./", "**/"]
        .iter()
        .find_map(|start| pattern.strip_prefix(start))
    {
        pattern = rest;
    }
    !pattern.is_empty() && matches(pattern.as_bytes(), name.as_bytes())
}

fn matches(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern, name) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => {
            matches(rest, name) || !name.is_empty() && matches(pattern, &name[1..])
        }
        ([b'?', rest @ ..], [_, after @ ..]) => matches(rest, after),
        ([c, rest @ ..], [d, after @ ..]) => c == d && matches(rest, after),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_dockers() {
        for (pattern, is_it) in [
            (".env", true),
            ("/.env", true),
            ("./.env/", true),
            ("**/.env", true),
            ("**/**/.e*", true),
            ("*", true),
            ("**", true),
            (".en?", true),
            (".env.local", false),
            ("api/.env", false),
            ("*.env.*", false),
            ("", false),
            ("/", false),
        ] {
            assert_eq!(fits(pattern, ".env"), is_it, "{pattern}");
        }
    }
}
