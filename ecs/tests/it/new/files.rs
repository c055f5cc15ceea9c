//! The files of a new service, for each choice of its options: each can be read by what reads it, and the doctor finds nothing.

use ecs::doctor::{Status, examine};
use ecs::facts::{Facts, TaskDefinition};
use ecs::files::{Template, Wanted, definition_json, facts, find_both};
use ecs::new::answers::{Answers, Image, Lambda, License};
use ecs::new::library::Library;
use ecs::new::project::files;
use ecs::new::registry::Registry;
use ecs::new::write::{NewFile, write};
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
const DATABASE: &str = "arn:aws:secretsmanager:us-east-1:111122223333:secret:shop-database-url";

/// Each choice beside each other one.
pub(super) fn choices() -> Vec<Answers> {
    let mut choices = Vec::new();
    let git = |rev: Option<&str>| Library::Git {
        url: "https://git.example/dualrun".into(),
        rev: rev.map(str::to_owned),
    };
    let libraries = [
        Library::Version("0.1.0".into()),
        git(None),
        git(Some("8c45d3b")),
        Library::of_tool().unwrap(),
    ];
    let licenses = [License::Mit, License::Apache, License::Both, License::None];
    let mut others = libraries.iter().zip(licenses).cycle();
    for lambda in [Lambda::With, Lambda::Only, Lambda::Without] {
        for registry in [Registry::Dockerhub, Registry::Ecr, Registry::Ghcr] {
            for (has_database, port) in [
                (false, "8000"),
                (false, "8080"),
                (true, "8000"),
                (true, "8080"),
            ] {
                let (library, license) = others.next().unwrap();
                let name = if has_database {
                    "shop"
                } else {
                    "a-service-with-the-longest-name0"
                };
                let name = name.parse().unwrap();
                choices.push(Answers {
                    image: Image::new(&name, None, Some(registry)).unwrap(),
                    name,
                    lambda,
                    has_database,
                    port: port.parse().unwrap(),
                    license,
                    library: library.clone(),
                });
            }
            // So that the same ones do not meet each time.
            others.next();
        }
    }
    choices
}

fn on_ecs() -> impl Iterator<Item = Answers> {
    let choices = choices().into_iter();
    choices.filter(|answers| answers.lambda != Lambda::Only)
}

pub(super) fn text(files: &[NewFile], path: &str) -> String {
    let file = files.iter().find(|file| file.path == path);
    file.unwrap_or_else(|| panic!("no {path}")).text.clone()
}

fn stack_parameters(answers: &Answers) -> Vec<(String, String)> {
    let mut parameters = vec![
        (
            "Image".to_owned(),
            format!("{}:{COMMIT}", answers.image.name),
        ),
        ("AppName".to_owned(), answers.name.to_string()),
        ("Port".to_owned(), answers.port.to_string()),
    ];
    if answers.has_database {
        parameters.push(("DatabaseUrlArn".to_owned(), DATABASE.to_owned()));
    }
    parameters
}

#[test]
fn every_file_can_be_read_by_what_reads_it_and_has_nothing_of_a_template_in_it() {
    for answers in choices() {
        for file in files(&answers).unwrap() {
            let NewFile { path, text, .. } = &file;
            for mark in ["#%", "<%", "%>", "bin-fargate", "bin-lambda", "vkuldeep1"] {
                assert!(!text.contains(mark), "{path} has {mark}: {text}");
            }
            assert!(
                text.ends_with('\n') && !text.ends_with("\n\n"),
                "{path}: {text}"
            );
            assert!(!text.contains("\n\n\n"), "{path}: {text}");
            let extension = Path::new(path).extension().and_then(|it| it.to_str());
            match extension {
                Some("toml") => drop(
                    toml::from_str::<toml::Table>(text)
                        .unwrap_or_else(|error| panic!("{path}: {error}")),
                ),
                Some("yml") => drop(
                    serde_yaml_ng::from_str::<Value>(text)
                        .unwrap_or_else(|error| panic!("{path}: {error}")),
                ),
                Some("json") => drop(serde_json::from_str::<Value>(text).unwrap()),
                Some("yaml") => drop(Template::parse(text).unwrap()),
                _ => {}
            }
        }
    }
}

#[test]
fn the_sources_are_as_rustfmt_writes_them() {
    for answers in choices() {
        for file in files(&answers).unwrap() {
            if file.path.ends_with(".rs") {
                // From a pipe, so that modules are not looked for.
                let formatted = piped("rustfmt", &["--edition", "2024"], &file.text);
                assert_eq!(formatted, file.text, "{}", file.path);
            }
        }
    }
}

