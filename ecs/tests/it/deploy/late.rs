//! Answers that are late, missing or refused: nothing that is not known counts as an end.

use super::fake::FakeEcs;
use super::scenarios::{pull_fails, rolls_back};
use super::view::{NEW, OLD, begins, succeeds};
use super::{deployed, order, with_all};
use crate::support::told::Told;
use ecs::deploy::{Verdict, carry_out};
use serde_json::json;

#[tokio::test(start_paused = true)]
async fn one_look_that_is_behind_is_no_other_deployment() {
    // At 40 seconds, the service is seen as it was before.
    let script = || {
        FakeEcs::playing(vec![
            (0, begins),
            (20, |view| view.running = 2),
            (38, |view| {
                view.primary = OLD;
                view.rollout = "COMPLETED";
            }),
            (42, |view| {
                view.primary = NEW;
                view.rollout = "IN_PROGRESS";
            }),
            (50, succeeds),
        ])
    };
    let newer = script().then(38, |view| view.status = Some("SUCCESSFUL"));
    for ecs in [newer, script().of_the_older_api()] {
        let (outcome, ..) = deployed(ecs).await;
        assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_update_whose_answer_is_lost_is_followed_if_it_was_carried_out() {
    let (outcome, cloud, _) = deployed(FakeEcs::succeeds().losing_the_answer()).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    assert_eq!(cloud.0.asked("UpdateService").len(), 1);

    let lost = FakeEcs::playing(Vec::new()).losing_the_answer();
    let (outcome, ..) = deployed(lost).await;
    assert_eq!(outcome.verdict, Verdict::Error, "{outcome:?}");
    let error = outcome.error.unwrap();
    assert!(
        error.contains("got no answer") && error.contains("connection reset"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_first_read_that_is_behind_is_not_taken_for_an_end() {
    // For 15 seconds the list and the service show what was before.
    let script = || {
        FakeEcs::playing(vec![
            (15, begins),
            (40, |view| view.running = 2),
            (50, succeeds),
        ])
    };
    for ecs in [script(), script().of_the_older_api().that_reads_late()] {
        let (outcome, _, seconds) = deployed(ecs).await;
        assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
        assert!(seconds >= 50, "{seconds}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_deployment_that_the_newer_api_never_lists_is_followed_by_the_older() {
    let ecs = FakeEcs::playing(vec![
        (0, begins),
        (0, |view| view.status = None),
        (40, |view| view.running = 2),
        (90, |view| view.rollout = "COMPLETED"),
    ]);
    let (outcome, _, seconds) = deployed(ecs).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    assert!((90..100).contains(&seconds), "{seconds}");
}

#[tokio::test(start_paused = true)]
async fn a_rollback_is_one_by_the_older_api_also_when_all_of_it_has_left_the_list() {
    let ecs = rolls_back(pull_fails).of_the_older_api().then(130, |view| {
        view.ours = None;
        view.reason = "ECS deployment ecs-svc/1 completed.";
    });
    // Nobody looks between 50 and 130 seconds but once, when it goes back.
    let (outcome, ..) =
        deployed(ecs.refusing("DescribeServices", "ThrottlingException", 66, 70)).await;
    assert_eq!(outcome.verdict, Verdict::RolledBack, "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn each_operation_of_the_newer_api_may_be_denied_alone() {
    for operation in [
        "ListServiceDeployments",
        "DescribeServiceRevisions",
        "DescribeServiceDeployments",
    ] {
        let denied = |ecs: FakeEcs| ecs.refusing(operation, "AccessDeniedException", 0, usize::MAX);
        let (outcome, ..) = deployed(denied(FakeEcs::succeeds())).await;
        assert_eq!(
            outcome.verdict,
            Verdict::Deployed,
            "{operation}: {outcome:?}"
        );
        let (outcome, ..) = deployed(denied(rolls_back(pull_fails))).await;
        assert_eq!(
            outcome.verdict,
            Verdict::RolledBack,
            "{operation}: {outcome:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn credentials_that_expire_midway_end_it_at_once() {
    let ecs =
        FakeEcs::playing(vec![(0, begins)]).refusing("*", "ExpiredTokenException", 30, usize::MAX);
    let (outcome, _, seconds) = deployed(ecs).await;
    assert_eq!(
        (&outcome.verdict, outcome.verdict.code()),
        (&Verdict::NotAllowed, 16)
    );
    assert!(outcome.error.unwrap().contains("log in again"));
    assert!(seconds < 40, "{seconds}");
}

#[tokio::test(start_paused = true)]
async fn what_is_denied_is_told_with_the_permission() {
    let ecs = FakeEcs::succeeds().refusing("UpdateService", "AccessDeniedException", 0, usize::MAX);
    let (outcome, ..) = deployed(ecs).await;
    assert_eq!(outcome.verdict.code(), 16);
    assert!(
        outcome
            .error
            .unwrap()
            .contains("allow ecs:UpdateService to the role")
    );
}

#[tokio::test(start_paused = true)]
async fn throttling_is_waited_out_and_does_not_update_twice() {
    let ecs = FakeEcs::succeeds()
        .refusing("UpdateService", "ThrottlingException", 0, 2)
        .refusing("DescribeServices", "ThrottlingException", 10, 7);
    let (outcome, cloud, _) = deployed(ecs).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    assert_eq!(cloud.0.asked("UpdateService").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_success_is_one_by_the_older_api_too() {
    let (outcome, ..) = deployed(FakeEcs::succeeds().of_the_older_api()).await;
    assert_eq!(outcome.verdict, Verdict::Deployed, "{outcome:?}");
    // And in progress is none.
    let ecs = FakeEcs::playing(vec![(0, begins), (10, |view| view.running = 2)]).of_the_older_api();
    assert_eq!(deployed(ecs).await.0.verdict, Verdict::TimedOut);
}

#[tokio::test(start_paused = true)]
async fn a_service_or_a_cluster_that_is_not_there_is_named() {
    let ecs = FakeEcs::succeeds().refusing("DescribeServices", "ClusterNotFoundException", 0, 1);
    let outcome = carry_out(&ecs, &with_all(), &order("new"), &mut Told::default()).await;
    assert_eq!(outcome.verdict, Verdict::Error);
    assert!(
        outcome
            .error
            .unwrap()
            .contains("check --cluster and the region")
    );
    assert_eq!(ecs.asked("RegisterTaskDefinition").len(), 0);
    assert_eq!(outcome.revision, None, "and not {NEW}");

    let deleted = FakeEcs::succeeds().with(json!({ "status": "INACTIVE" }));
    let outcome = carry_out(&deleted, &with_all(), &order("new"), &mut Told::default()).await;
    let error = outcome.error.unwrap();
    assert!(
        error.contains("there is no service shop in the cluster main; it has web, worker"),
        "of all pages: {error}"
    );
}

#[tokio::test(start_paused = true)]
async fn tasks_are_described_in_as_many_requests_as_ecs_wants() {
    let cloud = FakeEcs::succeeds().with_tasks(250);
    let facts = ecs::live::facts_of(&cloud, "main", "shop").await.unwrap();
    assert_eq!(facts.running.len(), 250);
    let asked = cloud.asked("DescribeTasks");
    let counts = asked.iter().map(|it| it["tasks"].as_array().unwrap().len());
    assert_eq!(counts.collect::<Vec<_>>(), [100, 100, 50]);
}
