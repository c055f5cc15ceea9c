//! A change of the stack keeps the count of tasks that scaling has raised.

use super::fake::FakeCloudFormation;
use super::{has, plan, yes};
use crate::support::told::Told;
use ecs::stack::{Plan, StackError, apply};

/// The template of this repository, which has the parameter.
const TEMPLATE: &str = include_str!("../../../stack.yaml");

fn stack(count: u32, parameters: &[(&'static str, &'static str)]) -> FakeCloudFormation {
    let all = [
        ("Image", "me/shop:1"),
        ("DesiredCount", "2"),
        ("MaxCount", "8"),
    ];
    FakeCloudFormation::with_stack("UPDATE_COMPLETE")
        .with_parameters(&[&all, parameters].concat())
        .wanting(count)
}

fn with(parameters: &[(&str, &str)]) -> Plan {
    let parameters = parameters.iter();
    Plan {
        template: Some(TEMPLATE.into()),
        parameters: parameters
            .map(|(k, v)| ((*k).into(), (*v).into()))
            .collect(),
        ..plan()
    }
}

/// The value that the change set that was carried out gives the parameter; none if it keeps the one that it has.
async fn count_of(cloud: &FakeCloudFormation, plan: &Plan) -> Option<String> {
    let applied = apply(cloud, plan, yes, &mut Told::default()).await.unwrap();
    assert!(applied.is_done);
    let made = cloud.asked("CreateChangeSet").pop().unwrap();
    let executed = &cloud.asked("ExecuteChangeSet")[0];
    let name = made.iter().find(|(key, _)| key == "ChangeSetName").unwrap();
    assert!(has(executed, "ChangeSetName", &name.1));
    // Those that are not carried out are taken back.
    assert_eq!(
        cloud.asked("CreateChangeSet").len(),
        cloud.asked("DeleteChangeSet").len() + 1
    );
    let (key, _) = made.iter().find(|(_, value)| value == "CurrentCount")?;
    let value = key.replace("ParameterKey", "ParameterValue");
    let value = made.into_iter().find(|(key, _)| *key == value)?;
    Some(value.1)
}

/// How many tasks the service wants, what the plan changes, and what becomes of the parameter.
type Case = (
    u32,
    &'static [(&'static str, &'static str)],
    Option<&'static str>,
);

#[tokio::test(start_paused = true)]
async fn a_count_that_scaling_has_raised_is_kept() {
    let cases: [Case; 5] = [
        (6, &[], Some("6")),
        // As many as the template wants anyway, and fewer.
        (2, &[], None),
        (1, &[], None),
        // No more than the new most, and no fewer than the new least.
        (6, &[("MaxCount", "4")], Some("4")),
        (6, &[("DesiredCount", "7")], None),
    ];
    for (live, parameters, count) in cases {
        let cloud = stack(live, &[]);
        let becomes = count_of(&cloud, &with(parameters)).await;
        assert_eq!(becomes.as_deref(), count, "{live} {parameters:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_count_of_an_earlier_change_is_not_brought_back() {
    for (live, count) in [(6, None), (4, Some("4")), (2, Some("0")), (0, Some("0"))] {
        let cloud = stack(live, &[("CurrentCount", "6")]);
        let becomes = count_of(&cloud, &with(&[])).await;
        assert_eq!(becomes.as_deref(), count, "{live}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_that_parks_or_does_not_touch_the_service_asks_for_no_count() {
    let parked = stack(6, &[]);
    assert_eq!(count_of(&parked, &with(&[("Parked", "true")])).await, None);
    let alarm = ("Modify", "AWS::CloudWatch::Alarm", "shop-errors", "False");
    let other = stack(6, &[]).whose_change_set_has(&[alarm]);
    assert_eq!(count_of(&other, &with(&[])).await, None);
    for cloud in [parked, other] {
        assert!(cloud.asked("DescribeServices").is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_template_without_the_parameter_is_told_to_reset_the_count() {
    let mut told = Told::default();
    let cloud = stack(6, &[]);
    apply(&cloud, &plan(), yes, &mut told).await.unwrap();
    let text = "the service wants 6 tasks, and this template sets 2: ";
    assert!(
        told.texts.iter().any(|it| it.starts_with(text)),
        "{:?}",
        told.texts
    );
}

#[tokio::test(start_paused = true)]
async fn a_count_that_cannot_be_read_is_no_reason_to_reset_it() {
    let cloud = stack(6, &[]).refusing(&["DescribeServices"]);
    let refused = apply(&cloud, &with(&[]), yes, &mut Told::default()).await;
    assert!(matches!(refused, Err(StackError::Api(_))), "{refused:?}");
    assert!(cloud.asked("ExecuteChangeSet").is_empty());
    assert_eq!(cloud.asked("DeleteChangeSet").len(), 1);
}
