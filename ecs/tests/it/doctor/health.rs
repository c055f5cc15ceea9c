//! The path that health checks ask, against the one that the app's options say.

use super::change::{asked, command, secret, target, variable};
use super::sound::{files, live};
use super::text;
use ecs::doctor::{Check, CheckId, Finding, Report, Status, examine};
use ecs::facts::{Extent, Facts};

type Change = fn(&mut Facts);

/// Check 3 of a service that runs, changed.
fn port_check(change: Change) -> (Check, Report) {
    let mut facts = live();
    change(&mut facts);
    let report = examine(&[facts], "service shop in cluster shop");
    (report.check(CheckId::ContainerPort).clone(), report)
}

/// The one finding that is not as it should be.
fn finding(change: Change) -> Finding {
    let (check, report) = port_check(change);
    let mut findings = check.findings.into_iter();
    let mut findings = findings.by_ref().filter(|it| it.status != Status::Pass);
    let finding = findings
        .next()
        .unwrap_or_else(|| panic!("{}", text(&report)));
    assert_eq!(findings.next(), None, "{}", text(&report));
    finding
}

/// As of an app that does not answer what the balancer asks.
fn unanswered(facts: &mut Facts) {
    target(facts).state = "unhealthy".into();
    target(facts).reason = Some("Target.ResponseCodeMismatch".into());
}

#[test]
fn what_asks_the_path_of_the_option_or_else_the_default_passes() {
    const SOUND: &[Change] = &[
        |facts| asked(facts, "/health"),
        |facts| {
            variable(facts, "DUALRUN_HEALTH_PATH", "/status");
            asked(facts, "/status");
        },
        |facts| {
            variable(facts, "DUALRUN_HEALTH_PATH", "/status");
            asked(facts, "/status?from=balancer");
        },
        // The server takes its base path off, if it is there.
        |facts| {
            variable(facts, "DUALRUN_BASE_PATH", "/shop");
            asked(facts, "/shop/health");
        },
        |facts| variable(facts, "DUALRUN_BASE_PATH", "/shop"),
        |facts| variable(facts, "DUALRUN_READY_PATH", "off"),
        // Somebody else asks whether it is ready.
        |facts| variable(facts, "DUALRUN_READY_PATH", "/ready"),
        // What decides is plain; the other two change nothing about it.
        |facts| {
            secret(facts, "DUALRUN_READY_PATH");
            secret(facts, "DUALRUN_BASE_PATH");
        },
        // The server's own command follows the options by itself, others have to.
        |facts| {
            variable(facts, "DUALRUN_HEALTH_PATH", "/status");
            asked(facts, "/status");
            command(facts, "curl -f http://localhost:8000/status || exit 1");
        },
        // A plain variable counts before one of the same name in a file.
        |facts| {
            variable(facts, "DUALRUN_HEALTH_PATH", "/health");
            variable(facts, "DUALRUN_ADDR", "0.0.0.0:8000");
            facts.definition.container_definitions[0].environment_files = vec!["a file".into()];
        },
        // A check by TCP has no path.
        |facts| facts.target_groups[0].health_path = None,
    ];
    for (number, change) in SOUND.iter().enumerate() {
        let (check, report) = port_check(*change);
        assert_eq!(check.status, Status::Pass, "{number}: {}", text(&report));
    }
}

#[test]
fn what_asks_another_path_is_named_with_both_paths_and_the_way_out() {
    let cases: [(Change, &str, &str); 3] = [
        (
            |facts| variable(facts, "DUALRUN_HEALTH_PATH", "/status"),
            "the health check of target group TargetGroup asks /health, and the health path of app is /status \
             (DUALRUN_HEALTH_PATH)",
            "aws elbv2 modify-target-group --target-group-arn TargetGroup --health-check-path /status",
        ),
        (
            |facts| asked(facts, "/"),
            "the health check of target group TargetGroup asks /, and the health path of app is /health \
             (the server's default)",
            "aws elbv2 modify-target-group --target-group-arn TargetGroup --health-check-path /health",
        ),
        (
            |facts| {
                variable(facts, "DUALRUN_BASE_PATH", "/shop");
                asked(facts, "/shop/status");
            },
            "the health check of target group TargetGroup asks /shop/status, and the health path of app is /health \
             (the server's default)",
            "aws elbv2 modify-target-group --target-group-arn TargetGroup --health-check-path /health",
        ),
    ];
    for (change, said, fix) in cases {
        let mut facts = live();
        change(&mut facts);
        unanswered(&mut facts);
        let report = examine(&[facts], "service shop in cluster shop");
        assert_eq!(
            report.cause,
            Some(CheckId::ContainerPort),
            "{}",
            text(&report)
        );
        let finding = report
            .check(CheckId::ContainerPort)
            .findings
            .iter()
            .find(|it| it.status == Status::Fail);
        let finding = finding.unwrap();
        assert_eq!(
            (finding.text.as_str(), finding.fix.as_deref()),
            (said, Some(fix))
        );
    }
}

