//! The collector beside the service: it takes traces, and takes nothing else from the service.

use super::*;
use ecs::facts::Facts;
use serde_json::json;

fn containers(parameters: &Parameters<'_>) -> Vec<Value> {
    let definition = properties("TaskDefinition", parameters);
    definition["ContainerDefinitions"]
        .as_array()
        .unwrap()
        .clone()
}

fn facts(parameters: &Parameters<'_>) -> Facts {
    facts_of(&stack(), &[&[IMAGE], parameters].concat()).unwrap()
}

#[test]
fn the_service_neither_waits_for_the_collector_nor_ends_with_it() {
    let containers = containers(&[COLLECTOR]);
    let [app, collector] = containers.as_slice() else {
        panic!("{containers:?}");
    };
    assert_eq!(
        (&app["Essential"], &collector["Essential"]),
        (&json!(true), &json!(false))
    );
    assert_eq!(app["DependsOn"], Value::Null);
    assert_eq!(
        collector["PortMappings"],
        Value::Null,
        "only the task reaches it"
    );
}

#[test]
fn the_task_has_room_for_both() {
    let definition = properties("TaskDefinition", &[COLLECTOR]);
    let size = |key: &str| definition[key].as_str().unwrap().parse::<u64>().unwrap();
    let containers = containers(&[COLLECTOR]);
    let cpu: u64 = containers
        .iter()
        .map(|it| it["Cpu"].as_u64().unwrap())
        .sum();
    assert_eq!(cpu, size("Cpu"));
    assert!(containers[1]["Memory"].as_u64().unwrap() * 2 < size("Memory"));
}

#[test]
fn the_tool_goes_on_with_the_services_container() {
    for strategy in [ROLLING, CANARY] {
        let facts = facts(&[COLLECTOR, strategy]);
        let main = facts.main_container().unwrap();
        assert_eq!(main.name, "app");
        assert_eq!(main.log_stream("").as_deref(), Some("app/app/"));
        let collector = facts.definition.container("collector").unwrap();
        assert_eq!(
            collector.log_stream("").as_deref(),
            Some("collector/collector/")
        );
    }
}

#[test]
fn the_service_sends_where_the_collector_listens_and_may_then_send_on() {
    let facts = facts(&[COLLECTOR]);
    let app = facts.main_container().unwrap();
    let endpoint = app.variable("OTEL_EXPORTER_OTLP_ENDPOINT");
    assert_eq!(endpoint, Some("http://127.0.0.1:4318"));
    assert_eq!(app.variable("OTEL_SERVICE_NAME"), Some("dualrun"));
    let role = properties("TaskRole", &[COLLECTOR]);
    let allowed = &role["Policies"][0]["PolicyDocument"]["Statement"];
    let actions = json!(["xray:PutTelemetryRecords", "xray:PutTraceSegments"]);
    assert_eq!(allowed[0]["Action"], actions);
    assert_eq!(allowed.as_array().unwrap().len(), 1);
}

#[test]
fn its_image_is_a_version_and_can_be_another() {
    let image = |parameters: &Parameters<'_>| containers(parameters)[1]["Image"].clone();
    let default = image(&[COLLECTOR]);
    let tag = default
        .as_str()
        .unwrap()
        .rsplit(':')
        .next()
        .unwrap()
        .to_owned();
    assert!(tag.starts_with('v') && tag != "latest", "{default}");
    let other = ("CollectorImage", "me/collector:1");
    assert_eq!(image(&[COLLECTOR, other]), "me/collector:1");
}

/// The account's default loses lines without a word, and may change.
#[test]
fn each_container_says_what_becomes_of_lines_that_cannot_be_written() {
    for (container, mode) in containers(&[COLLECTOR])
        .iter()
        .zip(["blocking", "non-blocking"])
    {
        assert_eq!(container["LogConfiguration"]["Options"]["mode"], mode);
    }
    let file: Value = serde_json::from_str(include_str!("../../../task-definition.json")).unwrap();
    let options = &file["containerDefinitions"][0]["logConfiguration"]["options"];
    assert_eq!(options["mode"], "blocking");
}
