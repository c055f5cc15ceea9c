//! The same mistakes in files: a template that is changed, and the task definition's file.

use super::sound::{IMAGE, files, found};
use super::text;
use ecs::doctor::{CheckId, Status, examine};
use ecs::facts::{Facts, Home, TaskDefinition};
use ecs::files::{Template, facts_of};

const STACK: &str = include_str!("../../../stack.yaml");
const DEFINITION: &str = include_str!("../../../task-definition.json");

/// What is replaced in the template, by what, where it is told, how, and what is said.
const IN_THE_TEMPLATE: &[(&str, &str, CheckId, Status, &str)] = &[
    (
        "HealthCheckPath: !Ref HealthPath\n",
        "HealthCheckPath: /status\n",
        CheckId::ContainerPort,
        Status::Fail,
        "asks /status, and the health path of app is /health",
    ),
    (
        "HealthCheckPath: !Ref HealthPath\n",
        "HealthCheckPath: !Ref HealthPath\n      HealthCheckPort: \"81\"\n",
        CheckId::ContainerPort,
        Status::Fail,
        "asks port 81, which is not mapped",
    ),
    (
        "HealthCheckPath: !Ref HealthPath\n",
        "HealthCheckPath: !Ref HealthPath\n      HealthCheckProtocol: HTTPS\n",
        CheckId::ContainerPort,
        Status::Fail,
        "asks by HTTPS, and app serves HTTP",
    ),
    (
        "{ ContainerPort: !Ref Port, Protocol: tcp }",
        "{ ContainerPort: !Ref Port, HostPort: 80, Protocol: tcp }",
        CheckId::ContainerPort,
        Status::Fail,
        "hostPort 80 is not containerPort 8000 of app",
    ),
    (
        "HealthCheckTimeoutSeconds: 5\n",
        "HealthCheckTimeoutSeconds: 10\n",
        CheckId::Tasks,
        Status::Fail,
        "waits 10 s for an answer and asks every 10 s; the timeout has to be shorter",
    ),
    (
        // Where none is said, it is five seconds.
        "HealthCheckIntervalSeconds: 10\n      HealthCheckTimeoutSeconds: 5\n",
        "HealthCheckIntervalSeconds: 5\n",
        CheckId::Tasks,
        Status::Fail,
        "waits 5 s for an answer and asks every 5 s",
    ),
    (
        "            StartPeriod: 5\n",
        "            StartPeriod: \"120\"\n",
        CheckId::Tasks,
        Status::Warn,
        "app may take 120 s to start",
    ),
    (
        "            Interval: 10\n",
        "            Interval: 1\n",
        CheckId::Tasks,
        Status::Fail,
        "interval 1 of the health check of app is not from 5 to 300",
    ),
    (
        "            StartPeriod: 5\n",
        "            StartPeriod: 31\n",
        CheckId::Tasks,
        Status::Warn,
        "app may take 31 s to start",
    ),
    (
        "        MaximumPercent: 200\n",
        "        MaximumPercent: 100\n",
        CheckId::Tasks,
        Status::Fail,
        "no task can ever be replaced",
    ),
    (
        // Without a count, it is one task.
        "      DesiredCount: !If [IsRunning, !If [HasCurrentCount, !Ref CurrentCount, !Ref DesiredCount], 0]\n      HealthCheckGracePeriodSeconds: !If [IsRunning, 30, !Ref AWS::NoValue]\n      DeploymentConfiguration:\n        MinimumHealthyPercent: 100\n        MaximumPercent: 200\n",
        "      DeploymentConfiguration:\n        MinimumHealthyPercent: 100\n        MaximumPercent: 100\n",
        CheckId::Tasks,
        Status::Fail,
        "of 1, ECS has to keep 1",
    ),
    (
        "              awslogs-stream-prefix: !Ref ContainerName\n",
        "",
        CheckId::Tasks,
        Status::Fail,
        "the log of app has no awslogs-stream-prefix, which awslogs needs",
    ),
];

