//! What is to be deployed, where, and how long to wait for it.

use super::DeployError;
use crate::facts::Facts;
use crate::image::Reference;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// A deployment that is asked for.
#[derive(Clone, Debug)]
pub struct Order {
    /// The service.
    pub service: String,
    /// Its cluster.
    pub cluster: String,
    /// What it should run.
    pub wanted: Wanted,
    /// Tags for a new revision, such as the commit and the run.
    pub tags: Vec<(String, String)>,
    /// Say what would be done, and do nothing.
    pub dry_run: bool,
    /// Deploy also where nothing is meant to run.
    pub allow_parked: bool,
    /// How long the whole may take. ECS goes on after that; only the waiting ends.
    pub timeout: Duration,
    /// How far it has come, for who may want to take it back.
    pub begun: Begun,
}

/// If the service was updated, and to what. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Begun(Arc<OnceLock<String>>);

impl Begun {
    /// The revision that the service was updated to, or perhaps was: the request is on its way.
    pub fn revision(&self) -> Option<&str> {
        self.0.get().map(String::as_str)
    }

    pub(super) fn begin(&self, revision: &str) {
        // An order is carried out once.
        let _ = self.0.set(revision.to_owned());
    }
}

/// What a service should run.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// The image that it has, of this commit.
    Commit(String),
    /// This image.
    Image(Reference),
}

impl Wanted {
    /// From an argument: what has a `/`, `:` or `@` is an image, everything else a commit.
    ///
    /// # Errors
    ///
    /// If it looks like an image and is none.
    pub fn parse(text: &str) -> Result<Self, crate::image::BadReference> {
        if text.contains(['/', ':', '@']) {
            Ok(Self::Image(text.parse()?))
        } else {
            Ok(Self::Commit(text.to_owned()))
        }
    }

    /// The image's name in full.
    pub(super) fn image(&self, facts: &Facts) -> Result<String, DeployError> {
        match self {
            Self::Image(image) => Ok(image.to_string()),
            Self::Commit(commit) => {
                let current = facts.main_container().ok_or(DeployError::NoContainer)?;
                let reference: Reference =
                    current.image.parse().map_err(|source| DeployError::Name {
                        image: current.image.clone(),
                        source,
                    })?;
                Ok(format!("{}:{commit}", reference.name()))
            }
        }
    }
}
