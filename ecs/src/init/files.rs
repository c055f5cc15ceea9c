//! The files for what is decided.

use super::answers::Answers;
use super::check::Secret;
use super::earlier::{DEFAULTS, DEFINITION};
use super::workflows::workflows;
use crate::files::{self, Template, TemplateError};
use crate::new::render::{RenderError, render};
use crate::new::write::NewFile;
use crate::stand_in::{ANY_ACCOUNT, COMMIT};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The template that the stack is made of.
const STACK: &str = "ecs/stack.yaml";

/// The region, for as long as nothing tells it.
const REGION: &str = "us-east-1";

/// A set of files that cannot be made, which is a fault of the tool.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    /// A template fails.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// What came out of the template is none.
    #[error("the stack that was made cannot be read")]
    Template(#[from] TemplateError),
    /// The same.
    #[error("the stack that was made has no task definition")]
    Definition(#[from] files::FilesError),
    /// Paths that no workflow can have.
    #[error("GitHub evaluates ${{{{ in workflows, and takes a path for one line; rename {0:?}")]
    Path(String),
    /// Two secrets that the stack would know by one name.
    #[error(
        "the secrets {one} and {other} would both be {resource} in the stack; rename one of them"
    )]
    SameResource {
        /// The first.
        one: String,
        /// The second.
        other: String,
        /// Their name in the stack.
        resource: String,
    },
}

/// What the templates name.
#[derive(Serialize)]
struct Values {
    is_dualrun: bool,
    user: Option<String>,
    is_read_only: bool,
    drops_capabilities: bool,
    variables: Vec<Named>,
    secrets: Vec<Named>,
    secrets_read: Vec<String>,
    parameters_read: Vec<String>,
    /// Variables of OpenTelemetry that the service sets itself.
    own_traces: Vec<String>,
    health_check: Option<Health>,
}

/// A variable or a secret, as YAML.
#[derive(Serialize)]
struct Named {
    name: String,
    value: String,
    from: String,
    description: String,
    /// The resource that the stack has for it.
    resource: Option<String>,
}

#[derive(Serialize)]
struct Health {
    command: String,
    interval: u32,
    timeout: u32,
    retries: u32,
    start_period: u32,
}

/// All files for these answers.
///
/// # Errors
///
/// If a template fails.
pub fn files(answers: &Answers) -> Result<Vec<NewFile>, FilesError> {
    let values = Values::of(answers)?;
    let stack = render("init/stack.yaml", &values)?;
    let definition = definition(&stack, answers)?;
    let mut files = vec![
        NewFile::new(STACK, stack),
        NewFile::new(DEFINITION, format!("{definition:#}\n")),
        NewFile::new(DEFAULTS, defaults(answers)),
    ];
    if answers.has_workflows {
        let role = render("repository/github-oidc.yaml", &values)?;
        files.push(NewFile::new("ecs/github-oidc.yaml", role));
        files.extend(workflows(answers)?);
    }
    Ok(files)
}

impl Values {
    fn of(answers: &Answers) -> Result<Self, FilesError> {
        let guesses = &answers.guesses;
        let secrets = named_secrets(&answers.secrets)?;
        let made = secrets
            .iter()
            .filter(|it| it.resource.is_some())
            .map(|it| it.from.clone());
        let given = answers.secrets.iter().filter_map(|it| it.arn.as_deref());
        let (of_secrets_manager, of_parameters): (Vec<_>, Vec<_>) =
            given.partition(|arn| arn.split(':').nth(2) == Some("secretsmanager"));
        // A secret's key and version, behind its name, are not part of it.
        let whole = |arn: &str| quoted(&arn.split(':').take(7).collect::<Vec<_>>().join(":"));
        let named = answers.variables.iter().map(|(name, _)| name);
        let named = named.chain(answers.secrets.iter().map(|it| &it.name));
        let health = guesses.health_check.as_ref().map(|check| Health {
            command: list(&check.command),
            interval: check.interval,
            timeout: check.timeout,
            retries: check.retries,
            start_period: check.start_period,
        });
        Ok(Self {
            is_dualrun: guesses.is_dualrun(),
            user: guesses.user.as_deref().map(quoted),
            is_read_only: answers.is_read_only,
            // Root gives them up or needs them: servers that start as root change their user.
            drops_capabilities: guesses.user.as_deref().is_some_and(|user| !is_root(user)),
            variables: answers
                .variables
                .iter()
                .map(|(name, value)| Named {
                    name: quoted(name),
                    value: quoted(value),
                    from: String::new(),
                    description: String::new(),
                    resource: None,
                })
                .collect(),
            secrets_read: made
                .chain(unique(of_secrets_manager.into_iter().map(whole)))
                .collect(),
            parameters_read: unique(of_parameters.into_iter().map(parameter)),
            own_traces: named
                .filter(|name| name.starts_with("OTEL_"))
                .cloned()
                .collect(),
            secrets,
            health_check: health,
        })
    }
}

