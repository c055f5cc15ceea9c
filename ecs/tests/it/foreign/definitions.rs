//! A task definition alone.

use super::{assert_says, examined, folder, report_on, said, statuses, text};
use ecs::doctor::{CheckId, Status};
use ecs::files::{Wanted, definition_file};

pub(super) const SOUND: &str = r#"{
  "family": "shop",
  "networkMode": "awsvpc",
  "requiresCompatibilities": ["FARGATE"],
  "cpu": "256",
  "memory": "512",
  "executionRoleArn": "arn:aws:iam::111122223333:role/execution",
  "containerDefinitions": [
    { "name": "web", "image": "nginx:1.27", "portMappings": [{ "containerPort": 80 }] }
  ]
}"#;

#[test]
fn what_is_there_is_checked_and_what_is_not_there_is_unknown() {
    let report = report_on("task.json", SOUND);
    assert!(report.ok, "{}", text(&report));
    let unknown = Status::Unknown;
    let expected = [
        unknown,
        Status::Pass,
        unknown,
        unknown,
        unknown,
        Status::Pass,
    ];
    assert_eq!(statuses(&report), expected, "{}", text(&report));
    // Another image's port is not this server's.
    let port = CheckId::ContainerPort;
    assert_says(
        &report,
        (port, unknown),
        "the definition maps 80; where web listens",
    );
    assert_says(
        &report,
        (CheckId::Attachment, unknown),
        "there is no service",
    );
}

#[test]
fn its_faults_are_found() {
    for (from, to, check, told) in [
        (
            "\"512\"",
            "\"4096\"",
            CheckId::Tasks,
            "Fargate has no task of cpu 256 and memory 4096",
        ),
        (
            "nginx:1.27",
            "Nginx:1.27",
            CheckId::ImageName,
            "invalid image \"Nginx:1.27\"",
        ),
        (
            "nginx:1.27",
            "me/Nginx:${TAG}",
            CheckId::ImageName,
            "upper-case letters",
        ),
        (
            "\"containerPort\": 80",
            "\"containerPort\": 80, \"hostPort\": 8080",
            CheckId::ContainerPort,
            "hostPort 8080 is not containerPort 80",
        ),
    ] {
        let report = report_on("task.json", &SOUND.replace(from, to));
        assert_eq!(report.cause, Some(check), "{}", text(&report));
        assert_says(&report, (check, Status::Fail), told);
    }
}

#[test]
fn placeholders_are_named_and_nothing_is_wrong_because_of_them() {
    let unknown = Status::Unknown;
    for (from, to, check, told) in [
        (
            "nginx:1.27",
            "<IMAGE1_NAME>",
            CheckId::ImageName,
            "image of the task definition is the placeholder <IMAGE1_NAME>",
        ),
        (
            "nginx:1.27",
            "<IMAGE1_NAME>",
            CheckId::ImageExists,
            "the placeholder <IMAGE1_NAME>",
        ),
        (
            "nginx:1.27",
            "me/app:{{ tag }}",
            CheckId::ImageName,
            "with the placeholder {{ tag }}",
        ),
        (
            "nginx:1.27",
            "${IMAGE}",
            CheckId::ImageName,
            "the placeholder ${IMAGE}",
        ),
        (
            "nginx:1.27",
            "${REGISTRY}/app:latest",
            CheckId::ImageName,
            "has the tag latest",
        ),
        (
            "\"containerPort\": 80",
            "\"containerPort\": \"${PORT}\"",
            CheckId::ContainerPort,
            "containerPort of the task definition is the placeholder ${PORT}",
        ),
        (
            "\"256\"",
            "\"<CPU>\"",
            CheckId::Tasks,
            "cpu of the task definition is the placeholder <CPU>",
        ),
        (
            "\"name\": \"web\",",
            "\"name\": \"web\", \"environment\": [{ \"name\": \"{{ a }}\", \"value\": \"a\" }],",
            CheckId::ContainerPort,
            "environment[0].name of the task definition is the placeholder {{ a }}",
        ),
        (
            "\"awsvpc\"",
            "\"<MODE>\"",
            CheckId::Tasks,
            "networkMode of the task definition is the placeholder <MODE>",
        ),
    ] {
        let report = report_on("task.json", &SOUND.replace(from, to));
        assert!(report.ok, "{to}: {}", text(&report));
        assert_says(&report, (check, unknown), told);
    }
}

