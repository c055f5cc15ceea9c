//! The stack's strategies: what each of them makes, what none of them changes, and what the doctor says of them.

use ecs::doctor::{Report, Status, examine};
use ecs::files::{Template, facts_of};
use ecs::stack::Watch;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

type Parameters<'a> = [(&'a str, &'a str)];

const IMAGE: (&str, &str) = ("Image", "vkuldeep1/myapp:COMMIT");
const CERTIFICATE: (&str, &str) = (
    "CertificateArn",
    "arn:aws:acm:us-east-1:111122223333:certificate/1",
);
const PARKED: (&str, &str) = ("Parked", "true");
const ALARM: (&str, &str) = ("ErrorAlarm", "5");
const ROLLING: (&str, &str) = ("Strategy", "ROLLING");
const BLUE_GREEN: (&str, &str) = ("Strategy", "BLUE_GREEN");
const CANARY: (&str, &str) = ("Strategy", "CANARY");
const LINEAR: (&str, &str) = ("Strategy", "LINEAR");
/// Those that shift requests from one target group to another.
const SHIFTING: [(&str, &str); 3] = [BLUE_GREEN, CANARY, LINEAR];
/// What only these need.
const FOR_SHIFTING: [&str; 3] = ["AlternateTargetGroup", "BalancerRole", "ProductionRule"];

fn stack() -> Template {
    Template::parse(include_str!("../../stack.yaml")).unwrap()
}

fn resources(parameters: &Parameters<'_>) -> BTreeMap<String, Value> {
    let all: Vec<_> = parameters.iter().copied().chain([IMAGE]).collect();
    stack().resources(&all).unwrap()
}

fn properties(name: &str, parameters: &Parameters<'_>) -> Value {
    resources(parameters)[name]["Properties"].clone()
}

fn report(parameters: &Parameters<'_>) -> Report {
    let all: Vec<_> = parameters.iter().copied().chain([IMAGE]).collect();
    examine(&[facts_of(&stack(), &all).unwrap()], "the stack")
}

#[test]
fn the_doctor_has_nothing_against_any_strategy() {
    for strategy in [ROLLING, BLUE_GREEN, CANARY, LINEAR] {
        for with in [&[][..], &[CERTIFICATE], &[ALARM], &[CERTIFICATE, ALARM]] {
            let parameters = [&[strategy], with].concat();
            for check in &report(&parameters).checks {
                assert_eq!(check.status, Status::Pass, "{parameters:?}: {check:?}");
            }
            let parked = report(&[&[PARKED], parameters.as_slice()].concat());
            assert!(parked.ok, "{parameters:?}: {parked:?}");
            let attached = &parked.checks[3].findings[0].text;
            assert!(attached.contains("the service is parked"), "{attached}");
        }
    }
}

#[test]
fn rolling_needs_no_second_group_no_rule_and_no_role_and_is_what_a_stack_gets() {
    for parameters in [&[][..], &[ROLLING], &[CERTIFICATE]] {
        let resources = resources(parameters);
        assert!(FOR_SHIFTING.iter().all(|it| !resources.contains_key(*it)));
        let service = properties("Service", parameters);
        assert_eq!(service["DeploymentConfiguration"]["Strategy"], "ROLLING");
        assert_eq!(
            service["LoadBalancers"][0]["AdvancedConfiguration"],
            Value::Null
        );
    }
}

#[test]
fn a_strategy_has_its_own_times_and_shares_and_not_those_of_another() {
    let set = [
        ("ShiftPercent", "10"),
        ("ShiftMinutes", "7"),
        ("BakeMinutes", "3"),
    ];
    let canary = json!({ "CanaryPercent": 10, "CanaryBakeTimeInMinutes": 7 });
    let linear = json!({ "StepPercent": 10, "StepBakeTimeInMinutes": 7 });
    for (strategy, bake, canary, linear) in [
        (ROLLING, Value::Null, Value::Null, Value::Null),
        (BLUE_GREEN, json!(3), Value::Null, Value::Null),
        (CANARY, json!(3), canary, Value::Null),
        (LINEAR, json!(3), Value::Null, linear),
    ] {
        let service = properties("Service", &[&set[..], &[strategy]].concat());
        let configuration = &service["DeploymentConfiguration"];
        assert_eq!(configuration["Strategy"], strategy.1);
        assert_eq!(configuration["BakeTimeInMinutes"], bake, "{strategy:?}");
        assert_eq!(configuration["CanaryConfiguration"], canary, "{strategy:?}");
        assert_eq!(configuration["LinearConfiguration"], linear, "{strategy:?}");
    }
}

