//! The container's ports that a Compose file publishes, if it builds the same image.

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
pub(super) fn ports(root: &Path, dockerfile: &Path) -> Option<(&'static str, BTreeSet<u16>)> {
    let name = NAMES.into_iter().find(|name| root.join(name).is_file())?;
    let text = text(&root.join(name)).ok()?;
    Some((name, ports_of(&text, dockerfile)?))
}

fn ports_of(text: &str, dockerfile: &Path) -> Option<BTreeSet<u16>> {
    let compose: Compose = serde_yaml_ng::from_str(text).ok()?;
    let services = compose.services.values();
    let own = services.filter(|it| it.build.as_ref().is_some_and(|it| it.file() == dockerfile));
    Some(
        own.flat_map(|it| &it.ports)
            .filter_map(Port::container)
            .collect(),
    )
}

impl Build {
    fn file(&self) -> PathBuf {
        let (context, file) = match self {
            Self::Context(context) => (Some(context), None),
            Self::Long {
                context,
                dockerfile,
            } => (context.as_ref(), dockerfile.as_ref()),
        };
        let context = context.map_or(".", String::as_str);
        let file = Path::new(context).join(file.map_or("Dockerfile", String::as_str));
        let parts = file.components();
        parts.filter(|part| *part != Component::CurDir).collect()
    }
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
        let ports = ports_of(text, Path::new(dockerfile))?;
        Some(ports.into_iter().collect())
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
    fn what_is_not_simple_says_nothing() {
        assert_eq!(ports("services: 3", "Dockerfile"), None);
        assert_eq!(ports(": {", "Dockerfile"), None);
        let odd = "services:\n  web:\n    build: .\n    ports: [\"${PORT}:${PORT}\", \"80-90:80-90\", {}]";
        assert_eq!(ports(odd, "Dockerfile").unwrap(), [] as [u16; 0]);
    }
}
