//! Makes or changes a stack by a change set: first what would change, then the change, then its end.

use super::body::body;
use super::count::{self, Kept};
use super::follow::{self, Following, Goal};
use super::read::read;
use super::stage::{ChangeSet, Stage};
use super::{Stack, StackError, moves, traffic};
use crate::aws::xml::{child, members, text};
use crate::aws::{CLOUDFORMATION, Cloud, read_xml};
use crate::chain::chain;
use crate::deploy::Progress;
use crate::files::Template;
use serde::Serialize;
use std::fmt;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Between two looks at a change set that is being made.
const POLL: Duration = Duration::from_secs(2);

/// What a stack should be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Plan {
    /// Its name.
    pub name: String,
    /// Its template; none leaves it as it is.
    pub template: Option<String>,
    /// Parameters that get another value. The others keep theirs.
    pub parameters: Vec<(String, String)>,
    /// A name for the change set that no other has.
    pub change_set: String,
    /// Say what would change, and change nothing.
    pub dry_run: bool,
    /// How long each of its two steps may take: to make the change set, and to carry it out.
    pub timeout: Duration,
}

/// One resource that changes.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Change {
    /// `Add`, `Modify`, `Remove` and so on.
    pub action: String,
    /// Its name in the template.
    pub resource: String,
    /// Such as `AWS::ECS::Service`.
    pub kind: String,
    /// Its name in AWS, such as its ARN, if it is there.
    pub id: Option<String>,
    /// If it is made anew: `True`, `False` or `Conditional`.
    pub replacement: Option<String>,
}

/// What has become of a plan.
#[derive(Clone, Debug, Serialize)]
pub struct Applied {
    /// What changes; nothing, if the stack is so already.
    pub changes: Vec<Change>,
    /// If it was done.
    pub is_done: bool,
    /// Where the service answers, if the stack says so.
    pub url: Option<String>,
}

/// Carries a plan out. `agrees` is asked once, with what would change, and shows that.
///
/// # Errors
///
/// If CloudFormation does not take it, or it does not get to where it should.
pub async fn apply(
    cloud: &impl Cloud,
    plan: &Plan,
    agrees: impl AsyncFnOnce(&[Change]) -> bool,
    progress: &mut impl Progress,
) -> Result<Applied, StackError> {
    let name = &plan.name;
    let stack = read(cloud, name).await?;
    let status = stack.as_ref().map_or("", |stack| stack.status.as_str());
    // What an earlier plan that was not carried out has left.
    let is_new = stack.as_ref().is_none_or(Stack::is_plan);
    if !is_new && status.ends_with("_IN_PROGRESS") {
        return Err(StackError::Busy {
            name: name.clone(),
            status: status.to_owned(),
        });
    }
    if matches!(
        status,
        "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" | "CREATE_FAILED"
    ) {
        return Err(StackError::NeverMade {
            name: name.clone(),
            status: status.to_owned(),
        });
    }
    let made = stack.as_ref().filter(|_| !is_new);
    if let Some(stack) = made {
        moves::check(plan, stack)?;
    }
    for (gone, value) in gone(plan, made) {
        progress.tell(&format!(
            "the template has no parameter {gone}; its value {value} is dropped"
        ));
    }
    let (plan, changes) = changed(cloud, plan, made, progress).await?;
    let plan = &plan;
    let is_done = !changes.is_empty() && !plan.dry_run && agrees(&changes).await;
    if !is_done {
        discard(cloud, plan, made, progress).await?;
        let url = stack.and_then(|stack| stack.url());
        return Ok(Applied {
            changes,
            is_done,
            url,
        });
    }
    let seen = match follow::events(cloud, name).await {
        Ok(seen) => seen,
        Err(error) => return abandon(cloud, (plan, made), error, progress).await,
    };
    let set = plan.set(made);
    progress.stage(Stage::Begun(set.clone()));
    let parameters = set.parameters();
    let asked = cloud.query(CLOUDFORMATION, "ExecuteChangeSet", name, &parameters);
    match asked.await {
        Ok(_) => {}
        Err(error) if error.is_in_doubt() => return Err(StackError::unseen(name, error)),
        Err(error) => return abandon(cloud, (plan, made), error, progress).await,
    }
    let following = Following {
        name,
        goal: Goal::Changed,
        seen,
        timeout: plan.timeout,
    };
    following.until_the_end(cloud, progress).await?;
    let url = read(cloud, name).await?.and_then(|stack| stack.url());
    Ok(Applied {
        changes,
        is_done,
        url,
    })
}

