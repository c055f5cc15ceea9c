//! Files that a repository has in a known place, from anywhere within the repository.

use super::error::CliError;
use std::path::{Path, PathBuf};

/// The template of a stack.
pub(super) const TEMPLATE: &str = "ecs/stack.yaml";
/// The task definition for those who deploy without the stack.
pub(super) const DEFINITION: &str = "ecs/task-definition.json";

/// The file as it was named; the default one from the nearest folder above the working directory, if that has none.
pub(super) fn found(file: &Path, default: &str) -> PathBuf {
    let is_elsewhere = file == Path::new(default) && !file.exists();
    let above = is_elsewhere
        .then(std::env::current_dir)
        .and_then(Result::ok)
        .and_then(|folder| relative(&folder, default));
    above.unwrap_or_else(|| file.to_owned())
}

/// If the file is the default one, whatever it is called by.
pub(super) fn is_default(file: &Path, default: &str) -> bool {
    let place = |file: &Path| file.canonicalize().ok();
    let own = || place(&found(Path::new(default), default));
    file == Path::new(default) || place(file).is_some_and(|file| own() == Some(file))
}

/// The same where it is an error if there is none.
pub(super) fn needed(file: &Path, default: &str) -> Result<PathBuf, CliError> {
    let file = found(file, default);
    if file == Path::new(default) && !file.exists() {
        return Err(CliError::NoFile {
            file: default.to_owned(),
            place: looked_in(),
        });
    }
    Ok(file)
}

/// Where a default file was looked for, for an error.
pub(super) fn looked_in() -> String {
    let Ok(folder) = std::env::current_dir() else {
        return "the working directory".into();
    };
    match within(&folder, std::env::home_dir().as_deref()).last() {
        Some(top) if top != folder => {
            format!("{} and above it up to {}", folder.display(), top.display())
        }
        _ => folder.display().to_string(),
    }
}

/// The first of these places that is a file, in the folder or the nearest one above it.
pub(super) fn nearest(folder: &Path, home: Option<&Path>, places: &[&str]) -> Option<PathBuf> {
    within(folder, home).find_map(|folder| {
        let mut files = places.iter().map(|place| folder.join(place));
        files.find(|file| file.is_file())
    })
}

/// The folder and those above it, but not above the repository's root or the home directory.
fn within<'a>(folder: &'a Path, home: Option<&'a Path>) -> impl Iterator<Item = &'a Path> {
    let mut is_over = false;
    folder.ancestors().take_while(move |folder| {
        let is_within = !is_over;
        is_over = folder.join(".git").exists() || Some(*folder) == home;
        is_within
    })
}

/// As seen from the folder.
fn relative(folder: &Path, default: &str) -> Option<PathBuf> {
    let found = nearest(folder, std::env::home_dir().as_deref(), &[default])?;
    let above = found
        .ancestors()
        .nth(Path::new(default).components().count())?;
    let up = folder.strip_prefix(above).ok()?.components().count();
    Some(PathBuf::from("../".repeat(up)).join(default))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_above_is_named_from_the_folder_and_only_within_the_repository() {
        let root = tempfile::tempdir().unwrap();
        let (repository, deep) = (root.path().join("a"), root.path().join("a/b/c"));
        std::fs::create_dir_all(repository.join(".git")).unwrap();
        std::fs::create_dir_all(repository.join("ecs")).unwrap();
        std::fs::create_dir_all(&deep).unwrap();
        for file in ["outside.yaml", "a/ecs/stack.yaml"] {
            std::fs::write(root.path().join(file), "").unwrap();
        }
        let found = relative(&deep, "ecs/stack.yaml");
        assert_eq!(found, Some("../../ecs/stack.yaml".into()));
        assert_eq!(relative(&deep, "outside.yaml"), None);
    }
}
