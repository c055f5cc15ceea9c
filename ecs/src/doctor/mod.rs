//! Six checks in the order in which things break: image exists, image name, port, service attached to the load
//! balancer, chain of security groups, and whatever else keeps tasks from starting, living or being replaced.
//!
//! Each check looks at the same [`Facts`] and knows nothing of where they come from. All of them run; one that
//! stands on what an earlier one found broken is skipped, and the first that fails is named as the cause.

mod check;
mod command;
mod contract;
mod drawing;
pub(crate) mod fargate;
mod fix;
mod health;
mod id;
mod image_exists;
mod image_name;
mod images;
mod into_tasks;
mod logs;
mod mermaid;
mod names;
mod options;
mod picture;
mod port;
mod refused;
mod replaced;
mod route;
mod secrets;
mod security_groups;
mod service;
mod stop;
mod tasks;
mod terraform;
mod text;
mod timing;

pub use self::check::{Check, Concern, Finding, Status};
pub use self::id::CheckId;
pub use self::images::look_up_images;
pub(crate) use self::options::is_on_dualrun;

use self::check::{Part, Start};
use crate::facts::{Extent, Facts, Unknown};
use schemars::JsonSchema;
use serde::Serialize;

/// What the doctor says. Its JSON is described by `ecs/doctor.schema.json`.
#[derive(Clone, Debug, JsonSchema, Serialize)]
pub struct Report {
    /// The version of this form. It changes when a field goes or changes its meaning.
    pub version: u8,
    /// What was looked at, such as `service shop in cluster shop`.
    pub subject: String,
    /// If no check has failed.
    pub ok: bool,
    /// The number of the first check that has failed: the others may be its consequences.
    pub cause: Option<CheckId>,
    /// The checks, in their order.
    pub checks: Vec<Check>,
    /// The way from the clients to the image as a Mermaid flowchart, with what was found marked.
    #[serde(skip)]
    pub picture: String,
    /// The same for a terminal: from top to bottom, in colours that whoever prints it takes out where there is no terminal.
    #[serde(skip)]
    pub drawing: String,
}

impl Report {
    /// The same where some failures are warnings, and the check of the attachment may not apply.
    #[must_use]
    pub(crate) fn relaxed(
        mut self,
        facts: &Facts,
        is_no_obstacle: impl Fn(CheckId, &Finding) -> bool,
    ) -> Self {
        for check in &mut self.checks {
            if check.id == CheckId::Attachment && facts.service.load_balancers.is_empty() {
                let name = &facts.service.name;
                check.skip(format!(
                    "the service {name} has no load balancer, so nothing looks at its tasks but their own health checks"
                ));
            }
            let id = check.id;
            if id == CheckId::ContainerPort && facts.service.load_balancers.is_empty() {
                // Nobody sends it requests.
                check.soften(|_| true);
            }
            check.soften(|finding| is_no_obstacle(id, finding));
        }
        Self::of(facts, self.checks, self.subject)
    }

    fn of(facts: &Facts, checks: Vec<Check>, subject: String) -> Self {
        let mut failed = checks.iter().filter(|check| check.status == Status::Fail);
        let first = failed.next();
        // That no task is there has its cause in what keeps them from starting, if that is known.
        let is_symptom = |check: &Check| check.failures().all(|it| it.start == Start::Symptom);
        let is_known = |check: &&Check| check.failures().any(|it| it.start == Start::Obstacle);
        let known = failed
            .find(is_known)
            .filter(|_| first.is_some_and(is_symptom));
        let cause = known.or(first);
        let cause = cause.map(|check| check.id);
        let chart = picture::draw(facts, &checks);
        Self {
            version: 3,
            subject,
            ok: cause.is_none(),
            cause,
            picture: chart.text(),
            drawing: chart.drawing(),
            checks,
        }
    }

    /// The check of this name.
    pub fn check(&self, id: CheckId) -> &Check {
        &self.checks[usize::from(id.number()) - 1]
    }
}

/// Runs the checks on each of `all`, such as on two files that have to say the same, as one report.
pub fn examine(all: &[Facts], subject: &str) -> Report {
    let mut each = all.iter().map(checks);
    let mut checks = each.next().unwrap_or_default();
    for other in each {
        for (check, other) in checks.iter_mut().zip(other) {
            check.merge(other);
        }
    }
    // The picture has the names of the first.
    let none = Facts::default();
    Report::of(all.first().unwrap_or(&none), checks, subject.to_owned())
}

fn checks(facts: &Facts) -> Vec<Check> {
    use CheckId::{Attachment, ContainerPort, ImageExists, ImageName, SecurityGroups, Tasks};
    let is_seen = |id| !facts.lacks(id, Extent::Whole);
    let of = |id, mut findings: Vec<Finding>| {
        let is_left_out = facts.left_out.contains(&id);
        findings.retain(|_| is_seen(id) && !is_left_out);
        // What hides something comes first.
        let (assumed, lacking): (Vec<&Unknown>, Vec<&Unknown>) = facts
            .lacking(id)
            .partition(|it| it.extent == Extent::Assumed);
        let unknown = lacking.into_iter().chain(assumed);
        let unknown = unknown.filter(|_| !is_left_out);
        findings.extend(unknown.map(|it| Finding::unknown(&it.why)));
        let faults = facts.faults.iter().filter(|fault| fault.check == id);
        findings.extend(faults.map(Finding::of_file));
        Check::of(id, findings)
    };
    let mut checks = vec![
        // A registry cannot be asked for what is no name.
        match image_name::blocks(facts) && is_seen(ImageName) {
            true => Check::blocked(ImageExists, ImageName),
            false => of(ImageExists, image_exists::check(facts)),
        },
        of(ImageName, image_name::check(facts)),
        of(ContainerPort, port::check(facts)),
        of(Attachment, service::check(facts)),
    ];
    checks.push(match security_groups::blocked_by(facts, &checks) {
        Some(id) if is_seen(SecurityGroups) => Check::blocked(SecurityGroups, id),
        _ => of(SecurityGroups, security_groups::check(facts)),
    });
    checks.push(of(Tasks, tasks::check(facts)));
    if facts.is_of_plan {
        checks.iter_mut().for_each(terraform::name);
    }
    checks
}
