//! What a template leaves to its conditions, to an option or to a name, and templates that a program has written.

use super::templates::{SHOP, UNKNOWN, shop};
use super::{assert_says, examined, folder, report_on, said, statuses, text};
use ecs::doctor::{CheckId, Status};
use ecs::files::Wanted;

#[test]
fn conditions_are_decided_where_they_can_be() {
    let conditions = "Conditions:
  Open: !Equals [!Ref Vpc, vpc-1]
  Never: !And [!Condition Open, !Equals [a, b]]
  Always: !Or [!Condition Open, !Equals [a, a]]
Resources:\n";
    let told = |condition: &str| {
        let count = format!("DesiredCount: !If [{condition}, 0, 2]");
        shop(&[("Resources:\n", conditions), ("DesiredCount: '2'", &count)])
    };
    let parked = "the desired count is 0";
    assert_says(&told("Always"), (CheckId::Attachment, Status::Warn), parked);
    assert_eq!(
        told("Never").check(CheckId::Attachment).status,
        Status::Pass
    );
    assert_eq!(told("Never").check(CheckId::Tasks).status, Status::Pass);
    assert_says(
        &told("Open"),
        (CheckId::Tasks, UNKNOWN),
        "desiredCount of Service is decided by the condition Open",
    );
    let perhaps = shop(&[
        ("Resources:\n", conditions),
        ("  Listener:\n", "  Listener:\n    Condition: Open\n"),
    ]);
    assert_says(
        &perhaps,
        (CheckId::Attachment, UNKNOWN),
        "Listener is taken as made, which the condition Open decides",
    );
}

#[test]
fn one_of_several_services_is_chosen_by_its_name() {
    let worker = "
  Worker:
    Type: AWS::ECS::Service
    Properties: { TaskDefinition: !Ref WorkerTask, LaunchType: FARGATE }
  WorkerTask:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Cpu: 256
      Memory: 512
      NetworkMode: awsvpc
      ContainerDefinitions: [{ Name: worker, Image: me/worker:v1 }]
";
    let folder = folder(&[("shop.yaml", &format!("{SHOP}{worker}"))]);
    let file = folder.path().join("shop.yaml");
    let on = |resource| {
        let wanted = Wanted {
            resource,
            ..Wanted::default()
        };
        examined(&file, wanted)
    };
    let error = said(&on(None).unwrap_err());
    assert!(
        error.contains("several services: Service, Worker; name one with --resource"),
        "{error}"
    );
    let error = said(&on(Some("Nobody")).unwrap_err());
    assert!(
        error.contains(
            "no service or task definition Nobody; it has Service, Worker, Task, WorkerTask"
        ),
        "{error}"
    );
    assert_eq!(
        on(Some("Service"))
            .unwrap()
            .check(CheckId::Attachment)
            .status,
        Status::Pass
    );
    // The balancer is the other's.
    let report = on(Some("Worker")).unwrap();
    assert!(report.ok, "{}", text(&report));
    assert_says(
        &report,
        (CheckId::Attachment, UNKNOWN),
        "no load balancer in this template",
    );
    let report = on(Some("WorkerTask")).unwrap();
    assert_says(
        &report,
        (CheckId::Attachment, UNKNOWN),
        "there is no service",
    );
}

#[test]
fn a_container_named_by_a_parameter_may_be_the_attached_one() {
    let report = shop(&[("- Name: web", "- Name: !Ref Vpc")]);
    assert!(report.ok, "{}", text(&report));
    assert_says(
        &report,
        (CheckId::Attachment, UNKNOWN),
        "the container ${Vpc} is taken for web",
    );
}

#[test]
fn the_attached_container_may_have_the_same_parameter_for_a_name() {
    let report = shop(&[
        ("- Name: web", "- Name: !Ref Vpc"),
        ("ContainerName: web", "ContainerName: !Ref Vpc"),
    ]);
    assert_eq!(
        report.check(CheckId::Attachment).status,
        Status::Pass,
        "{}",
        text(&report)
    );
}

#[test]
fn what_is_not_on_the_way_to_the_service_is_left_alone() {
    let others = "
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: { AvailabilityZone: !Select [3, !GetAZs ''], CidrBlock: !Ref Vpc }
  Bucket:
    Type: AWS::S3::Bucket
    Properties: { BucketName: !Transform { Name: Own } }
";
    let report = report_on("shop.yaml", &format!("{SHOP}{others}"));
    assert_eq!(statuses(&report), statuses(&shop(&[])), "{}", text(&report));
}

/// With ids as the CDK makes them, and a function wherever one may stand.
#[test]
fn what_the_cdk_synthesizes_is_read() {
    let json = include_str!("synthesized.json");
    let report = report_on("Shop.template.json", json);
    assert!(report.ok, "{}", text(&report));
    let expected = [
        UNKNOWN,
        UNKNOWN,
        UNKNOWN,
        Status::Pass,
        Status::Pass,
        Status::Pass,
    ];
    assert_eq!(statuses(&report), expected, "{}", text(&report));
    let port = json.replace(
        "\"FromPort\": 80,\n            \"ToPort\": 80",
        "\"FromPort\": 81,\n            \"ToPort\": 81",
    );
    let report = report_on("Shop.template.json", &port);
    assert_eq!(
        report.cause,
        Some(CheckId::SecurityGroups),
        "{}",
        text(&report)
    );
}
