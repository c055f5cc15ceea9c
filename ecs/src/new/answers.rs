//! What is asked for of a new service.

use super::ecr::Ecr;
use super::library::Library;
use super::name::Name;
use super::registry::Registry;
use crate::image::{BadReference, DOCKER_HUB, Reference};
use clap::ValueEnum;
use dualrun::Options;
use dualrun::options::DEFAULT_PORT;
use std::fmt;
use std::str::FromStr;

/// What runs the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Lambda {
    /// ECS, and Lambda too.
    With,
    /// Lambda alone.
    Only,
    /// ECS alone.
    Without,
}

/// What others may do with the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum License {
    /// MIT
    Mit,
    /// Apache-2.0
    Apache,
    /// MIT or Apache-2.0, as they like
    Both,
    /// Nothing
    None,
}

/// A port that the service can listen on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Port(u16);

/// Why a port is none for a service.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPort {
    /// The image's user may not listen there.
    #[error(
        "a port is a number from 1024 to 65535: the image's user may not listen on a lower one"
    )]
    Range,
    /// Something else listens there.
    #[error("{0} has that port")]
    Taken(&'static str),
}

/// The image's name without a tag, and where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// As a person writes it.
    pub name: String,
    /// Where CI pushes it.
    pub registry: Registry,
    /// If nobody has said what it is called.
    pub is_example: bool,
}

/// Why an image cannot be the new service's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadImage {
    /// No image has such a name.
    #[error("invalid image {image:?}")]
    Name {
        /// The name.
        image: String,
        /// Why.
        source: BadReference,
    },
    /// The tag is the commit's.
    #[error(
        "invalid image {0:?}: leave out what is behind the repository, since each commit is a tag of its own"
    )]
    Tag(String),
    /// Docker Hub's own.
    #[error("invalid image {0:?}: write it as OWNER/NAME")]
    NoOwner(String),
    /// No workflow knows how to log in there.
    #[error(
        "the image {image:?} is in {host}: the workflows can push to Docker Hub, ECR and GitHub's registry"
    )]
    Host {
        /// The name.
        image: String,
        /// The registry's.
        host: String,
    },
    /// No registry of an account's.
    #[error(
        "the image {image:?} is in {host}: a registry of ECR is ACCOUNT.dkr.ecr.REGION.amazonaws.com, with the 12 digits of an account"
    )]
    Ecr {
        /// The name.
        image: String,
        /// The registry's.
        host: String,
    },
    /// Two registries.
    #[error("the image {image:?} is not in the registry that --registry names")]
    Other {
        /// The name.
        image: String,
    },
}

/// All that is asked for.
#[derive(Clone, Debug)]
pub struct Answers {
    /// What it is called.
    pub name: Name,
    /// What runs it.
    pub lambda: Lambda,
    /// Its image.
    pub image: Image,
    /// If it has a database.
    pub has_database: bool,
    /// Where it listens.
    pub port: Port,
    /// What others may do with it.
    pub license: License,
    /// Where dualrun comes from.
    pub library: Library,
}

impl Port {
    /// Of a service that says nothing about it.
    pub const DEFAULT: Self = Self(DEFAULT_PORT);

