//! A CloudFormation template: its resources with the parameters put in.

mod error;

pub use self::error::TemplateError;

use super::flaw::Flaw;
use super::intrinsics::Scope;
use super::read::{Document, FileError};
use super::subnets::SUBNET;
use crate::placeholder::mark;
use crate::typed::Step;
use serde_json::{Map, Value, json};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Stacks in stacks in stacks, as deep as this are read.
const DEEPEST: usize = 5;

/// So many templates of nested stacks are read in all.
const MOST: usize = 100;

const STACK: &str = "AWS::CloudFormation::Stack";

/// A template.
#[derive(Clone, Debug)]
pub struct Template {
    document: Document,
    file: Option<PathBuf>,
    /// The templates of stacks in it, by the stacks' names, where they are files beside it.
    nested: BTreeMap<String, Template>,
    /// Where such a file should be and is not, by the stacks' names.
    absent: BTreeMap<String, PathBuf>,
}

/// What a template makes with some parameters.
#[derive(Clone, Debug, Default)]
pub(super) struct Nested {
    pub(super) resources: BTreeMap<String, Value>,
    pub(super) outputs: BTreeMap<String, Value>,
    /// Resources that may be there or not, with the condition that decides.
    pub(super) perhaps: BTreeMap<String, String>,
    pub(super) flaws: Vec<Flaw>,
    /// Nested stacks whose templates are not where they should be.
    pub(super) absent: BTreeMap<String, PathBuf>,
}

impl Template {
    /// Reads YAML with CloudFormation's short forms (`!Ref` and so on).
    ///
    /// # Errors
    ///
    /// If it is not YAML.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        Ok(Self {
            document: Document::parse(text)?,
            file: None,
            nested: BTreeMap::new(),
            absent: BTreeMap::new(),
        })
    }

    /// What a file has in it, and those that it names as the templates of nested stacks by a path.
    ///
    /// # Errors
    ///
    /// If one of them cannot be read.
    pub(super) fn of_file(document: Document, file: &Path) -> Result<Self, FileError> {
        Self::within(document, (&[file.to_owned()], &Cell::new(MOST)))
    }

    /// The last of `files` is the template's own, and those before are of the stacks around it. So many more may be read.
    fn within(
        document: Document,
        (files, left): (&[PathBuf], &Cell<usize>),
    ) -> Result<Self, FileError> {
        let file = files.last();
        let mut template = Self {
            document,
            file: file.cloned(),
            nested: BTreeMap::new(),
            absent: BTreeMap::new(),
        };
        let stacks = template.section("Resources");
        let stacks = stacks.filter(|(_, it)| it["Type"] == STACK && files.len() < DEEPEST);
        let paths = stacks.filter_map(|(name, stack)| {
            let own = beside(file?, &stack["Properties"]["TemplateURL"])?;
            // A template in itself would never end.
            (!files.contains(&own)).then(|| (name.clone(), own))
        });
        let paths: Vec<(String, PathBuf)> = paths.collect();
        for (name, own) in paths {
            if !own.is_file() {
                template.absent.insert(name, own);
            } else if let Some(rest) = left.get().checked_sub(1) {
                left.set(rest);
                let files: Vec<PathBuf> = files.iter().cloned().chain([own.clone()]).collect();
                let nested = Document::read(&own);
                let nested = nested.and_then(|document| Self::within(document, (&files, left)));
                let nested = nested.map_err(|source| FileError::Nested {
                    file: file.cloned().unwrap_or_default(),
                    resource: name.clone(),
                    source: Box::new(source),
                });
                template.nested.insert(name, nested?);
            }
        }
        Ok(template)
    }

    /// The template as it stands, with short forms written out.
    pub fn as_json(&self) -> &Value {
        &self.document.value
    }

    /// Where a field is: file, line and column.
    pub(super) fn place_of(&self, steps: &[Step]) -> String {
        let place = self.document.place(steps);
        match &self.file {
            Some(file) => format!("{}:{place}", file.display()),
            None => format!("line {}", place.line),
        }
    }

    /// Where a property of a resource is, which may be a nested stack's.
    pub(super) fn place_in(&self, resource: &str, property: &[Step]) -> String {
        if let Some((stack, inner)) = resource.split_once('.')
            && let Some(nested) = self.nested.get(stack)
        {
            return nested.place_in(inner, property);
        }
        let steps = ["Resources", resource, "Properties"].map(|it| Step::Key(it.to_owned()));
        let steps: Vec<Step> = steps.into_iter().chain(property.iter().cloned()).collect();
        self.place_of(&steps)
    }

    /// If AWS makes more of it than stands here.
    pub(super) fn is_transformed(&self) -> bool {
        !self.as_json()["Transform"].is_null()
    }

    /// If it may be a part of another one that has the rest: nothing but resources, or with what AWS puts in.
    pub(super) fn is_part(&self) -> bool {
        let sections = self.as_json().as_object().into_iter().flatten();
        let mut sections = sections.map(|(name, _)| name.as_str());
        let is_bare = sections.all(|name| matches!(name, "Resources" | "Outputs"));
        is_bare || self.is_transformed()
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
        let mut flaws = Vec::new();
        for (name, parameter) in self.section("Parameters") {
            let value = match given.get(name) {
                Some(Value::String(value)) if parameter["Type"] == "Number" => value
                    .parse::<i64>()
                    .map_or_else(|_| json!(value), Value::from),
                Some(value) => value.clone(),
                None => parameter["Default"].clone(),
            };
            let kind = parameter["Type"].as_str().unwrap_or_default();
            let is_asked = is_open && !value.is_null();
            let refused = is_asked.then(|| self.refused_value(name, &value));
            let has_no_number = kind == "Number" && value.is_string();
            let is_refused = refused.as_ref().is_some_and(Option::is_some);
            let of_whole = |flaw: Flaw| match prefix.as_str() {
                "" => Flaw {
                    field: name.clone(),
                    ..flaw
                },
                _ => flaw,
            };
            flaws.extend(refused.flatten().map(of_whole));
            let value = match value {
                // Nothing else is wrong because of it.
                _ if is_refused && has_no_number => mark("flaw").into(),
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
            template: self,
            is_open,
            prefix,
            done: RefCell::default(),
            conditions: RefCell::default(),
            begun: RefCell::default(),
            steps: RefCell::default(),
            flaws: RefCell::new(flaws),
        })
    }

    fn evaluated(&self, scope: &Scope<'_>) -> Result<Nested, TemplateError> {
        let mut made = Nested::default();
        for (name, resource) in self.section("Resources") {
            // Not one resource, but a loop that AWS unrolls.
            let is_of_interest = || resource["Type"] == SUBNET || is_looked_at(&resource["Type"]);
            if !resource.is_object() {
                continue;
            }
            if scope.is_open && !is_of_interest() {
                scope.elsewhere(&["Resources", name], || scope.pass_over(resource))?;
                continue;
            }
            let made_of = scope.elsewhere(&["Resources", name], || {
                self.resource(scope, (name, resource), &mut made)
            });
            made_of.map_err(|error| self.named(error, name))?;
        }
        for (name, file) in &self.absent {
            let name = format!("{}{name}", scope.prefix);
            made.absent.insert(name, file.clone());
        }
        for (name, output) in self.section("Outputs").filter(|_| scope.is_open) {
            let value = scope.elsewhere(&["Outputs", name], || scope.resolve(&output["Value"]));
            made.outputs
                .insert(name.clone(), value?.unwrap_or_default());
        }
        for nested in scope.done.borrow().values().flatten() {
            made.resources.extend(nested.resources.clone());
            made.perhaps.extend(nested.perhaps.clone());
            made.absent.extend(nested.absent.clone());
            made.flaws.extend(nested.flaws.iter().cloned());
        }
        made.flaws.extend(scope.flaws.take());
        Ok(made)
    }

    fn resource(
        &self,
        scope: &Scope<'_>,
        (name, resource): (&str, &Value),
        made: &mut Nested,
    ) -> Result<(), TemplateError> {
        let full = format!("{}{name}", scope.prefix);
        if scope.is_open && resource["Type"] == SUBNET {
            let subnet = scope.subnet(resource);
            made.resources.extend(subnet.map(|subnet| (full, subnet)));
            return Ok(());
        }
        if let Some(condition) = resource["Condition"].as_str() {
            let step = Step::Key("Condition".into());
            match scope.at(step, || scope.holds(condition))? {
                Some(true) => {}
                Some(false) => return Ok(()),
                None => {
                    made.perhaps.insert(full.clone(), condition.to_owned());
                }
            }
        }
        let step = Step::Key("Properties".into());
        let properties = scope.at(step, || scope.resolve(&resource["Properties"]))?;
        let properties = properties.unwrap_or_default();
        if !properties.is_object() && !properties.is_null() {
            return Err(TemplateError::Properties(full));
        }
        if scope.is_open && resource["Type"] == STACK {
            scope.evaluate(name)?;
        }
        let resource = json!({ "Type": resource["Type"], "Properties": properties });
        made.resources.insert(full, resource);
        Ok(())
    }

    /// The error with the resource that it is about.
    fn named(&self, error: TemplateError, resource: &str) -> TemplateError {
        match error {
            TemplateError::Function { what, fix } | TemplateError::Absent { what, fix } => {
                TemplateError::Resource {
                    resource: resource.to_owned(),
                    place: self.place_in(resource, &[]),
                    what: format!("{what}; {fix}"),
                }
            }
            error => error,
        }
    }

    pub(super) fn section(&self, name: &str) -> impl Iterator<Item = (&String, &Value)> {
        self.as_json()[name].as_object().into_iter().flatten()
    }
}

