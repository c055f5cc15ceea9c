//! A service with what stands before it, made by AWS's APIs.

use e2e::aws::Aws;
use e2e::front::{self, Front};
use serde_json::json;
use std::net::SocketAddr;

/// What is to be made.
pub(crate) struct Plan {
    registry: SocketAddr,
    pub(crate) front: front::Plan,
    pub(crate) repository: &'static str,
    pub(crate) tag: &'static str,
    pub(crate) container_port: u16,
    pub(crate) is_attached: bool,
}

impl Plan {
    pub(crate) fn sound(registry: SocketAddr) -> Self {
        Self {
            registry,
            front: front::Plan::sound(8000),
            repository: "public/app",
            tag: "index",
            container_port: 8000,
            is_attached: true,
        }
    }

    /// Makes all of it: the cluster and the service have this name.
    pub(crate) fn make(&self, aws: &Aws, name: &str) -> Front {
        let port = self.container_port;
        let plan = front::Plan { port, ..self.front };
        let front = plan.make(aws, name);
        if plan.target_type == "ip" {
            // As ECS does for a task that runs; moto runs none.
            let target = format!(
                "Version=2015-12-01&Action=RegisterTargets&TargetGroupArn={}&Targets.member.1.Id=10.0.0.17\
                 &Targets.member.1.Port={port}",
                front.target_group
            );
            aws.query("elasticloadbalancing", &target, "RequestId");
        }
        self.make_service(aws, name, &front);
        front
    }

    fn make_service(&self, aws: &Aws, name: &str, front: &Front) {
        let port = self.container_port;
        let image = format!("{}/{}:{}", self.registry, self.repository, self.tag);
        aws.ecs("CreateCluster", &json!({ "clusterName": name }));
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
        aws.ecs("RegisterTaskDefinition", &definition);
        let attached = json!([
            { "targetGroupArn": front.target_group, "containerName": "app", "containerPort": port },
        ]);
        let service = json!({
            "cluster": name,
            "serviceName": name,
            "taskDefinition": name,
            "desiredCount": 1,
            "launchType": "FARGATE",
            "loadBalancers": if self.is_attached { attached } else { json!([]) },
            "networkConfiguration": {
                "awsvpcConfiguration": { "subnets": front.subnets, "securityGroups": [front.task_group] },
            },
        });
        aws.ecs("CreateService", &service);
    }
}