#[test]
fn another_path_that_may_be_answered_is_no_more_than_a_warning() {
    const CHANGES: &[Change] = &[
        // A healthy target has answered.
        |facts| asked(facts, "/status"),
        // ECS asks by a command of the image.
        |facts| {
            variable(facts, "DUALRUN_HEALTH_PATH", "/health");
            command(facts, "curl -f http://localhost:8000/status || exit 1");
        },
    ];
    for change in CHANGES {
        let finding = finding(*change);
        assert_eq!(finding.status, Status::Warn, "{}", finding.text);
        assert!(
            finding
                .text
                .contains("asks /status, and the health path of app is /health"),
            "{}",
            finding.text
        );
        assert!(finding.fix.is_some());
    }
}

#[test]
fn of_files_a_command_that_asks_another_path_fails() {
    let mut facts = files();
    command(&mut facts, "curl -f http://localhost:8000/status || exit 1");
    let report = examine(&[facts], "the files");
    assert_eq!(
        report.cause,
        Some(CheckId::ContainerPort),
        "{}",
        text(&report)
    );
    let fix = "fix: let its command ask /health, or set DUALRUN_HEALTH_PATH to /status";
    assert!(text(&report).contains(fix), "{}", text(&report));
}

#[test]
fn what_cannot_be_seen_neither_passes_nor_fails() {
    let cases: [(Change, &str); 8] = [
        (
            |facts| secret(facts, "DUALRUN_HEALTH_PATH"),
            "since DUALRUN_HEALTH_PATH comes from secrets",
        ),
        (
            |facts| variable(facts, "DUALRUN_HEALTH_PATH", "status"),
            "since DUALRUN_HEALTH_PATH is not a path that begins with a slash",
        ),
        (
            |facts| variable(facts, "DUALRUN_HEALTH_PATH", ""),
            "since DUALRUN_HEALTH_PATH is not a path",
        ),
        (
            |facts| {
                variable(facts, "DUALRUN_ADDR", "0.0.0.0:8000");
                facts.definition.container_definitions[0].environment_files = vec!["a file".into()];
            },
            "since DUALRUN_HEALTH_PATH may come from environmentFiles",
        ),
        (
            |facts| {
                secret(facts, "DUALRUN_READY_PATH");
                asked(facts, "/ready");
            },
            "since DUALRUN_READY_PATH comes from secrets",
        ),
        (
            |facts| {
                secret(facts, "DUALRUN_BASE_PATH");
                asked(facts, "/shop/health");
            },
            "since DUALRUN_BASE_PATH comes from secrets",
        ),
        (
            |facts| asked(facts, "{{resolve:ssm:/shop/health}}"),
            "which only AWS can resolve to a path",
        ),
        (
            |facts| {
                secret(facts, "DUALRUN_HEALTH_PATH");
                facts.target_groups.clear();
                command(facts, "curl -f http://localhost:8000/status");
            },
            "the health check of app asks /status; whether that is the health path of app is unknown",
        ),
    ];
    for (change, said) in cases {
        let finding = finding(change);
        assert_eq!(finding.status, Status::Unknown, "{}", finding.text);
        assert!(finding.text.contains(said), "{said}: {}", finding.text);
    }
}

#[test]
fn a_value_that_is_not_a_path_is_not_shown() {
    let (_, report) = port_check(|facts| variable(facts, "DUALRUN_HEALTH_PATH", "hunter2"));
    assert!(!text(&report).contains("hunter2"), "{}", text(&report));
}

