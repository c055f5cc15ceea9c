//! Carries an order out: reads the service, makes sure, changes it once, follows it to the end.

use super::changed::{Changed, changed};
use super::preflight::{self, Next};
use super::rollout::{Before, Rollout};
use super::{
    Changes, DeployError, Goal, Order, Outcome, Progress, Verdict, back, good, resume, wait,
};
use crate::aws::ecs::{Service, ServiceName, UpdateService, register, update_service};
use crate::aws::{ApiError, Cloud};
use crate::chain::chain;
use crate::facts::Facts;
use crate::image::Images;
use crate::live::{self, Live};
use crate::task::{self, TaskError};
use std::time::Duration;
use tokio::time::timeout;

/// How long a note about what is done already may take.
const NOTE: Duration = Duration::from_secs(10);

/// What an order is carried out with, and what has become of it.
pub(super) struct Work<'a, C, I, P> {
    pub(super) cloud: &'a C,
    pub(super) images: &'a I,
    pub(super) order: &'a Order,
    pub(super) progress: &'a mut P,
    pub(super) outcome: Outcome,
    /// Why it is not known if the service was updated.
    pub(super) doubt: Option<ApiError>,
}

/// Carries an order out, and waits for the end.
///
/// Nothing is changed before the preflight has passed; then at most one revision is registered, and the service is
/// updated once.
pub async fn carry_out(
    cloud: &impl Cloud,
    images: &impl Images,
    order: &Order,
    progress: &mut impl Progress,
) -> Outcome {
    let mut work = Work {
        cloud,
        images,
        order,
        progress,
        outcome: Outcome::new(ServiceName {
            cluster: &order.cluster,
            service: &order.service,
        }),
        doubt: None,
    };
    let end = work.attempt().await;
    if matches!(end, Ok(Verdict::Deployed)) && order.begun.has_begun() {
        work.note_good().await;
    }
    work.outcome.end_with(end, order.begun.has_begun());
    work.outcome
}

