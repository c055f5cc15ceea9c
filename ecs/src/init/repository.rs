//! The repository that a service is in.

use super::guess::Guess;
use crate::new::git::git;
use std::path::{Path, PathBuf};

/// A repository, or a folder without one.
#[derive(Clone, Debug)]
pub struct Repository {
    /// Its root; without git the folder itself.
    pub root: PathBuf,
    /// If git is used.
    pub has_git: bool,
    /// The remote `origin`, if git knows one.
    pub remote: Option<Remote>,
}

/// A repository on a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    /// Such as `github.com`.
    pub host: String,
    /// `owner/name`; on some servers there are more parts.
    pub path: String,
}

impl Repository {
    /// The one that this folder is in.
    pub fn of(folder: &Path) -> Self {
        let root = folder.ancestors().find(|it| it.join(".git").exists());
        let Some(root) = root else {
            return Self {
                root: folder.to_owned(),
                has_git: false,
                remote: None,
            };
        };
        Self {
            root: root.to_owned(),
            has_git: true,
            remote: origin(root),
        }
    }

    /// The branch whose commits are deployed: the remote's default, or what is usual here.
    pub(super) fn branch(&self) -> Option<Guess<String>> {
        let branch = |reference: &str, from: &str| {
            let target = said(&self.root, &["symbolic-ref", "--quiet", reference])?;
            let mut starts = ["refs/heads/", "refs/remotes/origin/"].into_iter();
            let name = starts.find_map(|start| target.strip_prefix(start))?;
            Some(Guess::new(name.to_owned(), from))
        };
        let usual = |name: &&str| {
            let mut places = ["refs/remotes/origin", "refs/heads"].into_iter();
            places.any(|place| {
                let reference = format!("{place}/{name}");
                said(
                    &self.root,
                    &["rev-parse", "--verify", "--quiet", &reference],
                )
                .is_some()
            })
        };
        branch("refs/remotes/origin/HEAD", "the remote's default")
            .or_else(|| {
                let name = ["main", "master"].into_iter().find(usual)?;
                Some(Guess::new(name.to_owned(), "a branch of that name"))
            })
            .or_else(|| branch("HEAD", "the one that is checked out"))
    }

    /// If git would commit something of these files. What git does not tell may be.
    pub fn has_uncommitted<'a>(&self, files: impl IntoIterator<Item = &'a str>) -> bool {
        let mut arguments = vec!["status", "--porcelain", "--untracked-files=all", "--"];
        arguments.extend(files);
        !self.has_git || said(&self.root, &arguments).is_none_or(|it| !it.is_empty())
    }

    /// What the service may be called: the repository's name on its server, or else its folder's.
    pub(super) fn name(&self) -> Option<(&str, &'static str)> {
        let of_remote = self
            .remote
            .as_ref()
            .map(|remote| (remote.name(), "the remote's name"));
        let of_folder = || Some((self.root.file_name()?.to_str()?, "the folder's name"));
        of_remote.or_else(of_folder)
    }
}

impl Remote {
    /// From a URL as git takes it. A user and a token in it are left out.
    fn parse(url: &str) -> Option<Self> {
        let url = url.trim();
        let (place, path) = match url.split_once("://") {
            Some(("https" | "http" | "ssh" | "git", rest)) => rest.split_once('/')?,
            Some(_) => return None,
            // user@host:path
            None => url
                .split_once(':')
                .filter(|(host, _)| !host.contains('/'))?,
        };
        let host = place.rsplit('@').next().unwrap_or(place);
        let host = host.split(':').next().unwrap_or(host);
        let path = path.trim_matches('/');
        let path = path.strip_suffix(".git").unwrap_or(path);
        let parts = path.split('/');
        let is_part = |part: &str| {
            let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
            !part.is_empty() && part.chars().all(is_plain)
        };
        let is_path = path.contains('/') && parts.clone().all(is_part);
        (host.contains('.') && is_path).then(|| Self {
            host: host.to_ascii_lowercase(),
            path: path.to_owned(),
        })
    }

    /// If it is on GitHub, where workflows run.
    pub fn is_github(&self) -> bool {
        self.host == "github.com"
    }

    /// Its last part.
    fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// The repository for images that the server has for it.
    pub(super) fn image(&self) -> Option<String> {
        let registry = match self.host.as_str() {
            "github.com" => "ghcr.io",
            "gitlab.com" => "registry.gitlab.com",
            _ => return None,
        };
        Some(format!("{registry}/{}", self.path.to_ascii_lowercase()))
    }
}

/// The remote `origin`: as git makes it of its `insteadOf`, or as it is written, if that names no server.
fn origin(root: &Path) -> Option<Remote> {
    let url = |arguments: &[&str]| Remote::parse(&said(root, arguments)?);
    url(&["remote", "get-url", "origin"]).or_else(|| url(&["config", "--get", "remote.origin.url"]))
}

/// What git says, without the line's end.
fn said(root: &Path, arguments: &[&str]) -> Option<String> {
    let output = git(root, arguments).ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_remote_is_read_in_all_forms_and_without_its_token() {
        for url in [
            "git@github.com:Ann/shop.api.git",
            "https://github.com/Ann/shop.api",
            "https://ann:hunter2@GitHub.com/Ann/shop.api.git\n",
            "ssh://git@github.com:22/Ann/shop.api.git/",
        ] {
            let remote = Remote::parse(url).unwrap_or_else(|| panic!("{url}"));
            assert!(remote.is_github());
            assert_eq!(remote.path, "Ann/shop.api");
            assert_eq!(remote.image().unwrap(), "ghcr.io/ann/shop.api");
        }
        let group = Remote::parse("git@gitlab.com:a/b/shop.git").unwrap();
        assert_eq!(group.image().unwrap(), "registry.gitlab.com/a/b/shop");
        assert_eq!(group.name(), "shop");
    }

    #[test]
    fn what_names_no_server_is_no_remote() {
        for url in [
            "../shop.git",
            "/srv/git/shop.git",
            "file:///srv/shop.git",
            "C:/shop",
            "git@host:shop",
            "https://github.com/",
            "https://github.com/a/$(reboot)",
            "",
        ] {
            assert_eq!(Remote::parse(url), None, "{url}");
        }
    }
}
