//! A service with all that belongs to it, on an emulator, with a registry beside it.

use e2e::cargo_ecs::{Run, cargo_ecs};
use e2e::emulator::Emulator;
use e2e::front::{self, Plan, architecture, make_role};
use e2e::local::wait_for;
use e2e::registry::Registry;
use serde_json::{Value, json};
use tempfile::TempDir;

const PORT: u16 = 8000;

/// An AWS and a registry, for all of a test's services.
pub(crate) struct World {
    // Dropped first: its containers run the registry's images.
    pub(crate) emulator: Emulator,
    pub(crate) registry: Registry,
}

impl World {
    pub(crate) fn make() -> Self {
        Self {
            emulator: Emulator::start(),
            registry: Registry::start(),
        }
    }
}

/// A service.
pub(crate) struct Shop<'a> {
    world: &'a World,
    /// Its name, and that of its cluster, balancer, family and target group.
    name: &'a str,
    /// If ECS asks its containers how they are, and not its targets alone.
    is_checked: bool,
    /// The ARN of its role.
    role: String,
    /// The ARN of its secret.
    secret: String,
    /// Where the tool runs: not in the repository, whose files are about another service.
    pub(crate) directory: TempDir,
}

impl<'a> Shop<'a> {
    /// One task of the image with this tag, once it serves.
    pub(crate) fn open(world: &'a World, name: &'a str, tag: &str) -> Self {
        Self::closed(world, name, true).opened(tag)
    }

    /// The same without a health check of the container. The shortest that AWS has adds five seconds to a deployment.
    pub(crate) fn open_unchecked(world: &'a World, name: &'a str, tag: &str) -> Self {
        Self::closed(world, name, false).opened(tag)
    }

    fn closed(world: &'a World, name: &'a str, is_checked: bool) -> Self {
        let aws = &world.emulator.aws;
        let secret = json!({ "Name": name, "SecretString": "hunter2" });
        let secret = aws.secrets("CreateSecret", &secret);
        Self {
            world,
            name,
            is_checked,
            role: make_role(aws, name),
            secret: secret["ARN"].as_str().expect("an ARN").to_owned(),
            directory: tempfile::tempdir().expect("a directory"),
        }
    }

    fn opened(self, tag: &str) -> Self {
        let aws = &self.world.emulator.aws;
        Plan::sound(PORT).open(aws, self.name, &self.definition(tag));
        // The emulator says at once of a service that it is complete; AWS would take until here.
        wait_for("a healthy target", || self.healthy() == 1);
        self
    }

    /// As `ecs/task-definition.json`, but for ENVIRONMENT, which is left to the images, and with the shortest times that
    /// AWS takes.
    pub(crate) fn definition(&self, tag: &str) -> Value {
        let mut definition = json!({
            "family": self.name,
            "requiresCompatibilities": ["FARGATE"],
            "networkMode": "awsvpc",
            "cpu": "256",
            "memory": "512",
            "runtimePlatform": { "operatingSystemFamily": "LINUX", "cpuArchitecture": architecture() },
            "executionRoleArn": self.role,
            "taskRoleArn": self.role,
            "containerDefinitions": [{
                "name": "app",
                "image": self.world.registry.image(&format!("shop:{tag}")),
                "essential": true,
                "user": "65532:65532",
                "readonlyRootFilesystem": true,
                "linuxParameters": { "capabilities": { "drop": ["ALL"] } },
                "portMappings": [{ "containerPort": PORT, "protocol": "tcp" }],
                "environment": [{ "name": "APP_NAME", "value": "shop" }],
                "secrets": [{ "name": "SECRET_KEY", "valueFrom": self.secret }],
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {
                        "awslogs-group": format!("/ecs/{}", self.name),
                        "awslogs-region": "us-east-1",
                        "awslogs-stream-prefix": "app",
                    },
                },
            }],
        });
        if self.is_checked {
            definition["containerDefinitions"][0]["healthCheck"] = json!({
                "command": ["CMD", "/bin-fargate", "healthcheck"],
                "interval": 5,
                "timeout": 5,
                "retries": 2,
            });
        }
        definition
    }

    /// The tool, asked about this service.
    pub(crate) fn cargo_ecs(&self, arguments: &[&str]) -> Run {
        let (command, rest) = arguments.split_first().expect("a command");
        // What follows a `--` is not the tool's.
        let arguments = [&[*command, "--service", self.name], rest].concat();
        cargo_ecs(&self.world.emulator.aws, self.directory.path(), &arguments)
    }

    /// What `cargo ecs status --json` says.
    pub(crate) fn status(&self) -> Value {
        let run = self.cargo_ecs(&["status", "--json"]);
        assert_eq!(run.code, 0, "{run:#?}");
        run.json()
    }

    /// How many healthy targets it has.
    pub(crate) fn healthy(&self) -> usize {
        let status = self.status();
        let targets = status["targets"].as_array().expect("targets");
        let healthy = targets.iter().filter(|it| it["state"] == "healthy");
        healthy.count()
    }

    /// How many revisions its family has.
    pub(crate) fn revisions(&self) -> usize {
        let parameters = json!({ "familyPrefix": self.name });
        let answer = self
            .world
            .emulator
            .aws
            .ecs("ListTaskDefinitions", &parameters);
        let arns = answer["taskDefinitionArns"].as_array();
        arns.expect("a list").len()
    }

    /// The digests that its running tasks say they run.
    pub(crate) fn digests(&self) -> Vec<String> {
        let aws = &self.world.emulator.aws;
        let parameters = json!({ "cluster": self.name, "serviceName": self.name });
        let tasks = aws.ecs("ListTasks", &parameters)["taskArns"].take();
        let parameters = json!({ "cluster": self.name, "tasks": tasks });
        let answer = aws.ecs("DescribeTasks", &parameters);
        let tasks = answer["tasks"].as_array().expect("tasks").iter();
        let digests = tasks.map(|task| task["containers"][0]["imageDigest"].as_str());
        digests.map(|it| it.expect("a digest").into()).collect()
    }

    /// What a client gets from it, through its load balancer: the name of the image that answers.
    pub(crate) fn answer(&self) -> String {
        let answer = front::answer(&self.world.emulator.aws, self.name);
        let image = answer.trim().strip_prefix("shop running in ");
        image.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// The name of its load balancer, for clients.
    pub(crate) fn host(&self) -> String {
        Emulator::host_of(self.name)
    }
}
