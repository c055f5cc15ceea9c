//! What counts as evidence: what happened since the deployment was begun, as far as AWS tells when that was.

use super::fake::FakeEcs;
use super::scenarios::rolls_back;
use super::view::{OLD, begins};
use super::{changing, deployed, with_all};
use crate::support::told::Told;
use ecs::deploy::{Changes, Verdict, carry_out};
use serde_json::{Value, json};

const REASON: &str = "Service deployment rolled back because of a rollback request by user alice";

/// Rolled back, and not in the list of the older API any more.
fn gone(events: &Value) -> FakeEcs {
    rolls_back(|_| {})
        .then(120, |view| view.ours = None)
        .with(json!({ "events": events }))
}

#[tokio::test(start_paused = true)]
async fn events_that_are_older_than_the_deployment_are_another_ones() {
    let events = json!([
        { "createdAt": 90.0, "message": "(service shop) was unable to place a task: capacity is unavailable" },
    ]);
    let reason = json!({ "createdAt": 100.0, "rollback": { "reason": REASON } });
    let (outcome, ..) = deployed(gone(&events).with_deployment(reason)).await;
    let cause = outcome.cause.expect("AWS's own reason");
    assert_eq!(cause.evidence, REASON);

    // By the older API it is no older than its revision.
    let registered = gone(&events).of_the_older_api().registered_at(95.0);
    let (outcome, ..) = deployed(registered).await;
    assert_eq!(outcome.verdict, Verdict::RolledBack);
    assert_eq!(outcome.cause, None);
}

#[tokio::test(start_paused = true)]
async fn tasks_of_a_refresh_are_not_taken_for_older_ones_by_the_way_back() {
    // The way back has the same revision, and was begun later.
    let script = || {
        FakeEcs::playing(vec![
            (0, begins),
            (0, |view| view.primary = OLD),
            (60, |view| {
                view.status = Some("ROLLBACK_SUCCESSFUL");
                view.is_breaker_triggered = true;
                view.rollout = "COMPLETED";
                view.reason = "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.";
                view.running = 2;
                view.stopped = Some(json!({
                    "taskArn": "arn:task/main/abc",
                    "taskDefinitionArn": OLD,
                    "createdAt": 110.0,
                    "stoppedReason": "ResourceInitializationError: unable to pull secrets or registry auth: \
                        unable to retrieve secret from asm: ResourceNotFoundException",
                    "containers": [{ "name": "app" }],
                }));
            }),
        ])
        .whose_deployments_begin_at(200.0)
    };
    let refresh = || {
        changing(Changes {
            refresh: true,
            ..Changes::default()
        })
    };
    for ecs in [
        script().with_deployment(json!({ "createdAt": 100.0 })),
        script(),
    ] {
        let outcome = carry_out(&ecs, &with_all(), &refresh(), &mut Told::default()).await;
        assert_eq!(outcome.verdict, Verdict::RolledBack, "{outcome:?}");
        let cause = outcome.cause.expect("what its tasks say");
        assert!(cause.evidence.contains("retrieve secret"), "{cause:?}");
    }
}
