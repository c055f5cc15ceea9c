//! Ways to the tasks that are right, though they are not the usual one: ports that need no mapping, networks in the place of
//! groups, and containers beside the app.

use super::{report_on, text};
use ecs::doctor::{CheckId, Status};

const SERVICE: &str = "\
Parameters:
  Net: { Type: String, Default: '' }
Conditions:
  HasNet: !Not [!Equals [!Ref AWS::Region, here]]
Resources:
  Balancer: { Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: { Scheme: internet-facing, Subnets: [subnet-a, subnet-b], SecurityGroups: [!GetAtt Front.GroupId] } }
  Listener: { Type: AWS::ElasticLoadBalancingV2::Listener, Properties: { LoadBalancerArn: !Ref Balancer, Port: 80, Protocol: HTTP, DefaultActions: [{ Type: forward, TargetGroupArn: !Ref Targets }] } }
  Targets: { Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: { Port: 8080, Protocol: HTTP, TargetType: ip, HealthCheckPath: /up } }
  Front: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: a, SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0 }] } }
  Tasks: { Type: AWS::EC2::SecurityGroup, Properties: { GroupDescription: t, SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 8080, ToPort: 8080, SourceSecurityGroupId: !GetAtt Front.GroupId }] } }
  Role: { Type: AWS::IAM::Role, Properties: { AssumeRolePolicyDocument: {} } }
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      RequiresCompatibilities: [FARGATE]
      NetworkMode: awsvpc
      Cpu: 512
      Memory: 1024
      ExecutionRoleArn: !Ref Role
      ContainerDefinitions:
        - { Name: app, Image: 'acme/app:1', PortMappings: [{ ContainerPort: 8080 }] }
  Api:
    Type: AWS::ECS::Service
    Properties:
      Cluster: c
      TaskDefinition: !Ref Task
      DesiredCount: 2
      LaunchType: FARGATE
      LoadBalancers: [{ ContainerName: app, ContainerPort: 8080, TargetGroupArn: !Ref Targets }]
      NetworkConfiguration: { AwsvpcConfiguration: { Subnets: [subnet-a, subnet-b], SecurityGroups: [!GetAtt Tasks.GroupId] } }
";
const OF_BALANCER: &str = "SourceSecurityGroupId: !GetAtt Front.GroupId";
const GROUPS: &str = ", SecurityGroups: [!GetAtt Front.GroupId]";

/// What is replaced, by what; where it is told, how, and what is said.
type Case = (
    &'static [(&'static str, &'static str)],
    CheckId,
    Status,
    &'static str,
);

const CASES: &[Case] = &[
    (
        &[],
        CheckId::SecurityGroups,
        Status::Pass,
        "only the load balancer reaches port 8080",
    ),
    (
        &[(
            "HealthCheckPath: /up",
            "HealthCheckPath: /up, HealthCheckPort: 8081",
        )],
        CheckId::ContainerPort,
        Status::Unknown,
        "asks port 8081, which is not mapped; with awsvpc it need not be",
    ),
    (
        &[
            ("HealthCheckPath: /up", "HealthCheckPath: up"),
            (
                "Image: 'acme/app:1',",
                "Image: 'acme/app:1', Environment: [{ Name: DUALRUN_ADDR, Value: '0.0.0.0:8080' }],",
            ),
        ],
        CheckId::ContainerPort,
        Status::Fail,
        "asks \"up\", and a path begins with a slash",
    ),
    (
        &[(
            OF_BALANCER,
            "SourceSecurityGroupId: !GetAtt Front.GroupId }, { IpProtocol: -1, SourceSecurityGroupId: !Ref Tasks",
        )],
        CheckId::SecurityGroups,
        Status::Pass,
        "",
    ),
    (
        &[(
            "IpProtocol: tcp, FromPort: 8080",
            "IpProtocol: TCP, FromPort: 8080",
        )],
        CheckId::SecurityGroups,
        Status::Pass,
        "",
    ),
    (
        &[
            (OF_BALANCER, "CidrIp: 0.0.0.0/0"),
            (GROUPS, ", Type: network"),
        ],
        CheckId::SecurityGroups,
        Status::Pass,
        "the load balancer, which has no security group, reaches port 8080",
    ),
    (
        &[
            (OF_BALANCER, "CidrIp: 0.0.0.0/0"),
            (GROUPS, ", Type: network"),
            (
                "{ Subnets: [subnet-a, subnet-b], SecurityGroups: [!GetAtt Tasks",
                "{ AssignPublicIp: ENABLED, Subnets: [subnet-a, subnet-b], SecurityGroups: [!GetAtt Tasks",
            ),
        ],
        CheckId::SecurityGroups,
        Status::Warn,
        "the tasks have public addresses: clients reach them directly",
    ),
    (
        &[(OF_BALANCER, "CidrIp: 10.0.0.0/8")],
        CheckId::SecurityGroups,
        Status::Fail,
        "add a rule to the ingress of Tasks: tcp 8080 from Front, and take the rule for tcp 8080 and 10.0.0.0/8 out of Tasks",
    ),
    (
        &[(
            "{ ContainerPort: 8080 }",
            "{ ContainerPort: 8080, Protocol: udp }",
        )],
        CheckId::ContainerPort,
        Status::Fail,
        "the definition maps port 8080 of app by udp",
    ),
    // What a network load balancer sends by UDP.
    (
        &[
            (
                "{ ContainerPort: 8080 }",
                "{ ContainerPort: 8080, Protocol: udp }",
            ),
            ("Port: 8080, Protocol: HTTP", "Port: 8080, Protocol: UDP"),
        ],
        CheckId::ContainerPort,
        Status::Unknown,
        "the definition maps 8080; where app listens",
    ),
    (
        &[(
            "{ ContainerPort: 8080 }",
            "{ ContainerPortRange: 8000-8090 }",
        )],
        CheckId::Attachment,
        Status::Fail,
        "which the definition maps in containerPortRange 8000-8090 alone",
    ),
];

