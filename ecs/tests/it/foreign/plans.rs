//! Plans of Terraform: modules of other people, in which ids and ARNs are known only after apply.

use super::{assert_says, examined, folder, said, statuses, text};
use ecs::doctor::{CheckId, Report, Status};
use ecs::files::{FindError, Wanted};
use serde_json::{Value, json};

const SHOP: &str = r#"module.web["shop"].aws_ecs_service.this"#;
const GROUP: &str = r#"module.web["shop"].aws_lb_target_group.this"#;
const TASKS: &str = r#"module.web["shop"].aws_security_group.task"#;

/// `terraform/foreign/main.tf` as Terraform 1.11 plans it.
fn plan() -> Value {
    serde_json::from_str(include_str!("../terraform/foreign.json")).unwrap()
}

fn look(plan: &Value, resource: Option<&str>) -> Result<Report, FindError> {
    let folder = folder(&[("plan.json", &plan.to_string())]);
    let wanted = Wanted {
        resource,
        ..Wanted::default()
    };
    examined(&folder.path().join("plan.json"), wanted)
}

fn report(plan: &Value, resource: &str) -> Report {
    look(plan, Some(resource)).unwrap_or_else(|error| panic!("{}", said(&error)))
}

/// The planned values of a resource.
fn values<'a>(plan: &'a mut Value, address: &str) -> &'a mut Value {
    fn within<'a>(module: &'a mut Value, address: &str) -> Option<&'a mut Value> {
        let module = module.as_object_mut().unwrap();
        let mut own = None;
        for (key, list) in module.iter_mut() {
            for item in list.as_array_mut().into_iter().flatten() {
                match key.as_str() {
                    "resources" if item["address"] == address => own = Some(&mut item["values"]),
                    "child_modules" => own = own.or(within(item, address)),
                    _ => {}
                }
            }
        }
        own
    }
    within(&mut plan["planned_values"]["root_module"], address)
        .unwrap_or_else(|| panic!("{address}"))
}

