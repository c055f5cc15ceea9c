//! `cargo ecs doctor` on a service that runs, in an AWS on this machine: each check broken alone and in pairs, the
//! commands that it gives carried out, and nothing to complain about where all is sound.

mod plan;
// The registry that the tool's own tests play.
#[allow(dead_code, reason = "the other tests look at what it was asked")]
#[path = "../../../ecs/tests/it/registry/fake.rs"]
mod registry;
// What its images have in their layers.
#[path = "../../../ecs/tests/it/registry/layers.rs"]
mod layers;
mod support;

use e2e::front::{Front, Peer};
use e2e::image::repository;
use e2e::moto::Moto;
use plan::Plan;
use registry::FakeRegistry;
use serde_json::Value;
use std::process::Command;

/// An AWS and a registry, for all of a test's services.
struct World {
    moto: Moto,
    registry: FakeRegistry,
}

impl World {
    async fn make() -> Self {
        Self {
            moto: Moto::start(),
            registry: FakeRegistry::start().await,
        }
    }

    fn sound(&self) -> Plan {
        Plan::sound(self.registry.addr)
    }

    /// The doctor's report on a service, and its exit code.
    async fn doctor(&self, service: &str) -> (Value, Option<i32>) {
        let mut command = Command::new("cargo");
        command.args(["ecs", "doctor", "--json", "--service", service]);
        command.args(["--image", &format!("{}/public/app", self.registry.addr)]);
        command
            .envs(self.moto.aws.variables())
            .current_dir(repository());
        // The registry is served by this thread.
        let output = tokio::task::spawn_blocking(move || command.output());
        let output = output.await.expect("no panic").expect("cargo is installed");
        let report = serde_json::from_slice(&output.stdout);
        let stderr = String::from_utf8_lossy(&output.stderr);
        (
            report.unwrap_or_else(|_| panic!("{service}: {stderr}")),
            output.status.code(),
        )
    }
}

type Break = fn(&mut Plan);

/// One way to break each check.
const BREAKS: [(u64, Break); 5] = [
    (1, |plan| plan.tag = "gone"),
    (2, |plan| plan.repository = "other/app"),
    (3, |plan| plan.container_port = 9000),
    (4, |plan| plan.is_attached = false),
    (5, |plan| plan.front.task_lets_in = Peer::Everyone),
];

fn status(report: &Value, number: u64) -> &str {
    let checks = report["checks"].as_array().expect("checks");
    let check = checks.iter().find(|check| check["number"] == number);
    check
        .and_then(|check| check["status"].as_str())
        .expect("a status")
}

#[tokio::test]
async fn a_sound_service_passes_and_awss_own_command_agrees() {
    let world = World::make().await;
    let Front {
        balancer_group,
        task_group,
        target_group,
        ..
    } = world.sound().make(&world.moto.aws, "sound");
    let (report, code) = world.doctor("sound").await;
    for number in 1..=5 {
        assert_eq!(status(&report, number), "pass", "{report:#}");
    }
    assert_eq!((code, &report["cause"]), (Some(0), &Value::Null));

    let aws = |command: &str| world.moto.aws.command(command);
    let service = &aws("aws ecs describe-services --cluster sound --services sound")["services"][0];
    assert_eq!(service["loadBalancers"][0]["containerPort"], 8000);
    assert_eq!(service["loadBalancers"][0]["targetGroupArn"], target_group);
    let health = aws(&format!(
        "aws elbv2 describe-target-health --target-group-arn {target_group}"
    ));
    assert_eq!(
        health["TargetHealthDescriptions"][0]["TargetHealth"]["State"],
        "healthy"
    );
    let groups = aws(&format!(
        "aws ec2 describe-security-groups --group-ids {task_group}"
    ));
    let rule = &groups["SecurityGroups"][0]["IpPermissions"][0];
    assert_eq!(rule["FromPort"], 8000);
    assert_eq!(rule["UserIdGroupPairs"][0]["GroupId"], balancer_group);
}