#[test]
fn a_mistake_in_the_template_is_found_and_its_fix_names_no_id_of_aws() {
    for (from, to, id, status, said) in IN_THE_TEMPLATE {
        assert!(STACK.contains(from), "{from}");
        let template = Template::parse(&STACK.replacen(from, to, 1)).unwrap();
        let mut facts = facts_of(&template, &[("Image", IMAGE)]).unwrap();
        facts.images = vec![found()];
        let report = examine(&[facts], "the stack");
        let check = report.check(*id);
        assert_eq!(check.status, *status, "{said}: {}", text(&report));
        let mut findings = check.findings.iter();
        let finding = findings.find(|it| it.text.contains(said));
        let finding = finding.unwrap_or_else(|| panic!("{said}: {}", text(&report)));
        let fix = finding.fix.as_deref().unwrap();
        // Nothing has been made that a command could change.
        assert!(!fix.contains("aws "), "{fix}");
    }
}

#[test]
fn ports_that_are_open_to_the_balancer_are_told_by_the_templates_own_names() {
    let mut facts = files();
    let groups = &mut facts.groups;
    let task = groups
        .iter_mut()
        .find(|it| it.id == "TaskSecurityGroup")
        .unwrap();
    task.ingress[0].ports = Some((0, 65535));
    let report = examine(&[facts], "the stack");
    let finding = &report.check(CheckId::SecurityGroups).findings[0];
    assert_eq!(
        finding.fix.as_deref().unwrap(),
        "add a rule to the ingress of TaskSecurityGroup: tcp 8000 from BalancerSecurityGroup, and take the rule for \
         tcp 0-65535 and BalancerSecurityGroup out of TaskSecurityGroup"
    );
}

fn of_file(from: &str, to: &str) -> Facts {
    assert!(DEFINITION.contains(from), "{from}");
    let definition = DEFINITION.replacen(from, to, 1);
    let definition: TaskDefinition = serde_json::from_str(&definition).unwrap();
    Facts {
        home: Home::stated_by(&definition),
        definition,
        ..files()
    }
}

#[test]
fn a_mistake_in_the_definitions_file_is_found() {
    const SECRET: &str = "arn:aws:secretsmanager:us-east-1:111122223333:secret:dualrun-secret-key";
    for (from, to, said) in [
        (
            "\"memory\": \"512\"",
            "\"memory\": \"256\"",
            "the nearest is cpu 256 with memory 512",
        ),
        (
            SECRET,
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:key",
            "is of eu-west-1, and the tasks are in us-east-1",
        ),
        (
            SECRET,
            "arn:aws:secretsmanager:us-east-1:999999999999:secret:key",
            "is of the account 999999999999",
        ),
        (
            "\"executionRoleArn\": \"arn:aws:iam::111122223333:role/dualrun-us-east-1-execution\",",
            "",
            "has no executionRoleArn",
        ),
        (
            "\"awslogs-group\": \"/ecs/dualrun\",",
            "",
            "the log of app has no awslogs-group",
        ),
        (
            "\"retries\": 3",
            "\"retries\": 20",
            "retries 20 of the health check of app is not from 1 to 10",
        ),
    ] {
        let report = examine(&[of_file(from, to)], "the file");
        assert!(text(&report).contains(said), "{said}: {}", text(&report));
        assert_ne!(report.check(CheckId::Tasks).status, Status::Pass);
    }
}

#[test]
fn a_definitions_file_is_sound_by_name_of_a_parameter_by_sizes_in_words_and_with_placeholders() {
    const SECRET: &str = "arn:aws:secretsmanager:us-east-1:111122223333:secret:dualrun-secret-key";
    let region = "\"awslogs-region\": \"us-east-1\"";
    let open = of_file(region, "\"awslogs-region\": \"${AWS_REGION}\"");
    let report = examine(&[open], "the file");
    let unknown = "the value of SECRET_KEY is of us-east-1; whether the tasks are there is unknown";
    assert_eq!(report.check(CheckId::Tasks).status, Status::Unknown);
    assert!(text(&report).contains(unknown), "{}", text(&report));
    for (from, to) in [
        ("dualrun", "dualrun"),
        (SECRET, "/dualrun/secret-key"),
        (
            SECRET,
            "arn:aws:secretsmanager:${AWS_REGION}:<ACCOUNT>:secret:key",
        ),
        (
            "\"cpu\": \"256\",\n  \"memory\": \"512\"",
            "\"cpu\": \"1 vCPU\", \"memory\": \"2 GB\"",
        ),
    ] {
        let report = examine(&[of_file(from, to)], "the file");
        assert_eq!(
            report.check(CheckId::Tasks).status,
            Status::Pass,
            "{to}: {}",
            text(&report)
        );
    }
}
