//! What a Dockerfile says of the container: the port, variables, the user, the health check.
//!
//! Only the instructions that count here are read; whether the file can be built is Docker's to say.

mod lines;
mod stage;
mod value;

pub use self::stage::{HealthCheck, Stage};

use self::lines::{Instruction, instructions};
use self::stage::Builder;
use self::value::{Scope, pairs};

/// The stages of a Dockerfile, in their order: at least one.
#[derive(Clone, Debug)]
pub struct Dockerfile {
    stages: Vec<Stage>,
}

/// Why a text is no Dockerfile.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadDockerfile {
    /// No image is made.
    #[error("it has no FROM")]
    NoFrom,
    /// An instruction before the first FROM.
    #[error("line {line}: {keyword} before the first FROM")]
    BeforeFrom {
        /// The line.
        line: usize,
        /// The instruction.
        keyword: String,
    },
    /// A here-document goes on to the end of the file.
    #[error("line {line}: the here-document has no end {end:?}")]
    Unended {
        /// The line.
        line: usize,
        /// What would end it.
        end: String,
    },
    /// There is no such stage.
    #[error("it has no stage {name:?}; {others}")]
    NoStage {
        /// The name that was asked for.
        name: String,
        /// Those that there are.
        others: String,
    },
}

impl Dockerfile {
    /// Reads a file's text.
    ///
    /// # Errors
    ///
    /// If it has no stage, or a here-document without an end.
    pub fn parse(text: &str) -> Result<Self, BadDockerfile> {
        let (instructions, escape) = instructions(text).map_err(|it| BadDockerfile::Unended {
            line: it.line,
            end: it.end,
        })?;
        let has_rust = instructions.iter().any(|it| names_rust(&it.rest));
        let mut global = Scope::new();
        let mut stages: Vec<Stage> = Vec::new();
        let mut current: Option<Builder> = None;
        for Instruction {
            line,
            keyword,
            rest,
        } in instructions
        {
            match (keyword.as_str(), &mut current) {
                ("FROM", _) => {
                    stages.extend(current.take().map(Builder::finished));
                    current = Some(Builder::from(&rest, &stages, (&global, escape)));
                }
                ("ARG", None) => global.extend(pairs(&rest, &global, escape)),
                (_, Some(stage)) => stage.add(&keyword, &rest),
                (_, None) => return Err(BadDockerfile::BeforeFrom { line, keyword }),
            }
        }
        stages.extend(current.map(Builder::finished));
        if stages.is_empty() {
            return Err(BadDockerfile::NoFrom);
        }
        for stage in &mut stages {
            stage.has_rust = has_rust;
        }
        Ok(Self { stages })
    }

    /// The stage of this name or number, or the last one: what `docker build --target` takes.
    ///
    /// # Errors
    ///
    /// If there is no such stage.
    pub fn stage(&self, target: Option<&str>) -> Result<&Stage, BadDockerfile> {
        let stages = &self.stages;
        let Some(target) = target else {
            return stages.last().ok_or(BadDockerfile::NoFrom);
        };
        let is_it = |stage: &&Stage| {
            let name = stage.name.as_deref();
            name.is_some_and(|name| name.eq_ignore_ascii_case(target))
        };
        let by_number = || stages.get(target.parse::<usize>().ok()?);
        let found = stages.iter().find(is_it).or_else(by_number);
        found.ok_or_else(|| {
            let names = stages.iter().filter_map(|stage| stage.name.as_deref());
            let names: Vec<&str> = names.collect();
            BadDockerfile::NoStage {
                name: target.to_owned(),
                others: if names.is_empty() {
                    "its stages have no names".into()
                } else {
                    format!("its stages are {}", names.join(", "))
                },
            }
        })
    }
}

/// If an instruction has to do with Rust: its tools, its images, or the folder that cargo builds into.
fn names_rust(rest: &str) -> bool {
    let rest = rest.to_ascii_lowercase();
    ["cargo", "rust", "target/"]
        .iter()
        .any(|it| rest.contains(it))
}

#[cfg(test)]
mod tests;
