//! Fixes and hints that are pasted: they act on the same account, region and service.

use super::fake_aws::{Answers, FakeAws};
use super::{command, run_with, stderr, stdout};
use serde_json::{Value, json};

/// An AWS that is named by options alone, with keys of a profile.
async fn given(answers: Answers, arguments: &[&str]) -> std::process::Output {
    let aws = FakeAws::start(answers).await;
    let folder = tempfile::tempdir().unwrap();
    let credentials = folder.path().join("credentials");
    let keys = "[work]\naws_access_key_id = a\naws_secret_access_key = b\n";
    std::fs::write(&credentials, keys).unwrap();
    let [(_, endpoint), _] = aws.place();
    let mut command = command(&["--profile", "work", "--region", "eu-west-1", "--endpoint"]);
    command.arg(&endpoint).args(arguments);
    command.env("AWS_SHARED_CREDENTIALS_FILE", credentials);
    let output = run_with([], command).await;
    drop(aws);
    output
}

/// One whose stack is protected.
fn protected(operation: &str) -> Option<String> {
    let stack = "<R><Stacks><member><StackId>arn:aws:cloudformation:us-east-1:123456789012:stack/shop/1</StackId>\
        <EnableTerminationProtection>true</EnableTerminationProtection><StackStatus>UPDATE_COMPLETE</StackStatus>\
        </member></Stacks></R>";
    (operation == "DescribeStacks").then(|| stack.into())
}

#[tokio::test]
async fn the_command_that_lifts_the_protection_of_a_stack_has_what_was_given() {
    let answers = Answers {
        query: protected,
        ..Answers::default()
    };
    let told = stderr(&given(answers, &["down", "--stack", "shop", "--yes"]).await);
    let part = "aws --profile work --region eu-west-1 --endpoint-url http://127.0.0.1:";
    assert!(told.contains(part), "{told}");
    assert!(
        told.contains(" cloudformation update-termination-protection"),
        "{told}"
    );
}

/// A service with nothing to do it.
fn parked(operation: &str, _: &Value) -> Option<Value> {
    let mut service = super::fake_aws::service();
    service["desiredCount"] = 0.into();
    service["clusterArn"] = "arn:aws:ecs:us-east-1:1:cluster/main".into();
    (operation == "DescribeServices").then(|| json!({ "services": [service] }))
}

#[tokio::test]
async fn so_has_a_fix_of_the_doctors_for_people_and_in_json() {
    for more in [&[][..], &["--json"]] {
        let mut arguments = vec!["doctor", "--offline", "--service", "shop"];
        arguments.extend(["--definition", "none", "--cluster", "main"]);
        arguments.extend(more);
        let answers = Answers {
            json: parked,
            ..Answers::default()
        };
        let said = stdout(&given(answers, &arguments).await);
        let part = "cargo ecs scale --profile work --region eu-west-1 --endpoint http://127.0.0.1:";
        assert!(said.contains(part), "{said}");
    }
}

#[tokio::test]
async fn the_hint_of_a_failed_task_names_the_service() {
    let output = given(
        Answers::default(),
        &["run", "--service", "shop", "--", "true"],
    )
    .await;
    let told = stderr(&output);
    let part = "cargo ecs logs --service shop --profile work --region eu-west-1 --endpoint";
    assert!(told.contains(part), "{told}");
}
