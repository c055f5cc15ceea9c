//! The steps: made, deployed, broken in five ways with each diagnosed, rolled back, parked, unparked, taken down.

use super::docker::Images as Pushed;
use crate::aws::{ApiError, Cloud, last_part};
use crate::breaks::{Break, BreakError, CLASSIC, Sound};
use crate::deploy::{
    Begun, Changes, Goal, Order, Outcome, Progress, Target, Verdict, Wanted, carry_out,
};
use crate::doctor::{CheckId, Report, Status, examine, look_up_images};
use crate::facts::Facts;
use crate::files::FilesError;
use crate::image::{Images, Reference};
use crate::live::{self, LiveError};
use crate::stack::{Plan, StackError, apply, down, preflight, teardown, verified};
use std::time::Duration;

/// The stack, its cluster and its service.
const NAME: &str = "shop";

/// What is walked with.
#[derive(Clone, Debug)]
pub struct Walk {
    /// The stack's template.
    pub template: String,
    /// Its parameters, beside image and architecture.
    pub parameters: Vec<(String, String)>,
    /// What is deployed.
    pub images: Pushed,
    /// Names for change sets that no other has.
    pub change_set: fn() -> String,
    /// How long each step may take.
    pub timeout: Duration,
}

/// How a step is done.
#[derive(Clone, Copy, Debug)]
pub enum How<'a> {
    /// By this command.
    Command(&'a str),
    /// By a change that nobody wants.
    Change(&'a str),
    /// Not at all, and why.
    Not(&'a str),
}

/// Who shows the way.
pub trait Guide: Progress {
    /// The next step.
    fn step(&mut self, what: &str, how: How<'_>);

    /// What came of it.
    fn found(&mut self, text: &str);
}

/// Why a step is not as it should be.
#[derive(Debug, thiserror::Error)]
pub enum WalkError {
    /// The emulator refuses.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The service cannot be read.
    #[error(transparent)]
    Live(#[from] LiveError),
    /// The stack is not made or changed.
    #[error(transparent)]
    Stack(#[from] StackError),
    /// The template is not understood.
    #[error(transparent)]
    Files(#[from] FilesError),
    /// Another end than the one that this step has.
    #[error("{0}")]
    Unexpected(String),
}

impl From<BreakError> for WalkError {
    fn from(error: BreakError) -> Self {
        match error {
            BreakError::Api(error) => Self::Api(error),
            BreakError::Definition(error) => Self::Unexpected(error.to_string()),
        }
    }
}

/// Goes all the steps.
///
/// # Errors
///
/// From the first that is not as it should be.
pub async fn walk(
    cloud: &impl Cloud,
    images: &impl Images,
    walk: &Walk,
    guide: &mut impl Guide,
) -> Result<(), WalkError> {
    let mut going = Going {
        cloud,
        images,
        walk,
        guide,
    };
    going.made().await?;
    going.deployed().await?;
    for (what, cause, how) in CLASSIC {
        let what = format!("Break it: {what}");
        going.broken((&what, change(how)), cause, how).await?;
    }
    going.without_variable().await?;
    going.back().await?;
    going.parked().await?;
    going.gone().await
}

struct Going<'a, C, I, G> {
    cloud: &'a C,
    images: &'a I,
    walk: &'a Walk,
    guide: &'a mut G,
}

impl<C: Cloud, I: Images, G: Guide> Going<'_, C, I, G> {
    async fn made(&mut self) -> Result<(), WalkError> {
        let [first, _] = &self.walk.images.references;
        let command = format!("cargo ecs up --image {first}");
        self.guide
            .step("Make the stack and its service", How::Command(&command));
        let template = &self.walk.template;
        let mut parameters = self.walk.parameters.clone();
        let architecture = self.walk.images.architecture;
        parameters.push(("Image".into(), first.to_string()));
        parameters.push(("Architecture".into(), architecture.into()));
        let borrowed: Vec<(&str, &str)> = parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let report = preflight(template, &borrowed, self.images, NAME).await?;
        if let Some(report) = report.filter(|report| !report.ok) {
            return Err(WalkError::Unexpected(report.failures()));
        }
        let url = self.applied(Some(template.clone()), parameters).await?;
        let url = url.unwrap_or_default();
        self.guide.found(&format!("it answers on {url}"));
        let report = self.report().await?;
        self.expect(&report, None)?;
        self.guide.found(&report.drawing);
        Ok(())
    }

    async fn deployed(&mut self) -> Result<(), WalkError> {
        let [_, second] = &self.walk.images.references;
        let command = format!("cargo ecs deploy {}", second.version());
        self.guide
            .step("Deploy another image", How::Command(&command));
        let image = Some(Wanted::Image(second.clone()));
        let changes = Changes {
            image,
            ..Changes::default()
        };
        let outcome = self.carried_out(Goal::Deploy(Box::new(changes))).await?;
        self.guide.found(&format!(
            "{}: two tasks run {second}, and requests go to them",
            outcome.verdict.text()
        ));
        Ok(())
    }

    /// Breaks the service, has the doctor find it, and makes it sound again.
    async fn broken(
        &mut self,
        (what, change): (&str, &str),
        cause: CheckId,
        how: Break<'_>,
    ) -> Result<(), WalkError> {
        self.guide.step(what, How::Change(change));
        let [_, image] = &self.walk.images.references;
        let sound = self.sound(image).await?;
        sound.broken(self.cloud, how).await?;
        let report = self.report().await?;
        self.expect(&report, Some(cause))?;
        self.guide.found(&report.drawing);
        self.guide.found(&report.check(cause).to_string());
        sound.restored(self.cloud).await?;
        self.guide.found("fixed: the revision before is back");
        Ok(())
    }

    /// Of a program that says which variables it needs.
    async fn without_variable(&mut self) -> Result<(), WalkError> {
        let facts = self.facts().await?;
        let what = "Break it: missing variable";
        let Some(variable) = needed(&facts) else {
            self.guide.step(
                what,
                How::Not("the image has no contract that says which variables it needs (docs/library.md)"),
            );
            return Ok(());
        };
        let change = format!("the task definition loses {variable}");
        self.broken((what, &change), CheckId::Tasks, Break::Variable(&variable))
            .await
    }

    async fn back(&mut self) -> Result<(), WalkError> {
        let [_, image] = &self.walk.images.references;
        let sound = self.sound(image).await?;
        let definition = sound.service.task_definition.as_deref();
        let revision = last_part(definition.unwrap_or_default()).to_owned();
        let command = format!("cargo ecs rollback --to {revision}");
        self.guide.step(
            "Roll back from a revision that cannot run",
            How::Command(&command),
        );
        sound.broken(self.cloud, Break::Tag).await?;
        let target = Target::Revision(revision);
        self.carried_out(Goal::RollBack(target)).await?;
        let report = self.report().await?;
        self.expect(&report, None)?;
        self.guide.found("the last good revision runs again");
        self.guide.found(&report.drawing);
        Ok(())
    }

    async fn parked(&mut self) -> Result<(), WalkError> {
        self.guide.step("Park it", How::Command("cargo ecs park"));
        self.changed("Parked", "true").await?;
        self.guide
            .found("no task and no load balancer: on AWS, nothing that costs by the hour");
        self.guide
            .step("Bring it back", How::Command("cargo ecs unpark"));
        self.changed("Parked", "false").await?;
        let report = self.report().await?;
        self.expect(&report, None)?;
        self.guide.found(&report.drawing);
        Ok(())
    }

    async fn gone(&mut self) -> Result<(), WalkError> {
        self.guide
            .step("Take it down", How::Command("cargo ecs down --verify"));
        let teardown = teardown(self.cloud, NAME).await?;
        teardown.check(false)?;
        down(self.cloud, &teardown, self.walk.timeout, self.guide).await?;
        let left = verified(self.cloud, &teardown.tag).await?;
        if let Some(left) = left.iter().find(|left| left.costs) {
            let text = format!("{} is left, and would cost", left.arn);
            return Err(WalkError::Unexpected(text));
        }
        let names: Vec<&str> = left.iter().map(|left| left.arn.as_str()).collect();
        let found = match names.as_slice() {
            [] => "gone, and nothing has its tag".to_owned(),
            names => format!(
                "gone; what still has its tag costs nothing: {}",
                names.join(", ")
            ),
        };
        self.guide.found(&found);
        Ok(())
    }

    async fn changed(&mut self, name: &str, value: &str) -> Result<(), WalkError> {
        let [_, second] = &self.walk.images.references;
        let parameters = vec![
            (name.to_owned(), value.to_owned()),
            // What deployments have brought; the stack's own parameter is older.
            ("Image".to_owned(), second.to_string()),
        ];
        self.applied(None, parameters).await.map(drop)
    }

    async fn applied(
        &mut self,
        template: Option<String>,
        parameters: Vec<(String, String)>,
    ) -> Result<Option<String>, WalkError> {
        let plan = Plan {
            name: NAME.to_owned(),
            template,
            parameters,
            change_set: (self.walk.change_set)(),
            dry_run: false,
            timeout: self.walk.timeout,
        };
        let applied = apply(self.cloud, &plan, async |_| true, self.guide).await?;
        if !applied.is_done {
            return Err(WalkError::Unexpected("the stack was not changed".into()));
        }
        Ok(applied.url)
    }

    async fn carried_out(&mut self, goal: Goal) -> Result<Outcome, WalkError> {
        let order = Order {
            service: NAME.to_owned(),
            cluster: NAME.to_owned(),
            goal,
            dry_run: false,
            allow_parked: false,
            force: false,
            timeout: self.walk.timeout,
            begun: Begun::default(),
        };
        let outcome = carry_out(self.cloud, self.images, &order, self.guide).await;
        if outcome.verdict == Verdict::Deployed {
            return Ok(outcome);
        }
        let why = outcome.error.or(outcome.cause.map(|cause| cause.name));
        let why = why.unwrap_or_default();
        let text = format!("{} {why}", outcome.verdict.text());
        Err(WalkError::Unexpected(text))
    }

    async fn sound<'b>(&self, image: &'b Reference) -> Result<Sound<'b>, WalkError> {
        Ok(Sound {
            name: NAME,
            image,
            service: live::service(self.cloud, NAME, NAME).await?,
        })
    }

    async fn facts(&self) -> Result<Facts, WalkError> {
        let mut facts = live::facts_of(self.cloud, NAME, NAME).await?;
        let [image, _] = &self.walk.images.references;
        facts.expected_repository = Some(image.name());
        look_up_images(&mut facts, Some(self.images)).await;
        Ok(facts)
    }

    async fn report(&self) -> Result<Report, WalkError> {
        Ok(examine(&[self.facts().await?], NAME))
    }

    /// The check that has to fail has failed, or none has.
    fn expect(&self, report: &Report, failing: Option<CheckId>) -> Result<(), WalkError> {
        let is_right = match failing {
            Some(id) => report.check(id).status == Status::Fail,
            None => report.ok,
        };
        if is_right {
            return Ok(());
        }
        let found = report.failures();
        let text = match failing {
            Some(id) => format!("the doctor should find that this fails: {id}; it finds {found}"),
            None => found,
        };
        Err(WalkError::Unexpected(text))
    }
}

/// A plain variable that the program does not start without.
fn needed(facts: &Facts) -> Option<String> {
    let container = facts.main_container()?;
    let variables = &container.contract()?.variables;
    let required = variables.iter().filter(|it| it.required == Some(true));
    let plain = required.map(|it| &it.name).find(|name| {
        let mut given = container.environment.iter();
        given.any(|given| given.name == **name)
    });
    plain.cloned()
}

fn change(how: Break<'_>) -> &'static str {
    match how {
        Break::Name => "the task definition names an image of another name",
        Break::Tag => "the task definition names a tag that nobody has pushed",
        Break::Port(_) => {
            "definition and load balancer say port 80, which the program does not listen on"
        }
        Break::Detached => "the service is detached from its target group",
        Break::Variable(_) => "the task definition loses a variable",
    }
}
