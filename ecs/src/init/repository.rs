//! The repository that a service is in.

use std::path::{Path, PathBuf};
use std::process::Command;

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
            remote: origin(root).as_deref().and_then(Remote::parse),
        }
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

/// The URL of `origin`, as git has it.
fn origin(root: &Path) -> Option<String> {
    let output = Command::new("git")
        .arg("-C")
        .arg(root)
        .args(["config", "--get", "remote.origin.url"])
        .output();
    let output = output.ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
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