/// What a program makes of a text.
fn piped(program: &str, arguments: &[&str], text: &str) -> String {
    let mut command = Command::new(program);
    let child = command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = child
        .spawn()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    child
        .stdin
        .take()
        .unwrap()
        .write_all(text.as_bytes())
        .unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

#[test]
fn the_programs_can_be_run_and_are_shell() {
    for answers in choices() {
        let files = files(&answers).unwrap();
        for file in files.iter().filter(|file| file.text.starts_with("#!")) {
            assert!(file.is_program, "{}", file.path);
            let status = Command::new("bash").args(["-n", "-c", &file.text]).status();
            assert!(status.unwrap().success(), "{}", file.path);
        }
    }
}

#[test]
fn the_doctor_finds_nothing_in_what_was_made() {
    for answers in on_ecs() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &files(&answers).unwrap()).unwrap();
        let file = |name: &str| folder.path().join("ecs").join(name);
        let found = find_both(&file("stack.yaml"), &file("task-definition.json"), &[]).unwrap();
        let parameters: Vec<_> = stack_parameters(&answers).split_off(1);
        let wanted = Wanted {
            parameters: &parameters,
            tag: Some(COMMIT),
            ..Wanted::default()
        };
        let mut all: Vec<Facts> = facts(&found, wanted).unwrap();
        for facts in &mut all {
            facts.is_of_files = true;
        }
        let report = examine(&all, "a new service");
        for check in &report.checks {
            assert_ne!(check.status, Status::Fail, "{answers:?}: {check:?}");
            assert_ne!(check.status, Status::Warn, "{answers:?}: {check:?}");
        }
    }
}

fn borrowed(parameters: &[(String, String)]) -> Vec<(&str, &str)> {
    let parameters = parameters.iter();
    let parameters = parameters.map(|(name, value)| (name.as_str(), value.as_str()));
    parameters.collect()
}

#[test]
fn the_stack_and_the_task_definition_define_the_same_task() {
    for answers in on_ecs() {
        let files = files(&answers).unwrap();
        let stack = Template::parse(&text(&files, "ecs/stack.yaml")).unwrap();
        let parameters = stack_parameters(&answers);
        let parameters = borrowed(&parameters);
        let stack = definition_json(&stack, &parameters).unwrap();
        let file = text(&files, "ecs/task-definition.json").replace("COMMIT", COMMIT);
        let file: Value = serde_json::from_str(&file).unwrap();
        let (stack, file) = (
            &stack["containerDefinitions"][0],
            &file["containerDefinitions"][0],
        );
        for field in [
            "name",
            "image",
            "portMappings",
            "healthCheck",
            "stopTimeout",
            "user",
        ] {
            assert_eq!(stack[field], file[field], "{answers:?}: {field}");
        }
        let named = |container: &Value, list: &str| -> Vec<(String, Value)> {
            let entries = container[list].as_array().unwrap().iter();
            let mut entries: Vec<_> = entries
                .map(|it| (it["name"].as_str().unwrap().to_owned(), it["value"].clone()))
                .collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            entries
        };
        for list in ["environment", "secrets"] {
            assert_eq!(named(stack, list), named(file, list), "{answers:?}");
        }
    }
}

#[test]
fn ecs_may_read_the_secrets_that_the_container_names() {
    for answers in on_ecs() {
        let files = files(&answers).unwrap();
        let stack = Template::parse(&text(&files, "ecs/stack.yaml")).unwrap();
        let parameters = stack_parameters(&answers);
        let parameters = borrowed(&parameters);
        let definition = definition_json(&stack, &parameters).unwrap();
        let secrets = definition["containerDefinitions"][0]["secrets"]
            .as_array()
            .unwrap();
        let role = &stack.resources(&parameters).unwrap()["ExecutionRole"];
        let rights = role["Properties"]["Policies"].to_string();
        for secret in secrets {
            let arn = secret["valueFrom"].to_string();
            assert!(
                rights.contains(&arn),
                "{answers:?}: {arn} is not in {rights}"
            );
        }
    }
}