/// The containers of the shop, changed.
fn containers(plan: &mut Value, change: impl FnOnce(&mut Value)) {
    let definition = values(plan, r#"module.web["shop"].aws_ecs_task_definition.this"#);
    let containers = &mut definition["container_definitions"];
    let mut list: Value = serde_json::from_str(containers.as_str().unwrap()).unwrap();
    change(&mut list);
    *containers = list.to_string().into();
}

#[track_caller]
fn assert_fixed(report: &Report, (check, status): (CheckId, Status), fix: &str) {
    let findings = &report.check(check).findings;
    let mut fixes = findings.iter().filter(|it| it.status == status);
    let is_there = fixes.any(|it| it.fix.as_deref().is_some_and(|it| it.contains(fix)));
    assert!(is_there, "{fix}: {}", text(report));
}

#[test]
fn the_way_to_the_tasks_is_followed_through_modules_and_outputs_before_anything_has_an_id() {
    let report = report(&plan(), SHOP);
    use Status::{Pass, Unknown};
    // No registry was asked, and so where the program listens is not known.
    assert_eq!(
        statuses(&report),
        [Unknown, Pass, Unknown, Pass, Pass, Pass],
        "{}",
        text(&report)
    );
    assert_says(&report, (CheckId::Attachment, Pass), GROUP);
    assert_says(
        &report,
        (CheckId::SecurityGroups, Pass),
        "only the load balancer reaches port 8080",
    );
}

#[test]
fn of_several_services_one_is_named_by_its_address() {
    let error = said(&look(&plan(), None).unwrap_err());
    assert!(
        error.contains("the plan has several services") && error.contains(SHOP),
        "{error}"
    );
    assert!(error.ends_with("name one with --resource"), "{error}");
    let error = said(&look(&plan(), Some("shop")).unwrap_err());
    assert!(
        error.contains("no service or task definition shop; it has"),
        "{error}"
    );
}

#[test]
fn containers_with_a_value_that_is_known_only_after_apply_are_unknown_and_do_not_pass() {
    let report = report(&plan(), "aws_ecs_task_definition.job");
    for check in [
        CheckId::ImageExists,
        CheckId::ImageName,
        CheckId::ContainerPort,
        CheckId::Tasks,
    ] {
        assert_says(
            &report,
            (check, Status::Unknown),
            "container_definitions of aws_ecs_task_definition.job is known only after apply",
        );
    }
}

#[test]
fn a_port_that_is_not_mapped_fails() {
    let mut plan = plan();
    containers(&mut plan, |list| {
        list[0]["portMappings"][0]["containerPort"] = json!(9090);
    });
    let report = report(&plan, SHOP);
    assert_says(
        &report,
        (CheckId::Attachment, Status::Fail),
        "attaches port 8080 of web",
    );
    assert_fixed(
        &report,
        (CheckId::Attachment, Status::Fail),
        "set container_port of its load_balancer to 9090",
    );
}

#[test]
fn an_image_without_a_tag_is_told() {
    let mut plan = plan();
    containers(&mut plan, |list| list[0]["image"] = json!("me/shop"));
    let report = report(&plan, SHOP);
    assert_eq!(
        report.check(CheckId::ImageName).status,
        Status::Warn,
        "{}",
        text(&report)
    );
}

#[test]
fn a_group_that_lets_the_balancer_in_on_another_port_fails() {
    let mut plan = plan();
    let rule = values(
        &mut plan,
        r#"module.web["shop"].aws_security_group_rule.in"#,
    );
    (rule["from_port"], rule["to_port"]) = (json!(80), json!(80));
    let report = report(&plan, SHOP);
    let failed = (CheckId::SecurityGroups, Status::Fail);
    assert_says(
        &report,
        failed,
        &format!(
            "{TASKS} does not let the load balancer's group aws_security_group.alb in on port 8080"
        ),
    );
    assert_fixed(
        &report,
        failed,
        &format!("add a rule to the ingress of {TASKS}: tcp 8080 from aws_security_group.alb"),
    );
}

#[test]
fn a_group_without_egress_lets_nobody_out_since_terraform_takes_awss_own_rule_away() {
    let mut plan = plan();
    let rule = values(
        &mut plan,
        r#"module.web["shop"].aws_vpc_security_group_egress_rule.out"#,
    );
    (rule["ip_protocol"], rule["from_port"], rule["to_port"]) =
        (json!("tcp"), json!(5432), json!(5432));
    assert_says(
        &report(&plan, SHOP),
        (CheckId::SecurityGroups, Status::Fail),
        "lets no task out on port 443",
    );
}

#[test]
fn a_listener_that_forwards_elsewhere_leaves_the_service_without_a_way_in() {
    let mut plan = plan();
    let listener = values(&mut plan, "aws_lb_listener.http");
    listener["default_action"] = json!([{ "type": "fixed-response" }]);
    let report = report(&plan, SHOP);
    assert_says(
        &report,
        (CheckId::Attachment, Status::Fail),
        &format!("no listener forwards to the target group {GROUP}"),
    );
    assert_fixed(
        &report,
        (CheckId::Attachment, Status::Fail),
        &format!("let default_action of a listener forward to {GROUP}"),
    );
}

#[test]
fn a_health_check_that_waits_too_long_is_told_in_terraforms_names() {
    let mut plan = plan();
    values(&mut plan, GROUP)["health_check"][0]["timeout"] = json!(40);
    let report = report(&plan, SHOP);
    assert_fixed(
        &report,
        (CheckId::Tasks, Status::Fail),
        "set health_check.timeout to 15, or raise health_check.interval",
    );
}

#[test]
fn what_exists_already_is_known_by_its_id() {
    let mut plan = plan();
    values(&mut plan, TASKS)["id"] = json!("sg-0a");
    let service = values(&mut plan, SHOP);
    service["network_configuration"][0]["security_groups"] = json!(["sg-0a"]);
    assert_eq!(
        report(&plan, SHOP).check(CheckId::SecurityGroups).status,
        Status::Pass
    );
    // One of elsewhere is not.
    let service = values(&mut plan, SHOP);
    service["network_configuration"][0]["security_groups"] = json!(["sg-0b"]);
    assert_says(
        &report(&plan, SHOP),
        (CheckId::SecurityGroups, Status::Unknown),
        "the security group sg-0b is not in the plan",
    );
}

#[test]
fn a_reference_that_leads_to_several_groups_is_unknown() {
    let mut plan = plan();
    let call = &mut plan["configuration"]["root_module"]["module_calls"]["web"];
    let resources = call["module"]["resources"].as_array_mut().unwrap();
    let service = resources
        .iter_mut()
        .find(|it| it["type"] == "aws_ecs_service")
        .unwrap();
    // As `local.groups` would be.
    service["expressions"]["network_configuration"][0]["security_groups"] =
        json!({ "references": ["local.groups"] });
    let of_other = json!({ "address": "module.web[\"shop\"].aws_security_group.other", "mode": "managed",
        "type": "aws_security_group", "name": "other", "values": { "name": "other" } });
    let modules = plan["planned_values"]["root_module"]["child_modules"]
        .as_array_mut()
        .unwrap();
    let shop = modules
        .iter_mut()
        .find(|it| it["address"] == "module.web[\"shop\"]")
        .unwrap();
    shop["resources"].as_array_mut().unwrap().push(of_other);
    assert_says(
        &report(&plan, SHOP),
        (CheckId::SecurityGroups, Status::Unknown),
        "security_groups[0] of module.web[\"shop\"].aws_ecs_service.this is known only after apply (local.groups)",
    );
}

#[test]
fn a_misspelled_key_of_a_container_is_told() {
    let mut plan = plan();
    containers(&mut plan, |list| list[0]["enviroment"] = json!([]));
    let report = report(&plan, SHOP);
    assert_says(
        &report,
        (CheckId::Tasks, Status::Warn),
        "unknown key enviroment in container_definitions[0]",
    );
    assert_fixed(
        &report,
        (CheckId::Tasks, Status::Warn),
        "rename enviroment to environment",
    );
}

#[test]
fn containers_that_are_no_json_are_an_error_that_names_the_resource() {
    let mut plan = plan();
    values(
        &mut plan,
        r#"module.web["shop"].aws_ecs_task_definition.this"#,
    )["container_definitions"] = json!("web");
    let error = said(&look(&plan, Some(SHOP)).unwrap_err());
    assert!(
        error.contains("container_definitions of module.web") && error.contains("JSON"),
        "{error}"
    );
}

#[test]
fn what_has_no_service_and_what_is_a_state_are_told_apart() {
    let error = said(
        &look(
            &json!({ "format_version": "1.2", "planned_values": {} }),
            None,
        )
        .unwrap_err(),
    );
    assert!(
        error.ends_with("the plan has no aws_ecs_service and no aws_ecs_task_definition"),
        "{error}"
    );
    let state = json!({ "format_version": "1.0", "terraform_version": "1.11.4", "values": {} });
    let error = said(&look(&state, None).unwrap_err());
    assert!(
        error.contains("not a plan; name what terraform show -json prints of one"),
        "{error}"
    );
}
