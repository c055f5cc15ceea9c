//! `cargo ecs status`: what runs, and never more than is known.

use super::fake_aws::{Answers, FakeAws, service};
use super::{command, run_on, stderr, stdout};
use crate::support::responses::target_health;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

async fn status(answers: Answers) -> String {
    let aws = FakeAws::start(answers).await;
    let output = run_on(&aws, command(&["status", "--service", "shop"])).await;
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    stdout(&output)
}

#[tokio::test]
async fn it_shows_what_runs() {
    assert_eq!(
        status(Answers::default()).await,
        "shop in shop: 1 of 1 running\n\
         image: vkuldeep1/myapp:3f1c9e7 (shop:1)\n\
         deployment of shop:1: PRIMARY COMPLETED\n  \
           1 of 1 running, 0 failed\n\
         targets: 1 healthy\n  \
           10.0.0.17:8000: healthy\n\
         event: (service shop) has reached a steady state.\n",
    );
}

/// Many tasks, of which the one with the address 10.0.1.0 has a target that is not healthy.
fn many_tasks(operation: &str, parameters: &Value) -> Option<Value> {
    let arn = |number: usize| format!("arn:aws:ecs:us-east-1:1:task/shop/{number:032}");
    match operation {
        "ListTasks" if parameters["desiredStatus"] == "RUNNING" => {
            let arns: Vec<String> = (0..150).map(arn).collect();
            Some(json!({ "taskArns": arns }))
        }
        "ListTasks" => Some(json!({ "taskArns": ["arn:task/shop/gone"] })),
        "DescribeTasks" if parameters["tasks"][0] == "arn:task/shop/gone" => {
            Some(json!({ "tasks": [{
                "taskArn": "arn:task/shop/gone",
                "lastStatus": "STOPPED",
                "desiredStatus": "STOPPED",
                "taskDefinitionArn": "shop:1",
                "stoppedAt": 1_700_000_000,
                "stoppedReason": "Essential container in task exited",
                "containers": [{ "name": "app", "exitCode": 137, "reason": "OutOfMemoryError" }],
            }] }))
        }
        "DescribeTasks" => {
            let arns = parameters["tasks"].as_array().unwrap();
            let tasks = arns.iter().map(|arn| {
                let id = arn.as_str().unwrap().rsplit('/').next().unwrap();
                let number: u32 = id.parse().unwrap();
                json!({
                    "taskArn": arn,
                    "lastStatus": "RUNNING",
                    "desiredStatus": "RUNNING",
                    "taskDefinitionArn": "shop:1",
                    "healthStatus": "HEALTHY",
                    "containers": [{ "name": "app", "networkInterfaces": [
                        { "privateIpv4Address": address(number) },
                    ] }],
                })
            });
            Some(json!({ "tasks": tasks.collect::<Vec<_>>() }))
        }
        _ => None,
    }
}

fn address(number: u32) -> String {
    format!("10.0.{}.{}", number / 100, number % 100)
}

fn many_targets(operation: &str) -> Option<String> {
    let targets: Vec<(String, &str, Option<&str>)> = (0..150)
        .map(|number| match number {
            100 => (address(number), "unhealthy", Some("Target.Timeout")),
            _ => (address(number), "healthy", None),
        })
        .collect();
    let targets: Vec<_> = targets
        .iter()
        .map(|(address, state, reason)| (address.as_str(), *state, *reason))
        .collect();
    (operation == "DescribeTargetHealth").then(|| target_health(&targets))
}

#[tokio::test]
async fn of_many_tasks_the_bad_ones_come_first_and_the_others_are_counted() {
    let text = status(Answers {
        json: many_tasks,
        query: many_targets,
        ..Answers::default()
    })
    .await;
    let at = text.find("tasks: ").unwrap();
    assert!(
        text[at..].starts_with(
            "tasks: 149 healthy, 1 unhealthy\n  \
             000000000000  shop:1: unhealthy (Target.Timeout)\n  \
             000000000000  shop:1: healthy\n"
        ),
        "{text}"
    );
    assert!(text.contains("\n  and 140 healthy more\n"), "{text}");
    assert!(
        text.contains("targets: 149 healthy, 1 unhealthy\n  10.0.1.0:8000: unhealthy"),
        "{text}"
    );
    assert!(text.lines().count() < 40, "{text}");
}