#[test]
fn an_own_port_stands_in_the_image_in_the_definitions_and_in_the_readme() {
    for answers in on_ecs().filter(|answers| answers.port.number() == 8080) {
        let files = files(&answers).unwrap();
        let dockerfile = text(&files, "Dockerfile");
        assert!(
            dockerfile.contains("ENV DUALRUN_ADDR=\"0.0.0.0:8080\"\nEXPOSE 8080\n"),
            "{dockerfile}"
        );
        assert!(text(&files, "README.md").contains("-p 8080:8080"));
        assert!(text(&files, ".cargo/config.toml").contains("DUALRUN_ADDR = \"0.0.0.0:8080\""));
        assert!(text(&files, "ecs/ecs.toml").contains("\nPort = 8080\n"));
        // Whatever the parameter is later: the image has a variable that it has to outdo.
        let stack = Template::parse(&text(&files, "ecs/stack.yaml")).unwrap();
        let image = format!("me/shop:{COMMIT}");
        let parameters = [
            ("Image", image.as_str()),
            ("Port", "8000"),
            ("DatabaseUrlArn", DATABASE),
        ];
        let parameters = &parameters[..if answers.has_database { 3 } else { 2 }];
        let definition = definition_json(&stack, parameters).unwrap();
        let text = definition["containerDefinitions"][0]["environment"].to_string();
        assert!(text.contains("0.0.0.0:8000"), "{text}");
    }
}

#[test]
fn without_an_own_port_nothing_says_anything_about_it() {
    for answers in on_ecs().filter(|answers| answers.port.number() == 8000) {
        for file in files(&answers).unwrap() {
            let is_stack = file.path == "ecs/stack.yaml";
            assert!(
                is_stack || !file.text.contains("DUALRUN_ADDR"),
                "{}",
                file.path
            );
        }
    }
}

#[test]
fn a_function_alone_has_nothing_of_ecs() {
    for answers in choices()
        .iter()
        .filter(|answers| answers.lambda == Lambda::Only)
    {
        let files = files(answers).unwrap();
        assert!(
            !files
                .iter()
                .any(|file| file.path.starts_with("ecs/") || file.path == "Dockerfile")
        );
        let ci: Value = serde_yaml_ng::from_str(&text(&files, ".github/workflows/ci.yml")).unwrap();
        let jobs: Vec<&String> = ci["jobs"].as_object().unwrap().keys().collect();
        assert_eq!(jobs, ["check", "gate"]);
        assert!(!text(&files, "README.md").contains("cargo ecs"));
    }
}

#[test]
fn each_registry_has_its_login_and_no_other_ones() {
    for answers in on_ecs() {
        let files = files(&answers).unwrap();
        let workflows = ["ci.yml", "deploy.yml", "ops.yml"];
        let workflows = workflows.map(|name| text(&files, &format!(".github/workflows/{name}")));
        let all = workflows.concat();
        let logins = [
            (Registry::Dockerhub, "DOCKERHUB_TOKEN"),
            (Registry::Ecr, "aws ecr get-login-password"),
            (Registry::Ghcr, "github.token"),
        ];
        let has_push_role = text(&files, "README.md").contains("AllowPush=true");
        assert_eq!(has_push_role, answers.image.registry == Registry::Ecr);
        for (registry, login) in logins {
            let is_own = registry == answers.image.registry;
            assert_eq!(all.contains(login), is_own, "{answers:?}: {login}");
            assert!(
                !is_own || workflows.iter().all(|it| it.contains(login)),
                "{answers:?}"
            );
        }
    }
}

#[test]
fn the_dependencies_are_those_that_this_repository_tests_with() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.toml");
    let own: toml::Table = toml::from_str(&fs::read_to_string(own).unwrap()).unwrap();
    let files = files(&choices()[0]).unwrap();
    let new: toml::Table = toml::from_str(&text(&files, "Cargo.toml")).unwrap();
    let version = |table: &toml::Table, name: &str| {
        let dependency = &table["workspace"]["dependencies"][name];
        let version = dependency.get("version").unwrap_or(dependency);
        version.as_str().map(str::to_owned)
    };
    for name in ["axum", "serde", "tokio", "tracing"] {
        assert_eq!(version(&new, name), version(&own, name), "{name}");
    }
    assert_eq!(
        new["profile"]["release"]["panic"],
        own["profile"]["release"]["panic"]
    );
}

#[test]
fn the_image_is_named_where_workflows_and_the_doctor_look_for_it() {
    for answers in on_ecs() {
        let files = files(&answers).unwrap();
        let definition = text(&files, "ecs/task-definition.json");
        let definition: TaskDefinition = serde_json::from_str(&definition).unwrap();
        let image = format!("{}:COMMIT", answers.image.name);
        assert_eq!(definition.container_definitions[0].image, image);
        // As .github/image-name looks for it.
        let line = format!("      \"image\": \"{image}\",\n");
        assert!(text(&files, "ecs/task-definition.json").contains(&line));
    }
}