/// Makes the change set, and looks into it. What it is carried out by is not always the plan as it was: the count of tasks
/// may have to be kept.
async fn changed(
    cloud: &impl Cloud,
    plan: &Plan,
    made: Option<&Stack>,
    progress: &mut impl Progress,
) -> Result<(Plan, Vec<Change>), StackError> {
    let mut all = (plan.clone(), planned(cloud, plan, made, progress).await?);
    if let Some(stack) = made {
        match count::kept(cloud, plan, stack, &all.1).await {
            Ok(Kept::AsPlanned) => {}
            Ok(Kept::Reset { from, to }) => progress.tell(&format!(
                "the service wants {from} tasks, and this template sets {to}: it has no parameter CurrentCount, as \
                 ecs/stack.yaml has"
            )),
            Ok(Kept::By(other)) => {
                discard(cloud, plan, made, progress).await?;
                let changes = planned(cloud, &other, made, progress).await?;
                all = (other, changes);
            }
            Err(error) => return abandon(cloud, (plan, made), error, progress).await,
        }
    }
    let is_parked = value(plan, made, "Parked").is_some_and(|value| value == "true");
    if let Err(refused) = traffic::check(cloud, &plan.name, &all.1, is_parked).await {
        return abandon(cloud, (&all.0, made), refused, progress).await;
    }
    Ok(all)
}

/// The changes of the change set, which is taken back if they cannot be had.
async fn planned(
    cloud: &impl Cloud,
    plan: &Plan,
    made: Option<&Stack>,
    progress: &mut impl Progress,
) -> Result<Vec<Change>, StackError> {
    progress.stage(Stage::Planned(plan.set(made)));
    match create(cloud, plan, made).await {
        Ok(()) => {}
        Err(StackError::Api(error)) if error.is_in_doubt() => {
            return abandon(cloud, (plan, made), error, progress).await;
        }
        Err(error) => return Err(error),
    }
    match changes(cloud, plan).await {
        Ok(changes) => Ok(changes),
        Err(error) => abandon(cloud, (plan, made), error, progress).await,
    }
}

/// A parameter's value by a plan, or else the one that the stack has.
pub(super) fn value<'a>(plan: &'a Plan, stack: Option<&'a Stack>, name: &str) -> Option<&'a str> {
    let mut new = plan.parameters.iter();
    let new = new.find(|(key, _)| key == name).map(|(_, value)| value);
    let value = new.or_else(|| stack?.parameters.get(name));
    value.map(String::as_str)
}

impl Plan {
    /// The change set that it makes of a stack; without one, a new stack comes with it.
    fn set(&self, made: Option<&Stack>) -> ChangeSet {
        ChangeSet {
            stack: self.name.clone(),
            name: self.change_set.clone(),
            is_new: made.is_none(),
        }
    }
}

/// The parameters of a stack that its new template does not have, and that CloudFormation would refuse. A template that is
/// not understood here may have all.
fn gone<'a>(
    plan: &Plan,
    stack: Option<&'a Stack>,
) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
    let template = plan.template.as_deref();
    let template = template.and_then(|text| Template::parse(text).ok());
    let parameters = stack.into_iter().flat_map(|stack| &stack.parameters);
    let gone = parameters.filter(move |(name, _)| {
        let template = template.as_ref().map(Template::as_json);
        template.is_some_and(|template| template["Parameters"].get(name).is_none())
    });
    gone.map(|(name, value)| (name.as_str(), value.as_str()))
}

