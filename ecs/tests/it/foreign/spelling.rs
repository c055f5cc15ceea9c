//! Misspelled keys, which AWS refuses or takes for nothing.

use super::templates::shop;
use super::{assert_says, folder, report_on, said, text};
use ecs::doctor::{Check, CheckId, Report, Status};
use ecs::files::definition_file;

const DEFINITION: &str = r#"{
  "family": "shop",
  "networkMode": "awsvpc",
  "executionRoleArn": "arn:aws:iam::111122223333:role/execution",
  "containerDefinitions": [
    {
      "name": "web",
      "image": "me/shop:1",
      "environment": [],
      "portMappings": [{ "containerPort": 80 }],
      "logConfiguration": { "logDriver": "json-file" }
    }
  ]
}"#;

#[track_caller]
fn assert_told(report: &Report, check: CheckId, (what, fix): (&str, &str)) {
    assert_says(report, (check, Status::Fail), what);
    let findings = &report.check(check).findings;
    let finding = findings.iter().find(|it| it.text.contains(what)).unwrap();
    assert_eq!(finding.fix.as_deref(), Some(fix));
    // It is read as what is meant, so nothing else is wrong because of it.
    let failures = report.checks.iter().flat_map(Check::failures);
    assert_eq!(failures.count(), 1, "{}", text(report));
}

#[test]
fn of_a_task_definition_they_are_failures_with_the_spelling() {
    for (from, to, check, what) in [
        (
            "environment",
            "enviroment",
            CheckId::Tasks,
            "unknown key enviroment in containerDefinitions[0] (",
        ),
        (
            "image",
            "Image",
            CheckId::ImageName,
            "unknown key Image in containerDefinitions[0] (",
        ),
        (
            "portMappings",
            "portMapping",
            CheckId::ContainerPort,
            "unknown key portMapping in containerDefinitions[0] (",
        ),
        (
            "logConfiguration",
            "logconfiguration",
            CheckId::Tasks,
            "unknown key logconfiguration in containerDefinitions[0] (",
        ),
        (
            "executionRoleArn",
            "ExecutionRoleArn",
            CheckId::Tasks,
            "unknown key ExecutionRoleArn (",
        ),
    ] {
        let wrong = DEFINITION.replace(&format!("\"{from}\""), &format!("\"{to}\""));
        let line = wrong.lines().position(|line| line.contains(to)).unwrap() + 1;
        let report = report_on("task.json", &wrong);
        assert_told(&report, check, (what, &format!("rename {to} to {from}")));
        assert!(text(&report).contains(&format!("task.json:{line}:")));
        // A deployment would lose what it says.
        let folder = folder(&[("task.json", &wrong)]);
        let error = said(&definition_file(&folder.path().join("task.json")).unwrap_err());
        let told = format!("unknown key {to}");
        assert!(
            error.contains(&told) && error.contains(&format!(":{line}:")),
            "{error}"
        );
    }
}

#[test]
fn of_a_template_they_are_failures_with_its_own_capitals() {
    for (from, to, check, what) in [
        (
            "          PortMappings:",
            "          PortMapping:",
            CheckId::ContainerPort,
            "unknown key PortMapping in ContainerDefinitions[0] of Task (",
        ),
        (
            "        - Name: web",
            "        - name: web",
            CheckId::Tasks,
            "unknown key name in ContainerDefinitions[0] of Task (",
        ),
        (
            "      LoadBalancers:",
            "      LoadBalancer:",
            CheckId::Attachment,
            "unknown key LoadBalancer of Service (",
        ),
        (
            "SecurityGroups: [!GetAtt TaskGroup.GroupId]",
            "SecurityGroup: [!GetAtt TaskGroup.GroupId]",
            CheckId::SecurityGroups,
            "unknown key SecurityGroup in NetworkConfiguration.AwsvpcConfiguration of Service (",
        ),
    ] {
        let key = |text: &str| {
            let text = text.trim_start_matches([' ', '-']);
            text.split(':').next().unwrap().to_owned()
        };
        let report = shop(&[(from, to)]);
        let fix = format!("rename {} to {}", key(to), key(from));
        assert_told(&report, check, (what, &fix));
        assert!(text(&report).contains("shop.yaml:"));
    }
}

#[test]
fn of_containers_alone_they_are_warnings() {
    let report = report_on(
        "a.json",
        r#"[{ "name": "web", "image": "me/shop:1", "Environment": [] }]"#,
    );
    assert!(report.ok, "{}", text(&report));
    let told = "warning: unknown key Environment in containerDefinitions[0]";
    assert!(text(&report).contains(told), "{}", text(&report));
}

#[test]
fn a_key_that_is_like_no_other_may_be_newer_than_this_tool() {
    let newer = DEFINITION.replace("\"environment\"", "\"quantumTunnels\"");
    let report = report_on("task.json", &newer);
    assert!(report.ok, "{}", text(&report));
    assert!(!text(&report).contains("quantumTunnels"));
}
