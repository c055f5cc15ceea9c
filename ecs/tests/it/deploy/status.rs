//! What `status` says while a deployment goes on.

use super::fake::FakeEcs;
use super::view::{NEW, OLD, begins, succeeds};
use ecs::aws::{Cloud, ECS};
use ecs::live::{changes, status};
use serde_json::json;
use std::time::Duration;
use tokio::time::sleep;

async fn update(cloud: &FakeEcs) {
    let update = json!({ "cluster": "main", "service": "shop", "taskDefinition": NEW });
    let updated = cloud.json(ECS, "UpdateService", "shop", &update).await;
    updated.unwrap();
}

/// A canary that waits at a pause, with both revisions there.
fn canary() -> FakeEcs {
    FakeEcs::playing(vec![(0, begins)])
        .of_strategy("CANARY")
        .with_deployment(json!({
            "lifecycleStage": "POST_PRODUCTION_TRAFFIC_SHIFT",
            "targetServiceRevision": { "requestedProductionTrafficWeight": 10.0 },
            "sourceServiceRevisions": [
                { "arn": "revision-of-old", "requestedProductionTrafficWeight": 90.0 },
            ],
            "lifecycleHookDetails": [{
                "hookId": "hook-1",
                "targetType": "PAUSE",
                "status": "AWAITING_ACTION",
                "expiresAt": 1_700_000_000,
                "timeoutAction": "ROLLBACK",
            }],
        }))
        .with(json!({ "currentServiceDeployment": "ours", "deployments": [
            { "id": "2", "status": "PRIMARY", "taskDefinition": NEW, "rolloutState": "IN_PROGRESS",
              "desiredCount": 2, "runningCount": 0, "pendingCount": 2, "failedTasks": 0 },
            { "id": "1", "status": "ACTIVE", "taskDefinition": OLD, "rolloutState": "COMPLETED",
              "desiredCount": 2, "runningCount": 2, "pendingCount": 0, "failedTasks": 0 },
        ] }))
}

#[tokio::test(start_paused = true)]
async fn stage_traffic_and_pause_are_told_with_how_to_go_on() {
    let cloud = canary();
    update(&cloud).await;
    let status = status(&cloud, "main", "shop").await.unwrap();
    let text = status.to_string();
    for part in [
        "deployment of shop:2: PRIMARY IN_PROGRESS\n",
        "\n  0 of 2 running, 2 pending, 0 failed\n",
        "\n  canary, post production traffic shift, 10 % of the traffic\n",
        "\n  waiting for your decision at the hook hook-1 until 2023-11-14T22:13:20Z; then ECS rolls back\n",
        "\n  cargo ecs continue --service shop --cluster main\n",
        "\n  2 of 2 running, 0 failed\n  90 % of the traffic\n",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let pause = status.deployments[0].pause.as_ref().unwrap();
    assert_eq!(pause.hook.as_deref(), Some("hook-1"));
}

#[tokio::test(start_paused = true)]
async fn an_image_that_does_not_run_yet_is_not_told_as_one_that_does() {
    // Whether the tasks may be read, or only the counts.
    for cloud in [
        canary(),
        canary().refusing("ListTasks", "AccessDeniedException", 0, usize::MAX),
    ] {
        update(&cloud).await;
        let status = status(&cloud, "main", "shop").await.unwrap();
        assert_ne!(status.revision.as_deref(), Some(NEW));
        let text = status.to_string();
        let new = "  image: vkuldeep1/myapp:old, which does not run yet\n";
        assert!(text.contains(new), "{text}");
    }
}

#[tokio::test(start_paused = true)]
async fn without_the_newer_api_the_rest_is_told() {
    let cloud = FakeEcs::succeeds().of_the_older_api();
    let status = status(&cloud, "main", "shop").await.unwrap();
    assert_eq!(status.unknown.len(), 1, "{status}");
    assert!(
        status.unknown[0].starts_with("ecs:ListServiceDeployments"),
        "{status}"
    );
    assert_eq!(status.deployments.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn of_two_looks_only_what_is_new_is_told() {
    let cloud = FakeEcs::playing(vec![(0, begins), (10, succeeds)]);
    let first = status(&cloud, "main", "shop").await.unwrap();
    assert!(!changes(None, &first).is_empty());
    sleep(Duration::from_secs(3600)).await;
    let same = status(&cloud, "main", "shop").await.unwrap();
    assert_eq!(changes(Some(&first), &same), [""; 0], "time goes by");

    update(&cloud).await;
    let second = status(&cloud, "main", "shop").await.unwrap();
    let new = changes(Some(&same), &second);
    assert!(
        new.contains(&"deployment of shop:2: PRIMARY IN_PROGRESS".to_owned()),
        "{new:?}"
    );
    assert!(
        !new.iter().any(|line| line.starts_with("target")),
        "{new:?}"
    );
}
