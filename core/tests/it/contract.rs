//! The contract says what the loader then does.

use dualrun::app::AppConfig;
use dualrun::config::{Secret, load_from};
use dualrun::contract::{Contract, Kind, Variable};
use dualrun::options::VARIABLES;
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use std::num::NonZeroU16;
use std::time::Duration;

fn variables<T: DeserializeOwned>() -> Vec<Variable> {
    Contract::of::<T>().unwrap().variables
}

fn variable<T: DeserializeOwned>(name: &str) -> Variable {
    let mut all = variables::<T>().into_iter();
    all.find(|it| it.name == name).unwrap()
}

#[test]
fn the_example_service_requires_its_three_variables() {
    let contract = Contract::of::<AppConfig>().unwrap();
    let names: Vec<_> = contract.variables.iter().map(|it| &it.name).collect();
    assert_eq!(names, ["APP_NAME", "ENVIRONMENT", "SECRET_KEY"]);
    assert!(
        contract
            .variables
            .iter()
            .all(|it| it.required == Some(true))
    );
    assert_eq!(
        (contract.port, contract.health_path.as_str()),
        (8000, "/health")
    );
    assert_eq!(contract.options.len(), VARIABLES.len());
}

#[test]
fn a_service_without_configuration_needs_nothing() {
    assert!(variables::<()>().is_empty());
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is only loaded")]
struct Typed {
    port: u16,
    offset: i8,
    workers: NonZeroU16,
    ratio: f64,
    verbose: Option<bool>,
    color: Color,
    shade: Shade,
    key: Secret<String>,
    names: Vec<String>,
    #[serde(default)]
    retries: u8,
    #[serde(alias = "title", alias = "caption")]
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Color {
    Red,
    Green,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Shade {
    Dark,
    #[serde(other)]
    Any,
}

#[test]
fn kinds_are_those_of_the_types() {
    let kind = |name| variable::<Typed>(name).kind;
    assert_eq!(
        kind("PORT"),
        Kind::Integer {
            min: 0,
            max: 65_535
        }
    );
    assert_eq!(
        kind("OFFSET"),
        Kind::Integer {
            min: -128,
            max: 127
        }
    );
    assert_eq!(
        kind("WORKERS"),
        Kind::Integer {
            min: 1,
            max: 65_535
        }
    );
    assert_eq!(kind("RATIO"), Kind::Number);
    assert_eq!(kind("VERBOSE"), Kind::Boolean);
    let values = vec!["red".into(), "green".into()];
    assert_eq!(kind("COLOR"), Kind::Choice { values });
    // It takes any other, too.
    assert_eq!(kind("SHADE"), Kind::Text);
    assert_eq!(kind("KEY"), Kind::Text);
    assert_eq!(
        variable::<Typed>("PORT").expects.unwrap(),
        "a whole number from 0 to 65535"
    );
}

#[test]
fn what_has_a_default_is_not_required_and_of_aliases_one_will_do() {
    let all = variables::<Typed>();
    let optional = all.iter().filter(|it| it.required == Some(false));
    let optional: Vec<_> = optional.map(|it| it.name.as_str()).collect();
    assert_eq!(optional, ["VERBOSE", "RETRIES"]);
    assert_eq!(variable::<Typed>("NAME").aliases, ["CAPTION", "TITLE"]);
    assert!(variable::<Typed>("PORT").aliases.is_empty());
}

#[test]
fn other_names_of_what_is_optional_are_told_too() {
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "it is only loaded")]
    struct Config {
        name: String,
        #[serde(alias = "heading")]
        title: Option<String>,
        #[serde(default, alias = "tries")]
        retries: u8,
        subtitle: Option<String>,
        queue: Option<Queue>,
    }
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "it is only loaded")]
    struct Queue {
        size: Option<u8>,
        #[serde(alias = "uri")]
        url: String,
    }
    let all = variables::<Config>();
    let told = all.iter().map(|it| (it.name.as_str(), it.aliases.clone()));
    let told: Vec<_> = told.collect();
    let aliases = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        told,
        [
            ("NAME", aliases(&[])),
            // In the order of serde, which does not tell the field's own name.
            ("HEADING", aliases(&["TITLE"])),
            ("RETRIES", aliases(&["TRIES"])),
            ("SUBTITLE", aliases(&[])),
            ("QUEUE_SIZE", aliases(&[])),
            ("QUEUE_URI", aliases(&["QUEUE_URL"])),
        ]
    );
    let uri = variable::<Config>("QUEUE_URI");
    assert!(uri.required_with.contains(&"QUEUE_SIZE".to_owned()));
}

