//! What the options say, or what is answered, or what was found out: in this order.

use super::{Init, InitError};
use crate::cli::ask::ask;
use crate::cli::confirm::can_ask;
use crate::cli::say;
use crate::init::check::{self, Secret};
use crate::init::{
    Answers, Build, Guess, Guesses, Remote, Repository, has_image_workflow, looks_secret,
    parameter_of, registry_of,
};
use std::fmt::Display;

/// A question, and the option that answers it.
struct Question {
    text: &'static str,
    option: &'static str,
    /// For the case that nothing answers it.
    example: &'static str,
}

const NAME: Question = Question {
    text: "service",
    option: "--name",
    example: "--name shop",
};
const IMAGE: Question = Question {
    text: "repository for images",
    option: "--image",
    example: "--image ghcr.io/me/shop",
};
const PORT: Question = Question {
    text: "port",
    option: "--port",
    example: "--port 8080",
};
const HEALTH_PATH: Question = Question {
    text: "health path",
    option: "--health-path",
    example: "--health-path /health",
};

const ARCHITECTURE: Question = Question {
    text: "architecture",
    option: "--architecture",
    example: "--architecture arm64",
};
const BRANCH: Question = Question {
    text: "branch",
    option: "--branch",
    example: "--branch main",
};

/// Answers, as they are found.
struct Decisions {
    asks: bool,
    /// Questions that nothing has answered.
    missing: Vec<&'static Question>,
}

impl Init {
    pub(super) fn answers(
        &self,
        repository: &Repository,
        build: Build,
        guesses: Guesses,
    ) -> Result<Answers, InitError> {
        let mut decisions = Decisions {
            asks: !self.yes && can_ask(),
            missing: Vec::new(),
        };
        if decisions.asks {
            say::err(
                "Enter takes what stands in parentheses; nothing is written before the last answer",
            );
        }
        let name = decisions.one(
            &NAME,
            self.name.as_ref(),
            guesses.name.as_ref(),
            check::name,
        )?;
        let image = decisions.one(
            &IMAGE,
            self.image.as_ref(),
            guesses.image.as_ref(),
            check::image,
        )?;
        let port = decisions.one(
            &PORT,
            self.port.as_ref(),
            guesses.port.as_ref(),
            check::port,
        )?;
        let health_path = decisions.one(
            &HEALTH_PATH,
            self.health_path.as_ref(),
            Some(&guesses.health_path),
            check::health_path,
        )?;
        let missing = &decisions.missing;
        let (Some(name), Some(image), Some(port), Some(health_path)) =
            (name, image, port, health_path)
        else {
            let texts: Vec<&str> = missing.iter().map(|it| it.text).collect();
            let examples: Vec<&str> = missing.iter().map(|it| it.example).collect();
            return Err(InitError::Missing(format!(
                "nothing in the repository tells the {}; set {}, with your own",
                texts.join(" and the "),
                examples.join(" and ")
            )));
        };
        let variables = self.variables(decisions.asks, &guesses)?;
        let secrets = self.secrets(decisions.asks, &guesses)?;
        if guesses.is_dualrun() {
            check_free(&variables, &secrets)?;
        }
        let twice = secrets
            .iter()
            .find(|secret| variables.iter().any(|(it, _)| *it == secret.name));
        if let Some(Secret { name, .. }) = twice {
            let text = format!("{name} is a variable and a secret; leave one of them out");
            return Err(InitError::Answer(text));
        }
        for (name, value) in &variables {
            if looks_secret(name, value) {
                say::err(format_args!(
                    "warning: {name} looks like a secret, and its value will stand in the files; use --secret {name}"
                ));
            }
        }
        let size = self.size(decisions.asks, &guesses)?;
        let architecture = match self.architecture {
            Some(architecture) => architecture.name().to_owned(),
            None => ARCHITECTURE.checked(&guesses.architecture, check::architecture)?,
        };
        let remote = repository.remote.as_ref();
        let has_workflows = self.github.is_some() || remote.is_none_or(Remote::is_github);
        let has_image_workflow = has_image_workflow(&repository.root);
        let branch = match &self.branch {
            Some(branch) => branch.clone(),
            None if has_workflows => BRANCH.checked(&guesses.branch, check::branch)?,
            None => guesses.branch.value.clone(),
        };
        let is_branch_of_use =
            has_workflows && !has_image_workflow && registry_of(&image).is_some();
        if is_branch_of_use && self.branch.is_none() {
            BRANCH.say(&branch, &guesses.branch.from);
        }
        Ok(Answers {
            name,
            image,
            port,
            health_path,
            variables,
            secrets,
            size,
            architecture,
            is_read_only: self.read_only || guesses.is_read_only,
            has_workflows,
            has_image_workflow,
            branch,
            github: self.github.clone().or_else(|| guesses.github.clone()),
            build,
            guesses,
        })
    }

