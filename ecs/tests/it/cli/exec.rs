//! `cargo ecs exec`: a command in a task that runs, or why there can be none.

use super::fake_aws::{Answers, FakeAws, service};
use super::{command, run_on, stderr, stdout};
use crate::registry::fake::FakeRegistry;
use crate::support::responses::definition;
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use tempfile::TempDir;

/// Of a registry that nobody runs.
const NO_IMAGE: &str = "127.0.0.1:9/app:none";

/// Two tasks that take commands.
fn ready(operation: &str, parameters: &Value) -> Option<Value> {
    match operation {
        "DescribeServices" => {
            let mut service = service();
            service["enableExecuteCommand"] = true.into();
            Some(json!({ "services": [service] }))
        }
        "DescribeTaskDefinition" => {
            let mut definition = definition("shop:1", NO_IMAGE);
            definition["taskRoleArn"] = "arn:aws:iam::1:role/task".into();
            Some(json!({ "taskDefinition": definition }))
        }
        "ListTasks" => Some(json!({ "taskArns": ["arn:task/shop/0aa", "arn:task/shop/0ab"] })),
        "DescribeTasks" => Some(json!({ "tasks": [task("0aa", 1), task("0ab", 2)] })),
        "ExecuteCommand" => {
            assert_eq!(parameters["interactive"], true);
            let text = format!("{} {}", parameters["task"], parameters["command"]);
            let session =
                json!({ "sessionId": text, "streamUrl": "wss://stream", "tokenValue": "secret" });
            Some(json!({ "session": session }))
        }
        _ => None,
    }
}

fn task(id: &str, started: u32) -> Value {
    json!({
        "taskArn": format!("arn:task/shop/{id}"),
        "lastStatus": "RUNNING",
        "desiredStatus": "RUNNING",
        "taskDefinitionArn": "shop:1",
        "startedAt": started,
        "enableExecuteCommand": true,
        "platformVersion": "1.4.0",
        "containers": [{
            "name": "app",
            "runtimeId": format!("{id}-1"),
            "managedAgents": [{ "name": "ExecuteCommandAgent", "lastStatus": "RUNNING" }],
        }],
    })
}

/// Nothing of what it takes.
fn unready(operation: &str, parameters: &Value) -> Option<Value> {
    let mut answer = ready(operation, parameters)?;
    match operation {
        "DescribeServices" => answer["services"][0]["enableExecuteCommand"] = false.into(),
        "DescribeTaskDefinition" => {
            let definition = &mut answer["taskDefinition"];
            definition["taskRoleArn"] = Value::Null;
            definition["containerDefinitions"][0]["readonlyRootFilesystem"] = true.into();
        }
        "DescribeTasks" => {
            for task in answer["tasks"].as_array_mut().unwrap() {
                task["enableExecuteCommand"] = false.into();
                task["platformVersion"] = "1.3.0".into();
            }
        }
        _ => {}
    }
    Some(answer)
}

/// All is there but the agent.
fn without_agent(operation: &str, parameters: &Value) -> Option<Value> {
    let mut answer = ready(operation, parameters)?;
    for task in answer["tasks"].as_array_mut().into_iter().flatten() {
        task["containers"][0]["managedAgents"][0]["lastStatus"] = "STOPPED".into();
    }
    Some(answer)
}

