//! The folder in the user's cache, and the emulator's program in it.

use super::TryError;
use std::fs;
use std::path::{Path, PathBuf};

/// The program, by its files.
const PROGRAM: [(&str, &str); 12] = [
    ("__main__.py", include_str!("../../emulator/__main__.py")),
    (
        "containers.py",
        include_str!("../../emulator/containers.py"),
    ),
    (
        "definitions.py",
        include_str!("../../emulator/definitions.py"),
    ),
    ("ending.py", include_str!("../../emulator/ending.py")),
    ("pace.py", include_str!("../../emulator/pace.py")),
    ("registry.py", include_str!("../../emulator/registry.py")),
    ("scaling.py", include_str!("../../emulator/scaling.py")),
    ("stacks.py", include_str!("../../emulator/stacks.py")),
    ("tags.py", include_str!("../../emulator/tags.py")),
    ("targets.py", include_str!("../../emulator/targets.py")),
    ("tasks.py", include_str!("../../emulator/tasks.py")),
    ("requirements.txt", REQUIREMENTS),
];
/// The packages that it needs, with the hashes of their files.
pub(super) const REQUIREMENTS: &str = include_str!("../../emulator/requirements.txt");

/// The folder.
#[derive(Clone, Debug)]
pub struct Cache(PathBuf);

impl Cache {
    /// Below `XDG_CACHE_HOME`, or else below the home directory.
    ///
    /// # Errors
    ///
    /// If neither is known.
    pub fn of_user() -> Result<Self, TryError> {
        // "All paths set in these environment variables must be absolute" (XDG Base Directory Specification).
        let named = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        let named = named.filter(|folder| folder.is_absolute());
        let usual = || Some(std::env::home_dir()?.join(".cache"));
        let caches = named.or_else(usual).ok_or(TryError::NoCache)?;
        Ok(Self(caches.join("cargo-ecs")))
    }

    /// In this folder.
    pub fn at(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    /// The environment of this version of the tool.
    pub(super) fn environment(&self) -> PathBuf {
        self.0.join("emulator")
    }

    /// What belongs to the emulator on this port, as long as it runs.
    pub(super) fn run(&self, port: u16) -> PathBuf {
        self.runs().join(port.to_string())
    }

    /// The ports of those that there are, or were.
    pub(super) fn ports(&self) -> Vec<u16> {
        let folders = fs::read_dir(self.runs()).into_iter().flatten().flatten();
        let names = folders.map(|folder| folder.file_name());
        names
            .filter_map(|name| name.to_str()?.parse().ok())
            .collect()
    }

    fn runs(&self) -> PathBuf {
        self.0.join("runs")
    }

    /// Writes the program into this folder.
    pub(super) fn write_program(&self, folder: &Path) -> Result<(), TryError> {
        for (name, text) in PROGRAM {
            let file = folder.join(name);
            fs::write(&file, text).map_err(TryError::write(file))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_file_of_the_program_is_written() {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("emulator");
        let files = fs::read_dir(source).unwrap().map(|file| {
            let name = file.unwrap().file_name();
            name.into_string().unwrap()
        });
        let files: BTreeSet<String> = files.filter(|name| !name.starts_with("__py")).collect();
        let folder = tempfile::tempdir().unwrap();
        Cache::at(folder.path())
            .write_program(folder.path())
            .unwrap();
        let written = fs::read_dir(&folder).unwrap();
        let written: BTreeSet<String> = written
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(written, files);
    }

    #[test]
    fn what_pip_installs_is_pinned_by_hashes() {
        let packages = REQUIREMENTS.lines().filter(|line| line.contains("=="));
        assert!(packages.clone().count() > 20);
        for package in packages {
            assert!(package.ends_with('\\'), "{package} has no hash");
        }
    }
}