#[test]
fn braces_of_a_programs_own_are_no_placeholders() {
    for own in [
        "\"environment\": [{ \"name\": \"A\", \"value\": \"Hello {{name}}\" }]",
        "\"environment\": [{ \"name\": \"A\", \"value\": \"<b>{{ name }}</b> ${B}\" }]",
        "\"command\": [\"sh\", \"-c\", \"echo ${A}\"]",
        "\"logConfiguration\": { \"logDriver\": \"splunk\", \"options\": { \"tag\": \"{{.Name}}\" } }",
        "\"dockerLabels\": { \"a\": \"{{ b }}\" }",
    ] {
        let with_own = SOUND.replace("\"name\": \"web\",", &format!("\"name\": \"web\", {own},"));
        let (with_own, plain) = (
            report_on("task.json", &with_own),
            report_on("task.json", SOUND),
        );
        assert_eq!(text(&with_own), text(&plain), "{own}");
    }
}

#[test]
fn ports_in_a_row_are_ports() {
    let ranged = |range: &str| {
        let range = format!("\"containerPortRange\": \"{range}\"");
        report_on("task.json", &SOUND.replace("\"containerPort\": 80", &range))
    };
    let port = CheckId::ContainerPort;
    let unknown = Status::Unknown;
    assert_says(&ranged("80-90"), (port, unknown), "maps 80-90; where web");
    assert_says(
        &ranged("80"),
        (port, Status::Fail),
        "invalid containerPortRange \"80\" of web",
    );
    assert_says(
        &ranged("${PORTS}"),
        (port, unknown),
        "is the placeholder ${PORTS}",
    );
}

#[test]
fn what_aws_prints_is_read_with_its_wrapper_tags_and_nulls() {
    let inner = SOUND.replace(
        "\"family\": \"shop\",",
        "\"family\": \"shop\", \"revision\": 3, \"status\": \"ACTIVE\", \"volumes\": null, \"taskRoleArn\": null,",
    );
    let inner = inner.replace(
        "\"containerPort\": 80",
        "\"containerPort\": 80, \"hostPort\": null",
    );
    let described = format!(
        "{{ \"taskDefinition\": {inner}, \"tags\": [{{ \"key\": \"a\", \"value\": \"b\" }}] }}"
    );
    let (described, plain) = (
        report_on("task.json", &described),
        report_on("task.json", SOUND),
    );
    assert_eq!(text(&described), text(&plain));
}

#[test]
fn yaml_says_the_same_as_json() {
    let yaml = "
family: shop
networkMode: awsvpc
requiresCompatibilities: [FARGATE]
cpu: '256'
memory: '512'
executionRoleArn: arn:aws:iam::111122223333:role/execution
containerDefinitions:
  - &web
    name: web
    image: nginx:1.27
    portMappings:
      - containerPort: 80
";
    assert_eq!(
        text(&report_on("task.yaml", yaml)),
        text(&report_on("task.json", SOUND))
    );
    // So it does to `deploy` and `diff`.
    let files = folder(&[("task.json", SOUND), ("task.yaml", yaml)]);
    let registered = |name| {
        definition_file(&files.path().join(name))
            .unwrap()
            .0
            .to_register()
    };
    assert_eq!(registered("task.yaml"), registered("task.json"));
    // Without quotes, YAML takes it for a mapping.
    let open = yaml.replace("nginx:1.27", "{{ image }}");
    let report = report_on("task.yml", &open);
    assert_says(
        &report,
        (CheckId::ImageName, Status::Unknown),
        "the placeholder {{ image }}",
    );
}

#[test]
fn a_worker_needs_no_port() {
    let worker = SOUND.replace(", \"portMappings\": [{ \"containerPort\": 80 }]", "");
    let report = report_on("task.json", &worker);
    assert!(report.ok, "{}", text(&report));
    assert_says(
        &report,
        (CheckId::ContainerPort, Status::Unknown),
        "web maps no port",
    );
}

#[test]
fn a_field_of_another_type_is_named() {
    for (from, to, told) in [
        (
            "\"256\"",
            "[256]",
            "task.json:5:10: cpu is a list, and has to be a string",
        ),
        (
            "\"containerPort\": 80",
            "\"containerPort\": \"http\"",
            "task.json:9:81: containerDefinitions[0].portMappings[0].containerPort is the string \"http\", and has to be a whole number from 0 to 65535",
        ),
        (
            "[\"FARGATE\"]",
            "\"FARGATE\"",
            "task.json:4:30: requiresCompatibilities is the string \"FARGATE\", and has to be a list; put it in [ ]",
        ),
        (
            "\"awsvpc\",",
            "\"awsvpc\", \"taskRoleArn\": \"a\", \"cpu\": \"1\",",
            "duplicate key \"cpu\" at line 5",
        ),
    ] {
        let folder = folder(&[("task.json", &SOUND.replace(from, to))]);
        let file = folder.path().join("task.json");
        let error = said(&examined(&file, Wanted::default()).unwrap_err());
        assert!(error.contains(told), "{error}");
    }
}