#[test]
fn the_two_target_groups_are_alike() {
    let group = |name| properties(name, &[CANARY]);
    assert_eq!(group("TargetGroup"), group("AlternateTargetGroup"));
}

#[test]
fn the_rule_takes_every_request_of_the_listener_that_serves() {
    for (with, listener) in [(&[][..], "HttpListener"), (&[CERTIFICATE], "HttpsListener")] {
        let parameters = [&[BLUE_GREEN], with].concat();
        let rule = properties("ProductionRule", &parameters);
        assert_eq!(rule["ListenerArn"], listener);
        assert_eq!(
            rule["Conditions"][0]["PathPatternConfig"]["Values"],
            json!(["/*"])
        );
        let service = properties("Service", &parameters);
        assert_eq!(
            service["LoadBalancers"][0]["AdvancedConfiguration"],
            json!({
                "AlternateTargetGroupArn": "AlternateTargetGroup",
                "ProductionListenerRule": "ProductionRule",
                "RoleArn": "BalancerRole",
            })
        );
    }
}

/// What CloudFormation does not change, it does not set back. Of the parameters, only what says where the rule is and how
/// it is tagged may touch it, for which `up` has an answer (`ecs/src/stack/traffic.rs`).
#[test]
fn no_parameter_that_is_changed_in_passing_touches_the_weights_of_the_rule() {
    let json = stack().as_json().clone();
    let names = json["Parameters"].as_object().unwrap().keys();
    let own = [
        "CertificateArn",
        "DomainName",
        "ListenerArn",
        "HostHeader",
        "PathPattern",
        "Parked",
        "Strategy",
        "TagKey",
    ];
    let own = BTreeSet::from(own);
    let before = properties("ProductionRule", &[CANARY]);
    for name in names.filter(|name| !own.contains(name.as_str())) {
        let after = properties("ProductionRule", &[CANARY, (name, "1")]);
        assert_eq!(before, after, "{name}");
    }
    for strategy in SHIFTING {
        assert_eq!(
            before,
            properties("ProductionRule", &[strategy]),
            "{strategy:?}"
        );
    }
    let renewed = (CERTIFICATE.0, "arn:aws:acm:us-east-1:1:certificate/2");
    assert_eq!(
        properties("ProductionRule", &[CANARY, CERTIFICATE]),
        properties("ProductionRule", &[CANARY, renewed])
    );
}

#[test]
fn alarms_that_are_made_roll_back_unless_they_are_told_not_to() {
    let alarms = |parameters: &Parameters<'_>| {
        properties("Service", parameters)["DeploymentConfiguration"]["Alarms"].clone()
    };
    let off = json!({ "AlarmNames": [], "Enable": false, "Rollback": false });
    let told_not_to = ("RollbackOnAlarm", "false");
    for without in [
        &[][..],
        &[CANARY],
        &[("ErrorAlarm", "0")],
        &[ALARM, told_not_to],
        // ECS would go on watching for the 15 minutes that it looks back, after each deployment.
        &[("RestartAlarm", "3")],
    ] {
        assert_eq!(alarms(without), off);
    }
    let others = [("LatencyAlarm", "500"), ("RestartAlarm", "3")];
    for strategy in [ROLLING, CANARY] {
        assert_eq!(
            alarms(&[strategy, ALARM]),
            json!({ "AlarmNames": ["RequestErrorAlarm"], "Enable": true, "Rollback": true })
        );
        let all = [&[strategy, ALARM, ("UnhealthyAlarm", "1")], &others[..]].concat();
        assert_eq!(
            alarms(&all)["AlarmNames"],
            json!([
                "RequestErrorAlarm",
                "ResponseTimeAlarm",
                "UnhealthyTargetAlarm"
            ])
        );
    }
}

