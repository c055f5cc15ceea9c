//! Tasks of a template against the addresses of its subnets, and against its health checks in time.

use super::templates::{UNKNOWN, shop};
use super::{assert_says, text};
use ecs::doctor::{CheckId, Report, Status};

const TASKS: CheckId = CheckId::Tasks;

/// The shop in one subnet of its own, with so many tasks.
fn in_subnet(subnet: &str, desired: u32, more: &str) -> Report {
    let resources = format!(
        "Resources:
  Net: {{ Type: AWS::EC2::VPC, Properties: {{ CidrBlock: 10.0.0.0/24 }} }}
  Small:
    Type: AWS::EC2::Subnet
    Properties:
      AvailabilityZone: !Select [5, !GetAZs '']
      VpcId: !Ref Net
      CidrBlock: {subnet}
"
    );
    let desired = format!("DesiredCount: {desired}\n      {more}");
    shop(&[
        ("Resources:\n", &resources),
        ("DesiredCount: '2'", &desired),
        (
            "AwsvpcConfiguration: { Subnets: !Ref Subnets,",
            "AwsvpcConfiguration: { Subnets: [!Ref Small, !Ref Small],",
        ),
    ])
}

#[test]
fn a_small_subnet_has_room_for_few_tasks_and_for_fewer_in_a_deployment() {
    let half = "DeploymentConfiguration: { MinimumHealthyPercent: 50, MaximumPercent: 100 }";
    let open = "DeploymentConfiguration: { MaximumPercent: !Ref Vpc }";
    let codedeploy = "DeploymentController: { Type: CODE_DEPLOY }";
    let at_once = format!(
        "{codedeploy}\n      DeploymentConfiguration: {{ MinimumHealthyPercent: 100, MaximumPercent: 100 }}"
    );
    for (desired, more, status, said) in [
        (5, "", Status::Pass, ""),
        (
            6,
            "",
            Status::Warn,
            "Small has 11 addresses without those that AWS keeps, and up to 12 tasks need one each in a deployment",
        ),
        (11, half, Status::Pass, ""),
        (12, half, Status::Fail, "and up to 12 tasks need one each"),
        (6, codedeploy, Status::Warn, "up to 12 tasks"),
        (5, at_once.as_str(), Status::Pass, ""),
        (6, open, UNKNOWN, "maximumPercent"),
        (12, open, Status::Fail, "up to 12 tasks"),
    ] {
        let report = in_subnet("10.0.0.0/28", desired, more);
        assert_says(&report, (TASKS, status), said);
    }
}

#[test]
fn blocks_may_be_cut_out_of_the_network_and_what_is_unknown_is_no_room_that_is_missing() {
    let cut = "!Select [1, !Cidr [!GetAtt Net.CidrBlock, 2, 4]]";
    assert_says(
        &in_subnet(cut, 12, ""),
        (TASKS, Status::Fail),
        "11 addresses",
    );
    for unknown in [
        "!Ref Vpc",
        "!Select [0, !Cidr [!ImportValue network, 2, 4]]",
        "!Cidr [no, no, no]",
        "!Nonsense { a: b }",
    ] {
        let report = in_subnet(unknown, 1000, "");
        assert_eq!(
            report.check(TASKS).status,
            Status::Pass,
            "{}",
            text(&report)
        );
    }
}

#[test]
fn percentages_do_not_bind_what_codedeploy_or_task_sets_replace() {
    for (controller, status) in [
        ("ECS", Status::Fail),
        ("CODE_DEPLOY", Status::Pass),
        ("EXTERNAL", Status::Pass),
    ] {
        let more = format!(
            "DesiredCount: 2
      DeploymentController: {{ Type: {controller} }}
      DeploymentConfiguration: {{ MinimumHealthyPercent: 100, MaximumPercent: 100 }}"
        );
        let report = shop(&[("DesiredCount: '2'", &more)]);
        assert_eq!(report.check(TASKS).status, status, "{}", text(&report));
    }
}

/// A container that says how long it takes to start, and a target group that says more or less of its times.
fn starting(start: u32, times: &str) -> Report {
    let environment = "          Environment:";
    let check = format!(
        "          HealthCheck: {{ Command: [CMD, /health], StartPeriod: {start} }}\n          Environment:"
    );
    let protocol = format!("Protocol: HTTP, {times}");
    shop(&[(environment, &check), ("Protocol: HTTP,", &protocol)])
}

#[test]
fn a_slow_start_is_held_against_the_defaults_where_a_template_says_nothing() {
    for (start, times, status, said) in [
        (60, "", Status::Pass, ""),
        (
            61,
            "",
            Status::Warn,
            "web may take 61 s to start (startPeriod of its health check), and after 60 s",
        ),
        (61, "UnhealthyThresholdCount: 3,", Status::Pass, ""),
        (
            21,
            "HealthCheckIntervalSeconds: 10,",
            Status::Warn,
            "after 20 s",
        ),
        (
            300,
            "UnhealthyThresholdCount: !Ref Vpc,",
            UNKNOWN,
            "UnhealthyThresholdCount of Group is the parameter Vpc, which has no value",
        ),
        // With an interval that is not known, no timeout is too long.
        (
            1,
            "HealthCheckIntervalSeconds: !Ref Vpc, HealthCheckTimeoutSeconds: 60,",
            UNKNOWN,
            "HealthCheckIntervalSeconds of Group",
        ),
    ] {
        assert_says(&starting(start, times), (TASKS, status), said);
    }
}
