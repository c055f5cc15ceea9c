//! Looks that fail or are behind: neither is the end of a change or a deletion, and no change set is left alone.

use super::fake::{FakeCloudFormation, Status};
use super::{plan, yes};
use crate::support::told::Told;
use ecs::stack::{StackError, apply, down, teardown};
use std::time::Duration;
use tokio::time::Instant;

fn stack() -> FakeCloudFormation {
    FakeCloudFormation::with_stack("UPDATE_COMPLETE")
}

async fn changed(cloud: &FakeCloudFormation) -> (Result<u64, StackError>, Vec<String>) {
    let (start, mut told) = (Instant::now(), Told::default());
    let applied = apply(cloud, &plan(), yes, &mut told).await;
    (applied.map(|_| start.elapsed().as_secs()), told.texts)
}

async fn deleted(cloud: &FakeCloudFormation) -> Result<u64, StackError> {
    let teardown = teardown(cloud, "shop").await.unwrap();
    let (start, timeout) = (Instant::now(), Duration::from_secs(600));
    let end = down(cloud, &teardown, timeout, &mut Told::default()).await;
    end.map(|()| start.elapsed().as_secs())
}

#[tokio::test(start_paused = true)]
async fn only_absence_is_the_end_of_a_deletion() {
    for before in ["UPDATE_COMPLETE", "ROLLBACK_COMPLETE", "DELETE_FAILED"] {
        let cloud = stack().ending_in(&[
            (0, Status::Stack(before)),
            (30, Status::Stack("DELETE_IN_PROGRESS")),
            (60, Status::Gone),
        ]);
        let seconds = deleted(&cloud).await.unwrap();
        assert!((60..70).contains(&seconds), "{before}: {seconds}");
    }
    let stale = stack().ending_in(&[(0, Status::Stack("UPDATE_COMPLETE"))]);
    assert!(deleted(&stale).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn the_status_of_before_is_not_the_end_of_a_change() {
    for before in ["UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"] {
        let cloud = stack().ending_in(&[
            (0, Status::Stack(before)),
            (30, Status::Stack("UPDATE_IN_PROGRESS")),
            (60, Status::Stack("UPDATE_COMPLETE")),
        ]);
        let seconds = changed(&cloud).await.0.unwrap();
        assert!((60..70).contains(&seconds), "{before}: {seconds}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_that_is_over_before_the_first_look_is_seen_by_its_events() {
    let cloud = stack().ending_in(&[
        (0, Status::Event("Service", "UPDATE_COMPLETE", "")),
        (0, Status::Stack("UPDATE_COMPLETE")),
    ]);
    assert_eq!(changed(&cloud).await.0.unwrap(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_stack_that_is_deleted_meanwhile_is_not_changed() {
    let cloud = stack().ending_in(&[(20, Status::Gone)]);
    let error = changed(&cloud).await.0.unwrap_err().to_string();
    assert!(error.contains("ended in DELETE_COMPLETE"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn looks_that_fail_end_nothing_and_are_told_once() {
    for operation in ["DescribeStacks", "DescribeStackEvents"] {
        let (end, told) = changed(&stack().garbling_at_first(operation, 90)).await;
        assert!(end.unwrap() >= 90);
        let told: Vec<_> = told
            .iter()
            .filter(|it| it.contains("asked again"))
            .collect();
        assert_eq!(told.len(), 1, "{told:?}");
        let gone = stack().ending_in(&[(60, Status::Gone)]);
        assert!(
            deleted(&gone.garbling_at_first(operation, 30))
                .await
                .unwrap()
                >= 60
        );
    }
}

#[tokio::test(start_paused = true)]
async fn looks_that_fail_to_the_end_say_what_goes_on_and_how_to_follow_it() {
    for operation in ["DescribeStacks", "DescribeStackEvents"] {
        let cloud = stack().garbling_at_first(operation, 10_000);
        let error = changed(&cloud).await.0.unwrap_err().to_string();
        assert!(error.contains("CloudFormation goes on"), "{error}");
        let follow = "aws cloudformation describe-stack-events --stack-name shop";
        assert!(error.contains(follow), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_set_that_cannot_be_looked_at_or_carried_out_is_deleted() {
    let cases = [
        stack().garbling("DescribeChangeSet"),
        stack().garbling("CreateChangeSet"),
        stack().garbling("DescribeStackEvents"),
        stack().refusing(&["ExecuteChangeSet"]),
        stack().whose_change_set_fails("Parameters: [Image] must have values"),
        stack().whose_change_set_is_never_made(),
    ];
    for cloud in cases {
        let (end, told) = changed(&cloud).await;
        let error = end.unwrap_err();
        assert_eq!(cloud.asked("DeleteChangeSet").len(), 1, "{error} {told:?}");
    }
    // What may have been heard goes on, and what was never made is not deleted.
    for cloud in [
        stack().garbling("ExecuteChangeSet"),
        stack().refusing(&["CreateChangeSet"]),
    ] {
        assert!(changed(&cloud).await.0.is_err());
        assert!(cloud.asked("DeleteChangeSet").is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_stays_after_an_error_is_named_with_how_to_delete_it() {
    let cloud = stack()
        .garbling("DescribeChangeSet")
        .refusing(&["DeleteChangeSet"]);
    let (end, told) = changed(&cloud).await;
    assert!(end.unwrap_err().to_string().contains("DescribeChangeSet"));
    let command = "aws cloudformation delete-change-set --stack-name shop --change-set-name cargo-ecs-1; the reason: ";
    assert!(
        told.last().is_some_and(|it| it.contains(command)),
        "{told:?}"
    );
}
