//! The definitions against each other, against the service's constants, and against the Dockerfile: what is written
//! twice is the same.

use dualrun::Options;
use dualrun::app::AppConfig;
use dualrun::config::load_from;
use dualrun::options::{DEFAULT_HEALTH_PATH, DEFAULT_PORT};
use ecs::doctor::{Status, examine};
use ecs::facts::TaskDefinition;
use ecs::files::{Template, definition_json, facts_of};
use ecs::stack::DEFAULT_TAG_KEY;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const IMAGE: (&str, &str) = ("Image", "vkuldeep1/myapp:COMMIT");
const CERTIFICATE: (&str, &str) = (
    "CertificateArn",
    "arn:aws:acm:us-east-1:111122223333:certificate/1",
);
const PARKED: (&str, &str) = ("Parked", "true");
const CANARY: (&str, &str) = ("Strategy", "CANARY");
/// Whatever watches the service.
const WATCHED: [(&str, &str); 7] = [
    ("ErrorAlarm", "5"),
    ("LatencyAlarm", "500"),
    ("UnhealthyAlarm", "1"),
    ("RestartAlarm", "3"),
    ("AlarmEmail", "ops@example.com"),
    ("Dashboard", "true"),
    ("Collector", "true"),
];

fn read(file: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn stack() -> Template {
    Template::parse(&read("stack.yaml")).unwrap()
}

fn resources(parameters: &[(&str, &str)]) -> BTreeMap<String, Value> {
    stack().resources(parameters).unwrap()
}

fn file() -> Value {
    serde_json::from_str(&read("task-definition.json")).unwrap()
}

#[test]
fn the_file_and_the_stack_define_the_same_task() {
    let mut stack = definition_json(&stack(), &[IMAGE]).unwrap();
    let mut file = file();
    // What is of one account, and what only one of the two forms has.
    for definition in [&mut stack, &mut file] {
        let definition = definition.as_object_mut().unwrap();
        for key in ["executionRoleArn", "taskRoleArn", "tags"] {
            definition.remove(key);
        }
        let container = &mut definition["containerDefinitions"][0];
        container["secrets"][0]["valueFrom"].take();
        container["logConfiguration"]["options"]["awslogs-group"].take();
    }
    assert_eq!(stack, file);
}

#[test]
fn a_task_has_what_the_service_needs_and_no_secret_in_the_open() {
    let container = &file()["containerDefinitions"][0];
    let names = |list: &str| -> Vec<String> {
        let entries = container[list].as_array().unwrap().iter();
        entries
            .map(|entry| entry["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let variables = names("environment").into_iter().chain(names("secrets"));
    let variables = variables.map(|name| (name, "a value"));
    assert!(load_from::<AppConfig, _, _>(variables).is_ok());
    assert_eq!(names("secrets"), ["SECRET_KEY"]);

    let options = Options::default();
    let drain = options.lame_duck + options.drain_timeout;
    assert!(container["stopTimeout"].as_u64().unwrap() > drain.as_secs());
    assert_eq!(
        container["portMappings"],
        json!([{ "containerPort": DEFAULT_PORT, "protocol": "tcp" }])
    );
    assert_eq!(container["readonlyRootFilesystem"], true);
}

#[test]
fn the_dockerfile_says_the_same() {
    let dockerfile = read("../Dockerfile");
    let after = |prefix: &str| {
        let rest = dockerfile.lines().find_map(|line| line.split_once(prefix));
        rest.unwrap_or_else(|| panic!("{prefix}")).1.to_owned()
    };
    let container = &file()["containerDefinitions"][0];
    assert_eq!(container["user"], after("USER "));
    let health: Vec<String> = serde_json::from_str(&after(" CMD ")).unwrap();
    let command = container["healthCheck"]["command"].as_array().unwrap();
    assert_eq!(command[0], "CMD");
    assert_eq!(command[1..], health);
    let healthcheck = after("HEALTHCHECK ");
    for (key, option) in [
        ("interval", "--interval"),
        ("timeout", "--timeout"),
        ("startPeriod", "--start-period"),
    ] {
        let seconds = &container["healthCheck"][key];
        assert!(
            healthcheck.contains(&format!("{option}={seconds}s")),
            "{option}"
        );
    }
}

#[test]
fn the_stacks_numbers_are_the_servers() {
    let resources = resources(&[IMAGE, CERTIFICATE]);
    let properties = |name: &str| resources[name]["Properties"].clone();
    let group = properties("TargetGroup");
    assert_eq!(
        (&group["Port"], &group["HealthCheckPath"]),
        (&DEFAULT_PORT.into(), &DEFAULT_HEALTH_PATH.into())
    );
    assert_eq!(properties("TaskFromBalancer")["FromPort"], DEFAULT_PORT);
    assert_eq!(
        properties("Service")["LoadBalancers"][0]["ContainerPort"],
        DEFAULT_PORT
    );

    let options = Options::default();
    let attribute = |properties: &Value, list: &str, key: &str| {
        let all = properties[list].as_array().unwrap().iter();
        let attribute = all
            .clone()
            .find(|attribute| attribute["Key"] == key)
            .unwrap();
        attribute["Value"].as_str().unwrap().parse::<u64>().unwrap()
    };
    let delay = attribute(
        &group,
        "TargetGroupAttributes",
        "deregistration_delay.timeout_seconds",
    );
    assert_eq!(delay, (options.lame_duck + options.drain_timeout).as_secs());
    let idle = attribute(
        &properties("Balancer"),
        "LoadBalancerAttributes",
        "idle_timeout.timeout_seconds",
    );
    assert!(
        idle < options.idle_timeout.as_secs(),
        "the balancer closes first"
    );
}

#[test]
fn the_doctor_has_nothing_against_the_stack_in_any_of_its_forms() {
    let forms: [&[(&str, &str)]; 4] = [
        &[IMAGE],
        &[IMAGE, CERTIFICATE],
        &[IMAGE, ("Architecture", "X86_64")],
        &[
            IMAGE,
            ("DesiredCount", "1"),
            ("RegistrySecretArn", "arn:aws:secretsmanager:a"),
        ],
    ];
    for parameters in forms {
        let facts = facts_of(&stack(), parameters).unwrap();
        let report = examine(&[facts], "the stack");
        for check in &report.checks {
            assert_eq!(check.status, Status::Pass, "{parameters:?}: {check:?}");
        }
    }
}

#[test]
fn with_a_certificate_port_80_redirects_and_443_forwards_by_tls_1_2_and_up() {
    let resources = resources(&[IMAGE, CERTIFICATE]);
    let http = &resources["HttpListener"]["Properties"]["DefaultActions"][0];
    assert_eq!(
        (&http["Type"], &http["RedirectConfig"]["Port"]),
        (&"redirect".into(), &"443".into())
    );
    let https = &resources["HttpsListener"]["Properties"];
    assert_eq!(https["DefaultActions"][0]["Type"], "forward");
    assert!(
        https["SslPolicy"]
            .as_str()
            .unwrap()
            .starts_with("ELBSecurityPolicy-TLS13-1-2-")
    );
    assert!(!self::resources(&[IMAGE]).contains_key("HttpsListener"));
}

#[test]
fn parked_there_is_nothing_that_costs_by_the_hour() {
    let resources = resources(&[IMAGE, CERTIFICATE, PARKED]);
    for kind in ["LoadBalancer", "Listener"] {
        let kind = format!("AWS::ElasticLoadBalancingV2::{kind}");
        assert!(
            !resources.values().any(|resource| resource["Type"] == kind),
            "{kind}"
        );
    }
    assert!(
        !resources
            .values()
            .any(|resource| resource["Type"] == "AWS::EC2::NatGateway")
    );
    let service = &resources["Service"]["Properties"];
    assert_eq!(service["DesiredCount"], 0);
    assert_eq!(service["LoadBalancers"], Value::Null);
}

#[test]
fn everything_that_can_bear_a_tag_has_one() {
    // Of the kinds in the stack, these cannot.
    let without = [
        "ResourcePolicy",
        "VPCGatewayAttachment",
        "Route",
        "SubnetRouteTableAssociation",
        "SecurityGroupIngress",
        "Listener",
        "ScalableTarget",
        "ScalingPolicy",
    ];
    for (name, resource) in resources(&[&[IMAGE, CERTIFICATE, CANARY], &WATCHED[..]].concat()) {
        let kind = resource["Type"]
            .as_str()
            .unwrap()
            .rsplit("::")
            .next()
            .unwrap();
        let tags = resource["Properties"]["Tags"].as_array();
        let is_tagged =
            tags.is_some_and(|tags| tags.iter().any(|tag| tag["Key"] == DEFAULT_TAG_KEY));
        assert!(is_tagged || without.contains(&kind), "{name}");
    }
}

#[test]
fn the_role_for_deployments_may_pass_the_two_roles_of_tasks_and_no_others() {
    let roles = resources(&[IMAGE]);
    let mut made: Vec<String> = roles
        .values()
        .filter(|resource| resource["Type"] == "AWS::IAM::Role")
        .map(|role| role["Properties"]["RoleName"].as_str().unwrap().to_owned())
        .collect();
    let oidc = Template::parse(&read("github-oidc.yaml")).unwrap();
    let parameters = [("Repository", "owner/name"), ("AllowOperations", "true")];
    let oidc = oidc.resources(&parameters).unwrap();
    let policy = &oidc["DeployRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"];
    let passes = policy
        .as_array()
        .unwrap()
        .iter()
        .find(|statement| statement["Action"] == "iam:PassRole");
    let passed = passes.unwrap()["Resource"].as_array().unwrap().iter();
    let mut passed: Vec<String> = passed
        .map(|arn| arn.as_str().unwrap().rsplit('/').next().unwrap().to_owned())
        .collect();
    made.sort_unstable();
    passed.sort_unstable();
    assert_eq!(made, passed);
    // Who unparks hands ECS the balancer's role too, and to nobody else.
    let statements =
        &oidc["OperationsRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"];
    let mut statements = statements.as_array().unwrap().iter();
    let balancer = statements.find(|it| {
        it["Resource"]
            .as_str()
            .is_some_and(|arn| arn.ends_with("-balancer"))
    });
    let to_whom = &balancer.unwrap()["Condition"]["StringEquals"]["iam:PassedToService"];
    assert_eq!(to_whom, "ecs.amazonaws.com");
    let trust = oidc["DeployRole"]["Properties"]["AssumeRolePolicyDocument"].to_string();
    assert!(
        trust.contains("repo:owner/name:environment:production"),
        "{trust}"
    );
}

#[test]
fn the_images_name_stands_in_one_place() {
    let definition: TaskDefinition = serde_json::from_value(file()).unwrap();
    let name = definition.container_definitions[0]
        .image
        .strip_suffix(":COMMIT")
        .unwrap()
        .to_owned();
    let mut found = Vec::new();
    for folder in ["../.github", "../.github/workflows", "."] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let files = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        found
            .extend(files.filter(|file| {
                file.is_file() && fs::read_to_string(file).unwrap().contains(&name)
            }));
    }
    assert_eq!(found.len(), 1, "{found:?}");
}
