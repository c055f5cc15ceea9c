//! A template alone, with what only AWS, another stack or whoever deploys knows.

use super::{assert_says, report_on, statuses, text};
use ecs::doctor::{CheckId, Report, Status};

/// A service with its way in, as people write it.
pub(super) const SHOP: &str = "
Parameters:
  Vpc: { Type: AWS::EC2::VPC::Id }
  Subnets: { Type: List<AWS::EC2::Subnet::Id>, Default: 'subnet-1, subnet-2' }
  Port: { Type: Number, Default: 80 }
  Tag: { Type: String, Default: v1 }
Resources:
  Cluster: { Type: AWS::ECS::Cluster }
  Queue: { Type: AWS::SQS::Queue }
  Repository: { Type: AWS::ECR::Repository }
  Network: { Type: AWS::EC2::VPC }
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: !Sub '${AWS::StackName}-shop'
      NetworkMode: awsvpc
      RequiresCompatibilities: [FARGATE]
      Cpu: 256
      Memory: 512
      ExecutionRoleArn: !ImportValue execution-role
      ContainerDefinitions:
        - Name: web
          Image: !Sub 'me/shop:${Tag}'
          PortMappings: [{ ContainerPort: !Ref Port }]
          Environment: [{ Name: QUEUE, Value: !GetAtt Queue.QueueName }]
  Service:
    Type: AWS::ECS::Service
    DependsOn: Listener
    Properties:
      Cluster: !Ref Cluster
      TaskDefinition: !Ref Task
      DesiredCount: '2'
      LoadBalancers: [{ ContainerName: web, ContainerPort: !Ref Port, TargetGroupArn: !Ref Group }]
      NetworkConfiguration:
        AwsvpcConfiguration: { Subnets: !Ref Subnets, SecurityGroups: [!GetAtt TaskGroup.GroupId] }
  Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: { TargetType: ip, Protocol: HTTP, Port: !Ref Port, VpcId: !Ref Vpc }
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: { Subnets: !Ref Subnets, SecurityGroups: [!GetAtt BalancerGroup.GroupId] }
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Balancer
      Port: 80
      DefaultActions: [{ Type: forward, TargetGroupArn: !Ref Group }]
  BalancerGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref Vpc
      GroupDescription: !Sub '${AWS::StackName} balancer'
      SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0 }]
  TaskGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      VpcId: !Ref Vpc
      GroupDescription: tasks
      SecurityGroupIngress:
        - IpProtocol: tcp
          FromPort: !Ref Port
          ToPort: !Ref Port
          SourceSecurityGroupId: !GetAtt BalancerGroup.GroupId
";

pub(super) const UNKNOWN: Status = Status::Unknown;

pub(super) fn shop(changes: &[(&str, &str)]) -> Report {
    report_on("shop.yaml", &changed(changes))
}

