//! A path as an argument: a file by its content, a folder by what it has.

use super::{examined, folder, said};
use ecs::doctor::CheckId;
use ecs::files::Wanted;
use std::process::{Command, Output};

const TASK: &str =
    r#"{ "family": "shop", "containerDefinitions": [{ "name": "web", "image": "me/shop:1" }] }"#;
const SERVICE: &str =
    "Resources: { Service: { Type: AWS::ECS::Service, Properties: { TaskDefinition: 'shop:1' } } }";

fn doctor(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-ecs"));
    command
        .args(["doctor", "--offline"])
        .args(arguments)
        .env_clear();
    command.output().unwrap()
}

#[test]
fn what_is_unknown_is_no_failure_and_the_files_name_does_not_matter() {
    let folder = folder(&[("anything.template", TASK), ("notes.json", "[1, 2]")]);
    let path = folder.path().to_str().unwrap();
    for path in [path.to_owned(), format!("{path}/anything.template")] {
        let output = doctor(&[&path]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{text}");
        assert!(
            text.contains("anything.template") && text.contains("web runs me/shop:1"),
            "{text}"
        );
    }
}

#[test]
fn a_folders_task_definition_is_its_services() {
    let folder = folder(&[
        ("task.json", TASK),
        ("service.yaml", SERVICE),
        ("network.yaml", "Resources: {}"),
    ]);
    let report = examined(folder.path(), Wanted::default()).unwrap();
    let name = &report.check(CheckId::ImageName).findings;
    assert!(
        name.iter().any(|it| it.text.contains("web runs me/shop:1")),
        "{name:?}"
    );
}

#[test]
fn a_folder_with_several_or_none_says_so() {
    let several = folder(&[("a.yaml", SERVICE), ("b.yaml", SERVICE)]);
    let error = said(&examined(several.path(), Wanted::default()).unwrap_err());
    assert!(
        error.contains("several templates: a.yaml, b.yaml; name one"),
        "{error}"
    );
    let none = folder(&[("a.yaml", "a: b")]);
    let error = said(&examined(none.path(), Wanted::default()).unwrap_err());
    assert!(
        error.contains("no template with ECS resources and no task definition"),
        "{error}"
    );
    let broken = folder(&[("a.yaml", "a: [")]);
    let error = said(&examined(broken.path(), Wanted::default()).unwrap_err());
    assert!(
        error.contains("invalid YAML in") && error.contains("a.yaml"),
        "{error}"
    );
}

#[test]
fn a_default_that_is_not_there_is_left_out() {
    let folder = folder(&[("task.json", TASK), ("service.yaml", SERVICE)]);
    let on = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-ecs"));
        command
            .args(["doctor", "--offline"])
            .args(arguments)
            .env_clear();
        command.current_dir(folder.path()).output().unwrap()
    };
    for (option, file) in [
        ("--definition", "task.json"),
        ("--template", "service.yaml"),
    ] {
        let output = on(&[option, file]);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{text}");
        assert!(text.starts_with(file), "{text}");
    }
    let neither = on(&[]);
    assert_eq!(neither.status.code(), Some(2));
    let text = String::from_utf8(neither.stderr).unwrap();
    assert!(
        text.starts_with("no ecs/stack.yaml and no ecs/task-definition.json in "),
        "{text}"
    );
}

#[test]
fn a_broken_file_beside_a_good_one_is_named() {
    let folder = folder(&[("task.json", TASK), ("service.yaml", "Resources:\n\t- a")]);
    let output = doctor(&[folder.path().to_str().unwrap()]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(
        text.starts_with("not checked: ") && text.contains("service.yaml"),
        "{text}"
    );
}
