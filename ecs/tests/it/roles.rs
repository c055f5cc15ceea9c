//! The roles of `github-oidc.yaml`: who may take them, and that they reach no other stack.

use ecs::files::Template;
use serde_json::Value;
use std::fs;
use std::path::Path;

const ROLES: [&str; 2] = ["DeployRole", "OperationsRole"];
/// Actions that neither a name nor a tag can limit, each with its reason in the template.
const UNLIMITED: [&str; 7] = [
    "application-autoscaling:DeleteScalingPolicy",
    "application-autoscaling:DeregisterScalableTarget",
    "application-autoscaling:PutScalingPolicy",
    "application-autoscaling:RegisterScalableTarget",
    "ecs:DeregisterTaskDefinition",
    "elasticloadbalancing:DeleteListener",
    "logs:DeleteResourcePolicy",
];

fn read(file: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(file);
    fs::read_to_string(file).unwrap()
}

/// A role for the stack of this name.
fn role(name: &str, service: &str) -> Value {
    let template = Template::parse(&read("ecs/github-oidc.yaml")).unwrap();
    let parameters = [
        ("Repository", "owner/name"),
        ("AllowOperations", "true"),
        ("Service", service),
        ("EcrRepositoryArn", "arn:aws:ecr:us-east-1:1:repository/one"),
        ("DatabaseSecurityGroup", "sg-db"),
        ("BalancerSecurityGroupId", "sg-alb"),
        ("DomainName", "one.example.com"),
        ("HostedZoneId", "Z1"),
    ];
    template.resources(&parameters).unwrap()[name]["Properties"].clone()
}

struct Statement {
    sid: String,
    actions: Vec<String>,
    resources: Vec<String>,
    condition: Value,
}

fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        list => serde_json::from_value(list.clone()).unwrap(),
    }
}

fn statements(name: &str, service: &str) -> Vec<Statement> {
    let role = role(name, service);
    let statements = role["Policies"][0]["PolicyDocument"]["Statement"]
        .as_array()
        .unwrap()
        .iter();
    let statements = statements.map(|it| Statement {
        sid: it["Sid"].as_str().unwrap().to_owned(),
        actions: texts(&it["Action"]),
        resources: texts(&it["Resource"]),
        condition: it["Condition"].clone(),
    });
    statements.collect()
}

impl Statement {
    /// If a tag with the stack's name limits it, on what is there or on what is made.
    fn is_bound_by_tag(&self, service: &str) -> bool {
        let tags = ["aws:ResourceTag/dualrun", "aws:RequestTag/dualrun"];
        let tests = &self.condition["StringEquals"];
        tags.iter().any(|tag| tests[tag] == service)
    }

    /// What is limited by the ARN, or not at all.
    fn is_bound_otherwise(&self) -> bool {
        // To one thing that is there already, such as the group of a database.
        self.resources.iter().all(|it| !it.contains('*'))
            || !self.condition["StringEquals"]["elasticloadbalancing:CreateAction"].is_null()
            || !self.condition["ArnEquals"]["ecs:cluster"].is_null()
    }
}

/// If a pattern of IAM matches a text: a star is any characters.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(start) else {
        return false;
    };
    loop {
        if matches(rest, text) {
            return true;
        }
        let mut characters = text.chars();
        if characters.next().is_none() {
            return false;
        }
        text = characters.as_str();
    }
}

fn is_read(action: &str) -> bool {
    let (_, name) = action.split_once(':').unwrap();
    let reads = ["Describe", "Filter", "Get", "List"];
    reads.iter().any(|verb| name.starts_with(verb))
}

#[test]
fn a_role_for_one_stack_reaches_no_other_whose_name_begins_or_ends_alike() {
    for name in ROLES {
        for other in ["qz", "zq", "q-z", "q_z"] {
            let theirs = statements(name, other);
            let theirs = theirs.iter().filter(|it| !it.is_bound_by_tag(other));
            let theirs = theirs.flat_map(|it| &it.resources);
            // As something that is there would be named.
            let theirs: Vec<String> = theirs
                .filter(|arn| arn.contains(other) && *arn != "*")
                .map(|arn| arn.replace('*', "1"))
                .collect();
            assert!(theirs.len() > 5, "{name}");
            for ours in statements(name, "q") {
                let is_bound = ours.is_bound_by_tag("q") || ours.is_bound_otherwise();
                for pattern in ours.resources.iter().filter(|it| !is_bound && *it != "*") {
                    let reached = theirs.iter().find(|arn| matches(pattern, arn));
                    assert_eq!(reached, None, "{name} {}: {pattern}", ours.sid);
                }
            }
        }
    }
}

