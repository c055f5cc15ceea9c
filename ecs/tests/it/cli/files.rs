//! The doctor on files as it is called: ours, changed, and ones that are none.

use super::{command, run, stderr, stdout};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Output;
use tempfile::TempDir;

/// Copies of the definitions, with one change.
fn changed(file: &str, from: &str, to: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in ["stack.yaml", "task-definition.json"] {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap();
        let text = if name == file {
            assert!(text.contains(from), "{from}");
            text.replace(from, to)
        } else {
            text
        };
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// The doctor on the files in a folder.
fn doctor(folder: &TempDir, arguments: &[&str]) -> Output {
    let mut command = command(&["doctor", "--offline", "--sha", "3f1c9e7"]);
    for (option, file) in [
        ("--template", "stack.yaml"),
        ("--definition", "task-definition.json"),
    ] {
        command.arg(option).arg(folder.path().join(file));
    }
    command.args(arguments).output().unwrap()
}

fn doctor_on(folder: &TempDir, arguments: &[&str]) -> (Value, Option<i32>) {
    let output = doctor(folder, &[&["--json"], arguments].concat());
    let report = serde_json::from_slice(&output.stdout);
    (
        report.unwrap_or_else(|_| panic!("{}", stderr(&output))),
        output.status.code(),
    )
}
#[test]
fn the_classic_mistakes_are_found_in_the_files() {
    let cases = [
        (
            "task-definition.json",
            "\"image\": \"vkuldeep1/myapp:COMMIT\"",
            "\"image\": \"your-user/your-app:COMMIT\"",
            2,
        ),
        (
            "task-definition.json",
            "vkuldeep1/myapp:COMMIT",
            "vkuldeep1/MyApp:<sha>",
            2,
        ),
        (
            "task-definition.json",
            "\"containerPort\": 8000",
            "\"containerPort\": 80",
            3,
        ),
        (
            "task-definition.json",
            "[{ \"containerPort\": 8000, \"protocol\": \"tcp\" }]",
            "[]",
            3,
        ),
        (
            "stack.yaml",
            "{ ContainerPort: !Ref Port, Protocol: tcp }",
            "{ ContainerPort: 80, Protocol: tcp }",
            3,
        ),
        (
            "stack.yaml",
            "      LoadBalancers: !If",
            "      LoadBalancersOfNobody: !If",
            4,
        ),
        (
            "stack.yaml",
            "          - Type: forward\n            TargetGroupArn: !Ref TargetGroup\n  HttpsListener",
            "          - Type: fixed-response\n  HttpsListener",
            4,
        ),
        ("stack.yaml", "TargetType: ip", "TargetType: instance", 4),
        (
            "stack.yaml",
            "SourceSecurityGroupId: !If [OwnBalancer, !GetAtt BalancerSecurityGroup.GroupId, !Ref BalancerSecurityGroupId]",
            "CidrIp: 0.0.0.0/0",
            5,
        ),
    ];
    for (file, from, to, cause) in cases {
        let folder = changed(file, from, to);
        let (report, code) = doctor_on(&folder, &["--image", "vkuldeep1/myapp"]);
        assert_eq!(
            (code, &report["cause"]),
            (Some(1), &cause.into()),
            "{to}: {report:#}"
        );
    }
}

#[test]
fn the_stack_may_have_another_port_or_name_than_the_definition_that_is_deployed_without_it() {
    let folder = changed("stack.yaml", "Port", "Port");
    for (parameter, said) in [
        ("Port=9000", "port 9000 of app, and "),
        ("ContainerName=web", "sends requests to web, which "),
        ("HealthPath=/up", "the stack's health check asks /up, and "),
    ] {
        let (report, code) = doctor_on(&folder, &["--parameter", parameter]);
        let checks = report["checks"].as_array().unwrap().iter();
        let findings = checks.flat_map(|check| check["findings"].as_array().unwrap());
        let warnings: Vec<_> = findings.filter(|it| it["status"] == "warn").collect();
        assert_eq!(code, Some(0), "{parameter}: {report:#}");
        let is_told = warnings
            .iter()
            .any(|it| it["text"].as_str().unwrap().contains(said));
        assert!(is_told, "{parameter}: {report:#}");
    }
}

#[test]
fn what_the_schema_requires_is_in_the_json() {
    let folder = changed(
        "task-definition.json",
        "\"essential\": true",
        "\"essential\": true",
    );
    let (report, _) = doctor_on(&folder, &[]);
    let schema =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("doctor.schema.json"));
    let schema: Value = serde_json::from_str(&schema.unwrap()).unwrap();
    let has_all = |value: &Value, schema: &Value| {
        let required = schema["required"].as_array().unwrap().iter();
        required.for_each(|name| assert!(value.get(name.as_str().unwrap()).is_some(), "{name}"));
    };
    has_all(&report, &schema);
    for check in report["checks"].as_array().unwrap() {
        has_all(check, &schema["$defs"]["Check"]);
        for finding in check["findings"].as_array().unwrap() {
            has_all(finding, &schema["$defs"]["Finding"]);
        }
    }
}

#[test]
fn the_picture_is_all_that_is_printed_and_the_exit_code_is_the_reports() {
    let port = ("\"containerPort\": 8000", "\"containerPort\": 80");
    let broken = changed("task-definition.json", port.0, port.1);
    let sound = changed("task-definition.json", port.0, port.0);
    for (folder, code, class) in [(sound, 0, "tasks ok"), (broken, 1, "tasks failed")] {
        let output = doctor(&folder, &["--picture"]);
        assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
        let text = stdout(&output);
        assert!(text.starts_with("flowchart LR\n"), "{text}");
        let mut classes = text.lines().filter(|line| line.starts_with("  class "));
        assert!(classes.any(|line| line.ends_with(class)), "{text}");
    }
    let both = run(&["doctor", "--picture", "--json"]);
    assert_eq!(both.status.code(), Some(2), "one of them goes to stdout");
}

#[test]
fn a_parameter_of_the_template_can_be_given() {
    let folder = changed("stack.yaml", "Default: \"false\"", "Default: \"false\"");
    let (report, code) = doctor_on(&folder, &["--parameter", "Parked=true"]);
    assert_eq!(code, Some(0));
    assert!(
        report["checks"][3].to_string().contains("is parked"),
        "{report:#}"
    );
}

#[test]
fn files_that_are_not_there_or_are_none_are_named_with_a_way_out() {
    let output = run(&["doctor", "--template", "nowhere.yaml"]);
    assert_eq!(output.status.code(), Some(2));
    let text = stderr(&output);
    assert!(
        text.contains("cannot read nowhere.yaml; run it in the repository"),
        "{text}"
    );

    let folder = changed("stack.yaml", "Parameters:", "Parameters: [");
    let output = command(&["doctor", "--offline", "--template"])
        .arg(folder.path().join("stack.yaml"))
        .output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("stack.yaml: "),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_field_of_the_wrong_type_is_named_with_its_file_and_null_is_nothing() {
    let wrong = changed(
        "task-definition.json",
        "\"containerPort\": 8000",
        "\"containerPort\": \"http\"",
    );
    let output = command(&["doctor", "--offline", "--definition"])
        .arg(wrong.path().join("task-definition.json"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = stderr(&output);
    assert!(
        text.contains("invalid task definition in ") && text.contains("task-definition.json:1"),
        "{text}"
    );
    assert!(
        text.contains("containerDefinitions[0].portMappings[0].containerPort is the string \"http\", and has to be a whole number"),
        "{text}"
    );

    let null = changed(
        "task-definition.json",
        "\"family\"",
        "\"volumes\": null, \"family\"",
    );
    let (report, code) = doctor_on(&null, &["--image", "vkuldeep1/myapp"]);
    assert_eq!(code, Some(0), "{report:#}");
}
