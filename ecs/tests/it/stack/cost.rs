//! What a service costs: what runs, what watches it, and what it tells of itself.

use super::fake::FakeCloudFormation;
use ecs::facts::{Balancer, Facts};
use ecs::stack::{Count, Item, PRICES, TaskSize, Watch, costs, watch};
use serde_json::{Value, json};

const SIZE: TaskSize = TaskSize {
    vcpu: 0.25,
    gb: 0.5,
};
const TABLE: &str = "as_of = '2026-04'\nregion = 'r'\ncurrency = 'USD'\nhours_a_month = 100\nsecret_month = 0.4\n\
    alarm_metric_month = 0.1\n\
    [fargate]\nvcpu_hour = 0.04\ngb_hour = 0.004\nx86_vcpu_hour = 0.05\nx86_gb_hour = 0.005\n\
    [gateway]\npublic_ipv4_hour = 0.005\n[balancer]\nhour = 0.02\n\
    [watching]\ndashboard_month = 3.0\ncustom_metric_month = 0.3\nlog_gigabyte = 0.5\nmillion_traces = 5.0\n\
    emf_metrics = 10\nemf_kilobytes_a_minute = 5.0";

/// Two tasks with this container, behind a load balancer in two zones.
fn facts(architecture: &str, container: &Value) -> Facts {
    let definition = json!({
        "runtimePlatform": { "cpuArchitecture": architecture },
        "containerDefinitions": [container],
    });
    Facts {
        service: serde_json::from_value(json!({ "runningCount": 2 })).unwrap(),
        definition: serde_json::from_value(definition).unwrap(),
        balancers: vec![Balancer {
            name: "alb".into(),
            is_public: true,
            zones: 2,
            ..Balancer::default()
        }],
        ..Facts::default()
    }
}

#[test]
fn costs_are_those_of_what_runs() {
    let facts = |architecture: &str, secrets: &[&str]| {
        let secrets = secrets
            .iter()
            .map(|from| json!({ "name": "KEY", "valueFrom": from }));
        let secrets = secrets.collect::<Vec<_>>();
        facts(architecture, &json!({ "secrets": secrets }))
    };
    // A key in a secret's JSON is no secret of its own, and a parameter of SSM none at all.
    let (one, its_key) = (
        "arn:aws:secretsmanager:r:1:secret:a",
        "arn:aws:secretsmanager:r:1:secret:a:key::",
    );
    let parameter = "arn:aws:ssm:r:1:parameter/a";
    for (facts, task, secrets) in [
        (facts("ARM64", &[one, its_key, parameter]), 1.2, 0.4),
        (facts("X86_64", &[]), 1.5, 0.0),
    ] {
        let costs = |table| costs(&facts, SIZE, &Watch::default(), table);
        let (now, parked) = costs(TABLE).unwrap().totals();
        // Two tasks, four addresses, a balancer.
        let expected = 2.0 * task + 4.0 * 0.5 + 2.0 + secrets;
        assert!((now - expected).abs() < 1e-9, "{now} {expected}");
        assert!((parked - secrets).abs() < 1e-9, "{parked}");
        assert!(costs(PRICES).is_ok(), "the table that it is built with");
    }
}

/// The rows that are there beside those of a service that nothing watches.
fn added(variables: &[(&str, &str)], watch: Watch) -> Vec<Item> {
    let rows = |variables: &[(&str, &str)], watch: &Watch| {
        let variables = variables.iter();
        let variables: Vec<_> = variables
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect();
        let facts = facts("ARM64", &json!({ "name": "app", "environment": variables }));
        costs(&facts, SIZE, watch, TABLE).unwrap().items
    };
    let without = rows(&[("APP_NAME", "shop")], &Watch::default()).len();
    rows(variables, &watch).split_off(without)
}

#[test]
fn what_watches_the_service_costs_where_it_is_switched_on() {
    assert_eq!(added(&[], Watch::default()), []);
    let count = |now, parked| Count { now, parked };
    let watch = Watch {
        alarm_metrics: count(6, 2),
        dashboards: count(1, 0),
    };
    let items = added(&[], watch);
    let costs: Vec<(f64, f64)> = items.iter().map(|item| (item.now, item.parked)).collect();
    assert_eq!(costs.len(), 2);
    assert!((costs[0].0 - 0.6).abs() < 1e-9 && (costs[0].1 - 0.2).abs() < 1e-9);
    assert!((costs[1].0 - 3.0).abs() < 1e-9 && costs[1].1.abs() < 1e-9);
}

#[test]
fn what_the_service_tells_of_itself_costs_by_its_variables() {
    let collector = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");
    let items = added(&[("DUALRUN_METRICS", "emf"), collector], Watch::default());
    // Ten metrics, and 5 KB a minute of each of two tasks in 100 hours.
    let expected = 10.0 * 0.3 + 0.5 * 2.0 * 5.0 * 6000.0 / 1e6;
    assert!((items[0].now - expected).abs() < 1e-9, "{items:?}");
    assert!(items[1].what.contains("5.00 for each million"), "{items:?}");
    assert_eq!(items.len(), 2);
    // Prometheus' are read by somebody else.
    assert_eq!(
        added(&[("DUALRUN_METRICS", "prometheus")], Watch::default()),
        []
    );
}

#[tokio::test]
async fn a_stack_is_watched_by_what_its_own_template_makes_of_its_parameters() {
    let stack = |parameters: &[(&'static str, &'static str)]| {
        FakeCloudFormation::with_stack("UPDATE_COMPLETE").with_parameters(parameters)
    };
    let image = ("Image", "me/shop:1");
    let cloud = stack(&[image, ("ErrorAlarm", "5"), ("Dashboard", "true")]);
    let watch_of = watch(&cloud, "shop").await.unwrap();
    assert_eq!(
        (watch_of.alarm_metrics.now, watch_of.dashboards.now),
        (3, 1)
    );
    assert_eq!(
        (watch_of.alarm_metrics.parked, watch_of.dashboards.parked),
        (0, 0)
    );
    let without = watch(&stack(&[image]), "shop").await.unwrap();
    assert_eq!(without, Watch::default());
    let none = watch(&FakeCloudFormation::without_stack(), "shop").await;
    assert_eq!(none.unwrap(), Watch::default());
}
