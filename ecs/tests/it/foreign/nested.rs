//! Stacks in a template whose own templates are files beside it.

use super::{assert_says, examined, folder, said, text};
use ecs::doctor::{CheckId, Status};
use ecs::files::Wanted;

const ROOT: &str = "
Resources:
  Network:
    Type: AWS::CloudFormation::Stack
    Properties: { TemplateURL: ./network.yaml, Parameters: { Ingress: 0.0.0.0/0 } }
  Shop:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: shop.yaml
      Parameters:
        BalancerGroup: !GetAtt Network.Outputs.BalancerGroup
        TargetGroup: !GetAtt Network.Outputs.TargetGroup
";
const NETWORK: &str = "
Parameters: { Ingress: { Type: String } }
Resources:
  BalancerGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: !Ref Ingress }]
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: { Subnets: [subnet-1, subnet-2], SecurityGroups: [!Ref BalancerGroup] }
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Balancer
      Port: 80
      DefaultActions: [{ Type: forward, TargetGroupArn: !Ref Group }]
  Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: { TargetType: ip, Protocol: HTTP }
Outputs:
  BalancerGroup: { Value: !GetAtt BalancerGroup.GroupId }
  TargetGroup: { Value: !Ref Group }
";
const SHOP: &str = "
Parameters: { BalancerGroup: { Type: String }, TargetGroup: { Type: String } }
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: awsvpc
      ContainerDefinitions: [{ Name: web, Image: me/shop:v1, PortMappings: [{ ContainerPort: 80 }] }]
  Service:
    Type: AWS::ECS::Service
    Properties:
      TaskDefinition: !Ref Task
      LoadBalancers: [{ ContainerName: web, ContainerPort: 80, TargetGroupArn: !Ref TargetGroup }]
      NetworkConfiguration: { AwsvpcConfiguration: { Subnets: [subnet-1], SecurityGroups: [!Ref TaskGroup] } }
  TaskGroup:
    Type: AWS::EC2::SecurityGroup
    Properties:
      SecurityGroupIngress: [{ IpProtocol: tcp, FromPort: 80, ToPort: 80, SourceSecurityGroupId: !Ref BalancerGroup }]
";

#[test]
fn templates_beside_it_are_read_with_what_they_give_each_other() {
    let folder = folder(&[
        ("root.yaml", ROOT),
        ("network.yaml", NETWORK),
        ("shop.yaml", SHOP),
    ]);
    let file = folder.path().join("root.yaml");
    let report = examined(&file, Wanted::default()).unwrap();
    for check in [CheckId::Attachment, CheckId::SecurityGroups] {
        assert_eq!(
            report.check(check).status,
            Status::Pass,
            "{}",
            text(&report)
        );
    }
}

#[test]
fn templates_elsewhere_leave_their_outputs_unknown() {
    let root = ROOT.replace("./network.yaml", "https://example.com/network.yaml");
    let files = folder(&[("root.yaml", &root), ("shop.yaml", SHOP)]);
    let report = examined(&files.path().join("root.yaml"), Wanted::default()).unwrap();
    assert!(report.ok, "{}", text(&report));
    let told = "the output TargetGroup of Network, which has to be looked up in AWS";
    assert_says(&report, (CheckId::Attachment, Status::Unknown), told);
    let files = folder(&[("root.yaml", &root)]);
    let error = examined(&files.path().join("root.yaml"), Wanted::default()).unwrap_err();
    let error = said(&error);
    assert!(
        error.contains("it has the nested stacks Network, Shop (not at ")
            && error.contains("/shop.yaml)"),
        "{error}"
    );
}

#[test]
fn a_template_in_itself_ends_and_a_broken_one_is_named() {
    let circle = ROOT.replace("./network.yaml", "root.yaml");
    let files = folder(&[("root.yaml", &circle), ("shop.yaml", SHOP)]);
    assert!(examined(&files.path().join("root.yaml"), Wanted::default()).is_ok());
    let files = folder(&[
        ("root.yaml", ROOT),
        ("network.yaml", "a: [\n"),
        ("shop.yaml", SHOP),
    ]);
    let error = said(&examined(&files.path().join("root.yaml"), Wanted::default()).unwrap_err());
    assert!(
        error.contains("nested stack Network in")
            && error.contains("network.yaml: ")
            && error.contains("at line 2"),
        "{error}"
    );
}

#[test]
fn a_template_that_is_not_there_is_named_with_the_path() {
    let files = folder(&[("root.yaml", ROOT), ("shop.yaml", SHOP)]);
    let report = examined(&files.path().join("root.yaml"), Wanted::default()).unwrap();
    assert!(report.ok, "{}", text(&report));
    let file = files.path().join("./network.yaml");
    let told = format!(
        "loadBalancers[0].targetGroupArn of Shop.Service is a value that is unknown, because the template of Network is not at {}",
        file.display()
    );
    assert_says(&report, (CheckId::Attachment, Status::Unknown), &told);
    let told = "the nested stack Network was not looked at: its template is not at ";
    assert_says(&report, (CheckId::Tasks, Status::Unknown), told);
}
