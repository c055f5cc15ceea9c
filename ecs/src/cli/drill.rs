//! `cargo ecs drill`.

use super::caller::{Access, ByCaller, access_to_change};
use super::confirm::confirm;
use super::defaults::Defaults;
use super::error::{CliError, failed, read_template};
use super::parameters::Parameters;
use super::progress::Lines;
use super::say;
use super::service::RegistryArgs;
use super::signals::Signals;
use super::upwards::TEMPLATE;
use crate::aws::Caller;
use crate::drill::{Drill, Step, drill};
use crate::image::Reference;
use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Drill the whole road: down, up, deploy, doctor, four breaks with each diagnosed, rollback, down
#[derive(Args, Debug)]
#[command(after_help = "\
It makes a stack of its own, breaks it in the ways in which such services break, and takes it down. What runs in a
stack of this name is gone afterwards. It costs what a few minutes of the service cost.

Examples:
  cargo ecs drill --stack drill --image me/shop:3f1c9e7
  cargo ecs drill --stack drill --image me/shop:3f1c9e7 --yes --json")]
pub(super) struct DrillArgs {
    /// The stack. It is deleted, before and after
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    pub(super) stack: String,

    /// An image that exists
    #[arg(long, value_name = "NAME:SHA")]
    image: String,

    /// The template
    #[arg(long, value_name = "FILE", default_value = TEMPLATE)]
    template: PathBuf,

    /// A parameter of the template, instead of what [parameters] in ecs/ecs.toml says of it
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = super::parameter)]
    parameters: Vec<(String, String)>,

    #[command(flatten)]
    registry: RegistryArgs,

    /// How many seconds each step may take
    #[arg(long, value_name = "SECONDS", default_value_t = 1200, value_parser = super::seconds())]
    timeout: u64,

    /// Do not ask
    #[arg(long, short)]
    yes: bool,

    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,

    /// Print the steps as JSON
    #[arg(long)]
    json: bool,
}

impl DrillArgs {
    pub(super) async fn run(self, defaults: &Defaults) -> ExitCode {
        let question = format!(
            "the stack {} and all that is in it will be deleted, made and deleted again\n",
            self.stack
        );
        if self.dry_run {
            // With --json, stdout is for JSON alone.
            if self.json {
                say::err(&question);
            } else {
                say::out(&question);
            }
            return ExitCode::SUCCESS;
        }
        match self.drilled(&question, defaults).await {
            Ok(ByCaller { result, caller }) => self.print(&result, caller),
            Err(error) => failed(&error, self.json),
        }
    }

    async fn drilled(
        &self,
        question: &str,
        defaults: &Defaults,
    ) -> Result<ByCaller<Vec<Step>>, CliError> {
        let template = read_template(&self.template)?;
        let parameters = Parameters::new(&self.parameters, defaults, &self.template);
        let parameters = parameters.checked_by(&template)?;
        let Access {
            aws,
            client,
            caller,
        } = access_to_change().await?;
        if !self.yes && !confirm(question).await {
            return Err(CliError::NotAgreed);
        }
        let registry = self.registry.registry(client);
        let image: Reference = self.image.parse().map_err(|source| CliError::Image {
            image: self.image.clone(),
            source,
        })?;
        let plan = Drill {
            stack: self.stack.clone(),
            template,
            parameters,
            image,
            change_set: super::change_set(),
            timeout: Duration::from_secs(self.timeout),
        };
        let mut lines = Lines::new();
        let mut signals = Signals::listen();
        tokio::select! {
            steps = drill(&aws, &registry, &plan, &mut lines) => Ok(ByCaller { result: steps, caller }),
            _ = signals.next() => Err(CliError::Interrupted(format!(
                "interrupted; the stack {0} may be there, and costs; take it down: cargo ecs down --stack {0}",
                self.stack
            ))),
        }
    }

    fn print(&self, steps: &[Step], caller: Caller) -> ExitCode {
        let is_sound = steps.iter().all(|step| step.failure.is_none());
        if self.json {
            let result = json!({ "ok": is_sound, "steps": steps });
            say::json(&ByCaller { result, caller });
        } else {
            for Step {
                name,
                seconds,
                failure,
            } in steps
            {
                let end = failure.as_deref().unwrap_or("ok");
                say::out(format_args!("{seconds:>7.1} s  {name}: {end}"));
            }
            let all: f64 = steps.iter().map(|step| step.seconds).sum();
            let end = if is_sound { "ok" } else { "failed" };
            say::out(format_args!("{all:>7.1} s  in all: {end}"));
        }
        if is_sound {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}
