//! The whole road once, with the failures of the checklist on the way: down, up, deploy, doctor, four breaks with each
//! diagnosed, rollback, down.

use crate::aws::{ApiError, Cloud};
use crate::breaks::{Break, BreakError, CLASSIC, Sound};
use crate::deploy::{
    Begun, Changes, Goal, Order, Outcome, Progress, Target, Verdict, Wanted, carry_out,
};
use crate::doctor::{CheckId, Status, examine, look_up_images};
use crate::files::FilesError;
use crate::image::{Images, Lookup, Reference};
use crate::live::{self, LiveError};
use crate::stack::{Plan, StackError, apply, down, preflight, teardown, verified};
use serde::Serialize;
use std::time::Duration;
use tokio::time::Instant;

/// What is drilled.
#[derive(Clone, Debug)]
pub struct Drill {
    /// The stack. It is taken down, twice.
    pub stack: String,
    /// Its template.
    pub template: String,
    /// Parameters of the template beside the image.
    pub parameters: Vec<(String, String)>,
    /// An image that exists, with its tag.
    pub image: Reference,
    /// A name for the change set that no other has.
    pub change_set: String,
    /// How long each step may take.
    pub timeout: Duration,
}

/// One step of the drill.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// What was done.
    pub name: String,
    /// How long it took.
    pub seconds: f64,
    /// Why it is not as it should be, if it is not.
    pub failure: Option<String>,
}

