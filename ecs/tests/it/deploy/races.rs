//! Others who change the service at the same time, and answers that are lost.

use super::fake::FakeEcs;
use super::scenarios::{pull_fails, rolls_back};
use super::view::{OLD, OTHER, View, begins, succeeds};
use super::{changing, deployed, order, with_all};
use crate::support::told::Told;
use ecs::aws::Retrying;
use ecs::deploy::{Changes, Order, Outcome, TakenBack, Verdict, carry_out, take_back};
use std::time::Duration;
use tokio::time::timeout;

async fn refreshed(cloud: &FakeEcs) -> Outcome {
    let order = changing(Changes {
        refresh: true,
        ..Changes::default()
    });
    carry_out(cloud, &with_all(), &order, &mut Told::default()).await
}

#[tokio::test(start_paused = true)]
async fn a_refresh_that_ecs_did_not_take_is_no_success() {
    for older in [false, true] {
        let lost = FakeEcs::succeeds().refusing("UpdateService", "ServerException", 0, 1);
        let cloud = if older { lost.of_the_older_api() } else { lost };
        let outcome = refreshed(&cloud).await;
        assert_eq!(outcome.verdict, Verdict::Error, "{outcome:?}");
        assert!(outcome.error.unwrap().contains("ServerException"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_refused_update_has_begun_nothing() {
    let refused = FakeEcs::succeeds().refusing("UpdateService", "InvalidParameterException", 0, 1);
    let (outcome, ..) = deployed(refused).await;
    assert_eq!(outcome.verdict, Verdict::Error);
    let error = outcome.error.unwrap();
    assert!(!error.contains("goes on"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn what_somebody_else_has_deployed_meanwhile_is_not_undone() {
    // While the service is looked at, and while a command runs beforehand.
    let ended = serde_json::json!({ "stoppedReason": "Essential container in task exited",
                                    "containers": [{ "name": "app", "exitCode": 0 }] });
    let cloud = FakeEcs::succeeds().overtaken_after("DescribeTaskDefinition");
    let outcome = carry_out(&cloud, &with_all(), &order("new"), &mut Told::default()).await;
    assert!(
        matches!(&outcome.verdict, Verdict::Superseded { by } if by.starts_with("shop:3")),
        "{outcome:?}"
    );
    assert!(cloud.asked("RegisterTaskDefinition").is_empty());

    let cloud = FakeEcs::succeeds()
        .whose_one_off_task_ends(&ended)
        .overtaken_after("RunTask");
    let before = Changes {
        image: Some(ecs::deploy::Wanted::parse("new").unwrap()),
        before: Some(vec!["migrate".into()]),
        ..Changes::default()
    };
    let outcome = carry_out(&cloud, &with_all(), &changing(before), &mut Told::default()).await;
    assert!(
        matches!(outcome.verdict, Verdict::Superseded { .. }),
        "{outcome:?}"
    );
    assert!(cloud.asked("UpdateService").is_empty());
}

#[tokio::test(start_paused = true)]
async fn somebody_elses_revision_is_not_taken_back() {
    let cloud = FakeEcs::playing(vec![(0, begins), (3, |view| view.primary = OTHER)]);
    let cloud = cloud.of_the_older_api();
    let order = order("new");
    let (images, mut told) = (with_all(), Told::default());
    let deployment = carry_out(&cloud, &images, &order, &mut told);
    assert!(timeout(Duration::from_secs(4), deployment).await.is_err());
    assert_eq!(take_back(&cloud, &order).await.unwrap(), TakenBack::Nothing);
    assert_eq!(cloud.asked("UpdateService").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn who_goes_back_to_the_revision_before_supersedes_it_like_any_other() {
    for status in ["SUCCESSFUL", "STOPPED"] {
        let ecs = FakeEcs::succeeds().with_status(status);
        let ecs = ecs.then(0, |view| {
            view.primary = OLD;
            view.has_later = true;
        });
        let (outcome, ..) = deployed(ecs).await;
        assert!(
            matches!(&outcome.verdict, Verdict::Superseded { by } if by.starts_with("shop:1")),
            "{status}: {outcome:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_runs_well_is_deployed_though_a_refresh_was_undone_before() {
    let undone: [fn(&mut View); 2] = [
        |view| view.status = Some("STOPPED"),
        |view| view.status = Some("ROLLBACK_SUCCESSFUL"),
    ];
    for undone in undone {
        let cloud = FakeEcs::playing(Vec::new()).begun_before(|view| {
            succeeds(view);
            view.running = 2;
        });
        let cloud = cloud.then_before(undone);
        let order = changing(Changes::default());
        let outcome = carry_out(&cloud, &with_all(), &order, &mut Told::default()).await;
        assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_without_a_way_back_is_one_though_another_trigger_would_go_back() {
    // The breaker does not roll back, and alarms would.
    let ecs = FakeEcs::playing(vec![
        (0, begins),
        (30, |view| {
            pull_fails(view);
            view.rollout = "FAILED";
        }),
    ]);
    let ecs = ecs.without_rollback().with(serde_json::json!({
        "deploymentConfiguration": { "alarms": { "enable": true, "rollback": true, "alarmNames": ["a"] } }
    }));
    let (outcome, _, seconds) = deployed(ecs.of_the_older_api()).await;
    assert_eq!(outcome.verdict, Verdict::Failed, "{outcome:?}");
    assert!((90..110).contains(&seconds), "{seconds}");
}

#[tokio::test(start_paused = true)]
async fn a_time_that_ran_out_while_ecs_could_not_be_asked_says_so() {
    let unanswered = FakeEcs::playing(vec![(0, begins)]).refusing(
        "DescribeServices",
        "ServerException",
        10,
        usize::MAX,
    );
    let order = Order {
        timeout: Duration::from_secs(120),
        ..order("new")
    };
    let cloud = Retrying(unanswered);
    let outcome = carry_out(&cloud, &with_all(), &order, &mut Told::default()).await;
    assert_eq!(outcome.verdict, Verdict::TimedOut, "{outcome:?}");
    let error = outcome.error.unwrap();
    assert!(
        error.starts_with("ECS could not be asked for the last ")
            && error.contains("ServerException"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_way_back_of_long_ago_is_not_this_ones() {
    let ecs = rolls_back(pull_fails).of_the_older_api();
    let ecs = ecs.begun_before(|view| {
        view.status = None;
        view.primary = OLD;
        view.rollout = "COMPLETED";
        view.running = 2;
        view.reason = "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/0.";
    });
    let (outcome, _, seconds) = deployed(ecs.that_reads_late()).await;
    assert_eq!(outcome.verdict, Verdict::RolledBack, "{outcome:?}");
    assert!(seconds >= 120, "{seconds}");
}

#[tokio::test(start_paused = true)]
async fn who_replaces_the_tasks_of_the_same_revision_supersedes_it_too() {
    let ecs = FakeEcs::succeeds().with_status("STOPPED");
    let (outcome, ..) = deployed(ecs.then(0, |view| view.has_later = true)).await;
    assert!(
        matches!(&outcome.verdict, Verdict::Superseded { by } if by.starts_with("shop:2")),
        "{outcome:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_groups_of_the_new_definitions_log_count_and_not_those_of_the_old() {
    for (group, verdict) in [
        ("/ecs/shop", Verdict::Deployed),
        ("/ecs/gone", Verdict::Refused),
    ] {
        let mut definition = crate::support::responses::definition(OLD, "vkuldeep1/myapp:COMMIT");
        let log = &mut definition["containerDefinitions"][0]["logConfiguration"]["options"];
        log["awslogs-group"] = group.into();
        log["awslogs-stream-prefix"] = "other".into();
        let (definition, _) = ecs::aws::ecs::RawDefinition::of_file(definition).unwrap();
        let changes = Changes {
            definition: Some(definition),
            ..Changes::default()
        };
        let cloud = FakeEcs::succeeds();
        let outcome = carry_out(
            &cloud,
            &with_all(),
            &changing(changes),
            &mut Told::default(),
        )
        .await;
        assert_eq!(outcome.verdict, verdict, "{group}: {outcome:?}");
    }
}
