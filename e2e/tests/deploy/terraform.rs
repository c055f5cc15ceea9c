//! The module for Terraform: what a plan tells the doctor, applied, deployed to, planned again, and taken down.
//!
//! The emulator keeps scaling without scaling anything, and forgets much of an alarm, so alarms and the dashboard are planned by
//! `.ci/terraform` and not applied here.

use crate::images::Image;
use crate::shop::World;
use e2e::cargo_ecs::cargo_ecs;
use e2e::emulator::Emulator;
use e2e::front::architecture;
use e2e::image::repository;
use e2e::local::wait_for;
use e2e::terraform::Terraform;
use serde_json::json;
use std::fs;
use std::process::Command;

/// By the variables of the module's, whatever the image is.
const ANSWER: &str = "shop running in production\n";

#[test]
fn a_service_of_terraform_is_deployed_to_and_the_next_plan_is_empty() {
    let main = repository().join("e2e/tests/deploy/terraform/main.tf");
    let Some(terraform) = Terraform::find(&main) else {
        return;
    };
    let world = World::make();
    for tag in ["blue", "green"] {
        Image::Good.push(&world.registry, tag);
    }
    let aws = &world.emulator.aws;
    let image = format!("-var=image={}", world.registry.image("shop:blue"));
    let platform = format!("-var=architecture={}", architecture());
    let tool = |arguments: &[&str]| {
        let run = cargo_ecs(aws, terraform.path(), arguments);
        assert_eq!(run.code, 0, "{arguments:?} {run:#?}");
        run
    };

    terraform.init(aws);
    terraform.run(
        aws,
        &["plan", "-input=false", "-out=first", &image, &platform],
    );
    let json = terraform.run(aws, &["show", "-json", "first"]);
    fs::write(terraform.path().join("plan.json"), json).expect("a file");
    let doctor = tool(&["doctor", "--plan", "plan.json", "--json"]).json();
    for check in &doctor["checks"].as_array().expect("checks")[..5] {
        assert_eq!(check["status"], "pass", "{check:#}");
    }

    terraform.run(aws, &["apply", "-input=false", "first"]);
    wait_for("an answer of the first task", || answer(&world) == ANSWER);
    let deployed = tool(&["deploy", "green", "--service", "shop", "--json"]).json();
    assert_eq!(deployed["verdict"], "deployed", "{deployed:#}");
    assert_eq!(answer(&world), ANSWER);
    let status = tool(&["status", "--service", "shop", "--json"]).json();
    assert_eq!(
        status["image"],
        world.registry.image("shop:green"),
        "{status:#}"
    );
    tool(&["doctor", "--service", "shop"]);

    // Neither the image nor the count is Terraform's, and nothing else has changed. With changes it would exit with 2.
    let plan = [
        "plan",
        "-input=false",
        "-detailed-exitcode",
        &image,
        &platform,
    ];
    terraform.run(aws, &plan);

    // What Terraform has of the task runs with the next deployment.
    let file = terraform.run(aws, &["output", "-raw", "task_definition"]);
    fs::write(terraform.path().join("task-definition.json"), file).expect("a file");
    tool(&[
        "deploy",
        "green",
        "--service",
        "shop",
        "--definition",
        "task-definition.json",
    ]);

    terraform.run(
        aws,
        &[
            "destroy",
            "-input=false",
            "-auto-approve",
            &image,
            &platform,
        ],
    );
    let services = aws.ecs("ListServices", &json!({ "cluster": "shop" }));
    assert_eq!(services["serviceArns"], json!([]), "{services:#}");
    let clusters = aws.ecs("ListClusters", &json!({}));
    assert_eq!(clusters["clusterArns"], json!([]), "{clusters:#}");
    let groups = aws.logs("DescribeLogGroups", &json!({}));
    assert_eq!(groups["logGroups"], json!([]), "{groups:#}");
    let secrets = aws.secrets("ListSecrets", &json!({}));
    assert_eq!(secrets["SecretList"], json!([]), "{secrets:#}");
    let balancers = "Version=2015-12-01&Action=DescribeLoadBalancers";
    assert_eq!(
        aws.query("elasticloadbalancing", balancers, "LoadBalancers"),
        ""
    );
}

fn answer(world: &World) -> String {
    let host = format!("host: {}", Emulator::host_of("shop"));
    let url = format!("http://{}/", world.emulator.aws.addr);
    let curl = Command::new("curl")
        .args(["--silent", "--max-time", "30", "--header", &host, &url])
        .output();
    String::from_utf8(curl.expect("curl is installed").stdout).expect("UTF-8")
}
