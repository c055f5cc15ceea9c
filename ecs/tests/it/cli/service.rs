//! The commands on a service that runs.

use super::fake_aws::{Answers, FakeAws};
use super::{command, run_on, stderr, stdout};
use crate::registry::fake::FakeRegistry;
use serde_json::{Value, json};
use std::fs;

#[tokio::test]
async fn scale_changes_the_count_unless_it_is_a_dry_run() {
    let aws = FakeAws::start(Answers::default()).await;
    let output = run_on(
        &aws,
        command(&["scale", "3", "--service", "shop", "--dry-run"]),
    )
    .await;
    assert_eq!(stdout(&output), "shop would go from 1 to 3 tasks\n");
    assert_eq!(aws.asked("UpdateService"), 0);
    let output = run_on(&aws, command(&["scale", "3", "--service", "shop"])).await;
    assert_eq!(stdout(&output), "shop goes from 1 to 3 tasks\n");
    assert_eq!(aws.asked("UpdateService"), 1);
}

/// What is charged is what runs.
fn one_task(operation: &str, _: &Value) -> Option<Value> {
    (operation == "ListTasks").then(|| json!({ "taskArns": ["arn:task/shop/1"] }))
}

#[tokio::test]
async fn cost_tells_what_there_is_and_what_is_not_counted() {
    let aws = FakeAws::start(Answers {
        json: one_task,
        ..Answers::default()
    })
    .await;
    let output = run_on(&aws, command(&["cost", "--service", "shop", "--json"])).await;
    let costs: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(costs["items"][0]["what"], "1 tasks of 0.25 vCPU and 0.5 GB");
    assert!(costs["items"][0]["now"].as_f64().unwrap() > 0.0);
    assert_eq!(
        costs["total"]["parked"],
        Value::Null,
        "there is no stack to park"
    );
    let output = run_on(&aws, command(&["cost", "--service", "shop"])).await;
    let text = stdout(&output);
    assert!(text.contains("  in all\nnot counted: "), "{text}");
    assert!(
        text.contains("10 GB of storage above 20 for 1 tasks"),
        "{text}"
    );
}

#[tokio::test]
async fn who_may_not_read_the_stack_gets_to_know_the_rest_of_the_costs() {
    let aws = FakeAws::start(Answers {
        denied: Some("DescribeStacks"),
        json: one_task,
        ..Answers::default()
    })
    .await;
    let output = run_on(&aws, command(&["cost", "--service", "shop"])).await;
    assert_eq!(output.status.code(), Some(0));
    let text = stdout(&output);
    assert!(
        text.contains("not counted: alarms and dashboards: cloudformation:DescribeStacks"),
        "{text}"
    );
    assert!(stdout(&output).contains("1 tasks of 0.25 vCPU"));
}

#[tokio::test]
async fn diff_tells_by_its_exit_code_and_by_place() {
    let aws = FakeAws::start(Answers::default()).await;
    let output = run_on(&aws, command(&["diff", "--service", "shop"])).await;
    assert_eq!(output.status.code(), Some(1));
    let text = stdout(&output);
    assert!(
        text.contains("containerDefinitions.app.stopTimeout: the file says 30, and nothing runs"),
        "{text}"
    );
    assert!(
        !text.contains("image"),
        "the file leaves the commit open: {text}"
    );
}

#[tokio::test]
async fn a_deployment_reports_to_the_workflow_that_runs_it() {
    let registry = FakeRegistry::start().await;
    let image: &'static str = format!("{}/public/app:single", registry.addr).leak();
    let aws = FakeAws::start(Answers {
        image,
        ..Answers::default()
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let (summary, outputs) = (folder.path().join("summary"), folder.path().join("outputs"));
    let deploy = |wanted: &str| {
        let mut command = command(&["deploy", wanted, "--service", "shop"]);
        command
            .env("GITHUB_STEP_SUMMARY", &summary)
            .env("GITHUB_OUTPUT", &outputs);
        // As a workflow gives a variable that it does not have.
        command
            .env("REGISTRY_USERNAME", "")
            .env("REGISTRY_PASSWORD", "");
        command
    };
    let output = run_on(&aws, deploy("single")).await;
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}{}",
        stdout(&output),
        stderr(&output)
    );
    assert!(
        fs::read_to_string(&summary)
            .unwrap()
            .starts_with("### shop: deployed\n")
    );
    let written = fs::read_to_string(&outputs).unwrap();
    assert!(
        written.contains("verdict=deployed\n") && written.contains("revision=shop:1\n"),
        "{written}"
    );

    let output = run_on(&aws, deploy("gone")).await;
    assert_eq!(output.status.code(), Some(18), "{}", stdout(&output));
    assert!(
        stdout(&output).contains("but no gone"),
        "{}",
        stdout(&output)
    );
    let annotation = stderr(&output);
    let annotation = annotation.lines().find(|line| line.starts_with("::error"));
    let annotation = annotation.expect("an annotation");
    for part in [
        "::error title=deployment::shop: refused by the preflight",
        "%0Acheck 1 image exists has failed%0A",
        "but no gone%0Afix: docker push ",
    ] {
        assert!(annotation.contains(part), "{part}: {annotation}");
    }
    let written = fs::read_to_string(&summary).unwrap();
    for part in [
        "\n**Check 1 image exists has failed**\n",
        "but no gone\n```\n\nfix:\n\n```text\ndocker push ",
        "\n```mermaid\nflowchart LR\n",
        "FAIL 1\"]\n",
    ] {
        assert!(written.contains(part), "{part}: {written}");
    }
    let written = fs::read_to_string(&outputs).unwrap();
    assert!(written.contains("cause=image exists\n"), "{written}");
    assert_eq!(
        aws.asked("UpdateService") + aws.asked("RegisterTaskDefinition"),
        0
    );
}

