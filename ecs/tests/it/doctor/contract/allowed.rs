//! What a contract lets pass.

use super::super::change::variable;
use super::super::report;
use super::super::sound::files;
use super::{Change, app, call_too, set, shop, told, unset, with};
use ecs::doctor::Status;
use ecs::facts::Secret;

/// What is no reason to fail, and what is said of it, if anything.
const ALLOWED: &[(Change, Status, &str)] = &[
    (|facts| set(facts, "OTHER", "x"), Status::Pass, ""),
    (|facts| set(facts, "RETRIES", "3"), Status::Pass, ""),
    (
        |facts| {
            call_too(facts, "APP_NAME", "TITLE");
            unset(facts, "APP_NAME");
            set(facts, "TITLE", "Shop");
        },
        Status::Pass,
        "",
    ),
    (
        |facts| {
            set(facts, "RETRIES", "many");
            variable(facts, "RETRIES", "3");
        },
        Status::Warn,
        "app has RETRIES twice in environment, and gets the last value",
    ),
    (
        |facts| set(facts, "RETRIES", "${Retries}"),
        Status::Unknown,
        "the value of RETRIES is not known here, so whether app takes it was not checked",
    ),
    // A text may have braces of its own.
    (
        |facts| set(facts, "APP_NAME", "Hello {{name}}"),
        Status::Pass,
        "",
    ),
    (
        |facts| set(facts, "DUALRUN_READY_PATH", "${ReadyPath}"),
        Status::Unknown,
        "the value of DUALRUN_READY_PATH is not known here",
    ),
    // What contradicts a default contradicts no value that is not known.
    (
        |facts| {
            set(facts, "DUALRUN_READY_PATH", "/health");
            set(facts, "DUALRUN_HEALTH_PATH", "${HealthPath}");
        },
        Status::Unknown,
        "the value of DUALRUN_HEALTH_PATH is not known here",
    ),
    (
        |facts| {
            set(facts, "APP_{{parameter Suffix}}", "x");
            unset(facts, "APP_NAME");
            app(facts).open.insert("environment[2].name".into());
        },
        Status::Unknown,
        "app requires APP_NAME, which can only come from what is not known here",
    ),
    // The value of another one is none that is missing.
    (
        |facts| {
            app(facts).open.insert("environment[0].value".into());
        },
        Status::Pass,
        "",
    ),
    (
        |facts| set(facts, "RETIRES", "3"),
        Status::Warn,
        "app does not read RETIRES; its image reads RETRIES",
    ),
    // A secret may be in a file.
    (
        |facts| {
            unset(facts, "SECRET_KEY");
            set(facts, "SECRET_KEY_FILE", "/run/secrets/key");
        },
        Status::Pass,
        "app gets the variables that its image asks for",
    ),
    // What the image sets is there, too.
    (
        |facts| {
            unset(facts, "APP_NAME");
            let environment = &mut app(facts).image_config.environment;
            environment.insert("APP_NAME".into(), "shop".into());
        },
        Status::Pass,
        "",
    ),
    (
        |facts| {
            unset(facts, "APP_NAME");
            app(facts).open.insert("environment".into());
        },
        Status::Unknown,
        "app requires APP_NAME, which can only come from what is not known here",
    ),
    (
        |facts| {
            unset(facts, "APP_NAME");
            app(facts).open.insert("command".into());
        },
        Status::Unknown,
        "app is not compared with its image's contract, since the command that it runs is not known here",
    ),
    // Short names, and names of other things.
    (|facts| set(facts, "VERSION", "1"), Status::Pass, ""),
    // A value that is not seen is none that is wrong.
    (
        |facts| {
            let (name, value_from) = ("RETRIES".into(), "/shop/retries".into());
            app(facts).secrets.push(Secret { name, value_from });
        },
        Status::Pass,
        "",
    ),
    (
        |facts| {
            unset(facts, "APP_NAME");
            app(facts).environment_files =
                vec![serde_json::json!({ "type": "s3", "value": "arn:aws:s3:::a/b.env" })];
        },
        Status::Unknown,
        "app requires APP_NAME, which can only come from what is not known here, such as environmentFiles",
    ),
    // Another program, or one that is asked for something else.
    (
        |facts| {
            unset(facts, "APP_NAME");
            app(facts).command = vec!["migrate".into()];
        },
        Status::Pass,
        "",
    ),
    (
        |facts| {
            unset(facts, "APP_NAME");
            app(facts).entry_point = vec!["/bin/sh".into()];
        },
        Status::Pass,
        "",
    ),
    (
        |facts| app(facts).image_config.contract = Some(Err("no layer has /contract.json".into())),
        Status::Unknown,
        "the contract of app's image could not be read: no layer has /contract.json",
    ),
];

#[test]
fn what_the_program_may_take_is_no_failure() {
    for (change, expected, said) in ALLOWED {
        let mut facts = with(files(), shop());
        change(&mut facts);
        let (status, text) = told(&report(&facts));
        assert_eq!(status, *expected, "{said}: {text}");
        assert!(text.contains(said), "{said}: {text}");
    }
}
