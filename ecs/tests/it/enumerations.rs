//! The enumerations that the tool knows, in a file that `e2e/requests` holds to AWS's own model.

use serde_json::{Map, Value, json};

#[test]
fn the_committed_enumerations_are_those_of_the_code() {
    let all = ecs::aws::ecs::enumerations().into_iter();
    let all: Map<String, Value> = all
        .map(|(name, values)| (name.to_owned(), json!(values)))
        .collect();
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/enumerations.json");
    let committed = std::fs::read_to_string(file).unwrap_or_default();
    let committed: Value = serde_json::from_str(&committed).unwrap_or_default();
    let all = Value::Object(all);
    assert!(committed == all, "{file} should be:\n{all:#}");
}
