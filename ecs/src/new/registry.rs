//! The registries of images that the workflows know how to log in to.

use super::ecr::Ecr;
use crate::image::DOCKER_HUB;
use clap::ValueEnum;
use serde::Serialize;

/// Where CI pushes images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Registry {
    /// Docker Hub
    Dockerhub,
    /// Elastic Container Registry, of an AWS account
    Ecr,
    /// GitHub's registry
    Ghcr,
}

impl Registry {
    /// By the host in an image's name; none, if no workflow knows how to log in there.
    pub fn of_host(host: &str) -> Option<Self> {
        match host {
            DOCKER_HUB => Some(Self::Dockerhub),
            "ghcr.io" => Some(Self::Ghcr),
            _ => Ecr::of_host(host).map(|_| Self::Ecr),
        }
    }
}