pub(super) fn changed(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(SHOP.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

#[test]
fn a_sound_one_passes_in_all_that_can_be_known() {
    let report = shop(&[]);
    let expected = [
        UNKNOWN,
        Status::Pass,
        UNKNOWN,
        Status::Pass,
        Status::Pass,
        Status::Pass,
    ];
    assert_eq!(statuses(&report), expected, "{}", text(&report));
    assert_says(
        &report,
        (CheckId::ImageName, Status::Pass),
        "web runs me/shop:v1",
    );
}

#[test]
fn its_faults_are_found_though_its_vpc_has_no_value() {
    for (from, to, check, told) in [
        (
            "Memory: 512",
            "Memory: 4096",
            CheckId::Tasks,
            "Fargate has no task of cpu 256 and memory 4096",
        ),
        (
            "TargetType: ip, ",
            "",
            CheckId::Attachment,
            "takes targets of type instance",
        ),
        (
            "ContainerName: web, ContainerPort: !Ref Port",
            "ContainerName: app, ContainerPort: !Ref Port",
            CheckId::Attachment,
            "attaches the container \"app\"",
        ),
        (
            "      LoadBalancers: [",
            "      Unattached: [",
            CheckId::Attachment,
            "Balancer exists, but that alone does nothing",
        ),
        (
            "Type: forward, TargetGroupArn: !Ref Group",
            "Type: fixed-response",
            CheckId::Attachment,
            "no listener forwards to the target group Group",
        ),
        (
            "          SourceSecurityGroupId: !GetAtt BalancerGroup.GroupId",
            "          CidrIp: 0.0.0.0/0",
            CheckId::SecurityGroups,
            "TaskGroup lets everyone (0.0.0.0/0) in on tcp 80",
        ),
    ] {
        let report = shop(&[(from, to)]);
        assert_eq!(report.cause, Some(check), "{to}: {}", text(&report));
        assert_says(&report, (check, Status::Fail), told);
    }
}

/// What is changed, the check that lacks something, and how it says so.
type Case<'a> = (&'a [(&'a str, &'a str)], CheckId, &'a str);

#[test]
fn what_cannot_be_known_is_unknown_for_that_alone() {
    const TAG: &str = "Tag: { Type: String, Default: v1 }";
    let cases: &[Case<'_>] = &[
        (
            &[(TAG, "Tag: { Type: String }")],
            CheckId::ImageName,
            "image of Task is me/shop:${Tag}, with the parameter Tag, which has no value",
        ),
        (
            &[(
                TAG,
                "Tag: { Type: 'AWS::SSM::Parameter::Value<String>', Default: /shop/tag }",
            )],
            CheckId::ImageExists,
            "resolve:ssm:/shop/tag, which only AWS can resolve",
        ),
        (
            &[("'me/shop:${Tag}'", "'${Repository.RepositoryUri}:v1'")],
            CheckId::ImageName,
            "${Repository.RepositoryUri}:v1",
        ),
        (
            &[(
                "!Sub 'me/shop:${Tag}'",
                "!Sub ['${Base}/shop:${Tag}', { Base: !ImportValue registry }]",
            )],
            CheckId::ImageName,
            "the export registry of another stack",
        ),
        (
            &[(
                "!Sub 'me/shop:${Tag}'",
                "!Join ['', [!Ref 'AWS::AccountId', .dkr.ecr., !Ref 'AWS::Region', '.', !Ref 'AWS::URLSuffix', '/shop:v1']]",
            )],
            CheckId::ImageName,
            "${AWS::AccountId}.dkr.ecr.${AWS::Region}.amazonaws.com/shop:v1",
        ),
        (
            &[
                (
                    TAG,
                    "Tag: { Type: String, Default: v1 }\n  Launch: { Type: String }",
                ),
                ("DesiredCount: '2'", "LaunchType: !Ref Launch"),
            ],
            CheckId::Tasks,
            "launchType of Service is the parameter Launch, which has no value",
        ),
        // Of a daemon, one of two may stop before the next one starts.
        (
            &[
                (
                    TAG,
                    "Tag: { Type: String, Default: v1 }\n  Kind: { Type: String }",
                ),
                (
                    "DesiredCount: '2'",
                    "SchedulingStrategy: !Ref Kind\n      DeploymentConfiguration: { MaximumPercent: 100 }",
                ),
            ],
            CheckId::Tasks,
            "schedulingStrategy of Service is the parameter Kind, which has no value",
        ),
        (
            &[("Default: 80", "NoDefault: 80")],
            CheckId::ContainerPort,
            "containerPort of Task is the parameter Port, which has no value",
        ),
        (
            &[("Default: 80", "NoDefault: 80")],
            CheckId::SecurityGroups,
            "the port on which the tasks are reached is unknown",
        ),
        (
            &[(
                "Cpu: 256",
                "Cpu: !FindInMap [Sizes, !Ref 'AWS::Region', cpu]",
            )],
            CheckId::Tasks,
            "an entry of the mapping Sizes",
        ),
        (
            &[
                ("DesiredCount: '2'", "DesiredCount: !If [Nobody, 1, 2]"),
                (
                    "Resources:\n",
                    "Conditions: { Nobody: !Equals [!Ref Vpc, vpc-1] }\nResources:\n",
                ),
            ],
            CheckId::Tasks,
            "decided by the condition Nobody",
        ),
        (
            &[("TaskDefinition: !Ref Task", "TaskDefinition: 'shop:3'")],
            CheckId::ContainerPort,
            "the task definition is shop:3, which is not in the template",
        ),
        (
            &[(
                "TargetGroupArn: !Ref Group }]\n",
                "TargetGroupArn: !ImportValue shop-group }]\n",
            )],
            CheckId::Attachment,
            "the export shop-group of another stack",
        ),
        (
            &[(
                "      LoadBalancerArn: !Ref Balancer",
                "      LoadBalancerArn: !ImportValue balancer",
            )],
            CheckId::Attachment,
            "Listener forwards to Group, and belongs to the export balancer of another stack",
        ),
        (
            &[("[!GetAtt TaskGroup.GroupId]", "[sg-0123456789abcdef0]")],
            CheckId::SecurityGroups,
            "the security group sg-0123456789abcdef0 is not in the template",
        ),
        (
            &[(
                "SecurityGroups: [!GetAtt BalancerGroup.GroupId]",
                "SecurityGroups: [!Select [0, !Split [',', !ImportValue groups]]]",
            )],
            CheckId::SecurityGroups,
            "the export groups of another stack",
        ),
        (
            &[(
                "[{ IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 0.0.0.0/0 }]",
                "[{ IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: !GetAtt Network.CidrBlock }]",
            )],
            CheckId::SecurityGroups,
            "the attribute CidrBlock of Network",
        ),
        (
            &[
                ("Subnets, Default: 'subnet-1, subnet-2'", "Subnets"),
                ("Default: 'subnet-1, subnet-2' ", ""),
            ],
            CheckId::Attachment,
            "in how many zones",
        ),
        (
            &[(
                "\nParameters:",
                "\nTransform: [AWS::LanguageExtensions, AWS::Serverless-2016-10-31]\nParameters:",
            )],
            CheckId::Tasks,
            "AWS::LanguageExtensions and AWS::Serverless-2016-10-31",
        ),
    ];
    for (changes, check, told) in cases {
        let changes: Vec<_> = changes
            .iter()
            .copied()
            .filter(|(from, _)| SHOP.contains(from))
            .collect();
        let report = shop(&changes);
        assert!(report.ok, "{told}: {}", text(&report));
        assert_says(&report, (*check, UNKNOWN), told);
    }
}

#[test]
fn what_is_unknown_hides_no_fault_beside_it() {
    let no_zones = (
        "Type: List<AWS::EC2::Subnet::Id>, Default: 'subnet-1, subnet-2'",
        "Type: List<AWS::EC2::Subnet::Id>",
    );
    let report = shop(&[
        no_zones,
        (
            "Type: forward, TargetGroupArn: !Ref Group",
            "Type: fixed-response",
        ),
    ]);
    assert_says(
        &report,
        (CheckId::Attachment, Status::Fail),
        "no listener forwards to the target group Group",
    );
    // Whichever group the balancer has, everyone gets past it.
    let elsewhere = (
        "SecurityGroups: [!GetAtt BalancerGroup.GroupId]",
        "SecurityGroups: [!ImportValue group]",
    );
    let open = (
        "          SourceSecurityGroupId: !GetAtt BalancerGroup.GroupId",
        "          CidrIp: 0.0.0.0/0",
    );
    let report = shop(&[elsewhere, open]);
    assert_says(
        &report,
        (CheckId::SecurityGroups, Status::Fail),
        "TaskGroup lets everyone (0.0.0.0/0) in on tcp 80",
    );
}
