//! Stacks whose deployments shift requests between two target groups: the strategy is changed, kept, and never at the
//! cost of requests.

use super::fake::{Changed, FakeCloudFormation, RULE};
use super::{has, plan, sent, yes};
use crate::support::told::Told;
use ecs::stack::{Applied, Plan, StackError, apply};

const RULE_KIND: &str = "AWS::ElasticLoadBalancingV2::ListenerRule";
const MODIFIED: Changed = ("Modify", RULE_KIND, RULE, "False");
const REMOVED: Changed = ("Remove", RULE_KIND, RULE, "");
const MOVED: Changed = ("Modify", RULE_KIND, RULE, "True");
const ADDED: Changed = ("Add", RULE_KIND, "", "");
const OF_ANOTHER: Changed = ("Modify", RULE_KIND, "arn:of-another", "True");
/// The template of this repository, which has all parameters that these stacks have.
const TEMPLATE: &str = include_str!("../../../stack.yaml");
const NO_BALANCER: Changed = (
    "Remove",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "arn:of-balancer",
    "",
);

fn stack() -> FakeCloudFormation {
    FakeCloudFormation::with_stack("UPDATE_COMPLETE")
}

fn with(parameters: &[(&str, &str)], template: Option<&str>) -> Plan {
    let parameters = parameters.iter();
    Plan {
        template: template.map(str::to_owned),
        parameters: parameters
            .map(|(k, v)| ((*k).into(), (*v).into()))
            .collect(),
        ..plan()
    }
}

async fn applied(cloud: &FakeCloudFormation, plan: &Plan) -> Result<Applied, StackError> {
    apply(cloud, plan, yes, &mut Told::default()).await
}

/// What becomes of a parameter: its new value, or that it keeps the one that it has.
fn becomes(cloud: &FakeCloudFormation, name: &str) -> Option<String> {
    let made = sent(cloud, "CreateChangeSet");
    let (key, _) = made.iter().find(|(_, value)| value == name)?;
    let member = key.strip_suffix(".ParameterKey")?;
    if has(&made, &format!("{member}.UsePreviousValue"), "true") {
        return Some("kept".into());
    }
    let key = format!("{member}.ParameterValue");
    let (_, value) = made.iter().find(|(name, _)| *name == key)?;
    Some(value.clone())
}

#[tokio::test(start_paused = true)]
async fn up_gives_a_stack_from_before_there_were_strategies_one_and_keeps_the_rest() {
    let cloud = stack().with_parameters(&[("Image", "me/shop:1"), ("MaxCount", "8")]);
    let plan = with(&[("Strategy", "CANARY")], Some(TEMPLATE));
    assert!(applied(&cloud, &plan).await.unwrap().is_done);
    assert_eq!(becomes(&cloud, "Strategy").as_deref(), Some("CANARY"));
    for kept in ["Image", "MaxCount"] {
        assert_eq!(becomes(&cloud, kept).as_deref(), Some("kept"), "{kept}");
    }
    // Those that it does not have get the template's defaults.
    assert_eq!(becomes(&cloud, "ShiftPercent"), None);
}

