//! The files for a service that runs.

use super::Repository;
use crate::cli::fake_aws::{Answers, FakeAws};
use crate::cli::{run_on, stderr, stdout};
use crate::support::responses::definition;
use ecs::aws::ecs::RawDefinition;
use ecs::diff::differences;
use serde_json::{Value, json};
use std::process::Output;

/// As ECS describes it: with all that it adds.
fn described() -> Value {
    let mut it = definition(
        "arn:aws:ecs:us-east-1:1:task-definition/shop:7",
        "me/shop:3f1c9e7",
    );
    for (key, value) in [
        ("revision", json!(7)),
        ("status", json!("ACTIVE")),
        ("registeredAt", json!(1.5)),
        ("compatibilities", json!(["FARGATE"])),
        (
            "requiresAttributes",
            json!([{ "name": "ecs.capability.task-eni" }]),
        ),
        ("volumes", json!([])),
        ("placementConstraints", json!([])),
    ] {
        it[key] = value;
    }
    let container = &mut it["containerDefinitions"][0];
    container["cpu"] = json!(0);
    container["mountPoints"] = json!([]);
    container["environment"] = json!([
        { "name": "LOG_LEVEL", "value": "info" },
        { "name": "DB_PASSWORD", "value": "hunter2" },
    ]);
    container["stopTimeout"] = json!(0);
    container["logConfiguration"]["options"]["awslogs-region"] = json!("us-east-1");
    it
}

fn answers() -> Answers {
    Answers {
        json: |operation, _| {
            let answer = || json!({ "taskDefinition": described(), "tags": [{ "key": "team", "value": "a" }] });
            (operation == "DescribeTaskDefinition").then(answer)
        },
        ..Answers::default()
    }
}

async fn init(shop: &Repository, aws: &FakeAws, arguments: &[&str]) -> Output {
    let command = shop.command(&[&["init", "--service", "shop"], arguments].concat());
    run_on(aws, command).await
}

#[tokio::test]
async fn its_definition_is_written_as_it_was_registered_with_the_commit_left_open() {
    let shop = Repository::new(&[]);
    let aws = FakeAws::start(answers()).await;
    let output = init(&shop, &aws, &["--cluster", "main"]).await;
    let (out, err) = (stdout(&output), stderr(&output));
    assert_eq!(output.status.code(), Some(0), "{err}");
    let text = shop.text("ecs/task-definition.json");
    let file: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(file["containerDefinitions"][0]["image"], "me/shop:COMMIT");
    for key in [
        "taskDefinitionArn",
        "revision",
        "status",
        "registeredAt",
        "registeredBy",
        "compatibilities",
        "requiresAttributes",
        "volumes",
        "placementConstraints",
        "tags",
    ] {
        assert_eq!(file[key], Value::Null, "{key}");
    }
    // Of what the tool does not look at.
    assert_eq!(file["ephemeralStorage"], json!({ "sizeInGiB": 30 }));
    assert_eq!(file["containerDefinitions"][0]["stopTimeout"], 0);
    let (file, dropped) = RawDefinition::of_file(file.clone()).unwrap();
    assert_eq!(dropped, [] as [&str; 0]);
    assert_eq!(
        differences(&file, &RawDefinition::new(described()).unwrap()),
        []
    );
    let defaults = shop.text("ecs/ecs.toml");
    assert!(
        defaults.ends_with("service = \"shop\"\ncluster = \"main\"\nregion = \"us-east-1\"\n"),
        "{defaults}"
    );
    assert!(
        out.contains("cargo ecs doctor --service shop --cluster main\n"),
        "{out}"
    );
    let output = shop.run(&["doctor", "--offline"]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
}

#[tokio::test]
async fn values_are_said_to_be_written_and_those_of_secrets_are_not_said() {
    let shop = Repository::new(&[]);
    let aws = FakeAws::start(answers()).await;
    let output = init(&shop, &aws, &[]).await;
    let err = stderr(&output);
    assert!(
        err.contains("the values of 2 variables are written as they are"),
        "{err}"
    );
    assert!(
        err.contains("warning: DB_PASSWORD of app looks like a secret"),
        "{err}"
    );
    assert!(!err.contains("LOG_LEVEL") && !(stdout(&output) + &err).contains("hunter2"));
}

#[tokio::test]
async fn a_second_run_keeps_what_is_there() {
    let shop = Repository::new(&[("ecs/ecs.toml", "service = \"till\"\n")]);
    let aws = FakeAws::start(answers()).await;
    for (made, run) in [("made      ", 1), ("unchanged ", 2)] {
        let out = stdout(&init(&shop, &aws, &[]).await);
        assert!(
            out.contains(&format!("{made}  ecs/task-definition.json")),
            "{run}: {out}"
        );
        assert!(
            out.contains("kept        ecs/ecs.toml, which differs"),
            "{out}"
        );
    }
    assert_eq!(shop.text("ecs/ecs.toml"), "service = \"till\"\n");
}

#[tokio::test]
async fn a_service_that_is_not_there_makes_nothing() {
    let shop = Repository::new(&[]);
    let aws = FakeAws::start(Answers {
        json: |operation, _| (operation == "DescribeServices").then(|| json!({ "services": [] })),
        ..Answers::default()
    })
    .await;
    let output = init(&shop, &aws, &[]).await;
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("there is no service shop in the cluster shop"));
    assert!(!shop.root().join("ecs").exists());
}