#[test]
fn a_value_that_is_not_allowed_is_refused_by_the_loader() {
    let sound = [
        ("PORT", "1"),
        ("OFFSET", "-1"),
        ("WORKERS", "1"),
        ("RATIO", "0.5"),
        ("COLOR", "red"),
        ("SHADE", "pale"),
        ("KEY", "k"),
        ("NAMES", "a,b"),
        ("TITLE", "t"),
    ];
    load_from::<Typed, _, _>(sound).unwrap();
    let values = [
        "", " ", "0", "-1", "65536", "+5", "0.5", "1e3", "NaN", "true", "TRUE", "red", "Red", "x",
    ];
    for variable in variables::<Typed>() {
        for value in values {
            let others = sound.iter().filter(|(name, _)| *name != variable.name);
            let pairs = others.copied().chain([(variable.name.as_str(), value)]);
            let loaded = load_from::<Typed, _, _>(pairs);
            let is_loaded = loaded.is_ok() || variable.name == "NAME";
            let (name, kind) = (&variable.name, &variable.kind);
            assert!(
                kind.allows(value) || !is_loaded || value.trim().is_empty(),
                "{name}={value}"
            );
            if *kind != Kind::Text && kind.allows(value) {
                assert!(is_loaded, "{name}={value}");
            }
        }
    }
}

fn hour<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    let hours = text
        .strip_suffix(" o'clock")
        .ok_or_else(|| D::Error::custom("no hour"))?;
    Ok(Duration::from_secs(
        hours.parse().map_err(D::Error::custom)?,
    ))
}