#[test]
fn each_is_told_as_what_it_is() {
    for (changes, id, status, said) in CASES {
        let template = changes.iter().fold(SERVICE.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        });
        let report = report_on("stack.yaml", &template);
        let check = report.check(*id);
        assert_eq!(check.status, *status, "{changes:?}: {}", text(&report));
        assert!(text(&report).contains(said), "{said}: {}", text(&report));
    }
}

#[test]
fn what_a_condition_decides_is_not_said_to_be_missing() {
    let ports = "PortMappings: [{ ContainerPort: 8080 }]";
    let attached = "[{ ContainerName: app, ContainerPort: 8080, TargetGroupArn: !Ref Targets }]";
    for (part, key) in [(ports, "PortMappings: "), (attached, "")] {
        let value = part.strip_prefix(key).unwrap();
        let decided = format!("{key}!If [HasNet, {value}, !Ref AWS::NoValue]");
        let report = report_on("stack.yaml", &SERVICE.replacen(part, &decided, 1));
        let text = text(&report);
        assert!(report.ok, "{text}");
        for wrong in ["maps no port", "has no load balancer in this template"] {
            assert!(!text.contains(wrong), "{text}");
        }
    }
}

#[test]
fn whether_a_parked_service_has_a_load_balancer_is_unknown_if_a_condition_decides() {
    let attached = "LoadBalancers: [{ ContainerName: app, ContainerPort: 8080, TargetGroupArn: !Ref Targets }]";
    let decided = attached.replace("LoadBalancers: ", "LoadBalancers: !If [HasNet, ")
        + ", !Ref AWS::NoValue]";
    for count in ["DesiredCount: 2", "DesiredCount: 0"] {
        let template =
            SERVICE
                .replacen(attached, &decided, 1)
                .replacen("DesiredCount: 2", count, 1);
        let report = report_on("stack.yaml", &template);
        let check = report.check(CheckId::Attachment);
        assert_eq!(check.status, Status::Unknown, "{}", text(&report));
        assert!(
            !text(&report).contains("no load balancer"),
            "{}",
            text(&report)
        );
    }
}

#[test]
fn requests_go_to_the_container_that_maps_a_port_if_nothing_is_attached() {
    let definition = r#"{ "family": "app", "containerDefinitions": [
        { "name": "log_router", "image": "acme/fluent:1" },
        { "name": "app", "image": "acme/app:1", "portMappings": [{ "containerPort": 8080 }] }
    ] }"#;
    let report = report_on("task.json", definition);
    let text = text(&report);
    assert!(text.contains("the definition maps 8080"), "{text}");
}

#[test]
fn nothing_speaks_against_a_definition_only_where_its_file_has_no_mistake() {
    let definition = r#"{ "family": "app", "networkMod": "awsvpc", "containerDefinitions": [
        { "name": "app", "image": "acme/app:1", "portMappings": [{ "containerPort": 8080 }] }
    ] }"#;
    let text = text(&report_on("task.json", definition));
    assert!(text.contains("unknown key networkMod"), "{text}");
    assert!(!text.contains("nothing else speaks"), "{text}");
}
