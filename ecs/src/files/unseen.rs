//! What files of other people do not tell, by the check that lacks it.

use super::fit::Open;
use crate::doctor::CheckId;
use crate::facts::{Extent, Facts};
use crate::placeholder;
use serde_json::Value;

/// Puts what is unknown into facts.
pub(super) trait Unseen {
    /// A check lacks something that may hide a failure.
    fn lack(&mut self, check: CheckId, why: impl Into<String>);

    /// A check takes something for granted.
    fn assume(&mut self, check: CheckId, why: impl Into<String>);

    /// A check has nothing to look at.
    fn lack_all(&mut self, check: CheckId, why: impl Into<String>);

    /// Fields of something are not known.
    fn lack_fields(&mut self, of: &str, open: &[Open], checks: fn(&str) -> &'static [CheckId]);
}

impl Unseen for Facts {
    fn lack(&mut self, check: CheckId, why: impl Into<String>) {
        self.note_unknown(check, Extent::Part, why);
    }

    fn assume(&mut self, check: CheckId, why: impl Into<String>) {
        self.note_unknown(check, Extent::Assumed, why);
    }

    fn lack_all(&mut self, check: CheckId, why: impl Into<String>) {
        self.note_unknown(check, Extent::Whole, why);
    }

    fn lack_fields(&mut self, of: &str, open: &[Open], checks: fn(&str) -> &'static [CheckId]) {
        self.open.extend(open.iter().map(|it| it.path.clone()));
        for (checks, why) in sentences(of, open, checks) {
            for check in checks {
                self.lack(*check, why.clone());
            }
        }
    }
}

/// What fields of something are, with the checks that look at them: those with the same value in one sentence.
pub(super) fn sentences(
    of: &str,
    open: &[Open],
    checks: fn(&str) -> &'static [CheckId],
) -> Vec<(&'static [CheckId], String)> {
    let mut told: Vec<(&[CheckId], &str, Vec<&str>)> = Vec::new();
    for Open { path, text } in open {
        let checks = checks(path);
        let mut all = told.iter_mut();
        match all.find(|(other, value, _)| *other == checks && value == text) {
            Some((_, _, paths)) => paths.push(path),
            None => told.push((checks, text, vec![path])),
        }
    }
    let sentences = told.into_iter().map(|(checks, text, paths)| {
        let what = placeholder::described(text).unwrap_or_default();
        let is = if paths.len() == 1 { "is" } else { "are" };
        (
            checks,
            format!("{} of {of} {is} {what}", paths.join(" and ")),
        )
    });
    sentences.collect()
}

/// The check that looks at a field of a task definition.
pub(super) fn of_definition(path: &str) -> &'static [CheckId] {
    use CheckId::{ContainerPort, ImageExists, ImageName, SecurityGroups, Tasks};
    let field = path.rsplit('.').next().unwrap_or(path);
    match field {
        "image" => &[ImageExists, ImageName],
        "cpuArchitecture" | "operatingSystemFamily" | "runtimePlatform" => &[ImageExists],
        "networkMode" => &[SecurityGroups, Tasks],
        field if field.starts_with("containerDefinitions") => {
            &[ImageExists, ImageName, ContainerPort, Tasks]
        }
        _ if path.contains(".environment") => &[ContainerPort, Tasks],
        _ if path.contains(".portMappings") || path.ends_with(".healthCheck") => &[ContainerPort],
        _ => &[Tasks],
    }
}

/// The check that looks at a field of a service.
pub(super) fn of_service(path: &str) -> &'static [CheckId] {
    use CheckId::{Attachment, SecurityGroups, Tasks};
    if path.contains(".subnets") || path.ends_with(".containerName") {
        // What is free in subnets only AWS knows; containers are looked at with those of the definition.
        &[]
    } else if path.starts_with("loadBalancers") {
        &[Attachment]
    } else if path.starts_with("networkConfiguration") {
        &[SecurityGroups]
    } else {
        &[Tasks]
    }
}

/// Placeholders in some fields of a resource.
pub(super) fn in_fields(properties: &Value, fields: &[&str]) -> Vec<Open> {
    let mut open = Vec::new();
    for field in fields {
        open.extend(within(&properties[*field], field));
    }
    open
}

fn within(value: &Value, path: &str) -> Vec<Open> {
    match value {
        Value::String(text) if placeholder::first(text).is_some() => vec![Open {
            path: path.to_owned(),
            text: text.clone(),
        }],
        Value::Array(items) => {
            let items = items.iter().enumerate();
            let open = items.flat_map(|(number, item)| within(item, &format!("{path}[{number}]")));
            open.collect()
        }
        Value::Object(entries) => {
            let open = entries.iter().filter(|(key, _)| *key != "Description");
            let open = open.flat_map(|(key, value)| within(value, &format!("{path}.{key}")));
            open.collect()
        }
        _ => Vec::new(),
    }
}
