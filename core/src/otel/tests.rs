//! What the variables mean, and which are not valid.

use super::settings::Settings;
use crate::config::{ConfigError, Variables};
use opentelemetry::Key;
use std::time::Duration;

const ENDPOINT: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318");

fn load(variables: &[(&str, &str)]) -> Result<Option<Settings>, ConfigError> {
    let variables: Variables = variables.iter().copied().collect();
    Settings::load(&variables)
}

/// What is exported with an endpoint and these.
#[track_caller]
fn exported(variables: &[(&str, &str)]) -> Settings {
    let with_endpoint = [&[ENDPOINT], variables].concat();
    load(&with_endpoint).unwrap().expect("an export")
}

#[test]
fn without_an_endpoint_nothing_is_exported_and_nothing_is_wrong() {
    for variables in [
        &[][..],
        &[("OTEL_TRACES_SAMPLER", "nonsense")],
        &[("OTEL_EXPORTER_OTLP_ENDPOINT", "")],
        &[ENDPOINT, ("OTEL_SDK_DISABLED", "True")],
        &[ENDPOINT, ("OTEL_TRACES_EXPORTER", "none")],
    ] {
        assert!(load(variables).unwrap().is_none(), "{variables:?}");
    }
}

#[test]
fn the_path_is_added_to_the_base_and_to_nothing_else() {
    for (base, whole) in [
        ("http://localhost:4318", "http://localhost:4318/v1/traces"),
        ("https://otel.example/", "https://otel.example/v1/traces"),
        ("http://a/b/?c=d", "http://a/b/v1/traces"),
    ] {
        let settings = load(&[("OTEL_EXPORTER_OTLP_ENDPOINT", base)]).unwrap();
        assert_eq!(settings.unwrap().endpoint, whole, "{base}");
    }
    let whole = "http://localhost/spans?key=a";
    let settings = exported(&[("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", whole)]);
    assert_eq!(settings.endpoint, whole);
}

#[test]
fn the_variable_of_traces_counts_before_the_general_one() {
    let settings = exported(&[
        ("OTEL_EXPORTER_OTLP_HEADERS", "a=general"),
        ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "a=trace%20s, b=2"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "7000"),
        ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "250"),
    ]);
    assert_eq!(settings.headers["a"], "trace s");
    assert_eq!(settings.headers["b"], "2");
    assert_eq!(settings.timeout, Duration::from_millis(250));
}

#[test]
fn the_defaults_are_those_of_the_specification() {
    let settings = exported(&[("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "")]);
    assert_eq!(settings.timeout, Duration::from_secs(10));
    assert_eq!(settings.delay, Duration::from_secs(5));
    assert_eq!((settings.queue, settings.batch), (2048, 512));
    let small = exported(&[("OTEL_BSP_MAX_QUEUE_SIZE", "100")]);
    assert_eq!((small.queue, small.batch), (100, 100));
}

#[test]
fn what_is_not_valid_is_told_by_name_all_at_once_and_without_its_value() {
    let invalid = [
        ("OTEL_SDK_DISABLED", "hunter2"),
        ("OTEL_TRACES_EXPORTER", "hunter2"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc-hunter2"),
        ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "hunter2"),
        ("OTEL_EXPORTER_OTLP_CLIENT_KEY", "hunter2"),
        ("OTEL_EXPORTER_OTLP_HEADERS", "api key=hunter2"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "hunter2"),
        ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/hunter2"),
        ("OTEL_TRACES_SAMPLER", "hunter2"),
        ("OTEL_BSP_SCHEDULE_DELAY", "0"),
        ("OTEL_BSP_EXPORT_TIMEOUT", "hunter2"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "-1"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4096"),
        ("OTEL_SPAN_EVENT_COUNT_LIMIT", "0"),
        ("OTEL_RESOURCE_ATTRIBUTES", "hunter2"),
        (
            "OTEL_EXPORTER_OTLP_ENDPOINT",
            "http://user:hunter2@localhost",
        ),
    ];
    let error = load(&invalid).unwrap_err();
    let named = error
        .problems()
        .iter()
        .filter_map(|problem| problem.variable());
    let mut named: Vec<&str> = named.collect();
    let mut expected = invalid.map(|(name, _)| name);
    named.sort_unstable();
    expected.sort_unstable();
    assert_eq!(named, expected);
    assert!(!error.to_string().contains("hunter2"), "{error}");
}

#[test]
fn endpoints_that_hyper_would_not_take_are_not_valid() {
    for endpoint in ["localhost:4318", "/v1", "grpc://a", "http://", "unix:///a"] {
        let settings = load(&[("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint)]);
        assert!(settings.is_err(), "{endpoint}");
    }
}

#[test]
fn a_share_is_from_0_to_1_and_only_looked_at_where_it_counts() {
    let with = |sampler, share| {
        let of_sampler = [
            ENDPOINT,
            ("OTEL_TRACES_SAMPLER", sampler),
            ("OTEL_TRACES_SAMPLER_ARG", share),
        ];
        load(&of_sampler).is_ok()
    };
    assert!(with("traceidratio", "0.25"));
    assert!(!with("traceidratio", "1.1"));
    assert!(!with("parentbased_traceidratio", "NaN"));
    assert!(with("always_on", "many"));
}

#[test]
fn the_name_of_the_service_is_the_nearest_that_is_said() {
    let name = |variables: &[(&str, &str)]| {
        let name = exported(variables).resource.get(&Key::new("service.name"));
        name.expect("a name").to_string()
    };
    let function = ("AWS_LAMBDA_FUNCTION_NAME", "function");
    let attributes = ("OTEL_RESOURCE_ATTRIBUTES", "service.name=attribute");
    let service = ("OTEL_SERVICE_NAME", "service");
    assert_eq!(name(&[function, attributes, service]), "service");
    assert_eq!(name(&[function, attributes]), "attribute");
    assert_eq!(name(&[function]), "function");
    assert!(name(&[]).starts_with("dualrun"), "the binary of this test");
}
