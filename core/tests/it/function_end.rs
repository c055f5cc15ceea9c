//! The end of a function's environment: tasks of the service have their moment, as they have it on a server.

use crate::support::examples::example;
use dualrun::testing::RuntimeApi;
use rustix::process::{Pid, Signal, kill_process};
use std::process::Stdio;
use tokio::process::Command;

/// What the example logs that counts visits, when it is told to stop and its task takes so long.
async fn log_of(flush_seconds: &str) -> String {
    let any = "127.0.0.1:0".parse().unwrap();
    let mut lambda = RuntimeApi::start(any).await.unwrap();
    let function = Command::from(example("events"))
        .envs(lambda.variables())
        .env("FLUSH_SECONDS", flush_seconds)
        .kill_on_drop(true)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the example runs");
    lambda.extension().await;
    let pid = function.id().and_then(|pid| i32::try_from(pid).ok());
    let pid = pid.and_then(Pid::from_raw).expect("it runs");
    kill_process(pid, Signal::TERM).unwrap();
    let output = function.wait_with_output().await.unwrap();
    assert_eq!(output.status.code(), Some(0));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test]
async fn a_task_is_waited_for_and_one_that_takes_too_long_is_counted() {
    let log = log_of("0").await;
    assert!(log.contains(r#""message":"flushed""#), "{log}");
    assert!(
        log.contains(r#""message":"stopped","tasks_cut":0"#),
        "{log}"
    );
    let log = log_of("60").await;
    assert!(!log.contains("flushed"), "{log}");
    assert!(
        log.contains(r#""message":"stopped","tasks_cut":1"#),
        "{log}"
    );
}
