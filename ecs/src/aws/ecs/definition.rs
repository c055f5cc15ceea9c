//! Task definitions as they came, since what is registered again must not lose a field that nobody here knows.

use super::deployment::Time;
use crate::aws::without_nulls;
use crate::typed::{Misfit, Step, typed};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// What ECS adds to a definition when it is registered, and does not take back.
const ADDED: [&str; 9] = [
    "taskDefinitionArn",
    "revision",
    "status",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "registeredBy",
    "deregisteredAt",
    "deleteRequestedAt",
];

/// The tag of a revision that was deployed with success, with the time of the last one (RFC 3339). ECS forgets deployments
/// after 90 days, and not tags.
pub(crate) const GOOD: &str = "dualrun:deployed";

/// A tag.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Tag {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// A task definition and its tags. Fields that nobody here knows are kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RawDefinition {
    definition: Map<String, Value>,
    /// None if it leaves them open.
    tags: Option<Vec<Tag>>,
}

/// Why something is no task definition, or cannot be changed as asked.
#[derive(Debug, thiserror::Error)]
pub enum BadDefinition {
    /// A field has another type than ECS's.
    #[error("invalid task definition")]
    Field(#[from] Misfit),
    /// It has no container of this name.
    #[error("the task definition has no container {name:?}; it has {others}")]
    NoContainer {
        /// The name.
        name: String,
        /// What it has.
        others: String,
    },
}

impl Tag {
    /// If it is AWS's own, such as CloudFormation's, and so AWS's to set.
    pub(crate) fn is_of_aws(&self) -> bool {
        self.key.starts_with("aws:")
    }
}

impl RawDefinition {
    /// From what ECS answers, or from a file: a definition by itself, or one with its tags beside it under
    /// `taskDefinition`, as `aws ecs describe-task-definition` prints it.
    ///
    /// # Errors
    ///
    /// If it is neither.
    pub fn new(value: Value) -> Result<Self, BadDefinition> {
        Ok(Self::of_value(value)?)
    }

    fn of_value(value: Value) -> Result<Self, Misfit> {
        let wrong = |key: &str, why: &str| Misfit::new(why).within(Step::Key(key.to_owned()));
        let Value::Object(mut outer) = without_nulls(value) else {
            return Err(Misfit::new("is not an object"));
        };
        let mut definition = match outer.remove("taskDefinition") {
            Some(Value::Object(inner)) => inner,
            Some(_) => return Err(wrong("taskDefinition", "is not an object")),
            None => std::mem::take(&mut outer),
        };
        // `aws` prints an empty list where nobody has asked for the tags.
        let beside = outer
            .remove("tags")
            .filter(|tags| *tags != Value::Array(Vec::new()));
        let tags = beside.or_else(|| definition.remove("tags"));
        let tags = tags.map(|tags| typed(&tags)).transpose();
        let tags = tags.map_err(|misfit| misfit.within(Step::Key("tags".into())))?;
        match definition.get("containerDefinitions") {
            Some(Value::Array(_)) => {}
            Some(_) => return Err(wrong("containerDefinitions", "is not a list")),
            None => return Err(wrong("containerDefinitions", "is missing")),
        }
        Ok(Self { definition, tags })
    }

    /// From what a file has in it, and the names of what was left out because ECS does not take it back.
    ///
    /// # Errors
    ///
    /// If it is not a task definition.
    pub fn of_file(value: Value) -> Result<(Self, Vec<String>), Misfit> {
        let is_wrapped = value.get("taskDefinition").is_some();
        let mut definition = Self::of_value(value)?;
        let added = |key: &&&str| definition.definition.contains_key(**key);
        let mut dropped: Vec<String> = ADDED
            .iter()
            .filter(added)
            .map(ToString::to_string)
            .collect();
        if is_wrapped {
            dropped.insert(0, "the wrapper taskDefinition".into());
        }
        definition.definition = definition.given();
        Ok((definition, dropped))
    }

    /// Reads it into a type.
    ///
    /// # Errors
    ///
    /// If a field does not fit, which is named.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, BadDefinition> {
        Ok(typed(&Value::Object(self.definition.clone()))?)
    }

    /// The name with account and revision; files have none.
    pub fn arn(&self) -> Option<&str> {
        self.definition.get("taskDefinitionArn")?.as_str()
    }

    /// The name without the revision.
    pub fn family(&self) -> &str {
        let family = self.definition.get("family").and_then(Value::as_str);
        family.unwrap_or_default()
    }

    /// Who has registered it.
    pub fn registered_by(&self) -> Option<&str> {
        self.definition.get("registeredBy")?.as_str()
    }

    /// When it was registered.
    pub fn registered_at(&self) -> Option<Time> {
        let seconds = self.definition.get("registeredAt")?.as_f64()?;
        Some(Time(seconds))
    }

    /// The value of a tag.
    pub fn tag(&self, key: &str) -> Option<&str> {
        let tag = self.tags().iter().find(|tag| tag.key == key)?;
        Some(&tag.value)
    }

    /// Its tags.
    pub(crate) fn tags(&self) -> &[Tag] {
        self.tags.as_deref().unwrap_or_default()
    }

    /// If a service can be updated to it: not to one that was deregistered.
    pub fn is_active(&self) -> bool {
        let status = self.definition.get("status");
        status.is_none_or(|status| status == "ACTIVE")
    }

