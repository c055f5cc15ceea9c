//! A CloudFormation template: its resources with the parameters put in.

use super::intrinsics::Scope;
use super::read::{FileError, read};
use super::subnets::SUBNET;
use super::yaml;
use crate::placeholder::mark;
use serde_json::{Map, Value, json};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Stacks in stacks in stacks, as deep as this are read.
const DEEPEST: usize = 5;

const STACK: &str = "AWS::CloudFormation::Stack";

/// Why a template cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// Of the parser.
    #[error("invalid YAML in the template")]
    Yaml(#[from] serde_yaml_ng::Error),
    /// A function that is not known here, or one that is used wrongly.
    #[error("the template uses {0} in a way that is not understood")]
    Function(String),
    /// The same, with the resource that does it.
    #[error("the template's resource {resource} uses {what} in a way that is not understood")]
    Resource {
        /// Its name in the template.
        resource: String,
        /// The function.
        what: String,
    },
    /// A resource whose properties have no names.
    #[error("the template's resource {0} is invalid: Properties: not an object")]
    Properties(String),
    /// A parameter without default that was given no value.
    #[error("the template's parameter {0} needs a value")]
    Parameter(String),
}

/// A template.
#[derive(Clone, Debug)]
pub struct Template {
    value: Value,
    /// The templates of stacks in it, by the stacks' names, where they are files beside it.
    nested: BTreeMap<String, Template>,
}

/// What a template makes with some parameters.
#[derive(Clone, Debug, Default)]
pub(super) struct Nested {
    pub(super) resources: BTreeMap<String, Value>,
    pub(super) outputs: BTreeMap<String, Value>,
    /// Resources that may be there or not, with the condition that decides.
    pub(super) perhaps: BTreeMap<String, String>,
}

impl Template {
    /// Reads YAML with CloudFormation's short forms (`!Ref` and so on).
    ///
    /// # Errors
    ///
    /// If it is no YAML.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        Ok(Self::from_value(yaml::parsed(text)?))
    }

    fn from_value(value: Value) -> Self {
        Self {
            value,
            nested: BTreeMap::new(),
        }
    }

    /// Reads a file, and those that it names as the templates of nested stacks by a path.
    ///
    /// # Errors
    ///
    /// If one of them cannot be read.
    pub fn read(file: &Path) -> Result<Self, FileError> {
        Self::of_file(read(file)?, file)
    }

    /// The same of what a file has in it.
    pub(super) fn of_file(value: Value, file: &Path) -> Result<Self, FileError> {
        Self::within(value, &[file.to_owned()])
    }

    /// The last of `files` is the template's own, and those before are of the stacks around it.
    fn within(value: Value, files: &[PathBuf]) -> Result<Self, FileError> {
        let mut template = Self::from_value(value);
        let mut nested = BTreeMap::new();
        let stacks = template
            .section("Resources")
            .filter(|(_, it)| it["Type"] == STACK);
        for (name, stack) in stacks.filter(|_| files.len() < DEEPEST) {
            let own = files
                .last()
                .and_then(|file| beside(file, &stack["Properties"]["TemplateURL"]));
            // A template in itself would never end.
            if let Some(file) = own.filter(|file| !files.contains(file)) {
                let value = read(&file)?;
                let files: Vec<PathBuf> = files.iter().cloned().chain([file]).collect();
                nested.insert(name.clone(), Self::within(value, &files)?);
            }
        }
        template.nested = nested;
        Ok(template)
    }

    /// The template as it stands, with short forms written out.
    pub fn as_json(&self) -> &Value {
        &self.value
    }

    /// The names of its parameters.
    pub fn parameters(&self) -> impl Iterator<Item = &str> {
        self.section("Parameters").map(|(name, _)| name.as_str())
    }

    /// The resources whose conditions hold, with parameters and functions replaced. A resource's attribute, such
    /// as its ARN, is the resource's name in the template.
    ///
    /// # Errors
    ///
    /// If a parameter has no value, or a function is not known.
    pub fn resources(
        &self,
        parameters: &[(&str, &str)],
    ) -> Result<BTreeMap<String, Value>, TemplateError> {
        let mut given = Map::new();
        for (name, value) in parameters {
            given.insert((*name).to_owned(), json!(value));
        }
        let scope = self.scope(&given, (false, String::new()))?;
        Ok(self.evaluated(&scope)?.resources)
    }

    /// The same where a mark takes the place of what is unknown, with the resources of nested stacks.
    pub(super) fn opened(&self, parameters: &[(&str, &str)]) -> Result<Nested, TemplateError> {
        let given = parameters.iter();
        let given = given.map(|(name, value)| ((*name).to_owned(), json!(value)));
        let scope = self.scope(&given.collect(), (true, String::new()))?;
        self.evaluated(&scope)
    }

    fn scope(
        &self,
        given: &Map<String, Value>,
        (is_open, prefix): (bool, String),
    ) -> Result<Scope<'_>, TemplateError> {
        let mut values = Map::new();
        for (name, parameter) in self.section("Parameters") {
            let value = match given.get(name) {
                Some(Value::String(value)) if parameter["Type"] == "Number" => value
                    .parse::<i64>()
                    .map_or_else(|_| json!(value), Value::from),
                Some(value) => value.clone(),
                None => parameter["Default"].clone(),
            };
            let kind = parameter["Type"].as_str().unwrap_or_default();
            let value = match value {
                Value::Null if is_open => mark(&format!("parameter {name}")).into(),
                Value::Null => return Err(TemplateError::Parameter(name.clone())),
                // Its value is the name of one that only AWS knows, and may look like a path.
                Value::String(name) if kind.starts_with("AWS::SSM::Parameter::Value") => {
                    json!(format!("{{{{resolve:ssm:{name}}}}}"))
                }
                Value::String(list)
                    if kind == "CommaDelimitedList" || kind.starts_with("List<") =>
                {
                    let items = list.split(',').map(str::trim).filter(|it| !it.is_empty());
                    items.collect()
                }
                value => value,
            };
            values.insert(name.clone(), value);
        }
        Ok(Scope {
            parameters: values,
            template: &self.value,
            is_open,
            prefix,
            nested: &self.nested,
            done: RefCell::default(),
            depth: Cell::new(0),
        })
    }

    fn evaluated(&self, scope: &Scope<'_>) -> Result<Nested, TemplateError> {
        let mut made = Nested::default();
        for (name, resource) in self.section("Resources") {
            let named = |error| match error {
                TemplateError::Function(what) => TemplateError::Resource {
                    resource: name.clone(),
                    what,
                },
                error => error,
            };
            // Not one resource, but a loop that AWS unrolls.
            if !resource.is_object() {
                continue;
            }
            let full = format!("{}{name}", scope.prefix);
            if scope.is_open && resource["Type"] == SUBNET {
                let subnet = scope.subnet(resource);
                made.resources.extend(subnet.map(|subnet| (full, subnet)));
                continue;
            }
            if scope.is_open && !is_looked_at(&resource["Type"]) {
                continue;
            }
            if let Some(condition) = resource["Condition"].as_str() {
                match scope.holds(condition).map_err(named)? {
                    Some(true) => {}
                    Some(false) => continue,
                    None => {
                        made.perhaps.insert(full.clone(), condition.to_owned());
                    }
                }
            }
            let properties = scope.resolve(&resource["Properties"]).map_err(named)?;
            let properties = properties.unwrap_or_default();
            if !properties.is_object() && !properties.is_null() {
                return Err(TemplateError::Properties(full));
            }
            if scope.is_open && resource["Type"] == STACK {
                scope.evaluate(name).map_err(named)?;
            }
            let resource = json!({ "Type": resource["Type"], "Properties": properties });
            made.resources.insert(full, resource);
        }
        for nested in scope.done.borrow().values().flatten() {
            made.resources.extend(nested.resources.clone());
            made.perhaps.extend(nested.perhaps.clone());
        }
        for (name, output) in self.section("Outputs").filter(|_| scope.is_open) {
            let value = scope.resolve(&output["Value"])?.unwrap_or_default();
            made.outputs.insert(name.clone(), value);
        }
        Ok(made)
    }

    pub(super) fn section(&self, name: &str) -> impl Iterator<Item = (&String, &Value)> {
        self.value[name].as_object().into_iter().flatten()
    }
}

