//! What a Compose file tells of the same image: the ports that it publishes, and the folder that the build gets.

use super::guess::Guess;
use crate::files::text;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

/// By preference (Compose specification, "The Compose file").
const NAMES: [&str; 4] = [
    "compose.yaml",
    "compose.yml",
    "docker-compose.yaml",
    "docker-compose.yml",
];

#[derive(Deserialize)]
struct Compose {
    /// Where it is, from the root on.
    #[serde(skip)]
    file: PathBuf,
    #[serde(default)]
    services: BTreeMap<String, Service>,
}

#[derive(Deserialize)]
struct Service {
    build: Option<Build>,
    #[serde(default)]
    ports: Vec<Port>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Build {
    Context(String),
    Long {
        #[serde(default)]
        context: Option<String>,
        #[serde(default)]
        dockerfile: Option<String>,
    },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Port {
    Number(u16),
    Short(String),
    Long { target: u16 },
    Other(IgnoredAny),
}

/// The name of the file, and the ports of the container that is built with this Dockerfile. One that cannot be read says
/// nothing.
pub(super) fn ports(root: &Path, dockerfile: &Path) -> Option<(String, BTreeSet<u16>)> {
    let compose = Compose::read(root, dockerfile)?;
    let ports = compose.ports(dockerfile);
    Some((compose.file.display().to_string(), ports))
}

/// The folder that this Dockerfile's builds get, if that is the same for all of them.
pub fn context(root: &Path, dockerfile: &Path) -> Option<Guess<PathBuf>> {
    let compose = Compose::read(root, dockerfile)?;
    let own = compose.own(dockerfile);
    let contexts = own.filter_map(|it| it.build.as_ref()?.context(compose.folder()));
    let mut contexts: BTreeSet<PathBuf> = contexts.collect();
    let only = contexts.pop_first().filter(|_| contexts.is_empty())?;
    root.join(&only)
        .is_dir()
        .then(|| Guess::new(only, compose.file.display()))
}

impl Compose {
    /// The one in the root, or beside the Dockerfile.
    fn read(root: &Path, dockerfile: &Path) -> Option<Self> {
        let folders = [Some(Path::new("")), dockerfile.parent()];
        let mut files = folders
            .into_iter()
            .flatten()
            .flat_map(|folder| NAMES.map(|name| folder.join(name)));
        let file = files.find(|file| root.join(file).is_file())?;
        let text = text(&root.join(&file)).ok()?;
        let compose = serde_yaml_ng::from_str(&text).ok()?;
        Some(Self { file, ..compose })
    }

    /// Where its paths begin.
    fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }

    /// The services that are built with this Dockerfile.
    fn own<'a>(&'a self, dockerfile: &'a Path) -> impl Iterator<Item = &'a Service> {
        let services = self.services.values();
        services.filter(move |it| {
            let file = it.build.as_ref().and_then(|it| it.file(self.folder()));
            file.is_some_and(|file| file == dockerfile)
        })
    }

    fn ports(&self, dockerfile: &Path) -> BTreeSet<u16> {
        let ports = self.own(dockerfile).flat_map(|it| &it.ports);
        ports.filter_map(Port::container).collect()
    }
}

impl Build {
    fn context(&self, folder: &Path) -> Option<PathBuf> {
        let context = match self {
            Self::Context(context) => Some(context),
            Self::Long { context, .. } => context.as_ref(),
        };
        below(&folder.join(context.map_or(".", String::as_str)))
    }

    fn file(&self, folder: &Path) -> Option<PathBuf> {
        let file = match self {
            Self::Context(_) => None,
            Self::Long { dockerfile, .. } => dockerfile.as_ref(),
        };
        let file = file.map_or("Dockerfile", String::as_str);
        below(&self.context(folder)?.join(file))
    }
}

/// The path without `.` and `..`. None, if it leads out.
fn below(path: &Path) -> Option<PathBuf> {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                if !plain.pop() {
                    return None;
                }
            }
            Component::Normal(part) => plain.push(part),
            Component::Prefix(_) | Component::RootDir => return None,
        }
    }
    Some(plain)
}

impl Port {
    /// In the container: what stands last.
    fn container(&self) -> Option<u16> {
        match self {
            Self::Number(port) | Self::Long { target: port } => Some(*port),
            Self::Short(text) => {
                let text = text.strip_suffix("/tcp").unwrap_or(text);
                text.rsplit(':').next()?.parse().ok()
            }
            Self::Other(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ports(text: &str, dockerfile: &str) -> Option<Vec<u16>> {
        let compose: Compose = serde_yaml_ng::from_str(text).ok()?;
        Some(compose.ports(Path::new(dockerfile)).into_iter().collect())
    }

    #[test]
    fn the_ports_of_the_service_that_is_built_are_known_in_all_forms() {
        let text = "services:\n  web:\n    build: .\n    ports: [\"8080:5000\", \"127.0.0.1:81:81/tcp\", 82, \"53:53/udp\"]\n  \
                    api:\n    build: { context: ./api }\n    ports: [{ target: 90, published: \"91\" }]\n  \
                    db:\n    image: postgres\n    ports: [\"5432:5432\"]\n";
        assert_eq!(ports(text, "Dockerfile").unwrap(), [81, 82, 5000]);
        assert_eq!(ports(text, "api/Dockerfile").unwrap(), [90]);
        assert_eq!(ports(text, "web/Dockerfile").unwrap(), [] as [u16; 0]);
    }

    #[test]
    fn paths_are_those_below_the_file() {
        for (path, plain) in [
            (".", Some("")),
            ("./api/../web/", Some("web")),
            ("..", None),
            ("api/../../web", None),
            ("/srv", None),
        ] {
            assert_eq!(
                below(Path::new(path)).as_deref(),
                plain.map(Path::new),
                "{path}"
            );
        }
    }

    #[test]
    fn what_is_not_simple_says_nothing() {
        assert_eq!(ports("services: 3", "Dockerfile"), None);
        assert_eq!(ports(": {", "Dockerfile"), None);
        let odd = "services:\n  web:\n    build: .\n    ports: [\"${PORT}:${PORT}\", \"80-90:80-90\", {}]";
        assert_eq!(ports(odd, "Dockerfile").unwrap(), [] as [u16; 0]);
    }
}
