//! Each way for a deployment to end that is no plain success.

use super::deployed;
use super::fake::FakeEcs;
use super::view::{NEW, OLD, OTHER, View, begins, stopped, succeeds};
use ecs::deploy::{Outcome, Verdict};
use serde_json::json;

pub(super) type Fails = fn(&mut View);

/// The circuit breaker goes back to the old revision, from the 60th to the 120th second.
pub(super) fn rolls_back(fails: Fails) -> FakeEcs {
    FakeEcs::playing(vec![
        (0, begins),
        (30, fails),
        (60, |view| {
            view.status = Some("ROLLBACK_IN_PROGRESS");
            view.is_breaker_triggered = true;
            view.primary = OLD;
            view.rollout = "IN_PROGRESS";
            view.reason = "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.";
            view.ours = Some("FAILED");
            view.running = 2;
        }),
        (120, |view| {
            view.status = Some("ROLLBACK_SUCCESSFUL");
            view.rollout = "COMPLETED";
        }),
    ])
}

fn cause(outcome: &Outcome) -> (&str, &str) {
    let cause = outcome.cause.as_ref().expect("a cause");
    assert!(!cause.fix.is_empty());
    (&cause.name, &cause.evidence)
}

pub(super) fn pull_fails(view: &mut View) {
    let reason = "CannotPullContainerError: docker.io/vkuldeep1/myapp:new: not found";
    view.stopped = stopped(reason, &json!({ "name": "app" }));
}

fn variable_is_missing(view: &mut View) {
    view.stopped = stopped(
        "Essential container in task exited",
        &json!({ "name": "app", "exitCode": 1 }),
    );
    view.log = vec!["Missing required environment variables: SECRET_KEY"];
}

fn health_check_fails(view: &mut View) {
    let reason = "Task failed ELB health checks in (target-group arn:tg/shop/1)";
    view.stopped = stopped(reason, &json!({ "name": "app" }));
    view.target = ("unhealthy", Some("Target.FailedHealthChecks"));
}

fn memory_runs_out(view: &mut View) {
    let reason = "OutOfMemoryError: Container killed due to memory usage";
    let container = json!({ "name": "app", "exitCode": 137, "reason": reason });
    view.stopped = stopped("Essential container in task exited", &container);
}