#[tokio::test]
async fn each_check_finds_what_is_broken_alone_and_in_pairs() {
    let world = World::make().await;
    for (first, breaks) in BREAKS {
        let name = format!("alone-{first}");
        let mut plan = world.sound();
        breaks(&mut plan);
        plan.make(&world.moto.aws, &name);
        let (report, code) = world.doctor(&name).await;
        assert_eq!(
            (code, &report["cause"]),
            (Some(1), &first.into()),
            "{name}: {report:#}"
        );
    }
    for (index, (first, breaks_first)) in BREAKS.iter().enumerate() {
        for (second, breaks_second) in &BREAKS[index + 1..] {
            let name = format!("pair-{first}-{second}");
            let mut plan = world.sound();
            breaks_first(&mut plan);
            breaks_second(&mut plan);
            plan.make(&world.moto.aws, &name);
            let (report, code) = world.doctor(&name).await;
            assert_eq!(code, Some(1));
            // A repository that is not there has no tag, whichever it is.
            assert_eq!(report["cause"], *first, "{name}: {report:#}");
            assert!(
                ["fail", "skipped"].contains(&status(&report, *second)),
                "{name}: {report:#}"
            );
        }
    }
}

/// The commands that fix a failed check.
fn fixes(report: &Value, number: usize) -> Vec<String> {
    let findings = report["checks"][number - 1]["findings"]
        .as_array()
        .expect("findings");
    let failed = findings
        .iter()
        .filter(|finding| finding["status"] == "fail");
    failed
        .filter_map(|finding| finding["fix"].as_str().map(str::to_owned))
        .collect()
}

#[tokio::test]
async fn the_commands_that_it_gives_fix_the_chain_of_security_groups() {
    let world = World::make().await;
    let chains: [(&str, Break); 4] = [
        ("everyone", |plan| plan.front.task_lets_in = Peer::Everyone),
        ("nobody", |plan| plan.front.task_lets_in = Peer::Nobody),
        ("by-ipv6", |plan| {
            plan.front.task_lets_in = Peer::EveryoneByIpv6
        }),
        ("closed", |plan| plan.front.is_open = false),
    ];
    for (name, breaks) in chains {
        let mut plan = world.sound();
        breaks(&mut plan);
        plan.make(&world.moto.aws, name);
        let (report, _) = world.doctor(name).await;
        assert_eq!(report["cause"], 5, "{name}: {report:#}");
        for command in fixes(&report, 5) {
            world.moto.aws.command(&command);
        }
        let (report, code) = world.doctor(name).await;
        assert_eq!(code, Some(0), "{name}: {report:#}");
        assert_eq!(status(&report, 5), "pass", "{name}: {report:#}");
    }
}

#[tokio::test]
async fn more_ways_not_to_be_attached_are_found() {
    let world = World::make().await;
    let ways: [(&str, Break, &str); 2] = [
        (
            "unforwarded",
            |plan| plan.front.is_forwarded = false,
            "no listener forwards",
        ),
        (
            "instances",
            |plan| plan.front.target_type = "instance",
            "targets of type instance",
        ),
    ];
    for (name, breaks, said) in ways {
        let mut plan = world.sound();
        breaks(&mut plan);
        plan.make(&world.moto.aws, name);
        let (report, _) = world.doctor(name).await;
        assert_eq!(report["cause"], 4, "{name}: {report:#}");
        assert!(
            report["checks"][3].to_string().contains(said),
            "{name}: {report:#}"
        );
    }
}

#[tokio::test]
async fn a_service_that_is_not_there_is_no_finding_and_the_others_are_named() {
    let world = World::make().await;
    world.sound().make(&world.moto.aws, "shop");
    let mut command = Command::new("cargo");
    command.args(["ecs", "doctor", "--service", "shpo", "--cluster", "shop"]);
    let output = command
        .envs(world.moto.aws.variables())
        .current_dir(repository())
        .output();
    let output = output.expect("cargo is installed");
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(
        text.trim(),
        "there is no service shpo in the cluster shop; it has shop"
    );
}
