//! Deployments that tell the truth: one new revision, one update, and a verdict from what ECS says in the end.
//!
//! | file | what it is |
//! |---|---|
//! | `order` | what is to be deployed |
//! | `preflight` | refuses before anything is touched |
//! | `revision` | the new revision of the task definition |
//! | `tracked`, `older` | the deployment that is ours, by the newer API or the older |
//! | `follow` | waits for its end |
//! | `evidence`, `cause` | why it failed |
//! | `verdict` | how it ended, and the exit code |

mod cause;
mod error;
mod evidence;
mod follow;
mod older;
mod order;
mod preflight;
mod revision;
mod roll_back;
mod tracked;
mod verdict;

pub use self::cause::Cause;
pub use self::error::DeployError;
pub use self::order::{Begun, Order, Wanted};
pub use self::roll_back::{Target, roll_back};
pub use self::tracked::stop_and_roll_back;
pub use self::verdict::{Outcome, Verdict};

use crate::aws::{Cloud, ECS};
use crate::facts::Facts;
use crate::image::Images;
use crate::live;
use serde_json::{Value, json};
use tokio::time::Instant;
use tracked::Tracked;

/// Gets told what happens, while it happens.
pub trait Progress {
    /// Something has changed.
    fn tell(&mut self, text: &str);
}

/// Deploys, and waits for the end.
///
/// Nothing is changed before the preflight has passed; then one revision is registered, unless the service has this
/// image already, and the service is updated once.
pub async fn deploy(
    cloud: &impl Cloud,
    images: &impl Images,
    order: &Order,
    progress: &mut impl Progress,
) -> Outcome {
    let mut outcome = Outcome::new(order);
    let end = attempt(cloud, images, order, progress, &mut outcome).await;
    outcome.end_with(end);
    outcome
}

async fn attempt(
    cloud: &impl Cloud,
    images: &impl Images,
    order: &Order,
    progress: &mut impl Progress,
    outcome: &mut Outcome,
) -> Result<Verdict, DeployError> {
    let live = live::read(cloud, &order.cluster, &order.service).await?;
    let facts = live.facts;
    let container = facts
        .main_container()
        .ok_or(DeployError::NoContainer)?
        .name
        .clone();
    let image = order.wanted.image(&facts)?;
    outcome.image = Some(image.clone());
    outcome.previous = Some(facts.service.task_definition.clone());

    let refusal = preflight::refusal(images, order, &facts, &container, &image, outcome).await;
    if let Some(refusal) = refusal {
        return Ok(refusal);
    }
    let next = revision::next(
        &live.definition,
        &live.tags,
        &container,
        &image,
        &order.tags,
    );
    let Some(next) = next else {
        progress.tell(&format!("{} runs {image} already", order.service));
        outcome.revision.clone_from(&outcome.previous);
        return settled(cloud, order, &facts, outcome, progress).await;
    };
    if order.dry_run {
        progress.tell(&format!(
            "would register a revision of {} with {image}",
            facts.definition.family
        ));
        progress.tell(&format!("would update {} to it", order.service));
        return Ok(Verdict::DryRun);
    }
    let arn = register(cloud, &next).await?;
    progress.tell(&format!("registered {}", short(&arn)));
    outcome.revision = Some(arn.clone());
    roll_out(cloud, order, &facts, &arn, outcome, progress).await
}

/// Updates the service to a revision, and waits for the end.
async fn roll_out(
    cloud: &impl Cloud,
    order: &Order,
    facts: &Facts,
    revision: &str,
    outcome: &mut Outcome,
    progress: &mut impl Progress,
) -> Result<Verdict, DeployError> {
    let deadline = Instant::now() + order.timeout;
    let before = tracked::known(cloud, order).await?;
    // Before it is sent, since it may be carried out also where the answer is lost.
    order.begun.begin(revision);
    let answer = update(cloud, order, revision).await?;
    progress.tell(&format!(
        "updating {} to {}",
        order.service,
        short(revision)
    ));
    let ours = Tracked::begun(before, &answer, revision);
    follow::until_the_end(cloud, order, facts, ours, deadline, outcome, progress).await
}

/// Of an image that the service has already: it counts once it runs.
async fn settled(
    cloud: &impl Cloud,
    order: &Order,
    facts: &Facts,
    outcome: &mut Outcome,
    progress: &mut impl Progress,
) -> Result<Verdict, DeployError> {
    let revision = facts.service.task_definition.clone();
    let ours = Tracked::of_current(cloud, order, &revision).await?;
    let deadline = Instant::now() + order.timeout;
    follow::until_the_end(cloud, order, facts, ours, deadline, outcome, progress).await
}

/// Registers a definition; returns the revision's ARN.
pub(crate) async fn register(
    cloud: &impl Cloud,
    definition: &Value,
) -> Result<String, DeployError> {
    let family = definition["family"].as_str().unwrap_or_default();
    let answer = cloud
        .json(ECS, "RegisterTaskDefinition", family, definition)
        .await?;
    let arn = answer["taskDefinition"]["taskDefinitionArn"].as_str();
    Ok(arn.ok_or(DeployError::NoRevision)?.to_owned())
}

/// The one update; returns what it is answered with.
async fn update(cloud: &impl Cloud, order: &Order, revision: &str) -> Result<Value, DeployError> {
    let parameters = json!({
        "cluster": order.cluster,
        "service": order.service,
        "taskDefinition": revision,
    });
    let answer = cloud.json(ECS, "UpdateService", &order.service, &parameters);
    Ok(answer.await?)
}

/// Family and revision of an ARN.
pub(crate) fn short(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}
