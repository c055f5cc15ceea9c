//! Arguments of `deploy` and `rollback` that cannot be meant: exit code 2, and an outcome for who reads those.

use super::fake_aws::{Answers, FakeAws};
use super::{command, run_on, stderr, stdout};
use serde_json::{Value, json};
use std::fs;
use std::process::Output;

const SERVICE: [&str; 4] = ["--service", "shop", "--cluster", "main"];

fn run(arguments: &[&str], more: &[&str]) -> Output {
    let mut command = command(arguments);
    command.args(SERVICE).args(more).output().unwrap()
}

#[test]
fn what_would_be_ignored_is_refused() {
    for (arguments, said) in [
        (
            &["deploy", "3f1c9e7", "--container", "worker=me/w:2"][..],
            "\"3f1c9e7\" is for no container",
        ),
        (
            &["deploy", "--refresh", "--container", "app"],
            "--container app changes nothing",
        ),
        (
            &["deploy", "--set-env", "A=1", "--set-env", "A=2"],
            "\"A\" is given twice",
        ),
    ] {
        let output = run(arguments, &[]);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
        assert_eq!(stdout(&output), "");
    }
}

#[test]
fn a_number_below_0_is_no_option_and_says_what_it_should_be() {
    for (arguments, said) in [
        (&["scale", "-1"][..], "write it as a number of tasks"),
        (
            &["scale", "2", "--api-timeout", "-1"],
            "write it as a number of seconds",
        ),
        (
            &["wait", "--timeout", "-5"],
            "write it as a number of seconds",
        ),
        (&["logs", "--since", "-5m"], "write it as 10m"),
        (&["deploy", "-1"], "invalid commit"),
    ] {
        let output = run(arguments, &[]);
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {told}");
        assert!(told.contains(said), "{arguments:?}: {told}");
    }
}

#[test]
fn an_endpoint_with_a_password_is_refused_without_showing_it() {
    for endpoint in ["http://me:hunter2@127.0.0.1:9", "hunter2", "ftp://hunter2"] {
        let output = run(&["status", "--endpoint", endpoint], &[]);
        assert_eq!(output.status.code(), Some(2), "{endpoint}");
        let told = stderr(&output);
        let said = "write it as http://host:port, without a user and a password";
        assert!(told.contains(said) && !told.contains("hunter2"), "{told}");
    }
}

#[test]
fn with_json_it_is_an_outcome_as_the_schema_says() {
    for arguments in [
        &["deploy", "a b"][..],
        &["deploy", "sha256:0a0a"],
        &["deploy", "--definition", "/nonexistent.json"],
        &["rollback", "--to", "a b"],
    ] {
        let output = run(arguments, &["--json"]);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let json: Value = serde_json::from_str(&stdout(&output)).unwrap();
        assert_eq!(json["verdict"], "error", "{json}");
        assert_eq!(
            (&json["service"], &json["cluster"]),
            (&"shop".into(), &"main".into())
        );
        assert!(json["error"].is_string(), "{json}");
    }
}

#[test]
fn a_workflow_gets_to_know_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    let mut command = command(&["deploy", "a b"]);
    command.args(SERVICE);
    command.env("GITHUB_STEP_SUMMARY", file("summary"));
    command.env("GITHUB_OUTPUT", file("output"));
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let read = |name: &str| fs::read_to_string(file(name)).unwrap();
    assert!(read("summary").contains("invalid commit"));
    assert!(read("output").contains("verdict=error\n"));
}

const ARN: &str = "arn:aws:ecs:eu-west-1:111122223333:service/main/shop";

#[test]
fn the_arn_of_a_service_is_refused_if_it_is_none_or_is_in_another_region() {
    for (arn, more, said) in [
        (
            "arn:aws:ecs:eu-west-1:111122223333:cluster/main",
            &[][..],
            "not the ARN of a service",
        ),
        (
            ARN,
            &["--region", "us-east-1"],
            "--region is us-east-1, and the ARN of --service is in eu-west-1",
        ),
    ] {
        for arguments in [&["status"][..], &["doctor"], &["init", "--yes"]] {
            let mut command = command(arguments);
            let output = command.args(["--service", arn]).args(more).output();
            let output = output.unwrap();
            assert_eq!(output.status.code(), Some(2), "{arguments:?}");
            assert!(stderr(&output).contains(said), "{}", stderr(&output));
        }
    }
}

/// No service but `shop` in `main`.
fn main_alone(operation: &str, parameters: &Value) -> Option<Value> {
    let is_it = parameters["cluster"] == "main" && parameters["services"][0] == "shop";
    (operation == "DescribeServices" && !is_it).then(|| json!({ "services": [] }))
}

#[tokio::test]
async fn every_command_takes_the_arn_of_a_service() {
    let aws = FakeAws::start(Answers {
        json: main_alone,
        ..Answers::default()
    })
    .await;
    for arguments in [
        &["status"][..],
        &["diff"],
        &["logs"],
        &["revisions"],
        &["scale", "1", "--dry-run"],
        &["doctor", "--offline"],
    ] {
        let mut command = command(arguments);
        command.args(["--service", ARN]);
        let output = run_on(&aws, command).await;
        let text = stdout(&output) + &stderr(&output);
        assert!(
            !text.contains("there is no service"),
            "{arguments:?}: {text}"
        );
        assert!(
            text.contains("shop") || arguments == ["logs"],
            "{arguments:?}: {text}"
        );
    }
    let mut doctor = command(&["doctor", "--offline", "--service", ARN, "--json"]);
    doctor.env("AWS_REGION", "us-east-1");
    let report: Value = serde_json::from_slice(&run_on(&aws, doctor).await.stdout).unwrap();
    assert_eq!(report["subject"], "service shop in cluster main, eu-west-1");
}