/// Why a step is not as it should be.
#[derive(Debug, thiserror::Error)]
enum DrillError {
    #[error(transparent)]
    Api(#[from] ApiError),
    #[error(transparent)]
    Live(#[from] LiveError),
    #[error(transparent)]
    Stack(#[from] StackError),
    #[error(transparent)]
    Break(#[from] BreakError),
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error("{0}")]
    Unexpected(String),
}

/// Runs the drill. Whatever happens after the preflight, the last step takes the stack down.
pub async fn drill(
    cloud: &impl Cloud,
    images: &impl Images,
    drill: &Drill,
    progress: &mut impl Progress,
) -> Vec<Step> {
    let mut steps = Vec::new();
    let start = Instant::now();
    let checked = sound_before(images, drill).await;
    if !add(&mut steps, "preflight", start, checked, progress) {
        return steps;
    }
    let is_sound = road(cloud, images, drill, progress, &mut steps).await;
    if !is_sound {
        progress.tell("the drill has failed; taking the stack down");
    }
    let start = Instant::now();
    let end = gone(cloud, drill, progress).await;
    add(
        &mut steps,
        "down, and nothing left that costs",
        start,
        end,
        progress,
    );
    steps
}

/// All but the last step; false from the first that is not as it should be.
async fn road(
    cloud: &impl Cloud,
    images: &impl Images,
    drill: &Drill,
    progress: &mut impl Progress,
    steps: &mut Vec<Step>,
) -> bool {
    macro_rules! step {
        ($name:expr, $done:expr) => {{
            let start = Instant::now();
            let done = $done.await;
            if !add(steps, $name, start, done, progress) {
                return false;
            }
        }};
    }
    step!(
        "down, so that nothing is there",
        gone(cloud, drill, progress)
    );
    step!("up", up(cloud, drill, progress));
    step!("deploy, by digest", async {
        let order = by_digest(cloud, images, drill).await?;
        let outcome = carry_out(cloud, images, &order, progress).await;
        expect(outcome, &Verdict::Deployed)
    });
    step!("doctor: sound", diagnosed(cloud, images, drill, None));
    for (name, cause, how) in CLASSIC {
        step!(&format!("{name}: diagnosed, and fixed"), async {
            let sound = sound(cloud, drill).await?;
            sound.broken(cloud, how).await?;
            let found = diagnosed(cloud, images, drill, Some(cause)).await;
            sound.restored(cloud).await?;
            found
        });
    }
    step!("rollback from a revision that cannot run", async {
        let sound = sound(cloud, drill).await?;
        sound.broken(cloud, Break::Tag).await?;
        let order = order(drill, Goal::RollBack(Target::LastGood));
        let outcome = carry_out(cloud, images, &order, progress).await;
        expect(outcome, &Verdict::Deployed)
    });
    step!("doctor: sound again", diagnosed(cloud, images, drill, None));
    true
}

fn add(
    steps: &mut Vec<Step>,
    name: &str,
    start: Instant,
    done: Result<(), DrillError>,
    progress: &mut impl Progress,
) -> bool {
    let failure = done.err().map(|error| crate::chain::chain(&error));
    let seconds = start.elapsed().as_secs_f64();
    let end = failure
        .as_ref()
        .map_or("ok".into(), |failure| format!("failed: {failure}"));
    progress.tell(&format!("{name}: {end} ({seconds:.1} s)"));
    let is_ok = failure.is_none();
    steps.push(Step {
        name: name.to_owned(),
        seconds,
        failure,
    });
    is_ok
}

fn order(drill: &Drill, goal: Goal) -> Order {
    Order {
        service: drill.stack.clone(),
        cluster: drill.stack.clone(),
        goal,
        dry_run: false,
        allow_parked: false,
        force: false,
        timeout: drill.timeout,
        begun: Begun::default(),
    }
}

/// Before anything is deleted, since it is to be made again.
async fn sound_before(images: &impl Images, drill: &Drill) -> Result<(), DrillError> {
    let image = drill.image.to_string();
    let given = drill
        .parameters
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let parameters: Vec<_> = given.chain([("Image", image.as_str())]).collect();
    match preflight(&drill.template, &parameters, images, &drill.stack).await? {
        Some(report) if !report.ok => Err(DrillError::Unexpected(report.failures())),
        _ => Ok(()),
    }
}

/// The image by its digest: another name for what runs, so that there is something to deploy.
async fn by_digest(
    cloud: &impl Cloud,
    images: &impl Images,
    drill: &Drill,
) -> Result<Order, DrillError> {
    let facts = live::facts_of(cloud, &drill.stack, &drill.stack).await?;
    let lookup = images
        .look_up(&drill.image, &facts.definition.platform())
        .await;
    let Lookup::Found(found) = lookup else {
        let text = format!("{} cannot be found: {lookup:?}", drill.image);
        return Err(DrillError::Unexpected(text));
    };
    let image = Reference {
        tag: None,
        digest: Some(found.digest),
        ..drill.image.clone()
    };
    let changes = Changes {
        image: Some(Wanted::Image(image)),
        ..Changes::default()
    };
    Ok(order(drill, Goal::Deploy(Box::new(changes))))
}

fn expect(outcome: Outcome, verdict: &Verdict) -> Result<(), DrillError> {
    if outcome.verdict == *verdict {
        return Ok(());
    }
    let why = outcome
        .error
        .or(outcome.cause.map(|cause| cause.name))
        .unwrap_or_default();
    Err(DrillError::Unexpected(format!(
        "{} {why}",
        outcome.verdict.text()
    )))
}

async fn gone(
    cloud: &impl Cloud,
    drill: &Drill,
    progress: &mut impl Progress,
) -> Result<(), DrillError> {
    let teardown = teardown(cloud, &drill.stack).await?;
    // A stack of this name that is not the drill's is not its to delete.
    teardown.check(false)?;
    down(cloud, &teardown, drill.timeout, progress).await?;
    let left = verified(cloud, &teardown.tag).await?;
    match left.iter().find(|left| left.costs) {
        Some(left) => Err(DrillError::Unexpected(format!(
            "{} is left, and costs",
            left.arn
        ))),
        None => Ok(()),
    }
}

async fn up(
    cloud: &impl Cloud,
    drill: &Drill,
    progress: &mut impl Progress,
) -> Result<(), DrillError> {
    let image = [("Image".to_owned(), drill.image.to_string())];
    let plan = Plan {
        name: drill.stack.clone(),
        template: Some(drill.template.clone()),
        parameters: drill.parameters.iter().cloned().chain(image).collect(),
        change_set: drill.change_set.clone(),
        dry_run: false,
        timeout: drill.timeout,
    };
    let applied = apply(cloud, &plan, async |_| true, progress).await?;
    if applied.is_done {
        Ok(())
    } else {
        Err(DrillError::Unexpected("nothing was made".into()))
    }
}

/// The doctor finds that this check has failed, or that none has.
async fn diagnosed(
    cloud: &impl Cloud,
    images: &impl Images,
    drill: &Drill,
    failing: Option<CheckId>,
) -> Result<(), DrillError> {
    let mut facts = live::facts_of(cloud, &drill.stack, &drill.stack).await?;
    facts.expected_repository = Some(drill.image.name());
    look_up_images(&mut facts, Some(images)).await;
    let report = examine(&[facts], &drill.stack);
    let failed = report
        .checks
        .iter()
        .filter(|check| check.status == Status::Fail);
    let failed: Vec<CheckId> = failed.map(|check| check.id).collect();
    let is_right = failing.map_or(failed.is_empty(), |id| failed.contains(&id));
    if is_right {
        return Ok(());
    }
    let list = |ids: &[CheckId]| match ids {
        [] => "nothing".to_owned(),
        ids => ids
            .iter()
            .map(CheckId::to_string)
            .collect::<Vec<_>>()
            .join(", "),
    };
    let (found, wanted) = (list(&failed), list(failing.as_slice()));
    let text = format!("the doctor finds {found} and should find {wanted}");
    Err(DrillError::Unexpected(text))
}

async fn sound<'a>(cloud: &impl Cloud, drill: &'a Drill) -> Result<Sound<'a>, DrillError> {
    Ok(Sound {
        name: &drill.stack,
        image: &drill.image,
        service: live::service(cloud, &drill.stack, &drill.stack).await?,
    })
}
