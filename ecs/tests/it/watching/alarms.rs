//! The alarms: what each looks at, whom it tells, and which deployments it ends.

use super::formula::{Minute, value};
use super::*;
use ecs::stack::Watch;
use serde_json::json;

/// The metrics that an alarm of an expression looks at, by their ids.
fn measured(alarm: &Value) -> BTreeMap<String, Value> {
    let queries = alarm["Metrics"].as_array().into_iter().flatten();
    let measured = queries.filter(|query| query["MetricStat"].is_object());
    measured
        .map(|query| {
            (
                query["Id"].as_str().unwrap().to_owned(),
                query["MetricStat"].clone(),
            )
        })
        .collect()
}

#[test]
fn each_alarm_is_made_by_its_own_parameter_with_that_threshold() {
    for ((name, in_aws), parameter) in NAMES.into_iter().zip(ALARMS) {
        let resources = resources(&[parameter]);
        let made = NAMES
            .iter()
            .filter(|(name, _)| resources.contains_key(*name));
        assert_eq!(made.count(), 1, "{parameter:?}");
        let alarm = &resources[name]["Properties"];
        assert_eq!(alarm["AlarmName"], in_aws);
        assert_eq!(alarm["Threshold"].to_string(), parameter.1);
        assert_eq!(alarm["TreatMissingData"], "notBreaching", "{name}");
    }
}

