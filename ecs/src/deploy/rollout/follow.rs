//! Waits for the end of a rollout, and names the cause of a failure.

use super::look::Look;
use super::state::State;
use super::{Rollout, new_api};
use crate::aws::Cloud;
use crate::aws::ecs::{Service, describe_definition, list_deployments};
use crate::chain::chain;
use crate::deploy::evidence::{self, Scene};
use crate::deploy::{DeployError, Progress, Verdict, Work, short};
use crate::facts::Facts;
use crate::live;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout, timeout_at};

/// Between two looks. ECS itself takes seconds for each of its steps.
const POLL: Duration = Duration::from_secs(5);
/// How long after ECS's success the service may take to look like one.
const SETTLE: Duration = Duration::from_secs(120);
/// How long answers may make no sense, as those of a proxy in between.
const UNREADABLE: Duration = Duration::from_secs(60);
/// How long a deployment may stay unlisted.
const UNSEEN: Duration = Duration::from_secs(60);

/// How long the search for a cause may take.
const EVIDENCE: Duration = Duration::from_secs(30);

/// Looks that fail.
struct Failing {
    since: Instant,
    error: DeployError,
}

/// What was seen last.
struct Seen {
    look: Look,
    service: Service,
    end: Option<Verdict>,
}

impl<C: Cloud, I, P: Progress> Work<'_, C, I, P> {
    /// Waits until the rollout is over, waits for somebody, or the time is up.
    pub(in crate::deploy) async fn follow(
        &mut self,
        facts: &Facts,
        mut rollout: Rollout,
    ) -> Result<Verdict, DeployError> {
        let start = Instant::now();
        let mut deadline = start + self.order.timeout + rollout.bake_time;
        if !rollout.bake_time.is_zero() {
            let minutes = rollout.bake_time.as_secs() / 60;
            let text = format!("bake times add {minutes} min to the timeout");
            self.progress.tell(&text);
        }
        let mut last = None;
        let mut failing: Option<Failing> = None;
        loop {
            let looked = Instant::now();
            let seen = timeout_at(deadline.max(start + POLL), self.see(facts, &mut rollout)).await;
            match seen.unwrap_or_else(|_| Err(DeployError::NoAnswer)) {
                Ok(seen) => {
                    self.tell(&rollout, &seen);
                    match seen.look.state {
                        // ECS has said its word; what is left takes no more than this.
                        State::Succeeded => deadline = deadline.min(Instant::now() + SETTLE),
                        State::Unseen if rollout.is_unseen_for(UNSEEN) => {
                            if let Some(doubt) = self.doubt.take() {
                                self.order.begun.was_refused();
                                return Err(DeployError::NotSeen(doubt));
                            }
                            deadline = Instant::now();
                        }
                        _ => {}
                    }
                    last = Some(seen);
                    failing = None;
                }
                Err(error) => {
                    let (since, before) = match failing.take() {
                        Some(Failing { since, error }) => (since, Some(error)),
                        None => (looked, None),
                    };
                    // Of a look that failed in a way that passes, nothing follows.
                    let is_end =
                        !error.passes() && (error.is_final() || since.elapsed() > UNREADABLE);
                    if is_end {
                        return Err(error);
                    }
                    // An answer says more than none.
                    let error = match error {
                        DeployError::NoAnswer => before.unwrap_or(error),
                        error => error,
                    };
                    failing = Some(Failing { since, error });
                }
            }
            let is_late = Instant::now() >= deadline;
            let end = last.as_ref().and_then(|seen| seen.end.clone());
            let Some(verdict) = end.or_else(|| is_late.then_some(Verdict::TimedOut)) else {
                sleep(POLL.min(deadline.saturating_duration_since(Instant::now()))).await;
                continue;
            };
            // One look may fall on the end.
            let failing = failing.filter(|it| it.since.elapsed() > POLL);
            if let Some(Failing { since, error }) = failing {
                self.outcome.error = Some(format!(
                    "ECS could not be asked for the last {} s: {}",
                    since.elapsed().as_secs(),
                    chain(&error)
                ));
            }
            if let Some(seen) = last.filter(|_| verdict.has_cause()) {
                let cause = self.find_cause(facts, &rollout, seen);
                // What was found until then is kept.
                let _ = timeout(EVIDENCE, cause).await;
            }
            return Ok(verdict);
        }
    }

    /// One look, and the verdict if it is over.
    async fn see(&self, facts: &Facts, rollout: &mut Rollout) -> Result<Seen, DeployError> {
        let (cloud, order) = (self.cloud, self.order);
        let service = live::service(cloud, &order.cluster, &order.service).await?;
        let look = rollout.look(cloud, order, &service).await?;
        let current = service.current_definition();
        let is_ours = current == Some(&rollout.revision);
        // What is read may be a moment behind, and the revision before is nobody's new one.
        let is_later = !is_ours && current.is_some() && current != rollout.previous.as_deref();
        let end = match &look.state {
            State::Unseen | State::Running | State::GoingBack | State::Unclear(_) => None,
            State::Paused(_) if is_later => match current {
                Some(current) => Some(self.superseded(current).await),
                None => None,
            },
            State::Paused(pause) => Some(Verdict::Waiting(pause.clone())),
            State::Succeeded if is_ours => self.confirmed(facts, &service, &look).await?,
            State::RolledBack => Some(Verdict::RolledBack),
            State::RollbackFailed => Some(Verdict::RollbackFailed),
            State::Failed => Some(Verdict::Failed),
            State::Succeeded | State::Stopped => {
                let is_last = self.is_last(rollout).await?;
                // Going back to the revision before, or replacing the tasks of this one, is an update like any other.
                let is_overtaken = is_last.map_or(is_later, |is_last| !is_last);
                match (current, &look.state) {
                    (Some(current), _) if is_overtaken => Some(self.superseded(current).await),
                    (_, State::Stopped) => Some(Verdict::Stopped),
                    // Whose it is cannot be said.
                    _ => None,
                }
            }
        };
        Ok(Seen { look, service, end })
    }

    fn tell(&mut self, rollout: &Rollout, seen: &Seen) {
        let line = in_words(rollout, seen);
        if self.outcome.last_seen.as_ref() != Some(&line) {
            self.progress.tell(&line);
            self.outcome.last_seen = Some(line);
        }
    }

    async fn find_cause(&mut self, facts: &Facts, rollout: &Rollout, seen: Seen) {
        let deployment = seen.look.deployment.as_ref();
        self.outcome.cause = deployment.and_then(new_api::why);
        if self.outcome.cause.is_some() {
            return;
        }
        let scene = Scene {
            order: self.order,
            groups: facts.service.target_groups(),
            revision: &rollout.revision,
            service: &seen.service,
            begun: deployment.and_then(|it| it.created_at),
        };
        let mut evidence = evidence::gather(self.cloud, &scene).await;
        let reasons = deployment.map(new_api::reasons).unwrap_or_default();
        // Its tasks know better.
        evidence.reasons.extend(reasons);
        self.outcome.cause = evidence.cause();
    }

    /// If no later deployment was begun, as far as that is known.
    async fn is_last(&self, rollout: &Rollout) -> Result<Option<bool>, DeployError> {
        let Some(arn) = rollout.arn() else {
            return Ok(None);
        };
        let order = self.order;
        let newest = list_deployments(self.cloud, &order.cluster, &order.service).await?;
        Ok(newest.first().map(|newest| newest.arn == arn))
    }

    pub(in crate::deploy) async fn superseded(&self, definition: &str) -> Verdict {
        let mut by = short(definition).to_owned();
        if let Ok(definition) = describe_definition(self.cloud, definition).await {
            if let Some(commit) = definition.tag("dualrun:commit") {
                by += &format!(", commit {commit}");
            }
            if let Some(who) = definition.registered_by() {
                by += &format!(", registered by {who}");
            }
        }
        Verdict::Superseded { by }
    }
}

