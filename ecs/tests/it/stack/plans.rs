//! Stacks that are no more than a plan: their change sets may be somebody else's.

use super::fake::FakeCloudFormation;
use super::{has, plan, sent, yes};
use crate::support::told::Told;
use ecs::stack::{Plan, StackError, apply, teardown};

fn nothing() -> FakeCloudFormation {
    FakeCloudFormation::without_stack()
}

/// A dry run; what was told of it.
async fn looked_at(cloud: &FakeCloudFormation) -> (Result<(), StackError>, Vec<String>) {
    let plan = Plan {
        dry_run: true,
        ..plan()
    };
    let mut told = Told::default();
    let applied = apply(cloud, &plan, yes, &mut told).await;
    (applied.map(|_| ()), told.texts)
}

#[tokio::test(start_paused = true)]
async fn a_plan_with_nobody_elses_change_set_is_deleted_by_its_id() {
    let cloud = nothing();
    looked_at(&cloud).await.0.unwrap();
    let id = "arn:aws:cloudformation:us-east-1:111122223333:stack/shop/1";
    assert!(has(&sent(&cloud, "DeleteStack"), "StackName", id));
}

#[tokio::test(start_paused = true)]
async fn a_plan_that_somebody_else_has_a_change_set_of_stays() {
    for cloud in [
        nothing().planned_as(&["colleague"]),
        FakeCloudFormation::with_stack("REVIEW_IN_PROGRESS").planned_as(&["colleague"]),
    ] {
        looked_at(&cloud).await.0.unwrap();
        assert_eq!(cloud.asked("DeleteChangeSet").len(), 1);
        assert!(cloud.asked("DeleteStack").is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn where_change_sets_may_not_be_listed_the_plan_stays_and_is_told() {
    let cloud = nothing().refusing(&["ListChangeSets"]);
    let (end, told) = looked_at(&cloud).await;
    assert_eq!(
        end.unwrap_err().to_string(),
        "the change set is deleted, and the empty stack shop that came with it may still exist; delete it: cargo ecs down; \
         the reason"
    );
    assert!(told.is_empty(), "{told:?}");
    assert!(cloud.asked("DeleteStack").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_change_set_that_stays_is_told_with_a_command_that_deletes_nothing_else() {
    for cloud in [nothing(), FakeCloudFormation::with_stack("UPDATE_COMPLETE")] {
        let (end, told) = looked_at(&cloud.refusing(&["DeleteChangeSet"])).await;
        assert_eq!(
            end.unwrap_err().to_string(),
            "the change set cargo-ecs-1 of the stack shop may still exist; delete it: aws cloudformation delete-change-set \
             --stack-name shop --change-set-name cargo-ecs-1; the reason"
        );
        // It is the error, and told by whoever prints that.
        assert!(!told.concat().contains("delete-"), "{told:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn down_shows_the_change_sets_that_would_go_with_a_plan() {
    let planned = FakeCloudFormation::with_stack("REVIEW_IN_PROGRESS").planned_as(&["colleague"]);
    let shown = teardown(&planned, "shop").await.unwrap();
    assert_eq!(shown.planned, ["cargo-ecs-1", "colleague"]);
    let denied = planned.refusing(&["ListChangeSets"]);
    let shown = teardown(&denied, "shop").await.unwrap();
    assert!(
        shown.unknown[0].starts_with("change sets: "),
        "{:?}",
        shown.unknown
    );
    let made = FakeCloudFormation::with_stack("UPDATE_COMPLETE");
    assert!(teardown(&made, "shop").await.unwrap().planned.is_empty());
}
