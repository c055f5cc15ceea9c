//! What was mistyped is told in plain words, with what there is or how to write it.

use super::fake_aws::{Answers, FakeAws};
use super::{command, run_on, run_with, stderr, stdout};
use serde_json::{Value, json};
use std::fs;

#[test]
fn a_number_is_asked_for_with_its_unit() {
    for (arguments, said) in [
        (
            &["wait", "--service", "shop", "--timeout", "10m"][..],
            "write it as a number of seconds: 600",
        ),
        (
            &["wait", "--service", "shop", "--timeout", "long"],
            "write it as a number of seconds",
        ),
        (
            &["wait", "--service", "shop", "--api-timeout", "0"],
            "from 1 to 3600 seconds",
        ),
        (
            &["scale", "many", "--service", "shop"],
            "write it as a number of tasks, such as 2",
        ),
    ] {
        let output = command(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
    }
}

#[tokio::test]
async fn a_profile_that_is_not_there_is_named_with_those_that_are() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config");
    fs::write(
        &config,
        "[profile work]\nregion = eu-west-1\n[profile home]\n",
    )
    .unwrap();
    for (arguments, variable) in [
        (
            &["status", "--service", "shop", "--profile", "office"][..],
            None,
        ),
        (&["status", "--service", "shop"], Some("office")),
        (
            &["status", "--service", "shop", "--region", "a"],
            Some("office"),
        ),
    ] {
        let mut status = command(arguments);
        status.env("AWS_CONFIG_FILE", &config);
        status.env("AWS_EC2_METADATA_DISABLED", "true");
        status.envs(variable.map(|name| ("AWS_PROFILE", name)));
        let told = stderr(&run_with([], status).await);
        assert_eq!(
            told,
            "there is no profile \"office\"; there are home, work\n"
        );
    }
}

#[tokio::test]
async fn an_endpoint_that_is_none_is_told_with_its_variable() {
    for variable in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_ECS"] {
        let variables = [
            (variable, "foo".to_owned()),
            ("AWS_REGION", "us-east-1".into()),
            ("AWS_ACCESS_KEY_ID", "testing".into()),
            ("AWS_SECRET_ACCESS_KEY", "testing".into()),
        ];
        let told = stderr(&run_with(variables, command(&["status", "--service", "shop"])).await);
        let said = format!("invalid {variable} \"foo\": write it as http://host:port");
        assert!(told.starts_with(&said), "{told}");
    }
}

#[tokio::test]
async fn the_page_of_a_proxy_is_told_as_that() {
    let aws = FakeAws::start(Answers {
        garbled: usize::MAX,
        ..Answers::default()
    })
    .await;
    let told = stderr(&run_on(&aws, command(&["revisions", "--service", "shop"])).await);
    assert!(told.contains("a web page, as a proxy"), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
}

#[tokio::test]
async fn a_log_from_the_future_is_refused_and_one_without_lines_is_told() {
    let aws = FakeAws::start(Answers {
        json: |operation, _| (operation == "FilterLogEvents").then(|| json!({ "events": [] })),
        ..Answers::default()
    })
    .await;
    let logs = |since: &str| command(&["logs", "--service", "shop", "--since", since]);
    let output = run_on(&aws, logs("2999-01-01T00:00:00Z")).await;
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        stderr(&output),
        "--since 2999-01-01T00:00:00Z is in the future\n"
    );
    let mut filtered = logs("2001-09-09T01:46:40Z");
    filtered.args(["--filter", "ERROR"]);
    let output = run_on(&aws, filtered).await;
    assert_eq!(
        (output.status.code(), stdout(&output)),
        (Some(0), String::new())
    );
    let told = stderr(&output);
    assert!(told.starts_with("no lines of app in "), "{told}");
    assert!(
        told.ends_with(" since 2001-09-09T01:46:40.000Z that match \"ERROR\"\n"),
        "{told}"
    );
}

/// A repository with our files, and a folder deep in it.
fn repository() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for folder in [".git", "ecs", "src/deep"] {
        fs::create_dir_all(root.path().join(folder)).unwrap();
    }
    for file in ["stack.yaml", "task-definition.json"] {
        let own = format!("{}/{file}", env!("CARGO_MANIFEST_DIR"));
        fs::copy(own, root.path().join("ecs").join(file)).unwrap();
    }
    root
}

#[tokio::test]
async fn default_files_are_found_from_a_folder_below() {
    let root = repository();
    let aws = FakeAws::start(Answers::default()).await;
    let deep = root.path().join("src/deep");
    let mut doctor = command(&["doctor", "--offline"]);
    let output = doctor.current_dir(&deep).output().unwrap();
    assert!(
        stdout(&output).starts_with("../../ecs/stack.yaml and ../../ecs/task-definition.json"),
        "{}{}",
        stdout(&output),
        stderr(&output)
    );
    let mut diff = command(&["diff", "--service", "shop", "--json"]);
    diff.current_dir(&deep);
    let output = run_on(&aws, diff).await;
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(json["differences"].is_array(), "{json}");
}

#[test]
fn where_there_are_none_it_says_where_it_looked() {
    let root = tempfile::tempdir().unwrap();
    let deep = root.path().join("a");
    fs::create_dir_all(root.path().join(".git")).unwrap();
    fs::create_dir_all(&deep).unwrap();
    for arguments in [
        &["doctor", "--offline"][..],
        &["diff", "--service", "shop"],
        &["up", "--stack", "shop"],
    ] {
        let output = command(arguments).current_dir(&deep).output().unwrap();
        let told = stderr(&output);
        let place = format!("{} and above it up to ", deep.display());
        assert!(
            told.starts_with("no ecs/") && told.contains(&place),
            "{told}"
        );
    }
}
