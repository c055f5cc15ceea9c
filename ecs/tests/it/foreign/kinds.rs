//! Files that are neither a template nor a task definition, and parts of a task definition.

use super::{assert_says, examined, folder, report_on, said, text};
use ecs::doctor::{CheckId, Status};
use ecs::files::{Wanted, definition_file};

const CONTAINER: &str = r#"{ "name": "web", "image": "me/shop:1",
  "portMappings": [{ "containerPort": 80 }],
  "secrets": [{ "name": "A", "valueFrom": "/shop/a" }] }"#;

#[test]
fn containers_alone_are_checked_as_far_as_they_tell() {
    for text_ in [
        format!("[{CONTAINER}]"),
        CONTAINER.to_owned(),
        format!("{{ \"containerDefinitions\": [{CONTAINER}] }}"),
    ] {
        let report = report_on("containers.json", &text_);
        assert!(report.ok, "{}", text(&report));
        let told = "web runs me/shop:1";
        assert_says(&report, (CheckId::ImageName, Status::Pass), told);
        let told = "the file has containers alone";
        assert_says(&report, (CheckId::Tasks, Status::Unknown), told);
        let bad = text_.replace("me/shop:1", "me/Shop:1");
        let report = report_on("containers.json", &bad);
        assert_eq!(report.cause, Some(CheckId::ImageName));
    }
}

#[test]
fn a_fault_of_containers_alone_has_its_place() {
    let bad = |text: &str| text.replace("\"containerPort\": 80", "\"containerPort\": \"http\"");
    for (text, place) in [
        (format!("[{CONTAINER}]"), "a.json:2:39"),
        (CONTAINER.to_owned(), "a.json:2:39"),
    ] {
        let folder = folder(&[("a.json", &bad(&text))]);
        let error = examined(&folder.path().join("a.json"), Wanted::default());
        let error = said(&error.unwrap_err());
        assert!(error.contains(place), "{error}");
    }
}

#[test]
fn what_is_something_else_is_named_with_what_to_do() {
    for (text, told) in [
        (
            r#"{ "services": [{ "serviceName": "shop", "clusterArn": "arn:aws:ecs:eu-west-1:111122223333:cluster/main",
                "taskDefinition": "arn:aws:ecs:eu-west-1:111122223333:task-definition/shop:7" }], "failures": [] }"#,
            "is what aws ecs describe-services prints, which does not have the containers; check the service in AWS: \
             cargo ecs doctor --service shop --cluster main, or its task definition, which this prints: \
             aws ecs describe-task-definition --task-definition shop:7",
        ),
        (
            r#"{ "services": [], "failures": [{ "reason": "MISSING" }] }"#,
            "check the service in AWS: cargo ecs doctor --service NAME",
        ),
        (r#"{ "tasks": [], "failures": [] }"#, "is a list of tasks"),
        (r#"{ "serviceArns": ["a"] }"#, "is a list of names"),
        (
            r#"{ "taskDefinitionArns": ["a"] }"#,
            "print one of them with aws ecs describe-task-definition",
        ),
        (
            "service: a\nresources:\n  Resources: {}\n",
            "is of the Serverless Framework",
        ),
        ("services:\n  web: { image: nginx }\n", "is a Compose file"),
        (
            "apiVersion: v1\nkind: Pod\n",
            "is a manifest for Kubernetes",
        ),
        (
            "version: 0.0\nResources:\n  - TargetService: { Type: AWS::ECS::Service }\n",
            "is an AppSpec file of CodeDeploy",
        ),
        (
            r#"{ "serviceName": "a", "taskDefinition": "a:1" }"#,
            "is the input of aws ecs create-service",
        ),
        (
            r#"[{ "name": "web", "imageUri": "me/shop:1" }]"#,
            "names the images for a deployment of CodePipeline",
        ),
        (
            "{\n \"ContainerDefinitions\": [] }",
            "has the unknown key ContainerDefinitions in line 2; a task definition has containerDefinitions",
        ),
        (
            "A: 1\nresources: {}\n",
            "has the unknown key resources in line 2; a template has Resources",
        ),
    ] {
        let folder = folder(&[("a.file", text)]);
        let file = folder.path().join("a.file");
        let error = said(&examined(&file, Wanted::default()).expect_err(text));
        assert!(error.contains("a.file") && error.contains(told), "{error}");
        // It is no more to `deploy` and `diff`.
        let error = said(&definition_file(&file).expect_err(text));
        assert!(error.contains(told), "{error}");
    }
}
