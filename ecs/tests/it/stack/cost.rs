//! What a service costs: what runs, what watches it, and what it tells of itself.

use super::fake::FakeCloudFormation;
use ecs::facts::{Balancer, Facts};
use ecs::stack::{
    Costs, Count, Gateways, Item, PRICES, TaskSize, Tasks, Usage, Watch, costs, watch,
};
use serde_json::{Value, json};

const TABLE: &str = "as_of = '2026-04'\nregion = 'r'\ncurrency = 'USD'\nhours_a_month = 100\nsecret_month = 0.4\n\
    alarm_metric_month = 0.1\n\
    [fargate]\nvcpu_hour = 0.04\ngb_hour = 0.004\nx86_vcpu_hour = 0.05\nx86_gb_hour = 0.005\nstorage_gb_hour = 0.0001\n\
    [gateway]\npublic_ipv4_hour = 0.005\n[nat]\nhour = 0.045\n[balancer]\nhour = 0.02\n\
    [watching]\ndashboard_month = 3.0\ncustom_metric_month = 0.3\nlog_gigabyte = 0.5\nmillion_traces = 5.0\n\
    emf_metrics = 10\nemf_kilobytes_a_minute = 5.0";

/// Two tasks with this container and public addresses, behind a load balancer in two zones, in a stack that can be parked.
fn usage(architecture: &str, container: &Value) -> Usage {
    let definition = json!({
        "runtimePlatform": { "cpuArchitecture": architecture },
        "containerDefinitions": [container],
    });
    let network = json!({ "awsvpcConfiguration": { "assignPublicIp": "ENABLED" } });
    let facts = Facts {
        service: serde_json::from_value(json!({ "networkConfiguration": network })).unwrap(),
        definition: serde_json::from_value(definition).unwrap(),
        balancers: vec![Balancer {
            name: "alb".into(),
            kind: "application".into(),
            is_public: true,
            zones: 2,
            ..Balancer::default()
        }],
        ..Facts::default()
    };
    Usage {
        region: "r".into(),
        facts,
        size: Some(TaskSize {
            vcpu: 0.25,
            gb: 0.5,
            storage: 20.0,
        }),
        tasks: Some(Tasks {
            fargate: 2,
            ..Tasks::default()
        }),
        can_park: true,
        ..Usage::default()
    }
}

fn plain() -> Usage {
    usage("ARM64", &json!({ "name": "app" }))
}

#[test]
fn a_balancer_that_others_have_too_costs_the_same_parked() {
    let mut usage = plain();
    usage.shares_balancers = true;
    let costs = billed(&usage);
    let of_balancer = costs.items.iter().filter(|it| it.what.contains("alb"));
    let of_balancer: Vec<&Item> = of_balancer.collect();
    assert_eq!(of_balancer.len(), 2, "it and its addresses");
    for item in of_balancer {
        assert!(
            item.what.ends_with("shared with what else is behind it"),
            "{item:?}"
        );
        assert_eq!(item.parked, Some(item.now));
    }
}

#[tokio::test]
async fn a_stack_with_a_listener_of_others_has_no_balancer_of_its_own() {
    let listener = "arn:aws:elasticloadbalancing:us-east-1:1:listener/app/shared/1/2";
    for (parameters, has_balancer) in [
        (&[("Image", "me/shop:1")][..], true),
        (&[("Image", "me/shop:1"), ("ListenerArn", listener)], false),
    ] {
        let cloud = FakeCloudFormation::with_stack("UPDATE_COMPLETE").with_parameters(parameters);
        let stack = watch(&cloud, "shop").await.unwrap().unwrap();
        assert_eq!(stack.has_balancer, has_balancer);
    }
}

fn billed(usage: &Usage) -> Costs {
    costs(usage, TABLE).unwrap()
}

fn is(price: f64, expected: f64) -> bool {
    (price - expected).abs() < 1e-9
}

/// The one that is not counted and has this in it.
fn left_out<'a>(costs: &'a Costs, what: &str) -> &'a str {
    let mut all = costs.not_counted.iter();
    let found = all.find(|it| it.contains(what));
    found.unwrap_or_else(|| panic!("{what}: {:?}", costs.not_counted))
}

/// The items of one usage that another does not have.
fn more(usage: &Usage, than: &Usage) -> Vec<Item> {
    let before = billed(than).items;
    let mut items = billed(usage).items;
    items.retain(|item| !before.contains(item));
    items
}