    fn variables(&self, asks: bool, guesses: &Guesses) -> Result<Vec<(String, String)>, InitError> {
        let mut all = guesses.variables.clone();
        let mut put = |(name, value): (String, String)| {
            all.retain(|(it, _)| *it != name);
            all.push((name, value));
        };
        if !self.variables.is_empty() {
            self.variables.iter().cloned().for_each(put);
        } else if asks {
            let check = |text: &str| match text {
                "none" => Ok(None),
                text => check::variable(text).map(Some),
            };
            while let Some(variable) = ask("a variable, as NAME=VALUE", Some("none"), check)? {
                put(variable);
            }
        }
        Ok(all)
    }

    fn secrets(&self, asks: bool, guesses: &Guesses) -> Result<Vec<Secret>, InitError> {
        let mut all = guesses.secrets.clone();
        let mut put = |secret: Secret| {
            all.retain(|it| it.name != secret.name);
            all.push(secret);
        };
        if !self.secrets.is_empty() {
            self.secrets.iter().cloned().for_each(put);
        } else if asks {
            let check = |text: &str| match text {
                "none" => Ok(None),
                text => check::secret(text).map(Some),
            };
            let question = "a secret variable, as NAME or NAME=ARN";
            while let Some(secret) = ask(question, Some("none"), check)? {
                put(secret);
            }
        }
        Ok(all)
    }

    fn size(&self, asks: bool, guesses: &Guesses) -> Result<(u32, u32), InitError> {
        if let (Some(cpu), Some(memory)) = (self.cpu, self.memory) {
            return check::size(cpu, memory).map_err(InitError::Answer);
        }
        let Guess { value, from } = &guesses.size;
        let guessed = check::size_in_words(&value.0, &value.1);
        let number = |text: &str| text.parse::<u32>().ok();
        if self.cpu.is_none() && self.memory.is_none() && asks {
            if let Err(why) = &guessed {
                say::err(format_args!("{from}: {why}"));
            }
            let default = guessed.ok().map(|(cpu, memory)| format!("{cpu} {memory}"));
            let check = |text: &str| {
                let parts = text.split_once(' ');
                let parts = parts.and_then(|(cpu, memory)| number(cpu).zip(number(memory.trim())));
                let (cpu, memory) = parts.ok_or("write two numbers, such as 512 1024")?;
                check::size(cpu, memory)
            };
            let question = "CPU units and MiB of memory";
            return Ok(ask(question, default.as_deref(), check)?);
        }
        let guessed = guessed.map_err(|why| InitError::Answer(format!("{from}: {why}")))?;
        let cpu = self.cpu.unwrap_or(guessed.0);
        // The least memory of a CPU is twice its units.
        let least = cpu.saturating_mul(2);
        let usual = if self.cpu.is_none_or(|cpu| cpu == guessed.0) {
            guessed.1
        } else {
            least
        };
        check::size(cpu, self.memory.unwrap_or(usual)).map_err(InitError::Answer)
    }
}

impl Decisions {
    fn one<T: Clone + Display>(
        &mut self,
        question: &'static Question,
        given: Option<&T>,
        guess: Option<&Guess<String>>,
        check: impl Fn(&str) -> Result<T, String>,
    ) -> Result<Option<T>, InitError> {
        if let Some(given) = given {
            return Ok(Some(given.clone()));
        }
        if self.asks {
            let checked = guess.map(|guess| question.checked(guess, &check));
            // What was found and cannot be is no default.
            if let Some(Err(error)) = &checked {
                say::err(error);
            }
            let default = checked.and_then(Result::ok).map(|it| it.to_string());
            return Ok(Some(ask(question.text, default.as_deref(), check)?));
        }
        let Some(guess) = guess else {
            self.missing.push(question);
            return Ok(None);
        };
        let checked = question.checked(guess, check)?;
        question.say(&checked, &guess.from);
        Ok(Some(checked))
    }
}

impl Question {
    /// What was found, if it may be an answer.
    fn checked<T>(
        &self,
        guess: &Guess<String>,
        check: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, InitError> {
        let Guess { value, from } = guess;
        check(value).map_err(|why| {
            let (text, example) = (self.text, self.example);
            InitError::Answer(format!(
                "{from}: {text} {value:?}: {why}; set {example}, with your own"
            ))
        })
    }

    /// Says what is taken.
    fn say(&self, value: impl Display, from: &str) {
        say::err(format_args!(
            "{} {value} ({from}); {} for another one",
            self.text, self.option
        ));
    }
}

/// Checks that the stack sets none of these itself.
fn check_free(variables: &[(String, String)], secrets: &[Secret]) -> Result<(), InitError> {
    let names = variables.iter().map(|(name, _)| name);
    let mut names = names.chain(secrets.iter().map(|secret| &secret.name));
    let taken = names.find_map(|name| Some((name, parameter_of(name)?)));
    match taken {
        None => Ok(()),
        Some((name, parameter)) => Err(InitError::Answer(format!(
            "{name} is set by the stack's parameter {parameter}; leave it out, and set that in ecs/ecs.toml"
        ))),
    }
}