fn in_words(rollout: &Rollout, seen: &Seen) -> String {
    let mut words = vec![match &seen.look.state {
        State::Unseen => "not begun".to_owned(),
        State::Running => "in progress".into(),
        State::Paused(pause) => format!("waiting for a decision{}", pause.text()),
        State::GoingBack => "rolling back".into(),
        State::Succeeded => "ECS reports success".into(),
        State::RolledBack => "rolled back".into(),
        State::RollbackFailed => "the rollback failed".into(),
        State::Failed => "failed".into(),
        State::Stopped => "stopped".into(),
        State::Unclear(status) => {
            format!("ECS reports {status:?}, which this version does not know")
        }
    }];
    if let Some(deployment) = &seen.look.deployment {
        let in_stage = rollout.stage.as_ref().map(|(_, since)| since.elapsed());
        words.extend(new_api::details(deployment, in_stage.unwrap_or_default()));
    }
    let count = |count: Option<u32>| count.map_or("?".to_owned(), |count| count.to_string());
    let target = seen.look.deployment.as_ref();
    let target = target.and_then(|deployment| deployment.target_service_revision.as_ref());
    let ours = seen.service.deployments.iter();
    let mut ours = ours.filter(|it| it.task_definition == rollout.revision);
    let ours = ours.next().or(seen.service.primary());
    let running = target.and_then(|it| it.running_task_count);
    let desired = target.and_then(|it| it.requested_task_count);
    let pending = target.and_then(|it| it.pending_task_count);
    let counts = format!(
        "{} of {} running, {} pending, {} failed",
        count(running.or(ours.and_then(|it| it.running_count))),
        count(desired.or(ours.and_then(|it| it.desired_count))),
        count(pending.or(ours.and_then(|it| it.pending_count))),
        count(ours.and_then(|it| it.failed_tasks)),
    );
    format!("{}: {counts}", words.join(", "))
}