async fn create(cloud: &impl Cloud, plan: &Plan, stack: Option<&Stack>) -> Result<(), StackError> {
    let mut parameters = plan.set(stack).parameters();
    let mut add = |key: &str, value: &str| parameters.push((key.to_owned(), value.to_owned()));
    add(
        "ChangeSetType",
        if stack.is_some() { "UPDATE" } else { "CREATE" },
    );
    // The roles have names, so that a workflow's right to pass them can be limited to them.
    add("Capabilities.member.1", "CAPABILITY_NAMED_IAM");
    match &plan.template {
        Some(template) => add("TemplateBody", &body(&plan.name, template)?),
        None => add("UsePreviousTemplate", "true"),
    }
    let gone: Vec<&str> = gone(plan, stack).map(|(name, _)| name).collect();
    let kept = stack.into_iter().flat_map(|stack| stack.parameters.keys());
    let kept = kept.filter(|key| !gone.contains(&key.as_str()));
    let kept = kept.filter(|key| !plan.parameters.iter().any(|(name, _)| name == *key));
    let new = plan
        .parameters
        .iter()
        .map(|(key, value)| (key, Some(value)));
    for (index, (key, value)) in kept.map(|key| (key, None)).chain(new).enumerate() {
        let member = format!("Parameters.member.{}", index + 1);
        add(&format!("{member}.ParameterKey"), key);
        match value {
            Some(value) => add(&format!("{member}.ParameterValue"), value),
            None => add(&format!("{member}.UsePreviousValue"), "true"),
        }
    }
    cloud
        .query(CLOUDFORMATION, "CreateChangeSet", &plan.name, &parameters)
        .await?;
    Ok(())
}

/// What the change set holds, once it is made.
async fn changes(cloud: &impl Cloud, plan: &Plan) -> Result<Vec<Change>, StackError> {
    let deadline = Instant::now() + plan.timeout;
    loop {
        let (status, why, changes) = read_xml(
            cloud,
            CLOUDFORMATION,
            "DescribeChangeSet",
            &plan.name,
            &plan.set(None).parameters(),
            |root| {
                let field = |name| {
                    let mut nodes = root.descendants();
                    let node = nodes.find(|node| node.tag_name().name() == name);
                    node.and_then(|node| node.text())
                        .unwrap_or_default()
                        .to_owned()
                };
                let changes = members(root, "Changes").into_iter().filter_map(change);
                (field("Status"), field("StatusReason"), changes.collect())
            },
        )
        .await?;
        match status.as_str() {
            "CREATE_COMPLETE" => return Ok(changes),
            "FAILED" if why.contains("didn't contain changes") || why.contains("No updates") => {
                return Ok(Vec::new());
            }
            "FAILED" => return Err(StackError::Refused(why)),
            _ if Instant::now() >= deadline => {
                return Err(StackError::NotPlanned(plan.name.clone()));
            }
            _ => sleep(POLL).await,
        }
    }
}

fn change(member: roxmltree::Node<'_, '_>) -> Option<Change> {
    let resource = child(member, "ResourceChange")?;
    Some(Change {
        action: text(resource, "Action")?,
        resource: text(resource, "LogicalResourceId")?,
        kind: text(resource, "ResourceType")?,
        id: text(resource, "PhysicalResourceId"),
        replacement: text(resource, "Replacement"),
    })
}

/// Takes back what was only to be looked at.
async fn discard(
    cloud: &impl Cloud,
    plan: &Plan,
    made: Option<&Stack>,
    progress: &mut impl Progress,
) -> Result<(), StackError> {
    let set = plan.set(made);
    set.discard(cloud).await?;
    progress.stage(Stage::Discarded);
    Ok(())
}

/// The same after an error, which is what counts.
async fn abandon<T>(
    cloud: &impl Cloud,
    (plan, made): (&Plan, Option<&Stack>),
    error: impl Into<StackError>,
    progress: &mut impl Progress,
) -> Result<T, StackError> {
    if let Err(stays) = discard(cloud, plan, made, progress).await {
        progress.tell(&chain(&stays));
    }
    Err(error.into())
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let anew = match self.replacement.as_deref() {
            Some("True") => ", made anew",
            Some("Conditional") => ", perhaps made anew",
            _ => "",
        };
        write!(f, "{} {} ({}{anew})", self.action, self.resource, self.kind)
    }
}
