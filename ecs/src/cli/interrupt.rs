//! Ctrl-C and SIGTERM while a deployment goes on: it goes on in AWS, so what is wanted has to be asked where somebody is.

use super::confirm::{agreed, can_ask};
use super::error::CliError;
use super::paste::completed;
use super::progress::Watched;
use super::say;
use super::signals::{Received, Signals};
use crate::aws::{Cloud, ecs};
use crate::chain::chain;
use crate::deploy::{Order, TakenBack, take_back};
use crate::stack::{ChangeSet, Stage};
use std::pin::pin;

/// The exit code after either, as a shell's after Ctrl-C: 128 and the signal's number.
pub(super) const CODE: u8 = 130;

/// Waits for `work`, or for a signal. Ctrl-C on a terminal asks whether to roll back, and then goes on waiting. An error, in
/// words, if nobody is to wait any longer. A second signal leaves at once, whatever was begun after the first.
pub(super) async fn unless_interrupted<T>(
    cloud: &impl Cloud,
    order: &Order,
    watched: &Watched,
    work: impl Future<Output = T>,
) -> Result<T, &'static str> {
    let mut signals = Signals::listen();
    let mut work = pin!(work);
    let mut is_going_back = false;
    loop {
        let received = tokio::select! {
            done = &mut work => return Ok(done),
            received = signals.next() => received,
        };
        if !order.begun.has_begun() {
            stop_task(cloud, &order.cluster, (watched, &mut signals)).await;
            return Err("interrupted; the service was not touched");
        }
        if is_going_back {
            return Err(GOES_BACK);
        }
        if received == Received::Terminate || !can_ask() {
            return Err(GOES_ON);
        }
        let agrees = tokio::select! {
            agrees = agreed("roll back?") => agrees,
            _ = signals.next() => false,
        };
        if !agrees {
            return Err(GOES_ON);
        }
        tokio::select! {
            went = go_back(cloud, order) => went?,
            _ = signals.next() => return Err(IN_DOUBT),
        }
        is_going_back = true;
    }
}

const GOES_ON: &str = "interrupted, so nobody waits any more; ECS goes on with what was begun; follow it: cargo ecs wait";

const GOES_BACK: &str =
    "interrupted, so nobody waits any more; ECS goes on rolling back; follow it: cargo ecs wait";

const IN_DOUBT: &str = "interrupted; whether ECS rolls back is unknown; look: cargo ecs status";

/// Asks ECS to roll back. An error, in words, if that is no way back to wait for.
async fn go_back(cloud: &impl Cloud, order: &Order) -> Result<(), &'static str> {
    say::err("asking ECS to roll back");
    match take_back(cloud, order).await {
        Ok(TakenBack::Stopped | TakenBack::Decided) => Ok(()),
        Ok(TakenBack::Already) => {
            say::err("it is rolling back already");
            Ok(())
        }
        Ok(TakenBack::Updated) => Err(
            "interrupted; the service was updated to the revision that it had before; follow it: cargo ecs wait",
        ),
        Ok(TakenBack::Nothing) => {
            Err("interrupted; no deployment of this revision is running, so nothing was taken back")
        }
        Err(error) => {
            say::err(format_args!("cannot roll back: {}", chain(&error)));
            Err(GOES_ON)
        }
    }
}

/// Asks ECS to stop the one-off task, if one was started, and says so. Another signal leaves at once.
pub(super) async fn stop_task(
    cloud: &impl Cloud,
    cluster: &str,
    (watched, signals): (&Watched, &mut Signals),
) {
    let Some(task) = watched.task() else {
        if watched.is_starting() {
            say::err(completed(&format!(
                "ECS has not said whether it started a task: aws ecs list-tasks --cluster {cluster} --started-by cargo-ecs"
            )));
        }
        return;
    };
    let stopped = tokio::select! {
        stopped = ecs::stop_task(cloud, cluster, task) => stopped,
        _ = signals.next() => {
            say::err(format_args!("whether ECS stops the task {task} is unknown"));
            return;
        }
    };
    match stopped {
        Ok(()) => say::err(format_args!("asked ECS to stop the task {task}")),
        Err(error) => say::err(format_args!(
            "cannot stop the task {task}: {}",
            chain(&error)
        )),
    }
}

/// Waits for work that changes nothing. The error says so, and that a signal has ended it.
pub(super) async fn unless_ended<T>(
    work: impl Future<Output = Result<T, CliError>>,
) -> Result<T, CliError> {
    let mut signals = Signals::listen();
    tokio::select! {
        done = work => done,
        _ = signals.next() => Err(CliError::Interrupted(NOTHING_CHANGED.to_owned())),
    }
}

const NOTHING_CHANGED: &str = "interrupted; nothing was changed";

/// Leaves the change of a stack, and takes back what was only to be looked at. Another signal leaves at once. The error says
/// what goes on, what stays, and how to follow it.
pub(super) async fn leave(
    cloud: &impl Cloud,
    stage: Option<Stage>,
    signals: &mut Signals,
) -> CliError {
    let text = match stage {
        None | Some(Stage::Discarded) => NOTHING_CHANGED.to_owned(),
        Some(Stage::Planned(set)) => {
            let left = left(cloud, &set, signals).await;
            let left = left.map_or(String::new(), |left| format!("; {left}"));
            format!("{NOTHING_CHANGED}{left}")
        }
        Some(Stage::Begun(ChangeSet { stack, .. })) => format!(
            "interrupted, so nobody waits any more; CloudFormation goes on with the change of the stack {stack}, and what \
             it makes stays; follow it: aws cloudformation describe-stack-events --stack-name {stack}"
        ),
    };
    CliError::Interrupted(text)
}

/// What is left of a change set that nobody wants, in words; nothing if it was deleted.
async fn left(cloud: &impl Cloud, set: &ChangeSet, signals: &mut Signals) -> Option<String> {
    say::err(format_args!("deleting the change set {}", set.name));
    tokio::select! {
        discarded = set.discard(cloud) => Some(chain(&discarded.err()?)),
        _ = signals.next() => Some(format!(
            "the change set {} of the stack {} may still exist; delete it: {}",
            set.name,
            set.stack,
            set.deletion()
        )),
    }
}
