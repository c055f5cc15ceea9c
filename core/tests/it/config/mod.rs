//! The configuration's report: one test for each kind of bad value, on its text.

mod files;
mod groups;
mod hostile;
mod values;

use dualrun::app::AppConfig;
use dualrun::config::{Problem, Secret, load_from};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::os::unix::ffi::OsStringExt;

/// The report for these variables.
#[track_caller]
fn report<T: DeserializeOwned>(variables: &[(&str, &str)]) -> String {
    match load_from::<T, _, _>(variables.iter().copied()) {
        Ok(_) => panic!("{variables:?} loaded"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn missing_variables_are_listed_in_the_first_line_in_order() {
    let report = report::<AppConfig>(&[("ENVIRONMENT", "test")]);
    assert_eq!(
        report,
        "Missing required environment variables: APP_NAME, SECRET_KEY"
    );
}

#[test]
fn a_blank_variable_is_named() {
    for blank in ["", " ", "\t\n"] {
        let variables = [
            ("APP_NAME", "a"),
            ("ENVIRONMENT", blank),
            ("SECRET_KEY", "s"),
        ];
        assert_eq!(
            report::<AppConfig>(&variables),
            "ENVIRONMENT is blank: give it a value, or unset it"
        );
    }
}

#[test]
fn bytes_that_are_not_utf8_are_named_and_not_shown() {
    let variables = [
        ("APP_NAME", OsString::from("a")),
        ("ENVIRONMENT", "e".into()),
        ("SECRET_KEY", OsString::from_vec(b"hunter2\xff".to_vec())),
    ];
    let error = load_from::<AppConfig, _, _>(variables).unwrap_err();
    assert_eq!(error.to_string(), "SECRET_KEY is not valid UTF-8");
}

#[test]
fn variables_that_nobody_asks_for_may_hold_anything() {
    let other = (
        OsString::from_vec(b"OTHER\xfe".to_vec()),
        OsString::from_vec(b"\xff".to_vec()),
    );
    let mut variables = vec![other];
    for (name, value) in [
        ("APP_NAME", "a"),
        ("ENVIRONMENT", "e"),
        ("SECRET_KEY", "s"),
        ("app_name", "b"),
    ] {
        variables.push((name.into(), value.into()));
    }
    let config: AppConfig = load_from(variables).unwrap();
    assert_eq!(config.app_name, "a");
}

#[derive(Deserialize, Debug)]
#[allow(dead_code, reason = "only its errors are looked at")]
struct Typed {
    number: u16,
    signed: i8,
    positive: std::num::NonZeroU32,
    ratio: f64,
    flag: bool,
    color: Color,
    addr: SocketAddr,
    letter: char,
    pin: Secret<u64>,
    list: Vec<u8>,
    maybe: Option<u32>,
    #[serde(default)]
    fallback: u8,
}

#[derive(Deserialize, Debug)]
#[serde(rename_all = "lowercase")]
enum Color {
    Red,
    Green,
}

const TYPED: [(&str, &str); 10] = [
    ("NUMBER", "1"),
    ("SIGNED", "-1"),
    ("POSITIVE", "1"),
    ("RATIO", "0.5"),
    ("FLAG", "true"),
    ("COLOR", "green"),
    ("ADDR", "127.0.0.1:80"),
    ("LETTER", "x"),
    ("PIN", "1234"),
    ("LIST", "1,2"),
];

#[track_caller]
fn check_bad(name: &'static str, value: &'static str, expected: &str) {
    let mut variables: Vec<_> = TYPED
        .into_iter()
        .filter(|(known, _)| *known != name)
        .collect();
    variables.push((name, value));
    assert_eq!(
        report::<Typed>(&variables),
        format!("{name} is not valid: expected {expected}")
    );
}

#[test]
fn good_values_of_every_type_load() {
    let typed: Typed = load_from(TYPED).unwrap();
    assert_eq!(
        (typed.number, typed.list, typed.pin.expose()),
        (1, vec![1, 2], &1234)
    );
    assert!(matches!(typed.color, Color::Green));
}

#[test]
fn a_wrong_whole_number_tells_the_range() {
    check_bad("NUMBER", "65536", "a whole number from 0 to 65535");
    check_bad("SIGNED", "x", "a whole number from -128 to 127");
    check_bad("POSITIVE", "0", "a whole number from 1 to 4294967295");
    check_bad("MAYBE", "-1", "a whole number from 0 to 4294967295");
    check_bad("FALLBACK", "1.5", "a whole number from 0 to 255");
}

#[test]
fn a_wrong_number_or_flag_is_told() {
    check_bad("RATIO", "half", "a number");
    check_bad("FLAG", "yes", "true or false");
}

#[test]
fn a_wrong_choice_lists_the_choices() {
    check_bad("COLOR", "blue", "one of red, green");
}

#[test]
fn a_wrong_value_of_another_type_tells_what_the_type_says() {
    check_bad("ADDR", "localhost", "socket address");
    check_bad("LETTER", "xy", "a character");
    check_bad(
        "LIST",
        "1,x",
        "a comma-separated list, each item a whole number from 0 to 255",
    );
}

#[test]
fn a_secret_that_does_not_parse_is_not_shown() {
    check_bad(
        "PIN",
        "hunter2",
        "a whole number from 0 to 18446744073709551615",
    );
}

#[test]
fn all_problems_are_in_one_report() {
    let error = load_from::<Typed, _, _>([
        ("NUMBER", "x"),
        ("SIGNED", ""),
        ("COLOR", "blue"),
        ("PIN", "hunter2"),
    ])
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "Missing required environment variables: POSITIVE, RATIO, FLAG, ADDR, LETTER, LIST\n\
         NUMBER is not valid: expected a whole number from 0 to 65535\n\
         SIGNED is blank: give it a value, or unset it\n\
         COLOR is not valid: expected one of red, green\n\
         PIN is not valid: expected a whole number from 0 to 18446744073709551615"
    );
    let names: Vec<_> = error
        .problems()
        .iter()
        .filter_map(Problem::variable)
        .collect();
    assert_eq!(names.len(), 10);
}

#[test]
fn a_service_without_configuration_takes_nothing() {
    load_from::<(), &str, &str>([]).unwrap();
}

#[test]
fn types_that_cannot_be_loaded_say_what_to_do() {
    #[derive(Deserialize, Debug)]
    #[allow(dead_code, reason = "only its errors are looked at")]
    struct Flattened {
        #[serde(flatten)]
        inner: AppConfig,
    }
    let text = report::<Flattened>(&[]);
    assert!(
        text.contains("Flattened") && text.contains("list them instead of using #[serde(flatten)]"),
        "{text}"
    );

    #[derive(Deserialize, Debug)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    #[allow(dead_code, reason = "only its errors are looked at")]
    struct Shouting {
        app_name: String,
    }
    let text = report::<Shouting>(&[("APP_NAME", "a")]);
    assert!(
        text.contains("the field `APP_NAME` is not in lower-case ASCII letters"),
        "{text}"
    );

    let text = report::<String>(&[]);
    assert!(text.contains("not a struct with named fields"), "{text}");
}

#[test]
fn values_that_a_type_rejects_together_are_not_shown() {
    #[derive(Deserialize, Debug)]
    #[serde(try_from = "Range")]
    #[allow(dead_code, reason = "only its errors are looked at")]
    struct Valid(Range);
    #[derive(Deserialize, Debug)]
    struct Range {
        min: u8,
        max: u8,
    }
    impl TryFrom<Range> for Valid {
        type Error = String;
        fn try_from(range: Range) -> Result<Self, String> {
            let Range { min, max } = range;
            if min > max {
                Err(format!("{min} > {max}"))
            } else {
                Ok(Self(range))
            }
        }
    }
    let text = report::<Valid>(&[("MIN", "42"), ("MAX", "7")]);
    assert!(text.contains("does not accept them together"), "{text}");
    assert!(!text.contains("42") && !text.contains('7'), "{text}");
}