#[tokio::test]
async fn with_json_stdout_is_json_and_the_annotation_is_elsewhere() {
    let registry = FakeRegistry::start().await;
    let image: &'static str = format!("{}/public/app:single", registry.addr).leak();
    let aws = FakeAws::start(Answers {
        image,
        ..Answers::default()
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let mut deploy = command(&["deploy", "gone", "--service", "shop", "--json"]);
    deploy.env("GITHUB_ACTIONS", "true");
    deploy.env("GITHUB_STEP_SUMMARY", folder.path().join("summary"));
    let output = run_on(&aws, deploy).await;
    assert_eq!(output.status.code(), Some(18), "{}", stderr(&output));
    let outcome: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(outcome["preflight"]["cause"], 1);
    let text = stderr(&output);
    assert!(text.contains("::error title=deployment::shop: "), "{text}");
}

#[tokio::test]
async fn a_name_is_no_markup_in_the_summary() {
    let aws = FakeAws::start(Answers {
        image: "127.0.0.1:1/app:single",
        ..Answers::default()
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let (summary, outputs) = (folder.path().join("summary"), folder.path().join("outputs"));
    let service = "shop\n# <b>|";
    let mut deploy = command(&["deploy", "single", "--service", service, "--dry-run"]);
    deploy.env("GITHUB_STEP_SUMMARY", &summary);
    deploy.env("GITHUB_OUTPUT", &outputs);
    let output = run_on(&aws, deploy).await;
    let text = fs::read_to_string(&summary).unwrap();
    assert!(
        text.starts_with("### shop &#35; &#60;b&#62;&#124;: "),
        "{text}{}",
        stderr(&output)
    );
    let written = fs::read_to_string(&outputs).unwrap();
    let names = written.lines().filter_map(|line| line.split('=').next());
    let names: Vec<&str> = names.collect();
    assert_eq!(names, ["verdict", "image", "revision", "cause"]);
}

#[tokio::test]
async fn a_one_off_task_ends_the_command_with_its_code_and_what_it_prints_is_the_output() {
    let registry = FakeRegistry::start().await;
    let image: &'static str = format!("{}/public/app:single", registry.addr).leak();
    let aws = FakeAws::start(Answers {
        image,
        ..Answers::default()
    })
    .await;
    let run = |arguments: &[&str]| {
        let mut command = command(&["run", "--service", "shop"]);
        command.args(arguments).args(["--", "migrate", "up"]);
        command
    };
    let output = run_on(&aws, run(&[])).await;
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert_eq!(stdout(&output), "listening\nrequest\n");
    assert!(stderr(&output).contains("fix: "), "{}", stderr(&output));

    let output = run_on(&aws, run(&["--json"])).await;
    assert_eq!(output.status.code(), Some(3));
    let ended: Value = serde_json::from_slice(&output.stdout).expect("nothing but JSON");
    assert_eq!(ended["exit_code"], 3);

    let output = run_on(&aws, run(&["--image", "gone"])).await;
    assert_eq!(output.status.code(), Some(18), "{}", stdout(&output));
    assert!(
        stderr(&output).contains("but no gone"),
        "{}",
        stderr(&output)
    );
    assert_eq!(aws.asked("RunTask"), 2);
    assert_eq!(aws.asked("RegisterTaskDefinition"), 0);
}

#[tokio::test]
async fn what_would_be_deleted_is_asked_first() {
    let aws = FakeAws::start(Answers::default()).await;
    let output = run_on(&aws, command(&["down", "--stack", "shop"])).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("--yes does it without asking"),
        "{}",
        stderr(&output)
    );
    assert_eq!(aws.asked("DeleteStack"), 0);
}

#[tokio::test]
async fn a_stack_is_not_begun_for_an_image_that_does_not_exist() {
    let registry = FakeRegistry::start().await;
    let aws = FakeAws::start(Answers::default()).await;
    let up = |tag: &str| {
        let mut up = command(&["up", "--stack", "new", "--yes", "--image"]);
        up.arg(format!("{}/public/app:{tag}", registry.addr));
        up.args(["--parameter", "Architecture=X86_64"]);
        up
    };
    let output = run_on(&aws, up("gone")).await;
    assert_eq!(output.status.code(), Some(18), "{}", stderr(&output));
    let text = stderr(&output);
    assert!(
        text.contains("\nrefused by the preflight; nothing was touched\n"),
        "{text}"
    );
    assert!(
        text.contains("but no gone") && text.contains("fix: "),
        "{text}"
    );
    assert_eq!(aws.asked("CreateChangeSet"), 0);

    let mut up = up("single");
    up.args(["--timeout", "0"]);
    run_on(&aws, up).await;
    assert_eq!(aws.asked("CreateChangeSet"), 1, "this one exists");
}
