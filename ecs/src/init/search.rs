//! The files of a repository that tell something: Dockerfiles, and Cargo's manifests.

use super::dockerfile::{BadDockerfile, Dockerfile};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// How many folders below the root are looked into.
const DEEPEST: usize = 4;

/// More than people write into a Dockerfile.
const LARGEST: u64 = 1 << 20;

/// Folders that other people's files are in.
const FOREIGN: [&str; 6] = ["build", "dist", "node_modules", "target", "vendor", "venv"];

/// What was found, with paths from the root on.
#[derive(Debug, Default)]
pub struct Search {
    /// The Dockerfiles.
    pub dockerfiles: Dockerfiles,
    /// The files `Cargo.toml`.
    pub(super) manifests: Vec<PathBuf>,
    /// Folders that could not be looked into.
    pub unread: Vec<PathBuf>,
}

/// Those of a repository, the nearest to its root first.
#[derive(Debug, Default)]
pub struct Dockerfiles(pub Vec<PathBuf>);

/// Why there is no Dockerfile to go by.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// There is none.
    #[error(
        "no Dockerfile in {root}; write one that starts the service, or name it with --dockerfile \
         (https://docs.docker.com/guides has one for each language)"
    )]
    None {
        /// Where.
        root: PathBuf,
    },
    /// There are several, and none is `Dockerfile` in the root.
    #[error("several Dockerfiles: {names}; choose one, such as --dockerfile {first}")]
    Several {
        /// All of them.
        names: String,
        /// One of them.
        first: String,
    },
    /// It cannot be read.
    #[error("cannot read {}", file.display())]
    Read {
        /// The file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is not a text.
    #[error("{} is {what}", file.display())]
    Text {
        /// The file.
        file: PathBuf,
        /// What it is.
        what: &'static str,
    },
    /// It is no Dockerfile.
    #[error("invalid Dockerfile {}", file.display())]
    Invalid {
        /// The file.
        file: PathBuf,
        /// Why.
        source: BadDockerfile,
    },
}

/// Looks through a repository.
pub fn search(root: &Path) -> Search {
    let mut found = Search::default();
    let mut folders = vec![PathBuf::new()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(root.join(&folder)) else {
            found.unread.push(folder);
            continue;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let Some(name) = name.to_str() else {
                continue;
            };
            let path = folder.join(name);
            // A link to a folder may lead anywhere.
            let is_folder = entry.file_type().is_ok_and(|it| it.is_dir());
            if is_folder {
                let is_foreign = name.starts_with('.') || FOREIGN.contains(&name);
                if !is_foreign && path.components().count() <= DEEPEST {
                    folders.push(path);
                }
            } else if is_dockerfile(name) {
                found.dockerfiles.0.push(path);
            } else if name == "Cargo.toml" {
                found.manifests.push(path);
            }
        }
    }
    let by_depth = |path: &PathBuf| (path.components().count(), path.clone());
    found.dockerfiles.0.sort_by_key(by_depth);
    found.manifests.sort_by_key(by_depth);
    found.unread.sort();
    found
}

fn is_dockerfile(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let starts = |it: &str| {
        name.strip_prefix(it)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let is_named = starts("dockerfile") || starts("containerfile") || name.ends_with(".dockerfile");
    is_named && !name.ends_with(".dockerignore")
}

impl Dockerfiles {
    /// The one that is taken if nobody chooses: the only one, or that in `folder`, or that in the root.
    ///
    /// # Errors
    ///
    /// If that is none, or may be any.
    pub fn usual(&self, root: &Path, folder: &Path) -> Result<&Path, SearchError> {
        let plain = |folder: &Path| {
            let path = folder.join("Dockerfile");
            self.0.iter().find(|it| **it == path)
        };
        let only = || match self.0.as_slice() {
            [only] => Some(only),
            _ => None,
        };
        let usual = plain(folder).or_else(|| plain(Path::new(""))).or_else(only);
        usual
            .map(PathBuf::as_path)
            .ok_or_else(|| match self.0.first() {
                None => SearchError::None {
                    root: root.to_owned(),
                },
                Some(first) => SearchError::Several {
                    names: self.names().join(", "),
                    first: first.display().to_string(),
                },
            })
    }

    /// All of them, for people.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(|it| it.display().to_string()).collect()
    }
}

/// Reads a Dockerfile.
///
/// # Errors
///
/// If it cannot be read, or is none.
pub fn read_dockerfile(root: &Path, file: &Path) -> Result<Dockerfile, SearchError> {
    let path = root.join(file);
    let file = file.to_owned();
    let is = |what| SearchError::Text {
        file: file.clone(),
        what,
    };
    if path.is_dir() {
        return Err(is("a folder; name the Dockerfile in it"));
    }
    // To open a pipe without a writer would wait forever.
    if path.exists() && !path.is_file() {
        return Err(is("a pipe, a socket or a device"));
    }
    let mut bytes = Vec::new();
    let read = File::open(&path).and_then(|it| it.take(LARGEST + 1).read_to_end(&mut bytes));
    if let Err(source) = read {
        return Err(SearchError::Read { file, source });
    }
    if bytes.len() as u64 > LARGEST {
        return Err(is("larger than 1 MiB, and no Dockerfile"));
    }
    let text = String::from_utf8(bytes).map_err(|_| is("not text in UTF-8"))?;
    Dockerfile::parse(&text).map_err(|source| SearchError::Invalid { file, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(all: &[&str]) -> Dockerfiles {
        Dockerfiles(all.iter().map(PathBuf::from).collect())
    }

    #[test]
    fn the_usual_one_is_in_the_folder_or_the_root_or_the_only_one() {
        let root = Path::new("/r");
        let usual = |all: &[&str], folder: &str| {
            let all = names(all);
            let usual = all.usual(root, Path::new(folder));
            usual
                .map(|it| it.display().to_string())
                .map_err(|it| it.to_string())
        };
        assert_eq!(
            usual(&["Dockerfile", "api/Dockerfile"], "").unwrap(),
            "Dockerfile"
        );
        assert_eq!(
            usual(&["Dockerfile", "api/Dockerfile"], "api").unwrap(),
            "api/Dockerfile"
        );
        assert_eq!(
            usual(&["Dockerfile", "Dockerfile.dev"], "web").unwrap(),
            "Dockerfile"
        );
        assert_eq!(
            usual(&["docker/prod.Dockerfile"], "").unwrap(),
            "docker/prod.Dockerfile"
        );
        assert_eq!(
            usual(&["api/Dockerfile", "web/Dockerfile"], "").unwrap_err(),
            "several Dockerfiles: api/Dockerfile, web/Dockerfile; choose one, such as --dockerfile api/Dockerfile"
        );
        assert!(
            usual(&[], "")
                .unwrap_err()
                .starts_with("no Dockerfile in /r; write one")
        );
    }

    #[test]
    fn dockerfiles_have_several_names() {
        for (name, is_it) in [
            ("Dockerfile", true),
            ("dockerfile", true),
            ("Containerfile", true),
            ("Dockerfile.prod", true),
            ("prod.Dockerfile", true),
            ("Dockerfile.dockerignore", false),
            ("Dockerfiles", false),
            ("dockerfile_parser.py", false),
        ] {
            assert_eq!(is_dockerfile(name), is_it, "{name}");
        }
    }
}
