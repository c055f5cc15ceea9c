//! Values that ECS refuses when a definition is registered.

use super::{assert_says, report_on, text};
use ecs::doctor::{CheckId, Status};
use serde_json::{Value, json};

fn definition(change: impl FnOnce(&mut Value)) -> String {
    let mut definition = json!({
        "family": "shop",
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "256",
        "memory": "0.5 GB",
        "runtimePlatform": { "cpuArchitecture": "ARM64" },
        "executionRoleArn": "arn:aws:iam::111122223333:role/execution",
        "containerDefinitions": [{
            "name": "web",
            "image": "me/shop:1",
            "cpu": 256,
            "memory": 512,
            "privileged": false,
            "links": [],
            "stopTimeout": 120,
            "portMappings": [{ "containerPort": 80 }],
            "logConfiguration": { "logDriver": "awsfirelens" },
        }],
    });
    change(&mut definition);
    definition.to_string()
}

#[test]
fn what_fargate_refuses_of_a_container_is_a_failure() {
    for (field, value, told, fix) in [
        (
            "stopTimeout",
            json!(121),
            "stopTimeout of web is 121 s, and Fargate waits 120 s at most",
            "set stopTimeout of web to 120 or less",
        ),
        (
            "cpu",
            json!(512),
            "cpu of web is 512, and the whole task has 256",
            "set cpu of web to 256 or less, or give the task more",
        ),
        (
            "memory",
            json!(1024),
            "memory of web is 1024, and the whole task has 512",
            "set memory of web to 512 or less, or give the task more",
        ),
        (
            "privileged",
            json!(true),
            "web is privileged, which Fargate refuses",
            "take privileged out of web",
        ),
        (
            "links",
            json!(["db"]),
            "web has links, which Fargate refuses",
            "take links out of web; containers of one task reach each other at 127.0.0.1",
        ),
        (
            "logConfiguration",
            json!({ "logDriver": "awslog" }),
            "the log of web goes to \"awslog\", and Fargate has awslogs, splunk, awsfirelens alone",
            "set logDriver of web to awslogs",
        ),
    ] {
        let change = |to: &mut Value| to["containerDefinitions"][0][field] = value.clone();
        let report = report_on("task.json", &definition(change));
        assert_says(&report, (CheckId::Tasks, Status::Fail), told);
        let findings = &report.check(CheckId::Tasks).findings;
        assert!(findings.iter().any(|it| it.fix.as_deref() == Some(fix)));
        // A machine of one's own has other limits.
        let report = report_on(
            "task.json",
            &definition(|to| {
                change(to);
                to["requiresCompatibilities"] = json!(["EC2"]);
            }),
        );
        assert!(!text(&report).contains(told), "{}", text(&report));
    }
}

#[test]
fn an_architecture_in_other_capitals_is_a_failure() {
    let with = |name: &str| {
        let change = |to: &mut Value| to["runtimePlatform"]["cpuArchitecture"] = json!(name);
        report_on("task.json", &definition(change))
    };
    let told = "ECS has no cpuArchitecture arm64";
    assert_says(&with("arm64"), (CheckId::Tasks, Status::Fail), told);
    assert!(with("RISCV").ok);
}

#[test]
fn what_it_takes_is_no_failure() {
    let report = report_on("task.json", &definition(|_| ()));
    assert!(report.ok, "{}", text(&report));
}