impl<C: Cloud, I: Images, P: Progress> Work<'_, C, I, P> {
    async fn attempt(&mut self) -> Result<Verdict, DeployError> {
        let order = self.order;
        let service = live::service(self.cloud, &order.cluster, &order.service).await?;
        self.outcome.previous.clone_from(&service.task_definition);
        match &order.goal {
            Goal::Continue(action) => resume::resume(self, service, action).await,
            Goal::Wait => wait::wait(self, service).await,
            Goal::Deploy(changes) => match self.updatable(service).await? {
                Some(live) => self.deploy(&live, changes).await,
                None => Ok(Verdict::Refused),
            },
            Goal::RollBack(target) => match self.updatable(service).await? {
                Some(live) => back::roll_back(self, live, target).await,
                None => Ok(Verdict::Refused),
            },
        }
    }

    /// Notes at the revision that it was good, for who goes back when ECS no longer knows.
    async fn note_good(&mut self) {
        let Some(revision) = self.outcome.revision.clone() else {
            return;
        };
        let noted = timeout(NOTE, good::note(self.cloud, &revision)).await;
        let why = match noted {
            Ok(Ok(())) => return,
            Ok(Err(error)) => chain(&error),
            Err(_) => "no answer".into(),
        };
        self.progress.tell(&format!(
            "warning: {} could not be tagged as good, so a rollback to it after 90 days needs --to: {why}",
            super::short(&revision)
        ));
    }

    /// All about a service that an update deploys. None of another one, with the reason in the outcome.
    async fn updatable(&mut self, service: Service) -> Result<Option<Live>, DeployError> {
        if let Some(refusal) = preflight::kind(&service) {
            self.outcome.refusals.push(refusal);
            return Ok(None);
        }
        let live = live::read_about(self.cloud, &self.order.cluster, service).await?;
        Ok(Some(live))
    }

    async fn deploy(&mut self, live: &Live, changes: &Changes) -> Result<Verdict, DeployError> {
        let order = self.order;
        let changed = changed(self.images, live, changes, self.progress).await?;
        self.outcome.image = Some(changed.image.clone());
        let next = Next {
            definition: changed.definition.read()?,
            is_back: changes.is_back,
            is_update: changed.is_other || changes.refresh,
            missing_log_groups: self.missing_log_groups(live, &changed).await?,
        };
        let mut before = match self.preflight(live, next).await? {
            Ok(before) => before,
            Err(refusal) => return Ok(refusal),
        };
        if !changed.is_other {
            self.outcome.revision.clone_from(&self.outcome.previous);
            if !changes.refresh {
                let text = format!("{} already runs {}", order.service, changed.image);
                self.progress.tell(&text);
                if changes.before.is_some() {
                    self.progress
                        .tell("the command of --before is not run, since nothing changes");
                }
                return self.settled(live).await;
            }
        }
        if order.dry_run {
            self.tell_plan(&changed, changes);
            return Ok(Verdict::DryRun);
        }
        // The registry may have taken long.
        if let Some(verdict) = self.overtaken(live, "nothing was changed").await? {
            return Ok(verdict);
        }
        let revision = if changed.is_other {
            let revision = register(self.cloud, &changed.definition).await?;
            self.progress
                .tell(&format!("registered {}", super::short(&revision)));
            revision
        } else {
            live.facts.service.task_definition.clone()
        };
        self.outcome.revision = Some(revision.clone());
        if let Some(command) = &changes.before {
            if !self.run_before(live, &revision, command).await? {
                return Ok(Verdict::BeforeFailed);
            }
            // That may have taken long.
            let done = "the command has run, and the service was not touched";
            if let Some(verdict) = self.overtaken(live, done).await? {
                return Ok(verdict);
            }
            before = Before::read(self.cloud, order).await?;
        }
        self.roll_out((&live.facts, &live.service), &revision, before)
            .await
    }

    /// If the service was updated to another revision since it was read: what was made of the old one would undo that.
    pub(super) async fn overtaken(
        &mut self,
        live: &Live,
        done: &str,
    ) -> Result<Option<Verdict>, DeployError> {
        let order = self.order;
        let service = live::service(self.cloud, &order.cluster, &order.service).await?;
        let Some(current) = service.current_definition() else {
            return Ok(None);
        };
        if live.service.current_definition() == Some(current) {
            return Ok(None);
        }
        self.progress.tell(&format!(
            "{} has got another revision meanwhile; {done}, so that the other one is not lost: try again",
            order.service
        ));
        Ok(Some(self.superseded(current).await))
    }

    /// What a request that changes the service was answered with. None if nobody knows whether ECS took it.
    pub(super) fn taken<T>(
        &mut self,
        answer: Result<T, ApiError>,
        what: &str,
    ) -> Result<Option<T>, ApiError> {
        match answer {
            Ok(answer) => Ok(Some(answer)),
            Err(error) if error.is_in_doubt() => {
                let why = chain(&error);
                self.progress
                    .tell(&format!("whether ECS took {what} is unknown: {why}"));
                self.doubt = Some(error);
                Ok(None)
            }
            Err(error) => {
                self.order.begun.was_refused();
                Err(error)
            }
        }
    }

    /// Groups of the new definition's log that are not there. Of those that it has already, that is known.
    async fn missing_log_groups(
        &mut self,
        live: &Live,
        changed: &Changed,
    ) -> Result<Vec<String>, DeployError> {
        let next = changed.definition.read()?;
        if live::log_groups(&next) == live::log_groups(&live.facts.definition) {
            return Ok(live.facts.missing_log_groups.clone());
        }
        let missing = live::missing_log_groups(self.cloud, &next).await;
        Ok(missing.unwrap_or_else(|error| {
            let why = chain(&error);
            self.progress.tell(&format!(
                "warning: whether the groups of its log are there is unknown: {why}"
            ));
            Vec::new()
        }))
    }

    /// Says what would be done.
    fn tell_plan(&mut self, changed: &Changed, changes: &Changes) {
        let service = &self.order.service;
        let (family, image) = (changed.definition.family(), &changed.image);
        let which = if changed.is_other {
            let text = format!("would register a revision of {family} with {image}");
            self.progress.tell(&text);
            changed.lines().for_each(|line| self.progress.tell(&line));
            "the new revision"
        } else {
            "the revision that it has"
        };
        if let Some(command) = &changes.before {
            let text = format!("would run {} with {which}", command.join(" "));
            self.progress.tell(&text);
        }
        let update = if changed.is_other {
            "update it to"
        } else {
            "replace its tasks by ones of"
        };
        self.progress
            .tell(&format!("{service}: would {update} {which}"));
    }

    /// Runs a command once with the new revision; false if it has failed, with the cause in the outcome.
    async fn run_before(
        &mut self,
        live: &Live,
        revision: &str,
        command: &[String],
    ) -> Result<bool, DeployError> {
        let main = live
            .facts
            .main_container()
            .ok_or(DeployError::NoContainer)?;
        let job = task::Job {
            cluster: &self.order.cluster,
            service: &live.service,
            revision,
            container: &main.name,
            command,
            timeout: self.order.timeout,
        };
        match task::run(self.cloud, &job, self.progress).await {
            Ok(ended) if ended.is_success() => Ok(true),
            Ok(ended) => {
                self.outcome.cause = ended.cause;
                Ok(false)
            }
            Err(TaskError::Api(error)) => Err(error.into()),
            Err(error) if error.is_unknown() => Err(DeployError::Before(error.into())),
            Err(error) => {
                self.outcome.error = Some(chain(&error));
                Ok(false)
            }
        }
    }

    /// The doctor's checks and others on the service as it would be. What is refused is in the outcome.
    pub(super) async fn preflight(
        &mut self,
        live: &Live,
        next: Next,
    ) -> Result<Result<Before, Verdict>, DeployError> {
        let order = self.order;
        // Where it cannot be read, nothing may be begun that could not be followed.
        let before = Before::read(self.cloud, order).await?;
        let strategy = live.service.deployment_configuration.strategy();
        if before.is_unknown() {
            self.outcome.refusals.extend(preflight::blind(strategy));
        }
        if !next.is_back {
            self.outcome.refusals.extend(preflight::unseen(&live.facts));
        }
        let subject = format!(
            "preflight of {} with {}",
            order.service,
            self.outcome.image.as_deref().unwrap_or_default()
        );
        let report = preflight::examine(self.images, &live.facts, next, &subject).await;
        for line in report.warnings() {
            self.progress.tell(&format!("warning: {line}"));
        }
        let is_sound = report.ok;
        let failures = report.failures();
        self.outcome.preflight = Some(report);
        let is_final = self.outcome.refusals.iter().any(|refusal| refusal.is_final);
        let is_against = !is_sound || !self.outcome.refusals.is_empty();
        if is_final || is_against && !order.force {
            return Ok(Err(Verdict::Refused));
        }
        if is_against {
            self.progress.tell("continuing (--force) despite:");
            for refusal in &self.outcome.refusals {
                self.progress.tell(&refusal.reason);
            }
            failures.lines().for_each(|line| self.progress.tell(line));
        }
        if live.facts.service.is_parked() && !order.allow_parked {
            return Ok(Err(Verdict::Parked));
        }
        Ok(Ok(before))
    }

    /// Updates the service to a revision, and waits for the end.
    pub(super) async fn roll_out(
        &mut self,
        (facts, was): (&Facts, &Service),
        revision: &str,
        before: Before,
    ) -> Result<Verdict, DeployError> {
        let order = self.order;
        let update = UpdateService {
            cluster: &order.cluster,
            service: &order.service,
            task_definition: Some(revision),
            force_new_deployment: order.is_refresh(),
            ..UpdateService::default()
        };
        let previous = &facts.service.task_definition;
        // Before it is sent, since it may be carried out also where the answer is lost.
        order.begun.begin(previous, revision);
        let text = format!("updating {} to {}", order.service, super::short(revision));
        self.progress.tell(&text);
        let answer = update_service(self.cloud, &update).await;
        let now = match self.taken(answer, "the update")? {
            Some(now) => now,
            // Where that fails too, looks will tell.
            None => live::service(self.cloud, &order.cluster, &order.service)
                .await
                .unwrap_or_else(|_| was.clone()),
        };
        let rollout = Rollout::begun(before, was, &now, revision);
        self.follow(facts, rollout).await
    }

    /// Of what the service has already: it counts once it runs.
    pub(super) async fn settled(&mut self, live: &Live) -> Result<Verdict, DeployError> {
        if self.order.dry_run {
            return Ok(Verdict::DryRun);
        }
        let service: &Service = &live.service;
        let revision = &live.facts.service.task_definition;
        let rollout = Rollout::of_current(self.cloud, self.order, service, revision).await?;
        let verdict = self.follow(&live.facts, rollout).await?;
        if verdict.code() != 0 {
            self.progress.tell(
                "nothing was begun, since the service has this revision already; --refresh replaces its tasks",
            );
        }
        Ok(verdict)
    }
}
