//! The schemas of what commands print with `--json`, in files beside the code and held to it.

use ecs::deploy::{Outcome, Revisions};
use ecs::doctor::Report;
use ecs::init;
use ecs::live::Status;
use ecs::stack::Costs;
use ecs::task::Ended;
use schemars::schema_for;
use serde_json::Value;

#[test]
fn the_committed_schemas_are_those_of_the_code() {
    for (name, schema) in [
        ("cost", schema_for!(Costs)),
        ("deploy", schema_for!(Outcome)),
        ("doctor", schema_for!(Report)),
        ("init", schema_for!(init::Report)),
        ("revisions", schema_for!(Revisions)),
        ("run", schema_for!(Ended)),
        ("status", schema_for!(Status)),
    ] {
        let schema = serde_json::to_value(schema).unwrap();
        let file = format!("{}/{name}.schema.json", env!("CARGO_MANIFEST_DIR"));
        let committed = std::fs::read_to_string(&file).unwrap_or_default();
        let committed: Value = serde_json::from_str(&committed).unwrap_or_default();
        assert!(schema == committed, "{file} should be:\n{schema:#}");
    }
}
