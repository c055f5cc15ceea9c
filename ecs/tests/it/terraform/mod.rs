//! The modules in `ecs/terraform` against the templates: what Terraform makes is what CloudFormation makes. `.ci/terraform` renders the
//! plans, and CI tells if one is out of date.

mod document;
mod named;
mod same;

use ecs::files::Template;
use serde_json::Value;
use std::collections::BTreeMap;

type Parameters = &'static [(&'static str, &'static str)];

/// The forms of the module in `own/main.tf`, each with the parameters of the stack that mean the same.
const FORMS: [(&str, Parameters); 4] = [
    ("plain", &[IMAGE]),
    (
        "whole",
        &[
            IMAGE,
            ("Port", "9000"),
            ("HealthPath", "/healthz"),
            ("Cpu", "512"),
            ("Memory", "1024"),
            ("Architecture", "X86_64"),
            (
                "CertificateArn",
                "arn:aws:acm:us-east-1:111122223333:certificate/1",
            ),
            ("VpcId", "vpc-0a"),
            ("SubnetIds", "subnet-0a,subnet-0b"),
            ("BalancerSubnetIds", "subnet-0c,subnet-0d"),
            ("AssignPublicIp", "DISABLED"),
            ("DatabaseSecurityGroup", "sg-0d"),
            ("DatabaseIngress", "true"),
            ("ErrorAlarm", "5"),
            ("LatencyAlarm", "500"),
            ("UnhealthyAlarm", "1"),
            ("RestartAlarm", "3"),
            ("AlarmEmail", "ops@example.com"),
            ("Dashboard", "true"),
            ("Metrics", "emf"),
            ("Collector", "true"),
            ("TaskPolicyArns", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
            ("LogRetentionDays", "30"),
        ],
    ),
    (
        "shared",
        &[
            IMAGE,
            ("VpcId", "vpc-0a"),
            ("SubnetIds", "subnet-0a,subnet-0b"),
            ("AssignPublicIp", "DISABLED"),
            (
                "ListenerArn",
                "arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/lb/0a/0b",
            ),
            ("BalancerSecurityGroupId", "sg-0b"),
            ("BalancerEgress", "true"),
            ("HostHeader", "shop.example.com"),
        ],
    ),
    (
        "parked",
        &[
            IMAGE,
            (
                "CertificateArn",
                "arn:aws:acm:us-east-1:111122223333:certificate/1",
            ),
            ("ErrorAlarm", "5"),
            ("Parked", "true"),
        ],
    ),
];
const IMAGE: (&str, &str) = ("Image", "vkuldeep1/myapp:COMMIT");

fn plan() -> Value {
    serde_json::from_str(include_str!("own.json")).unwrap()
}

fn template(text: &str) -> Template {
    Template::parse(text).unwrap()
}

fn stack() -> Template {
    template(include_str!("../../../stack.yaml"))
}

/// The planned values of a module's resources, by their addresses in it.
fn planned(plan: &Value, module: &str) -> BTreeMap<String, Value> {
    let prefix = format!("module.{module}.");
    let modules = plan["planned_values"]["root_module"]["child_modules"]
        .as_array()
        .unwrap();
    let own = modules
        .iter()
        .find(|it| it["address"] == format!("module.{module}"))
        .unwrap();
    let resources = own["resources"].as_array().unwrap().iter();
    let resources = resources.map(|it| {
        let address = it["address"]
            .as_str()
            .unwrap()
            .strip_prefix(&prefix)
            .unwrap();
        (address.to_owned(), it["values"].clone())
    });
    resources.collect()
}
