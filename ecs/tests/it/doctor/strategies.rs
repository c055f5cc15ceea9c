//! Check 4 on a service whose deployments move the tasks between two target groups.

use super::sound::{IMAGE, live_of};
use super::{report, text};
use ecs::doctor::{CheckId, Status};
use ecs::facts::{Facts, Service, TargetGroup};
use serde_json::json;

const BOTH: &str = "the target groups TargetGroup and AlternateTargetGroup";

/// The stack with the tasks in its first target group, as before a deployment.
fn before() -> Facts {
    live_of(&[("Image", IMAGE), ("Strategy", "BLUE_GREEN")])
}

/// After it.
fn after() -> Facts {
    let mut facts = before();
    let targets = group(&mut facts, "TargetGroup").targets.replace(Vec::new());
    group(&mut facts, "AlternateTargetGroup").targets = targets;
    facts
}

fn group<'a>(facts: &'a mut Facts, name: &str) -> &'a mut TargetGroup {
    let mut groups = facts.target_groups.iter_mut();
    groups.find(|group| group.arn == name).unwrap()
}

#[track_caller]
fn assert_fails(facts: &Facts, said: &str) {
    let report = report(facts);
    assert_eq!(report.cause, Some(CheckId::Attachment), "{}", text(&report));
    assert!(text(&report).contains(said), "{}", text(&report));
}

#[test]
fn the_tasks_may_be_in_either_group() {
    for facts in [before(), after()] {
        let report = report(&facts);
        for check in &report.checks {
            assert_eq!(check.status, Status::Pass, "{}", text(&report));
        }
    }
}

#[test]
fn a_rule_that_ecs_has_not_yet_shifted_names_one_group_only() {
    for facts in [before(), after()] {
        for name in ["TargetGroup", "AlternateTargetGroup"] {
            let mut facts = facts.clone();
            facts.balancers[0].listeners[0].forwards_to = vec![name.into()];
            assert!(report(&facts).ok, "{name}");
        }
    }
}

#[test]
fn without_a_task_in_either_the_service_has_none() {
    let mut facts = after();
    group(&mut facts, "AlternateTargetGroup").targets = Some(Vec::new());
    assert_fails(&facts, &format!("no task is registered with {BOTH}"));
}

#[test]
fn without_a_listener_for_either_no_request_comes() {
    let mut facts = after();
    facts.balancers[0].listeners[0].forwards_to.clear();
    assert_fails(&facts, &format!("no listener forwards to {BOTH}"));
}

#[test]
fn what_is_wrong_in_the_alternate_group_is_seen() {
    let mut facts = after();
    let targets = group(&mut facts, "AlternateTargetGroup").targets.as_mut();
    targets.unwrap()[0].state = "unhealthy".into();
    assert_fails(&facts, "10.0.0.17:8000 is unhealthy");

    let mut facts = after();
    group(&mut facts, "AlternateTargetGroup").target_type = "instance".into();
    assert_fails(
        &facts,
        "AlternateTargetGroup takes targets of type instance",
    );

    let mut facts = before();
    facts
        .target_groups
        .retain(|group| group.arn == "TargetGroup");
    assert_fails(
        &facts,
        "names the target group AlternateTargetGroup, which does not exist",
    );
}

#[test]
fn another_server_that_answers_in_the_alternate_group_is_not_held_for_broken_in_the_empty_one() {
    let mut facts = after();
    for group in &mut facts.target_groups {
        group.health_path = Some("/status".into());
    }
    let report = report(&facts);
    assert_eq!(report.checks[2].status, Status::Warn, "{}", text(&report));
}

#[test]
fn ecs_names_the_alternate_group_in_a_part_of_its_own_or_not_at_all() {
    for (advanced, expected) in [
        (
            json!({ "alternateTargetGroupArn": "b", "roleArn": "r" }),
            vec!["a", "b"],
        ),
        (json!({}), vec!["a"]),
        (json!(null), vec!["a"]),
    ] {
        let attached = json!([{ "targetGroupArn": "a", "advancedConfiguration": advanced }]);
        let service = json!({ "loadBalancers": attached });
        let service: Service = serde_json::from_value(service).unwrap();
        let groups: Vec<&str> = service.load_balancers[0].target_groups().collect();
        assert_eq!(groups, expected);
    }
}

#[test]
fn a_balancer_that_cannot_scale_up_works_all_the_same() {
    let mut facts = before();
    facts.balancers[0].state = Some("active_impaired".into());
    let report = report(&facts);
    let check = report.check(CheckId::Attachment);
    assert_eq!(check.status, Status::Warn, "{}", text(&report));
    assert!(text(&report).contains("is active_impaired"));
}
