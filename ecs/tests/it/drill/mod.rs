//! The drill from end to end, by the command: against an AWS and a registry that the tests play.

mod world;

use crate::registry::fake::FakeRegistry;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output};
use world::World;

async fn drill(world: &World, registry: &FakeRegistry) -> Output {
    drill_of(world, &format!("{}/public/app:index", registry.addr)).await
}

async fn drill_of(world: &World, image: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-ecs"));
    command.args([
        "drill",
        "--stack",
        "drill",
        "--yes",
        "--json",
        "--endpoint",
        &world.endpoint(),
    ]);
    command.args(["--image", image]);
    command.env_clear().envs([
        ("AWS_ACCESS_KEY_ID", "testing"),
        ("AWS_SECRET_ACCESS_KEY", "testing"),
        ("AWS_REGION", "us-east-1"),
    ]);
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap());
    tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap()
}

fn steps(output: &Output) -> Vec<(String, Option<String>)> {
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let steps = report["steps"].as_array().unwrap().iter();
    steps
        .map(|step| (text(&step["name"]).unwrap(), text(&step["failure"])))
        .collect()
}

#[tokio::test]
async fn every_step_is_as_it_should_be_and_nothing_is_left() {
    let (world, registry) = (World::start().await, FakeRegistry::start().await);
    let output = drill(&world, &registry).await;
    let steps = steps(&output);
    let failed: Vec<_> = steps
        .iter()
        .filter(|(_, failure)| failure.is_some())
        .collect();
    assert!(failed.is_empty(), "{failed:?}");
    let names: Vec<&str> = steps.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "preflight",
            "down, so that nothing is there",
            "up",
            "deploy, by digest",
            "doctor: sound",
            "wrong image name: diagnosed, and fixed",
            "missing image tag: diagnosed, and fixed",
            "port mismatch: diagnosed, and fixed",
            "load balancer not attached: diagnosed, and fixed",
            "rollback from a revision that cannot run",
            "doctor: sound again",
            "down, and nothing left that costs",
        ]
    );
    assert_eq!(output.status.code(), Some(0));
    assert!(!world.has_stack());
}

#[tokio::test]
async fn a_step_that_fails_ends_it_and_the_stack_is_taken_down_all_the_same() {
    let (world, registry) = (World::start().await, FakeRegistry::start().await);
    world.refuse("RegisterTaskDefinition");
    let output = drill(&world, &registry).await;
    assert_eq!(output.status.code(), Some(1));
    let steps = steps(&output);
    let (name, failure) = &steps[steps.len() - 2];
    assert_eq!(name, "deploy, by digest");
    assert!(
        failure
            .as_ref()
            .unwrap()
            .contains("ecs:RegisterTaskDefinition"),
        "{failure:?}"
    );
    assert_eq!(steps.last().unwrap().1, None, "down");
    assert!(!world.has_stack());
}

#[tokio::test]
async fn nothing_is_touched_for_an_image_that_does_not_exist() {
    let (world, registry) = (World::start().await, FakeRegistry::start().await);
    let output = drill_of(&world, &format!("{}/public/app:gone", registry.addr)).await;
    assert_eq!(output.status.code(), Some(1));
    let steps = steps(&output);
    assert_eq!(steps.len(), 1, "{steps:?}");
    assert!(
        steps[0].1.as_ref().unwrap().contains("but no gone"),
        "{steps:?}"
    );
}