#[tokio::test(start_paused = true)]
async fn up_park_and_unpark_keep_the_strategy() {
    for (parameter, template) in [
        (("MaxCount", "9"), Some(TEMPLATE)),
        (("Parked", "true"), None),
        (("Parked", "false"), None),
    ] {
        let kept = [
            ("Strategy", "LINEAR"),
            ("ShiftPercent", "10"),
            ("BakeMinutes", "30"),
            ("ErrorAlarm", "5"),
        ];
        let cloud = stack().with_parameters(&kept);
        let plan = with(&[parameter], template);
        assert!(applied(&cloud, &plan).await.unwrap().is_done);
        for (name, _) in kept {
            assert_eq!(becomes(&cloud, name).as_deref(), Some("kept"), "{name}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_parameter_that_the_template_has_no_longer_is_dropped_and_told() {
    let cloud = stack().with_parameters(&[("MaxCount", "8"), ("RollbackAlarm", "10")]);
    let mut told = Told::default();
    let plan = with(&[], Some(TEMPLATE));
    assert!(apply(&cloud, &plan, yes, &mut told).await.unwrap().is_done);
    assert_eq!(becomes(&cloud, "RollbackAlarm"), None);
    assert_eq!(becomes(&cloud, "MaxCount").as_deref(), Some("kept"));
    let text = "the template has no parameter RollbackAlarm; its value 10 is dropped";
    assert_eq!(told.texts[0], text);
}

#[tokio::test(start_paused = true)]
async fn the_rule_may_go_while_the_tasks_are_where_the_template_sends_requests() {
    for change in [MODIFIED, REMOVED] {
        let cloud = stack().with_weights(100, 0).whose_change_set_has(&[change]);
        let applied = applied(&cloud, &plan()).await.unwrap();
        assert!(applied.is_done, "{change:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_change_that_would_send_requests_to_the_empty_group_is_refused_with_the_way_out() {
    // After a deployment, and in the middle of one.
    for (one, two) in [(0, 100), (80, 20)] {
        for change in [MODIFIED, REMOVED] {
            let cloud = stack().with_weights(one, two);
            let cloud = cloud.whose_change_set_has(&[change]);
            let error = applied(&cloud, &plan()).await.unwrap_err().to_string();
            assert!(error.contains("the tasks of shop are in Two"), "{error}");
            assert!(error.contains("deploy once more"), "{error}");
            assert!(cloud.asked("ExecuteChangeSet").is_empty());
            assert_eq!(cloud.asked("DeleteChangeSet").len(), 1);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_certificate_that_moves_the_rule_to_another_listener_is_refused_with_the_way_out() {
    for weights in [(100, 0), (0, 100)] {
        let cloud = stack().with_weights(weights.0, weights.1);
        let cloud = cloud.whose_change_set_has(&[MOVED]);
        let error = applied(&cloud, &plan()).await.unwrap_err().to_string();
        assert!(error.contains("change to Strategy=ROLLING"), "{error}");
        assert!(cloud.asked("ExecuteChangeSet").is_empty());
    }
}

/// A balancer goes also when another one takes over.
#[tokio::test(start_paused = true)]
async fn a_balancer_that_goes_while_the_service_runs_excuses_nothing() {
    for change in [MOVED, REMOVED] {
        let cloud = stack().with_weights(0, 100);
        let cloud = cloud.whose_change_set_has(&[change, NO_BALANCER]);
        assert!(applied(&cloud, &plan()).await.is_err(), "{change:?}");
        assert!(cloud.asked("ExecuteChangeSet").is_empty());
    }
}

const LISTENER: &str =
    "arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/shared/50dc6c495c0c9188/1";
const NEXT_LISTENER: &str =
    "arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/shared/50dc6c495c0c9188/2";
const OTHER_LISTENER: &str =
    "arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/other/60dc6c495c0c9188/1";

const PUBLIC: (&str, &str) = ("LoadBalancerScheme", "internet-facing");
const INTERNAL: (&str, &str) = ("LoadBalancerScheme", "internal");

#[tokio::test(start_paused = true)]
async fn another_balancer_or_network_needs_a_parked_stack() {
    for (has, wants) in [
        (("ListenerArn", ""), ("ListenerArn", LISTENER)),
        (("ListenerArn", LISTENER), ("ListenerArn", OTHER_LISTENER)),
        (("ListenerArn", LISTENER), ("ListenerArn", "")),
        (("VpcId", ""), ("VpcId", "vpc-1")),
        (("Image", "me/shop:1"), ("VpcId", "vpc-1")),
        (PUBLIC, INTERNAL),
        (INTERNAL, PUBLIC),
        // Of a template that leaves no choice.
        (("Image", "me/shop:1"), INTERNAL),
    ] {
        let running = stack().with_parameters(&[has, ("Parked", "false")]);
        let error = applied(&running, &with(&[wants], None)).await;
        let error = error.unwrap_err().to_string();
        assert!(error.contains("cargo ecs park"), "{error}");
        assert!(running.asked("CreateChangeSet").is_empty(), "{wants:?}");
        let parked = stack().with_parameters(&[has, ("Parked", "true")]);
        assert!(applied(&parked, &with(&[wants], None)).await.is_ok());
    }
}

#[tokio::test(start_paused = true)]
async fn another_listener_of_the_same_balancer_does_not() {
    for wants in [
        ("ListenerArn", NEXT_LISTENER),
        ("Image", "me/shop:2"),
        PUBLIC,
    ] {
        let running = stack().with_parameters(&[("ListenerArn", LISTENER), ("Parked", "false")]);
        let applied = applied(&running, &with(&[wants], None)).await;
        assert!(applied.unwrap().is_done, "{wants:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_has_no_requests_to_lose_is_not_refused() {
    for changes in [
        &[ADDED][..], // unparked
        &[OF_ANOTHER],
    ] {
        let cloud = stack().with_weights(0, 100).whose_change_set_has(changes);
        assert!(applied(&cloud, &plan()).await.unwrap().is_done);
    }
    // Parked: the rule goes with the tasks, and with the balancer if that is the stack's.
    for changes in [&[REMOVED, NO_BALANCER][..], &[REMOVED]] {
        let cloud = stack().with_weights(0, 100).whose_change_set_has(changes);
        let plan_to_park = with(&[("Parked", "true")], None);
        assert!(applied(&cloud, &plan_to_park).await.unwrap().is_done);
    }
    // A stack without a service of its name.
    let cloud = stack().whose_change_set_has(&[MOVED]);
    assert!(applied(&cloud, &plan()).await.unwrap().is_done);
}