impl Scope<'_> {
    /// An output of a nested stack, if its template is known.
    pub(super) fn output(&self, stack: &str, name: &str) -> Result<Option<Value>, TemplateError> {
        self.evaluate(stack)?;
        let done = self.done.borrow();
        let outputs = done.get(stack).and_then(Option::as_ref);
        Ok(outputs.and_then(|stack| stack.outputs.get(name)).cloned())
    }

    /// Each nested stack once. One that needs its own outputs does not get them.
    fn evaluate(&self, stack: &str) -> Result<(), TemplateError> {
        let Some(template) = self.nested.get(stack) else {
            return Ok(());
        };
        if self.done.borrow().contains_key(stack) {
            return Ok(());
        }
        self.done.borrow_mut().insert(stack.to_owned(), None);
        let given = &self.template["Resources"][stack]["Properties"]["Parameters"];
        let given = self.resolve(given)?.unwrap_or_default();
        let none = Map::new();
        let prefix = format!("{}{stack}.", self.prefix);
        let inner = template.scope(given.as_object().unwrap_or(&none), (true, prefix))?;
        let made = template.evaluated(&inner)?;
        self.done.borrow_mut().insert(stack.to_owned(), Some(made));
        Ok(())
    }
}

/// Of other people's templates, what is not on the way to the service is left alone, however it is made.
fn is_looked_at(kind: &Value) -> bool {
    let looked_at = [
        "AWS::ECS::",
        "AWS::ElasticLoadBalancingV2::",
        "AWS::EC2::SecurityGroup",
        STACK,
    ];
    kind.as_str()
        .is_some_and(|kind| looked_at.iter().any(|start| kind.starts_with(start)))
}

/// The file that a template names by a path, if it is there.
fn beside(file: &Path, url: &Value) -> Option<PathBuf> {
    let path = url.as_str().filter(|url| !url.contains("://"))?;
    let path = file.parent()?.join(path);
    path.is_file().then_some(path)
}
