//! What is to be done to a service, and how long to wait for it.

use super::DeployError;
use crate::aws::ecs::{HookAction, RawDefinition};
use crate::facts::Facts;
use crate::image::{BadReference, Reference};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Something that is to be done to a service.
#[derive(Clone, Debug)]
pub struct Order {
    /// The service.
    pub service: String,
    /// Its cluster.
    pub cluster: String,
    /// What is to be done.
    pub goal: Goal,
    /// Say what would be done, and do nothing.
    pub dry_run: bool,
    /// Deploy also where nothing is meant to run.
    pub allow_parked: bool,
    /// Go on where the preflight would refuse, and print why.
    pub force: bool,
    /// How long the whole may take, beside the bake times of the service. ECS goes on after that; only the waiting ends.
    pub timeout: Duration,
    /// How far it has come, for who may want to take it back.
    pub begun: Begun,
}

/// What is to be done.
#[derive(Clone, Debug)]
pub enum Goal {
    /// A new revision.
    Deploy(Box<Changes>),
    /// An old one.
    RollBack(Target),
    /// Decide for a deployment that waits for somebody.
    Continue(HookAction),
    /// The end of the deployment that goes on, or of the last one.
    Wait,
}

/// What a new revision has that the present one has not.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The definition to begin with, in the place of the one that runs.
    pub definition: Option<RawDefinition>,
    /// The image of the container that requests go to, or of `containers`.
    pub image: Option<Wanted>,
    /// Containers that get an image: their own, or else the common one.
    pub containers: Vec<(String, Option<Wanted>)>,
    /// Plain variables, of the same containers.
    pub variables: Vec<(String, String)>,
    /// Variables whose values stand elsewhere, of the same containers.
    pub secrets: Vec<(String, String)>,
    /// Tags for the revision, such as the commit and the run.
    pub tags: Vec<(String, String)>,
    /// Replace all tasks also where nothing changes.
    pub refresh: bool,
    /// If this has run before, so that only its image is checked.
    pub is_back: bool,
    /// A command to run once with the new revision, before the service is updated to it.
    pub before: Option<Vec<String>>,
}

/// Where to go back to.
#[derive(Clone, Debug)]
pub enum Target {
    /// The last deployment that succeeded and is not the current one.
    LastGood,
    /// A revision, such as `12` or `shop:12`.
    Revision(String),
}

/// If the service was updated, and from what to what. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Begun(Arc<Mutex<Steps>>);

#[derive(Debug, Default)]
struct Steps {
    update: Option<Update>,
    /// The hook that somebody has decided on, and when.
    decided: Option<(String, Instant)>,
}

/// An update of a service.
#[derive(Clone, Debug)]
pub(super) struct Update {
    pub(super) from: String,
    pub(super) to: String,
}

impl Order {
    /// If all tasks are replaced also where nothing changes.
    pub(super) fn is_refresh(&self) -> bool {
        matches!(&self.goal, Goal::Deploy(changes) if changes.refresh)
    }
}

impl Begun {
    /// If the service was updated, or perhaps was: the request is on its way.
    pub fn has_begun(&self) -> bool {
        self.update().is_some()
    }

    fn steps(&self) -> MutexGuard<'_, Steps> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn update(&self) -> Option<Update> {
        self.steps().update.clone()
    }

    /// The request is about to be sent.
    pub(super) fn begin(&self, from: &str, to: &str) {
        self.steps().update = Some(Update {
            from: from.to_owned(),
            to: to.to_owned(),
        });
    }

    /// AWS has refused it.
    pub(super) fn was_refused(&self) {
        self.steps().update = None;
    }

    /// ECS was told how to go on from a hook.
    pub(super) fn decide(&self, hook: &str) {
        self.steps().decided = Some((hook.to_owned(), Instant::now()));
    }

    /// How long ago that was.
    pub(super) fn decided_since(&self, hook: &str) -> Option<Duration> {
        let steps = self.steps();
        let decided = steps.decided.as_ref();
        decided
            .filter(|(decided, _)| decided == hook)
            .map(|(_, at)| at.elapsed())
    }
}

/// What a container should run.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// The image that it has, of this commit.
    Commit {
        /// The commit as git has it in full, if it knows it.
        commit: String,
        /// The shorter form that was asked for.
        short: Option<String>,
    },
    /// This image.
    Image(Reference),
}

/// Why an argument names no commit and no image.
#[derive(Debug, thiserror::Error)]
pub enum BadWanted {
    /// It looks like an image.
    #[error("invalid image {text:?}")]
    Image {
        /// The argument.
        text: String,
        /// What is wrong with it.
        source: BadReference,
    },
    /// It is the digest of an image alone.
    #[error("{0:?} is a digest without its image; write REPOSITORY@{0}")]
    Digest(String),
    /// It looks like a commit, which is the tag of an image.
    #[error(
        "invalid commit {0:?}: an image's tag has letters, digits, '.', '_' and '-', at most 128 of them"
    )]
    Commit(String),
}