fn is_root(user: &str) -> bool {
    let user = user.split(':').next().unwrap_or(user);
    user == "root" || user.parse() == Ok(0)
}

fn unique(all: impl Iterator<Item = String>) -> Vec<String> {
    let all: BTreeSet<String> = all.collect();
    all.into_iter().collect()
}

/// A parameter of Systems Manager, as YAML. One that has no ARN is in the stack's own region.
fn parameter(source: &str) -> String {
    if source.starts_with("arn:") {
        return quoted(source);
    }
    let name = source.trim_start_matches('/');
    format!(
        "!Sub \"arn:${{AWS::Partition}}:ssm:${{AWS::Region}}:${{AWS::AccountId}}:parameter/{name}\""
    )
}

fn named_secrets(secrets: &[Secret]) -> Result<Vec<Named>, FilesError> {
    let mut resources = BTreeMap::new();
    let all = secrets.iter().map(|Secret { name, arn }| {
        let resource = arn.is_none().then(|| resource_of(name));
        if let Some(resource) = &resource
            && let Some(one) = resources.insert(resource.clone(), name.clone())
        {
            return Err(FilesError::SameResource {
                one,
                other: name.clone(),
                resource: resource.clone(),
            });
        }
        let of_stack = resource.as_ref().map(|resource| format!("!Ref {resource}"));
        Ok(Named {
            name: quoted(name),
            value: String::new(),
            description: quoted(&format!("{name} of the service")),
            from: of_stack.unwrap_or_else(|| quoted(arn.as_deref().unwrap_or_default())),
            resource,
        })
    });
    all.collect()
}

/// Names that the stack has already, of a parameter or a resource.
const TAKEN: [&str; 3] = ["SecretArns", "SecretKey", "SecretKeyArn"];

/// The name of a secret's resource: `DATABASE_URL` is `SecretDatabaseUrl`.
pub fn resource_of(name: &str) -> String {
    let parts = name.split(|c: char| !c.is_ascii_alphanumeric());
    let parts = parts.map(|part| {
        let (first, rest) = part.split_at(part.len().min(1));
        first.to_ascii_uppercase() + &rest.to_ascii_lowercase()
    });
    let resource = format!("Secret{}", parts.collect::<String>());
    if TAKEN.contains(&resource.as_str()) {
        return resource + "Value";
    }
    resource
}

/// A text in quotes, the same in YAML and JSON.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn list(words: &[String]) -> String {
    let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
    format!("[{}]", words.join(", "))
}

/// The parameters that differ from service to service, as texts.
fn parameters(answers: &Answers) -> Vec<(&'static str, String)> {
    let name = answers
        .guesses
        .is_dualrun()
        .then(|| ("AppName", answers.name.clone()));
    let all = [
        ("Port", answers.port.to_string()),
        ("HealthPath", answers.health_path.clone()),
        ("Cpu", answers.size.0.to_string()),
        ("Memory", answers.size.1.to_string()),
        ("Architecture", answers.architecture.clone()),
    ];
    let ecr = answers.ecr_arn().map(|arn| ("EcrRepositoryArn", arn));
    name.into_iter().chain(all).chain(ecr).collect()
}