#[test]
fn parked_nothing_is_shifted_and_nobody_watches() {
    for strategy in SHIFTING {
        let parameters = [strategy, ALARM, PARKED, CERTIFICATE];
        let resources = resources(&parameters);
        for gone in ["ProductionRule", "RequestErrorAlarm"] {
            assert!(!resources.contains_key(gone), "{gone}");
        }
        let configuration = &resources["Service"]["Properties"]["DeploymentConfiguration"];
        assert_eq!(configuration["Strategy"], "ROLLING");
        for absent in [
            "BakeTimeInMinutes",
            "CanaryConfiguration",
            "LinearConfiguration",
        ] {
            assert_eq!(configuration[absent], Value::Null, "{absent}");
        }
        assert_eq!(configuration["Alarms"]["Enable"], false);
    }
}

/// How long tasks take to start and to get healthy.
const START_MINUTES: f64 = 2.0;

#[test]
fn the_costs_in_the_document_are_those_of_the_prices_and_the_default_times() {
    let document = include_str!("../../../docs/strategies.md");
    let prices: toml::Table = ecs::stack::PRICES.parse().unwrap();
    let price = |section: &str, key: &str| prices[section][key].as_float().unwrap();
    let task = &prices["service"]["task"];
    let hour = task["vcpu"].as_float().unwrap() * price("fargate", "vcpu_hour")
        + task["gb"].as_float().unwrap() * price("fargate", "gb_hour")
        + price("gateway", "public_ipv4_hour");

    let template = stack().as_json().clone();
    let default = |name: &str| template["Parameters"][name]["Default"].as_f64().unwrap();
    let (bake, shift) = (default("BakeMinutes"), default("ShiftMinutes"));
    let steps = (100.0 / default("ShiftPercent")).ceil() - 1.0;
    for (strategy, minutes) in [
        ("ROLLING", 0.0),
        ("BLUE_GREEN", bake),
        ("CANARY", shift + bake),
        ("LINEAR", steps * shift + bake),
    ] {
        let minutes = START_MINUTES + minutes;
        let cost = |tasks: f64| 100.0 * tasks * hour * minutes / 60.0;
        let row = format!(
            "| `{strategy}` | {minutes} | {:.2} | {:.2} |",
            cost(2.0),
            cost(20.0)
        );
        assert!(document.contains(&row), "{row}");
    }

    let month = prices["alarm_metric_month"].as_float().unwrap();
    for name in [
        "ErrorAlarm",
        "LatencyAlarm",
        "UnhealthyAlarm",
        "RestartAlarm",
    ] {
        let cost = |strategy| {
            let watch = Watch::of(&stack(), &[IMAGE, strategy, (name, "1")]).unwrap();
            f64::from(watch.alarm_metrics.now) * month
        };
        let row = document
            .lines()
            .find(|line| line.starts_with(&format!("| `{name}` |")) && line.contains("`<stack>-"));
        let costs = format!("| {:.2} | {:.2} |", cost(ROLLING), cost(CANARY));
        assert!(row.unwrap().ends_with(&costs), "{name} {costs}");
    }
}

#[test]
fn the_document_has_the_parameters_and_their_defaults() {
    let document = include_str!("../../../docs/strategies.md");
    let template = stack().as_json().clone();
    for name in [
        "Strategy",
        "ShiftPercent",
        "ShiftMinutes",
        "BakeMinutes",
        "ErrorAlarm",
        "ErrorAlarmMinimum",
        "LatencyAlarm",
        "UnhealthyAlarm",
        "RestartAlarm",
        "RollbackOnAlarm",
    ] {
        let default = match &template["Parameters"][name]["Default"] {
            Value::String(text) => format!("`{text}`"),
            number => number.to_string(),
        };
        let row = format!("| `{name}` | {default} |");
        assert!(document.contains(&row), "{row}");
    }
}