#[tokio::test]
async fn it_says_why_the_last_tasks_stopped_and_how_long_ago() {
    let text = status(Answers {
        json: many_tasks,
        ..Answers::default()
    })
    .await;
    let line = text.lines().find(|line| line.contains("gone")).unwrap();
    assert!(
        line.starts_with("  gone  shop:1, ")
            && line.ends_with(
                " d ago: Essential container in task exited; app: exit code 137, OutOfMemoryError"
            ),
        "{line}"
    );
}

#[tokio::test]
async fn what_may_not_be_read_is_unknown_and_no_task_is_called_healthy() {
    let answers = Answers {
        json: many_tasks,
        query: many_targets,
        ..Answers::default()
    };
    let text = status(Answers {
        denied: Some("DescribeTargetHealth"),
        ..answers
    })
    .await;
    assert!(text.contains("tasks: 150 unknown\n"), "{text}");
    assert!(
        text.contains("unknown: elasticloadbalancing:DescribeTargetHealth on "),
        "{text}"
    );

    let text = status(Answers {
        denied: Some("DescribeTaskDefinition"),
        ..answers
    })
    .await;
    assert!(text.contains("image: ? (shop:1)\n"), "{text}");
    assert!(
        text.contains("unknown: ecs:DescribeTaskDefinition on "),
        "{text}"
    );

    let aws = FakeAws::start(Answers {
        denied: Some("ListTasks"),
        ..answers
    })
    .await;
    let output = run_on(&aws, command(&["status", "--service", "shop", "--json"])).await;
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&json["tasks"], &json["stopped"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        json["unknown"].as_array().unwrap().len(),
        1,
        "told once: {json}"
    );
}

#[tokio::test]
async fn events_have_their_times_and_stay_texts_in_json() {
    let aws = FakeAws::start(Answers {
        json: |operation, _| {
            let mut service = service();
            service["events"][0]["createdAt"] = 1_700_000_000.into();
            (operation == "DescribeServices").then(|| json!({ "services": [service] }))
        },
        ..Answers::default()
    })
    .await;
    let output = run_on(&aws, command(&["status", "--service", "shop"])).await;
    let line = "event: 2023-11-14T22:13:20Z (service shop) has reached a steady state.\n";
    assert!(stdout(&output).contains(line), "{}", stdout(&output));
    let output = run_on(&aws, command(&["status", "--service", "shop", "--json"])).await;
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    let message = "(service shop) has reached a steady state.";
    assert_eq!(
        json["events"],
        json!([{ "at": "2023-11-14T22:13:20Z", "message": message }])
    );
}

#[tokio::test]
async fn watching_goes_on_until_ctrl_c_which_is_a_success() {
    for signal in ["INT", "TERM"] {
        let aws = FakeAws::start(Answers::default()).await;
        let mut watch = command(&["status", "--service", "shop", "--watch"]);
        watch.envs(aws.variables()).stdout(Stdio::piped());
        let ended = tokio::task::spawn_blocking(move || {
            let mut watch = watch.spawn().unwrap();
            let mut stdout = BufReader::new(watch.stdout.take().unwrap());
            let mut text = String::new();
            stdout.read_line(&mut text).unwrap();
            let pid = watch.id().to_string();
            let killed = Command::new("kill").args(["-s", signal, &pid]).status();
            assert!(killed.unwrap().success());
            stdout.read_to_string(&mut text).unwrap();
            (watch.wait().unwrap().code(), text)
        });
        let (code, text) = ended.await.unwrap();
        assert_eq!(code, Some(0));
        assert!(text.starts_with("shop in shop: 1 of 1 running\n"), "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
    }
}
