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
    health_check: Option<Health>,
}

/// A variable or a secret, as YAML.
#[derive(Serialize)]
struct Named {
    name: String,
    value: String,
    from: String,
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
        let given = |service: &'static str| {
            let arns = answers
                .secrets
                .iter()
                .filter_map(|secret| secret.arn.as_deref());
            arns.filter(move |arn| arn.split(':').nth(2) == Some(service))
        };
        // A secret's key and version, behind its name, are not part of it.
        let whole = |arn: &str| arn.split(':').take(7).collect::<Vec<_>>().join(":");
        let health = guesses.health_check.as_ref().map(|check| Health {
            command: list(&check.command),
            interval: check.interval,
            timeout: check.timeout,
            retries: check.retries,
            start_period: check.start_period,
        });
        Ok(Self {
            is_dualrun: guesses.is_dualrun,
            user: guesses.user.as_deref().map(quoted),
            is_read_only: answers.is_read_only,
            // Root gives them up or needs them: servers that start as root change their user.
            drops_capabilities: guesses.user.as_deref().is_some_and(|user| !is_root(user)),
            variables: answers
                .variables
                .iter()
                .map(|(name, value)| Named {
                    name: name.clone(),
                    value: quoted(value),
                    from: String::new(),
                    resource: None,
                })
                .collect(),
            secrets_read: made
                .chain(unique(given("secretsmanager").map(whole)))
                .collect(),
            parameters_read: unique(given("ssm").map(str::to_owned)),
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
    let all: BTreeSet<String> = all.map(|it| quoted(&it)).collect();
    all.into_iter().collect()
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
            name: name.clone(),
            value: String::new(),
            from: of_stack.unwrap_or_else(|| quoted(arn.as_deref().unwrap_or_default())),
            resource,
        })
    });
    all.collect()
}

/// The name of a secret's resource: `DATABASE_URL` is `SecretDatabaseUrl`.
pub fn resource_of(name: &str) -> String {
    let parts = name.split('_').map(|part| {
        let (first, rest) = part.split_at(part.len().min(1));
        first.to_ascii_uppercase() + &rest.to_ascii_lowercase()
    });
    format!("Secret{}", parts.collect::<String>())
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
        .is_dualrun
        .then(|| ("AppName", answers.name.clone()));
    let all = [
        ("Port", answers.port.to_string()),
        ("HealthPath", answers.health_path.clone()),
        ("Cpu", answers.size.0.to_string()),
        ("Memory", answers.size.1.to_string()),
        ("Architecture", answers.architecture.clone()),
    ];
    name.into_iter().chain(all).collect()
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
    let (account, region) = home(&answers.secrets);
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

/// The account and region of a secret that is there.
fn home(secrets: &[Secret]) -> (&str, &str) {
    let known = secrets.iter().find_map(|secret| {
        // arn:partition:service:region:account:resource
        let mut parts = secret.arn.as_deref()?.split(':').skip(3);
        let region = parts.next()?;
        Some((parts.next()?, region))
    });
    known.unwrap_or((ANY_ACCOUNT, REGION))
}
