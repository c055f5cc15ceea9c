//! A struct in a field is a group of variables with the field's name before theirs.

use super::report;
use dualrun::config::{Duration, Secret, load_from};
use serde::Deserialize;
use std::collections::HashMap;

#[derive(Deserialize, Debug)]
struct Shop {
    name: String,
    database: Database,
    cache: Option<Cache>,
    #[serde(default)]
    mail: Mail,
    port: u16,
}

#[derive(Deserialize, Debug)]
struct Database {
    url: String,
    pool_size: u8,
    password: Secret<String>,
    tls: Option<Tls>,
}

#[derive(Deserialize, Debug)]
struct Tls {
    port: u16,
}

#[derive(Deserialize, Debug)]
struct Cache {
    url: String,
    ttl: Duration,
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(default)]
struct Mail {
    from: String,
    retries: i8,
}

impl Default for Mail {
    fn default() -> Self {
        Self {
            from: "shop".into(),
            retries: 3,
        }
    }
}

const COMPLETE: [(&str, &str); 5] = [
    ("NAME", "shop"),
    ("DATABASE_URL", "db"),
    ("DATABASE_POOL_SIZE", "8"),
    ("DATABASE_PASSWORD", "hunter2"),
    ("PORT", "80"),
];

fn complete<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&COMPLETE, more].concat()
}

#[test]
fn a_group_is_read_by_its_prefix_and_may_hold_groups() {
    let shop: Shop = load_from(complete(&[
        ("DATABASE_TLS_PORT", "443"),
        ("CACHE_URL", "redis"),
        ("CACHE_TTL", "7d"),
        ("MAIL_RETRIES", "-1"),
    ]))
    .unwrap();
    let Database {
        url,
        pool_size,
        password,
        tls,
    } = shop.database;
    assert_eq!((shop.name.as_str(), shop.port), ("shop", 80));
    assert_eq!((url.as_str(), pool_size), ("db", 8));
    assert_eq!(password.expose(), "hunter2");
    assert_eq!(tls.unwrap().port, 443);
    let cache = shop.cache.unwrap();
    assert_eq!(cache.url, "redis");
    assert_eq!(cache.ttl.get().as_secs(), 7 * 24 * 60 * 60);
    assert_eq!((shop.mail.from.as_str(), shop.mail.retries), ("shop", -1));
}

#[test]
fn an_optional_group_is_absent_if_none_of_its_variables_is_set() {
    let shop: Shop = load_from(COMPLETE).unwrap();
    assert!(shop.cache.is_none() && shop.database.tls.is_none());
    assert_eq!(shop.mail, Mail::default());
}

#[test]
fn one_variable_of_an_optional_group_asks_for_the_others() {
    assert_eq!(
        report::<Shop>(&complete(&[("CACHE_TTL", "1m")])),
        "Missing required environment variables: CACHE_URL"
    );
    // Whoever sets it to nothing wants the group, too.
    assert_eq!(
        report::<Shop>(&complete(&[("CACHE_TTL", "")])),
        "Missing required environment variables: CACHE_URL\n\
         CACHE_TTL is blank: give it a value, or unset it"
    );
}

#[test]
fn problems_in_groups_name_the_whole_variable() {
    assert_eq!(
        report::<Shop>(&[
            ("DATABASE_POOL_SIZE", "256"),
            ("DATABASE_TLS_PORT", "x"),
            ("CACHE_URL", " "),
            ("PORT", "x"),
        ]),
        "Missing required environment variables: DATABASE_URL, DATABASE_PASSWORD, CACHE_TTL, NAME\n\
         DATABASE_POOL_SIZE is not valid: expected a whole number from 0 to 255\n\
         DATABASE_TLS_PORT is not valid: expected a whole number from 0 to 65535\n\
         CACHE_URL is blank: give it a value, or unset it\n\
         PORT is not valid: expected a whole number from 0 to 65535"
    );
    assert_eq!(
        report::<Shop>(&[]),
        "Missing required environment variables: NAME, DATABASE_URL, DATABASE_POOL_SIZE, DATABASE_PASSWORD, PORT"
    );
}

#[test]
fn groups_may_have_other_names_and_fields_of_the_same() {
    #[derive(Deserialize)]
    struct Config {
        #[serde(rename = "db", alias = "database")]
        main: Tls,
        replica: Tls,
    }
    for name in ["DB_PORT", "DATABASE_PORT"] {
        let config: Config = load_from([(name, "1"), ("REPLICA_PORT", "2")]).unwrap();
        assert_eq!((config.main.port, config.replica.port), (1, 2));
    }
    assert_eq!(
        report::<Config>(&[]),
        "Missing required environment variables: DB_PORT, REPLICA_PORT"
    );
    let both = [
        ("DB_PORT", "1"),
        ("DATABASE_PORT", "1"),
        ("REPLICA_PORT", "2"),
    ];
    assert!(report::<Config>(&both).contains("does not accept them together"));
}

