//! One-off tasks: alone, and before a deployment.

use super::fake::FakeEcs;
use super::view::{NEW, OLD};
use super::{changing, with_all};
use crate::support::told::Told;
use ecs::aws::Cloud;
use ecs::deploy::{Changes, Outcome, Verdict, Wanted, carry_out};
use ecs::live;
use ecs::task::{Ended, Job, TaskError, run};
use serde_json::{Value, json};
use std::time::Duration;

/// A task that ends after 20 s.
fn ending(container: &Value) -> FakeEcs {
    FakeEcs::succeeds().whose_one_off_task_ends(&json!({
        "stoppedReason": "Essential container in task exited",
        "stopCode": "EssentialContainerExited",
        "containers": [container],
    }))
}

pub(super) async fn ran(cloud: &impl Cloud, told: &mut Told) -> Result<Ended, TaskError> {
    let service = live::service(cloud, "main", "shop").await.unwrap();
    let job = Job {
        cluster: "main",
        service: &service,
        revision: OLD,
        container: "app",
        command: &["migrate".to_owned(), "up".to_owned()],
        timeout: Duration::from_secs(100),
    };
    run(cloud, &job, told).await
}

#[tokio::test(start_paused = true)]
async fn a_command_runs_where_the_service_runs_and_ends_with_its_exit_code() {
    for code in [0, 3] {
        let cloud = ending(&json!({ "name": "app", "exitCode": code }));
        let mut told = Told::default();
        let ended = ran(&cloud, &mut told).await.unwrap();
        assert_eq!(ended.exit_code, Some(code));
        assert_eq!(ended.cause.is_some(), code != 0);
        assert_eq!(told.lines, ["migrating", "done"], "each once");
        let asked = cloud.asked("RunTask");
        assert_eq!(asked.len(), 1);
        assert_eq!(asked[0]["taskDefinition"], OLD);
        assert_eq!(asked[0]["launchType"], "FARGATE");
        let groups = &asked[0]["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"];
        assert_eq!(*groups, json!(["sg-task"]));
        assert_eq!(
            asked[0]["overrides"]["containerOverrides"],
            json!([{ "name": "app", "command": ["migrate", "up"] }])
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_strategy_of_capacity_providers_takes_the_place_of_the_launch_type() {
    let strategy = json!([{ "capacityProvider": "FARGATE_SPOT", "weight": 1 }]);
    let cloud = ending(&json!({ "name": "app", "exitCode": 0 }))
        .with(json!({ "capacityProviderStrategy": strategy }));
    ran(&cloud, &mut Told::default()).await.unwrap();
    let asked = &cloud.asked("RunTask")[0];
    assert_eq!(asked["capacityProviderStrategy"], strategy);
    assert!(asked.get("launchType").is_none());
}

#[tokio::test(start_paused = true)]
async fn one_that_never_ran_has_a_cause_and_no_exit_code() {
    let cloud = FakeEcs::succeeds().whose_one_off_task_ends(&json!({
        "stopCode": "TaskFailedToStart",
        "stoppedReason": "CannotPullContainerError: docker.io/vkuldeep1/myapp:old: not found",
        "containers": [{ "name": "app" }],
    }));
    let ended = ran(&cloud, &mut Told::default()).await.unwrap();
    assert_eq!(ended.exit_code, None);
    assert_eq!(ended.cause.unwrap().name, "image not found");
}

#[tokio::test(start_paused = true)]
async fn what_ecs_does_not_start_is_told_in_its_words() {
    let cloud = FakeEcs::succeeds().that_starts_no_task("RESOURCE:ENI");
    let error = ran(&cloud, &mut Told::default()).await.unwrap_err();
    assert_eq!(error.to_string(), "ECS started no task: RESOURCE:ENI");
}

#[tokio::test(start_paused = true)]
async fn a_look_that_fails_in_the_middle_is_no_end_unless_it_is_denied() {
    let failing = |code| {
        let cloud = ending(&json!({ "name": "app", "exitCode": 0 }));
        cloud.refusing("DescribeTasks", code, 0, 2)
    };
    let ended = ran(&failing("403 Forbidden"), &mut Told::default()).await;
    assert_eq!(ended.unwrap().exit_code, Some(0));
    let denied = ran(&failing("AccessDeniedException"), &mut Told::default()).await;
    assert!(
        matches!(denied, Err(TaskError::Unseen { .. })),
        "{denied:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn one_that_takes_too_long_is_left_running_and_told() {
    let cloud = FakeEcs::succeeds().whose_one_off_task_ends(&Value::Null);
    let error = ran(&cloud, &mut Told::default()).await.unwrap_err();
    assert!(matches!(error, TaskError::TimedOut { .. }), "{error}");
    assert!(cloud.asked("StopTask").is_empty());
}

pub(super) async fn deployed_after(cloud: &impl Cloud) -> Outcome {
    let order = changing(Changes {
        image: Some(Wanted::parse("new").unwrap()),
        before: Some(vec!["migrate".into()]),
        ..Changes::default()
    });
    carry_out(cloud, &with_all(), &order, &mut Told::default()).await
}

#[tokio::test(start_paused = true)]
async fn a_command_before_runs_once_with_the_new_revision_and_then_it_is_deployed() {
    let cloud = ending(&json!({ "name": "app", "exitCode": 0 }));
    let outcome = deployed_after(&cloud).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    let asked = cloud.asked("RunTask");
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0]["taskDefinition"], NEW);
    assert_eq!(cloud.asked("UpdateService").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_command_before_that_fails_leaves_the_service_untouched() {
    let cloud = ending(&json!({ "name": "app", "exitCode": 1 }));
    let outcome = deployed_after(&cloud).await;
    assert_eq!(
        (&outcome.verdict, outcome.verdict.code()),
        (&Verdict::BeforeFailed, 20)
    );
    assert!(outcome.cause.is_some());
    assert!(cloud.asked("UpdateService").is_empty());
}
