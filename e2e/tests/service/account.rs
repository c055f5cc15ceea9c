//! An account with one service, `shop`, on an emulator, and a registry beside it.

use e2e::docker::docker;
use e2e::emulator::Emulator;
use e2e::front::Plan;
use e2e::local::wait_for;
use e2e::registry::Registry;
use serde_json::{Value, json};
use std::process::Command;

pub(crate) struct Account {
    // Dropped first: its containers run the registry's images.
    pub(crate) emulator: Emulator,
    registry: Registry,
}

impl Account {
    pub(crate) fn make() -> Self {
        Self {
            emulator: Emulator::start(),
            registry: Registry::start(),
        }
    }

    /// Where images are, without a tag.
    pub(crate) fn images(&self) -> String {
        self.registry.image("shop")
    }

    /// Pushes a local image with this tag, and returns its name.
    pub(crate) fn push(&self, image: &str, tag: &str) -> String {
        let name = format!("{}:{tag}", self.images());
        docker(&["tag", image, &name]);
        self.registry.push(&name);
        name
    }

    /// Makes a role, and returns its ARN.
    pub(crate) fn make_role(&self, name: &str) -> String {
        let role = format!(
            "Version=2010-05-08&Action=CreateRole&RoleName={name}&AssumeRolePolicyDocument={{}}"
        );
        self.emulator.aws.query("iam", &role, "Arn")
    }

    /// Makes the service of this definition, behind a load balancer, and waits for this answer of its first task.
    pub(crate) fn make_service(&self, definition: &Value, plan: &Plan, answer: &str) {
        let aws = &self.emulator.aws;
        let front = plan.make(aws, "shop");
        let log = "/containerDefinitions/0/logConfiguration/options/awslogs-group";
        let group = definition.pointer(log).expect("a log");
        aws.logs("CreateLogGroup", &json!({ "logGroupName": group }));
        aws.ecs("CreateCluster", &json!({ "clusterName": "shop" }));
        aws.ecs("RegisterTaskDefinition", definition);
        let service = json!({
            "cluster": "shop",
            "serviceName": "shop",
            "taskDefinition": "shop",
            "desiredCount": 1,
            "launchType": "FARGATE",
            "deploymentConfiguration": {
                "minimumHealthyPercent": 100,
                "maximumPercent": 200,
                "deploymentCircuitBreaker": { "enable": true, "rollback": true },
            },
            "loadBalancers": [
                { "targetGroupArn": front.target_group, "containerName": "app", "containerPort": plan.port },
            ],
            "networkConfiguration": {
                "awsvpcConfiguration": { "subnets": front.subnets, "securityGroups": [front.task_group] },
            },
        });
        aws.ecs("CreateService", &service);
        wait_for("an answer of the first task", || self.answer() == answer);
    }

    /// What a client gets through the load balancer. Not of `/health`, which the emulator answers itself, whatever the host.
    pub(crate) fn answer(&self) -> String {
        let host = format!("host: {}", Emulator::host_of("shop"));
        let url = format!("http://{}/", self.emulator.aws.addr);
        let curl = Command::new("curl")
            .args(["--silent", "--max-time", "30", "--header", &host, &url])
            .output();
        String::from_utf8(curl.expect("curl is installed").stdout).expect("UTF-8")
    }
}