    /// The number.
    pub fn number(self) -> u16 {
        self.0
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Port {
    type Err = BadPort;

    fn from_str(text: &str) -> Result<Self, BadPort> {
        let port = text.parse().ok().filter(|port| *port >= 1024);
        let port: u16 = port.ok_or(BadPort::Range)?;
        if port == Options::default().metrics_addr.port() {
            return Err(BadPort::Taken("the page of metrics"));
        }
        // AWS Distro for OpenTelemetry, its configuration for ECS: OTLP by gRPC and by HTTP, and the health check.
        if matches!(port, 4317 | 4318 | 13133) {
            return Err(BadPort::Taken("the collector of traces beside the service"));
        }
        Ok(Self(port))
    }
}

impl Image {
    /// What was asked for, or an example in that registry.
    ///
    /// # Errors
    ///
    /// If there can be no such image there.
    pub fn new(
        name: &Name,
        asked: Option<&str>,
        registry: Option<Registry>,
    ) -> Result<Self, BadImage> {
        let Some(image) = asked else {
            let registry = registry.unwrap_or(Registry::Dockerhub);
            let owner = match registry {
                Registry::Dockerhub => "example",
                Registry::Ecr => "111122223333.dkr.ecr.us-east-1.amazonaws.com",
                Registry::Ghcr => "ghcr.io/example",
            };
            return Ok(Self {
                name: format!("{owner}/{name}"),
                registry,
                is_example: true,
            });
        };
        let reference: Reference = image.parse().map_err(|source| BadImage::Name {
            image: image.to_owned(),
            source,
        })?;
        let image = image.to_owned();
        if reference.tag.is_some() || reference.digest.is_some() {
            return Err(BadImage::Tag(image));
        }
        let host = reference.registry;
        let of_host = match Registry::of_host(&host) {
            Some(Registry::Dockerhub) if reference.repository.starts_with("library/") => {
                return Err(BadImage::NoOwner(image));
            }
            Some(registry) => registry,
            None if Ecr::is_meant(&host) => return Err(BadImage::Ecr { image, host }),
            None => return Err(BadImage::Host { image, host }),
        };
        if registry.is_some_and(|registry| registry != of_host) {
            return Err(BadImage::Other { image });
        }
        Ok(Self {
            name: image,
            registry: of_host,
            is_example: false,
        })
    }

    /// The repository's ARN, of an image in ECR: its name says all of it.
    pub fn ecr_arn(&self) -> Option<String> {
        let (host, repository) = self.parts();
        Some(Ecr::of_host(host)?.arn(repository))
    }

    /// The registry's host and the repository in it.
    pub fn parts(&self) -> (&str, &str) {
        match self.registry {
            Registry::Dockerhub => (DOCKER_HUB, &self.name),
            _ => self.name.split_once('/').unwrap_or(("", &self.name)),
        }
    }
}

impl License {
    /// By SPDX.
    pub fn expression(self) -> Option<&'static str> {
        match self {
            Self::Mit => Some("MIT"),
            Self::Apache => Some("Apache-2.0"),
            Self::Both => Some("MIT OR Apache-2.0"),
            Self::None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(asked: &str, registry: Option<Registry>) -> Result<Registry, BadImage> {
        let image = Image::new(&"shop".parse().unwrap(), Some(asked), registry)?;
        assert_eq!(image.name, asked);
        Ok(image.registry)
    }

    #[test]
    fn a_port_is_one_that_the_image_may_listen_on_and_nothing_else_does() {
        assert_eq!("8080".parse::<Port>().unwrap().number(), 8080);
        assert_eq!("65535".parse::<Port>().unwrap().number(), 65535);
        for text in ["0", "80", "1023", "65536", "-1", "http", ""] {
            assert_eq!(text.parse::<Port>(), Err(BadPort::Range), "{text}");
        }
        for text in ["9090", "4318"] {
            assert!(
                matches!(text.parse::<Port>(), Err(BadPort::Taken(_))),
                "{text}"
            );
        }
    }

    #[test]
    fn an_images_name_tells_its_registry() {
        let ecr = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop";
        for (asked, registry) in [
            ("me/shop", Registry::Dockerhub),
            ("docker.io/me/shop", Registry::Dockerhub),
            ("ghcr.io/me/shop", Registry::Ghcr),
            (ecr, Registry::Ecr),
        ] {
            assert_eq!(image(asked, None), Ok(registry));
            assert_eq!(image(asked, Some(registry)), Ok(registry));
        }
    }

    #[test]
    fn an_image_in_ecr_tells_the_arn_of_its_repository() {
        let name = "shop".parse().unwrap();
        let arn = |asked: &str| Image::new(&name, Some(asked), None).unwrap().ecr_arn();
        let ecr = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/me/shop";
        let of_ecr = "arn:aws:ecr:eu-west-1:111122223333:repository/me/shop";
        assert_eq!(arn(ecr).as_deref(), Some(of_ecr));
        assert_eq!(arn("ghcr.io/me/shop"), None);
        for (host, partition, region) in [
            (
                "dkr.ecr.cn-north-1.amazonaws.com.cn",
                "aws-cn",
                "cn-north-1",
            ),
            (
                "dkr.ecr.us-gov-west-1.amazonaws.com",
                "aws-us-gov",
                "us-gov-west-1",
            ),
            ("dkr.ecr-fips.us-east-1.amazonaws.com", "aws", "us-east-1"),
        ] {
            let expected = format!("arn:{partition}:ecr:{region}:111122223333:repository/shop");
            assert_eq!(arn(&format!("111122223333.{host}/shop")), Some(expected));
        }
    }

    #[test]
    fn a_host_of_ecr_has_an_account_and_a_region() {
        for host in [
            ".dkr.ecr.eu-west-1.amazonaws.com",
            "11112222333.dkr.ecr.eu-west-1.amazonaws.com",
            "1111222233334.dkr.ecr.eu-west-1.amazonaws.com",
            "11112222333a.dkr.ecr.eu-west-1.amazonaws.com",
            "111122223333.dkr.ecr..amazonaws.com",
            "111122223333.dkr.ecr.amazonaws.com",
            "111122223333.dkr.ecr.here.amazonaws.com",
            "111122223333.dkr.ecr.eu-west-1.amazonaws.com.cn",
            "111122223333.dkr.ecr.cn-north-1.amazonaws.com",
            "111122223333.dkr.ecr.eu-west-1.amazonaws.com.example",
            "111122223333.dkr.ecr.eu-west-1.amazonaws.com:443",
        ] {
            let refused = image(&format!("{host}/shop"), None).unwrap_err();
            assert!(matches!(refused, BadImage::Ecr { .. }), "{host}: {refused}");
        }
    }

    #[test]
    fn an_image_that_cannot_be_pushed_there_is_refused() {
        assert!(matches!(image("Me/shop", None), Err(BadImage::Name { .. })));
        assert!(matches!(image("me/shop:1", None), Err(BadImage::Tag(_))));
        assert!(matches!(image("shop", None), Err(BadImage::NoOwner(_))));
        assert!(matches!(
            image("registry.example/shop", None),
            Err(BadImage::Host { .. })
        ));
        let other = image("ghcr.io/me/shop", Some(Registry::Ecr));
        assert!(matches!(other, Err(BadImage::Other { .. })));
    }
}
