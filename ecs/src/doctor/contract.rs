//! The variables' part of check 6: a container gets what its image's contract asks for, and nothing that it refuses.

use super::{Finding, Part};
use crate::facts::{Container, Facts};
use crate::image::Lookup;
use crate::placeholder;
use dualrun::Options;
use dualrun::config::{ConfigError, Problem};
use dualrun::contract::{Contract, Variable};
use dualrun::options::PREFIX;
use std::collections::BTreeSet;
use strsim::normalized_damerau_levenshtein as similarity;

/// Names that are less alike are different names: `APP_NMAE` and `APP_NAME` have 0.88.
const ALIKE: f64 = 0.75;

pub(super) fn findings(facts: &Facts) -> Vec<Finding> {
    let containers = facts.definition.container_definitions.iter();
    let findings = containers
        .zip(&facts.images)
        .flat_map(|(container, image)| {
            let part = Part::Image(container.name.clone());
            let findings = of_container(container, image).into_iter();
            findings.map(move |it| it.at(part.clone()))
        });
    findings.collect()
}

fn of_container(container: &Container, image: &Lookup) -> Vec<Finding> {
    let app = &container.name;
    if let (Lookup::Found(_), Some(Err(why))) = (image, &container.image_config.contract) {
        let text = format!("the contract of {app}'s image could not be read: {why}");
        return vec![Finding::unknown(text)];
    }
    let Some(contract) = container.contract() else {
        return Vec::new();
    };
    let given = Given::of(container, contract);
    let mut findings: Vec<Finding> = given.missing().into_iter().collect();
    findings.extend(given.bad_values());
    findings.extend(given.bad_options());
    findings.extend(given.misspelled());
    if findings.is_empty() {
        let text = format!("{app} gets the variables that its image asks for");
        findings.push(Finding::pass(text));
    }
    findings
}

/// What a container is given, beside what its program asks for.
struct Given<'a> {
    container: &'a Container,
    contract: &'a Contract,
    names: BTreeSet<&'a str>,
}

impl<'a> Given<'a> {
    fn of(container: &'a Container, contract: &'a Contract) -> Self {
        let own = container.environment.iter().map(|it| &it.name);
        let secrets = container.secrets.iter().map(|it| &it.name);
        let of_image = container.image_config.environment.keys();
        let names = own.chain(secrets).chain(of_image).map(String::as_str);
        Self {
            container,
            contract,
            names: names.collect(),
        }
    }

    fn has(&self, variable: &Variable) -> bool {
        let mut names = variable.aliases.iter().chain([&variable.name]);
        names.any(|name| self.names.contains(name.as_str()))
    }

    /// All that is required and not there, in one finding, as the program's own report has it.
    fn missing(&self) -> Option<Finding> {
        let variables = self.contract.variables.iter();
        let required = variables.filter(|it| it.required == Some(true));
        let missing: Vec<&Variable> = required.filter(|it| !self.has(it)).collect();
        if missing.is_empty() {
            return None;
        }
        let app = &self.container.name;
        let names: Vec<&str> = missing.iter().map(|it| it.name.as_str()).collect();
        let names = names.join(", ");
        if !self.container.environment_files.is_empty() {
            return Some(Finding::unknown(format!(
                "{app} requires {names}, which can only come from environmentFiles"
            )));
        }
        let fixes: Vec<String> = missing.iter().map(|it| self.fix_of_missing(it)).collect();
        let text = format!(
            "{app} will not start: its image requires {names}, and the definition does not set it"
        );
        Some(Finding::fail(text, fixes.join("; ")))
    }

    fn fix_of_missing(&self, variable: &Variable) -> String {
        let name = &variable.name;
        match self.stray().into_iter().find(|stray| is_alike(stray, name)) {
            Some(stray) => format!("rename {stray} to {name}"),
            None => format!("add {name} to environment or secrets"),
        }
    }