#[test]
fn alarms_look_at_metrics_that_exist_and_at_both_target_groups_where_there_are_two() {
    for (strategy, groups) in [(ROLLING, 1), (CANARY, 2)] {
        for (name, _) in NAMES {
            let alarm = properties(name, &[&[strategy], &ALARMS[..]].concat());
            let names = |dimensions: &Value| -> Vec<String> {
                let all = dimensions.as_array().unwrap().iter();
                all.map(|it| it["Name"].as_str().unwrap().to_owned())
                    .collect()
            };
            let single = [json!({ "Metric": alarm })];
            let all = measured(&alarm).into_values().collect::<Vec<_>>();
            let all = if all.is_empty() { &single[..] } else { &all };
            for metric in all.iter().map(|stat| &stat["Metric"]) {
                let dimensions = names(&metric["Dimensions"]);
                let dimensions: Vec<&str> = dimensions.iter().map(String::as_str).collect();
                let text = |key: &str| metric[key].as_str().unwrap();
                assert_exists(text("Namespace"), text("MetricName"), &dimensions);
            }
            let text = json!(all).to_string();
            let seen = ["\"TargetGroup\"}", "\"AlternateTargetGroup\"}"];
            let seen = seen
                .iter()
                .filter(|it| text.contains(&format!(r#""Value":{it}"#)));
            let expected = if name == "RestartedTaskAlarm" {
                0
            } else {
                groups
            };
            assert_eq!(seen.count(), expected, "{name}");
        }
    }
}

#[test]
fn an_expression_is_one_that_cloudwatch_takes() {
    for strategy in [ROLLING, CANARY] {
        for (name, _) in &NAMES[..3] {
            let alarm = properties(name, &[&[strategy], &ALARMS[..]].concat());
            let queries = alarm["Metrics"].as_array().unwrap();
            let returned: Vec<_> = queries
                .iter()
                .filter(|it| it["ReturnData"] == true)
                .collect();
            assert_eq!(returned.len(), 1, "{name}");
            // At most ten of each (AWS, API reference, "PutMetricAlarm").
            let stats = measured(&alarm).len();
            assert!(stats <= 10 && queries.len() - stats <= 10, "{name}");
            // Nothing is measured for no use: without any of them there is no value.
            let complete: Minute<'_> = measured(&alarm)
                .keys()
                .map(|id| (id.clone().leak() as &str, 1.0))
                .collect();
            assert!(value(&alarm, &complete).is_finite(), "{name}");
        }
    }
}

#[test]
fn the_share_of_failures_is_that_of_the_worse_group_and_a_few_are_no_alarm() {
    let quiet: &[(&str, f64)] = &[];
    let percent = |strategy, minute: &[(&str, f64)]| {
        let alarm = properties("RequestErrorAlarm", &[strategy, ERRORS]);
        value(&alarm, &minute.iter().copied().collect())
    };
    for (strategy, minute, expected) in [
        (ROLLING, quiet, 0.0),
        (ROLLING, &[("requests_a", 1000.0)], 0.0),
        (ROLLING, &[("requests_a", 4.0), ("failed_a", 4.0)], 0.0),
        (ROLLING, &[("requests_a", 200.0), ("failed_a", 10.0)], 5.0),
        // No target could be chosen, so that these are no requests of the balancer's own count.
        (ROLLING, &[("balancer", 50.0)], 100.0),
        (
            ROLLING,
            &[("requests_a", 90.0), ("failed_a", 3.0), ("balancer", 6.0)],
            10.0,
        ),
        (CANARY, quiet, 0.0),
        // A new revision that fails always, with three percent of the requests, in either of the groups.
        (
            CANARY,
            &[
                ("requests_a", 970.0),
                ("requests_b", 30.0),
                ("failed_b", 30.0),
            ],
            100.0,
        ),
        (
            CANARY,
            &[
                ("requests_b", 970.0),
                ("requests_a", 30.0),
                ("failed_a", 30.0),
            ],
            100.0,
        ),
        (
            CANARY,
            &[
                ("requests_a", 100.0),
                ("failed_a", 3.0),
                ("requests_b", 100.0),
                ("failed_b", 3.0),
            ],
            3.0,
        ),
    ] {
        assert!(
            (percent(strategy, minute) - expected).abs() < 1e-9,
            "{strategy:?} {minute:?}"
        );
    }
}

#[test]
fn latency_is_that_of_the_slower_group_and_unhealthy_targets_of_both_are_added() {
    let of = |name, strategy, minute: &[(&str, f64)]| {
        let alarm = properties(name, &[strategy, LATENCY, UNHEALTHY]);
        value(&alarm, &minute.iter().copied().collect())
    };
    let both = [("a", 0.25), ("b", 1.5)];
    assert!((of("ResponseTimeAlarm", ROLLING, &both[..1]) - 250.0).abs() < 1e-9);
    assert!((of("ResponseTimeAlarm", CANARY, &both) - 1500.0).abs() < 1e-9);
    assert!((of("ResponseTimeAlarm", CANARY, &both[..1]) - 250.0).abs() < 1e-9);
    let both = [("a", 1.0), ("b", 2.0)];
    assert!((of("UnhealthyTargetAlarm", ROLLING, &both[..1]) - 1.0).abs() < 1e-9);
    assert!((of("UnhealthyTargetAlarm", CANARY, &both) - 3.0).abs() < 1e-9);
    assert!(of("UnhealthyTargetAlarm", CANARY, &[]).abs() < 1e-9);
}

#[test]
fn whoever_is_to_be_told_is_told_of_the_alarm_and_of_its_end() {
    for (with, told) in [
        (&[][..], json!([])),
        (&[EMAIL], json!(["AlarmTopic"])),
        (&[TOPIC], json!([TOPIC.1])),
        (&[EMAIL, TOPIC], json!(["AlarmTopic", TOPIC.1])),
    ] {
        for (name, _) in NAMES {
            let alarm = properties(name, &[with, &ALARMS].concat());
            assert_eq!(alarm["AlarmActions"], told, "{name}");
            assert_eq!(alarm["OKActions"], told, "{name}");
        }
    }
    let topic = properties("AlarmTopic", &[EMAIL]);
    assert_eq!(
        topic["Subscription"],
        json!([{ "Protocol": "email", "Endpoint": EMAIL.1 }])
    );
}

#[test]
fn what_an_alarm_is_charged_by_is_counted_now_and_parked() {
    let count = |parameters: &Parameters<'_>| {
        let watch = Watch::of(&stack(), &[parameters, &[IMAGE]].concat()).unwrap();
        assert_eq!(
            (watch.alarm_metrics.parked, watch.dashboards.parked),
            (0, 0)
        );
        (watch.alarm_metrics.now, watch.dashboards.now)
    };
    assert_eq!(count(&[]), (0, 0));
    assert_eq!(count(&[ERRORS]), (3, 0));
    assert_eq!(count(&[ERRORS, CANARY]), (5, 0));
    assert_eq!(count(&[DASHBOARD, RESTARTS]), (1, 1));
    assert_eq!(count(&ALL), (6, 1));
    assert_eq!(count(&[&[PARKED], &ALL[..]].concat()), (0, 0));
}