#[test]
fn costs_are_those_of_what_runs() {
    let usage = |architecture: &str, secrets: &[&str]| {
        let secrets = secrets
            .iter()
            .map(|from| json!({ "name": "KEY", "valueFrom": from }));
        let secrets = secrets.collect::<Vec<_>>();
        usage(architecture, &json!({ "secrets": secrets }))
    };
    // A key in a secret's JSON is no secret of its own, and a parameter of SSM none at all.
    let (one, its_key) = (
        "arn:aws:secretsmanager:r:1:secret:a",
        "arn:aws:secretsmanager:r:1:secret:a:key::",
    );
    let parameter = "arn:aws:ssm:r:1:parameter/a";
    for (usage, task, secrets) in [
        (usage("ARM64", &[one, its_key, parameter]), 1.2, 0.4),
        (usage("X86_64", &[]), 1.5, 0.0),
    ] {
        let total = billed(&usage).total;
        // Two tasks, four addresses, a balancer.
        assert!(
            is(total.now, 2.0 * task + 4.0 * 0.5 + 2.0 + secrets),
            "{total:?}"
        );
        assert!(is(total.parked.unwrap(), secrets), "{total:?}");
    }
}

#[test]
fn the_page_of_costs_has_those_of_the_stack_as_it_is_made() {
    let secret =
        json!([{ "name": "SECRET_KEY", "valueFrom": "arn:aws:secretsmanager:r:1:secret:a" }]);
    let mut usage = usage("ARM64", &json!({ "secrets": secret }));
    usage.region = "us-east-1".into();
    usage.facts.balancers[0].name = "shop".into();
    let Costs { items, total, .. } = costs(&usage, PRICES).unwrap();
    let page = include_str!("../../../../docs/cost.md");
    let rows = items.iter().map(|it| (it.what.as_str(), it.now, it.parked));
    for (what, now, parked) in rows.chain([("in all", total.now, total.parked)]) {
        let row = format!("| {what} | {now:.2} | {:.2} |\n", parked.unwrap());
        assert!(page.contains(&row), "{row}");
    }
}

#[test]
fn there_is_no_figure_for_a_region_without_a_table() {
    let mut usage = plain();
    usage.region = "us-east-1".into();
    assert!(costs(&usage, PRICES).is_ok(), "what it is built with");
    usage.region = "eu-west-1".into();
    let refused = costs(&usage, PRICES).unwrap_err().to_string();
    assert!(
        refused.starts_with("no table of prices for eu-west-1"),
        "{refused}"
    );
}

#[test]
fn what_cannot_be_parked_has_no_price_parked() {
    let usage = Usage {
        can_park: false,
        ..plain()
    };
    let costs = billed(&usage);
    assert_eq!(costs.total.parked, None);
    assert!(costs.items.iter().all(|item| item.parked.is_none()));
    let json = serde_json::to_value(&costs).unwrap();
    assert_eq!(json["total"]["parked"], Value::Null);
    assert!(is(json["total"]["now"].as_f64().unwrap(), costs.total.now));
}

#[test]
fn tasks_on_spot_and_on_machines_of_ones_own_are_named_and_not_counted() {
    let mixed = Usage {
        tasks: Some(Tasks {
            fargate: 1,
            spot: 3,
            other: 0,
        }),
        ..plain()
    };
    let costs = billed(&mixed);
    assert!(is(costs.items[0].now, 1.2), "{:?}", costs.items);
    assert_eq!(
        left_out(&costs, "Spot"),
        "3 tasks on Fargate Spot, whose price changes: 3.60 if they were on demand"
    );
    // They have addresses as all of Fargate's.
    assert!(is(costs.items[1].now, 4.0 * 0.5));

    let machines = Usage {
        size: None,
        tasks: Some(Tasks {
            other: 2,
            ..Tasks::default()
        }),
        ..plain()
    };
    let costs = billed(&machines);
    left_out(&costs, "2 tasks that are not on Fargate");
    // The balancer and its addresses are all that is left.
    assert!(is(costs.total.now, 2.0 + 2.0 * 0.5), "{:?}", costs.items);
}

#[test]
fn storage_above_what_is_free_costs() {
    let mut large = plain();
    large.size = large.size.map(|size| TaskSize {
        storage: 50.0,
        ..size
    });
    let items = more(&large, &plain());
    assert_eq!(items.len(), 1);
    assert!(is(items[0].now, 2.0 * 30.0 * 0.0001 * 100.0), "{items:?}");
}