    /// Given names that nothing asks for.
    fn stray(&self) -> Vec<&'a str> {
        let asked = self.contract.variables.iter();
        let asked = asked.flat_map(|it| it.aliases.iter().chain([&it.name]));
        let asked: BTreeSet<&str> = asked.map(String::as_str).collect();
        let own = self.container.environment.iter().map(|it| &it.name);
        let own = own.chain(self.container.secrets.iter().map(|it| &it.name));
        let own = own.map(String::as_str);
        own.filter(|name| !asked.contains(name) && !name.starts_with(PREFIX))
            .collect()
    }

    /// Values that its configuration refuses. Those of secrets are not read.
    fn bad_values(&self) -> Vec<Finding> {
        let names = self.contract.variables.iter();
        let names = names.flat_map(|it| {
            it.aliases
                .iter()
                .chain([&it.name])
                .map(move |name| (it, name))
        });
        let findings = names.filter_map(|(variable, name)| {
            let value = self.container.variable(name)?;
            if value.trim().is_empty() {
                let fix = match variable.required {
                    Some(true) => "give it a value",
                    _ => "give it a value, or leave it out",
                };
                return Some(self.refused(&format!("{name} is blank"), fix));
            }
            if variable.kind.allows(value) || placeholder::first(value).is_some() {
                return None;
            }
            Some(self.refused_value(variable))
        });
        findings.collect()
    }

    /// Options that the server does not have, or does not take.
    fn bad_options(&self) -> Vec<Finding> {
        let options = self.names.iter().filter(|name| name.starts_with(PREFIX));
        let (known, unknown): (Vec<&str>, Vec<&str>) = options
            .copied()
            .partition(|name| self.contract.options.iter().any(|it| it.name == *name));
        let unknown = unknown.into_iter().map(|name| {
            let mut options = self.contract.options.iter();
            let fix = match options.find(|it| is_alike(&it.name, name)) {
                Some(option) => format!("rename it to {}", option.name),
                None => "remove it".into(),
            };
            self.refused(&format!("its image has no option {name}"), &fix)
        });
        let values = known
            .iter()
            .filter_map(|name| Some((*name, self.container.variable(name)?)));
        let values = values.filter(|(_, value)| placeholder::first(value).is_none());
        unknown
            .chain(self.bad_values_of_options(values.collect()))
            .collect()
    }

    fn bad_values_of_options(&self, values: Vec<(&str, &str)>) -> Vec<Finding> {
        let is_same = self.contract.dualrun == dualrun::VERSION;
        if is_same {
            let problems = Options::load_from(values).err();
            let problems = problems.iter().flat_map(ConfigError::problems);
            return problems
                .map(|problem| self.refused_option(problem))
                .collect();
        }
        // Another version may take other values, so only what it says itself counts.
        let options = self.contract.options.iter();
        let refused = options.filter(|option| {
            let mut values = values.iter().filter(|(name, _)| *name == option.name);
            values.any(|(_, value)| !option.kind.allows(value))
        });
        let findings = refused.map(|option| self.refused_value(option));
        findings.collect()
    }

    fn refused_value(&self, variable: &Variable) -> Finding {
        let why = format!("the value of {} is not valid", variable.name);
        let expects = variable.expects.as_deref().unwrap_or("a valid value");
        self.refused(&why, &format!("set it to {expects}"))
    }

    fn refused_option(&self, problem: &Problem) -> Finding {
        let name = problem.variable().unwrap_or(PREFIX);
        match problem {
            Problem::Invalid {
                expected: Some(expected),
                ..
            } => self.refused(
                &format!("the value of {name} is not valid"),
                &format!("set it to {expected}"),
            ),
            problem => self.refused(&problem.to_string(), "leave it out for its default"),
        }
    }

    fn refused(&self, why: &str, fix: &str) -> Finding {
        Finding::fail(
            format!("{} will not start: {why}", self.container.name),
            fix,
        )
    }

    /// What nobody asks for, and is nearly the name of something optional that is not given.
    fn misspelled(&self) -> Vec<Finding> {
        let variables = self.contract.variables.iter();
        let optional = variables.filter(|it| it.required != Some(true) && !self.has(it));
        let optional: Vec<&str> = optional.map(|it| it.name.as_str()).collect();
        let findings = self.stray().into_iter().filter_map(|stray| {
            let meant = optional.iter().find(|name| is_alike(name, stray))?;
            let app = &self.container.name;
            let text =
                format!("{app} does not read {stray}; its image reads {meant}, which is not set");
            Some(Finding::warn(text).fix(format!("rename {stray} to {meant}")))
        });
        findings.collect()
    }
}

fn is_alike(one: &str, other: &str) -> bool {
    similarity(&one.to_uppercase(), &other.to_uppercase()) >= ALIKE
}