#[test]
fn a_health_check_of_ecs_that_asks_the_ready_path_is_warned_of() {
    let cases: [(Change, &str); 3] = [
        (
            |facts| {
                variable(facts, "DUALRUN_READY_PATH", "/ready");
                asked(facts, "/ready");
            },
            "aws elbv2 modify-target-group --target-group-arn TargetGroup --health-check-path /health",
        ),
        (
            |facts| {
                variable(facts, "DUALRUN_READY_PATH", "/ready");
                secret(facts, "DUALRUN_HEALTH_PATH");
                asked(facts, "/ready");
            },
            "set HealthCheckPath to the path of DUALRUN_HEALTH_PATH",
        ),
        (
            |facts| {
                variable(facts, "DUALRUN_READY_PATH", "/ready");
                command(facts, "curl -f http://localhost:8000/ready");
            },
            "let its command ask /health",
        ),
    ];
    for (change, fix) in cases {
        let finding = finding(change);
        assert_eq!(finding.status, Status::Warn, "{}", finding.text);
        assert!(
            finding.text.ends_with(
                "asks /ready (DUALRUN_READY_PATH); ECS replaces unhealthy tasks, so a service that turns readiness \
                 off (a database is away) loses all of its tasks"
            ),
            "{}",
            finding.text
        );
        assert_eq!(finding.fix.as_deref(), Some(fix));
    }
}

#[test]
fn what_another_server_answers_is_not_compared() {
    const OTHERS: &[Change] = &[
        // A service that this repository knows nothing of.
        |facts| {
            facts.definition.container_definitions[0].health_check = None;
            asked(facts, "/login");
        },
        // Another container of the task, by its port or by the service's second attachment.
        |facts| {
            let admin = ecs::facts::PortMapping {
                container_port: Some(9901),
                ..ecs::facts::PortMapping::default()
            };
            facts.definition.container_definitions[0]
                .port_mappings
                .push(admin);
            facts.target_groups[0].health_port = Some(9901);
            asked(facts, "/ready");
        },
        |facts| {
            let mut second = facts.target_groups[0].clone();
            second.arn = "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/admin/1".into();
            second.health_path = Some("/login".into());
            let mut attachment = facts.service.load_balancers[0].clone();
            attachment.target_group_arn = Some(second.arn.clone());
            attachment.container_name = Some("admin".into());
            facts.service.load_balancers.push(attachment);
            facts.target_groups.push(second);
        },
    ];
    for change in OTHERS {
        let (check, report) = port_check(*change);
        assert_eq!(check.status, Status::Pass, "{}", text(&report));
    }
}

#[test]
fn an_address_that_cannot_be_seen_is_not_taken_for_the_default() {
    let finding = finding(|facts| {
        secret(facts, "DUALRUN_ADDR");
        facts.images = vec![ecs::image::Lookup::NotAsked];
    });
    assert_eq!(finding.status, Status::Unknown, "{}", finding.text);
}

#[test]
fn what_a_network_load_balancer_speaks_beside_tcp_is_not_served() {
    for protocol in ["TLS", "UDP", "HTTPS"] {
        let mut facts = live();
        facts.target_groups[0].protocol = Some(protocol.into());
        let report = examine(&[facts], "service shop in cluster shop");
        assert_eq!(report.cause, Some(CheckId::ContainerPort));
        let said = format!("speaks {protocol} to app, which serves HTTP");
        assert!(text(&report).contains(&said), "{}", text(&report));
    }
    // A server of somebody else may.
    let (check, report) = port_check(|facts| {
        facts.target_groups[0].protocol = Some("TLS".into());
        facts.definition.container_definitions[0].health_check = None;
    });
    assert_eq!(check.status, Status::Pass, "{}", text(&report));
}

#[test]
fn a_target_group_that_could_not_be_read_has_not_been_seen_to_ask_rightly() {
    let finding = finding(|facts| {
        facts.target_groups.clear();
        facts.note_unknown(CheckId::Attachment, Extent::Part, "denied");
    });
    assert_eq!(finding.status, Status::Unknown, "{}", finding.text);
    assert!(
        finding
            .text
            .contains("what the health check of TargetGroup asks is unknown")
    );
}
