//! The variables' part of check 6: a container gets what its image's contract asks for, and nothing that it refuses.

use super::options::{ADDR, HEALTH_PATH, METRICS_ADDR};
use super::{Finding, Part, Start};
use crate::facts::{Container, Facts};
use crate::image::Lookup;
use crate::placeholder;
use dualrun::Options;
use dualrun::config::{ConfigError, Problem};
use dualrun::contract::{Contract, Kind, Variable};
use dualrun::options::PREFIX;
use std::collections::BTreeSet;
use strsim::{damerau_levenshtein, normalized_damerau_levenshtein};

/// Names with fewer letters are alike by chance, such as `MODE` and `NODE`.
const SHORTEST: usize = 5;
/// Options are few, so less will do for one of them to be meant. The server goes by the same.
const ALIKE: f64 = 0.75;
/// What follows a secret's name in that of the variable that names a file with it.
const FILE: &str = "_FILE";

/// What contradicts no other option, in the place of values that are not known.
const STAND_INS: [(&str, &str); 3] = [
    (ADDR, "0.0.0.0:0"),
    (HEALTH_PATH, "/-"),
    (METRICS_ADDR, "0.0.0.0:0"),
];

pub(super) fn findings(facts: &Facts) -> Vec<Finding> {
    let containers = facts.definition.container_definitions.iter();
    let findings = containers
        .zip(&facts.images)
        .flat_map(|(container, image)| {
            let part = Part::Image(container.name.clone());
            let findings = of_container(facts, container, image).into_iter();
            findings.map(move |it| it.at(part.clone()))
        });
    findings.collect()
}

fn of_container(facts: &Facts, container: &Container, image: &Lookup) -> Vec<Finding> {
    let app = &container.name;
    if let (Lookup::Found(_), Some(Err(why))) = (image, &container.image_config.contract) {
        let text = format!("the contract of {app}'s image could not be read: {why}");
        return vec![Finding::unknown(text)];
    }
    let is_unknown = |field, parts: &[String]| {
        let first = parts.first();
        container.is_open(field) && first.is_none_or(|it| placeholder::first(it).is_some())
    };
    let is_unknown = is_unknown("entryPoint", &container.entry_point)
        || is_unknown("command", &container.command);
    if is_unknown && container.image_config.contract.is_some() {
        return vec![Finding::unknown(format!(
            "{app} is not compared with its image's contract, since the command that it runs is not known here"
        ))];
    }
    let Some(contract) = container.contract() else {
        let is_other = container.image_config.contract.is_some();
        let text = format!(
            "{app} is not compared with its image's contract, since another program or command is run"
        );
        return is_other.then(|| Finding::pass(text)).into_iter().collect();
    };
    let given = Given::of(facts, container, contract);
    let mut findings: Vec<Finding> = given.missing().into_iter().collect();
    findings.extend(given.bad_values());
    findings.extend(given.twice());
    findings.extend(given.secrets_for_paths());
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
    /// If there may be more.
    is_open: bool,
    /// If it is in AWS, where braces stand for nothing.
    is_made: bool,
}

impl<'a> Given<'a> {
    fn of(facts: &Facts, container: &'a Container, contract: &'a Contract) -> Self {
        let own = container.environment.iter().map(|it| &it.name);
        let secrets = container
            .secrets
            .iter()
            .filter(|it| !it.value_from.is_empty());
        let secrets = secrets.map(|it| &it.name);
        let of_image = container.image_config.environment.keys();
        let names = own.chain(secrets).chain(of_image).map(String::as_str);
        let is_known = |name: &&str| facts.is_made || placeholder::first(name).is_none();
        Self {
            container,
            contract,
            names: names.filter(is_known).collect(),
            is_open: container.may_have_more_variables(),
            is_made: facts.is_made,
        }
    }

    /// If a value is one that a file leaves open.
    fn is_placeholder(&self, value: &str) -> bool {
        !self.is_made && placeholder::first(value).is_some()
    }

    fn has(&self, variable: &Variable) -> bool {
        let mut names = names(variable).chain(&variable.files);
        names.any(|name| self.names.contains(name.as_str()))
    }

