//! What the spans are of: the service, and what the environment tells of its place, without a question over the network.

use crate::config::Variables;
use opentelemetry::KeyValue;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::resource::TelemetryResourceDetector;
use std::path::Path;

/// Attributes that a variable gives as it stands.
const OF_LAMBDA: [(&str, &str); 5] = [
    ("cloud.region", "AWS_REGION"),
    ("faas.name", "AWS_LAMBDA_FUNCTION_NAME"),
    ("faas.version", "AWS_LAMBDA_FUNCTION_VERSION"),
    ("faas.instance", "AWS_LAMBDA_LOG_STREAM_NAME"),
    ("aws.log.group.names", "AWS_LAMBDA_LOG_GROUP_NAME"),
];

/// The service, with what `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` say before what is found.
pub(super) fn of(
    variables: &Variables,
    service: Option<&str>,
    attributes: Vec<(String, String)>,
) -> Resource {
    let attributes = attributes
        .into_iter()
        .map(|(key, value)| KeyValue::new(key, value));
    let builder = Resource::builder_empty()
        .with_detector(Box::new(TelemetryResourceDetector))
        .with_attribute(KeyValue::new("service.name", name(variables)))
        .with_attributes(place(variables))
        // Later ones replace earlier ones.
        .with_attributes(attributes);
    match service {
        Some(name) => builder.with_service_name(name.to_owned()).build(),
        None => builder.build(),
    }
}

fn text(variables: &Variables, name: &str) -> Option<String> {
    let value = variables.get(name)?.to_str()?;
    (!value.is_empty()).then(|| value.to_owned())
}

/// The function's name, or else the binary's.
fn name(variables: &Variables) -> String {
    text(variables, "AWS_LAMBDA_FUNCTION_NAME")
        .or_else(|| {
            let binary = std::env::args_os().next()?;
            Some(Path::new(&binary).file_name()?.to_str()?.to_owned())
        })
        .unwrap_or_else(|| "unknown_service".to_owned())
}

fn place(variables: &Variables) -> Vec<KeyValue> {
    let mut attributes = Vec::new();
    let mut add = |key: &'static str, value: Option<String>| {
        attributes.extend(value.map(|value| KeyValue::new(key, value)));
    };
    let is_set = |name| variables.get(name).is_some();
    let known = |value: &str| Some(value.to_owned());
    if is_set("AWS_LAMBDA_FUNCTION_NAME") {
        add("cloud.provider", known("aws"));
        add("cloud.platform", known("aws_lambda"));
        for (key, name) in OF_LAMBDA {
            add(key, text(variables, name));
        }
        let megabytes = text(variables, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE");
        let megabytes = megabytes.and_then(|text| text.parse::<i64>().ok());
        attributes
            .extend(megabytes.map(|megabytes| KeyValue::new("faas.max_memory", megabytes << 20)));
    } else if is_set("ECS_CONTAINER_METADATA_URI_V4") {
        add("cloud.provider", known("aws"));
        add("cloud.platform", known("aws_ecs"));
        add("cloud.region", text(variables, "AWS_REGION"));
        if text(variables, "AWS_EXECUTION_ENV").as_deref() == Some("AWS_ECS_FARGATE") {
            add("aws.ecs.launchtype", known("fargate"));
            add("aws.ecs.task.id", task(variables));
        }
    }
    attributes
}

/// On Fargate, the last part of the URI is the task's id, a dash, and the container's.
fn task(variables: &Variables) -> Option<String> {
    let uri = text(variables, "ECS_CONTAINER_METADATA_URI_V4")?;
    let (task, _) = uri.rsplit('/').next()?.split_once('-')?;
    Some(task.to_owned())
}
