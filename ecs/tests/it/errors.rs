//! Every error of the tool: its text never has its cause's, which the one place that prints adds.

use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// A variant of an error: what stands in `#[error(…)]`, and what follows up to the next one.
fn variants(text: &str) -> Vec<(&str, &str)> {
    let parts = text.split("#[error(").skip(1);
    parts
        .map(|part| {
            let end = part.find(")]").unwrap();
            let (format, rest) = (&part[..end], &part[end + 2..]);
            // An enumeration ends with a brace at the beginning of a line.
            let end = rest.find("\n}").unwrap_or(rest.len());
            (format, &rest[..end])
        })
        .collect()
}

/// What the text may not have, if the variant has a cause: its field.
fn cause(fields: &str) -> Option<&'static str> {
    let is_first = fields.contains("(#[from]") || fields.contains("(#[source]");
    let is_named = fields.contains("source:");
    match (is_first, is_named) {
        (true, _) => Some("0"),
        (false, true) => Some("source"),
        (false, false) => None,
    }
}

#[test]
fn a_cause_is_told_by_whoever_prints_and_by_no_error_itself() {
    let mut files = Vec::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    sources(&root, &mut files);
    let mut with_cause = 0;
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for (format, fields) in variants(&text) {
            let Some(cause) = cause(fields) else {
                continue;
            };
            with_cause += 1;
            let tells = [format!("{{{cause}"), format!(".{cause}")];
            let is_told = tells.iter().any(|tell| format.contains(tell.as_str()));
            assert!(!is_told, "{}: {format}", file.display());
        }
    }
    assert!(with_cause > 20, "found {with_cause} only");
}
