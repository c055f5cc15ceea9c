//! Where a new service takes dualrun from: a release, git, or a folder.

use semver::{Version, VersionReq};
use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

/// The source of the library, and of the tool in workflows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Library {
    /// A release on crates.io, or a requirement to it.
    Version(String),
    /// A repository, and the commit if not the newest.
    Git {
        /// Its address.
        url: String,
        /// The commit.
        rev: Option<String>,
    },
    /// Files on this machine.
    Folder(Folder),
}

/// The library's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// The package's, absolute.
    package: PathBuf,
    /// What a build elsewhere has to have: the package's, or its workspace's where it inherits from that.
    context: PathBuf,
}

/// Why there is no library.
#[derive(Debug, thiserror::Error)]
pub enum BadLibrary {
    /// Nothing can be read there.
    #[error("cannot read the library in {}; name its folder by --library-path, or a release by --library-version", path.display())]
    Read {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It is something else.
    #[error("{} is not the package dualrun", path.display())]
    Other {
        /// The folder.
        path: PathBuf,
    },
    /// A name that text files cannot have.
    #[error(
        "{path:?} has a control character in it or is not UTF-8, so no Cargo.toml can name it; move it"
    )]
    Unwritable {
        /// The folder.
        path: PathBuf,
    },
}

impl Library {
    /// What this tool was built from.
    ///
    /// # Errors
    ///
    /// If that was a folder which is gone.
    pub fn of_tool() -> Result<Self, BadLibrary> {
        let built_in = Path::new(env!("CARGO_MANIFEST_DIR"));
        let release = env!("CARGO_PKG_VERSION");
        // `.github/release/build` says so: the folder is a checkout, and is on no machine that gets the binary.
        if option_env!("CARGO_ECS_RELEASE").is_some() {
            return Ok(Self::Version(release.to_owned()));
        }
        Self::of_build(built_in, env!("CARGO_PKG_REPOSITORY"), release)
    }

    /// By the folder in which cargo has built it: cargo unpacks releases and checks out commits in folders of its own.
    fn of_build(folder: &Path, url: &str, release: &str) -> Result<Self, BadLibrary> {
        let parts: Vec<&str> = folder
            .components()
            .filter_map(|part| match part {
                Component::Normal(part) => part.to_str(),
                _ => None,
            })
            .collect();
        if parts.windows(2).any(|pair| pair == ["registry", "src"]) {
            return Ok(Self::Version(release.to_owned()));
        }
        let checkout = parts
            .windows(4)
            .find(|four| four[..2] == ["git", "checkouts"]);
        match checkout {
            Some(four) if !url.is_empty() => Ok(Self::Git {
                url: url.to_owned(),
                rev: Some(four[3].to_owned()),
            }),
            _ => Self::of_folder(&folder.join("../core")),
        }
    }

