//! One stage of a Dockerfile, from its FROM on.

use super::lines::Escape;
use super::value::{Scope, pairs, value};
use std::collections::{BTreeMap, BTreeSet};

/// What a stage says of its container, with what it takes over from the stage that it begins with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stage {
    /// `AS name`.
    pub name: Option<String>,
    /// `--platform=`, such as `linux/amd64`.
    pub platform: Option<String>,
    /// The TCP ports of `EXPOSE`. The ends of a range are two.
    pub ports: BTreeSet<u16>,
    /// The variables of `ENV`, as far as their values are known.
    pub environment: BTreeMap<String, String>,
    /// The labels, as far as their values are known.
    pub labels: BTreeMap<String, String>,
    /// The last `USER`.
    pub user: Option<String>,
    /// The last `HEALTHCHECK` that is not `NONE`.
    pub health_check: Option<HealthCheck>,
    /// The program that is started, `ENTRYPOINT` and `CMD` as they are written.
    pub program: Program,
    /// If it copies the file `.env`, by its name or with all of the context (`COPY . …`).
    pub copies_env: bool,
    /// If an instruction of the file, in whatever stage, has to do with Rust.
    pub has_rust: bool,
}

/// What is started.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// `ENTRYPOINT`.
    pub entrypoint: Vec<String>,
    /// `CMD`.
    pub command: Vec<String>,
}

/// A `HEALTHCHECK`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HealthCheck {
    /// `CMD` and the words, or `CMD-SHELL` and a line, as ECS writes it too.
    pub command: Vec<String>,
    /// The options that it has, such as `interval`, in seconds; `retries` is a number.
    pub options: BTreeMap<String, f64>,
}

/// A stage that is being read.
pub(super) struct Builder {
    stage: Stage,
    scope: Scope,
    /// The `ARG`s before the first `FROM`, which a stage sees when it names them.
    global: Scope,
    escape: Escape,
}

impl Builder {
    pub(super) fn from(rest: &str, stages: &[Stage], (global, escape): (&Scope, Escape)) -> Self {
        let words: Vec<String> = escape.words(rest);
        let is_option = |word: &&String| word.starts_with("--");
        let platform = words.iter().filter(is_option).find_map(|word| {
            let platform = word.strip_prefix("--platform=")?;
            value(platform, global, escape).filter(|it| !it.is_empty())
        });
        let mut words = words.iter().filter(|word| !is_option(word));
        let base = words.next().and_then(|word| value(word, global, escape));
        let is_as = words.next().is_some_and(|it| it.eq_ignore_ascii_case("as"));
        let name = words.next().filter(|_| is_as).cloned();
        // A stage before this one, or else an image, of which nothing is known.
        let before = stages.iter().rev().find(|stage| {
            let names = stage.name.as_deref().zip(base.as_deref());
            names.is_some_and(|(name, base)| name.eq_ignore_ascii_case(base))
        });
        let inherited = before.cloned().unwrap_or_default();
        let variables = inherited.environment.iter();
        let scope = variables.map(|(name, value)| (name.clone(), Some(value.clone())));
        Self {
            scope: scope.collect(),
            stage: Stage {
                name,
                platform: platform.or(inherited.platform.clone()),
                ..inherited
            },
            global: global.clone(),
            escape,
        }
    }

    pub(super) fn finished(self) -> Stage {
        self.stage
    }

    pub(super) fn add(&mut self, keyword: &str, rest: &str) {
        match keyword {
            "ARG" => self.argument(rest),
            "ENV" => {
                for (name, value) in pairs(rest, &self.scope, self.escape) {
                    match &value {
                        Some(value) => self.stage.environment.insert(name.clone(), value.clone()),
                        None => self.stage.environment.remove(&name),
                    };
                    self.scope.insert(name, value);
                }
            }
            "LABEL" => {
                let labels = pairs(rest, &self.scope, self.escape).into_iter();
                let known = labels.filter_map(|(name, value)| Some((name, value?)));
                self.stage.labels.extend(known);
            }
            "EXPOSE" => {
                let words = self.escape.words(rest);
                let ports = words.iter().flat_map(|word| self.ports(word));
                let ports: Vec<u16> = ports.collect();
                self.stage.ports.extend(ports);
            }
            "USER" => {
                self.stage.user = self.value(rest).filter(|user| !user.is_empty());
            }
            "HEALTHCHECK" => self.stage.health_check = health_check(rest, self.escape),
            "ENTRYPOINT" => {
                self.stage.program = Program {
                    entrypoint: command(rest),
                    // An entry point of one's own leaves the image's command behind.
                    command: Vec::new(),
                };
            }
            "CMD" => self.stage.program.command = command(rest),
            "COPY" | "ADD" => {
                self.stage.copies_env |= sources(rest, self.escape).iter().any(|source| {
                    let source = source.trim_start_matches("./").trim_start_matches('/');
                    ["", ".", "*", ".env", ".env*"].contains(&source)
                });
            }
            _ => {}
        }
    }

