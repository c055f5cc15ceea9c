//! What the stack's parameters say of a service, and where that stands in the stack: each value everywhere, and none but it.

mod combinations;
mod document;
mod rights;
mod rules;

use dualrun::options::{DEFAULT_HEALTH_PATH, DEFAULT_PORT};
use ecs::doctor::{Status, examine};
use ecs::files::{Template, facts_of};
use ecs::stack::DEFAULT_TAG_KEY;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::LazyLock;

type Parameters<'a> = [(&'a str, &'a str)];

const IMAGE: (&str, &str) = ("Image", "vkuldeep1/myapp:COMMIT");
const CANARY: (&str, &str) = ("Strategy", "CANARY");
const PARKED: (&str, &str) = ("Parked", "true");
const INTERNAL: (&str, &str) = ("LoadBalancerScheme", "internal");
const CERTIFICATE: (&str, &str) = (
    "CertificateArn",
    "arn:aws:acm:us-east-1:111122223333:certificate/1",
);
/// An existing network.
const NETWORK: [(&str, &str); 2] = [("VpcId", "vpc-1"), ("SubnetIds", "subnet-1, subnet-2")];
const DATABASE: (&str, &str) = ("DatabaseSecurityGroup", "sg-db");
const DOMAIN: [(&str, &str); 2] = [("DomainName", "shop.example.com"), ("HostedZoneId", "Z1")];
const LISTENER: &str = "arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/shared/50dc6c495c0c9188/f2f7dc8efc522ab2";
/// An existing load balancer in that network.
const BALANCER: [(&str, &str); 5] = [
    NETWORK[0],
    NETWORK[1],
    ("ListenerArn", LISTENER),
    ("BalancerSecurityGroupId", "sg-a1b"),
    ("HostHeader", "shop.example.com,www.shop.example.com"),
];

/// Read once: there are hundreds of combinations.
static STACK: LazyLock<Template> =
    LazyLock::new(|| Template::parse(include_str!("../../../stack.yaml")).unwrap());

fn stack() -> &'static Template {
    &STACK
}

fn resources(parameters: &Parameters<'_>) -> BTreeMap<String, Value> {
    let all: Vec<_> = parameters.iter().copied().chain([IMAGE]).collect();
    stack().resources(&all).unwrap()
}

fn properties(name: &str, parameters: &Parameters<'_>) -> Value {
    resources(parameters)[name]["Properties"].clone()
}

/// The service's own container.
fn container(parameters: &Parameters<'_>) -> Value {
    properties("TaskDefinition", parameters)["ContainerDefinitions"][0].clone()
}

fn variable(container: &Value, name: &str) -> Option<String> {
    let all = container["Environment"].as_array().unwrap();
    let found = all.iter().find(|it| it["Name"] == name)?;
    Some(found["Value"].as_str().unwrap().to_owned())
}

#[test]
fn the_defaults_are_those_of_the_server() {
    let template = stack().as_json().clone();
    let default = |name: &str| template["Parameters"][name]["Default"].clone();
    assert_eq!(default("Port"), DEFAULT_PORT);
    assert_eq!(default("HealthPath"), DEFAULT_HEALTH_PATH);
    assert_eq!(default("TagKey"), DEFAULT_TAG_KEY);
    let container = container(&[]);
    assert_eq!(variable(&container, "DUALRUN_ADDR"), None);
    assert_eq!(variable(&container, "DUALRUN_HEALTH_PATH"), None);
}

#[test]
fn port_path_and_name_of_the_container_are_the_same_wherever_they_stand() {
    let own = [
        CANARY,
        ("Port", "9000"),
        ("HealthPath", "/ready"),
        ("ContainerName", "web"),
    ];
    let text = serde_json::to_string(&resources(&own)).unwrap();
    for default in ["8000", "/health\"", "\"app\""] {
        assert!(!text.contains(default), "{default}");
    }
    let container = container(&own);
    assert_eq!(container["Name"], "web");
    assert_eq!(
        variable(&container, "DUALRUN_ADDR").unwrap(),
        "0.0.0.0:9000"
    );
    assert_eq!(
        variable(&container, "DUALRUN_HEALTH_PATH").unwrap(),
        "/ready"
    );
    let parameters = [&own[..], &[IMAGE]].concat();
    let report = examine(&[facts_of(stack(), &parameters).unwrap()], "the stack");
    for check in &report.checks {
        assert_eq!(check.status, Status::Pass, "{check:?}");
    }
}

#[test]
fn every_tag_has_the_key() {
    let text = serde_json::to_string(&resources(&[CANARY, ("TagKey", "team-x")])).unwrap();
    assert!(!text.contains(r#""Key":"dualrun""#));
    let tags = text.matches(r#"{"Key":"team-x","Value":"dualrun"}"#);
    assert!(tags.count() > 15);
}
