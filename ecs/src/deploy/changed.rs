//! The definition of the new revision: the one that runs, or one in a file, with what changes.

use super::{Changes, DeployError, Progress, Wanted, open};
use crate::aws::ecs::{RawDefinition, Tag};
use crate::diff::{Difference, exact_differences, filled_in};
use crate::facts::TaskDefinition;
use crate::image::{Images, Lookup, Reference};
use crate::live::Live;
use std::collections::BTreeSet;

/// What is to be registered.
pub(crate) struct Changed {
    pub(crate) definition: RawDefinition,
    /// The image of the first container that changes.
    pub(crate) image: String,
    /// Where it differs from what runs.
    pub(crate) differences: Vec<Difference>,
    /// If it differs from what runs, be it only by a tag.
    pub(crate) is_other: bool,
}

impl Changed {
    /// What changes, a line for each place. Values of variables are left out, since some may be secrets.
    pub(crate) fn lines(&self) -> impl Iterator<Item = String> {
        self.differences.iter().map(|difference| {
            let Difference { path, file, live } = difference;
            let is_variable = path.contains(".environment");
            match (file, live) {
                (Some(_), None) if is_variable => format!("{path} is new"),
                (None, _) => format!("{path} goes"),
                (Some(_), _) if is_variable => format!("{path} changes"),
                (Some(next), None) => format!("{path} becomes {next}"),
                (Some(next), Some(now)) => format!("{path} becomes {next}, and is {now}"),
            }
        })
    }
}

/// The definition with all changes.
pub(crate) async fn changed(
    images: &impl Images,
    live: &Live,
    changes: &Changes,
    progress: &mut impl Progress,
) -> Result<Changed, DeployError> {
    let mut next = match &changes.definition {
        // The family is the service's: another one would leave the service's history behind.
        Some(file) => {
            let (family, live) = (live.definition.family(), &live.definition);
            if file.family() != family {
                let text = format!(
                    "the family is {family}, as the service's, and not {}",
                    file.family()
                );
                progress.tell(&text);
            }
            filled_in(file, live)?
                .with_family(family)
                .with_tags_of(live)
        }
        None => live.definition.clone(),
    };
    let mut first = None;
    for (name, wanted) in changes.of_containers(&live.facts)? {
        let typed: TaskDefinition = next.read()?;
        let current = typed.container(&name);
        let current = current.ok_or_else(|| DeployError::no_container(&typed, &name))?;
        let mut image = current.image.clone();
        if let Some(wanted) = wanted {
            image = chosen(images, wanted, (&image, &typed), progress).await?;
            next = next.with_image(&name, &image)?;
        }
        for (key, value) in &changes.variables {
            if current.secrets.iter().any(|secret| secret.name == *key) {
                progress.tell(&format!(
                    "warning: {key} was a secret, and becomes a plain variable"
                ));
            }
            next = next.with_variable(&name, (key, value))?;
        }
        for (key, from) in &changes.secrets {
            next = next.with_secret(&name, (key, from))?;
        }
        first.get_or_insert(image);
    }
    if changes.definition.is_some() {
        next = open::filled_in_by_image(&next, changes)?;
    }
    let mut differences = exact_differences(&next, &live.definition);
    differences.extend(of_tags(next.tags(), live.definition.tags()));
    // ECS takes no update to one that was deregistered, and its tasks run all the same.
    let is_gone = changes.refresh && !live.definition.is_active();
    if is_gone {
        progress.tell("the revision is deregistered (INACTIVE), so it is registered again");
    }
    Ok(Changed {
        is_other: !differences.is_empty() || is_gone,
        differences,
        definition: next.with_tags(&changes.tags),
        image: first.unwrap_or_default(),
    })
}

fn of_tags(next: &[Tag], live: &[Tag]) -> Vec<Difference> {
    let value = |tags: &[Tag], key: &str| {
        let tag = tags.iter().find(|tag| tag.key == key);
        tag.map(|tag| tag.value.clone().into())
    };
    let own = next.iter().chain(live).filter(|tag| !tag.is_of_aws());
    let keys: BTreeSet<&str> = own.map(|tag| tag.key.as_str()).collect();
    let all = keys.into_iter().map(|key| Difference {
        path: format!("tags.{key}"),
        file: value(next, key),
        live: value(live, key),
    });
    all.filter(|it| it.file != it.live).collect()
}

/// The image that is wanted. Of a short commit, the registry tells which form is a tag there.
async fn chosen(
    images: &impl Images,
    wanted: &Wanted,
    (current, definition): (&str, &TaskDefinition),
    progress: &mut impl Progress,
) -> Result<String, DeployError> {
    let mut names = wanted.images(current)?;
    let full = names.remove(0);
    let Some(short) = names.pop() else {
        return Ok(full);
    };
    let platform = definition.platform();
    let look_up = async |name: &str| match name.parse::<Reference>() {
        Ok(reference) => images.look_up(&reference, &platform).await,
        Err(_) => Lookup::NotAsked,
    };
    let is_short = matches!(look_up(&full).await, Lookup::NoSuchVersion)
        && matches!(look_up(&short).await, Lookup::Found(_));
    let chosen = if is_short { short } else { full };
    progress.tell(&format!("the image of the commit is {chosen}"));
    Ok(chosen)
}
