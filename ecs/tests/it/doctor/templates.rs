//! The path that health checks ask in a template, as the doctor and the preflight of a stack see it.

use super::sound::{IMAGE, found};
use super::text;
use ecs::doctor::{CheckId, Report, Status, examine};
use ecs::files::{Template, facts_of};
use ecs::image::{Images, Lookup, Platform, Reference};
use ecs::stack::preflight;

const STACK: &str = include_str!("../../../stack.yaml");
const ASKED: &str = "HealthCheckPath: !Ref HealthPath\n";
const ENVIRONMENT: &str = "          Environment:\n";
const SECRETS: &str = "          Secrets:\n";

/// What is replaced in the stack's template, and by what.
type Change<'a> = (&'a str, &'a str);

const SET: Change<'_> = (
    ENVIRONMENT,
    "          Environment:\n            - { Name: DUALRUN_HEALTH_PATH, Value: /status }\n",
);
const ASKS_STATUS: Change<'_> = (ASKED, "HealthCheckPath: /status\n");

/// Changes, the status of check 3, and what is said.
const CASES: &[(&[Change<'_>], Status, &str)] = &[
    (&[], Status::Pass, "the definition maps it"),
    (&[SET, ASKS_STATUS], Status::Pass, "the definition maps it"),
    (
        &[SET],
        Status::Fail,
        "asks /health, and the health path of app is /status (DUALRUN_HEALTH_PATH)",
    ),
    (
        &[ASKS_STATUS],
        Status::Fail,
        "asks /status, and the health path of app is /health (the server's default)",
    ),
    // What Elastic Load Balancing asks by itself.
    (
        &[(ASKED, "# no path\n")],
        Status::Fail,
        "asks /, and the health path of app is /health",
    ),
    (
        &[(
            SECRETS,
            "          Secrets:\n            - { Name: DUALRUN_HEALTH_PATH, ValueFrom: !Ref SecretKey }\n",
        )],
        Status::Unknown,
        "since DUALRUN_HEALTH_PATH comes from secrets",
    ),
    (
        &[(
            ENVIRONMENT,
            "          Environment:\n            - { Name: DUALRUN_HEALTH_PATH, Value: \"{{resolve:ssm:/path}}\" }\n",
        )],
        Status::Unknown,
        "since DUALRUN_HEALTH_PATH is not a path",
    ),
    (
        &[
            (
                ENVIRONMENT,
                "          Environment:\n            - { Name: DUALRUN_READY_PATH, Value: /ready }\n",
            ),
            (ASKED, "HealthCheckPath: /ready\n"),
        ],
        Status::Warn,
        "asks /ready (DUALRUN_READY_PATH); ECS replaces unhealthy tasks",
    ),
];

fn changed(changes: &[Change<'_>]) -> String {
    changes.iter().fold(STACK.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1)
    })
}

#[track_caller]
fn assert_says(report: &Report, status: Status, said: &str) {
    let text = text(report);
    assert_eq!(
        report.check(CheckId::ContainerPort).status,
        status,
        "{said}: {text}"
    );
    assert!(text.contains(said), "{said}: {text}");
}

#[test]
fn a_template_is_compared_with_its_own_option() {
    for (changes, status, said) in CASES {
        let template = Template::parse(&changed(changes)).unwrap();
        let facts = facts_of(&template, &[("Image", IMAGE)]).unwrap();
        assert_says(&examine(&[facts], "the stack"), *status, said);
    }
}

struct Registry;

impl Images for Registry {
    async fn look_up(&self, _: &Reference, _: &Platform) -> Lookup {
        found()
    }
}

#[tokio::test]
async fn so_is_a_stack_before_it_is_made() {
    for (changes, status, said) in CASES {
        let template = changed(changes);
        let report = preflight(&template, &[("Image", IMAGE)], &Registry, "shop");
        let report = report.await.unwrap().unwrap();
        assert_says(&report, *status, said);
    }
}
