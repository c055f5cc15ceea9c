//! Ctrl-C while a deployment goes on: it goes on in AWS, so what is wanted has to be asked.

use super::confirm::asked;
use super::progress::Watched;
use super::say;
use crate::aws::{Cloud, ecs};
use crate::chain::chain;
use crate::deploy::{Order, TakenBack, take_back};
use std::io::{IsTerminal, stdin};
use std::pin::pin;
use tokio::signal::unix::{SignalKind, signal};

/// The exit code after Ctrl-C, as of a shell: 128 and the signal's number.
pub(super) const CODE: u8 = 130;

/// Waits for `work`, or for Ctrl-C. On a terminal that asks whether to roll back, and then goes on waiting; none if
/// nobody is to wait any longer.
pub(super) async fn unless_interrupted<T>(
    cloud: &impl Cloud,
    order: &Order,
    watched: &Watched,
    work: impl Future<Output = T>,
) -> Option<T> {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return Some(done),
            _ = tokio::signal::ctrl_c() => {}
        }
        if !order.begun.has_begun() {
            stop_task(cloud, &order.cluster, watched).await;
            say::err("the service was not touched");
            return None;
        }
        watched.pause();
        let wants_back = stdin().is_terminal() && asked("roll back?").await;
        if wants_back && goes_back(cloud, order).await {
            watched.resume();
            continue;
        }
        say::err("stopped waiting; ECS continues the deployment: cargo ecs status shows it");
        return None;
    }
}

/// Asks ECS to roll back; false if that is no way back to wait for.
async fn goes_back(cloud: &impl Cloud, order: &Order) -> bool {
    say::err("asking ECS to roll back");
    match take_back(cloud, order).await {
        Ok(TakenBack::Stopped | TakenBack::Decided) => return true,
        Ok(TakenBack::Already) => {
            say::err("it is rolling back already");
            return true;
        }
        Ok(TakenBack::Updated) => {
            say::err("updated the service to the revision that it had before");
        }
        Ok(TakenBack::Nothing) => say::err("no deployment of this revision is running"),
        Err(error) => say::err(format_args!("cannot roll back: {}", chain(&error))),
    }
    false
}

/// Asks ECS to stop the one-off task that was started, and says so.
pub(super) async fn stop_task(cloud: &impl Cloud, cluster: &str, watched: &Watched) {
    let Some(task) = watched.task() else {
        return;
    };
    match ecs::stop_task(cloud, cluster, task).await {
        Ok(()) => say::err(format_args!("asked ECS to stop the task {task}")),
        Err(error) => say::err(format_args!(
            "cannot stop the task {task}: {}",
            chain(&error)
        )),
    }
}

/// Waits for Ctrl-C, or for SIGTERM, by which workflows end what they have started.
pub(super) async fn or_terminated() {
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated => {}
    }
}
