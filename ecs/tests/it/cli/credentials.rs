//! Credentials of a program, as `credential_process` names it, and of `aws login`.

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

/// Where `aws login` keeps what it has got for this session: by the SHA-256 of its name.
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/Admin/ann";
const KEPT_AS: &str = "1d8564148a84d372535bb65bbbb4f4b6e17efc039c0edf66c26f8d47c324046d.json";

#[tokio::test]
async fn a_session_of_aws_login_is_used_and_one_that_is_not_there_is_told() {
    let aws = FakeAws::start(Answers::default()).await;
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config");
    let profile = format!("[default]\nlogin_session = {SESSION}\n");
    fs::write(&config, profile).unwrap();
    let status = || {
        let mut status = command(&["status", "--service", "shop"]);
        status.env("AWS_CONFIG_FILE", &config);
        status.env("AWS_LOGIN_CACHE_DIRECTORY", folder.path());
        status
    };

    let output = run_with(aws.place(), status()).await;
    assert_eq!(output.status.code(), Some(1));
    let told = stderr(&output);
    assert!(told.contains("`aws login`"), "{told}");
    assert!(told.contains(KEPT_AS), "{told}");

    let kept = r#"{"accessToken":{"accessKeyId":"k","secretAccessKey":"s","sessionToken":"t",
        "accountId":"111122223333","expiresAt":"2999-01-01T00:00:00Z"},"tokenType":"aws_sigv4",
        "refreshToken":"r","clientId":"arn:aws:signin:::devtools/same-device","dpopKey":"only for others"}"#;
    fs::write(folder.path().join(KEPT_AS), kept).unwrap();
    let output = run_with(aws.place(), status()).await;
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}
