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
    let (definition, dropped) = RawDefinition::of_file(described()).unwrap();
    assert_eq!(
        dropped[..2],
        ["the wrapper taskDefinition", "taskDefinitionArn"]
    );
    assert_eq!(dropped.len(), 8);
    assert_eq!(definition.arn(), None);
    assert_eq!(definition.tag("team"), Some("a"));
    let (again, dropped) = RawDefinition::of_file(definition.to_register()).unwrap();
    assert_eq!((again, dropped), (definition, Vec::new()));
}

#[test]
fn what_is_no_definition_is_refused_by_name() {
    for (value, why) in [
        (json!([]), "it is not an object"),
        (json!({}), "containerDefinitions is missing"),
        (
            json!({ "containerDefinitions": {} }),
            "containerDefinitions is not a list",
        ),
        (
            json!({ "containerDefinitions": [], "tags": [{ "key": 1 }] }),
            "tags[0].key is the number 1, and has to be a string; put it in quotes",
        ),
    ] {
        let error = RawDefinition::of_file(value).unwrap_err();
        assert_eq!(error.to_string(), why);
    }
}

#[test]
fn tags_that_a_file_names_are_all_of_them_and_others_are_left_open() {
    let live = RawDefinition::new(described()).unwrap();
    let tags = |file: Value| {
        let (file, _) = RawDefinition::of_file(file).unwrap();
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
