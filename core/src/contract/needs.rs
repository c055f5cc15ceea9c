//! Finds out what a struct needs, by loading it from nothing.

use super::{Kind, Variable};
use crate::config::{Failure, Layout, Role, Values};

/// No type but a text takes this.
const NONSENSE: &str = "\u{1}";

/// The variables of a type.
#[inline(never)]
pub(super) fn needs(layout: &Layout) -> Vec<Variable> {
    let Required { steps, are_all } = required(layout, layout.nothing());
    let mut aliases = Vec::new();
    for &step in &steps {
        aliases.extend(self::aliases(layout, step, &steps));
    }
    aliases.extend(optional_aliases(layout, &steps));
    let mut variables: Vec<Variable> = Vec::new();
    for (index, step) in layout.steps.iter().enumerate() {
        let Role::Variable { file, .. } = &step.role else {
            continue;
        };
        let (kind, expects) = kind(layout, index);
        let mut variable = Variable {
            name: step.name.clone(),
            required: match steps.contains(&index) {
                true => Some(true),
                false => are_all.then_some(false),
            },
            required_with: Vec::new(),
            aliases: Vec::new(),
            files: file.iter().cloned().collect(),
            default: None,
            kind,
            expects,
        };
        let mut is_alias = false;
        // Those of the field itself, and the members of a group's that has another name.
        let mut place = Some(index);
        while let Some(it) = place {
            for &(of, alias) in &aliases {
                is_alias |= alias == it;
                if of == it {
                    let other = &layout.steps[alias + (index - of)];
                    variable.aliases.push(other.name.clone());
                    if let Role::Variable {
                        file: Some(file), ..
                    } = &other.role
                    {
                        variable.files.push(file.clone());
                    }
                }
            }
            place = layout.steps[it].group;
        }
        if !is_alias {
            variables.push(variable);
        }
    }
    for group in optional_groups(layout, &steps) {
        let members = group.members(layout);
        for variable in &mut variables {
            let mut names = variable.aliases.iter().chain([&variable.name]);
            if names.any(|name| group.required.contains(name)) {
                // A secret's file is the secret itself.
                let others = members
                    .iter()
                    .filter(|name| **name != variable.name && !variable.files.contains(name));
                variable.required_with.extend(others.cloned());
            }
        }
    }
    variables
}

/// A group that may be left out as a whole.
struct OptionalGroup {
    step: usize,
    /// The variables that it cannot be without.
    required: Vec<String>,
}

impl OptionalGroup {
    /// The variables that make it there.
    fn members(&self, layout: &Layout) -> Vec<String> {
        let mut members = Vec::new();
        for (index, step) in layout.steps.iter().enumerate() {
            let Role::Variable { file, .. } = &step.role else {
                continue;
            };
            if is_in(layout, index, self.step) {
                members.push(step.name.clone());
                members.extend(file.iter().cloned());
            }
        }
        members
    }
}

fn optional_groups(layout: &Layout, required: &[usize]) -> Vec<OptionalGroup> {
    let mut all = layout.nothing();
    for &step in required {
        if let Some(value) = layout.stand_in(step) {
            layout.set(&mut all, step, value);
        }
    }
    let mut groups = Vec::new();
    for (step, it) in layout.steps.iter().enumerate() {
        if !matches!(it.role, Role::Open { .. }) || required.contains(&step) {
            continue;
        }
        let mut values = all.clone();
        layout.open(&mut values, step);
        let members = self::required(layout, values).steps.into_iter();
        let members = members.filter(|member| layout.is_variable(*member));
        let members = members.filter(|member| is_in(layout, *member, step));
        groups.push(OptionalGroup {
            step,
            required: members.map(|it| layout.steps[it].name.clone()).collect(),
        });
    }
    groups
}

/// What a variable takes, and the same in words.
pub(super) fn kind(layout: &Layout, index: usize) -> (Kind, Option<String>) {
    let Role::Variable { expectation, .. } = &layout.steps[index].role else {
        return (Kind::Text, None);
    };
    match &expectation.kind {
        Kind::Text => (Kind::Text, expectation.text.clone()),
        // It says less than it takes, such as an enum with a variant for all others.
        _ if layout.accepts(index, NONSENSE) => (Kind::Text, None),
        kind => (kind.clone(), expectation.text.clone()),
    }
}

