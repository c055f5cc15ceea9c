//! The module as the doctor sees it, against the stack.

use super::{FORMS, plan, planned, stack};
use ecs::doctor::{Status, examine};
use ecs::facts::{Facts, Peer};
use ecs::files::{Wanted, definition_json, facts, facts_of, find};
use ecs::image::Lookup;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What the module calls what the stack makes.
const NAMES: [(&str, &str); 10] = [
    ("aws_lb_target_group.this", "TargetGroup"),
    ("aws_lb.this[0]", "Balancer"),
    ("aws_lb_listener.https[0]", "HttpsListener"),
    ("aws_lb_listener.http[0]", "HttpListener"),
    ("aws_security_group.balancer[0]", "BalancerSecurityGroup"),
    ("aws_security_group.task", "TaskSecurityGroup"),
    ("aws_subnet.this[\"a\"]", "SubnetA"),
    ("aws_subnet.this[\"b\"]", "SubnetB"),
    ("aws_ecs_service.this", "Service"),
    ("aws_ecs_task_definition.this", "TaskDefinition"),
];

fn of_module(form: &str) -> Facts {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/terraform/own.json");
    let resource = format!("module.{form}.aws_ecs_service.this");
    let wanted = Wanted {
        resource: Some(&resource),
        ..Wanted::default()
    };
    facts(&find(&file).unwrap(), wanted).unwrap().remove(0)
}

/// Facts as a text without what only one of the two forms has, in the stack's names.
fn said(facts: &Facts, form: &str) -> BTreeMap<&'static str, String> {
    let renamed = |text: String| {
        // Quotes of an index are escaped in what Debug writes.
        let text = text
            .replace('\\', "")
            .replace(&format!("module.{form}."), "");
        NAMES
            .iter()
            .fold(text, |text, (own, name)| text.replace(own, name))
    };
    let rules = |facts: &Facts| {
        let rules = facts.groups.iter().flat_map(|group| {
            let ways = [("in", &group.ingress), ("out", &group.egress)];
            ways.into_iter().flat_map(move |(way, rules)| {
                rules.iter().map(move |it| {
                    let peer = match &it.peer {
                        Peer::Network(network) => network.to_string(),
                        Peer::Group(id) | Peer::PrefixList(id) => id.clone(),
                    };
                    format!("{} {way} {} {:?} {peer}", group.id, it.protocol, it.ports)
                })
            })
        });
        // The plan has the other forms too.
        let rules = rules.map(&renamed);
        rules
            .filter(|it| !it.starts_with("module."))
            .collect::<BTreeSet<String>>()
    };
    let service = &facts.service;
    let network = &service.network_configuration.awsvpc_configuration;
    let groups: BTreeSet<String> = facts
        .target_groups
        .iter()
        .map(|it| renamed(format!("{it:?}")))
        .collect();
    let balancers: BTreeSet<String> = facts
        .balancers
        .iter()
        .map(|it| {
            let listeners: BTreeSet<String> = it
                .listeners
                .iter()
                .map(|it| renamed(format!("{it:?}")))
                .collect();
            renamed(format!(
                "{} {} {} {:?} {listeners:?}",
                it.kind, it.is_public, it.zones, it.security_groups
            ))
        })
        .collect();
    BTreeMap::from([
        (
            "attachments",
            renamed(format!("{:?}", service.load_balancers)),
        ),
        ("balancers", format!("{balancers:?}")),
        (
            "counts",
            format!("{:?} {:?}", service.desired_count, service.launch_type),
        ),
        (
            "deployments",
            format!(
                "{:?}",
                service.deployment_configuration.minimum_healthy_percent
            ) + &format!(" {:?}", service.deployment_configuration.maximum_percent),
        ),
        (
            "grace",
            format!("{:?}", service.health_check_grace_period_seconds),
        ),
        ("groups", format!("{groups:?}")),
        (
            "network",
            renamed(format!(
                "{:?} {:?} {:?}",
                network.subnets, network.security_groups, network.assign_public_ip
            )),
        ),
        ("rules", format!("{:?}", rules(facts))),
    ])
}

#[test]
fn the_module_makes_what_the_stack_makes_in_each_of_its_forms() {
    for (form, parameters) in FORMS {
        let of_stack = facts_of(&stack(), parameters).unwrap();
        let of_module = of_module(form);
        assert_eq!(said(&of_module, form), said(&of_stack, ""), "{form}");
    }
}

#[test]
fn the_doctor_has_nothing_against_the_module() {
    for (form, _) in &FORMS[..2] {
        let mut facts = of_module(form);
        let containers = facts.definition.container_definitions.iter();
        facts.images = containers.map(|_| Lookup::NotAsked).collect();
        let report = examine(&[facts], "the module");
        assert!(report.ok, "{form}: {report}");
        for check in &report.checks[1..5] {
            assert_eq!(check.status, Status::Pass, "{form}: {check:?}");
        }
    }
}

#[test]
fn the_module_and_the_stack_define_the_same_task() {
    let plan = plan();
    for (form, parameters) in FORMS {
        let own = &planned(&plan, form)["aws_ecs_task_definition.this"];
        let containers = own["container_definitions"].as_str().unwrap();
        let mut module = json!({
            "family": own["family"],
            "requiresCompatibilities": own["requires_compatibilities"],
            "networkMode": own["network_mode"],
            "cpu": own["cpu"],
            "memory": own["memory"],
            "runtimePlatform": {
                "cpuArchitecture": own["runtime_platform"][0]["cpu_architecture"],
                "operatingSystemFamily": own["runtime_platform"][0]["operating_system_family"],
            },
            "containerDefinitions": serde_json::from_str::<Value>(containers).unwrap(),
        });
        let mut stack = definition_json(&stack(), parameters).unwrap();
        for key in ["executionRoleArn", "taskRoleArn", "tags"] {
            stack.as_object_mut().unwrap().remove(key);
        }
        for definition in [&mut module, &mut stack] {
            for container in definition["containerDefinitions"].as_array_mut().unwrap() {
                for list in ["environment", "secrets"] {
                    let list = container[list].as_array_mut().into_iter().flatten();
                    let mut pairs: Vec<(String, String)> = list
                        .map(|it| {
                            (
                                it["name"].to_string(),
                                it.get("value").unwrap_or(&Value::Null).to_string(),
                            )
                        })
                        .collect();
                    pairs.sort();
                    container["sorted"] = json!([container["sorted"], pairs]);
                }
                let container = container.as_object_mut().unwrap();
                container.remove("environment");
                container.remove("secrets");
                // The stack's group is named after it.
                container["logConfiguration"]["options"]["awslogs-group"].take();
            }
        }
        assert_eq!(module, stack, "{form}");
    }
}
