//! What the stack's parameters say of a service, and where that stands in the stack: each value everywhere, and none but it.

use dualrun::options::{DEFAULT_HEALTH_PATH, DEFAULT_PORT};
use ecs::doctor::{Status, examine};
use ecs::files::{Template, facts_of};
use ecs::stack::DEFAULT_TAG_KEY;
use serde_json::{Value, json};
use std::collections::BTreeMap;

type Parameters<'a> = [(&'a str, &'a str)];

const IMAGE: (&str, &str) = ("Image", "vkuldeep1/myapp:COMMIT");
const CANARY: (&str, &str) = ("Strategy", "CANARY");

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
    let report = examine(&[facts_of(&stack(), &parameters).unwrap()], "the stack");
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

#[test]
fn the_rules_allow_the_sizes_that_fargate_has() {
    let template = stack().as_json().clone();
    let mut facts = facts_of(&stack(), &[IMAGE]).unwrap();
    let units = template["Parameters"]["Cpu"]["AllowedValues"].clone();
    for cpu in units.as_array().unwrap() {
        let cpu = cpu.as_str().unwrap();
        let rule = &template["Rules"][format!("MemoryOfCpu{cpu}")];
        assert_eq!(
            rule["RuleCondition"],
            json!({ "Fn::Equals": [{ "Ref": "Cpu" }, cpu] })
        );
        let allowed = &rule["Assertions"][0]["Assert"]["Fn::Contains"][0];
        let allowed = allowed.as_array().unwrap();
        // In steps of half a GB, which is the smallest.
        for mib in (1..=260).map(|half: u32| (half * 512).to_string()) {
            facts.definition.cpu = Some(cpu.to_owned());
            facts.definition.memory = Some(mib.clone());
            let report = examine(&[facts.clone()], "the stack");
            let is_sound = report.checks.iter().all(|it| it.status == Status::Pass);
            assert_eq!(is_sound, allowed.contains(&json!(mib)), "{cpu} {mib}");
        }
    }
}
