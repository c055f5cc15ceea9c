//! The name of an image, by the grammar of the OCI distribution specification and Docker's short forms.

use std::fmt;
use std::str::FromStr;

/// The registry of names that give none.
pub const DOCKER_HUB: &str = "docker.io";

/// `[registry/]repository[:tag][@digest]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Host and port.
    pub registry: String,
    /// Path, with Docker Hub's `library/` for official images.
    pub repository: String,
    /// Tag, if it names one.
    pub tag: Option<String>,
    /// Digest, if it names one. Then the tag is not looked at.
    pub digest: Option<String>,
}

/// Why a text names no image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadReference {
    /// Nothing, or nothing before the tag.
    #[error("no repository before the tag")]
    NoRepository,
    /// Docker refuses these.
    #[error("upper-case letters in the repository {0:?}; repositories are lower case")]
    UpperCase(String),
    /// A character or a separator where none may be.
    #[error(
        "invalid repository {0:?}; it has letters a-z and digits, and single `.`, `_`, `-` and `/` between them"
    )]
    Repository(String),
    /// At most 128 of letters, digits, `_`, `.` and `-`, not beginning with the last two.
    #[error("invalid tag {0:?}; it has at most 128 letters, digits, `_`, `.` and `-`")]
    Tag(String),
    /// `sha256:` and 64 hexadecimal digits.
    #[error("invalid digest {0:?}; it is `sha256:` and 64 hexadecimal digits")]
    Digest(String),
    /// A scheme is not part of a name.
    #[error("a scheme in front; the name of an image has none")]
    Scheme,
}

impl FromStr for Reference {
    type Err = BadReference;

    fn from_str(text: &str) -> Result<Self, BadReference> {
        if text.contains("://") {
            return Err(BadReference::Scheme);
        }
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => (name, Some(digest)),
            None => (text, None),
        };
        let (registry, rest) = match name.split_once('/') {
            Some((first, rest)) if is_host(first) => (Some(first), rest),
            _ => (None, name),
        };
        let (repository, tag) = match rest.rsplit_once(':') {
            Some((repository, tag)) => (repository, Some(tag)),
            None => (rest, None),
        };
        check_repository(repository)?;
        if let Some(tag) = tag.filter(|tag| !is_tag(tag)) {
            return Err(BadReference::Tag(tag.to_owned()));
        }
        if let Some(digest) = digest.filter(|digest| !is_digest(digest)) {
            return Err(BadReference::Digest(digest.to_owned()));
        }
        let registry = match registry {
            None | Some("index.docker.io" | "registry-1.docker.io") => DOCKER_HUB,
            Some(registry) => registry,
        };
        let is_official = registry == DOCKER_HUB && !repository.contains('/');
        Ok(Self {
            registry: registry.to_owned(),
            repository: if is_official {
                format!("library/{repository}")
            } else {
                repository.to_owned()
            },
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }
}

/// As Docker tells a registry from the first part of a repository.
fn is_host(part: &str) -> bool {
    part == "localhost" || part.contains(['.', ':'])
}

fn check_repository(repository: &str) -> Result<(), BadReference> {
    if repository.is_empty() {
        return Err(BadReference::NoRepository);
    }
    if repository.chars().any(|c| c.is_ascii_uppercase()) {
        return Err(BadReference::UpperCase(repository.to_owned()));
    }
    if repository.len() <= 255 && repository.split('/').all(is_component) {
        return Ok(());
    }
    Err(BadReference::Repository(repository.to_owned()))
}

/// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`
fn is_component(component: &str) -> bool {
    let is_alphanumeric = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    component.starts_with(is_alphanumeric)
        && component.ends_with(is_alphanumeric)
        && component.split(is_alphanumeric).all(|separator| {
            matches!(separator, "" | "." | "_" | "__") || separator.chars().all(|c| c == '-')
        })
}

fn is_tag(tag: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    tag.len() <= 128
        && tag.starts_with(is_word)
        && tag.chars().all(|c| is_word(c) || c == '.' || c == '-')
}

fn is_digest(digest: &str) -> bool {
    let hex = digest.strip_prefix("sha256:").unwrap_or_default();
    hex.len() == 64 && hex.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'))
}

impl Reference {
    /// What is asked of the registry: the digest, or else the tag, or else `latest`.
    pub fn version(&self) -> &str {
        let tag = self.tag.as_deref().unwrap_or("latest");
        self.digest.as_deref().unwrap_or(tag)
    }

    /// The name without tag and digest, as people write it.
    pub fn name(&self) -> String {
        let short = self.repository.strip_prefix("library/");
        if self.registry == DOCKER_HUB {
            return short.unwrap_or(&self.repository).to_owned();
        }
        format!("{}/{}", self.registry, self.repository)
    }

    /// Where the image is, for sentences.
    pub fn registry_name(&self) -> &str {
        if self.registry == DOCKER_HUB {
            "Docker Hub"
        } else {
            &self.registry
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        self.digest
            .as_ref()
            .map_or(Ok(()), |digest| write!(f, "@{digest}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (String, String, Option<String>, Option<String>) {
        let Reference {
            registry,
            repository,
            tag,
            digest,
        } = text.parse().unwrap();
        (registry, repository, tag, digest)
    }

    #[test]
    fn short_and_long_names_are_taken_apart_as_docker_does() {
        let hub = |repository: &str, tag: Option<&str>| {
            (
                DOCKER_HUB.to_owned(),
                repository.to_owned(),
                tag.map(str::to_owned),
                None,
            )
        };
        assert_eq!(
            parts("vkuldeep1/myapp:abc"),
            hub("vkuldeep1/myapp", Some("abc"))
        );
        assert_eq!(parts("nginx"), hub("library/nginx", None));
        assert_eq!(parts("docker.io/nginx:1"), hub("library/nginx", Some("1")));
        assert_eq!(
            parts("a/b__c.d---e/f:V1.2_x"),
            hub("a/b__c.d---e/f", Some("V1.2_x"))
        );
        let digest = format!("sha256:{}", "0a".repeat(32));
        assert_eq!(
            parts(&format!("localhost:5000/app:1@{digest}")),
            (
                "localhost:5000".into(),
                "app".into(),
                Some("1".into()),
                Some(digest)
            )
        );
        assert_eq!(parts("registry.example/app").0, "registry.example");
    }

    #[test]
    fn what_docker_refuses_is_refused_with_the_reason() {
        for (text, reason) in [
            ("", "no repository before the tag"),
            (":tag", "no repository before the tag"),
            ("MyApp:1", "upper-case letters"),
            (
                "your-user/<app>:1",
                "invalid repository \"your-user/<app>\"",
            ),
            ("a//b", "invalid repository"),
            ("a/-b", "invalid repository"),
            ("a/b:<sha>", "invalid tag \"<sha>\""),
            ("a/b:", "invalid tag \"\""),
            ("a/b@sha256:12", "invalid digest"),
            ("https://a.example/b", "a scheme in front"),
        ] {
            let error = text.parse::<Reference>().unwrap_err().to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    #[test]
    fn it_is_shown_as_it_is_written() {
        for text in ["nginx:1", "vkuldeep1/myapp", "localhost:5000/app:1"] {
            assert_eq!(text.parse::<Reference>().unwrap().to_string(), text);
        }
    }
}
