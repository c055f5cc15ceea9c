//! Texts to files: all of them, or none. What is there stays as it is.

use schemars::JsonSchema;
use serde::Serialize;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A file that is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Below the folder, with `/` between its parts.
    pub path: String,
    /// What stands in it.
    pub text: String,
    /// If it can be run.
    pub is_program: bool,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, JsonSchema, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// It was not there.
    Made,
    /// It was there, with the same text.
    Unchanged,
    /// It was there with another text, which it keeps.
    Kept,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A file or folder that is in the way, or cannot be made.
    #[error("cannot write {}; nothing was made", path.display())]
    Write {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The same, and what had been made by then could not be removed.
    #[error("cannot write {}; remove {} by hand, which this has made", path.display(), left.display())]
    Left {
        /// What could not be written.
        path: PathBuf,
        /// What is left.
        left: PathBuf,
        /// Why it could not be written.
        source: io::Error,
    },
}

/// What has been made, which can be undone as long as nobody else has changed it.
#[derive(Debug, Default)]
pub struct Made {
    /// What became of each file, in the order in which they were given.
    pub files: Vec<(String, Fate)>,
    /// In the order in which they were made.
    paths: Vec<PathBuf>,
}

impl NewFile {
    /// A file to read.
    pub fn new(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            text: text.into(),
            is_program: false,
        }
    }

    /// A file to run.
    pub fn program(path: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            is_program: true,
            ..Self::new(path, text)
        }
    }
}

/// What [`write()`] would do.
///
/// # Errors
///
/// If what is there cannot be read, or is no file.
pub fn look(folder: &Path, files: &[NewFile]) -> Result<Vec<(String, Fate)>, WriteError> {
    let fates = files.iter().map(|file| {
        let path = folder.join(&file.path);
        let fate =
            fate_of(&path, &file.text).map_err(|source| WriteError::Write { path, source })?;
        Ok((file.path.clone(), fate))
    });
    fates.collect()
}

/// Writes what is not there, and the folders for it. If that fails, what it has made is removed.
///
/// # Errors
///
/// If something is in the way or cannot be written.
pub fn write(folder: &Path, files: &[NewFile]) -> Result<Made, WriteError> {
    let mut made = Made {
        files: look(folder, files)?,
        paths: Vec::new(),
    };
    for (file, index) in files.iter().zip(0..) {
        if made.files[index].1 != Fate::Made {
            continue;
        }
        let path = folder.join(&file.path);
        if let Err(source) = made.write(&path, file) {
            return Err(match made.undo() {
                Ok(()) => WriteError::Write { path, source },
                Err(left) => WriteError::Left { path, left, source },
            });
        }
    }
    Ok(made)
}

impl Made {
    /// Removes what was made: files, and folders that have nothing else in them.
    ///
    /// # Errors
    ///
    /// What could not be removed.
    pub fn undo(self) -> Result<(), PathBuf> {
        let mut left = Ok(());
        for path in self.paths.into_iter().rev() {
            let removed = if path.is_dir() {
                fs::remove_dir(&path)
            } else {
                fs::remove_file(&path)
            };
            if removed.is_err_and(|error| error.kind() != ErrorKind::NotFound) {
                left = Err(path);
            }
        }
        left
    }

    fn write(&mut self, path: &Path, file: &NewFile) -> io::Result<()> {
        self.make_folders(path.parent().unwrap_or(Path::new("")))?;
        let mut opened = open(path, file.is_program)?;
        self.paths.push(path.to_owned());
        opened.write_all(file.text.as_bytes())
    }

    fn make_folders(&mut self, folder: &Path) -> io::Result<()> {
        let is_missing = |it: &&Path| *it != Path::new("") && !it.is_dir();
        let missing: Vec<&Path> = folder.ancestors().take_while(is_missing).collect();
        for folder in missing.into_iter().rev() {
            fs::create_dir(folder)?;
            self.paths.push(folder.to_owned());
        }
        Ok(())
    }
}

fn fate_of(path: &Path, text: &str) -> io::Result<Fate> {
    match fs::symlink_metadata(path) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Fate::Made),
        Err(error) => return Err(error),
    }
    let found = fs::metadata(path)?;
    if found.is_dir() {
        return Err(ErrorKind::IsADirectory.into());
    }
    // Whatever else is there, such as a pipe or a large file, is not read.
    if !found.is_file() || found.len() != text.len() as u64 || fs::read(path)? != text.as_bytes() {
        return Ok(Fate::Kept);
    }
    Ok(Fate::Unchanged)
}