    /// All that is required and not there, in one finding, as the program's own report has it.
    fn missing(&self) -> Option<Finding> {
        let variables = self.contract.variables.iter();
        let is_given = |name: &String| self.names.contains(name.as_str());
        let required = variables
            .filter(|it| it.required == Some(true) || it.required_with.iter().any(is_given));
        let missing: Vec<&Variable> = required.filter(|it| !self.has(it)).collect();
        if missing.is_empty() {
            return None;
        }
        let app = &self.container.name;
        let names: Vec<&str> = missing.iter().map(|it| it.name.as_str()).collect();
        let names = names.join(", ");
        if self.is_open {
            return Some(Finding::unknown(format!(
                "{app} requires {names}, which can only come from what is not known here, such as environmentFiles"
            )));
        }
        let fixes: Vec<String> = missing.iter().map(|it| self.fix_of_missing(it)).collect();
        let text = format!(
            "{app} will not start: its image requires {names}, and the definition does not set it"
        );
        Some(Finding::fail(text, fixes.join("; ")).start(Start::Obstacle))
    }

    fn fix_of_missing(&self, variable: &Variable) -> String {
        let name = &variable.name;
        let mut strays = self.stray().into_iter();
        match strays.find_map(|stray| Some((stray, self.meant(variable, stray)?))) {
            Some((stray, meant)) => format!("rename {stray} to {meant}"),
            None => format!("add {name} to environment or secrets"),
        }
    }

