//! What is wrong in files, for the check that looks at what it should be.

use super::choice::Choice;
use super::definition::DefinitionFile;
use super::facts::{Resources, lower};
use super::fit::Converted;
use super::flaw::Flaw;
use super::keys::{SERVICE, Shape, TASK_DEFINITION};
use super::outside::check_of;
use super::spelling::{Style, corrected};
use super::template::Template;
use super::unseen::{of_definition, of_service};
use crate::doctor::CheckId;
use crate::facts::{Facts, Fault};
use crate::typed::Step;
use serde_json::Value;

/// What a resource has beside its properties.
const ATTRIBUTES: [&str; 7] = [
    "Condition",
    "CreationPolicy",
    "DeletionPolicy",
    "DependsOn",
    "Metadata",
    "UpdatePolicy",
    "UpdateReplacePolicy",
];

/// A kind of resource: its keys, and the checks that look at its fields.
pub(super) struct Looked {
    shape: &'static Shape,
    checks: fn(&str) -> &'static [CheckId],
}

pub(super) const OF_DEFINITION: Looked = Looked {
    shape: &TASK_DEFINITION,
    checks: of_definition,
};
pub(super) const OF_SERVICE: Looked = Looked {
    shape: &SERVICE,
    checks: of_service,
};

impl Looked {
    /// Of several checks that look at a field, the last says what it does.
    fn check(&self, field: &str) -> CheckId {
        let checks = (self.checks)(field);
        checks.last().copied().unwrap_or(CheckId::Tasks)
    }
}

/// The misspelled keys of a task definition's file, and its values of other types than ECS's.
pub(super) fn of_definition_file(
    facts: &mut Facts,
    file: &DefinitionFile,
    converted: &[Converted],
) {
    for Converted { path, kinds } in converted {
        let (there, needed, fix) = kinds;
        let place = file.place_of(&steps_of(path));
        facts.faults.push(Fault {
            check: OF_DEFINITION.check(path),
            text: format!("{path} is {there} ({place}), and ECS takes {needed}"),
            fix: format!("{fix}: {path}"),
            is_failure: !file.is_part,
        });
    }
    for misspelled in &file.misspelled {
        let place = file.place_of(&misspelled.steps);
        let effect = if file.is_part {
            "which AWS does not know, though Terraform may let it pass"
        } else {
            "which AWS refuses or ignores"
        };
        facts.faults.push(Fault {
            check: OF_DEFINITION.check(&misspelled.field),
            text: format!("{} ({place}), {effect}", misspelled.what()),
            fix: misspelled.fix(),
            is_failure: !file.is_part,
        });
    }
}

/// The way to a field, such as `containerDefinitions[0].cpu`.
fn steps_of(path: &str) -> Vec<Step> {
    let parts = path.split(['.', '[']).map(|part| {
        let number = part.strip_suffix(']').and_then(|part| part.parse().ok());
        number.map_or_else(|| Step::Key(part.to_owned()), Step::Item)
    });
    parts.collect()
}

/// A resource's properties as ECS's API writes them. What of them is misspelled is a fault, and is read as what is meant.
pub(super) fn without_misspelled(
    facts: &mut Facts,
    (template, name, given): (&Template, &str, &Value),
    looked: &Looked,
) -> Value {
    let (given, misspelled) = corrected(given.clone(), looked.shape, Style::Capital);
    for misspelled in misspelled {
        let place = template.place_in(name, &misspelled.steps);
        let what = misspelled.what();
        facts.faults.push(Fault {
            check: looked.check(&misspelled.field),
            text: format!("{what} of {name} ({place}), which CloudFormation refuses"),
            fix: misspelled.fix(),
            is_failure: true,
        });
    }
    for attribute in ATTRIBUTES.iter().filter(|it| given.get(**it).is_some()) {
        let steps = [Step::Key((*attribute).to_owned())];
        let place = template.place_in(name, &steps);
        facts.faults.push(Fault {
            check: CheckId::Tasks,
            text: format!(
                "{attribute} is among the properties of {name} ({place}), which CloudFormation refuses"
            ),
            fix: format!("put {attribute} beside Type and Properties of {name}"),
            is_failure: true,
        });
    }
    lower(&given)
}

/// What CloudFormation refuses of a template.
pub(super) fn of_flaw(facts: &mut Facts, flaw: Flaw, (resources, choice): (&Resources, &Choice)) {
    let resource = flaw.resource.as_ref();
    let is_chosen = |it: &Option<String>| resource.is_some() && it.as_ref() == resource;
    let kind = resource.and_then(|name| resources.0.get(name)?["Type"].as_str());
    let field = first_small(&flaw.field);
    let check = if is_chosen(&choice.definition) {
        OF_DEFINITION.check(&field)
    } else if is_chosen(&choice.service) {
        OF_SERVICE.check(&field)
    } else {
        check_of(kind.unwrap_or_default(), false).unwrap_or(CheckId::Tasks)
    };
    let of = resource.map(|name| match flaw.field.as_str() {
        "" => format!("of {name}: "),
        field => format!("of {field} of {name}: "),
    });
    let (of, what) = (of.unwrap_or_default(), flaw.what);
    facts.faults.push(Fault {
        check,
        text: format!(
            "CloudFormation refuses the template because {of}{what} ({})",
            flaw.place
        ),
        fix: flaw.fix,
        is_failure: true,
    });
}

/// A field as ECS's API writes it.
fn first_small(field: &str) -> String {
    let names = field.split('.').map(|name| {
        let (first, rest) = name.split_at(name.chars().next().map_or(0, char::len_utf8));
        first.to_ascii_lowercase() + rest
    });
    names.collect::<Vec<_>>().join(".")
}
