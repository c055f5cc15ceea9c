//! A service with its network, load balancer and cluster, made by AWS's APIs.

use e2e::moto::Moto;
use serde_json::json;
use std::net::SocketAddr;

/// Who is let in.
#[derive(Clone, Copy)]
pub(crate) enum Peer {
    Balancer,
    Everyone,
    EveryoneByIpv6,
    Nobody,
}

/// What is to be made.
pub(crate) struct Plan {
    registry: SocketAddr,
    pub(crate) repository: &'static str,
    pub(crate) tag: &'static str,
    pub(crate) container_port: u16,
    pub(crate) is_attached: bool,
    pub(crate) is_forwarded: bool,
    pub(crate) target_type: &'static str,
    pub(crate) task_lets_in: Peer,
    pub(crate) is_open: bool,
}

/// What was made.
pub(crate) struct Made {
    pub(crate) balancer_group: String,
    pub(crate) task_group: String,
    pub(crate) target_group: String,
}

const EC2: &str = "Version=2016-11-15";
const ELB: &str = "Version=2015-12-01";

impl Plan {
    pub(crate) fn sound(registry: SocketAddr) -> Self {
        Self {
            registry,
            repository: "public/app",
            tag: "index",
            container_port: 8000,
            is_attached: true,
            is_forwarded: true,
            target_type: "ip",
            task_lets_in: Peer::Balancer,
            is_open: true,
        }
    }

    /// Makes all of it: the cluster and the service have this name.
    pub(crate) fn make(&self, moto: &Moto, name: &str) -> Made {
        let ec2 = |parameters: &str, wanted: &str| {
            moto.query("ec2", &format!("{EC2}&{parameters}"), wanted)
        };
        let vpc = ec2("Action=CreateVpc&CidrBlock=10.0.0.0/16", "vpcId");
        let subnets = [("a", 0), ("b", 1)].map(|(zone, number)| {
            let subnet = format!(
                "Action=CreateSubnet&VpcId={vpc}&CidrBlock=10.0.{number}.0/24&AvailabilityZone=us-east-1{zone}"
            );
            ec2(&subnet, "subnetId")
        });
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
        let port = self.container_port;
        let peers = match self.task_lets_in {
            Peer::Balancer => vec![of_balancer.as_str()],
            Peer::Everyone => vec![&of_balancer, everyone],
            Peer::EveryoneByIpv6 => vec![&of_balancer, "Ipv6Ranges.1.CidrIpv6=::/0"],
            Peer::Nobody => vec![],
        };
        for peer in peers {
            allow(&task_group, port, peer);
        }

        let elb = |parameters: &str, wanted: &str| {
            moto.query(
                "elasticloadbalancing",
                &format!("{ELB}&{parameters}"),
                wanted,
            )
        };
        let balancer = elb(
            &format!(
                "Action=CreateLoadBalancer&Name={name}&Subnets.member.1={}&Subnets.member.2={}\
                 &SecurityGroups.member.1={balancer_group}",
                subnets[0], subnets[1]
            ),
            "LoadBalancerArn",
        );
        let target_group = elb(
            &format!(
                "Action=CreateTargetGroup&Name={name}&Protocol=HTTP&Port=8000&VpcId={vpc}\
                 &TargetType={}&HealthCheckPath=/health",
                self.target_type
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
        if self.target_type == "ip" {
            let target = format!(
                "Action=RegisterTargets&TargetGroupArn={target_group}&Targets.member.1.Id=10.0.0.17\
                 &Targets.member.1.Port={port}"
            );
            elb(&target, "RequestId");
        }
        self.make_service(moto, name, &subnets, &task_group, &target_group);
        Made {
            balancer_group,
            task_group,
            target_group,
        }
    }

    fn make_service(
        &self,
        moto: &Moto,
        name: &str,
        subnets: &[String],
        task_group: &str,
        target_group: &str,
    ) {
        let port = self.container_port;
        let image = format!("{}/{}:{}", self.registry, self.repository, self.tag);
        moto.ecs("CreateCluster", &json!({ "clusterName": name }));
        let definition = json!({
            "family": name,
            "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"],
            "cpu": "256",
            "memory": "512",
            "containerDefinitions": [{
                "name": "app",
                "image": image,
                "portMappings": [{ "containerPort": port }],
                "healthCheck": { "command": ["CMD", "/bin-fargate", "healthcheck"] },
            }],
        });
        moto.ecs("RegisterTaskDefinition", &definition);
        let attached = json!([
            { "targetGroupArn": target_group, "containerName": "app", "containerPort": port },
        ]);
        let service = json!({
            "cluster": name,
            "serviceName": name,
            "taskDefinition": name,
            "desiredCount": 1,
            "launchType": "FARGATE",
            "loadBalancers": if self.is_attached { attached } else { json!([]) },
            "networkConfiguration": {
                "awsvpcConfiguration": { "subnets": subnets, "securityGroups": [task_group] },
            },
        });
        moto.ecs("CreateService", &service);
    }
}