    /// The one in a folder.
    ///
    /// # Errors
    ///
    /// If it is not there.
    pub fn of_folder(folder: &Path) -> Result<Self, BadLibrary> {
        let read = |path: &Path| {
            fs::read_to_string(path).map_err(|source| BadLibrary::Read {
                path: folder.to_owned(),
                source,
            })
        };
        let package = folder.canonicalize().map_err(|source| BadLibrary::Read {
            path: folder.to_owned(),
            source,
        })?;
        let manifest = read(&package.join("Cargo.toml"))?;
        let is_library = manifest
            .lines()
            .any(|line| line.trim() == r#"name = "dualrun""#);
        if !is_library {
            return Err(BadLibrary::Other { path: package });
        }
        if !package.to_str().is_some_and(is_plain) {
            return Err(BadLibrary::Unwritable { path: package });
        }
        // What is published says everything itself.
        let inherits = manifest.contains("workspace = true");
        let is_workspace = |folder: &&Path| {
            let manifest = fs::read_to_string(folder.join("Cargo.toml"));
            manifest.is_ok_and(|it| it.lines().any(|line| line.trim() == "[workspace]"))
        };
        let workspace = package.ancestors().find(is_workspace).filter(|_| inherits);
        let context = workspace.unwrap_or(&package).to_owned();
        Ok(Self::Folder(Folder { package, context }))
    }

    /// What the dependency says in Cargo.toml.
    pub fn dependency(&self) -> String {
        match self {
            Self::Version(version) => format!("version = {}", quoted(version)),
            Self::Git { url, rev: None } => format!("git = {}", quoted(url)),
            Self::Git {
                url,
                rev: Some(rev),
            } => format!("git = {}, rev = {}", quoted(url), quoted(rev)),
            Self::Folder(folder) => format!("path = {}", quoted(text(&folder.package))),
        }
    }

    /// What `cargo install` takes to install the tool of the same source; nothing, where only this machine has it.
    pub fn tool(&self) -> Option<String> {
        match self {
            Self::Version(version) => {
                // `cargo install` takes "0.1" for a whole version, and refuses it.
                let requirement = match (Version::parse(version), VersionReq::parse(version)) {
                    (Err(_), Ok(requirement)) => requirement.to_string(),
                    _ => version.clone(),
                };
                Some(in_shell(&format!("cargo-ecs@{requirement}")))
            }
            Self::Git { url, rev } => {
                let rev = rev.as_ref().map(|rev| format!("--rev {} ", in_shell(rev)));
                let rev = rev.unwrap_or_default();
                Some(format!("--git {} {rev}cargo-ecs", in_shell(url)))
            }
            Self::Folder(_) => None,
        }
    }

    /// The action that fetches the tool, where it is of one release: each has the tool as a binary. Part of a version, such as
    /// `0.1`, names none.
    pub fn action(&self) -> Option<String> {
        let Self::Version(version) = self else {
            return None;
        };
        let repository = env!("CARGO_PKG_REPOSITORY").strip_prefix("https://github.com/")?;
        Version::parse(version)
            .is_ok_and(|it| it.build.is_empty())
            .then(|| format!("{repository}/.github/actions/cargo-ecs@v{version}"))
    }

    /// The folder that an image's build has to have.
    pub fn context(&self) -> Option<&str> {
        match self {
            Self::Folder(folder) => Some(text(&folder.context)),
            _ => None,
        }
    }
}

/// A release, or a requirement as Cargo.toml takes it.
///
/// # Errors
///
/// If it is none.
pub fn requirement(text: &str) -> Result<String, String> {
    match VersionReq::parse(text) {
        Ok(_) => Ok(text.trim().to_owned()),
        Err(error) => Err(format!(
            "{error}; write a requirement as in Cargo.toml, such as 0.1.0 or ^0.1"
        )),
    }
}

/// A text for files of one line each, such as an address.
///
/// # Errors
///
/// If it is empty, or has a control character in it.
pub fn plain(text: &str) -> Result<String, String> {
    match text {
        "" => Err("it is empty".into()),
        _ if is_plain(text) => Ok(text.to_owned()),
        _ => Err("it has a control character in it".into()),
    }
}

fn is_plain(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

/// Checked when it was made.
fn text(path: &Path) -> &str {
    path.to_str().unwrap_or_default()
}

/// A string of TOML, and of JSON too, of a text without control characters: JSON takes one that TOML does not.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A word of a command. None has a NUL, which alone cannot be quoted.
pub(super) fn in_shell(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| String::new(), Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://git.example/dualrun";

    fn of_build(folder: &str) -> Library {
        Library::of_build(Path::new(folder), URL, "1.2.3").unwrap()
    }

    #[test]
    fn a_tool_of_a_release_names_the_release() {
        let library =
            of_build("/home/me/.cargo/registry/src/index-1949cf8c6b5b557f/cargo-ecs-1.2.3");
        assert_eq!(library.dependency(), r#"version = "1.2.3""#);
        assert_eq!(library.tool().as_deref(), Some("cargo-ecs@1.2.3"));
        assert_eq!(
            library.action().as_deref(),
            Some("dualrun/dualrun/.github/actions/cargo-ecs@v1.2.3")
        );
        assert_eq!(library.context(), None);
    }

    #[test]
    fn what_cargo_takes_of_a_requirement_is_what_the_tool_is_installed_by() {
        for (text, tool) in [
            ("0.1.0", "cargo-ecs@0.1.0"),
            ("0.1.0-beta.1", "cargo-ecs@0.1.0-beta.1"),
            ("0.1", "cargo-ecs@^0.1"),
            ("=0.1.2", "cargo-ecs@=0.1.2"),
            (">=0.1, <0.3", "cargo-ecs@>=0.1, <0.3"),
        ] {
            let library = Library::Version(requirement(text).unwrap());
            assert_eq!(shlex::split(&library.tool().unwrap()).unwrap(), [tool]);
            assert_eq!(library.dependency(), format!("version = {text:?}"));
        }
        for text in ["", "newest", "v0.1.0", "0.1.0.0", "0.1\n"] {
            assert!(requirement(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_tool_of_a_commit_names_the_commit() {
        let library = of_build("/home/me/.cargo/git/checkouts/dualrun-9a3c/8c45d3b/ecs");
        let dependency = format!(r#"git = "{URL}", rev = "8c45d3b""#);
        assert_eq!(library.dependency(), dependency);
        assert_eq!(
            library.tool().unwrap(),
            format!("--git {URL} --rev 8c45d3b cargo-ecs")
        );
    }

    #[test]
    fn only_a_whole_version_has_an_action_and_nothing_else_gets_into_a_workflow() {
        let action = |version: &str| Library::Version(version.to_owned()).action();
        assert!(action("0.1.0").is_some() && action("0.2.0-rc.1").is_some());
        for version in [
            "0.1",
            "1",
            "^0.1.0",
            "0.1.0 # x",
            "0.1.0-",
            "0..1",
            "a.b.c",
            "",
        ] {
            assert_eq!(action(version), None, "{version}");
        }
        assert_eq!(
            of_build("/home/me/.cargo/git/checkouts/dualrun-9a3c/8c45d3b/ecs").action(),
            None
        );
    }

    #[test]
    fn a_tool_of_a_working_copy_names_the_folder_of_the_library_and_that_of_its_workspace() {
        let library = Library::of_tool().unwrap();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let root = root.canonicalize().unwrap();
        assert_eq!(library.context(), root.to_str());
        let core = root.join("core");
        assert_eq!(
            library.dependency(),
            format!("path = {:?}", core.to_str().unwrap())
        );
        assert_eq!(library.tool(), None);
    }

    #[test]
    fn a_package_that_inherits_nothing_is_all_that_a_build_needs() {
        let home = tempfile::tempdir().unwrap();
        let package = home.path().canonicalize().unwrap().join("dualrun-0.1.0");
        fs::create_dir(&package).unwrap();
        fs::write(
            package.join("Cargo.toml"),
            "[package]\nname = \"dualrun\"\n",
        )
        .unwrap();
        let library = Library::of_folder(&package).unwrap();
        assert_eq!(library.context(), package.to_str());
    }

    #[test]
    fn a_folder_of_something_else_is_no_library() {
        let folder = tempfile::tempdir().unwrap();
        let error = Library::of_folder(folder.path()).unwrap_err();
        assert!(matches!(error, BadLibrary::Read { .. }), "{error}");
        fs::write(
            folder.path().join("Cargo.toml"),
            "[package]\nname = \"other\"\n",
        )
        .unwrap();
        let error = Library::of_folder(folder.path()).unwrap_err();
        assert!(matches!(error, BadLibrary::Other { .. }), "{error}");
    }
}