#[tokio::test(start_paused = true)]
async fn a_rollback_is_told_with_its_cause() {
    let fails: [(Fails, &str, &str); 4] = [
        (pull_fails, "image not found", "myapp:new: not found"),
        (variable_is_missing, "missing variable", "SECRET_KEY"),
        (
            health_check_fails,
            "health check of the load balancer: wrong port or blocked",
            "ELB health checks",
        ),
        (memory_runs_out, "out of memory", "memory usage"),
    ];
    for (fails, name, evidence) in fails {
        for ecs in [rolls_back(fails), rolls_back(fails).of_the_older_api()] {
            let (outcome, _, seconds) = deployed(ecs).await;
            assert_eq!(
                (&outcome.verdict, outcome.verdict.code()),
                (&Verdict::RolledBack, 10),
                "{name}"
            );
            assert_eq!(cause(&outcome).0, name);
            assert!(cause(&outcome).1.contains(evidence), "{outcome:?}");
            assert!(
                (120..140).contains(&seconds),
                "as soon as it is over: {seconds}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_rollback_that_fails_is_told_as_that() {
    let script = || {
        FakeEcs::playing(vec![
            (0, begins),
            (60, |view| {
                pull_fails(view);
                view.status = Some("ROLLBACK_FAILED");
                view.primary = OLD;
                view.rollout = "FAILED";
                view.reason = "rolling back to deploymentId ecs-svc/1";
                view.ours = Some("FAILED");
            }),
        ])
    };
    for ecs in [script(), script().of_the_older_api()] {
        let (outcome, ..) = deployed(ecs).await;
        assert_eq!(
            (&outcome.verdict, outcome.verdict.code()),
            (&Verdict::RollbackFailed, 11)
        );
        assert_eq!(cause(&outcome).0, "image not found");
    }
}

#[tokio::test(start_paused = true)]
async fn a_circuit_breaker_without_rollback_ends_it_at_once() {
    let script = || {
        FakeEcs::playing(vec![
            (0, begins),
            (60, |view| {
                variable_is_missing(view);
                view.status = Some("STOPPED");
                view.is_breaker_triggered = true;
                view.rollout = "FAILED";
            }),
        ])
        .without_rollback()
    };
    for ecs in [script(), script().of_the_older_api()] {
        let (outcome, _, seconds) = deployed(ecs).await;
        assert_eq!(
            (&outcome.verdict, outcome.verdict.code()),
            (&Verdict::Failed, 12)
        );
        assert_eq!(cause(&outcome).0, "missing variable");
        assert!(seconds < 80, "{seconds}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_circuit_breaker_the_time_runs_out_and_the_cause_is_told_all_the_same() {
    let (outcome, _, seconds) = deployed(FakeEcs::playing(vec![
        (0, begins),
        (30, health_check_fails),
    ]))
    .await;
    assert_eq!(
        (&outcome.verdict, outcome.verdict.code()),
        (&Verdict::TimedOut, 15)
    );
    assert!(
        cause(&outcome)
            .0
            .starts_with("health check of the load balancer")
    );
    assert!((900..910).contains(&seconds), "{seconds}");
}

#[tokio::test(start_paused = true)]
async fn a_later_deployment_is_told_by_name_and_not_taken_for_a_rollback() {
    let script = || {
        FakeEcs::playing(vec![
            (0, begins),
            (20, |view| {
                view.status = Some("STOPPED");
                view.has_later = true;
                view.primary = OTHER;
                view.rollout = "IN_PROGRESS";
            }),
        ])
    };
    for ecs in [script(), script().of_the_older_api()] {
        let (outcome, ..) = deployed(ecs).await;
        assert_eq!(outcome.verdict.code(), 14, "{outcome:?}");
        let text = outcome.verdict.text();
        assert_eq!(
            text,
            "superseded by shop:3, registered by arn:aws:iam::1:user/bob"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_hand_that_stops_it_is_told_as_that() {
    let ecs = FakeEcs::playing(vec![
        (0, begins),
        (20, |view| {
            view.status = Some("STOPPED");
            view.primary = OLD;
        }),
    ]);
    let (outcome, ..) = deployed(ecs).await;
    assert_eq!(
        (&outcome.verdict, outcome.verdict.code()),
        (&Verdict::Stopped, 13)
    );
}

#[tokio::test(start_paused = true)]
async fn the_container_that_failed_is_heard_and_not_the_one_beside_it() {
    let ecs = rolls_back(|view| {
        view.stopped = Some(json!({
            "taskArn": "arn:task/main/abc",
            "taskDefinitionArn": NEW,
            "stoppedReason": "Essential container in task exited",
            "containers": [
                { "name": "beside", "exitCode": 143 },
                { "name": "app", "exitCode": 1 },
            ],
        }));
        view.log = vec!["Missing required environment variables: SECRET_KEY"];
    });
    let (outcome, ..) = deployed(ecs).await;
    assert_eq!(
        cause(&outcome),
        (
            "missing variable",
            "Missing required environment variables: SECRET_KEY"
        )
    );
}

#[tokio::test(start_paused = true)]
async fn a_sidecar_that_the_task_can_do_without_is_not_the_one_that_is_heard() {
    let log = json!({ "logDriver": "awslogs", "options":
        { "awslogs-group": "/ecs/shop", "awslogs-stream-prefix": "app" } });
    let sidecar = json!([{ "name": "agent", "image": "a/agent:1", "essential": false, "logConfiguration": log }]);
    let ecs = rolls_back(|view| {
        view.stopped = Some(json!({
            "taskArn": "arn:task/main/abc",
            "taskDefinitionArn": NEW,
            "stoppedReason": "Essential container in task exited",
            "containers": [
                { "name": "agent", "exitCode": 1 },
                { "name": "app", "exitCode": 1 },
            ],
        }));
        // Of the stream app/app/abc; the fake lets nobody read another.
        view.log = vec!["Missing required environment variables: SECRET_KEY"];
    });
    let (outcome, ..) = deployed(ecs.with_sidecars(sidecar)).await;
    assert_eq!(cause(&outcome).0, "missing variable", "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn what_happened_before_the_deployment_says_nothing_about_it() {
    let ecs = rolls_back(|view| {
        view.stopped = Some(json!({
            "taskArn": "arn:task/main/abc",
            "taskDefinitionArn": NEW,
            "createdAt": 90.0,
            "stoppedReason": "OutOfMemoryError: Container killed due to memory usage",
            "containers": [{ "name": "app", "exitCode": 137 }],
        }));
    })
    .with(json!({ "events": [
        { "createdAt": 110.0, "message": "(service shop) was unable to place a task: capacity is unavailable" },
        { "createdAt": 80.0, "message": "(service shop) failed: no free IP addresses" },
    ] }))
    .whose_deployments_begin_at(100.0);
    let (outcome, ..) = deployed(ecs).await;
    assert_eq!(cause(&outcome).0, "no capacity", "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn a_success_without_tasks_is_none() {
    // With a minimum of 0 % healthy, ECS may call this a success.
    let ecs = FakeEcs::playing(vec![(0, begins), (10, succeeds), (10, variable_is_missing)]);
    let (outcome, _, seconds) = deployed(ecs).await;
    assert_eq!(outcome.verdict, Verdict::TimedOut, "{outcome:?}");
    assert_eq!(cause(&outcome).0, "missing variable");
    assert!(
        seconds < 200,
        "no longer than it takes to settle: {seconds}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_success_with_targets_that_are_unwell_is_none_until_they_are_well() {
    let ecs = FakeEcs::playing(vec![
        (0, begins),
        (10, |view| view.running = 2),
        (10, succeeds),
        (10, |view| {
            view.target = ("initial", Some("Elb.InitialHealthChecking"));
        }),
        (60, |view| view.target = ("healthy", None)),
    ]);
    let (outcome, _, seconds) = deployed(ecs).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    assert!(seconds >= 60, "{seconds}");
}

#[tokio::test(start_paused = true)]
async fn a_first_deployment_counts_like_any_other() {
    let succeeding = FakeEcs::succeeds().for_the_first_time();
    assert_eq!(deployed(succeeding).await.0.verdict, Verdict::Deployed);
    let failing = FakeEcs::playing(vec![(0, begins), (30, pull_fails)]).for_the_first_time();
    let (outcome, ..) = deployed(failing).await;
    assert_eq!(outcome.verdict, Verdict::TimedOut);
    assert_eq!(cause(&outcome).0, "image not found");
}
