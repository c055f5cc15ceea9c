//! The values of a template's parameters: of the command line, then of `[parameters]` in `ecs/ecs.toml`.

use super::defaults::Defaults;
use super::say;
use super::upwards::{TEMPLATE, is_default};
use crate::files::Template;
use std::path::{Path, PathBuf};

/// A name that the template does not have. CloudFormation would refuse the change only after it was asked for, and the
/// doctor would check a template without the value that is meant.
#[derive(Debug, thiserror::Error)]
#[error("{of}: the template has no parameter {name:?}; {hint}")]
pub(super) struct UnknownParameter {
    of: String,
    name: String,
    hint: String,
}

/// What is asked for on the command line, and what the file says of the rest.
#[derive(Debug)]
pub(super) struct Parameters {
    asked: Vec<(String, String)>,
    of_file: Vec<(String, String)>,
    file: PathBuf,
}

impl Parameters {
    /// For the template in this file. What the repository wants of its own is not meant for another one, which is said.
    pub(super) fn new(asked: &[(String, String)], defaults: &Defaults, template: &Path) -> Self {
        let is_free = |name: &String| !asked.iter().any(|(it, _)| it == name);
        let (file, of_file) = defaults.parameters();
        let of_file = of_file.iter().filter(|(name, _)| is_free(name));
        let mut of_file: Vec<_> = of_file.cloned().collect();
        if !of_file.is_empty() && !is_default(template, TEMPLATE) {
            of_file.clear();
            say::err(format_args!(
                "[parameters] in {} is about {TEMPLATE}, so {} gets none of it",
                file.display(),
                template.display()
            ));
        }
        Self {
            asked: asked.to_vec(),
            of_file,
            file: file.to_owned(),
        }
    }

    /// Who says so, of each.
    pub(super) fn places(&self, defaults: &Defaults) -> Vec<(String, String)> {
        let asked = self.asked.iter();
        let asked = asked.map(|(name, _)| (name.clone(), format!("--parameter {name}")));
        let of_file = self.of_file.iter();
        let of_file =
            of_file.filter_map(|(name, _)| Some((name.clone(), defaults.place_of(name)?)));
        asked.chain(of_file).collect()
    }

    /// For the template, which has to have them all.
    pub(super) fn checked(
        self,
        template: &Template,
    ) -> Result<Vec<(String, String)>, UnknownParameter> {
        let of_file = self.file.display().to_string();
        let both = [("--parameter", &self.asked), (&of_file, &self.of_file)];
        let mut all = both
            .into_iter()
            .flat_map(|(of, given)| given.iter().map(move |(name, _)| (of, name)));
        let known: Vec<&str> = template.parameters().collect();
        let unknown = all.find(|(_, name)| !known.contains(&name.as_str()));
        let unknown = unknown.map(|(of, name)| UnknownParameter {
            of: of.to_owned(),
            hint: hint(name, &known),
            name: name.clone(),
        });
        drop(all);
        unknown.map_or_else(|| Ok(self.all()), Err)
    }

    /// The same for a template's text; one that cannot be read here is perhaps read by CloudFormation.
    pub(super) fn checked_by(
        self,
        template: &str,
    ) -> Result<Vec<(String, String)>, UnknownParameter> {
        match Template::parse(template) {
            Ok(template) => self.checked(&template),
            Err(_) => Ok(self.all()),
        }
    }

    /// For no template, or one that cannot be read here.
    pub(super) fn all(self) -> Vec<(String, String)> {
        self.asked.into_iter().chain(self.of_file).collect()
    }
}

fn hint(name: &str, known: &[&str]) -> String {
    let plain = name.to_lowercase();
    let likeness = |it: &str| strsim::jaro_winkler(&plain, &it.to_lowercase());
    let like = known.iter().map(|it| (likeness(it), it));
    match like.max_by(|a, b| a.0.total_cmp(&b.0)) {
        Some((likeness, nearest)) if likeness > 0.75 => format!("did you mean {nearest:?}?"),
        Some(_) => format!("it has {}", known.join(", ")),
        None => "it has none".into(),
    }
}
