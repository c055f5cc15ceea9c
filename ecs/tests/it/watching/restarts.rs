//! Which ends of tasks count as restarts, told by the events that ECS sends (AWS, "Amazon ECS task state change events").

use super::*;
use serde_json::json;

/// If an event is what the rule's pattern asks for: each field one of several values, by itself or by its beginning.
fn matches(pattern: &Value, event: &Value) -> bool {
    match pattern {
        Value::Object(fields) => fields.iter().all(|(key, pattern)| match key.as_str() {
            "$or" => pattern
                .as_array()
                .unwrap()
                .iter()
                .any(|it| matches(it, event)),
            key => matches(pattern, &event[key]),
        }),
        Value::Array(values) => values.iter().any(|value| match value["prefix"].as_str() {
            Some(prefix) => event.as_str().is_some_and(|text| text.starts_with(prefix)),
            None => value == event,
        }),
        pattern => panic!("{pattern}"),
    }
}

fn counts(change: &Value) -> bool {
    let mut event = json!({
        "source": "aws.ecs",
        "detail-type": "ECS Task State Change",
        "detail": {
            "clusterArn": "Cluster",
            "group": "service:dualrun",
            "lastStatus": "STOPPED",
            "stopCode": "EssentialContainerExited",
            "stoppedReason": "Essential container in task exited",
        },
    });
    let detail = event["detail"].as_object_mut().unwrap();
    detail.extend(change.as_object().unwrap().clone());
    matches(
        &properties("DeathRule", &[RESTARTS])["EventPattern"],
        &event,
    )
}

#[test]
fn tasks_that_die_do_not_start_or_fail_their_health_check_count() {
    for change in [
        json!({}),
        json!({ "stopCode": "TaskFailedToStart", "stoppedReason": "CannotPullContainerError: no such image" }),
        json!({ "stopCode": "ServiceSchedulerInitiated", "stoppedReason": "Task failed ELB health checks in (target-group a)" }),
        json!({ "stopCode": "ServiceSchedulerInitiated", "stoppedReason": "Task failed container health checks" }),
    ] {
        assert!(counts(&change), "{change}");
    }
}

#[test]
fn what_a_deployment_scaling_or_a_person_stops_does_not_count_nor_what_is_of_another_service() {
    for change in [
        json!({ "stopCode": "ServiceSchedulerInitiated", "stoppedReason": "Scaling activity initiated by (deployment ecs-svc/1)" }),
        json!({ "stopCode": "UserInitiated", "stoppedReason": "Task stopped by user" }),
        json!({ "lastStatus": "DEPROVISIONING" }),
        json!({ "group": "service:other" }),
        // A one-off task.
        json!({ "group": "family:dualrun" }),
        json!({ "clusterArn": "another" }),
    ] {
        assert!(!counts(&change), "{change}");
    }
}

#[test]
fn the_rule_may_write_to_the_services_log_and_to_no_other() {
    let resources = resources(&[RESTARTS]);
    let policy = resources["DeathLogPolicy"]["Properties"]["PolicyDocument"]
        .as_str()
        .unwrap();
    let policy: Value = serde_json::from_str(policy).unwrap();
    for statement in policy["Statement"].as_array().unwrap() {
        assert_eq!(statement["Resource"], "LogGroup");
    }
    let target = &resources["DeathRule"]["Properties"]["Targets"][0]["Arn"];
    assert!(target.as_str().unwrap().ends_with(":log-group:LogGroup"));
    assert_eq!(
        resources["RestartedTaskAlarm"]["Properties"]["Dimensions"][0]["Value"],
        "DeathRule"
    );
}
