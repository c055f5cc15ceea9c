//! What is a difference between a file and what runs, and what a file leaves open.

use super::*;
use serde_json::json;

fn file() -> Value {
    json!({
        "family": "shop",
        "networkMode": "awsvpc",
        "executionRoleArn": "arn:aws:iam::111122223333:role/x",
        "containerDefinitions": [{
            "name": "app",
            "image": "me/shop:COMMIT",
            "portMappings": [{ "containerPort": 8000 }],
            "environment": [{ "name": "A", "value": "1" }, { "name": "B", "value": "2" }],
        }],
    })
}

/// As AWS gives it back.
fn live() -> Value {
    json!({
        "taskDefinitionArn": "arn:x:7",
        "revision": 7,
        "family": "shop",
        "networkMode": "awsvpc",
        "volumes": [],
        "executionRoleArn": "arn:aws:iam::999999999999:role/x",
        "containerDefinitions": [{
            "name": "app",
            "image": "me/shop:3f1c9e7",
            "cpu": 0,
            "essential": true,
            "mountPoints": [],
            "portMappings": [{ "containerPort": 8000, "hostPort": 8000, "protocol": "tcp" }],
            "environment": [{ "name": "B", "value": "2" }, { "name": "A", "value": "1" }],
        }],
    })
}

fn raw(value: Value) -> RawDefinition {
    RawDefinition::new(value).unwrap()
}

#[test]
fn what_a_file_leaves_open_is_taken_from_what_runs() {
    let filled = filled_in(&raw(file()), &raw(live())).unwrap().as_given();
    assert_eq!(filled["executionRoleArn"], live()["executionRoleArn"]);
    let app = &filled["containerDefinitions"][0];
    assert_eq!(app["image"], "me/shop:3f1c9e7");
    assert_eq!(
        app["environment"],
        file()["containerDefinitions"][0]["environment"]
    );
}

#[test]
fn what_aws_fills_in_is_no_difference() {
    assert_eq!(differences(&raw(file()), &raw(live())), []);
}

#[test]
fn each_difference_is_told_with_its_place() {
    let mut live = live();
    let app = &mut live["containerDefinitions"][0];
    app["image"] = "other/shop:3f1c9e7".into();
    app["stopTimeout"] = 5.into();
    app["environment"][1]["value"] = "9".into();
    app["portMappings"] = json!([]);
    let differences = differences(&raw(file()), &raw(live));
    let paths: Vec<&str> = differences.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "containerDefinitions.app.environment.A.value",
            "containerDefinitions.app.image",
            "containerDefinitions.app.portMappings",
            "containerDefinitions.app.stopTimeout",
        ]
    );
}

/// The paths where the file differs, once a change was made to what runs.
fn paths(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut live = live();
    change(&mut live);
    let mut file = file();
    file["networkMode"] = live["networkMode"].clone();
    let found = differences(&raw(file), &raw(live)).into_iter();
    found.map(|difference| difference.path).collect()
}

#[test]
fn a_port_of_the_host_is_filled_in_only_where_the_network_leaves_no_other() {
    let port = "containerDefinitions.app.portMappings.8000.hostPort";
    for (mode, host, expected) in [
        ("awsvpc", 8000, vec![]),
        ("host", 8000, vec![]),
        ("bridge", 0, vec![]),
        ("bridge", 80, vec![port]),
        ("bridge", 8000, vec![port]),
    ] {
        let found = paths(|live| {
            live["networkMode"] = mode.into();
            live["containerDefinitions"][0]["portMappings"][0]["hostPort"] = host.into();
        });
        assert_eq!(found, expected, "{mode} {host}");
    }
}

#[test]
fn what_is_only_called_like_a_default_is_a_difference() {
    let found = paths(|live| {
        let app = &mut live["containerDefinitions"][0];
        app["environment"][1]["name"] = "hostPort".into();
        app["dockerLabels"] = json!({ "protocol": "tcp", "a.essential": "x" });
        app["linuxParameters"] = json!({ "swappiness": 0 });
        app["stopTimeout"] = 0.into();
    });
    let of_app = |path: &str| format!("containerDefinitions.app.{path}");
    let expected = [
        "dockerLabels",
        "environment.A",
        "environment.hostPort",
        "linuxParameters",
        "stopTimeout",
    ];
    assert_eq!(found, expected.map(of_app));
}

#[test]
fn an_account_is_filled_in_wherever_it_stands() {
    let topics = "arn:aws:sns:x:111122223333:a,arn:aws:sns:x:111122223333:b";
    let variable = json!([{ "name": "TOPICS", "value": topics }]);
    let mut file = file();
    file["containerDefinitions"][0]["environment"] = variable;
    let mut live = live();
    live["taskDefinitionArn"] = "arn:aws:ecs:x:999999999999:task-definition/shop:7".into();
    let expected = "arn:aws:sns:x:999999999999:a,arn:aws:sns:x:999999999999:b";
    let filled = filled_in(&raw(file.clone()), &raw(live.clone())).unwrap();
    let value = "/containerDefinitions/0/environment/0/value";
    assert_eq!(filled.as_given().pointer(value), Some(&json!(expected)));

    let app = &mut live["containerDefinitions"][0];
    app["environment"] = json!([{ "name": "TOPICS", "value": expected }]);
    assert_eq!(differences(&raw(file), &raw(live)), []);
}

#[test]
fn the_commit_that_runs_is_filled_in_only_for_the_image() {
    let release = |value: &str| json!([{ "name": "RELEASE", "value": value }]);
    let (mut file, mut live) = (file(), live());
    file["containerDefinitions"][0]["environment"] = release("shop:COMMIT");
    live["containerDefinitions"][0]["environment"] = release("shop:3f1c9e7");
    assert_eq!(differences(&raw(file.clone()), &raw(live.clone())), []);
    let filled = filled_in(&raw(file), &raw(live)).unwrap().as_given();
    let app = &filled["containerDefinitions"][0];
    assert_eq!(app["image"], "me/shop:3f1c9e7");
    assert_eq!(app["environment"][0]["value"], "shop:COMMIT");
}
