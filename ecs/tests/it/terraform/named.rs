//! Names, alarms, scaling, roles and tags of the modules, against the templates.

use super::{FORMS, plan, planned, stack, template};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn names_are_the_stacks_so_that_the_roles_of_a_workflow_and_the_tool_find_them() {
    let plan = plan();
    // Of what has a name: the kind of the template with the property, and that of Terraform with the attribute.
    const NAMED: [(&str, &str, &str, &str); 9] = [
        (
            "AWS::ECS::Cluster",
            "ClusterName",
            "aws_ecs_cluster",
            "name",
        ),
        (
            "AWS::ECS::Service",
            "ServiceName",
            "aws_ecs_service",
            "name",
        ),
        (
            "AWS::ECS::TaskDefinition",
            "Family",
            "aws_ecs_task_definition",
            "family",
        ),
        (
            "AWS::Logs::LogGroup",
            "LogGroupName",
            "aws_cloudwatch_log_group",
            "name",
        ),
        ("AWS::IAM::Role", "RoleName", "aws_iam_role", "name"),
        (
            "AWS::CloudWatch::Alarm",
            "AlarmName",
            "aws_cloudwatch_metric_alarm",
            "alarm_name",
        ),
        (
            "AWS::CloudWatch::Dashboard",
            "DashboardName",
            "aws_cloudwatch_dashboard",
            "dashboard_name",
        ),
        ("AWS::SNS::Topic", "TopicName", "aws_sns_topic", "name"),
        (
            "AWS::Events::Rule",
            "Name",
            "aws_cloudwatch_event_rule",
            "name",
        ),
    ];
    for (form, parameters) in FORMS {
        let (module, stack) = (planned(&plan, form), stack().resources(parameters).unwrap());
        for (kind, property, own, attribute) in NAMED {
            let of_stack = stack.values().filter(|it| it["Type"] == kind);
            let of_stack: BTreeSet<&str> = of_stack
                .filter_map(|it| it["Properties"][property].as_str())
                .collect();
            let of_module = module
                .iter()
                .filter(|(address, _)| address.starts_with(&format!("{own}.")));
            let of_module: BTreeSet<&str> = of_module
                .filter_map(|(_, it)| it[attribute].as_str())
                .collect();
            assert_eq!(of_module, of_stack, "{form}: {kind}");
        }
        let retention = &stack["LogGroup"]["Properties"]["RetentionInDays"];
        assert_eq!(
            &module["aws_cloudwatch_log_group.this"]["retention_in_days"],
            retention
        );
    }
}

#[test]
fn alarms_and_scaling_are_the_stacks() {
    let (module, stack) = (
        planned(&plan(), "whole"),
        stack().resources(FORMS[1].1).unwrap(),
    );
    for (name, address) in [
        ("RequestErrorAlarm", "errors"),
        ("ResponseTimeAlarm", "latency"),
        ("UnhealthyTargetAlarm", "unhealthy"),
        ("RestartedTaskAlarm", "restarts"),
    ] {
        let own = &module[&format!("aws_cloudwatch_metric_alarm.{address}[0]")];
        let theirs = &stack[name]["Properties"];
        for (attribute, property) in [
            ("alarm_description", "AlarmDescription"),
            ("comparison_operator", "ComparisonOperator"),
            ("evaluation_periods", "EvaluationPeriods"),
            ("datapoints_to_alarm", "DatapointsToAlarm"),
            ("threshold", "Threshold"),
            ("treat_missing_data", "TreatMissingData"),
            ("namespace", "Namespace"),
            ("metric_name", "MetricName"),
            ("statistic", "Statistic"),
            ("period", "Period"),
        ] {
            assert_eq!(own[attribute], theirs[property], "{name}: {property}");
        }
        let of_module = own["metric_query"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|it| {
                let metric = &it["metric"][0];
                (
                    it["id"].as_str().unwrap(),
                    (
                        it["expression"].as_str().filter(|it| !it.is_empty()),
                        [&metric["metric_name"], &metric["stat"]],
                    ),
                )
            });
        let of_stack = theirs["Metrics"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|it| {
                let metric = &it["MetricStat"];
                (
                    it["Id"].as_str().unwrap(),
                    (
                        it["Expression"].as_str(),
                        [&metric["Metric"]["MetricName"], &metric["Stat"]],
                    ),
                )
            });
        assert_eq!(
            of_module.collect::<BTreeMap<_, _>>(),
            of_stack.collect::<BTreeMap<_, _>>(),
            "{name}"
        );
    }
    let pattern = module["aws_cloudwatch_event_rule.deaths[0]"].get("event_pattern");
    // With the cluster's ARN, it is known only after apply.
    assert_eq!(pattern, None);

    let target = &module["aws_appautoscaling_target.this[0]"];
    let theirs = &stack["ScalableTarget"]["Properties"];
    assert_eq!(
        (&target["min_capacity"], &target["max_capacity"]),
        (&theirs["MinCapacity"], &theirs["MaxCapacity"])
    );
    let policy = &module["aws_appautoscaling_policy.cpu[0]"]["target_tracking_scaling_policy_configuration"]
        [0];
    let theirs = &stack["ScalingPolicy"]["Properties"]["TargetTrackingScalingPolicyConfiguration"];
    for (attribute, property) in [
        ("target_value", "TargetValue"),
        ("scale_in_cooldown", "ScaleInCooldown"),
        ("scale_out_cooldown", "ScaleOutCooldown"),
    ] {
        assert_eq!(
            policy[attribute].as_f64(),
            theirs[property].as_f64(),
            "{property}"
        );
    }
}

#[test]
fn the_roles_of_a_workflow_are_those_of_the_template() {
    let module = planned(&plan(), "github");
    let oidc = template(include_str!("../../../github-oidc.yaml"));
    let parameters = [
        ("Repository", "owner/name"),
        (
            "EcrRepositoryArn",
            "arn:aws:ecr:us-east-1:111122223333:repository/shop",
        ),
        ("AllowPush", "true"),
    ];
    let oidc = oidc.resources(&parameters).unwrap();
    for (role, address) in [("DeployRole", "deploy"), ("PushRole", "push[0]")] {
        let theirs = &oidc[role]["Properties"];
        let own = &module[&format!("aws_iam_role.{address}")];
        assert_eq!(own["name"], theirs["RoleName"]);
        assert_eq!(own["max_session_duration"], theirs["MaxSessionDuration"]);
        let parsed = |text: &Value| serde_json::from_str::<Value>(text.as_str().unwrap()).unwrap();
        assert_eq!(
            parsed(&own["assume_role_policy"]),
            theirs["AssumeRolePolicyDocument"]
        );
        let mut document = theirs["Policies"][0]["PolicyDocument"].clone();
        // IAM takes one of a list without the list.
        for statement in document["Statement"].as_array_mut().unwrap() {
            for key in ["Action", "Resource"] {
                if statement[key].is_string() {
                    statement[key] = json!([statement[key].take()]);
                }
            }
        }
        assert_eq!(
            parsed(&module[&format!("aws_iam_role_policy.{address}")]["policy"]),
            document
        );
    }
}

#[test]
fn everything_that_can_bear_a_tag_has_one() {
    let plan = plan();
    for form in ["whole", "domain", "shared"] {
        for (address, values) in planned(&plan, form) {
            // Of what has no tags, the attribute is not there.
            if values.get("tags").is_some() {
                assert_eq!(values["tags"]["dualrun"], "dualrun", "{form}: {address}");
            }
        }
    }
}
