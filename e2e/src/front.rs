//! A service and what stands before it, made by AWS's APIs: its network, security groups and load balancer.

use crate::aws::Aws;
use crate::emulator::Emulator;
use serde_json::{Value, json};
use std::process::Command;

/// Who is let in to the tasks.
#[derive(Clone, Copy)]
pub enum Peer {
    /// The load balancer.
    Balancer,
    /// The load balancer and everyone.
    Everyone,
    /// The load balancer and everyone who has IPv6.
    EveryoneByIpv6,
    /// Nobody.
    Nobody,
}

/// What is to be made.
pub struct Plan {
    /// The tasks' port.
    pub port: u16,
    /// The path that the target group asks.
    pub health_path: &'static str,
    /// If a listener forwards to the target group.
    pub is_forwarded: bool,
    /// What the target group's targets are.
    pub target_type: &'static str,
    /// Who is let in to the tasks.
    pub task_lets_in: Peer,
    /// If everyone is let in to the load balancer.
    pub is_open: bool,
}

/// What was made.
pub struct Front {
    /// Subnets in two zones.
    pub subnets: [String; 2],
    /// The load balancer's security group.
    pub balancer_group: String,
    /// The tasks' security group.
    pub task_group: String,
    /// The target group.
    pub target_group: String,
}

const EC2: &str = "Version=2016-11-15";
const ELB: &str = "Version=2015-12-01";

impl Plan {
    /// One in which nothing is wrong, for tasks that listen on this port.
    pub fn sound(port: u16) -> Self {
        Self {
            port,
            health_path: "/health",
            is_forwarded: true,
            target_type: "ip",
            task_lets_in: Peer::Balancer,
            is_open: true,
        }
    }

    /// Makes all of it: load balancer and target group have this name.
    ///
    /// # Panics
    ///
    /// If AWS refuses.
    pub fn make(&self, aws: &Aws, name: &str) -> Front {
        let ec2 = |parameters: &str, wanted: &str| {
            aws.query("ec2", &format!("{EC2}&{parameters}"), wanted)
        };
        let vpc = ec2("Action=CreateVpc&CidrBlock=10.0.0.0/16", "vpcId");
        let subnets = [("a", 0), ("b", 1)].map(|(zone, number)| {
            let subnet = format!(
                "Action=CreateSubnet&VpcId={vpc}&CidrBlock=10.0.{number}.0/24&AvailabilityZone=us-east-1{zone}"
            );
            ec2(&subnet, "subnetId")
        });
        let (balancer_group, task_group) = self.make_groups(aws, &vpc);
        let target_group = self.make_balancer(aws, name, &vpc, &subnets, &balancer_group);
        Front {
            subnets,
            balancer_group,
            task_group,
            target_group,
        }
    }

    /// Makes a service of this definition behind all of that: cluster, service and family have this name.
    ///
    /// # Panics
    ///
    /// If AWS refuses, or the definition has no log.
    pub fn open(&self, aws: &Aws, name: &str, definition: &Value) {
        let front = self.make(aws, name);
        let log = "/containerDefinitions/0/logConfiguration/options/awslogs-group";
        let group = definition.pointer(log).expect("a log");
        aws.logs("CreateLogGroup", &json!({ "logGroupName": group }));
        aws.ecs("CreateCluster", &json!({ "clusterName": name }));
        aws.ecs("RegisterTaskDefinition", definition);
        let service = json!({
            "cluster": name,
            "serviceName": name,
            "taskDefinition": name,
            "desiredCount": 1,
            "launchType": "FARGATE",
            "deploymentConfiguration": {
                "minimumHealthyPercent": 100,
                "maximumPercent": 200,
                "deploymentCircuitBreaker": { "enable": true, "rollback": true },
            },
            "loadBalancers": [
                { "targetGroupArn": front.target_group, "containerName": "app", "containerPort": self.port },
            ],
            "networkConfiguration": {
                "awsvpcConfiguration": { "subnets": front.subnets, "securityGroups": [front.task_group] },
            },
        });
        aws.ecs("CreateService", &service);
    }

