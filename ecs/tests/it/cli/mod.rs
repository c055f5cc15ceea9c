//! The command as it is called: on files, on an AWS that refuses, and with arguments that are none.

mod fake_aws;
mod service;

use fake_aws::{Answers, FakeAws};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-ecs"));
    command.args(arguments).env_clear();
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap());
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

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

fn doctor_on(folder: &TempDir, arguments: &[&str]) -> (Value, Option<i32>) {
    let mut command = command(&["doctor", "--json", "--offline", "--sha", "3f1c9e7"]);
    command
        .arg("--template")
        .arg(folder.path().join("stack.yaml"));
    command
        .arg("--definition")
        .arg(folder.path().join("task-definition.json"));
    let output = command.args(arguments).output().unwrap();
    let report = serde_json::from_slice(&output.stdout);
    (
        report.unwrap_or_else(|_| panic!("{}", stderr(&output))),
        output.status.code(),
    )
}

#[test]
fn our_own_files_are_sound_and_colours_are_for_terminals() {
    // As a subcommand of cargo, and by its own name.
    for arguments in [
        &["ecs", "doctor", "--offline"][..],
        &["doctor", "--offline"],
    ] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
        assert!(!stdout(&output).contains('\u{1b}'));
        assert_eq!(
            stdout(&output).matches("PASS").count(),
            5,
            "{}",
            stdout(&output)
        );
    }
}

#[test]
fn the_seeds_failures_are_found_in_the_files() {
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
            "stack.yaml",
            "{ ContainerPort: 8000, Protocol: tcp }",
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
            "SourceSecurityGroupId: !GetAtt BalancerSecurityGroup.GroupId",
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
        let mut command = command(&["doctor", "--picture", "--offline", "--sha", "3f1c9e7"]);
        command
            .arg("--template")
            .arg(folder.path().join("stack.yaml"));
        command
            .arg("--definition")
            .arg(folder.path().join("task-definition.json"));
        let output = command.output().unwrap();
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
        stderr(&output).contains("invalid YAML in the template"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_field_of_the_wrong_type_is_named_with_its_file_and_null_is_nothing() {
    let wrong = changed(
        "task-definition.json",
        "\"containerPort\": 8000",
        "\"containerPort\": \"8000\"",
    );
    let output = command(&["doctor", "--offline", "--definition"])
        .arg(wrong.path().join("task-definition.json"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = stderr(&output);
    assert!(
        text.contains("task-definition.json is not a task definition: "),
        "{text}"
    );
    assert!(
        text.contains("containerDefinitions[0].portMappings[0].containerPort: invalid type"),
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

#[test]
fn shells_get_completions() {
    for shell in ["bash", "zsh", "fish"] {
        let output = run(&["completions", shell]);
        assert!(stdout(&output).contains("doctor"), "{shell}");
    }
}

/// The doctor on a service of an AWS that the tests play.
async fn doctor_live(aws: &FakeAws) -> Output {
    let arguments = [
        "doctor",
        "--offline",
        "--service",
        "shop",
        "--definition",
        "none",
    ];
    run_on(aws, command(&arguments)).await
}

/// A command that asks an AWS of this thread.
async fn run_on(aws: &FakeAws, mut command: Command) -> Output {
    command.envs(aws.variables());
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

#[tokio::test]
async fn an_aws_that_is_busy_is_asked_again() {
    let aws = FakeAws::start(Answers {
        throttled: 2,
        ..Answers::default()
    })
    .await;
    let output = doctor_live(&aws).await;
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}{}",
        stdout(&output),
        stderr(&output)
    );
    assert_eq!(aws.asked("DescribeServices"), 3);
}

#[tokio::test]
async fn what_may_not_be_read_is_unknown_with_the_permission_that_is_missing() {
    let aws = FakeAws::start(Answers {
        denied: Some("DescribeSecurityGroups"),
        ..Answers::default()
    })
    .await;
    let output = doctor_live(&aws).await;
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    assert!(text.contains("UNKNOWN 5"), "{text}");
    assert!(
        text.contains("allow ec2:DescribeSecurityGroups to the role"),
        "{text}"
    );
    assert_eq!(
        aws.asked("DescribeSecurityGroups"),
        1,
        "it will not change by asking again"
    );
}

#[tokio::test]
async fn expired_credentials_end_it_at_once_with_what_to_do() {
    let aws = FakeAws::start(Answers {
        expired: true,
        ..Answers::default()
    })
    .await;
    let output = doctor_live(&aws).await;
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("the credentials have expired; log in again"),
        "{}",
        stderr(&output)
    );
    assert_eq!(aws.asked("DescribeServices"), 1);
}

#[test]
fn without_a_region_it_says_how_to_set_one() {
    let output = run(&["doctor", "--service", "shop"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("set AWS_REGION"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_cause_is_told_once_and_with_json_on_stdout_too() {
    // All at once, since each asks some times until it gives up.
    let commands = [
        &["deploy", "3f1c9e7"][..],
        &["rollback"],
        &["continue"],
        &["status"],
        &["cost"],
        &["scale", "2"],
        &["run"],
    ]
    .map(|arguments| {
        let mut command = command(arguments);
        command.args(["--service", "shop", "--json"]);
        if arguments == ["run"] {
            command.args(["--", "true"]);
        }
        command.envs([
            // Where nothing listens: the port of `discard`.
            ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
            ("AWS_ACCESS_KEY_ID", "testing"),
            ("AWS_SECRET_ACCESS_KEY", "testing"),
            ("AWS_REGION", "us-east-1"),
        ]);
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        (arguments, command.spawn().unwrap())
    });
    for (arguments, command) in commands {
        let output = command.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let json: Value = serde_json::from_slice(&output.stdout).expect("nothing but JSON");
        let error = json["error"].as_str().expect("an error");
        assert!(
            error.contains("got no answer from http://127.0.0.1:9"),
            "{error}"
        );
        assert_eq!(error.matches("Connection refused").count(), 1, "{error}");
    }
}