#[test]
fn what_changes_something_is_bound_by_a_name_or_by_the_stacks_tag() {
    for name in ROLES {
        for statement in statements(name, "shop") {
            let is_named = statement.resources.iter().all(|it| it.contains("shop"));
            let is_bound = statement.is_bound_by_tag("shop") || statement.is_bound_otherwise();
            for action in &statement.actions {
                let is_fine = is_read(action) || UNLIMITED.contains(&action.as_str());
                assert!(is_named || is_bound || is_fine, "{name}: {action}");
            }
        }
    }
}

#[test]
fn a_definition_is_registered_for_the_stacks_own_family_only() {
    for name in ROLES {
        let statements = statements(name, "shop");
        let mut all = statements.iter();
        let action = "ecs:RegisterTaskDefinition".to_owned();
        let statement = all.find(|it| it.actions.contains(&action)).unwrap();
        let families = statement.resources.iter();
        let families: Vec<&str> = families
            .filter_map(|arn| Some(arn.split_once(":task-definition/")?.1))
            .collect();
        assert_eq!(families, ["shop", "shop:*"], "{name}");
        assert!(!statement.resources.contains(&"*".to_owned()), "{name}");
    }
}

#[test]
fn operations_are_for_an_environment_that_no_deployment_can_run_in() {
    let subject = |name: &str| {
        let trust = &role(name, "shop")["AssumeRolePolicyDocument"]["Statement"][0]["Condition"];
        let tests = trust["StringEquals"].as_object().unwrap();
        // Nothing by pattern: each claim has one value.
        assert_eq!(trust.as_object().unwrap().len(), 1, "{name}");
        tests["token.actions.githubusercontent.com:sub"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let environment = "repo:owner/name:environment:production";
    assert_eq!(subject("DeployRole"), environment);
    assert_eq!(
        subject("OperationsRole"),
        format!("{environment}-operations")
    );

    let deploy = read(".github/workflows/deploy.yml");
    assert!(deploy.contains("if: ${{ !endsWith(inputs.environment, '-operations') }}"));
    let operations = read(".github/workflows/ops.yml");
    let condition = r#"contains(fromJSON('["park", "unpark", "down"]'), inputs.operation)"#;
    for then in [
        "format('{0}-operations', inputs.environment) || inputs.environment",
        "vars.AWS_OPERATIONS_ROLE_ARN || vars.AWS_ROLE_ARN",
    ] {
        assert!(operations.contains(&format!("{condition} && {then}")));
    }
}

#[test]
fn the_role_for_operations_may_do_what_park_and_down_ask_themselves() {
    let allowed = statements("OperationsRole", "shop");
    let allowed: Vec<&String> = allowed.iter().flat_map(|it| &it.actions).collect();
    for action in [
        "cloudformation:CreateChangeSet",
        "cloudformation:DeleteChangeSet",
        "cloudformation:DeleteStack",
        "cloudformation:DescribeChangeSet",
        "cloudformation:DescribeStackEvents",
        "cloudformation:DescribeStacks",
        "cloudformation:ExecuteChangeSet",
        "cloudformation:GetTemplate",
        "cloudformation:ListChangeSets",
        "cloudformation:ListStackResources",
        "cloudformation:ListStacks",
        "ecs:DeleteTaskDefinitions",
        "ecs:DeregisterTaskDefinition",
        "ecs:DescribeServices",
        "ecs:DescribeTaskDefinition",
        "ecs:UpdateService",
        "elasticloadbalancing:DescribeRules",
        "secretsmanager:DeleteSecret",
        "tag:GetResources",
    ] {
        assert!(allowed.iter().any(|it| *it == action), "{action}");
    }
}

/// Resources of others do not have the stack's tag, so the role names each of them.
#[test]
fn what_exists_already_is_reached_by_its_name_and_only_if_it_is_given() {
    let statements = statements("OperationsRole", "shop");
    for (action, resource) in [
        ("ec2:RevokeSecurityGroupIngress", "security-group/sg-db"),
        ("ec2:RevokeSecurityGroupEgress", "security-group/sg-alb"),
        ("route53:ChangeResourceRecordSets", "hostedzone/Z1"),
    ] {
        let mut all = statements.iter();
        let found =
            all.find(|it| it.actions.iter().any(|it| it == action) && !it.is_bound_by_tag("shop"));
        let found = found.unwrap_or_else(|| panic!("{action}"));
        assert_eq!(found.resources.len(), 1, "{action}");
        assert!(found.resources[0].ends_with(resource), "{action}");
    }
    let template = Template::parse(&read("ecs/github-oidc.yaml")).unwrap();
    let parameters = [("Repository", "owner/name"), ("AllowOperations", "true")];
    let without = template.resources(&parameters).unwrap();
    let text = without["OperationsRole"].to_string() + &without["DeployRole"].to_string();
    for absent in ["route53:", "ecr:", "sg-"] {
        assert!(!text.contains(absent), "{absent}");
    }
}

#[test]
fn images_are_pushed_by_a_role_of_its_own_that_is_there_only_if_it_is_asked_for() {
    let template = Template::parse(&read("ecs/github-oidc.yaml")).unwrap();
    let repository = "arn:aws:ecr:us-east-1:1:repository/one";
    let own = [
        ("Repository", "owner/name"),
        ("EcrRepositoryArn", repository),
    ];
    let has = |more: &[(&str, &str)]| {
        let parameters = [&own[..], more].concat();
        template
            .resources(&parameters)
            .unwrap()
            .contains_key("PushRole")
    };
    assert!(!has(&[]) && has(&[("AllowPush", "true")]));
    let nothing_to_push_to = [("AllowPush", "true"), ("Repository", "owner/name")];
    let made = template.resources(&nothing_to_push_to).unwrap();
    assert!(!made.contains_key("PushRole"));
}

/// CloudFormation names a secret after its resource, and `cargo ecs init` calls that after the variable.
#[test]
fn operations_delete_every_secret_that_a_stack_makes_and_no_other_teams() {
    let statements = statements("OperationsRole", "shop");
    let action = "secretsmanager:DeleteSecret".to_owned();
    let mut all = statements.iter();
    let statement = all.find(|it| it.actions.contains(&action)).unwrap();
    assert!(statement.is_bound_by_tag("shop"));
    let reaches = |name: &str| {
        let mut patterns = statement.resources.iter();
        patterns.any(|it| {
            it.split_once(":secret:")
                .is_some_and(|(_, it)| matches(it, name))
        })
    };
    for variable in ["SECRET_KEY", "DATABASE_URL"] {
        let resource = ecs::init::resource_of(variable);
        assert!(reaches(&format!("{resource}-AbCdEf")), "{resource}");
    }
    assert!(reaches("SecretKey-AbCdEf") && !reaches("payroll-AbCdEf"));
}

/// IAM compares the record's name letter by letter, and knows a wildcard as `\\052`.
#[test]
fn the_name_that_the_stack_takes_is_one_that_the_role_can_change() {
    let pattern = |file: &str| {
        let template = Template::parse(&read(file)).unwrap();
        template.as_json()["Parameters"]["DomainName"]["AllowedPattern"].clone()
    };
    let own = pattern("ecs/stack.yaml");
    assert_eq!(own, pattern("ecs/github-oidc.yaml"));
    assert!(!own.as_str().unwrap().contains('*'), "{own}");
}

/// All inline policies of a role together (AWS, IAM user guide, "IAM and AWS STS quotas"; white space does not count).
#[test]
fn a_policy_fits_into_its_role_for_names_as_long_as_a_service_has_them() {
    let service = "s".repeat(32);
    for name in ROLES {
        let policy = &role(name, &service)["Policies"][0]["PolicyDocument"];
        let size = policy.to_string().len();
        assert!(size <= 10_240, "{name}: {size}");
    }
}
