//! Account and region are told before anything changes, and not knowing the account ends nothing.

use super::fake_aws::{Answers, FakeAws};
use super::{command, run_on, stderr};
use serde_json::{Value, json};

const CHANGING: [&[&str]; 4] = [
    &["run", "--service", "shop", "--", "true"],
    &["scale", "1", "--service", "shop"],
    &["down", "--dry-run", "--stack", "shop"],
    &["drill", "--stack", "drill", "--image", "me/shop:1"],
];

#[tokio::test]
async fn what_changes_something_tells_account_region_and_caller_first() {
    let aws = FakeAws::start(Answers::default()).await;
    for (already, arguments) in CHANGING.into_iter().enumerate() {
        let output = run_on(&aws, command(arguments)).await;
        assert_eq!(
            stderr(&output).lines().next(),
            Some("account 123456789012, region us-east-1, as arn:aws:iam::123456789012:user/ann"),
            "{arguments:?}"
        );
        assert_eq!(aws.asked("GetCallerIdentity"), already + 1, "{arguments:?}");
    }
}

#[tokio::test]
async fn an_account_that_cannot_be_told_ends_nothing() {
    let aws = FakeAws::start(Answers {
        denied: Some("GetCallerIdentity"),
        ..Answers::default()
    })
    .await;
    let output = run_on(&aws, command(&["scale", "1", "--service", "shop"])).await;
    let text = stderr(&output);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(
        text.starts_with("region us-east-1, account unknown: "),
        "{text}"
    );
}

#[tokio::test]
async fn what_only_reads_does_not_ask_for_it() {
    let aws = FakeAws::start(Answers::default()).await;
    run_on(&aws, command(&["status", "--service", "shop"])).await;
    assert_eq!(aws.asked("GetCallerIdentity"), 0);
}

#[tokio::test]
async fn with_json_it_is_beside_what_was_done() {
    let aws = FakeAws::start(Answers::default()).await;
    for (arguments, field) in [
        (&["scale", "1", "--service", "shop", "--json"][..], "to"),
        (&["down", "--dry-run", "--stack", "shop", "--json"], "goes"),
        (
            &["run", "--service", "shop", "--json", "--", "true"],
            "exit_code",
        ),
        (&["continue", "--service", "shop", "--json"], "verdict"),
    ] {
        let output = run_on(&aws, command(arguments)).await;
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        let ann = json!({
            "account": "123456789012",
            "region": "us-east-1",
            "arn": "arn:aws:iam::123456789012:user/ann",
        });
        assert_eq!(json["caller"], ann, "{arguments:?}: {json}");
        assert!(json.get(field).is_some(), "{json}");
    }
}
