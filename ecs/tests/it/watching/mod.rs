//! What the stack watches the service with, all of it off unless asked for: alarms, a dashboard, metrics, a collector.

mod alarms;
mod collector;
mod dashboard;
mod formula;
mod restarts;

use ecs::doctor::{Status, examine};
use ecs::files::{Template, facts_of};
use serde_json::Value;
use std::collections::BTreeMap;

type Parameters<'a> = [(&'a str, &'a str)];

const IMAGE: (&str, &str) = ("Image", "vkuldeep1/myapp:COMMIT");
const PARKED: (&str, &str) = ("Parked", "true");
const ROLLING: (&str, &str) = ("Strategy", "ROLLING");
const CANARY: (&str, &str) = ("Strategy", "CANARY");

const ERRORS: (&str, &str) = ("ErrorAlarm", "5");
const LATENCY: (&str, &str) = ("LatencyAlarm", "800");
const UNHEALTHY: (&str, &str) = ("UnhealthyAlarm", "1");
const RESTARTS: (&str, &str) = ("RestartAlarm", "3");
const ALARMS: [(&str, &str); 4] = [ERRORS, LATENCY, UNHEALTHY, RESTARTS];
const EMAIL: (&str, &str) = ("AlarmEmail", "ops@example.com");
const TOPIC: (&str, &str) = ("AlarmTopicArn", "arn:aws:sns:us-east-1:111122223333:ops");
const NO_ROLLBACK: (&str, &str) = ("RollbackOnAlarm", "false");
const DASHBOARD: (&str, &str) = ("Dashboard", "true");
const METRICS: (&str, &str) = ("Metrics", "emf");
const COLLECTOR: (&str, &str) = ("Collector", "true");
/// Whatever can be switched on.
const ALL: [(&str, &str); 10] = [
    ERRORS,
    LATENCY,
    UNHEALTHY,
    RESTARTS,
    EMAIL,
    TOPIC,
    NO_ROLLBACK,
    DASHBOARD,
    METRICS,
    COLLECTOR,
];

/// Each alarm's name in the template, and its name in AWS.
const NAMES: [(&str, &str); 4] = [
    ("RequestErrorAlarm", "dualrun-errors"),
    ("ResponseTimeAlarm", "dualrun-latency"),
    ("UnhealthyTargetAlarm", "dualrun-unhealthy"),
    ("RestartedTaskAlarm", "dualrun-restarts"),
];

/// The service's own metrics that the dashboard shows, each with its dimensions. The one list of them in these tests.
const OURS: [(&str, &[&str]); 4] = [
    ("http_server_requests_total", &["outcome", "service"]),
    ("http_server_request_duration_seconds", &["service"]),
    ("http_server_active_requests", &["service"]),
    ("dualrun_log_lines_dropped_total", &["service"]),
];
/// Their namespace.
const NAMESPACE: &str = "dualrun";

/// AWS's metrics that the stack looks at, each with the dimensions that it can be asked by (AWS, "CloudWatch metrics for your
/// Application Load Balancer", "Amazon ECS CloudWatch metrics", "Monitoring Amazon EventBridge").
const OF_AWS: [(&str, &str, &[&[&str]]); 13] = [
    ("AWS/ApplicationELB", "RequestCount", &[BALANCER, GROUP]),
    (
        "AWS/ApplicationELB",
        "HTTPCode_Target_4XX_Count",
        &[BALANCER, GROUP],
    ),
    (
        "AWS/ApplicationELB",
        "HTTPCode_Target_5XX_Count",
        &[BALANCER, GROUP],
    ),
    ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count", &[BALANCER]),
    (
        "AWS/ApplicationELB",
        "TargetResponseTime",
        &[BALANCER, GROUP],
    ),
    ("AWS/ApplicationELB", "HealthyHostCount", &[GROUP]),
    ("AWS/ApplicationELB", "UnHealthyHostCount", &[GROUP]),
    ("AWS/ApplicationELB", "NewConnectionCount", &[BALANCER]),
    ("AWS/ApplicationELB", "RejectedConnectionCount", &[BALANCER]),
    (
        "AWS/ApplicationELB",
        "TargetConnectionErrorCount",
        &[BALANCER, GROUP],
    ),
    ("AWS/ECS", "CPUUtilization", &[SERVICE]),
    ("AWS/ECS", "MemoryUtilization", &[SERVICE]),
    ("AWS/Events", "TriggeredRules", &[&["RuleName"]]),
];
const BALANCER: &[&str] = &["LoadBalancer"];
const GROUP: &[&str] = &["LoadBalancer", "TargetGroup"];
const SERVICE: &[&str] = &["ClusterName", "ServiceName"];

/// Panics if there is no such metric with these dimensions.
fn assert_exists(namespace: &str, name: &str, dimensions: &[&str]) {
    let mut sorted = dimensions.to_vec();
    sorted.sort_unstable();
    let of_aws = OF_AWS.iter().any(|(space, metric, sets)| {
        (*space, *metric) == (namespace, name) && sets.contains(&sorted.as_slice())
    });
    let ours = namespace == NAMESPACE && OURS.contains(&(name, sorted.as_slice()));
    assert!(of_aws || ours, "{namespace} {name} {dimensions:?}");
}

fn stack() -> Template {
    Template::parse(include_str!("../../../stack.yaml")).unwrap()
}

fn resources(parameters: &Parameters<'_>) -> BTreeMap<String, Value> {
    let all: Vec<_> = parameters.iter().copied().chain([IMAGE]).collect();
    stack().resources(&all).unwrap()
}