#[test]
fn tasks_without_public_addresses_are_not_charged_for_any() {
    let mut private = plain();
    private.facts.service = serde_json::from_value(json!({})).unwrap();
    let addresses: Vec<String> = billed(&private)
        .items
        .into_iter()
        .map(|it| it.what)
        .collect();
    assert!(
        !addresses.iter().any(|it| it.ends_with("of tasks")),
        "{addresses:?}"
    );
    left_out(&billed(&private), "VPC endpoints");
}

#[test]
fn nat_gateways_cost_parked_too() {
    let usage = Usage {
        gateways: Gateways {
            count: 2,
            addresses: 2,
        },
        ..plain()
    };
    let items = more(&usage, &plain());
    assert!(is(items[0].now, 2.0 * 4.5 + 2.0 * 0.5), "{items:?}");
    assert_eq!(items[0].parked, Some(items[0].now));
    left_out(&billed(&usage), "bytes through NAT gateways");
}

#[test]
fn what_has_no_price_in_the_table_is_named() {
    let mut usage = plain();
    usage.facts.balancers[0].kind = "network".into();
    left_out(&billed(&usage), "load balancer alb, of type network");
    usage
        .facts
        .definition
        .runtime_platform
        .operating_system_family = Some("WINDOWS_SERVER_2022_CORE".into());
    left_out(&billed(&usage), "2 tasks: no price for Windows");
}

#[test]
fn tasks_that_could_not_be_counted_are_no_tasks_for_nothing() {
    let unknown = Usage {
        tasks: None,
        not_counted: vec!["tasks: denied".into()],
        ..usage(
            "ARM64",
            &json!({ "environment": [{ "name": "DUALRUN_METRICS", "value": "emf" }] }),
        )
    };
    let costs = billed(&unknown);
    assert!(
        costs.items.iter().all(|it| !it.what.contains("tasks")),
        "{:?}",
        costs.items
    );
    left_out(&costs, "tasks: denied");
    left_out(&costs, "metrics of its own");
}

#[test]
fn what_watches_the_service_costs_where_it_is_switched_on() {
    let count = |now, parked| Count { now, parked };
    let watched = Usage {
        watch: Watch {
            alarm_metrics: count(6, 2),
            dashboards: count(1, 0),
        },
        ..plain()
    };
    let items = more(&watched, &plain());
    let costs: Vec<(f64, f64)> = items
        .iter()
        .map(|item| (item.now, item.parked.unwrap()))
        .collect();
    assert_eq!(costs.len(), 2);
    assert!(is(costs[0].0, 0.6) && is(costs[0].1, 0.2));
    assert!(is(costs[1].0, 3.0) && is(costs[1].1, 0.0));
}

#[test]
fn what_the_service_tells_of_itself_costs_by_its_variables() {
    let with = |variables: &[(&str, &str)]| {
        let variables = variables.iter();
        let variables: Vec<_> = variables
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect();
        usage("ARM64", &json!({ "name": "app", "environment": variables }))
    };
    let collector = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318");
    let telling = with(&[("DUALRUN_METRICS", "emf"), collector]);
    let items = more(&telling, &plain());
    // Ten metrics, and 5 KB a minute of each of two tasks in 100 hours.
    let expected = 10.0 * 0.3 + 0.5 * 2.0 * 5.0 * 6000.0 / 1e6;
    assert!(is(items[0].now, expected), "{items:?}");
    assert_eq!(items.len(), 1);
    left_out(&billed(&telling), "5.00 for each million");
    // Prometheus' are read by somebody else.
    assert_eq!(
        more(&with(&[("DUALRUN_METRICS", "prometheus")]), &plain()),
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
    let watched = watch(&cloud, "shop").await.unwrap().unwrap();
    assert!(watched.can_park);
    let watch_of = watched.watch;
    assert_eq!(
        (watch_of.alarm_metrics.now, watch_of.dashboards.now),
        (3, 1)
    );
    assert_eq!(
        (watch_of.alarm_metrics.parked, watch_of.dashboards.parked),
        (0, 0)
    );
    let without = watch(&stack(&[image]), "shop").await.unwrap().unwrap();
    assert_eq!(without.watch, Watch::default());
    let none = watch(&FakeCloudFormation::without_stack(), "shop").await;
    assert_eq!(none.unwrap(), None);
    let other = stack(&[]).with_template("Parameters: {}\nResources: {}");
    assert!(!watch(&other, "shop").await.unwrap().unwrap().can_park);
}
