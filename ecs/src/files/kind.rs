//! Which kind of file it is, by its content. What is something else is named, with what to do.

use super::plan::is_plan;
use super::read::Document;
use crate::aws::last_part;
use crate::typed::Step;
use serde_json::Value;
use std::borrow::Cow;

/// What a file is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Template,
    /// A task definition, alone or as the `aws` command prints it.
    Definition,
    /// Containers without the task definition around them, as Terraform and others take them.
    Containers,
    /// A plan of Terraform, as JSON.
    Plan,
    Other,
}

/// What a file is, by its value.
pub(super) fn kind(value: &Value) -> Kind {
    let is_input = value["taskDefinition"].is_string();
    if value.get("Resources").is_some_and(Value::is_object) {
        Kind::Template
    } else if is_plan(value) {
        Kind::Plan
    } else if containers(value).is_some() {
        Kind::Containers
    } else if value.get("containerDefinitions").is_some()
        || value.get("taskDefinition").is_some() && !is_input
    {
        Kind::Definition
    } else {
        Kind::Other
    }
}

/// The containers of a file that has nothing else.
pub(super) fn containers(value: &Value) -> Option<Vec<Value>> {
    let is_one = |it: &Value| it["name"].is_string() && it["image"].is_string();
    match value {
        Value::Array(items) => {
            let is_list = !items.is_empty() && items.iter().all(is_one);
            is_list.then(|| items.clone())
        }
        Value::Object(members) => match members.get("containerDefinitions") {
            Some(Value::Array(items)) => (members.len() == 1).then(|| items.clone()),
            Some(_) => None,
            None => is_one(value).then(|| vec![value.clone()]),
        },
        _ => None,
    }
}

/// What a file is that is neither a template nor a task definition, and what to do.
pub(super) fn other(document: &Document) -> String {
    let value = &document.value;
    let has = |key: &str| value.get(key).is_some();
    let is_list = |key: &str| value[key].is_array();
    if is_list("services") {
        return of_services(&value["services"]);
    }
    let known = [
        (
            is_list("tasks") || is_list("taskArns"),
            "is a list of tasks, which does not have their definition; check their service in AWS with --service",
        ),
        (
            is_list("serviceArns") || is_list("clusters") || is_list("clusterArns"),
            "is a list of names; check a service in AWS with --service",
        ),
        (
            is_list("taskDefinitionArns") || is_list("families"),
            "is a list of task definitions' names; print one of them with aws ecs describe-task-definition",
        ),
        (
            has("service") && value["resources"].is_object(),
            "is of the Serverless Framework; name the template that serverless package writes",
        ),
        (
            value["services"].is_object(),
            "is a Compose file; name a task definition or a CloudFormation template",
        ),
        (
            has("apiVersion") && has("kind"),
            "is a manifest for Kubernetes; name a task definition or a CloudFormation template",
        ),
        (
            has("version") && is_list("Resources"),
            "is an AppSpec file of CodeDeploy; name the task definition beside it",
        ),
        (
            value["taskDefinition"].is_string(),
            "is the input of aws ecs create-service or update-service, which does not have the containers; name the task \
             definition's file, or check the service in AWS with --service",
        ),
        (
            has("terraform_version") || value["resource"].is_object(),
            "is Terraform's, and not a plan; name what terraform show -json prints of one, or check the service in AWS with \
             --service",
        ),
        (
            value[0]["imageUri"].is_string() || has("ImageURI"),
            "names the images for a deployment of CodePipeline; name the task definition's file",
        ),
    ];
    let mut known = known.iter().filter(|(is, _)| *is);
    if let Some((_, what)) = known.next() {
        return (*what).to_owned();
    }
    if let Some(text) = misspelled(document) {
        return text;
    }
    let resources = if has("Resources") {
        "not an object"
    } else {
        "missing"
    };
    format!(
        "is neither a template (Resources: {resources}) nor a task definition (containerDefinitions: missing)"
    )
}

fn of_services(services: &Value) -> String {
    // As a word of a command, if it is known.
    let word = |key: &str| {
        let name = last_part(services[0][key].as_str()?);
        let quoted = shlex::try_quote(name).ok().filter(|_| !name.is_empty());
        quoted.map(Cow::into_owned)
    };
    let live = match (word("serviceName"), word("clusterArn")) {
        (Some(name), Some(cluster)) => {
            format!("cargo ecs doctor --service {name} --cluster {cluster}")
        }
        _ => "cargo ecs doctor --service NAME".to_owned(),
    };
    let definition = word("taskDefinition").map_or(String::new(), |definition| {
        format!(
            ", or its task definition, which this prints: aws ecs describe-task-definition --task-definition {definition}"
        )
    });
    format!(
        "is what aws ecs describe-services prints, which does not have the containers; check the service in AWS: \
         {live}{definition}"
    )
}

/// A key that is written like the one that tells what a file is.
fn misspelled(document: &Document) -> Option<String> {
    const TELLING: [(&str, &str); 3] = [
        ("containerDefinitions", "a task definition"),
        ("Resources", "a template"),
        (
            "taskDefinition",
            "what aws ecs describe-task-definition prints",
        ),
    ];
    let members = document.value.as_object()?;
    let mut near = members.keys().filter_map(|key| {
        let written = key.to_ascii_lowercase();
        let meant = TELLING.iter().find(|(known, _)| {
            strsim::damerau_levenshtein(&written, &known.to_ascii_lowercase()) <= 2
        });
        Some((key, meant?))
    });
    let (key, (meant, of)) = near.find(|(key, (meant, _))| key != meant)?;
    let place = document.place(&[Step::Key(key.clone())]);
    let line = place.line;
    Some(format!(
        "has the unknown key {key} in line {line}; {of} has {meant}"
    ))
}
