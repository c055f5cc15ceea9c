//! Credentials of a program, as `credential_process` names it.

use super::fake_aws::{Answers, FakeAws};
use super::{command, run_with, stderr};
use std::fs;

#[tokio::test]
async fn they_are_asked_for_once_for_all_that_a_command_asks_of_aws() {
    let aws = FakeAws::start(Answers::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let (runs, config) = (folder.path().join("runs"), folder.path().join("config"));
    let program = folder.path().join("program.sh");
    let credentials = r#"{"Version":1,"AccessKeyId":"k","SecretAccessKey":"s"}"#;
    let script = format!("echo x >> {}\necho '{credentials}'\n", runs.display());
    fs::write(&program, script).unwrap();
    let profile = format!("[default]\ncredential_process = sh {}\n", program.display());
    fs::write(&config, profile).unwrap();

    let mut status = command(&["status", "--service", "shop"]);
    status.env("AWS_CONFIG_FILE", &config);
    let output = run_with(aws.place(), status).await;
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(aws.asked("DescribeServices") + aws.asked("DescribeTaskDefinition") > 1);
    assert_eq!(fs::read_to_string(&runs).unwrap(), "x\n");
}