    fn argument(&mut self, rest: &str) {
        for (name, value) in pairs(rest, &self.scope, self.escape) {
            // A variable of the image counts before an argument of the build.
            if !self.stage.environment.contains_key(&name) {
                let global = || self.global.get(&name).cloned().flatten();
                let value = value.or_else(global);
                self.scope.insert(name, value);
            }
        }
    }

    fn value(&self, word: &str) -> Option<String> {
        value(word.trim(), &self.scope, self.escape)
    }

    /// The TCP ports of one word.
    fn ports(&self, word: &str) -> Vec<u16> {
        let text = self.value(word).unwrap_or_default();
        let (numbers, protocol) = text.split_once('/').unwrap_or((&text, "tcp"));
        if !protocol.eq_ignore_ascii_case("tcp") {
            return Vec::new();
        }
        let ports = numbers.split('-').filter_map(|number| number.parse().ok());
        ports.filter(|port| *port != 0).collect()
    }
}

/// The words of a command: of a JSON list, or the line that a shell gets.
fn command(rest: &str) -> Vec<String> {
    if let Ok(words) = serde_json::from_str(rest) {
        return words;
    }
    vec!["/bin/sh".into(), "-c".into(), rest.to_owned()]
}

/// What is copied of the context, by a list or a line: all words but the last.
fn sources(rest: &str, escape: Escape) -> Vec<String> {
    let mut rest = rest.trim();
    while rest.starts_with("--") {
        if rest.starts_with("--from=") {
            return Vec::new();
        }
        let after = rest.split_once(char::is_whitespace);
        rest = after.map_or("", |(_, after)| after.trim_start());
    }
    let of_list = serde_json::from_str(rest).ok();
    let mut words = of_list.unwrap_or_else(|| escape.words(rest));
    words.pop();
    words
}

fn health_check(rest: &str, escape: Escape) -> Option<HealthCheck> {
    let mut rest = rest.trim();
    let mut options = BTreeMap::new();
    while let Some(option) = rest.strip_prefix("--") {
        let (option, after) = option
            .split_once(char::is_whitespace)
            .unwrap_or((option, ""));
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        let number = match name {
            "retries" => value.parse().ok(),
            _ => seconds(value),
        };
        options.extend(number.map(|number| (name.to_owned(), number)));
        rest = after.trim_start();
    }
    let (kind, line) = rest.split_once(char::is_whitespace)?;
    if !kind.eq_ignore_ascii_case("CMD") {
        return None;
    }
    let line = line.trim();
    let command = match serde_json::from_str::<Vec<String>>(line) {
        Ok(words) => std::iter::once("CMD".to_owned()).chain(words).collect(),
        Err(_) => {
            let line = escape.words(line).join(" ");
            vec!["CMD-SHELL".to_owned(), line]
        }
    };
    Some(HealthCheck { command, options })
}

/// A duration as Go writes it: `1m30s`, `500ms`.
fn seconds(text: &str) -> Option<f64> {
    let mut rest = text;
    let mut all = 0.0;
    while !rest.is_empty() {
        let unit = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..unit].parse().ok()?;
        let after = &rest[unit..];
        let end = after
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(after.len());
        all += number
            * match &after[..end] {
                "ms" => 0.001,
                "s" => 1.0,
                "m" => 60.0,
                "h" => 3600.0,
                _ => return None,
            };
        rest = &after[end..];
    }
    (!text.is_empty()).then_some(all)
}
