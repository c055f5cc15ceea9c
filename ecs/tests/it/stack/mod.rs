//! The stack as a whole, against a CloudFormation that the tests play, with time in their hands.

mod cost;
mod count;
mod down;
mod fake;
mod looks;
mod plans;
mod strategies;
mod usage;

use crate::support::told::Told;
use ecs::stack::{Change, Plan, StackError, apply};
use fake::{FakeCloudFormation, Status};
use std::time::Duration;
use tokio::time::Instant;

fn plan() -> Plan {
    Plan {
        name: "shop".into(),
        template: Some("Resources: {}".into()),
        parameters: vec![("Image".into(), "me/shop:2".into())],
        change_set: "cargo-ecs-1".into(),
        dry_run: false,
        timeout: Duration::from_secs(600),
    }
}

async fn yes(_: &[Change]) -> bool {
    true
}

/// The parameters of the one request for this operation.
fn sent(cloud: &FakeCloudFormation, operation: &str) -> Vec<(String, String)> {
    let asked = cloud.asked(operation);
    assert_eq!(asked.len(), 1, "{operation}");
    asked[0].clone()
}

fn has(parameters: &[(String, String)], key: &str, value: &str) -> bool {
    parameters
        .iter()
        .any(|(name, it)| name == key && it == value)
}

#[tokio::test(start_paused = true)]
async fn a_new_stack_is_made_by_a_change_set_and_each_resource_is_told() {
    let cloud = FakeCloudFormation::without_stack();
    let mut told = Told::default();
    let applied = apply(&cloud, &plan(), yes, &mut told).await.unwrap();
    assert!(applied.is_done);
    assert_eq!(applied.url.as_deref(), Some("http://shop.example"));
    assert_eq!(applied.changes[0].resource, "Service");
    let made = sent(&cloud, "CreateChangeSet");
    assert!(has(&made, "ChangeSetType", "CREATE"));
    assert!(has(&made, "Parameters.member.1.ParameterKey", "Image"));
    assert!(has(
        &made,
        "Parameters.member.1.ParameterValue",
        "me/shop:2"
    ));
    assert_eq!(cloud.asked("ExecuteChangeSet").len(), 1);
    assert_eq!(told.texts, ["CREATE_COMPLETE Service"]);
}

#[tokio::test(start_paused = true)]
async fn a_stack_that_is_there_keeps_the_parameters_that_are_not_named() {
    let cloud = FakeCloudFormation::with_stack("UPDATE_COMPLETE");
    let plan = Plan {
        template: None,
        ..plan()
    };
    assert!(
        apply(&cloud, &plan, yes, &mut Told::default())
            .await
            .unwrap()
            .is_done
    );
    let made = sent(&cloud, "CreateChangeSet");
    assert!(has(&made, "ChangeSetType", "UPDATE"));
    assert!(has(&made, "UsePreviousTemplate", "true"));
    assert!(has(
        &made,
        "Parameters.member.1.ParameterKey",
        "DesiredCount"
    ));
    assert!(has(&made, "Parameters.member.1.UsePreviousValue", "true"));
    assert!(has(
        &made,
        "Parameters.member.2.ParameterValue",
        "me/shop:2"
    ));
    assert!(
        !made
            .iter()
            .any(|(key, _)| key.starts_with("Parameters.member.3"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_dry_run_and_a_no_leave_nothing_behind() {
    for is_new in [true, false] {
        for dry_run in [true, false] {
            let cloud = match is_new {
                true => FakeCloudFormation::without_stack(),
                false => FakeCloudFormation::with_stack("CREATE_COMPLETE"),
            };
            let plan = Plan { dry_run, ..plan() };
            let applied = apply(&cloud, &plan, async |_| false, &mut Told::default())
                .await
                .unwrap();
            assert!(!applied.is_done && applied.changes.len() == 1);
            assert!(cloud.asked("ExecuteChangeSet").is_empty());
            assert_eq!(cloud.asked("DeleteChangeSet").len(), 1);
            // The empty stack that a change set of this kind makes.
            assert_eq!(cloud.asked("DeleteStack").len(), usize::from(is_new));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_stack_that_somebody_else_makes_meanwhile_is_not_deleted_with_the_plan() {
    let cloud = FakeCloudFormation::without_stack();
    let no = async |_: &[Change]| {
        cloud.begin();
        false
    };
    apply(&cloud, &plan(), no, &mut Told::default())
        .await
        .unwrap();
    assert_eq!(cloud.asked("DeleteChangeSet").len(), 1);
    assert!(cloud.asked("DeleteStack").is_empty());
}

#[tokio::test(start_paused = true)]
async fn nothing_to_change_is_no_error_and_asks_nobody() {
    let cloud = FakeCloudFormation::with_stack("CREATE_COMPLETE")
        .whose_change_set_fails("The submitted information didn't contain changes.");
    let asks = async |_: &[Change]| panic!("nobody is to be asked");
    let applied = apply(&cloud, &plan(), asks, &mut Told::default())
        .await
        .unwrap();
    assert!(applied.changes.is_empty());
    assert!(cloud.asked("ExecuteChangeSet").is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_cloudformation_does_not_take_is_told_in_its_words() {
    let cloud = FakeCloudFormation::with_stack("CREATE_COMPLETE")
        .whose_change_set_fails("Parameters: [Image] must have values");
    let error = apply(&cloud, &plan(), yes, &mut Told::default())
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "cloudformation does not take it: Parameters: [Image] must have values"
    );
}

#[tokio::test(start_paused = true)]
async fn a_change_that_fails_names_the_first_resource_and_why() {
    let cloud = FakeCloudFormation::with_stack("CREATE_COMPLETE").ending_in(&[
        (
            10,
            Status::Event("TargetGroup", "UPDATE_FAILED", "Resource update cancelled"),
        ),
        (
            10,
            Status::Event(
                "Service",
                "UPDATE_FAILED",
                "circuit breaker: tasks failed to start",
            ),
        ),
        (20, Status::Stack("UPDATE_ROLLBACK_IN_PROGRESS")),
        (60, Status::Stack("UPDATE_ROLLBACK_COMPLETE")),
    ]);
    let error = apply(&cloud, &plan(), yes, &mut Told::default())
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with(
            "the stack shop ended in UPDATE_ROLLBACK_COMPLETE: Service: circuit breaker"
        ),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_stack_that_is_busy_or_was_never_made_is_left_alone() {
    for (status, advice) in [
        ("UPDATE_IN_PROGRESS", "wait until that is over"),
        ("ROLLBACK_COMPLETE", "cargo ecs down"),
    ] {
        let cloud = FakeCloudFormation::with_stack(status);
        let error = apply(&cloud, &plan(), yes, &mut Told::default())
            .await
            .unwrap_err();
        assert!(error.to_string().contains(advice), "{error}");
        assert!(cloud.asked("CreateChangeSet").is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_that_does_not_end_is_not_waited_for_without_end() {
    let stack = || FakeCloudFormation::with_stack("CREATE_COMPLETE");
    for (cloud, is_planned) in [
        (stack().ending_in(&[]), true),
        (stack().whose_change_set_is_never_made(), false),
    ] {
        let start = Instant::now();
        let error = apply(&cloud, &plan(), yes, &mut Told::default())
            .await
            .unwrap_err();
        assert_eq!(
            matches!(error, StackError::TimedOut(_)),
            is_planned,
            "{error}"
        );
        assert_eq!(
            matches!(error, StackError::NotPlanned(_)),
            !is_planned,
            "{error}"
        );
        assert!((600..620).contains(&start.elapsed().as_secs()));
    }
}