#[test]
fn what_hides_behind_a_type_of_ones_own_is_not_known() {
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "it is only loaded")]
    struct Config {
        #[serde(deserialize_with = "hour")]
        opens: Duration,
        greeting: Option<String>,
        name: String,
    }
    let required: Vec<_> = variables::<Config>()
        .into_iter()
        .map(|it| it.required)
        .collect();
    // Not even that NAME is: the loader reports it once OPENS is there.
    assert_eq!(required, [Some(true), None, None]);
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is only loaded")]
struct Grouped {
    name: String,
    #[serde(alias = "db")]
    database: Database,
    cache: Option<Cache>,
    wait: dualrun::config::Duration,
    ports: Vec<u16>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is only loaded")]
struct Database {
    url: String,
    #[serde(alias = "pass")]
    password: Secret<String>,
    pool_size: Option<u8>,
}

#[derive(Deserialize)]
#[expect(dead_code, reason = "it is only loaded")]
struct Cache {
    size: dualrun::config::ByteSize,
}

#[test]
fn variables_of_groups_have_their_whole_names() {
    let all = variables::<Grouped>();
    let told: Vec<_> = all
        .iter()
        .map(|it| (it.name.as_str(), it.required))
        .collect();
    assert_eq!(
        told,
        [
            ("NAME", Some(true)),
            ("DATABASE_URL", Some(true)),
            ("DATABASE_PASSWORD", Some(true)),
            ("DATABASE_POOL_SIZE", Some(false)),
            ("CACHE_SIZE", Some(false)),
            ("WAIT", Some(true)),
            ("PORTS", Some(true)),
        ]
    );
    let password = variable::<Grouped>("DATABASE_PASSWORD");
    assert_eq!(password.aliases, ["DATABASE_PASS", "DB_PASSWORD"]);
    assert_eq!(password.files[0], "DATABASE_PASSWORD_FILE");
    assert_eq!(variable::<Grouped>("DATABASE_URL").aliases, ["DB_URL"]);
    assert!(variable::<Grouped>("NAME").aliases.is_empty());
    let expects = |name| variable::<Grouped>(name).expects.unwrap();
    assert_eq!(
        expects("CACHE_SIZE"),
        "a size with its unit, such as 512KiB or 1MiB"
    );
    assert_eq!(
        expects("WAIT"),
        "a duration with its unit, from 0s to 3650d, such as 500ms or 30s"
    );
    assert_eq!(
        expects("PORTS"),
        "a comma-separated list, each item a whole number from 0 to 65535"
    );
}

#[test]
fn a_variable_of_an_optional_group_tells_with_which_it_is_required() {
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "it is only loaded")]
    struct Config {
        queue: Option<Queue>,
        #[serde(default)]
        mail: Mail,
    }
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "it is only loaded")]
    struct Queue {
        url: String,
        key: Secret<String>,
        retries: Option<u8>,
        dead_letters: Option<DeadLetters>,
    }
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "it is only loaded")]
    struct DeadLetters {
        name: String,
    }
    #[derive(Default, Deserialize)]
    #[expect(dead_code, reason = "it is only loaded")]
    struct Mail {
        host: String,
        port: Option<u16>,
    }
    let with = |name| variable::<Config>(name).required_with;
    assert_eq!(
        with("QUEUE_URL"),
        [
            "QUEUE_KEY",
            "QUEUE_KEY_FILE",
            "QUEUE_RETRIES",
            "QUEUE_DEAD_LETTERS_NAME"
        ]
    );
    assert_eq!(
        with("QUEUE_KEY"),
        ["QUEUE_URL", "QUEUE_RETRIES", "QUEUE_DEAD_LETTERS_NAME"]
    );
    assert_eq!(with("QUEUE_RETRIES"), [""; 0]);
    assert_eq!(with("QUEUE_DEAD_LETTERS_NAME"), [""; 0]);
    assert_eq!(with("MAIL_HOST"), ["MAIL_PORT"]);
    let all = variables::<Config>();
    assert!(all.iter().all(|it| it.required == Some(false)));
}

#[test]
fn a_secret_tells_the_variable_that_may_name_a_file() {
    assert_eq!(variable::<Typed>("KEY").files, ["KEY_FILE"]);
    assert!(variable::<Typed>("NAME").files.is_empty());
    let contract = Contract::of::<AppConfig>().unwrap();
    let json = serde_json::to_value(&contract.variables[2]).unwrap();
    assert_eq!(
        json,
        serde_json::json!({ "name": "SECRET_KEY", "required": true, "files": ["SECRET_KEY_FILE"] })
    );
}

#[test]
fn a_type_that_cannot_be_loaded_has_no_contract() {
    #[derive(Deserialize)]
    #[expect(dead_code, reason = "it is only loaded")]
    struct Config {
        #[serde(flatten)]
        rest: std::collections::HashMap<String, String>,
    }
    let error = Contract::of::<Config>().unwrap_err().to_string();
    assert!(
        error.contains("its fields are not known beforehand"),
        "{error}"
    );
}

#[test]
fn what_a_later_version_adds_is_no_obstacle() {
    let mut json = serde_json::to_value(Contract::of::<AppConfig>().unwrap()).unwrap();
    json["grpcPort"] = 50_051.into();
    json["variables"][0]["kind"] = serde_json::json!({ "type": "url", "schemes": ["https"] });
    let contract: Contract = serde_json::from_value(json).unwrap();
    assert_eq!(contract.variables[0].kind, Kind::Text);
}
