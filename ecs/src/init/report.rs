//! What `cargo ecs init` has done, for people and tools.

use crate::new::write::Fate;
use schemars::JsonSchema;
use serde::Serialize;

/// What was made of a repository, and what comes next.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct Report {
    /// The repository's root, from which on files are named.
    pub root: String,
    /// If nothing was written, as was asked for: then `made` is what would have been.
    pub is_dry_run: bool,
    /// The files, in the order in which they are said.
    pub files: Vec<ReportedFile>,
    /// What has to be known about them.
    pub notes: Vec<String>,
    /// What comes next. Nothing after a dry run.
    pub next: Vec<Step>,
}

/// A file, and what became of it.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct ReportedFile {
    /// From the root on.
    pub path: String,
    /// `made`: it was not there; `unchanged`: it was there with this text; `kept`: it was there with another one.
    pub fate: Fate,
}

/// Something to do.
#[derive(Clone, Debug, JsonSchema, PartialEq, Serialize)]
pub struct Step {
    /// What for.
    pub what: String,
    /// Its command, as a shell takes it.
    pub command: String,
}

impl Report {
    /// In words.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for ReportedFile { path, fate } in &self.files {
            let what = match (fate, self.is_dry_run) {
                (Fate::Made, false) => "made      ",
                (Fate::Made, true) => "would make",
                (Fate::Unchanged, _) => "unchanged ",
                (Fate::Kept, _) => "kept      ",
            };
            text += &format!("{what}  {path}");
            if *fate == Fate::Kept {
                text += ", which differs from what would be written; move it away to have it made";
            }
            text.push('\n');
        }
        if self.files.iter().all(|file| file.fate == Fate::Unchanged) {
            text += "all of them are there already; nothing was changed\n";
        }
        for note in &self.notes {
            text += &format!("\n{note}\n");
        }
        if !self.next.is_empty() {
            text += "\nnext:\n";
        }
        for (Step { what, command }, number) in self.next.iter().zip(1..) {
            text += &format!("  {number}. {what}\n     {command}\n");
        }
        text
    }
}
