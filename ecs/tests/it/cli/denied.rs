//! The doctor on a service of which something may not be read: that is unknown, and the rest is checked.

use super::fake_aws::{Answers, FakeAws};
use super::{command, doctor_live, run_on, stdout};
use crate::support::responses::security_groups;
use serde_json::{Value, json};

async fn doctor_json(aws: &FakeAws) -> Value {
    let arguments = ["doctor", "--offline", "--service", "shop", "--json"];
    let output = run_on(aws, command(&arguments)).await;
    serde_json::from_slice(&output.stdout).expect("a report")
}

fn statuses(report: &Value) -> Vec<&str> {
    let checks = report["checks"].as_array().unwrap().iter();
    checks.map(|it| it["status"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn what_may_not_be_read_leaves_its_checks_unknown_and_the_others_as_they_are() {
    let sound = doctor_json(&FakeAws::start(Answers::default()).await).await;
    // The operation, and the checks that need it.
    for (denied, unknown) in [
        ("DescribeTaskDefinition", &[1, 2, 3, 6][..]),
        ("ListTasks", &[2]),
        ("DescribeTargetHealth", &[4]),
        ("DescribeRules", &[4]),
        ("DescribeListeners", &[4, 5]),
        ("DescribeSecurityGroups", &[5]),
        ("DescribeLogGroups", &[6]),
        ("DescribeSubnets", &[6]),
    ] {
        let aws = FakeAws::start(Answers {
            denied: Some(denied),
            ..Answers::default()
        })
        .await;
        let report = doctor_json(&aws).await;
        let mut expected = statuses(&sound);
        for check in unknown {
            expected[check - 1] = "unknown";
        }
        assert_eq!(statuses(&report), expected, "{denied}: {report:#}");
        let text = report.to_string();
        assert!(text.contains(&format!(":{denied} on ")), "{denied}: {text}");
    }
}

/// Tasks that are open to everyone.
fn open(operation: &str) -> Option<String> {
    (operation == "DescribeSecurityGroups").then(|| security_groups("0.0.0.0/0"))
}

#[tokio::test]
async fn what_is_broken_is_found_without_the_definition() {
    let aws = FakeAws::start(Answers {
        denied: Some("DescribeTaskDefinition"),
        query: open,
        ..Answers::default()
    })
    .await;
    let output = doctor_live(&aws).await;
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(
        text.contains("lets everyone (0.0.0.0/0) in on tcp 8000"),
        "{text}"
    );
    for wrong in ["FAIL    6", "nothing else speaks", "no networkMode"] {
        assert!(!text.contains(wrong), "{text}");
    }
}

#[tokio::test]
async fn whether_a_service_needs_a_load_balancer_only_its_definition_tells() {
    let aws = FakeAws::start(Answers {
        denied: Some("DescribeTaskDefinition"),
        json: |operation, _| {
            let mut service = super::fake_aws::service();
            service["loadBalancers"] = Value::Null;
            (operation == "DescribeServices").then(|| json!({ "services": [service] }))
        },
        ..Answers::default()
    })
    .await;
    let report = doctor_json(&aws).await;
    assert_eq!(statuses(&report), ["unknown"; 6], "{report:#}");
}

#[tokio::test]
async fn a_listener_that_may_not_be_read_hides_no_tasks_that_are_open_to_everyone() {
    let aws = FakeAws::start(Answers {
        denied: Some("DescribeListeners"),
        query: open,
        ..Answers::default()
    })
    .await;
    let report = doctor_json(&aws).await;
    assert_eq!(statuses(&report)[4], "fail", "{report:#}");
    // What else it lets through depends on the ports that nobody could read.
    assert!(!report.to_string().contains("where nothing listens"));
}
