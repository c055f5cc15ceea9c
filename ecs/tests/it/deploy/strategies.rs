//! Deployments that shift traffic: blue/green, linear, canary; alarms and early success.

use super::fake::FakeEcs;
use super::view::{View, begins, succeeds};
use super::{deployed, order, with_all};
use crate::support::told::Told;
use ecs::deploy::{Outcome, Verdict, carry_out};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

const STRATEGIES: [&str; 3] = ["BLUE_GREEN", "LINEAR", "CANARY"];

/// The tasks are in the second group, and the first one is empty.
pub(super) fn shifts(view: &mut View) {
    view.running = 2;
    view.target = ("", None);
    view.alternate = Some(("healthy", None));
    view.weights = Some((0, 100));
}

fn in_stage(view: &mut View, stage: &str, weight: f64) {
    view.deployment = json!({
        "lifecycleStage": stage,
        "targetServiceRevision": { "requestedProductionTrafficWeight": weight },
        "deploymentConfiguration": { "bakeTimeInMinutes": 5 },
    });
}

/// A deployment that shifts all traffic after a minute, bakes, and succeeds.
pub(super) fn shifting(strategy: &str) -> FakeEcs {
    FakeEcs::playing(vec![
        (0, begins),
        (10, |view| in_stage(view, "SCALE_UP", 0.0)),
        (60, shifts),
        (60, |view| in_stage(view, "BAKE_TIME", 100.0)),
        (360, |view| in_stage(view, "CLEAN_UP", 100.0)),
        (370, succeeds),
    ])
    .of_strategy(strategy)
}

fn cause(outcome: &Outcome) -> (&str, &str) {
    let cause = outcome.cause.as_ref().expect("a cause");
    assert!(!cause.fix.is_empty());
    (&cause.name, &cause.evidence)
}

