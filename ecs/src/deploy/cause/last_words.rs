//! How last words are read: which lines may name a cause, and which one stands for them all.

use super::log;
use super::row::{Row, has, lower};

/// Levels of a log that end no program. Numbers are those of pino.
const LEVELS: &[&str] = &["trace", "debug", "info", "notice", "warn", "warning"];
const LEVEL_NUMBERS: &[&str] = &["10", "20", "30", "40"];
/// What says that a program has another way.
const OTHERWISE: &[&str] = &[
    "retry",
    "try again",
    "trying again",
    "trying another",
    "trying next",
    "using default",
    "falling back",
];
/// The words of a line among which its level is.
const HEAD: usize = 24;

/// What runtimes add behind an error.
const ADDED: &[&str] = &[
    "^at ",
    "^... ",
    "^^",
    "^}",
    "^node.js v",
    "^note: run with ",
    "^npm err",
];

/// The lines as they are read: without the sequences that colour them.
pub(super) fn plain(lines: &[String]) -> Vec<String> {
    lines.iter().map(|line| without_colours(line)).collect()
}

/// The row, and the words that tell. The last line that fits counts.
pub(super) fn named(lines: &[String]) -> Option<(&'static Row, String)> {
    let ends: Vec<(usize, String)> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| !goes_on(line))
        .map(|(at, line)| (at, lower(line)))
        .collect();
    log::ROWS.iter().find_map(|row| {
        let (at, _) = ends.iter().rev().find(|(_, line)| row.fits(line))?;
        Some((row, words(&lines[*at..])))
    })
}

/// The last line that says something, or else the last one.
pub(super) fn last(lines: &[String]) -> Option<&str> {
    let lines = || {
        let lines = lines.iter().rev().map(|line| line.trim());
        lines.filter(|line| !line.is_empty())
    };
    let is_added = |line: &str| ADDED.iter().any(|added| has(&lower(line), added));
    lines()
        .find(|line| !is_added(line))
        .or_else(|| lines().next())
}

/// A line, with the next one if it ends in a colon: Rust says where it panicked first, and then why.
fn words(lines: &[String]) -> String {
    let line = lines[0].trim();
    match lines.get(1) {
        Some(next) if line.ends_with(':') => format!("{line} {}", next.trim()),
        _ => line.to_owned(),
    }
}

/// Whether the line says that the program goes on: by its level, or since it has another way.
fn goes_on(line: &str) -> bool {
    let mut before = "";
    for word in line
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(HEAD)
    {
        let small = word.to_lowercase();
        let is_named = matches!(before, "level" | "severity" | "levelname" | "lvl");
        let is_capital = small != word && word == word.to_uppercase();
        if LEVELS.contains(&small.as_str()) && (is_named || is_capital)
            || is_named && LEVEL_NUMBERS.contains(&word)
        {
            return true;
        }
        before = word;
    }
    let line = line.to_lowercase();
    OTHERWISE.iter().any(|otherwise| line.contains(otherwise))
}

/// Without `ESC [ … m` and its like (ECMA-48, control sequences).
fn without_colours(line: &str) -> String {
    let mut pieces = line.split("\u{1b}[");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|c: char| ('@'..='~').contains(&c));
        plain.push_str(end.map_or("", |end| &piece[end + 1..]));
    }
    plain
}