/// Steps that are required, groups among them.
struct Required {
    steps: Vec<usize>,
    /// If these are all. A field that no stand-in fits hides those behind it.
    are_all: bool,
}

/// What these values lack. Serde reports one missing field at a time, so each gets a stand-in and the next one shows.
fn required(layout: &Layout, mut values: Values) -> Required {
    let mut steps = Vec::new();
    while let Err(Failure::Missing(index)) = layout.attempt(&values) {
        steps.push(index);
        let Some(value) = layout.stand_in(index).filter(|_| values[index].is_none()) else {
            return Required {
                steps,
                are_all: false,
            };
        };
        layout.set(&mut values, index, value);
    }
    Required {
        steps,
        are_all: true,
    }
}

/// The step with each that stands for it: with one of them taken, it is not missed.
fn aliases(layout: &Layout, index: usize, required: &[usize]) -> Vec<(usize, usize)> {
    let mut others = layout.nothing();
    for &other in required
        .iter()
        .filter(|other| !is_in(layout, **other, index))
    {
        let Some(value) = layout.stand_in(other) else {
            return Vec::new();
        };
        layout.set(&mut others, other, value);
    }
    let mut aliases = Vec::new();
    for (candidate, step) in layout.steps.iter().enumerate() {
        if step.group != layout.steps[index].group || required.contains(&candidate) {
            continue;
        }
        let Some(value) = layout.stand_in(candidate) else {
            continue;
        };
        let mut values = others.clone();
        layout.set(&mut values, candidate, value);
        if completes(layout, values, candidate) {
            aliases.push((index, candidate));
        }
    }
    aliases
}

/// Variables that are not required, each with those of the same field: serde takes one of them, and does not say whose name is
/// the field's own. Groups are left as they are, so that no name of their members is lost.
fn optional_aliases(layout: &Layout, required: &[usize]) -> Vec<(usize, usize)> {
    let with = |steps: &[usize]| {
        let mut values = layout.nothing();
        for &step in required.iter().chain(steps) {
            layout.set(&mut values, step, layout.stand_in(step)?);
        }
        Some(completed(layout, values))
    };
    let is_sound = |step: usize| with(&[step]) == Some(Ok(()));
    let free = (0..layout.steps.len())
        .filter(|step| layout.is_variable(*step) && !required.contains(step) && is_sound(*step));
    let mut free: Vec<usize> = free.collect();
    let mut aliases = Vec::new();
    while !free.is_empty() {
        let first = free.remove(0);
        let is_same = |other: &usize| {
            layout.steps[*other].group == layout.steps[first].group
                && with(&[first, *other]) == Some(Err(Failure::Value))
        };
        let (same, others): (Vec<usize>, Vec<usize>) = free.into_iter().partition(is_same);
        aliases.extend(same.into_iter().map(|alias| (first, alias)));
        free = others;
    }
    aliases
}

/// The values with a stand-in for whatever else they lack.
fn completed(layout: &Layout, mut values: Values) -> Result<(), Failure> {
    loop {
        let missing = match layout.attempt(&values) {
            Err(Failure::Missing(missing)) if values[missing].is_none() => missing,
            result => return result,
        };
        let value = layout.stand_in(missing);
        layout.set(
            &mut values,
            missing,
            value.ok_or(Failure::Missing(missing))?,
        );
    }
}

/// Whether nothing is missing with a step, which is made complete if it is a group.
fn completes(layout: &Layout, mut values: Values, step: usize) -> bool {
    loop {
        let missing = match layout.attempt(&values) {
            Ok(()) | Err(Failure::Together) => return true,
            // The value is sound, so the same field has another already.
            Err(Failure::Value) => return false,
            Err(Failure::Missing(missing)) => missing,
        };
        if values[missing].is_some() || !is_in(layout, missing, step) {
            return false;
        }
        let Some(value) = layout.stand_in(missing) else {
            return false;
        };
        layout.set(&mut values, missing, value);
    }
}

/// Whether a step is this one, or in this group.
fn is_in(layout: &Layout, step: usize, place: usize) -> bool {
    let mut next = Some(step);
    while let Some(step) = next.filter(|step| *step != place) {
        next = layout.steps[step].group;
    }
    next.is_some()
}
