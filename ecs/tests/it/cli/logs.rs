//! `cargo ecs logs`: the lines of the service's own tasks.

use super::fake_aws::{Answers, FakeAws};
use super::{command, run_on, stderr, stdout};
use crate::support::responses::{IMAGE, definition};
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

#[tokio::test]
async fn logs_are_shown_line_by_line() {
    let aws = FakeAws::start(Answers::default()).await;
    let output = run_on(&aws, command(&["logs", "--service", "shop"])).await;
    assert_eq!(stdout(&output), "listening\nrequest\n");
    let output = run_on(&aws, command(&["logs", "--service", "shop", "--json"])).await;
    let first: Value = serde_json::from_str(stdout(&output).lines().next().unwrap()).unwrap();
    assert_eq!(
        (&first["timestamp"], &first["message"]),
        (&1.into(), &"listening".into())
    );
}

#[tokio::test]
async fn a_line_of_a_log_is_no_command_to_githubs_runner() {
    let aws = FakeAws::start(Answers {
        logged: " ::add-mask::a\r::stop-commands::b\nso ##[error]c",
        ..Answers::default()
    })
    .await;
    let logs = |arguments: &[&str], is_in_actions: bool| {
        let mut command = command(&["logs", "--service", "shop"]);
        command.args(arguments);
        command.env("GITHUB_ACTIONS", is_in_actions.to_string());
        command
    };
    let output = run_on(&aws, logs(&[], true)).await;
    assert_eq!(
        stdout(&output),
        "listening\n : :add-mask::a\r: :stop-commands::b\nso ## [error]c\n"
    );
    let output = run_on(&aws, logs(&[], false)).await;
    assert_eq!(
        stdout(&output),
        "listening\n ::add-mask::a\r::stop-commands::b\nso ##[error]c\n"
    );

    let output = run_on(&aws, logs(&["--json"], true)).await;
    let text = stdout(&output);
    assert!(!text.contains("##["), "{text}");
    let last: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
    let message = " ::add-mask::a\r::stop-commands::b\nso ##[error]c";
    assert_eq!(last["message"], message);
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    u64::try_from(now.as_millis()).unwrap()
}

/// A group that several write to, in pages of one line: `own` is a task of the service, `other` one of another service,
/// `elsewhere` one of another cluster, and `old` is remembered by nobody.
fn shared(operation: &str, parameters: &Value) -> Option<Value> {
    let lines = [
        ("old", 5_000_000, "long ago"),
        ("own", 1000, "first"),
        ("other", 900, "of the other service"),
        ("elsewhere", 800, "of the other cluster"),
        ("own", 700, "second"),
    ];
    match operation {
        "FilterLogEvents" => {
            assert_eq!(parameters["logStreamNamePrefix"], "app/app/");
            let page = parameters["nextToken"].as_str().unwrap_or("0");
            let page: usize = page.parse().unwrap();
            let (task, ago, message) = lines[page];
            Some(json!({
                "events": [{
                    "eventId": page.to_string(),
                    "timestamp": now() - ago,
                    "logStreamName": format!("app/app/{task}"),
                    "message": message,
                }],
                "nextToken": (page + 1 < lines.len()).then(|| (page + 1).to_string()),
            }))
        }
        "DescribeTasks" => {
            let tasks = [("own", "service:shop"), ("other", "service:web")];
            let asked = parameters["tasks"].as_array().unwrap();
            let tasks = tasks.iter().filter(|(id, _)| asked.contains(&(*id).into()));
            let tasks = tasks.map(
                |(id, group)| json!({ "taskArn": format!("arn:task/shop/{id}"), "group": group }),
            );
            Some(json!({ "tasks": tasks.collect::<Vec<_>>() }))
        }
        _ => None,
    }
}

#[tokio::test]
async fn lines_of_others_in_a_shared_group_are_left_out() {
    let answers = Answers {
        json: shared,
        ..Answers::default()
    };
    let aws = FakeAws::start(answers).await;
    let output = run_on(
        &aws,
        command(&["logs", "--service", "shop", "--since", "2h"]),
    )
    .await;
    assert_eq!(
        stdout(&output),
        "long ago\nfirst\nsecond\n",
        "{}",
        stderr(&output)
    );
    assert_eq!(aws.asked("DescribeTasks"), 4, "each task once");

    let aws = FakeAws::start(Answers {
        denied: Some("DescribeTasks"),
        ..answers
    })
    .await;
    let output = run_on(&aws, command(&["logs", "--service", "shop"])).await;
    assert_eq!(stdout(&output).lines().count(), 5);
    let told = stderr(&output);
    assert_eq!(
        told.matches("lines of other services that write to /ecs/shop may be among these")
            .count(),
        1,
        "{told}"
    );
}

#[tokio::test]
async fn a_page_that_is_throttled_is_asked_for_again_and_no_line_comes_twice() {
    let aws = FakeAws::start(Answers {
        json: |operation, parameters| match operation {
            "FilterLogEvents" => {
                assert_eq!(parameters["filterPattern"], "ERROR");
                assert!(parameters["startTime"].as_u64().unwrap() > now() - 130_000);
                None
            }
            _ => None,
        },
        throttled_log: 2,
        ..Answers::default()
    })
    .await;
    let arguments = ["--since", "2m", "--filter", "ERROR", "--timestamps"];
    let mut logs = command(&["logs", "--service", "shop"]);
    logs.args(arguments);
    let output = run_on(&aws, logs).await;
    assert_eq!(
        stdout(&output),
        "1970-01-01T00:00:00.001Z listening\n1970-01-01T00:00:00.002Z request\n"
    );
    assert_eq!(stderr(&output), "");
    assert_eq!(aws.asked("FilterLogEvents"), 3);
}

#[tokio::test]
async fn a_time_that_is_none_and_a_container_without_a_log_are_named() {
    let aws = FakeAws::start(Answers::default()).await;
    let output = run_on(
        &aws,
        command(&["logs", "--service", "shop", "--since", "yesterday"]),
    )
    .await;
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("write it as 10m, 2h or 1d"),
        "{}",
        stderr(&output)
    );
    let output = run_on(
        &aws,
        command(&["logs", "--service", "shop", "--container", "web"]),
    )
    .await;
    assert!(
        stderr(&output).contains("the service has no container \"web\"; it has app"),
        "{}",
        stderr(&output)
    );
}

#[tokio::test]
async fn where_the_main_container_has_no_log_another_ones_is_told_as_that() {
    let aws = FakeAws::start(Answers {
        json: |operation, _| {
            let mut definition =
                definition("arn:aws:ecs:us-east-1:1:task-definition/shop:1", IMAGE);
            let containers = definition["containerDefinitions"].as_array_mut().unwrap();
            let mut proxy = containers[0].clone();
            proxy["name"] = "proxy".into();
            containers[0]["logConfiguration"] = json!({ "logDriver": "awsfirelens" });
            containers.push(proxy);
            (operation == "DescribeTaskDefinition").then(|| json!({ "taskDefinition": definition }))
        },
        ..Answers::default()
    })
    .await;
    let output = run_on(&aws, command(&["logs", "--service", "shop"])).await;
    assert_eq!(
        stderr(&output),
        "the log of app is not in CloudWatch; this is the log of proxy\n"
    );
    assert_eq!(stdout(&output), "listening\nrequest\n");
}