impl Scope<'_> {
    /// An output of a nested stack, or a mark if its template is not known.
    pub(super) fn output(&self, stack: &str, name: &str) -> Result<Value, TemplateError> {
        self.evaluate(stack)?;
        let done = self.done.borrow();
        let outputs = done.get(stack).and_then(Option::as_ref);
        let known = outputs.and_then(|stack| stack.outputs.get(name));
        let unknown = || match self.template.absent.get(stack) {
            Some(file) => format!(
                "because the template of {stack} is not at {}",
                file.display()
            ),
            None => format!("output {name} of {stack}"),
        };
        Ok(known.cloned().unwrap_or_else(|| mark(&unknown()).into()))
    }

    /// Each nested stack once. One that needs its own outputs does not get them.
    fn evaluate(&self, stack: &str) -> Result<(), TemplateError> {
        let Some(template) = self.template.nested.get(stack) else {
            return Ok(());
        };
        if self.done.borrow().contains_key(stack) {
            return Ok(());
        }
        self.done.borrow_mut().insert(stack.to_owned(), None);
        let given = &self.template.as_json()["Resources"][stack]["Properties"]["Parameters"];
        let steps = ["Resources", stack, "Properties", "Parameters"];
        let given = self.elsewhere(&steps, || self.resolve(given))?;
        let given = given.unwrap_or_default();
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

/// The file that a template names by a path.
fn beside(file: &Path, url: &Value) -> Option<PathBuf> {
    let path = url.as_str().filter(|url| !url.contains("://"))?;
    Some(file.parent()?.join(path))
}
