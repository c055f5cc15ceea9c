//! `up`, `park` and `unpark` that are interrupted: nothing stays that nobody wanted, and what goes on is told.

use super::command;
use super::fake_aws::{Answers, FakeAws};
use crate::registry::fake::FakeRegistry;
use std::process::{Command, Output, Stdio};

/// A stack whose change set has one change.
fn stack(operation: &str) -> Option<String> {
    let answer = match operation {
        "DescribeStacks" => {
            "<R><Stacks><member><StackId>arn:aws:cloudformation:us-east-1:123456789012:stack/shop/1</StackId>\
             <StackStatus>UPDATE_COMPLETE</StackStatus></member></Stacks></R>"
        }
        "DescribeChangeSet" => {
            "<R><Status>CREATE_COMPLETE</Status><Changes><member><ResourceChange><Action>Remove</Action>\
             <LogicalResourceId>Listener</LogicalResourceId><ResourceType>AWS::ElasticLoadBalancingV2::Listener\
             </ResourceType></ResourceChange></member></Changes></R>"
        }
        _ => return None,
    };
    Some(answer.into())
}

/// The same with a change set that is never made.
fn planning(operation: &str) -> Option<String> {
    let unfinished = "<R><Status>CREATE_IN_PROGRESS</Status></R>";
    let is_look = operation == "DescribeChangeSet";
    is_look
        .then(|| unfinished.into())
        .or_else(|| stack(operation))
}

/// The same while it is being carried out.
fn changing(operation: &str) -> Option<String> {
    // Only the first look finds it at rest.
    static HAS_BEGUN: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);
    let order = std::sync::atomic::Ordering::Relaxed;
    if operation == "ExecuteChangeSet" {
        HAS_BEGUN.store(true, order);
    }
    let answer = stack(operation);
    if HAS_BEGUN.load(order) {
        return answer.map(|text| text.replace("UPDATE_COMPLETE", "UPDATE_IN_PROGRESS"));
    }
    answer
}

/// `park` that gets Ctrl-C once AWS is asked for `operation`.
async fn parked(answers: Answers, operation: &str) -> (FakeAws, Output) {
    interrupted(&["park", "--stack", "shop", "--yes"], answers, operation).await
}

/// A command that gets Ctrl-C once AWS is asked for `operation`.
async fn interrupted(arguments: &[&str], answers: Answers, operation: &str) -> (FakeAws, Output) {
    let aws = FakeAws::start(answers).await;
    let mut asked = command(arguments);
    asked.envs(aws.variables()).stdin(Stdio::null());
    let asked = asked.stdout(Stdio::piped()).stderr(Stdio::piped());
    let asked = asked.spawn().unwrap();
    aws.until_asked(operation).await;
    let pid = asked.id().to_string();
    let killed = Command::new("kill").args(["-s", "INT", &pid]).status();
    assert!(killed.unwrap().success());
    let output = tokio::task::spawn_blocking(move || asked.wait_with_output().unwrap());
    (aws, output.await.unwrap())
}

/// A stack with a service of three tasks whose deletion goes on and on.
fn going(operation: &str) -> Option<String> {
    let answer = match operation {
        "ListStackResources" => {
            "<R><StackResourceSummaries><member><LogicalResourceId>Service</LogicalResourceId><PhysicalResourceId>\
             arn:aws:ecs:us-east-1:123456789012:service/main/shop</PhysicalResourceId><ResourceType>AWS::ECS::Service\
             </ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member></StackResourceSummaries></R>"
        }
        "GetTemplate" => {
            "<R><GetTemplateResult><TemplateBody>Resources: {}</TemplateBody></GetTemplateResult></R>"
        }
        "DescribeStackEvents" => "<R><StackEvents/></R>",
        "DeleteStack" => "<R/>",
        _ => return stack(operation),
    };
    Some(answer.into())
}

#[tokio::test]
async fn down_that_is_interrupted_says_how_to_go_on_and_which_count_there_was() {
    let answers = Answers {
        query: going,
        json: |operation, _| {
            (operation == "DescribeServices").then(|| {
                let mut service = super::fake_aws::service();
                service["desiredCount"] = 3.into();
                serde_json::json!({ "services": [service] })
            })
        },
        ..Answers::default()
    };
    let down = ["down", "--stack", "shop", "--yes", "--foreign", "--verify"];
    let (_, output) = interrupted(&down, answers, "DeleteStack").await;
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{told}");
    assert!(
        told.contains("cargo ecs down --stack shop --foreign --verify"),
        "{told}"
    );
    assert!(
        told.contains("cargo ecs scale 3 --service shop --cluster main"),
        "{told}"
    );
}

