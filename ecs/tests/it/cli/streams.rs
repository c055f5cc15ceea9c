//! Where the output goes: to who reads no more, to a device that is full, and as JSON where nothing could be done.

use super::fake_aws::{Answers, FakeAws};
use super::without_verdict::outcome;
use super::{command, run_on, stderr, stdout};
use serde_json::Value;
use std::fs::File;
use std::process::Stdio;

/// Whatever prints without asking AWS.
const COMMANDS: [&[&str]; 6] = [
    &["--help"],
    &["deploy", "--help"],
    &["--version"],
    &["completions", "bash"],
    &["completions", "zsh"],
    &["doctor", "--offline"],
];

#[test]
fn an_output_that_is_lost_is_no_success() {
    for arguments in COMMANDS {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = command(arguments).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        let told = stderr(&output);
        assert!(
            told.starts_with("cannot write to stdout: No space"),
            "{told}"
        );
        assert_eq!(told.lines().count(), 1, "{told}");
    }
}

#[test]
fn who_reads_no_more_has_what_was_wanted() {
    for arguments in COMMANDS {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = command(arguments).stdout(writer).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(stderr(&output), "");
    }
}

#[test]
fn a_wrong_code_stays_what_it_is() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let arguments = ["doctor", "--service", "shop", "--json"];
    let output = command(&arguments).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("cannot write to stdout"));
}

#[test]
fn arguments_that_cannot_be_read_are_an_error_in_json_too() {
    let output = command(&["status", "--json", "--sevice", "shop"]).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).starts_with("error: unexpected argument '--sevice'"));
    let json: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let error = json["error"].as_str().unwrap();
    assert!(error.contains("unexpected argument '--sevice'"), "{error}");

    let output = command(&["ecs", "deploy", "--service", "shop", "--json"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let outcome = outcome(&output.stdout);
    assert!(outcome["error"].as_str().unwrap().contains("required"));
}

#[test]
fn of_a_command_after_the_dashes_json_is_not_ours() {
    let arguments = ["run", "--sevice", "shop", "--", "report", "--json"];
    let output = command(&arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(stdout(&output), "");
}

#[tokio::test]
async fn where_nobody_can_be_asked_the_answer_is_no() {
    let aws = FakeAws::start(Answers::default()).await;
    let mut drill = command(&[
        "drill",
        "--stack",
        "drill",
        "--image",
        "me/shop:1",
        "--json",
    ]);
    drill.stdin(Stdio::null());
    let output = run_on(&aws, drill).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("--yes does it without asking"));
    let json: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(json["error"], "nothing was changed");
}
