//! Names of variables and secrets: in YAML, in the stack, and beside those that the stack has itself.

use super::{FLASK, Repository};
use ecs::files::{Template, definition_json};
use serde_json::{Value, json};

/// Names that YAML 1.1, which CloudFormation reads, takes for a boolean, a null or a number.
const ODD: [&str; 7] = ["NO", "ON", "Y", "NULL", "_1", "INF", "OFF"];

fn names(list: &Value) -> Vec<&str> {
    let all = list.as_array().unwrap().iter();
    all.map(|it| it["name"].as_str().unwrap()).collect()
}

#[test]
fn every_name_is_a_text_to_yaml() {
    let shop = Repository::new(&[("Dockerfile", FLASK)]);
    let secrets: Vec<String> = ODD.iter().map(|name| format!("{name}_")).collect();
    let mut arguments: Vec<&str> = ODD.iter().flat_map(|name| ["--env", name]).collect();
    let variables: Vec<String> = ODD.iter().map(|name| format!("{name}=a")).collect();
    for (index, variable) in variables.iter().enumerate() {
        arguments[2 * index + 1] = variable;
    }
    arguments.extend(["--secret", "TRUE", "--secret", "E"]);
    arguments.extend(
        secrets
            .iter()
            .take(1)
            .flat_map(|it| ["--secret", it.as_str()]),
    );
    shop.init(&arguments);
    let stack = shop.text("ecs/stack.yaml");
    for name in ODD.iter().chain(&["TRUE", "E"]) {
        let quoted = format!("{{ Name: \"{name}\", ");
        assert!(stack.contains(&quoted), "{name}: {stack}");
    }
    let of_stack = definition_json(&Template::parse(&stack).unwrap(), &[("Image", "a/b:c")]);
    let of_stack = of_stack.unwrap();
    assert_eq!(
        names(&of_stack["containerDefinitions"][0]["environment"]),
        ODD
    );
}

#[test]
fn names_that_an_edited_definition_has_are_taken_as_they_are_or_refused() {
    let shop = Repository::new(&[("Dockerfile", FLASK)]);
    shop.init(&["--env", "A=b", "--secret", "C"]);
    let before = shop.text("ecs/task-definition.json");
    shop.put(
        "ecs/task-definition.json",
        &before
            .replace("\"A\"", "\"spring.profile\"")
            .replace("\"C\"", "\"till.key\""),
    );
    std::fs::remove_file(shop.root().join("ecs/stack.yaml")).unwrap();
    let (out, _) = shop.init(&[]);
    assert!(shop.text("ecs/stack.yaml").contains("  SecretTillKey:\n"));
    assert!(out.contains("read -rsp 'till.key: '"), "{out}");
    shop.assert_sound();
    for odd in ["A B", "", "it's", "a\\nb", "=", "é"] {
        let file = before.replace("\"A\"", &format!("\"{odd}\""));
        shop.put("ecs/task-definition.json", &file);
        let error = shop.refused(&[]);
        assert!(
            error.contains("ecs/task-definition.json: invalid variable name"),
            "{odd}: {error}"
        );
    }
}

#[test]
fn secrets_do_not_get_names_that_the_stack_has_already() {
    let shop = Repository::new(&[("Dockerfile", FLASK)]);
    let (out, _) = shop.init(&[
        "--secret",
        "KEY",
        "--secret",
        "ARNS",
        "--secret",
        "KEY_ARN",
        "--secret",
        "SECRET_KEY",
    ]);
    let stack = Template::parse(&shop.text("ecs/stack.yaml")).unwrap();
    let parameters: Vec<&str> = stack.parameters().collect();
    let resources = stack.resources(&[("Image", "a/b:c")]).unwrap();
    for name in [
        "SecretKeyValue",
        "SecretArnsValue",
        "SecretKeyArnValue",
        "SecretSecretKey",
    ] {
        assert!(resources.contains_key(name), "{name}");
        assert!(!parameters.contains(&name), "{name}");
        assert!(
            out.contains(&format!("--logical-resource-id {name} ")),
            "{out}"
        );
    }
    assert!(parameters.contains(&"SecretArns"));
    shop.assert_sound();
}

#[test]
fn what_the_stack_sets_by_a_parameter_is_not_written_twice() {
    let shop = Repository::new(&[
        ("Dockerfile", "FROM rust\nENTRYPOINT [\"/api\"]"),
        ("Cargo.toml", "[dependencies]\ndualrun = \"0.1\""),
    ]);
    for (arguments, parameter) in [
        (["--env", "APP_NAME=till"], "AppName"),
        (["--env", "ENVIRONMENT=test"], "Environment"),
        (["--env", "DUALRUN_ADDR=0.0.0.0:1"], "Port"),
        (["--secret", "SECRET_KEY"], "SecretKeyArn"),
        (["--secret", "APP_NAME"], "AppName"),
    ] {
        let error = shop.refused(&arguments);
        let name = arguments[1].split('=').next().unwrap();
        let said = format!("{name} is set by the stack's parameter {parameter}; ");
        assert!(error.contains(&said), "{error}");
    }
    // To a service that is not on dualrun, they are any others.
    let shop = Repository::new(&[("Dockerfile", FLASK)]);
    shop.init(&["--env", "APP_NAME=till", "--secret", "SECRET_KEY"]);
    assert_eq!(
        shop.container()["environment"],
        json!([{ "name": "APP_NAME", "value": "till" }])
    );
}

#[test]
fn variables_of_opentelemetry_that_are_given_go_before_the_stacks() {
    let own = "OTEL_EXPORTER_OTLP_ENDPOINT=https://traces.example";
    for label in ["a=b", "dualrun.contract=/contract.json"] {
        let file = format!("{FLASK}LABEL {label}\n");
        let shop = Repository::new(&[("Dockerfile", &file)]);
        shop.init(&["--env", own, "--env", "OTEL_SERVICE_NAME=till"]);
        let stack = Template::parse(&shop.text("ecs/stack.yaml")).unwrap();
        let set = [("Image", "a/b:c"), ("Collector", "true")];
        let definition = definition_json(&stack, &set).unwrap();
        let environment = &definition["containerDefinitions"][0]["environment"];
        let all = names(environment);
        for name in ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_SERVICE_NAME"] {
            assert_eq!(all.iter().filter(|it| **it == name).count(), 1, "{all:?}");
        }
        let (out, _) = shop.init(&[]);
        assert!(!out.contains("kept"), "{out}");
    }
}
