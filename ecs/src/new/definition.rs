//! The task definition of a new service: this repository's own, with what differs.

use super::answers::Answers;
use serde_json::{Value, json};

const OWN: &str = include_str!("../../templates/repository/task-definition.json");

/// What stands for the service in this repository's file.
const OWN_NAME: &str = "dualrun";

/// The file's text.
///
/// # Errors
///
/// If this repository's own is no JSON, which is a fault of the tool.
pub(super) fn definition(answers: &Answers) -> Result<String, serde_json::Error> {
    let mut definition: Value = serde_json::from_str(OWN)?;
    let name = answers.name.as_str();
    renamed(&mut definition, name);
    let container = &mut definition["containerDefinitions"][0];
    container["image"] = json!(format!("{}:COMMIT", answers.image.name));
    container["healthCheck"]["command"] = json!(["CMD", answers.program(), "healthcheck"]);
    let port = answers.port.number();
    container["portMappings"][0]["containerPort"] = json!(port);
    if answers.port != super::answers::Port::DEFAULT {
        let addr = json!({ "name": "DUALRUN_ADDR", "value": format!("0.0.0.0:{port}") });
        push(&mut container["environment"], addr);
    }
    if answers.has_database {
        let secret = container["secrets"][0]["valueFrom"]
            .as_str()
            .unwrap_or_default();
        // Only behind the name, which may have the same words in it.
        let prefix = secret.strip_suffix("secret-key").unwrap_or(secret);
        let secret =
            json!({ "name": "DATABASE_URL", "valueFrom": format!("{prefix}database-url") });
        push(&mut container["secrets"], secret);
    }
    Ok(format!("{definition:#}\n"))
}

fn push(list: &mut Value, value: Value) {
    if let Value::Array(list) = list {
        list.push(value);
    }
}

/// With another name wherever this repository's service is named.
fn renamed(value: &mut Value, name: &str) {
    match value {
        Value::String(text) => *text = text.replace(OWN_NAME, name),
        Value::Array(values) => values.iter_mut().for_each(|value| renamed(value, name)),
        Value::Object(fields) => fields.values_mut().for_each(|value| renamed(value, name)),
        _ => {}
    }
}
