//! What an image's contract lets the doctor find before anything is deployed.

mod allowed;

use super::change::variable;
use super::sound::{files, live};
use super::{report, text};
use dualrun::app::AppConfig;
use dualrun::contract::Contract;
use ecs::doctor::{CheckId, Report, Status};
use ecs::facts::{Container, Facts, Secret, Variable};
use ecs::image::Lookup;

/// A service beside the example: of every kind of variable, one.
#[derive(serde::Deserialize)]
#[expect(dead_code, reason = "only its contract is asked for")]
struct Shop {
    app_name: String,
    environment: String,
    secret_key: dualrun::config::Secret<String>,
    #[serde(alias = "tries")]
    retries: Option<u8>,
    verbose: Option<bool>,
    currency: Option<Currency>,
    cache: Option<Cache>,
}

#[derive(serde::Deserialize)]
#[expect(dead_code, reason = "only its contract is asked for")]
struct Cache {
    url: String,
    ttl: Option<dualrun::config::Duration>,
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Currency {
    Eur,
    Inr,
}

pub(super) fn shop() -> Contract {
    Contract::of::<Shop>().unwrap()
}

pub(super) fn app(facts: &mut Facts) -> &mut Container {
    let mut containers = facts.definition.container_definitions.iter_mut();
    containers.find(|it| it.name == "app").unwrap()
}

pub(super) fn with(mut facts: Facts, contract: Contract) -> Facts {
    let config = &mut app(&mut facts).image_config;
    config.contract = Some(Ok(contract));
    config.entrypoint = vec!["/bin-fargate".into()];
    facts
}

pub(super) fn set(facts: &mut Facts, name: &str, value: &str) {
    unset(facts, name);
    let (name, value) = (name.into(), value.into());
    app(facts).environment.push(Variable { name, value });
}

fn unset(facts: &mut Facts, name: &str) {
    let app = app(facts);
    app.environment.retain(|it| it.name != name);
    app.secrets.retain(|it| it.name != name);
}

/// Gives a variable of the contract another name.
fn call_too(facts: &mut Facts, name: &str, other: &str) {
    let contract = app(facts).image_config.contract.as_mut();
    let contract = contract.unwrap().as_mut().unwrap();
    let mut variables = contract.variables.iter_mut();
    let variable = variables.find(|it| it.name == name).unwrap();
    variable.aliases.push(other.into());
}

/// The path of a file by this name, in the place of the secret.
fn file_instead(facts: &mut Facts, name: &str) {
    unset(facts, "SECRET_KEY");
    set(facts, name, "/run/secrets/key");
}

fn rename(facts: &mut Facts, name: &str, other: &str) {
    let plain = app(facts).environment.iter_mut().find(|it| it.name == name);
    plain.unwrap().name = other.into();
}

pub(super) fn told(report: &Report) -> (Status, String) {
    (report.check(CheckId::Tasks).status, text(report))
}

#[test]
fn the_stack_gives_the_example_service_what_it_asks_for() {
    for facts in [files(), live()] {
        let facts = with(facts, Contract::of::<AppConfig>().unwrap());
        let report = report(&facts);
        let (status, text) = told(&report);
        assert_eq!(status, Status::Pass, "{text}");
        assert!(
            text.contains("app gets the variables that its image asks for"),
            "{text}"
        );
        assert!(
            text.contains("listens on 8000 (its image's contract)"),
            "{text}"
        );
    }
}

type Change = fn(&mut Facts);

/// What fails, with the words for it and for what to do.
const REFUSED: &[(Change, &str, &str)] = &[
    (
        |facts| unset(facts, "SECRET_KEY"),
        "app will not start: its image requires SECRET_KEY",
        "add SECRET_KEY to environment or secrets",
    ),
    (
        |facts| {
            unset(facts, "APP_NAME");
            unset(facts, "ENVIRONMENT");
        },
        "requires APP_NAME, ENVIRONMENT",
        "add APP_NAME to environment or secrets; add ENVIRONMENT to environment or secrets",
    ),
    (
        |facts| set(facts, "CACHE_TTL", "10s"),
        "requires CACHE_URL",
        "add CACHE_URL to environment or secrets",
    ),
    (
        |facts| rename(facts, "APP_NAME", "APP_NMAE"),
        "requires APP_NAME",
        "rename APP_NMAE to APP_NAME",
    ),
    (
        |facts| rename(facts, "APP_NAME", "app_name"),
        "requires APP_NAME",
        "rename app_name to APP_NAME",
    ),
    // The file of a secret is meant, whichever of the underscores and letters are there.
    (
        |facts| file_instead(facts, "SECRET_KEYFILE"),
        "requires SECRET_KEY",
        "rename SECRET_KEYFILE to SECRET_KEY_FILE",
    ),
    (
        |facts| file_instead(facts, "SECRET_KY_FILE"),
        "requires SECRET_KEY",
        "rename SECRET_KY_FILE to SECRET_KEY_FILE",
    ),
    (
        |facts| {
            let app = app(facts);
            let mut secrets = app.secrets.iter_mut();
            secrets.find(|it| it.name == "SECRET_KEY").unwrap().name = "SECRET_KEYFILE".into();
        },
        "requires SECRET_KEY",
        "rename SECRET_KEYFILE to SECRET_KEY\n",
    ),
    (
        |facts| {
            set(facts, "RETRIES", "3");
            set(facts, "TRIES", "3");
        },
        "app will not start: RETRIES and TRIES are both set",
        "leave out TRIES",
    ),
    (
        |facts| set(facts, "APP_NAME", " "),
        "app will not start: APP_NAME is blank",
        "give it a value",
    ),
    (
        |facts| {
            unset(facts, "SECRET_KEY");
            set(facts, "SECRET_KEY_FILE", " ");
        },
        "app will not start: SECRET_KEY_FILE is blank",
        "give it a value",
    ),
    (
        |facts| set(facts, "SECRET_KEY_FILE", "/run/secrets/key"),
        "app will not start: SECRET_KEY and SECRET_KEY_FILE are both set",
        "leave out SECRET_KEY_FILE",
    ),
    (
        |facts| {
            call_too(facts, "APP_NAME", "TITLE");
            set(facts, "TITLE", "Shop");
        },
        "app will not start: APP_NAME and TITLE are both set",
        "leave out TITLE",
    ),
    // Of two of a name, the container gets the last.
    (
        |facts| {
            set(facts, "RETRIES", "3");
            variable(facts, "RETRIES", "none");
        },
        "app will not start: the value of RETRIES is not valid",
        "set it to a whole number from 0 to 255",
    ),
    (
        |facts| set(facts, "RETRIES", "many"),
        "app will not start: the value of RETRIES is not valid",
        "set it to a whole number from 0 to 255",
    ),
    (
        |facts| set(facts, "RETRIES", "256"),
        "the value of RETRIES is not valid",
        "a whole number from 0 to 255",
    ),
    (
        |facts| set(facts, "VERBOSE", "yes"),
        "the value of VERBOSE is not valid",
        "true or false",
    ),
    (
        |facts| set(facts, "CURRENCY", "usd"),
        "the value of CURRENCY is not valid",
        "one of eur, inr",
    ),
    (
        |facts| set(facts, "DUALRUN_ADR", "0.0.0.0:8000"),
        "unknown option DUALRUN_ADR",
        "rename it to DUALRUN_ADDR",
    ),
    (
        |facts| set(facts, "DUALRUN_GREETING", "hello"),
        "unknown option DUALRUN_GREETING",
        "remove it",
    ),
    (
        |facts| set(facts, "DUALRUN_DRAIN_TIMEOUT", "soon"),
        "the value of DUALRUN_DRAIN_TIMEOUT is not valid",
        "set it to a duration",
    ),
    (
        |facts| set(facts, "DUALRUN_READY_PATH", "/health"),
        "the value of DUALRUN_READY_PATH is not valid",
        "another path than DUALRUN_HEALTH_PATH has",
    ),
];

#[test]
fn what_the_program_would_refuse_is_found_before_it_runs() {
    for (change, said, fix) in REFUSED {
        for mut facts in [with(files(), shop()), with(live(), shop())] {
            change(&mut facts);
            let report = report(&facts);
            let (status, text) = told(&report);
            assert_eq!(status, Status::Fail, "{said}: {text}");
            assert!(
                text.contains(said) && text.contains(fix),
                "{said}, {fix}: {text}"
            );
        }
    }
}

#[test]
fn a_value_is_never_shown() {
    for change in [
        |facts: &mut Facts| set(facts, "RETRIES", "hunter2"),
        |facts: &mut Facts| set(facts, "DUALRUN_BODY_LIMIT", "hunter2"),
    ] {
        let mut facts = with(files(), shop());
        change(&mut facts);
        let (status, text) = told(&report(&facts));
        assert_eq!(status, Status::Fail);
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn of_another_version_only_what_its_contract_says_counts() {
    let mut contract = shop();
    contract.dualrun = "9.0.0".into();
    contract.options.retain(|it| it.name != "DUALRUN_METRICS");
    let mut facts = with(files(), contract);
    // A form of durations that this version does not know.
    set(&mut facts, "DUALRUN_DRAIN_TIMEOUT", "PT22S");
    assert_eq!(told(&report(&facts)).0, Status::Pass);
    set(&mut facts, "DUALRUN_LOG_FORMAT", "xml");
    set(&mut facts, "DUALRUN_METRICS", "emf");
    let (status, text) = told(&report(&facts));
    assert_eq!(status, Status::Fail);
    assert!(
        text.contains("the value of DUALRUN_LOG_FORMAT is not valid"),
        "{text}"
    );
    assert!(text.contains("unknown option DUALRUN_METRICS"), "{text}");
}

#[test]
fn the_port_is_the_contracts_rather_than_that_of_expose() {
    let mut contract = shop();
    contract.port = 9000;
    let facts = with(files(), contract);
    assert!(matches!(&facts.images[0], Lookup::Found(found) if found.exposed == [8000]));
    let report = report(&facts);
    let text = text(&report);
    assert_eq!(report.check(CheckId::ContainerPort).status, Status::Fail);
    let said = "app listens on 9000 (its image's contract), and the definition maps 8000";
    assert!(text.contains(said), "{text}");
}

#[test]
fn the_health_path_is_the_contracts() {
    for facts in [files(), live()] {
        let mut contract = shop();
        contract.health_path = "/up".into();
        let text = text(&report(&with(facts, contract)));
        let said = "asks /health, and the health path of app is /up (its image's contract)";
        assert!(text.contains(said), "{text}");
    }
}

#[test]
fn what_the_image_sets_counts_where_the_definition_sets_nothing() {
    let mut facts = with(files(), shop());
    let environment = &mut app(&mut facts).image_config.environment;
    environment.insert("DUALRUN_ADDR".into(), "0.0.0.0:9000".into());
    let text = text(&report(&facts));
    assert!(
        text.contains("app listens on 9000 (DUALRUN_ADDR=0.0.0.0:9000)"),
        "{text}"
    );
}

#[test]
fn what_keeps_tasks_from_starting_is_the_cause_and_that_none_is_registered_is_not() {
    let mut facts = with(live(), shop());
    for group in &mut facts.target_groups {
        group.targets = Some(Vec::new());
    }
    let attachment = CheckId::Attachment;
    assert_eq!(report(&facts).cause, Some(attachment));
    unset(&mut facts, "SECRET_KEY");
    let report = report(&facts);
    assert_eq!(report.cause, Some(CheckId::Tasks));
    assert_eq!(report.check(attachment).status, Status::Fail);
}

#[test]
fn a_secret_in_the_place_of_a_path_is_a_warning() {
    let mut facts = with(files(), shop());
    unset(&mut facts, "SECRET_KEY");
    let (name, value_from) = ("SECRET_KEY_FILE".into(), "/shop/key".into());
    app(&mut facts).secrets.push(Secret { name, value_from });
    let report = report(&facts);
    assert_eq!(report.check(CheckId::Tasks).status, Status::Warn);
    let told =
        "app reads SECRET_KEY_FILE as the path of a file, and gets the value of a secret there";
    let findings = &report.check(CheckId::Tasks).findings;
    let finding = findings.iter().find(|it| it.text == told).unwrap();
    let fix = "rename SECRET_KEY_FILE to SECRET_KEY in secrets of app";
    assert_eq!(finding.fix.as_deref(), Some(fix));
}