#[tokio::test(start_paused = true)]
async fn a_success_is_confirmed_where_the_tasks_are_by_the_revision_or_by_the_rule() {
    for strategy in STRATEGIES {
        let by_revision = shifting(strategy).then(60, |view| {
            view.resolved = Some("arn:tg/shop/2");
            view.weights = None;
        });
        for ecs in [shifting(strategy), by_revision] {
            let (outcome, cloud, seconds) = deployed(ecs).await;
            assert_eq!(
                outcome.verdict,
                Verdict::Deployed,
                "{strategy}: {outcome:?}"
            );
            assert!((370..390).contains(&seconds), "{strategy}: {seconds}");
            assert_eq!(cloud.0.asked("UpdateService").len(), 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_success_with_no_healthy_target_where_the_traffic_goes_is_none() {
    let ecs = shifting("BLUE_GREEN").then(360, |view| {
        // As if nothing had shifted: the group with the traffic has no target.
        view.alternate = None;
    });
    let (outcome, ..) = deployed(ecs).await;
    assert_eq!(outcome.verdict, Verdict::TimedOut, "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn a_target_group_that_is_gone_confirms_nothing() {
    let ecs = shifting("BLUE_GREEN").then(360, |view| view.is_second_gone = true);
    assert_eq!(deployed(ecs).await.0.verdict, Verdict::TimedOut);
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_read_is_no_success_and_names_the_permission() {
    let ecs = shifting("BLUE_GREEN").refusing("DescribeRules", "AccessDenied", 300, usize::MAX);
    let (outcome, ..) = deployed(ecs).await;
    assert_eq!(outcome.verdict, Verdict::NotAllowed, "{outcome:?}");
    let error = outcome.error.unwrap();
    assert!(
        error.contains("allow elasticloadbalancing:DescribeRules"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn without_the_newer_api_in_the_middle_nobody_knows_and_the_permission_is_named() {
    let operation = "DescribeServiceDeployments";
    let ecs = shifting("BLUE_GREEN").refusing(operation, "AccessDeniedException", 4, usize::MAX);
    let (outcome, ..) = deployed(ecs).await;
    assert_eq!(outcome.verdict, Verdict::NotAllowed, "{outcome:?}");
    let error = outcome.error.unwrap();
    assert!(error.contains(operation), "{error}");
    assert!(error.contains("what was begun goes on in AWS"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn progress_tells_stage_share_of_the_traffic_and_bake_time() {
    let mut told = Told::default();
    carry_out(&shifting("CANARY"), &with_all(), &order("new"), &mut told).await;
    let text = told.texts.join("\n");
    for said in [
        "bake times add 15 min to the timeout",
        "in progress, scale up, 0 % of the traffic",
        "bake time, 100 % of the traffic, at most 5 min of bake time left",
        "at most 1 min of bake time left",
        "clean up, 100 % of the traffic",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_timeout_leaves_bake_times_out() {
    // 5 minutes at the end, and 10 or three times 2 before.
    for (strategy, minutes) in [("BLUE_GREEN", 5), ("LINEAR", 11), ("CANARY", 15)] {
        let ecs = FakeEcs::playing(vec![(0, begins)]).of_strategy(strategy);
        let (outcome, _, seconds) = deployed(ecs).await;
        assert_eq!(outcome.verdict, Verdict::TimedOut);
        let expected = 900 + minutes * 60;
        assert!(
            (expected..expected + 10).contains(&seconds),
            "{strategy}: {seconds}"
        );
    }
}

fn alarm(view: &mut View, status: &'static str) {
    view.status = Some(status);
    view.deployment = json!({
        "statusReason": "Service deployment failed: alarm detected.",
        "alarms": {
            "status": "TRIGGERED",
            "alarmNames": ["slow", "errors"],
            "triggeredAlarmNames": ["errors"],
        },
    });
}

#[tokio::test(start_paused = true)]
async fn an_alarm_is_the_cause_by_name_with_a_rollback_and_without() {
    let with = FakeEcs::playing(vec![
        (0, begins),
        (30, |view| alarm(view, "ROLLBACK_IN_PROGRESS")),
        (60, |view| view.status = Some("ROLLBACK_SUCCESSFUL")),
    ]);
    let without = FakeEcs::playing(vec![(0, begins), (30, |view| alarm(view, "STOPPED"))]);
    for (ecs, verdict) in [(with, Verdict::RolledBack), (without, Verdict::Failed)] {
        let (outcome, ..) = deployed(ecs).await;
        assert_eq!(outcome.verdict, verdict, "{outcome:?}");
        assert_eq!(cause(&outcome), ("alarm", "triggered: errors"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_fails_is_the_cause() {
    for (status, said) in [
        ("FAILED", "did not let it go on"),
        ("TIMED_OUT", "did not decide in time"),
    ] {
        let ecs = FakeEcs::playing(vec![
            (0, begins),
            (30, |view| view.status = Some("ROLLBACK_SUCCESSFUL")),
        ]);
        let hook = json!({ "lifecycleHookDetails": [{
            "targetType": "AWS_LAMBDA", "targetArn": "arn:function:check", "status": status,
        }] });
        let (outcome, ..) = deployed(ecs.with_deployment(hook)).await;
        assert_eq!(outcome.verdict, Verdict::RolledBack);
        let (name, evidence) = cause(&outcome);
        assert_eq!(name, "lifecycle hook");
        assert_eq!(evidence, format!("the function arn:function:check {said}"));
    }
}

#[tokio::test(start_paused = true)]
async fn the_circuit_breakers_count_is_shown_while_it_counts() {
    let ecs = FakeEcs::playing(vec![
        (0, begins),
        (20, |view| {
            view.deployment = json!({
                "deploymentCircuitBreaker": { "status": "MONITORING", "failureCount": 2, "threshold": 3 },
            });
        }),
        (40, |view| view.running = 2),
        (50, succeeds),
    ]);
    let mut told = Told::default();
    carry_out(&ecs, &with_all(), &order("new"), &mut told).await;
    let text = told.texts.join("\n");
    assert!(
        text.contains("2 of 3 failures until the circuit breaker ends it"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn early_success_is_a_deployment_with_what_is_still_starting() {
    let early =
        json!({ "deploymentConfiguration": { "earlySuccessCriteria": { "enable": true } } });
    let script = || {
        FakeEcs::playing(vec![
            (0, begins),
            (10, |view| view.running = 1),
            (20, succeeds),
        ])
    };
    let (outcome, _, seconds) = deployed(script().with(early)).await;
    assert_eq!(
        outcome.verdict,
        Verdict::DeployedEarly {
            running: 1,
            desired: 2
        }
    );
    assert_eq!(outcome.verdict.code(), 0);
    assert!(outcome.verdict.text().contains("1 of 2 tasks run"));
    assert!(seconds < 30, "{seconds}");
    // Without the criteria it is not one yet.
    assert_eq!(deployed(script()).await.0.verdict, Verdict::TimedOut);
}

#[tokio::test(start_paused = true)]
async fn a_status_that_nobody_knows_is_shown_and_is_neither_success_nor_failure() {
    let ecs = FakeEcs::playing(vec![
        (0, begins),
        (10, |view| view.status = Some("RETIRED")),
        (10, |view| view.running = 2),
    ]);
    let mut told = Told::default();
    let start = Instant::now();
    let outcome = carry_out(&ecs, &with_all(), &order("new"), &mut told).await;
    assert_eq!(outcome.verdict, Verdict::TimedOut);
    assert!(start.elapsed() >= Duration::from_secs(900));
    let text = told.texts.join("\n");
    assert!(
        text.contains("ECS reports \"RETIRED\", which this version does not know"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn each_status_that_aws_has_leads_to_its_verdict() {
    let known: [(&str, Option<Verdict>); 9] = [
        ("PENDING", None),
        ("IN_PROGRESS", None),
        ("STOP_REQUESTED", None),
        ("ROLLBACK_REQUESTED", None),
        ("ROLLBACK_IN_PROGRESS", None),
        ("SUCCESSFUL", Some(Verdict::Deployed)),
        ("STOPPED", Some(Verdict::Stopped)),
        ("ROLLBACK_SUCCESSFUL", Some(Verdict::RolledBack)),
        ("ROLLBACK_FAILED", Some(Verdict::RollbackFailed)),
    ];
    let all = ecs::aws::ecs::enumerations();
    let (_, values) = all
        .iter()
        .find(|(name, _)| *name == "ServiceDeploymentStatus")
        .unwrap();
    assert_eq!(values.len(), known.len(), "each one is here");
    for (status, verdict) in known {
        assert!(values.contains(&status), "{status}");
        let ecs = FakeEcs::playing(vec![(0, begins), (10, |view| view.running = 2)]);
        let ecs = ecs.with_status(status);
        let (outcome, ..) = deployed(ecs).await;
        assert_eq!(
            outcome.verdict,
            verdict.unwrap_or(Verdict::TimedOut),
            "{status}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn stages_and_monitors_that_nobody_knows_do_no_harm() {
    let strange: Value = json!({
        "lifecycleStage": "TEA_TIME",
        "alarms": { "status": "SLEEPING", "triggeredAlarmNames": [] },
        "deploymentCircuitBreaker": { "status": "MELTED", "failureCount": null, "threshold": 3 },
        "lifecycleHookDetails": [{ "hookId": null, "targetType": "ORACLE", "status": "PONDERING" }],
        "deploymentConfiguration": { "strategy": "RAINBOW" },
    });
    let ecs = FakeEcs::playing(vec![
        (0, begins),
        (10, |view| view.running = 2),
        (30, succeeds),
    ]);
    let mut told = Told::default();
    let ecs = ecs.with_deployment(strange);
    let outcome = carry_out(&ecs, &with_all(), &order("new"), &mut told).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    let text = told.texts.join("\n");
    for said in [
        "tea time",
        "alarms are SLEEPING",
        "a lifecycle hook is PONDERING",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
}