#[tokio::test]
async fn what_is_interrupted_before_it_changes_anything_says_so() {
    for arguments in [
        &["down", "--stack", "shop"][..],
        &["park", "--stack", "shop"],
        &["up", "--stack", "shop"],
    ] {
        let answers = Answers {
            throttled: 1000,
            ..Answers::default()
        };
        let (aws, output) = interrupted(arguments, answers, "DescribeStacks").await;
        let told = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{arguments:?}: {told}");
        assert!(
            told.ends_with("interrupted; nothing was changed\n"),
            "{told}"
        );
        assert_eq!(aws.asked("CreateChangeSet") + aws.asked("DeleteStack"), 0);
    }
}

#[test]
fn an_empty_name_is_refused() {
    for command in ["down", "park", "unpark", "up", "status", "scale"] {
        let option = match command {
            "status" | "scale" => "--service=",
            _ => "--stack=",
        };
        let output = super::run(&[command, option]);
        let told = super::stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{command}: {told}");
        assert!(told.contains("a value is required"), "{command}: {told}");
    }
    let output = super::run(&["doctor", "--service="]);
    assert_eq!(output.status.code(), Some(2));
}

#[tokio::test]
async fn a_change_set_that_is_being_made_is_deleted() {
    let answers = Answers {
        query: planning,
        ..Answers::default()
    };
    let (aws, output) = parked(answers, "DescribeChangeSet").await;
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{told}");
    assert!(
        told.ends_with("interrupted; nothing was changed\n"),
        "{told}"
    );
    assert_eq!(aws.asked("DeleteChangeSet"), 1);
    assert_eq!(aws.asked("ExecuteChangeSet"), 0);
}

#[tokio::test]
async fn one_that_cannot_be_deleted_is_named_with_how_to_delete_it() {
    let answers = Answers {
        query: planning,
        denied: Some("DeleteChangeSet"),
        ..Answers::default()
    };
    let (_, output) = parked(answers, "DescribeChangeSet").await;
    let told = String::from_utf8_lossy(&output.stderr);
    let command = "delete it: aws cloudformation delete-change-set --stack-name shop --change-set-name cargo-ecs-";
    assert!(told.contains(command), "{told}");
}

/// The same of a stack that is not there before.
fn planning_a_new_one(operation: &str) -> Option<String> {
    let none = "<R><Stacks/></R>";
    let is_look = operation == "DescribeStacks";
    is_look.then(|| none.into()).or_else(|| planning(operation))
}

#[tokio::test]
async fn of_a_new_stack_only_the_change_set_is_named_which_nobody_else_has_made() {
    let answers = Answers {
        query: planning_a_new_one,
        denied: Some("DeleteChangeSet"),
        ..Answers::default()
    };
    let registry = FakeRegistry::start().await;
    let image = format!("{}/public/app:index", registry.addr);
    let up = ["up", "--stack", "shop", "--image", &image];
    let (aws, output) = interrupted(&up, answers, "DescribeChangeSet").await;
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{told}");
    let command = "delete it: aws cloudformation delete-change-set --stack-name shop --change-set-name cargo-ecs-";
    assert!(told.contains(command), "{told}");
    assert!(!told.contains("delete-stack"), "{told}");
    assert_eq!(aws.asked("DeleteStack"), 0);
}

#[tokio::test]
async fn of_a_change_that_was_begun_it_says_what_goes_on_and_how_to_follow_it() {
    let answers = Answers {
        query: changing,
        ..Answers::default()
    };
    let (aws, output) = parked(answers, "ExecuteChangeSet").await;
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{told}");
    assert!(told.contains("CloudFormation goes on"), "{told}");
    let follow = "follow it: aws cloudformation describe-stack-events --stack-name shop";
    assert!(told.contains(follow), "{told}");
    assert_eq!(aws.asked("DeleteChangeSet"), 0);
}

#[tokio::test]
async fn whatever_the_answer_the_changes_are_shown_once() {
    for (more, code) in [(&[][..], 1), (&["--yes"], 0), (&["--dry-run"], 0)] {
        let aws = FakeAws::start(Answers {
            query: going_on_to_the_end,
            ..Answers::default()
        })
        .await;
        let mut park = command(&["park", "--stack", "shop"]);
        park.args(more);
        let output = super::run_on(&aws, park).await;
        let all = super::stdout(&output) + &super::stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{all}");
        assert_eq!(all.matches("Remove Listener").count(), 1, "{all}");
        let is_done = more.contains(&"--yes");
        assert_eq!(all.contains("nothing was changed"), !is_done, "{all}");
    }
}

/// A change that is over once it is begun, as its event says.
fn going_on_to_the_end(operation: &str) -> Option<String> {
    static HAS_BEGUN: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);
    let order = std::sync::atomic::Ordering::Relaxed;
    if operation == "ExecuteChangeSet" {
        HAS_BEGUN.store(true, order);
    }
    let is_events = operation == "DescribeStackEvents" && HAS_BEGUN.load(order);
    let events = "<R><StackEvents><member><EventId>1</EventId><LogicalResourceId>shop</LogicalResourceId><ResourceStatus>\
        UPDATE_COMPLETE</ResourceStatus></member></StackEvents></R>";
    is_events
        .then(|| events.into())
        .or_else(|| stack(operation))
}
