//! What is kept, changed and refused of a definition.

use super::*;

fn described() -> Value {
    json!({
        "taskDefinition": {
            "taskDefinitionArn": "arn:x:1",
            "revision": 1,
            "status": "ACTIVE",
            "requiresAttributes": [],
            "compatibilities": ["FARGATE"],
            "registeredAt": 1.5,
            "registeredBy": "someone",
            "family": "shop",
            "aFieldOfTomorrow": { "deep": [1, null], "none": null },
            "containerDefinitions": [
                { "name": "app", "image": "a/b:1", "alsoNew": true,
                  "environment": [{ "name": "A", "value": "1" }] },
                { "name": "sidecar", "image": "a/b:1" },
            ],
        },
        "tags": [{ "key": "team", "value": "a" }, { "key": "dualrun:commit", "value": "1" }],
    })
}

#[test]
fn only_what_is_changed_differs_also_where_fields_are_not_known() {
    let changed = RawDefinition::new(described()).unwrap();
    let changed = changed.with_image("app", "a/b:2").unwrap();
    let changed = changed.with_tags(&[("dualrun:commit".into(), "2".into())]);
    let expected = json!({
        "family": "shop",
        "aFieldOfTomorrow": { "deep": [1, null] },
        "containerDefinitions": [
            { "name": "app", "image": "a/b:2", "alsoNew": true,
              "environment": [{ "name": "A", "value": "1" }] },
            { "name": "sidecar", "image": "a/b:1" },
        ],
        "tags": [{ "key": "team", "value": "a" }, { "key": "dualrun:commit", "value": "2" }],
    });
    assert_eq!(changed.to_register(), expected);
}

#[test]
fn a_variable_takes_the_place_of_a_secret_and_the_other_way_round() {
    let definition = RawDefinition::new(described()).unwrap();
    let secret = definition.with_secret("app", ("A", "arn:secret")).unwrap();
    let app = &secret.as_given()["containerDefinitions"][0];
    assert_eq!(app["environment"], json!([]));
    assert_eq!(
        app["secrets"],
        json!([{ "name": "A", "valueFrom": "arn:secret" }])
    );
    let plain = secret.with_variable("app", ("A", "2")).unwrap();
    let app = &plain.as_given()["containerDefinitions"][0];
    assert_eq!(app["secrets"], json!([]));
    assert_eq!(app["environment"], json!([{ "name": "A", "value": "2" }]));
}

#[test]
fn a_container_that_is_not_there_is_named_with_those_that_are() {
    let definition = RawDefinition::new(described()).unwrap();
    let error = definition.with_image("web", "a/b:2").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the task definition has no container \"web\"; it has app, sidecar"
    );
}

#[test]
fn a_file_may_be_what_the_aws_command_prints_and_what_is_left_out_is_told() {
    let (definition, dropped) = RawDefinition::from_file(&described().to_string()).unwrap();
    assert_eq!(
        dropped[..2],
        ["the wrapper taskDefinition", "taskDefinitionArn"]
    );
    assert_eq!(dropped.len(), 8);
    assert_eq!(definition.arn(), None);
    assert_eq!(definition.tag("team"), Some("a"));
    let (again, dropped) = RawDefinition::from_file(&definition.to_register().to_string()).unwrap();
    assert_eq!((again, dropped), (definition, Vec::new()));
}

#[test]
fn what_is_no_definition_is_refused_by_name() {
    for (text, why) in [
        ("[]", "invalid task definition: not an object"),
        (
            "{}",
            "invalid task definition: containerDefinitions: not a list",
        ),
        ("{", "invalid JSON"),
        (
            r#"{"containerDefinitions":[],"tags":[{"key":1}]}"#,
            "invalid task definition: tags: [0].key: invalid type: integer `1`, expected a string",
        ),
    ] {
        let error = RawDefinition::from_file(text).unwrap_err();
        assert_eq!(error.to_string(), why);
    }
}

#[test]
fn a_key_that_a_file_has_twice_is_named_with_its_place() {
    let text = r#"{"containerDefinitions":[{"name":"app",
"environment":[{"name":"A","value":"1"}],
"environment":[]}]}"#;
    let error = RawDefinition::from_file(text).unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(source, "duplicate key \"environment\" at line 3 column 13");
}

#[test]
fn tags_that_a_file_names_are_all_of_them_and_others_are_left_open() {
    let live = RawDefinition::new(described()).unwrap();
    let tags = |file: Value| {
        let (file, _) = RawDefinition::from_file(&file.to_string()).unwrap();
        let all = file.with_tags_of(&live);
        let keys = all.tags().iter().map(|tag| tag.key.clone());
        keys.collect::<Vec<_>>()
    };
    let containers = json!([]);
    let both = ["team", "dualrun:commit"];
    let other = json!([{ "key": "other", "value": "1" }]);
    for (file, expected) in [
        (json!({ "containerDefinitions": containers }), &both[..]),
        // As `aws` prints it where nobody has asked for the tags.
        (
            json!({ "taskDefinition": { "containerDefinitions": containers }, "tags": [] }),
            &both,
        ),
        (
            json!({ "containerDefinitions": containers, "tags": [] }),
            &["dualrun:commit"],
        ),
        (
            json!({ "containerDefinitions": containers, "tags": other }),
            &["other", "dualrun:commit"],
        ),
    ] {
        assert_eq!(tags(file.clone()), expected, "{file}");
    }
}

#[test]
fn one_that_was_deregistered_is_not_active() {
    let with = |status: &str| {
        let mut definition = described();
        definition["taskDefinition"]["status"] = status.into();
        RawDefinition::new(definition).unwrap().is_active()
    };
    assert!(with("ACTIVE"));
    assert!(!with("INACTIVE") && !with("DELETE_IN_PROGRESS"));
    assert!(
        RawDefinition::new(json!({ "containerDefinitions": [] }))
            .unwrap()
            .is_active()
    );
}