    /// As it was given to ECS, and so as ECS takes it again, without the tags.
    pub fn as_given(&self) -> Value {
        Value::Object(self.given())
    }

    /// What registers it, with its tags. That one was good says nothing about the next.
    pub fn to_register(&self) -> Value {
        let mut given = self.given();
        let is_given = |tag: &&Tag| !tag.is_of_aws() && tag.key != GOOD;
        let own = self.tags().iter().filter(is_given);
        let own: Vec<&Tag> = own.collect();
        if !own.is_empty() {
            given.insert("tags".into(), json!(own));
        }
        Value::Object(given)
    }

    fn given(&self) -> Map<String, Value> {
        let mut definition = self.definition.clone();
        definition.retain(|key, _| !ADDED.contains(&key.as_str()));
        definition
    }

    /// The same of another family.
    #[must_use]
    pub fn with_family(mut self, family: &str) -> Self {
        self.definition.insert("family".into(), family.into());
        self
    }

    /// The same with another image in this container.
    ///
    /// # Errors
    ///
    /// If there is no such container.
    pub fn with_image(mut self, container: &str, image: &str) -> Result<Self, BadDefinition> {
        self.container(container)?
            .insert("image".into(), image.into());
        Ok(self)
    }

    /// The same with a plain variable in this container, in the place of a variable or secret of that name.
    ///
    /// # Errors
    ///
    /// If there is no such container.
    pub fn with_variable(
        mut self,
        container: &str,
        (name, value): (&str, &str),
    ) -> Result<Self, BadDefinition> {
        let container = self.container(container)?;
        remove(container, "secrets", name);
        put(
            container,
            "environment",
            json!({ "name": name, "value": value }),
        );
        Ok(self)
    }

    /// The same with a variable in this container whose value stands elsewhere, in the place of a variable or secret of
    /// that name.
    ///
    /// # Errors
    ///
    /// If there is no such container.
    pub fn with_secret(
        mut self,
        container: &str,
        (name, from): (&str, &str),
    ) -> Result<Self, BadDefinition> {
        let container = self.container(container)?;
        remove(container, "environment", name);
        put(
            container,
            "secrets",
            json!({ "name": name, "valueFrom": from }),
        );
        Ok(self)
    }

    /// The same with these tags, each in the place of one with its key.
    #[must_use]
    pub fn with_tags(mut self, tags: &[(String, String)]) -> Self {
        let all = self.tags.get_or_insert_default();
        all.retain(|old| !tags.iter().any(|(key, _)| *key == old.key));
        let new = tags.iter().cloned();
        all.extend(new.map(|(key, value)| Tag { key, value }));
        self
    }

    /// The same with the tags of another one that it leaves open: all if it names none, and else those that no file
    /// sets.
    #[must_use]
    pub(crate) fn with_tags_of(mut self, other: &Self) -> Self {
        let names_its_own = self.tags.is_some();
        let open = other.tags().iter().filter(|tag| {
            let is_of_a_tool = tag.is_of_aws() || tag.key.starts_with("dualrun:");
            (is_of_a_tool || !names_its_own) && self.tag(&tag.key).is_none()
        });
        let open: Vec<Tag> = open.cloned().collect();
        self.tags.get_or_insert_default().extend(open);
        self
    }

    /// The same with one port of this container, mapped.
    ///
    /// # Errors
    ///
    /// If there is no such container.
    pub(crate) fn with_port(mut self, container: &str, port: u16) -> Result<Self, BadDefinition> {
        let mapping = json!([{ "containerPort": port }]);
        self.container(container)?
            .insert("portMappings".into(), mapping);
        Ok(self)
    }

    /// The same without a variable or secret of this name in this container.
    ///
    /// # Errors
    ///
    /// If there is no such container.
    pub(crate) fn without_variable(
        mut self,
        container: &str,
        name: &str,
    ) -> Result<Self, BadDefinition> {
        let container = self.container(container)?;
        for list in ["environment", "secrets"] {
            remove(container, list, name);
        }
        Ok(self)
    }

    fn container(&mut self, name: &str) -> Result<&mut Map<String, Value>, BadDefinition> {
        let containers = self.definition.get_mut("containerDefinitions");
        let containers = containers.and_then(Value::as_array_mut);
        let mut others = Vec::new();
        for container in containers.into_iter().flatten() {
            match container["name"].as_str() {
                Some(found) if found == name => {
                    if let Some(container) = container.as_object_mut() {
                        return Ok(container);
                    }
                }
                other => others.extend(other.map(str::to_owned)),
            }
        }
        Err(BadDefinition::NoContainer {
            name: name.to_owned(),
            others: others.join(", "),
        })
    }
}

/// Removes what has this name from a list.
fn remove(container: &mut Map<String, Value>, list: &str, name: &str) {
    if let Some(items) = container.get_mut(list).and_then(Value::as_array_mut) {
        items.retain(|item| item["name"] != name);
    }
}

/// Puts an item into a list, where one of its name was or else at the end.
fn put(container: &mut Map<String, Value>, list: &str, item: Value) {
    let items = container.entry(list).or_insert_with(|| json!([]));
    let Some(items) = items.as_array_mut() else {
        return;
    };
    match items.iter_mut().find(|old| old["name"] == item["name"]) {
        Some(old) => *old = item,
        None => items.push(item),
    }
}

#[cfg(test)]
mod tests;