#[test]
fn what_a_group_rejects_together_is_not_shown() {
    #[derive(Deserialize, Debug)]
    #[expect(dead_code, reason = "only its errors are looked at")]
    struct Config {
        range: Range,
    }
    #[derive(Deserialize, Debug)]
    #[serde(try_from = "Raw")]
    struct Range;
    #[derive(Deserialize)]
    struct Raw {
        min: u8,
        #[serde(default)]
        max: u8,
    }
    impl TryFrom<Raw> for Range {
        type Error = String;
        fn try_from(Raw { min, max }: Raw) -> Result<Self, String> {
            (min <= max).then_some(Self).ok_or(format!("{min} > {max}"))
        }
    }
    load_from::<Config, _, _>([("RANGE_MIN", "7"), ("RANGE_MAX", "42")]).unwrap();
    let text = report::<Config>(&[("RANGE_MIN", "42"), ("RANGE_MAX", "7")]);
    assert!(text.contains("does not accept them together"), "{text}");
    assert!(!text.contains("42") && !text.contains('7'), "{text}");
}

#[track_caller]
fn check_refused<T: serde::de::DeserializeOwned>(said: &str) {
    let text = report::<T>(&[]);
    assert!(text.contains(said), "{text}");
}

#[test]
fn two_fields_with_the_same_variable_are_refused() {
    #[derive(Deserialize, Debug)]
    #[expect(dead_code, reason = "only its errors are looked at")]
    struct Config {
        tls: Tls,
        tls_port: u16,
    }
    check_refused::<Config>(
        "the fields `tls.port` and `tls_port` are both read from TLS_PORT; rename one",
    );
}

#[test]
fn a_type_that_contains_itself_is_refused() {
    #[derive(Deserialize, Debug)]
    #[expect(dead_code, reason = "only its errors are looked at")]
    struct Tree {
        left: Option<Box<Tree>>,
        right: Option<Box<Tree>>,
    }
    check_refused::<Tree>(
        "the field `left.left.left.left.left.left.left.left.left` is in too many groups; does the type contain itself?",
    );
}

#[test]
fn fields_that_one_variable_cannot_hold_are_named() {
    #[derive(Deserialize, Debug)]
    #[expect(dead_code, reason = "only its errors are looked at")]
    struct Outer<T> {
        name: String,
        inner: Inner<T>,
    }
    #[derive(Deserialize, Debug)]
    #[expect(dead_code, reason = "only its errors are looked at")]
    struct Inner<T> {
        field: T,
    }
    #[derive(Deserialize, Debug)]
    struct Pair(
        #[expect(dead_code, reason = "only its errors are looked at")] u8,
        u8,
    );
    #[derive(Deserialize, Debug)]
    struct Flattened {
        #[serde(flatten)]
        #[expect(dead_code, reason = "only its errors are looked at")]
        tls: Tls,
    }
    check_refused::<Outer<HashMap<String, u8>>>("the field `inner.field` is a map");
    check_refused::<Outer<Flattened>>("the field `inner.field` is a map or has #[serde(flatten)]");
    check_refused::<Outer<()>>("the field `inner.field` holds nothing; leave it out");
    check_refused::<Outer<Pair>>("the field `inner.field` is a tuple or an array");
    check_refused::<Outer<[u8; 2]>>("the field `inner.field` is a tuple or an array");
    check_refused::<Outer<Vec<Tls>>>("the field `inner.field` is a list of more than plain values");
    check_refused::<Outer<Vec<Vec<u8>>>>("the field `inner.field` is a list of more than");
    check_refused::<Outer<std::time::Duration>>(
        "the field `inner.field` is a std::time::Duration, which takes no units; make it a dualrun::config::Duration",
    );
    check_refused::<Pair>("it is not a struct with named fields");
    check_refused::<Option<Tls>>("it is not a struct with named fields");
    check_refused::<HashMap<String, u8>>("its fields are not known beforehand");
    assert!(Pair(0, 1).1 == 1);
}

#[test]
fn a_struct_without_fields_and_one_in_a_newtype_load() {
    #[derive(Deserialize)]
    struct Empty {}
    #[derive(Deserialize)]
    struct Unit;
    #[derive(Deserialize)]
    struct New(Tls);
    #[derive(Deserialize)]
    struct Config {
        empty: Empty,
        new: New,
    }
    let none: [(&str, &str); 0] = [];
    let Empty {} = load_from(none).unwrap();
    let Unit = load_from(none).unwrap();
    let New(tls) = load_from([("PORT", "1")]).unwrap();
    assert_eq!(tls.port, 1);
    let config: Config = load_from([("NEW_PORT", "1")]).unwrap();
    let (Empty {}, New(tls)) = (config.empty, config.new);
    assert_eq!(tls.port, 1);
}