fn defaults(answers: &Answers) -> String {
    let mut text = format!(
        "# What options of `cargo ecs` are by default. Options and variables go before it.\nservice = {}\n\n\
         # Values of parameters of ecs/stack.yaml, which has their meaning and the others.\n[parameters]\n",
        quoted(&answers.name)
    );
    for (name, value) in parameters(answers) {
        let is_number = value.parse::<u32>().is_ok();
        let value = if is_number { value } else { quoted(&value) };
        text += &format!("{name} = {value}\n");
    }
    text
}

/// The same task as the stack's, for those who deploy without it.
fn definition(stack: &str, answers: &Answers) -> Result<Value, FilesError> {
    let template = Template::parse(stack)?;
    let image = format!("{}:{COMMIT}", answers.image);
    let parameters = parameters(answers);
    let own = parameters
        .iter()
        .map(|(name, value)| (*name, value.as_str()));
    let all: Vec<_> = own.chain([("Image", image.as_str())]).collect();
    let mut definition = files::definition_json(&template, &all)?;
    let name = &answers.name;
    definition["family"] = json!(name);
    let ecr = answers.ecr_arn();
    let (account, region) = home(&answers.secrets, ecr.as_deref());
    for (role, end) in [("executionRoleArn", "execution"), ("taskRoleArn", "task")] {
        definition[role] = json!(format!("arn:aws:iam::{account}:role/{name}-{region}-{end}"));
    }
    if let Some(members) = definition.as_object_mut() {
        members.remove("tags");
    }
    let container = &mut definition["containerDefinitions"][0];
    let log = &mut container["logConfiguration"]["options"];
    log["awslogs-group"] = json!(format!("/ecs/{name}"));
    log["awslogs-region"] = json!(region);
    // Not by its index, which would make it where there is none.
    let secrets = container.get_mut("secrets").and_then(Value::as_array_mut);
    for secret in secrets.into_iter().flatten() {
        let variable = secret["name"].as_str().unwrap_or_default();
        let given = answers.secrets.iter().find(|it| it.name == variable);
        let arn = given.and_then(|it| it.arn.clone()).unwrap_or_else(|| {
            let end = variable.to_ascii_lowercase().replace('_', "-");
            format!("arn:aws:secretsmanager:{region}:{ANY_ACCOUNT}:secret:{name}-{end}")
        });
        secret["valueFrom"] = json!(arn);
    }
    Ok(definition)
}

/// The account and region of a secret that is there, or else the region of the images.
fn home<'a>(secrets: &'a [Secret], ecr: Option<&'a str>) -> (&'a str, &'a str) {
    let known = secrets.iter().find_map(|secret| {
        // arn:partition:service:region:account:resource
        let mut parts = secret.arn.as_deref()?.split(':').skip(3);
        let region = parts.next()?;
        Some((parts.next()?, region))
    });
    let of_images = ecr.and_then(|arn| arn.split(':').nth(3));
    known.unwrap_or((ANY_ACCOUNT, of_images.unwrap_or(REGION)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secrets_resource_has_a_name_that_the_stack_has() {
        let stack = render("repository/stack.yaml", ()).unwrap();
        let stack = Template::parse(&stack).unwrap();
        let resources = stack.as_json()["Resources"].as_object().unwrap();
        let names = stack
            .parameters()
            .chain(resources.keys().map(String::as_str));
        let mut like_secrets: Vec<&str> = names.filter(|it| it.starts_with("Secret")).collect();
        like_secrets.sort_unstable();
        assert_eq!(like_secrets, TAKEN);
    }

    #[test]
    fn a_resource_is_called_by_the_words_of_its_secret() {
        for (name, resource) in [
            ("DATABASE_URL", "SecretDatabaseUrl"),
            ("till.api-key", "SecretTillApiKey"),
            ("KEY", "SecretKeyValue"),
            ("KEYS", "SecretKeys"),
        ] {
            assert_eq!(resource_of(name), resource);
        }
    }
}
