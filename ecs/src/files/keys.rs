//! The keys of task definitions and services, by ECS's model in botocore 1.43 (`RegisterTaskDefinition` and `CreateService`), and
//! those that CloudFormation has besides. Only the parts in which a misspelled key changes what runs are here.

/// An object of the API with its keys, and those of them that have such objects or lists of them.
pub(super) struct Shape {
    pub(super) keys: &'static [&'static str],
    pub(super) parts: &'static [(&'static str, &'static Shape)],
}

const fn flat(keys: &'static [&'static str]) -> Shape {
    Shape { keys, parts: &[] }
}

pub(super) const TASK_DEFINITION: Shape = Shape {
    keys: &[
        "containerDefinitions",
        "cpu",
        "enableFaultInjection",
        "ephemeralStorage",
        "executionRoleArn",
        "family",
        "inferenceAccelerators",
        "ipcMode",
        "memory",
        "networkMode",
        "pidMode",
        "placementConstraints",
        "proxyConfiguration",
        "requiresCompatibilities",
        "runtimePlatform",
        "tags",
        "taskRoleArn",
        "volumes",
    ],
    parts: &[
        ("containerDefinitions", &CONTAINER),
        ("ephemeralStorage", &flat(&["sizeInGiB"])),
        (
            "runtimePlatform",
            &flat(&["cpuArchitecture", "operatingSystemFamily"]),
        ),
    ],
};

const CONTAINER: Shape = Shape {
    keys: &[
        "command",
        "cpu",
        "credentialSpecs",
        "dependsOn",
        "disableNetworking",
        "dnsSearchDomains",
        "dnsServers",
        "dockerLabels",
        "dockerSecurityOptions",
        "entryPoint",
        "environment",
        "environmentFiles",
        "essential",
        "extraHosts",
        "firelensConfiguration",
        "healthCheck",
        "hostname",
        "image",
        "interactive",
        "links",
        "linuxParameters",
        "logConfiguration",
        "memory",
        "memoryReservation",
        "mountPoints",
        "name",
        "portMappings",
        "privileged",
        "pseudoTerminal",
        "readonlyRootFilesystem",
        "repositoryCredentials",
        "resourceRequirements",
        "restartPolicy",
        "secrets",
        "startTimeout",
        "stopTimeout",
        "systemControls",
        "ulimits",
        "user",
        "versionConsistency",
        "volumesFrom",
        "workingDirectory",
    ],
    parts: &[
        ("dependsOn", &flat(&["condition", "containerName"])),
        ("environment", &flat(&["name", "value"])),
        ("environmentFiles", &flat(&["type", "value"])),
        (
            "healthCheck",
            &flat(&["command", "interval", "retries", "startPeriod", "timeout"]),
        ),
        (
            "linuxParameters",
            &Shape {
                keys: &[
                    "capabilities",
                    "devices",
                    "initProcessEnabled",
                    "maxSwap",
                    "sharedMemorySize",
                    "swappiness",
                    "tmpfs",
                ],
                parts: &[("capabilities", &flat(&["add", "drop"]))],
            },
        ),
        (
            "logConfiguration",
            &Shape {
                keys: &["logDriver", "options", "secretOptions"],
                parts: &[("secretOptions", &SECRET)],
            },
        ),
        (
            "mountPoints",
            &flat(&["containerPath", "readOnly", "sourceVolume"]),
        ),
        (
            "portMappings",
            &flat(&[
                "appProtocol",
                "containerPort",
                "containerPortRange",
                "hostPort",
                "name",
                "protocol",
            ]),
        ),
        ("repositoryCredentials", &flat(&["credentialsParameter"])),
        ("secrets", &SECRET),
    ],
};

const SECRET: Shape = flat(&["name", "valueFrom"]);

pub(super) const SERVICE: Shape = Shape {
    keys: &[
        "availabilityZoneRebalancing",
        "capacityProviderStrategy",
        "cluster",
        "deploymentConfiguration",
        "deploymentController",
        "desiredCount",
        "enableECSManagedTags",
        "enableExecuteCommand",
        "forceNewDeployment",
        "healthCheckGracePeriodSeconds",
        "launchType",
        "loadBalancers",
        "networkConfiguration",
        "placementConstraints",
        "placementStrategies",
        "platformVersion",
        "propagateTags",
        "role",
        "schedulingStrategy",
        "serviceConnectConfiguration",
        "serviceName",
        "serviceRegistries",
        "tags",
        "taskDefinition",
        "volumeConfigurations",
        "vpcLatticeConfigurations",
    ],
    parts: &[
        (
            "deploymentConfiguration",
            &Shape {
                keys: &[
                    "alarms",
                    "bakeTimeInMinutes",
                    "canaryConfiguration",
                    "deploymentCircuitBreaker",
                    "lifecycleHooks",
                    "linearConfiguration",
                    "maximumPercent",
                    "minimumHealthyPercent",
                    "strategy",
                ],
                parts: &[("deploymentCircuitBreaker", &flat(&["enable", "rollback"]))],
            },
        ),
        ("deploymentController", &flat(&["type"])),
        (
            "loadBalancers",
            &flat(&[
                "advancedConfiguration",
                "containerName",
                "containerPort",
                "loadBalancerName",
                "targetGroupArn",
            ]),
        ),
        (
            "networkConfiguration",
            &Shape {
                keys: &["awsvpcConfiguration"],
                parts: &[(
                    "awsvpcConfiguration",
                    &flat(&["assignPublicIp", "securityGroups", "subnets"]),
                )],
            },
        ),
    ],
};
