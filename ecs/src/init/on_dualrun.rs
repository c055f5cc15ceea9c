//! If a service is on dualrun, and what the stack then sets itself.

use super::answers::Build;
use super::dockerfile::Stage;
use super::search::Search;
use crate::files::text;
use std::path::Path;
use toml::{Table, Value};

/// The label of an image whose program tells what it needs.
const CONTRACT: &str = "dualrun.contract";

/// Variables and secrets that `stack.yaml` sets for services on dualrun, and the parameters that they come from. Those of
/// OpenTelemetry are not among them: a service may set its own.
const OF_STACK: [(&str, &str); 6] = [
    ("APP_NAME", "AppName"),
    ("ENVIRONMENT", "Environment"),
    ("DUALRUN_ADDR", "Port"),
    ("DUALRUN_HEALTH_PATH", "HealthPath"),
    ("DUALRUN_METRICS", "Metrics"),
    ("SECRET_KEY", "SecretKeyArn"),
];

/// The parameter that sets a variable of a service on dualrun.
pub fn parameter_of(name: &str) -> Option<&'static str> {
    let mut all = OF_STACK.iter();
    all.find(|(it, _)| *it == name)
        .map(|(_, parameter)| *parameter)
}

/// How it is known that a service is on dualrun, for people.
pub(super) fn evidence(
    (root, search): (&Path, &Search),
    (build, stage): (&Build, &Stage),
) -> Option<String> {
    if stage.labels.contains_key(CONTRACT) {
        let file = build.dockerfile.display();
        return Some(format!("as the label {CONTRACT} in {file} says"));
    }
    // What the build does not get, or makes nothing of, is another service's.
    let mut manifests = search.manifests.iter();
    let manifest = manifests
        .find(|file| file.starts_with(&build.context) && depends_on_dualrun(&root.join(file)));
    manifest
        .filter(|_| stage.has_rust)
        .map(|file| format!("which {} depends on", file.display()))
}

/// If a manifest of Cargo's has dualrun among its dependencies.
fn depends_on_dualrun(file: &Path) -> bool {
    let text = text(file).ok();
    let manifest: Option<Table> = text.and_then(|text| text.parse().ok());
    let Some(manifest) = manifest else {
        return false;
    };
    let of_workspace = manifest
        .get("workspace")
        .and_then(|it| it.get("dependencies"));
    let own = manifest.get("dependencies");
    let tables = [own, of_workspace]
        .into_iter()
        .flatten()
        .filter_map(Value::as_table);
    tables.flatten().any(|(name, dependency)| {
        let package = dependency.get("package").and_then(Value::as_str);
        package.unwrap_or(name) == "dualrun"
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Template;
    use crate::new::render::render;
    use std::collections::BTreeSet;

    /// The names in a list that has conditions in it.
    fn names(value: &serde_json::Value, found: &mut BTreeSet<String>) {
        match value {
            serde_json::Value::Object(members) => {
                found.extend(
                    members
                        .get("Name")
                        .and_then(|it| it.as_str())
                        .map(Into::into),
                );
                members.values().for_each(|it| names(it, found));
            }
            serde_json::Value::Array(items) => items.iter().for_each(|it| names(it, found)),
            _ => {}
        }
    }

    #[test]
    fn the_stack_sets_these_and_no_others() {
        let stack = render("repository/stack.yaml", ()).unwrap();
        let stack = Template::parse(&stack).unwrap();
        let container = &stack.as_json()["Resources"]["TaskDefinition"]["Properties"]["ContainerDefinitions"]
            [0];
        let mut found = BTreeSet::new();
        names(&container["Environment"], &mut found);
        names(&container["Secrets"], &mut found);
        found.retain(|name| !name.starts_with("OTEL_"));
        let known: BTreeSet<String> = OF_STACK.iter().map(|(name, _)| (*name).into()).collect();
        assert_eq!(found, known);
        let parameters: Vec<&str> = stack.parameters().collect();
        assert!(OF_STACK.iter().all(|(_, it)| parameters.contains(it)));
    }
}
