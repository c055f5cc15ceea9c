//! Ctrl-C and SIGTERM while a deployment goes on: it goes on in AWS, so what is wanted has to be asked where somebody is.

use super::confirm::{asked, can_ask};
use super::progress::Watched;
use super::say;
use super::signals::{Received, Signals};
use crate::aws::{Cloud, ecs};
use crate::chain::chain;
use crate::deploy::{Order, TakenBack, take_back};
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
    loop {
        let received = tokio::select! {
            done = &mut work => return Ok(done),
            received = signals.next() => received,
        };
        if !order.begun.has_begun() {
            stop_task(cloud, &order.cluster, (watched, &mut signals)).await;
            return Err("interrupted; the service was not touched");
        }
        let can_ask = received == Received::Interrupt && can_ask();
        if !(can_ask && asked("roll back?", &mut signals).await) {
            return Err(GOES_ON);
        }
        tokio::select! {
            went = go_back(cloud, order) => went?,
            _ = signals.next() => return Err(IN_DOUBT),
        }
    }
}

const GOES_ON: &str = "interrupted, so nobody waits any more; ECS goes on with what was begun: cargo ecs status shows it";

const IN_DOUBT: &str = "interrupted; whether ECS rolls back is unknown: cargo ecs status shows it";

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
            "interrupted; the service was updated to the revision that it had before: cargo ecs status shows how far that is",
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
            say::err(format_args!(
                "ECS has not said whether it started a task: aws ecs list-tasks --cluster {cluster} --started-by cargo-ecs"
            ));
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
