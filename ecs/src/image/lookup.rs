//! What a registry says about an image.

use dualrun::contract::Contract;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// The answer to "does this image exist?".
#[derive(Clone, Debug, PartialEq)]
pub enum Lookup {
    /// Nobody has asked.
    NotAsked,
    /// It is there.
    Found(Box<Found>),
    /// The repository is there, the tag or digest is not.
    NoSuchVersion,
    /// There is no such repository, or it is private: registries do not tell.
    NoAccess {
        /// If credentials were sent.
        with_credentials: bool,
    },
    /// The registry takes no more requests from here for now. ECS asks from elsewhere.
    RateLimited(Option<Quota>),
    /// The registry did not answer, or with something that is no answer.
    Unreachable(String),
}

/// An image that exists.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Of the tag: an index's, or the manifest's.
    pub digest: String,
    /// Digests of the manifests in the index.
    pub manifests: Vec<String>,
    /// What it was built for, attestations left out.
    pub platforms: Vec<Platform>,
    /// TCP ports that the image for the wanted platform says it listens on.
    pub exposed: Vec<u16>,
    /// How the image for the wanted platform is run.
    pub config: ImageConfig,
    /// If it says that all it has are files which were copied into nothing, as into `FROM scratch`: then there is no shell,
    /// unless one was among them.
    pub is_from_scratch: bool,
    /// What is left of the registry's quota for this client.
    pub quota: Option<Quota>,
}

/// How an image is run, unless a task definition says otherwise.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImageConfig {
    /// The program and its first arguments (`ENTRYPOINT`).
    pub entrypoint: Vec<String>,
    /// Variables (`ENV`).
    pub environment: BTreeMap<String, String>,
    /// What its program needs, if the image tells; or why that could not be read.
    pub contract: Option<Result<Contract, String>>,
}

/// What an image was built for.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Platform {
    /// Such as `linux`.
    pub os: String,
    /// As Go calls it, such as `amd64`.
    pub architecture: String,
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.os, self.architecture)
    }
}

/// A registry's limit of pulls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Pulls that are left.
    pub remaining: u64,
    /// Pulls that are granted in the time, if it says so.
    pub limit: Option<u64>,
}