    /// The name of a variable, or of its file, that is nearly a given one.
    fn meant<'b>(&self, variable: &'b Variable, stray: &str) -> Option<&'b str> {
        let own = [&variable.name].into_iter().chain(&variable.aliases);
        let mut all = own.chain(&variable.files).map(String::as_str);
        let meant = all.find(|name| is_alike(name, stray))?;
        // A secret's value is no path.
        let value = meant.strip_suffix(FILE);
        let is_value = variable.files.iter().any(|file| file == meant)
            && self.container.secret(stray).is_some();
        Some(value.filter(|_| is_value).unwrap_or(meant))
    }

    /// Given names that nothing asks for.
    fn stray(&self) -> Vec<&'a str> {
        let asked = self.contract.variables.iter();
        let asked = asked.flat_map(|it| names(it).chain(&it.files));
        let asked: BTreeSet<&str> = asked.map(String::as_str).collect();
        let own = self.container.environment.iter().map(|it| &it.name);
        let own = own.chain(self.container.secrets.iter().map(|it| &it.name));
        let own = own.map(String::as_str);
        own.filter(|name| self.names.contains(name))
            .filter(|name| !asked.contains(name) && !name.starts_with(PREFIX))
            .collect()
    }

    /// Values that its configuration refuses. Those of secrets are not read.
    fn bad_values(&self) -> Vec<Finding> {
        let names = self.contract.variables.iter();
        let names = names.flat_map(|it| {
            let own = it.aliases.iter().chain([&it.name]);
            let own = own.map(|name| (name, &it.kind));
            // Of a file only its name is known.
            let files = it.files.iter().map(|file| (file, &Kind::Text));
            own.chain(files).map(move |(name, kind)| (it, name, kind))
        });
        let findings = names.filter_map(|(variable, name, kind)| {
            let value = self.container.variable(name)?;
            if value.trim().is_empty() {
                let fix = match variable.required {
                    Some(true) => "give it a value",
                    _ => "give it a value, or leave it out",
                };
                return Some(self.refused(&format!("{name} is blank"), fix));
            }
            if kind.allows(value) {
                return None;
            }
            Some(if self.is_placeholder(value) {
                let app = &self.container.name;
                let text =
                    format!("the value of {name} is not known here, so whether {app} takes it");
                Finding::unknown(format!("{text} was not checked"))
            } else {
                self.refused_value(variable)
            })
        });
        findings.collect()
    }

    /// A value beside the file that stands for it, and a value by two names.
    fn twice(&self) -> Vec<Finding> {
        let is_given = |name: &&String| self.names.contains(name.as_str());
        let both = |name: &str, other: &str| {
            let why = format!("{name} and {other} are both set");
            self.refused(&why, &format!("leave out {other}"))
        };
        let variables = self.contract.variables.iter();
        let findings = variables.flat_map(|variable| {
            let file = variable.files.iter().find(is_given);
            let of_file = file.and_then(|file| Some((file.strip_suffix(FILE)?, file)));
            let of_file = of_file.filter(|(name, _)| {
                let mut given = names(variable).filter(is_given);
                given.any(|it| it == name)
            });
            let of_file = of_file.map(|(name, file)| both(name, file));
            let given: Vec<&String> = names(variable).filter(is_given).collect();
            let by_two = match given.as_slice() {
                [alias, .., name] => Some(both(name, alias)),
                _ => None,
            };
            of_file.into_iter().chain(by_two)
        });
        findings.collect()
    }

    /// A variable with the path of a file that gets a secret's value.
    fn secrets_for_paths(&self) -> Vec<Finding> {
        let is_path = |name| {
            self.contract
                .variables
                .iter()
                .any(|it| it.files.contains(name))
        };
        let names = self.container.secrets.iter().map(|it| &it.name);
        let findings = names.filter(|name| is_path(name)).map(|name| {
            let app = &self.container.name;
            let text = format!(
                "{app} reads {name} as the path of a file, and gets the value of a secret there"
            );
            let value = name.strip_suffix(FILE).unwrap_or(name);
            Finding::warn(text).fix(format!("rename {name} to {value} in secrets of {app}"))
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
            let own = |name: &str| name.trim_start_matches(PREFIX).to_owned();
            let options = self.contract.options.iter();
            let scored = options.map(|it| {
                (
                    normalized_damerau_levenshtein(&own(&it.name), &own(name)),
                    it,
                )
            });
            let best = scored.max_by(|(one, _), (other, _)| one.total_cmp(other));
            let fix = match best.filter(|(score, _)| *score >= ALIKE).map(|(_, it)| it) {
                Some(option) => format!("rename it to {}", option.name),
                None => "remove it".into(),
            };
            self.refused(&format!("unknown option {name}"), &fix)
        });
        let values = known
            .iter()
            .filter_map(|name| Some((*name, self.container.variable(name)?)));
        let (open, values): (Vec<_>, Vec<_>) =
            values.partition(|(_, value)| self.is_placeholder(value));
        unknown
            .chain(self.bad_values_of_options(values))
            .chain(self.unknown_options(&open))
            .collect()
    }

    /// Options whose values a file leaves open.
    fn unknown_options(&self, open: &[(&str, &str)]) -> Option<Finding> {
        let names: Vec<&str> = open.iter().map(|(name, _)| *name).collect();
        let app = &self.container.name;
        (!names.is_empty()).then(|| {
            Finding::unknown(format!(
                "the value of {} is not known here, so whether {app} takes it was not checked",
                names.join(" and of ")
            ))
        })
    }

    fn bad_values_of_options(&self, values: Vec<(&str, &str)>) -> Vec<Finding> {
        let is_same = self.contract.dualrun == dualrun::VERSION;
        if is_same {
            let is_hidden = |name: &str| {
                let mut known = values.iter().map(|(known, _)| *known);
                (self.is_open || self.names.contains(name)) && !known.any(|known| known == name)
            };
            let stand_ins = STAND_INS.into_iter().filter(|(name, _)| is_hidden(name));
            let stand_ins: Vec<(&str, &str)> = stand_ins.collect();
            let problems = Options::load_from([values, stand_ins].concat()).err();
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
        let expects = variable.expects.clone();
        let expects = expects.unwrap_or_else(|| in_words(&variable.kind));
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
        let text = format!("{} will not start: {why}", self.container.name);
        Finding::fail(text, fix).start(Start::Obstacle)
    }

    /// What nobody asks for, and is nearly the name of something optional that is not given.
    fn misspelled(&self) -> Vec<Finding> {
        let variables = self.contract.variables.iter();
        let optional = variables.filter(|it| it.required != Some(true) && !self.has(it));
        let optional: Vec<&Variable> = optional.collect();
        let findings = self.stray().into_iter().filter_map(|stray| {
            let meant = optional.iter().find_map(|it| self.meant(it, stray))?;
            let app = &self.container.name;
            let text = format!("{app} does not read {stray}; its image reads {meant}");
            let text = match self.is_open {
                true => text,
                false => format!("{text}, which is not set"),
            };
            Some(Finding::warn(text).fix(format!("rename {stray} to {meant}")))
        });
        findings.collect()
    }
}

/// The others that the variable has, and its own name at last.
fn names(variable: &Variable) -> impl Iterator<Item = &String> {
    variable.aliases.iter().chain([&variable.name])
}

fn in_words(kind: &Kind) -> String {
    match kind {
        Kind::Boolean => "true or false".into(),
        Kind::Integer { min, max } => format!("a whole number from {min} to {max}"),
        Kind::Number => "a number".into(),
        Kind::Choice { values } => format!("one of {}", values.join(", ")),
        _ => "a valid value".into(),
    }
}

/// If one may be meant by the other: a letter is wrong, missing, too much, or changed with its neighbour. Short names, and
/// two letters as in `DB_HOST` and `DB_PORT`, are different names.
fn is_alike(one: &str, other: &str) -> bool {
    let plain = |name: &str| name.to_uppercase().replace(['_', '-', '.'], "");
    let (one, other) = (plain(one), plain(other));
    one == other || one.len() >= SHORTEST && damerau_levenshtein(&one, &other) <= 1
}
