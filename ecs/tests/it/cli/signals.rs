//! SIGTERM and Ctrl-C, by which workflows end what they have started.

use super::command;
use super::fake_aws::{Answers, FakeAws};
use super::without_verdict::outcome;
use crate::registry::fake::FakeRegistry;
use crate::support::terminal::Terminal;
use std::process::{Child, Command, Output, Stdio};

/// A deployment that gets the signal once AWS is asked for `operation`.
async fn deployed(signal: &str, (answers, operation): (Answers, &str)) -> (FakeAws, Output) {
    let registry = FakeRegistry::start().await;
    let image: &'static str = format!("{}/public/app:single", registry.addr).leak();
    let aws = FakeAws::start(Answers { image, ..answers }).await;
    let mut deploy = command(&["deploy", "index", "--service", "shop", "--json"]);
    if operation != "UpdateService" {
        deploy.args(["--before", "migrate up"]);
    }
    deploy.envs(aws.variables()).stdin(Stdio::null());
    let deploy = deploy.stdout(Stdio::piped()).stderr(Stdio::piped());
    let deploy = deploy.spawn().unwrap();
    aws.until_asked(operation).await;
    send(signal, &deploy);
    let output = tokio::task::spawn_blocking(move || deploy.wait_with_output().unwrap());
    (aws, output.await.unwrap())
}

fn send(signal: &str, to: &Child) {
    let pid = to.id().to_string();
    let killed = Command::new("kill").args(["-s", signal, &pid]).status();
    assert!(killed.unwrap().success());
}

#[tokio::test]
async fn a_deployment_that_goes_on_is_told_in_json() {
    for signal in ["TERM", "INT"] {
        let answers = Answers::default();
        let (_, output) = deployed(signal, (answers, "UpdateService")).await;
        assert_eq!(output.status.code(), Some(130), "{output:?}");
        let error = outcome(&output.stdout)["error"].to_string();
        assert!(error.contains("ECS goes on with what was begun"), "{error}");
    }
}

#[tokio::test]
async fn the_task_of_a_command_before_is_stopped_and_the_service_not_touched() {
    let answers = Answers {
        runs_on: true,
        ..Answers::default()
    };
    let (aws, output) = deployed("TERM", (answers, "DescribeTasks")).await;
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    let error = outcome(&output.stdout)["error"].to_string();
    assert!(error.contains("the service was not touched"), "{error}");
    assert_eq!(aws.asked("StopTask"), 1);
    assert_eq!(aws.asked("UpdateService"), 0);
}

#[tokio::test]
async fn of_a_task_that_was_asked_for_without_an_answer_it_says_how_to_find_it() {
    let answers = Answers {
        failing: Some("RunTask"),
        ..Answers::default()
    };
    let (aws, output) = deployed("INT", (answers, "RunTask")).await;
    assert_eq!(output.status.code(), Some(130), "{output:?}");
    let told = String::from_utf8_lossy(&output.stderr);
    let hint = "aws ecs list-tasks --cluster shop --started-by cargo-ecs";
    assert!(told.contains(hint), "{told}");
    assert_eq!(aws.asked("StopTask") + aws.asked("UpdateService"), 0);
}

#[tokio::test]
async fn whoever_does_not_want_to_roll_back_is_told_at_once_that_ecs_goes_on() {
    // Ctrl-D ends the input, which is a no.
    for answer in ["n\n", "\u{4}"] {
        let registry = FakeRegistry::start().await;
        let image: &'static str = format!("{}/public/app:single", registry.addr).leak();
        let answers = Answers {
            image,
            ..Answers::default()
        };
        let aws = FakeAws::start(answers).await;
        let mut terminal = Terminal::open();
        let mut deploy = command(&["deploy", "index", "--service", "shop", "--json"]);
        deploy.envs(aws.variables()).stdout(Stdio::piped());
        deploy.stdin(terminal.stdio()).stderr(terminal.stdio());
        let deploy = deploy.spawn().unwrap();
        aws.until_asked("UpdateService").await;
        send("INT", &deploy);
        let output = tokio::task::spawn_blocking(move || {
            terminal.until_shown("roll back? (y/n) ");
            terminal.type_in(answer);
            deploy.wait_with_output().unwrap()
        });
        let output = output.await.unwrap();
        assert_eq!(output.status.code(), Some(130), "{output:?}");
        let error = outcome(&output.stdout)["error"].to_string();
        assert!(error.contains("ECS goes on with what was begun"), "{error}");
    }
}