    fn make_groups(&self, aws: &Aws, vpc: &str) -> (String, String) {
        let ec2 = |parameters: &str, wanted: &str| {
            aws.query("ec2", &format!("{EC2}&{parameters}"), wanted)
        };
        let group = |kind: &str| {
            let group = format!(
                "Action=CreateSecurityGroup&VpcId={vpc}&GroupName={kind}&GroupDescription={kind}"
            );
            ec2(&group, "groupId")
        };
        let (balancer_group, task_group) = (group("balancer"), group("task"));
        let allow = |group: &str, port: u16, peer: &str| {
            let rule = format!(
                "Action=AuthorizeSecurityGroupIngress&GroupId={group}&IpPermissions.1.IpProtocol=tcp\
                 &IpPermissions.1.FromPort={port}&IpPermissions.1.ToPort={port}&IpPermissions.1.{peer}"
            );
            ec2(&rule, "return");
        };
        let everyone = "IpRanges.1.CidrIp=0.0.0.0/0";
        if self.is_open {
            allow(&balancer_group, 80, everyone);
        }
        let of_balancer = format!("Groups.1.GroupId={balancer_group}");
        let peers = match self.task_lets_in {
            Peer::Balancer => vec![of_balancer.as_str()],
            Peer::Everyone => vec![&of_balancer, everyone],
            Peer::EveryoneByIpv6 => vec![&of_balancer, "Ipv6Ranges.1.CidrIpv6=::/0"],
            Peer::Nobody => vec![],
        };
        for peer in peers {
            allow(&task_group, self.port, peer);
        }
        (balancer_group, task_group)
    }

    fn make_balancer(
        &self,
        aws: &Aws,
        name: &str,
        vpc: &str,
        subnets: &[String; 2],
        balancer_group: &str,
    ) -> String {
        let elb = |parameters: &str, wanted: &str| {
            let parameters = format!("{ELB}&{parameters}");
            aws.query("elasticloadbalancing", &parameters, wanted)
        };
        let balancer = elb(
            &format!(
                "Action=CreateLoadBalancer&Name={name}&Subnets.member.1={}&Subnets.member.2={}\
                 &SecurityGroups.member.1={balancer_group}",
                subnets[0], subnets[1]
            ),
            "LoadBalancerArn",
        );
        // The shortest times that AWS takes.
        let target_group = elb(
            &format!(
                "Action=CreateTargetGroup&Name={name}&Protocol=HTTP&Port={}&VpcId={vpc}&TargetType={}\
                 &HealthCheckPath={}&HealthCheckIntervalSeconds=5&HealthCheckTimeoutSeconds=2\
                 &HealthyThresholdCount=2&UnhealthyThresholdCount=2",
                self.port, self.target_type, self.health_path
            ),
            "TargetGroupArn",
        );
        if self.is_forwarded {
            let listener = format!(
                "Action=CreateListener&LoadBalancerArn={balancer}&Protocol=HTTP&Port=80\
                 &DefaultActions.member.1.Type=forward&DefaultActions.member.1.TargetGroupArn={target_group}"
            );
            elb(&listener, "ListenerArn");
        }
        target_group
    }
}

/// Makes a role, and returns its ARN.
///
/// # Panics
///
/// If AWS refuses.
pub fn make_role(aws: &Aws, name: &str) -> String {
    let role = format!(
        "Version=2010-05-08&Action=CreateRole&RoleName={name}&AssumeRolePolicyDocument={{}}"
    );
    aws.query("iam", &role, "Arn")
}

/// What a client gets from `/` through the load balancer of this name. Not from `/health`, which the emulator answers itself,
/// whatever the host.
///
/// # Panics
///
/// If that is no text.
pub fn answer(aws: &Aws, name: &str) -> String {
    let host = format!("host: {}", Emulator::host_of(name));
    let url = format!("http://{}/", aws.addr);
    let curl = Command::new("curl")
        .args(["--silent", "--max-time", "30", "--header", &host, &url])
        .output();
    String::from_utf8(curl.expect("curl is installed").stdout).expect("UTF-8")
}

/// This machine's, in ECS's words.
pub fn architecture() -> &'static str {
    if cfg!(target_arch = "aarch64") {
        "ARM64"
    } else {
        "X86_64"
    }
}