/// A folder with a plugin that prints how it was called, does this, and ends with 7.
fn plugin(work: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let plugin = folder.path().join("session-manager-plugin");
    let script = format!(
        "#!/bin/sh\n[ \"$1\" = --version ] && exit 0\n\
         echo \"$AWS_SSM_START_SESSION_RESPONSE\"\necho \"$@\"\n{work}\nexit 7\n"
    );
    fs::write(&plugin, script).unwrap();
    fs::set_permissions(&plugin, fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// The command with a plugin that prints how it was called and ends with 7.
async fn exec(aws: &FakeAws, arguments: &[&str]) -> Output {
    let folder = plugin("");
    let mut exec = command(&["exec", "--service", "shop"]);
    exec.args(arguments).env("PATH", folder.path());
    run_on(aws, exec).await
}

#[tokio::test]
async fn the_plugin_gets_the_session_of_the_newest_task_and_its_exit_code_counts() {
    let aws = FakeAws::start(Answers {
        json: ready,
        ..Answers::default()
    })
    .await;
    let output = exec(&aws, &["--", "echo", "two words"]).await;
    assert_eq!(output.status.code(), Some(7), "{}", stderr(&output));
    let text = stdout(&output);
    let (session, called) = text.split_once('\n').unwrap();
    let session: Value = serde_json::from_str(session).unwrap();
    assert_eq!(session["sessionId"], "\"0ab\" \"echo 'two words'\"");
    assert_eq!(
        called,
        "AWS_SSM_START_SESSION_RESPONSE us-east-1 StartSession  {\"Target\":\"ecs:shop_0ab_0ab-1\"} \
         https://ssm.us-east-1.amazonaws.com\n",
        "the token is no argument"
    );
    let output = exec(&aws, &["--task", "0aa"]).await;
    assert!(
        stdout(&output).contains("\\\"0aa\\\" \\\"/bin/sh\\\""),
        "{}",
        stdout(&output)
    );
}

/// The command with these signals, one after the other, once its plugin runs. That ends when it is given a line.
async fn signalled(signals: &'static [&'static str]) -> Output {
    let aws = FakeAws::start(Answers {
        json: ready,
        ..Answers::default()
    })
    .await;
    let folder = plugin("read line");
    let mut exec = command(&["exec", "--service", "shop"]);
    exec.env("PATH", folder.path()).envs(aws.variables());
    exec.stdin(Stdio::piped()).stdout(Stdio::piped());
    let exec = exec.stderr(Stdio::piped()).spawn().unwrap();
    let output = tokio::task::spawn_blocking(move || {
        let mut exec = exec;
        let mut printed = BufReader::new(exec.stdout.take().unwrap());
        // Its two lines are printed by the plugin, which runs then.
        for _ in 0..2 {
            printed.read_line(&mut String::new()).unwrap();
        }
        for signal in signals {
            let pid = exec.id().to_string();
            let killed = Command::new("kill").args(["-s", signal, &pid]).status();
            assert!(killed.unwrap().success());
        }
        // Its end would end the plugin too, and is not to come before the signal.
        let mut keys = exec.stdin.take().unwrap();
        if !signals.contains(&"TERM") {
            keys.write_all(b"\n").unwrap();
        }
        let output = exec.wait_with_output().unwrap();
        drop(keys);
        output
    });
    output.await.unwrap()
}

#[tokio::test]
async fn keys_are_for_the_command_there_and_sigterm_ends_it() {
    let output = signalled(&["INT", "QUIT", "TSTP"]).await;
    assert_eq!(output.status.code(), Some(7), "{}", stderr(&output));
    let output = signalled(&["TERM"]).await;
    assert_eq!(output.status.code(), Some(130), "{}", stderr(&output));
    let told = stderr(&output);
    assert!(
        told.ends_with("interrupted; the command may go on in the container\n"),
        "{told}"
    );
}

/// Without the address, as no agent that listens would have it.
fn without_address(operation: &str, parameters: &Value) -> Option<Value> {
    let mut answer = ready(operation, parameters)?;
    if let Some(session) = answer.get_mut("session") {
        session["streamUrl"] = "".into();
    }
    Some(answer)
}

#[tokio::test]
async fn a_session_that_is_not_whole_is_not_given_to_the_plugin() {
    let aws = FakeAws::start(Answers {
        json: without_address,
        ..Answers::default()
    })
    .await;
    let output = exec(&aws, &[]).await;
    assert_eq!(output.status.code(), Some(1));
    let told = stderr(&output);
    assert!(told.contains("without the session's streamUrl"), "{told}");
    assert_eq!(stdout(&output), "");
}

#[tokio::test]
async fn what_keeps_it_from_working_is_told_with_what_to_change() {
    let aws = FakeAws::start(Answers {
        json: unready,
        ..Answers::default()
    })
    .await;
    let output = exec(&aws, &[]).await;
    assert_eq!(output.status.code(), Some(1));
    let told = stderr(&output);
    for part in [
        "--enable-execute-command --force-new-deployment",
        "has no taskRoleArn",
        "set readonlyRootFilesystem to false",
        "platform version 1.3.0",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let aws = FakeAws::start(Answers {
        json: without_agent,
        ..Answers::default()
    })
    .await;
    let told = stderr(&exec(&aws, &[]).await);
    assert!(
        told.contains("the agent in the container is stopped"),
        "{told}"
    );
    assert!(told.contains("ssmmessages:CreateControlChannel"), "{told}");
    assert_eq!(aws.asked("ExecuteCommand"), 0);
}

#[tokio::test]
async fn a_missing_plugin_and_a_task_that_is_none_are_told() {
    let aws = FakeAws::start(Answers {
        json: ready,
        ..Answers::default()
    })
    .await;
    let mut without = command(&["exec", "--service", "shop"]);
    without.env("PATH", "/nowhere");
    let told = stderr(&run_on(&aws, without).await);
    assert!(
        told.contains("session-manager-plugin is not installed: "),
        "{told}"
    );
    for (id, part) in [
        ("0a", "several tasks have ids that begin with \"0a\""),
        ("1", "no task of shop runs with the id 1; it has 0aa, 0ab"),
    ] {
        let told = stderr(&exec(&aws, &["--task", id]).await);
        assert!(told.contains(part), "{told}");
    }
    assert_eq!(aws.asked("ExecuteCommand"), 0);
}

#[tokio::test]
async fn an_image_from_scratch_is_told_to_have_no_shell_and_another_one_is_not() {
    let registry = FakeRegistry::start().await;
    let image = format!("{}/public/app:index", registry.addr);
    *SCRATCH.lock().unwrap() = image;
    let aws = FakeAws::start(Answers {
        json: of_registry,
        ..Answers::default()
    })
    .await;
    let warning = "the image is built from scratch";
    let told = stderr(&exec(&aws, &[]).await);
    assert!(told.contains(warning), "{told}");
    let told = stderr(&exec(&aws, &["--", "/bin-fargate", "healthcheck"]).await);
    assert!(!told.contains(warning), "it needs none: {told}");
    IS_ARM.store(true, Ordering::Relaxed);
    let told = stderr(&exec(&aws, &[]).await);
    assert!(!told.contains(warning), "{told}");
}

static SCRATCH: Mutex<String> = Mutex::new(String::new());
static IS_ARM: AtomicBool = AtomicBool::new(false);

/// With an image of a registry that the test plays.
fn of_registry(operation: &str, parameters: &Value) -> Option<Value> {
    let mut answer = ready(operation, parameters)?;
    if operation == "DescribeTaskDefinition" {
        let definition = &mut answer["taskDefinition"];
        let image = SCRATCH.lock().unwrap().clone();
        definition["containerDefinitions"][0]["image"] = image.into();
        if IS_ARM.load(Ordering::Relaxed) {
            definition["runtimePlatform"] = json!({ "cpuArchitecture": "ARM64" });
        }
    }
    Some(answer)
}

#[tokio::test]
async fn a_cluster_named_by_its_arn_is_told_to_the_plugin_by_its_name() {
    let aws = FakeAws::start(Answers {
        json: ready,
        ..Answers::default()
    })
    .await;
    let arn = "arn:aws:ecs:us-east-1:1:cluster/main";
    let called = stdout(&exec(&aws, &["--cluster", arn, "--", "env"]).await);
    assert!(
        called.contains("\"Target\":\"ecs:main_0ab_0ab-1\""),
        "{called}"
    );
}

#[tokio::test]
async fn hints_do_not_depend_on_a_definition_that_may_not_be_read() {
    let aws = FakeAws::start(Answers {
        json: unready,
        failing: Some("DescribeTaskDefinition"),
        ..Answers::default()
    })
    .await;
    let told = stderr(&exec(&aws, &[]).await);
    for part in [
        "--enable-execute-command --force-new-deployment",
        "platform version 1.3.0",
        "whether its definition allows it is unknown: ecs:DescribeTaskDefinition",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
}
