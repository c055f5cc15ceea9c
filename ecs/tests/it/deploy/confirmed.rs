//! What ECS calls a success is one only if the targets show it: for the tasks that this deployment was to bring.

use super::fake::FakeEcs;
use super::view::{View, begins, succeeds};
use super::{deployed, order, with_all};
use crate::support::told::Told;
use ecs::deploy::{Order, Outcome, Verdict, carry_out};
use serde_json::json;

type Step = fn(&mut View);

/// ECS reports success, and then there is this to see.
fn succeeding(then: Step) -> FakeEcs {
    let script = vec![
        (0, begins as Step),
        (10, |view| view.running = 2),
        (10, succeeds),
    ];
    FakeEcs::playing(script).then(10, then)
}

#[tokio::test(start_paused = true)]
async fn targets_that_go_and_tasks_that_were_added_since_do_not_matter() {
    let cases: [Step; 3] = [
        |view| view.other_targets = &["draining", "unhealthy.draining"],
        // Auto scaling.
        |view| {
            view.desired = Some(20);
            view.other_targets = &["initial", "initial"];
        },
        |view| {
            view.desired = Some(1);
            view.running = 1;
            view.targets = Some(1);
        },
    ];
    for (case, step) in cases.into_iter().enumerate() {
        let (outcome, _, seconds) = deployed(succeeding(step)).await;
        assert_eq!(outcome.verdict, Verdict::Deployed, "{case}: {outcome:?}");
        assert!(seconds < 30, "{case}: {seconds}");
    }
}

#[tokio::test(start_paused = true)]
async fn each_task_needs_a_healthy_target() {
    let cases: [Step; 4] = [
        |view| view.targets = Some(1),
        |view| view.other_targets = &["unhealthy"],
        // Without more tasks than before, it is one of the deployment.
        |view| view.other_targets = &["initial"],
        |view| view.target = ("unhealthy.draining", None),
    ];
    for (case, step) in cases.into_iter().enumerate() {
        let (outcome, ..) = deployed(succeeding(step)).await;
        assert_eq!(outcome.verdict, Verdict::TimedOut, "{case}: {outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn after_a_shift_each_task_needs_a_healthy_target_in_the_group_that_serves() {
    let shifted = |targets: Step| {
        let ecs = succeeding(|view| {
            view.weights = Some((0, 100));
            view.alternate = Some(("healthy", None));
        });
        ecs.of_strategy("BLUE_GREEN").then(10, targets)
    };
    let (outcome, ..) = deployed(shifted(|_| {})).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    let (outcome, ..) = deployed(shifted(|view| view.targets = Some(1))).await;
    assert_eq!(outcome.verdict, Verdict::TimedOut, "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn a_service_that_was_scaled_to_nothing_meanwhile_was_deployed_all_the_same() {
    let (outcome, ..) = deployed(succeeding(|view| view.desired = Some(0))).await;
    assert_eq!(
        (&outcome.verdict, outcome.verdict.code()),
        (&Verdict::ParkedSince, 17)
    );
    assert!(
        outcome
            .verdict
            .text()
            .starts_with("deployed, and scaled to 0")
    );
}

async fn carried_out(cloud: &FakeEcs, force: bool) -> Outcome {
    let order = Order {
        force,
        ..order("new")
    };
    carry_out(cloud, &with_all(), &order, &mut Told::default()).await
}

#[tokio::test(start_paused = true)]
async fn targets_that_may_not_be_read_refuse_it_unless_it_is_forced() {
    let denied =
        || FakeEcs::succeeds().refusing("DescribeTargetHealth", "AccessDenied", 0, usize::MAX);
    let cloud = denied();
    let outcome = carried_out(&cloud, false).await;
    assert_eq!(outcome.verdict, Verdict::Refused, "{outcome:?}");
    assert!(outcome.refusals[0].fix.contains("DescribeTargetHealth"));
    assert!(cloud.asked("RegisterTaskDefinition").is_empty());

    let outcome = carried_out(&denied(), true).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    assert!(outcome.refusals[0].reason.contains("cannot be read"));
}

#[tokio::test(start_paused = true)]
async fn a_success_whose_targets_may_not_be_read_any_more_is_not_said_to_go_on() {
    let cloud = FakeEcs::succeeds().refusing("DescribeTargetHealth", "AccessDenied", 1, usize::MAX);
    let outcome = carried_out(&cloud, false).await;
    assert_eq!(outcome.verdict, Verdict::NotAllowed, "{outcome:?}");
    let error = outcome.error.unwrap();
    assert!(error.starts_with("ECS reports success, but"), "{error}");
    assert!(!error.contains("goes on"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn a_shift_that_could_not_be_followed_is_refused_also_where_none_was_before() {
    for operation in ["DescribeServiceDeployments", "DescribeServiceRevisions"] {
        let cloud = FakeEcs::succeeds()
            .for_the_first_time()
            .of_strategy("BLUE_GREEN")
            .refusing(operation, "AccessDeniedException", 0, usize::MAX);
        let outcome = carried_out(&cloud, false).await;
        assert_eq!(outcome.verdict, Verdict::Refused, "{outcome:?}");
        let reason = &outcome.refusals[0].reason;
        assert!(reason.contains("cannot be read"), "{reason}");
        assert!(cloud.asked("UpdateService").is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_classic_load_balancer_is_a_warning() {
    let cloud = FakeEcs::succeeds().with(json!({
        "loadBalancers": [{ "loadBalancerName": "old-elb", "containerName": "app", "containerPort": 8000 }],
    }));
    let outcome = carried_out(&cloud, false).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    let warnings = outcome.preflight.unwrap().warnings().join("\n");
    assert!(
        warnings.contains("Classic Load Balancer old-elb"),
        "{warnings}"
    );
}
