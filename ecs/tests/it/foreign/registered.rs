//! What ECS would not register of a task definition: values of other types, containers that do not fit, ports.

use super::definitions::SOUND;
use super::{examined, folder, report_on, text};
use ecs::doctor::CheckId;
use ecs::files::Wanted;

/// A second container in `SOUND`, and more of the first.
fn with_two(first: &str, second: &str) -> String {
    let app = r#""image": "nginx:1.27", "#;
    let beside = format!(
        r#"{{ "name": "web", {app}{first}, "portMappings": [{{ "containerPort": 80 }}] }}, {{ "name": "beside", "image": "a/b:1", {second} }}"#
    );
    SOUND.replace(
        r#"{ "name": "web", "image": "nginx:1.27", "portMappings": [{ "containerPort": 80 }] }"#,
        &beside,
    )
}

#[test]
fn containers_that_do_not_fit_into_the_task_together_are_told() {
    for (first, second, said) in [
        (
            r#""cpu": 200"#,
            r#""cpu": 100"#,
            Some("cpu of all containers together is 300, and the whole task has 256"),
        ),
        (
            r#""memory": 300"#,
            r#""memory": 300"#,
            Some("memory of all containers together is 600, and the whole task has 512"),
        ),
        (
            r#""memory": 600"#,
            r#""memory": 300"#,
            Some("memory of web is 600, and the whole task has 512"),
        ),
        (
            r#""memoryReservation": 400"#,
            r#""memory": 300"#,
            Some("memory of all containers together is 700"),
        ),
        (r#""cpu": 156"#, r#""cpu": 100"#, None),
        // What is kept for one counts, and not what it may take.
        (
            r#""memory": 512, "memoryReservation": 256"#,
            r#""memory": 512, "memoryReservation": 256"#,
            None,
        ),
    ] {
        let report = report_on("task.json", &with_two(first, second));
        let check = report.check(CheckId::Tasks);
        let failures: Vec<&str> = check.failures().map(|it| it.text.as_str()).collect();
        assert_eq!(failures.len(), said.iter().count(), "{}", text(&report));
        if let Some(said) = said {
            assert!(failures[0].contains(said), "{failures:?}");
        }
    }
}

#[test]
fn a_value_of_another_type_is_told_with_its_line_and_the_rest_is_checked() {
    for (from, to, check, told) in [
        (
            "\"cpu\": \"256\"",
            "\"cpu\": 256",
            CheckId::Tasks,
            "cpu is a number (task.json:5:10), and ECS takes a string",
        ),
        (
            "\"containerPort\": 80",
            "\"containerPort\": \"80\"",
            CheckId::ContainerPort,
            "containerDefinitions[0].portMappings[0].containerPort is a string (task.json:9:",
        ),
        (
            "\"name\": \"web\"",
            "\"name\": \"web\", \"essential\": \"true\"",
            CheckId::Tasks,
            "containerDefinitions[0].essential is a string (task.json:9:",
        ),
        (
            "\"name\": \"web\"",
            "\"name\": \"web\", \"cpu\": \"64\"",
            CheckId::Tasks,
            "containerDefinitions[0].cpu is a string (task.json:9:",
        ),
        (
            "\"name\": \"web\"",
            "\"name\": \"web\", \"environment\": [{ \"name\": \"PIN\", \"value\": 1234 }]",
            CheckId::Tasks,
            "containerDefinitions[0].environment[0].value is a number (task.json:9:",
        ),
    ] {
        let folder = folder(&[("task.json", &SOUND.replace(from, to))]);
        let path = folder.path().join("task.json");
        let report = examined(&path, Wanted::default()).unwrap();
        let text = text(&report).replace(&format!("{}/", folder.path().display()), "");
        assert_eq!(report.cause, Some(check), "{text}");
        assert!(text.contains(told), "{told}: {text}");
        assert!(!text.contains("1234"), "{text}");
        assert!(text.contains("the definition maps 80;"), "{text}");
    }
    let both = SOUND.replace("\"256\"", "256").replace("\"512\"", "4096");
    let text = text(&report_on("task.json", &both));
    assert!(
        text.contains("Fargate has no task of cpu 256 and memory 4096"),
        "{text}"
    );
}

#[test]
fn ranges_of_ports_that_ecs_refuses_are_failures() {
    for (mapping, said) in [
        (
            r#"{ "containerPortRange": "9000" }"#,
            Some("invalid containerPortRange \"9000\" of web"),
        ),
        (
            r#"{ "containerPortRange": "9010-9000" }"#,
            Some("invalid containerPortRange"),
        ),
        (
            r#"{ "containerPort": 8000, "containerPortRange": "9000-9010" }"#,
            Some("web maps 8000 and 9000-9010 in one mapping"),
        ),
        (
            r#"{ "containerPortRange": "79-81" }"#,
            Some("web maps port 80 more than once"),
        ),
        (
            r#"{ "containerPort": 80, "protocol": "udp" }"#,
            Some("web maps port 80 more than once"),
        ),
        (r#"{ "containerPortRange": "9000-9010" }"#, None),
        (r#"{ "containerPort": 53, "protocol": "udp" }"#, None),
    ] {
        let mappings = format!("\"containerPort\": 80 }}, {mapping}");
        let definition = SOUND.replace("\"containerPort\": 80 }", &mappings);
        let report = report_on("task.json", &definition);
        let check = report.check(CheckId::ContainerPort);
        let failures: Vec<&str> = check.failures().map(|it| it.text.as_str()).collect();
        assert_eq!(failures.len(), said.iter().count(), "{}", text(&report));
        if let Some(said) = said {
            assert!(failures[0].contains(said), "{failures:?}");
        }
    }
}
