//! `wait`: the verdict on a deployment that somebody else has begun.

use super::fake::FakeEcs;
use super::view::{NEW, OLD, begins, succeeds};
use super::{towards, with_all};
use crate::support::told::Told;
use ecs::aws::{Cloud, ECS};
use ecs::deploy::{Goal, Outcome, Verdict, carry_out};
use serde_json::json;

/// What is said of a deployment that somebody begins at once.
async fn waited(cloud: &FakeEcs) -> Outcome {
    let update = json!({ "cluster": "main", "service": "shop", "taskDefinition": NEW });
    let updated = cloud.json(ECS, "UpdateService", "shop", &update).await;
    updated.unwrap();
    last(cloud).await
}

async fn last(cloud: &FakeEcs) -> Outcome {
    let order = towards(Goal::Wait);
    carry_out(cloud, &with_all(), &order, &mut Told::default()).await
}

#[tokio::test(start_paused = true)]
async fn a_deployment_is_followed_to_its_end_and_nothing_is_changed() {
    for cloud in [FakeEcs::succeeds(), FakeEcs::succeeds().of_the_older_api()] {
        let outcome = waited(&cloud).await;
        assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
        assert_eq!(outcome.revision.as_deref(), Some(NEW));
        assert_eq!(cloud.asked("UpdateService").len(), 1, "somebody else's");
        assert!(cloud.asked("TagResource").is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_is_rolled_back_is_told_as_that() {
    let cloud = FakeEcs::playing(vec![
        (0, begins),
        (20, |view| {
            view.status = Some("ROLLBACK_SUCCESSFUL");
            view.primary = OLD;
            view.rollout = "COMPLETED";
            view.running = 2;
        }),
    ]);
    let outcome = waited(&cloud).await;
    assert_eq!(
        (&outcome.verdict, outcome.verdict.code()),
        (&Verdict::RolledBack, 10),
        "{outcome:?}"
    );
    // It is over, and the verdict stays.
    assert_eq!(last(&cloud).await.verdict, Verdict::RolledBack);
}

#[tokio::test(start_paused = true)]
async fn one_that_waits_for_a_decision_ends_the_waiting() {
    let cloud = FakeEcs::playing(vec![(0, begins)]).with_deployment(json!({
        "lifecycleHookDetails": [{ "hookId": "h", "targetType": "PAUSE", "status": "AWAITING_ACTION" }],
    }));
    assert_eq!(waited(&cloud).await.verdict.code(), 19);
}

#[tokio::test(start_paused = true)]
async fn where_none_goes_on_the_last_one_counts() {
    let outcome = last(&FakeEcs::succeeds()).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    assert_eq!(outcome.revision.as_deref(), Some(OLD));
    let stopped = FakeEcs::playing(vec![(0, begins), (5, succeeds)]).with_status("STOPPED");
    assert_eq!(waited(&stopped).await.verdict, Verdict::Stopped);
}