/// A file that nobody else has made in the meantime.
fn open(path: &Path, is_program: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if is_program {
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o777);
    }
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn files() -> [NewFile; 3] {
        [
            NewFile::new("README.md", "# shop\n"),
            NewFile::program("a/b/run", "#!/bin/sh\n"),
            NewFile::new("z/c", "d"),
        ]
    }

    /// All files below a folder, and all folders, which have no text.
    fn all(folder: &Path) -> BTreeMap<String, Option<String>> {
        let mut found = BTreeMap::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            for entry in next.read_dir().unwrap() {
                let path = entry.unwrap().path();
                let name = path.strip_prefix(folder).unwrap().display().to_string();
                found.insert(name, fs::read_to_string(&path).ok());
                if path.is_dir() {
                    folders.push(path);
                }
            }
        }
        found
    }

    fn fates(made: &Made) -> Vec<Fate> {
        made.files.iter().map(|(_, fate)| *fate).collect()
    }

    #[test]
    fn files_and_the_folders_for_them_are_made_and_programs_can_be_run() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("new/shop");
        let made = write(&folder, &files()).unwrap();
        assert_eq!(fates(&made), [Fate::Made; 3]);
        let found = all(&folder);
        let names: Vec<&str> = found.keys().map(String::as_str).collect();
        assert_eq!(names, ["README.md", "a", "a/b", "a/b/run", "z", "z/c"]);
        assert_eq!(found["README.md"].as_deref(), Some("# shop\n"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |name: &str| {
                fs::metadata(folder.join(name))
                    .unwrap()
                    .permissions()
                    .mode()
            };
            assert_eq!(mode("a/b/run") & 0o700, 0o700);
            assert_eq!(mode("README.md") & 0o100, 0);
        }
    }

    #[test]
    fn what_is_there_stays_and_is_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        fs::write(folder.join("README.md"), "mine").unwrap();
        fs::create_dir(folder.join("z")).unwrap();
        fs::write(folder.join("z/c"), "d").unwrap();
        let fates_then = [Fate::Kept, Fate::Made, Fate::Unchanged];
        let looked = look(folder, &files()).unwrap();
        assert_eq!(looked.iter().map(|it| it.1).collect::<Vec<_>>(), fates_then);
        assert!(!folder.join("a").exists(), "looking makes nothing");
        assert_eq!(fates(&write(folder, &files()).unwrap()), fates_then);
        assert_eq!(all(folder)["README.md"].as_deref(), Some("mine"));
        let again = fates(&write(folder, &files()).unwrap());
        assert_eq!(again, [Fate::Kept, Fate::Unchanged, Fate::Unchanged]);
    }

    #[test]
    fn a_failure_leaves_what_was_there_and_nothing_else() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("shop");
        fs::create_dir(&folder).unwrap();
        let before = all(&folder);
        // The first of them is in the way of the last.
        let mut files = files();
        files[2].path = "README.md/c".into();
        let error = write(&folder, &files).unwrap_err().to_string();
        assert!(error.ends_with("README.md/c; nothing was made"), "{error}");
        assert_eq!(all(&folder), before);
    }

    #[test]
    fn a_folder_that_is_there_is_not_removed_and_one_that_was_made_is() {
        let home = tempfile::tempdir().unwrap();
        let made = write(&home.path().join("shop"), &files()).unwrap();
        fs::write(home.path().join("shop/a/own"), "").unwrap();
        // Who has put something there keeps it.
        assert_eq!(made.undo().unwrap_err(), home.path().join("shop"));
        let left: Vec<String> = all(home.path()).into_keys().collect();
        assert_eq!(left, ["shop", "shop/a", "shop/a/own"]);
    }

    #[test]
    fn a_folder_in_the_place_of_a_file_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("README.md")).unwrap();
        let error = write(folder.path(), &files()).unwrap_err();
        assert!(error.to_string().contains("README.md"), "{error}");
        assert!(!folder.path().join("a").exists());
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_through_a_link_to_nowhere() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("elsewhere");
        std::os::unix::fs::symlink(&target, folder.path().join("README.md")).unwrap();
        write(folder.path(), &files()).unwrap_err();
        assert!(!target.exists());
    }
}