fn properties(name: &str, parameters: &Parameters<'_>) -> Value {
    resources(parameters)[name]["Properties"].clone()
}

/// Nothing, each alone, each pair, and all.
fn combinations() -> Vec<Vec<(&'static str, &'static str)>> {
    let mut all = vec![Vec::new(), ALL.to_vec()];
    for (index, one) in ALL.iter().enumerate() {
        all.push(vec![*one]);
        all.extend(ALL[..index].iter().map(|other| vec![*one, *other]));
    }
    all
}

#[test]
fn nothing_of_it_is_there_unless_it_is_asked_for() {
    let kinds = [
        "AWS::CloudWatch::",
        "AWS::SNS::",
        "AWS::Events::",
        "AWS::Logs::ResourcePolicy",
    ];
    for strategy in [ROLLING, CANARY] {
        let resources = resources(&[strategy]);
        for (name, resource) in &resources {
            let kind = resource["Type"].as_str().unwrap();
            assert!(!kinds.iter().any(|it| kind.starts_with(it)), "{name}");
        }
        assert_eq!(resources["TaskRole"]["Properties"]["Policies"], Value::Null);
        let containers = &resources["TaskDefinition"]["Properties"]["ContainerDefinitions"];
        assert_eq!(containers.as_array().unwrap().len(), 1);
        assert_eq!(containers[0]["Cpu"], Value::Null);
        assert!(!containers.to_string().contains("OTEL"));
        assert!(!containers.to_string().contains("DUALRUN_METRICS"));
    }
}

#[test]
fn the_doctor_has_nothing_against_any_of_it() {
    let stack = stack();
    for chosen in combinations() {
        for strategy in [ROLLING, CANARY] {
            let parameters = [&[IMAGE, strategy], chosen.as_slice()].concat();
            let facts = facts_of(&stack, &parameters).unwrap();
            for check in &examine(&[facts], "the stack").checks {
                assert_eq!(check.status, Status::Pass, "{parameters:?}: {check:?}");
            }
            let parked = [&[PARKED], parameters.as_slice()].concat();
            let parked = facts_of(&stack, &parked).unwrap();
            let report = examine(&[parked], "the stack");
            assert!(report.ok, "{parameters:?}: {report:?}");
        }
    }
}

#[test]
fn parked_no_alarm_goes_off_and_no_dashboard_costs() {
    for strategy in [ROLLING, CANARY] {
        let resources = resources(&[&[PARKED, strategy], &ALL[..]].concat());
        let kind = |kind: &str| resources.values().any(|it| it["Type"] == kind);
        assert!(!kind("AWS::CloudWatch::Alarm") && !kind("AWS::CloudWatch::Dashboard"));
        let service = &resources["Service"]["Properties"]["DeploymentConfiguration"];
        assert_eq!(service["Alarms"]["Enable"], false);
        // Its address would have to be confirmed anew.
        assert!(resources.contains_key("AlarmTopic"));
    }
}

#[test]
fn metrics_are_switched_on_by_the_services_variable_and_named_after_the_stack() {
    let container = &properties("TaskDefinition", &[METRICS])["ContainerDefinitions"][0];
    let variables = container["Environment"].to_string();
    assert!(variables.contains(r#"{"Name":"DUALRUN_METRICS","Value":"emf"}"#));
    assert!(variables.contains(r#"{"Name":"OTEL_SERVICE_NAME","Value":"dualrun"}"#));
    assert!(!variables.contains("OTLP"));
}

#[test]
fn the_role_for_operations_may_change_and_delete_what_has_a_name_and_nothing_like_it() {
    let oidc = Template::parse(include_str!("../../../github-oidc.yaml")).unwrap();
    let parameters = [("Repository", "owner/name"), ("AllowOperations", "true")];
    let oidc = oidc.resources(&parameters).unwrap();
    let statements =
        &oidc["OperationsRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"];
    let mut statements = statements.as_array().unwrap().iter();
    let named = statements
        .find(|it| it["Sid"] == "ChangeWhatHasAName")
        .unwrap();
    let allowed: Vec<&str> = named["Resource"]
        .as_array()
        .unwrap()
        .iter()
        .map(|arn| arn.as_str().unwrap())
        .collect();
    let resources = resources(&ALL);
    let name = |resource: &str, key: &str| {
        let name = &resources[resource]["Properties"][key];
        name.as_str().unwrap().to_owned()
    };
    let cloudwatch = "arn:aws:cloudwatch:us-east-1:111122223333:alarm:";
    for (alarm, _) in NAMES {
        let arn = format!("{cloudwatch}{}", name(alarm, "AlarmName"));
        assert!(allowed.contains(&arn.as_str()), "{arn}");
    }
    assert_eq!(
        allowed
            .iter()
            .filter(|arn| arn.starts_with(cloudwatch))
            .count(),
        NAMES.len()
    );
    for arn in [
        format!(
            "arn:aws:cloudwatch::111122223333:dashboard/{}",
            name("ServiceDashboard", "DashboardName")
        ),
        format!(
            "arn:aws:sns:us-east-1:111122223333:{}",
            name("AlarmTopic", "TopicName")
        ),
        format!(
            "arn:aws:events:us-east-1:111122223333:rule/{}",
            name("DeathRule", "Name")
        ),
    ] {
        assert!(allowed.contains(&arn.as_str()), "{arn}");
    }
}
