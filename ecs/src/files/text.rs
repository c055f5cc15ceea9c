//! The text of a file that people write: one reader for all of them.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// More than a template (1 MB) or a task definition (64 KB) may have, by some.
const LARGEST: u64 = 8 << 20;

/// Why a file has no text.
#[derive(Debug)]
pub(crate) enum NoText {
    /// The system's word.
    System(io::Error),
    /// There is nothing in it.
    Empty,
    /// What it is instead.
    Is(String),
}

/// The text, without a byte order mark.
pub(crate) fn text(file: &Path) -> Result<String, NoText> {
    let is = |what: &str| NoText::Is(what.to_owned());
    let kind = file.metadata().map_err(NoText::System)?.file_type();
    if kind.is_dir() {
        return Err(is("a folder"));
    }
    // To open a pipe without a writer would wait forever.
    if !kind.is_file() {
        return Err(is("a pipe, a socket or a device"));
    }
    let mut bytes = Vec::new();
    let opened = File::open(file).map_err(NoText::System)?;
    let mut opened = opened.take(LARGEST + 1);
    opened.read_to_end(&mut bytes).map_err(NoText::System)?;
    if bytes.len() as u64 > LARGEST {
        return Err(NoText::Is(format!("larger than {} MiB", LARGEST >> 20)));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(is("UTF-16; save it as UTF-8"));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let before = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        NoText::Is(format!("not text: line {line} is not UTF-8"))
    })?;
    if let Some(at) = text.find('\0') {
        // Without a mark, every second byte of UTF-16 is one.
        let is_wide = at == 1 || at == 0;
        return Err(is(if is_wide {
            "UTF-16 or a binary file"
        } else {
            "a binary file"
        }));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if text.trim().is_empty() {
        return Err(NoText::Empty);
    }
    Ok(text.to_owned())
}
