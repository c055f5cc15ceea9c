//! Deployments that wait for somebody, and what takes a deployment back.

use super::fake::FakeEcs;
use super::strategies::{shifting, shifts};
use super::view::{NEW, OLD, View, begins, succeeds};
use super::{deployed, order, towards, with_all};
use crate::support::told::Told;
use ecs::aws::ecs::HookAction;
use ecs::deploy::{Goal, TakenBack, Verdict, carry_out, take_back};
use serde_json::json;
use std::time::Duration;
use tokio::time::timeout;

fn pauses(view: &mut View) {
    view.deployment = json!({ "lifecycleStage": "POST_TEST_TRAFFIC_SHIFT", "lifecycleHookDetails": [{
        "hookId": "hook-1",
        "targetType": "PAUSE",
        "status": "AWAITING_ACTION",
        "expiresAt": 1_800_000_000.0,
        "timeoutAction": "ROLLBACK",
    }] });
}

fn goes_on(view: &mut View) {
    view.deployment = json!({ "lifecycleStage": "PRODUCTION_TRAFFIC_SHIFT" });
}

#[tokio::test(start_paused = true)]
async fn a_pause_without_an_id_behind_a_function_and_in_a_rollback_is_one_too() {
    for status in ["PENDING", "IN_PROGRESS", "ROLLBACK_IN_PROGRESS"] {
        let hooks = json!({ "lifecycleHookDetails": [
            { "targetType": "AWS_LAMBDA", "status": "AWAITING_ACTION", "hookId": "function" },
            { "targetType": "PAUSE", "status": "AWAITING_ACTION", "expiresAt": 1.8e12 },
        ] });
        let ecs = FakeEcs::playing(vec![(0, begins)]);
        let (outcome, ..) = deployed(ecs.with_deployment(hooks).with_status(status)).await;
        assert_eq!(outcome.verdict.code(), 19, "{status}: {outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_pause_is_a_verdict_of_its_own_with_what_happens_if_nobody_decides() {
    let ecs = FakeEcs::playing(vec![(0, begins), (20, pauses)]).of_strategy("BLUE_GREEN");
    let (outcome, _, seconds) = deployed(ecs).await;
    assert_eq!(outcome.verdict.code(), 19, "{outcome:?}");
    assert!(seconds < 30, "{seconds}");
    assert_eq!(
        outcome.verdict.text(),
        "waiting for your decision at the hook hook-1 until 2027-01-15T08:00:00Z; then ECS rolls back"
    );
    let json = serde_json::to_value(&outcome).unwrap();
    assert_eq!(json["verdict"], "waiting");
    assert_eq!(json["hook"], "hook-1");
    assert_eq!(json["then"], "ROLLBACK");
}

#[tokio::test(start_paused = true)]
async fn a_function_that_runs_is_nothing_to_decide() {
    let ecs = shifting("BLUE_GREEN").then(20, |view| {
        view.deployment = json!({ "lifecycleHookDetails": [
            { "hookId": "hook-1", "targetType": "AWS_LAMBDA", "status": "IN_PROGRESS" },
        ] });
    });
    assert_eq!(deployed(ecs).await.0.verdict, Verdict::Deployed);
}

/// A service whose deployment was begun before, and waits since.
fn paused() -> FakeEcs {
    FakeEcs::playing(vec![(10, goes_on), (60, shifts), (370, succeeds)])
        .of_strategy("BLUE_GREEN")
        .begun_before(pauses)
}

#[tokio::test(start_paused = true)]
async fn who_continues_waits_for_the_end_though_the_pause_is_seen_for_a_moment_longer() {
    let cloud = paused();
    let order = towards(Goal::Continue(HookAction::Continue));
    let outcome = carry_out(&cloud, &with_all(), &order, &mut Told::default()).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    assert_eq!(
        cloud.asked("ContinueServiceDeployment"),
        [json!({ "serviceDeploymentArn": "ours", "hookId": "hook-1", "action": "CONTINUE" })]
    );
    assert!(cloud.asked("UpdateService").is_empty());
}

#[tokio::test(start_paused = true)]
async fn who_decides_against_it_gets_the_rollback() {
    let cloud = paused().then(10, |view| {
        view.status = Some("ROLLBACK_SUCCESSFUL");
        view.primary = OLD;
    });
    let order = towards(Goal::Continue(HookAction::Rollback));
    let outcome = carry_out(&cloud, &with_all(), &order, &mut Told::default()).await;
    assert_eq!(outcome.verdict, Verdict::RolledBack, "{outcome:?}");
    assert_eq!(
        cloud.asked("ContinueServiceDeployment")[0]["action"],
        "ROLLBACK"
    );
}

#[tokio::test(start_paused = true)]
async fn where_nothing_waits_nothing_is_decided() {
    let cloud = FakeEcs::playing(Vec::new());
    let order = towards(Goal::Continue(HookAction::Continue));
    let outcome = carry_out(&cloud, &with_all(), &order, &mut Told::default()).await;
    assert_eq!(outcome.verdict, Verdict::Error);
    let error = outcome.error.unwrap();
    assert!(
        error.contains("no deployment of the service waits"),
        "{error}"
    );
    assert!(cloud.asked("ContinueServiceDeployment").is_empty());
}

#[tokio::test(start_paused = true)]
async fn who_takes_a_paused_deployment_back_answers_its_hook() {
    let cloud = FakeEcs::playing(vec![(0, begins), (3, pauses)]).of_strategy("BLUE_GREEN");
    let order = order("new");
    let (images, mut told) = (with_all(), Told::default());
    let deployment = carry_out(&cloud, &images, &order, &mut told);
    assert!(timeout(Duration::from_secs(4), deployment).await.is_err());
    assert_eq!(take_back(&cloud, &order).await.unwrap(), TakenBack::Decided);
    assert_eq!(
        cloud.asked("ContinueServiceDeployment")[0]["action"],
        "ROLLBACK"
    );
    assert!(cloud.asked("StopServiceDeployment").is_empty());
}

#[tokio::test(start_paused = true)]
async fn without_the_newer_api_taking_back_is_another_update() {
    let cloud = FakeEcs::playing(vec![(0, begins)]).of_the_older_api();
    let order = order("new");
    let (images, mut told) = (with_all(), Told::default());
    let deployment = carry_out(&cloud, &images, &order, &mut told);
    assert!(timeout(Duration::from_secs(4), deployment).await.is_err());
    assert_eq!(take_back(&cloud, &order).await.unwrap(), TakenBack::Updated);
    let updates = cloud.asked("UpdateService");
    assert_eq!(updates[0]["taskDefinition"], NEW);
    assert_eq!(updates[1]["taskDefinition"], OLD);
}

#[tokio::test(start_paused = true)]
async fn what_a_hook_does_that_is_newer_than_this_tool_is_no_failure() {
    let ecs = FakeEcs::playing(vec![
        (0, begins),
        (20, |view| {
            view.status = Some("STOPPED");
            view.deployment = json!({ "lifecycleHookDetails": [
                { "hookId": "hook-1", "targetType": "PAUSE", "status": "TIMED_OUT", "timeoutAction": "WAIT_MORE" },
            ] });
        }),
    ]);
    let (outcome, ..) = deployed(ecs.of_strategy("BLUE_GREEN")).await;
    assert_eq!(outcome.verdict, Verdict::Stopped, "{outcome:?}");
}
