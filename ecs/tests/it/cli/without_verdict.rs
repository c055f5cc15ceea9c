//! Deployments that are not begun: their error is where an outcome would be.

use super::{command, stderr};
use serde_json::Value;
use std::fs;

/// Holds it to what the schema requires.
pub(super) fn outcome(json: &[u8]) -> Value {
    let outcome: Value = serde_json::from_slice(json).expect("nothing but JSON");
    let schema = include_str!("../../../deploy.schema.json");
    let schema: Value = serde_json::from_str(schema).unwrap();
    for name in schema["required"].as_array().unwrap() {
        assert!(outcome.get(name.as_str().unwrap()).is_some(), "{name}");
    }
    assert_eq!(outcome["verdict"], "error");
    outcome
}

#[test]
fn wrong_arguments_are_an_outcome_in_json_and_in_the_workflow() {
    for (arguments, why) in [
        (&["deploy", "a b"][..], "invalid commit"),
        (
            &["deploy", "--set-env", "A=1", "--set-env", "A=2"],
            "given twice",
        ),
        (&["deploy", "--definition", "nowhere.json"], "cannot read"),
        (&["rollback", "--to", "a b"], "invalid commit"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (summary, outputs) = (folder.path().join("summary"), folder.path().join("outputs"));
        let mut command = command(arguments);
        command.args(["--service", "shop", "--json"]);
        command
            .env("GITHUB_STEP_SUMMARY", &summary)
            .env("GITHUB_OUTPUT", &outputs);
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let outcome = outcome(&output.stdout);
        assert_eq!(outcome["service"], "shop");
        let error = outcome["error"].as_str().unwrap();
        assert!(error.contains(why), "{error}");
        assert!(stderr(&output).contains("::error title=deployment::shop: "));
        let summary = fs::read_to_string(&summary).unwrap();
        assert!(summary.contains(why), "{summary}");
        let outputs = fs::read_to_string(&outputs).unwrap();
        assert!(outputs.starts_with("verdict=error\n"), "{outputs}");
    }
}

#[test]
fn people_find_them_on_stderr() {
    let output = command(&["deploy", "a b", "--service", "shop"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    assert!(stderr(&output).starts_with("invalid commit"));
}