impl Wanted {
    /// From an argument: what has a `/`, `:` or `@` is an image, everything else a commit.
    ///
    /// # Errors
    ///
    /// If it is neither.
    pub fn parse(text: &str) -> Result<Self, BadWanted> {
        if text.starts_with("sha256:") {
            return Err(BadWanted::Digest(text.to_owned()));
        }
        if text.contains(['/', ':', '@']) {
            let image = text.parse().map_err(|source| BadWanted::Image {
                text: text.to_owned(),
                source,
            })?;
            return Ok(Self::Image(image));
        }
        // As the tag of an image (OCI, distribution specification, "Pulling manifests").
        let is_tag = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if text.is_empty()
            || text.len() > 128
            || !text.chars().all(is_tag)
            || text.starts_with(['.', '-'])
        {
            return Err(BadWanted::Commit(text.to_owned()));
        }
        Ok(Self::Commit {
            commit: text.to_owned(),
            short: None,
        })
    }

    /// If it is a commit in a form that git may know in another one, in full.
    pub fn short_commit(&self) -> Option<&str> {
        match self {
            Self::Commit {
                commit,
                short: None,
            } if (4..=40).contains(&commit.len())
                && commit.chars().all(|c| c.is_ascii_hexdigit())
                // That is how git has it in full.
                && (commit.len() < 40 || commit.chars().any(|c| c.is_ascii_uppercase())) =>
            {
                Some(commit)
            }
            _ => None,
        }
    }

    /// The same commit in full.
    #[must_use]
    pub fn in_full(self, full: String) -> Self {
        match self {
            Self::Commit { commit, .. } if commit != full => Self::Commit {
                commit: full,
                short: Some(commit),
            },
            other => other,
        }
    }

    /// The tag, for who tags the revision with it.
    pub fn tag(&self) -> Option<String> {
        match self {
            Self::Commit { commit, .. } => Some(commit.clone()),
            Self::Image(image) => image.tag.clone(),
        }
    }

    /// The image in the place of `current`, as it is called in full; of a commit in a short form, both forms.
    pub(super) fn images(&self, current: &str) -> Result<Vec<String>, DeployError> {
        let (commit, short) = match self {
            Self::Image(image) => return Ok(vec![image.to_string()]),
            Self::Commit { commit, short } => (commit, short),
        };
        let reference: Reference = current.parse().map_err(|source| DeployError::Name {
            image: current.to_owned(),
            source,
        })?;
        let tags = std::iter::once(commit).chain(short);
        Ok(tags
            .map(|tag| format!("{}:{tag}", reference.name()))
            .collect())
    }
}

impl Changes {
    /// The names of the containers that change, with what each should run.
    pub(super) fn of_containers(
        &self,
        facts: &Facts,
    ) -> Result<Vec<(String, Option<&Wanted>)>, DeployError> {
        if self.containers.is_empty() {
            let main = facts.main_container().ok_or(DeployError::NoContainer)?;
            return Ok(vec![(main.name.clone(), self.image.as_ref())]);
        }
        let named = self.containers.iter();
        Ok(named
            .map(|(name, own)| (name.clone(), own.as_ref().or(self.image.as_ref())))
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_no_commit_and_no_image_is_refused() {
        for text in [
            "",
            " ",
            "3f1c 9e7",
            "-x",
            ".x",
            "3f1c\n",
            "a/b:c d",
            "sha256:0a",
            &"a".repeat(129),
        ] {
            assert!(Wanted::parse(text).is_err(), "{text:?}");
        }
        for text in ["3f1c9e7", "v1.2.3-rc_1", "a/b:c", "a@b"] {
            let parsed = Wanted::parse(text);
            assert_eq!(parsed.is_ok(), text != "a@b", "{text:?}: {parsed:?}");
        }
    }

    #[test]
    fn only_what_may_be_a_commit_is_looked_for_in_git() {
        for (text, is_short) in [
            ("3f1c9e7", true),
            ("3f1", false),
            ("latest", false),
            ("3f1c9e7af5a8e0a4c0d1f5f8c9a1b2c3d4e5f607", false),
            ("3F1C9E7AF5A8E0A4C0D1F5F8C9A1B2C3D4E5F607", true),
            ("3F1C9E7", true),
            ("a/b:3f1c9e7", false),
        ] {
            let wanted = Wanted::parse(text).unwrap();
            assert_eq!(wanted.short_commit().is_some(), is_short, "{text}");
        }
    }

    #[test]
    fn a_short_commit_may_be_the_tag_in_either_form() {
        let wanted = Wanted::parse("3f1c").unwrap().in_full("3f1c9e7a".into());
        let images = wanted.images("me/shop:old").unwrap();
        assert_eq!(images, ["me/shop:3f1c9e7a", "me/shop:3f1c"]);
    }
}
