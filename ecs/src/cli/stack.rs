//! `cargo ecs up`, `park`, `unpark`.

use super::caller::{Access, ByCaller, access_to_change};
use super::chosen::Subject;
use super::confirm::confirm;
use super::defaults::Defaults;
use super::error::{CliError, failed, read_template};
use super::parameters::Parameters;
use super::progress::Lines;
use super::service::RegistryArgs;
use super::signals::Signals;
use super::upwards::TEMPLATE;
use super::{interrupt, say};
use crate::aws::{ApiError, Aws, Caller, Cloud, Retrying};
use crate::chain::chain;
use crate::live::{self, LiveError};
use crate::stack::{Applied, Change, Plan, Stack, StackError, apply, preflight, read};
use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Make the stack, or change it to what the template says
#[derive(Args, Debug)]
#[command(after_help = "\
Refuses before anything is touched if the image does not exist or the way to the service is not sound. Shows what would
change and asks. A stack that is there keeps its parameters, but for those of --parameter and of [parameters] in
ecs/ecs.toml, and the image that is running.

Exit codes: 0 done, or nothing to do, 1 not done, 18 refused by the preflight, 130 interrupted.

Examples:
  cargo ecs up --stack shop --image me/shop:3f1c9e7
  cargo ecs up --stack shop --parameter MaxCount=8 --dry-run")]
pub(super) struct Up {
    #[command(flatten)]
    common: Common,

    /// The image of a new stack, or another one for a stack that is there
    #[arg(long, value_name = "NAME:SHA")]
    image: Option<String>,

    /// A parameter of the template, instead of what [parameters] in ecs/ecs.toml says of it
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = super::parameter)]
    parameters: Vec<(String, String)>,

    /// The template
    #[arg(long, value_name = "FILE", default_value = TEMPLATE)]
    template: PathBuf,

    #[command(flatten)]
    registry: RegistryArgs,
}

/// Take away what costs by the hour: tasks and load balancer. The rest stays, and so do all settings
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  cargo ecs park --stack shop")]
pub(super) struct Park {
    #[command(flatten)]
    common: Common,
}

/// Bring back what park has taken away, with the same image, counts and scaling
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  cargo ecs unpark --stack shop")]
pub(super) struct Unpark {
    #[command(flatten)]
    common: Common,
}

#[derive(Args, Debug)]
struct Common {
    /// The stack, which is also the name of its cluster and service
    #[arg(long, value_name = "NAME", env = "ECS_SERVICE", value_parser = NonEmptyStringValueParser::new())]
    stack: String,

    /// Say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,

    /// Do not ask
    #[arg(long, short)]
    yes: bool,

    /// Print what changes as JSON
    #[arg(long)]
    json: bool,

    /// How many seconds to wait for the end
    #[arg(long, value_name = "SECONDS", default_value_t = 1800, value_parser = super::seconds())]
    timeout: u64,
}

/// What there is to do, before anything is.
struct Ready {
    aws: Retrying<Aws>,
    caller: Caller,
    /// None leaves the stack's own.
    template: Option<String>,
    parameters: Vec<(String, String)>,
}

impl Up {
    pub(super) fn subject(&self) -> Subject {
        Subject::Stack(self.common.stack.clone())
    }

    pub(super) async fn run(self, defaults: &Defaults) -> ExitCode {
        let applied = self.applied(defaults).await;
        self.common.finish(applied)
    }

    async fn applied(&self, defaults: &Defaults) -> Result<ByCaller<Applied>, CliError> {
        let ready = interrupt::unless_ended(self.ready(defaults)).await?;
        self.common.apply(ready).await
    }

    /// What there is to do, after the preflight.
    async fn ready(&self, defaults: &Defaults) -> Result<Ready, CliError> {
        let template = read_template(&self.template)?;
        let parameters = Parameters::new(&self.parameters, defaults, &self.template);
        let mut parameters = parameters.checked_by(&template)?;
        let Access {
            aws,
            client,
            caller,
        } = access_to_change().await?;
        parameters.extend(self.image.clone().map(|image| ("Image".to_owned(), image)));
        let stack = self.common.made(&aws).await?;
        let parameters = self
            .common
            .with_image(&aws, stack.is_none(), parameters)
            .await?;
        let kept = stack.iter().flat_map(|stack| &stack.parameters);
        // The first of a name counts.
        let all = parameters
            .iter()
            .map(|(name, value)| (name, value))
            .chain(kept);
        let all: Vec<_> = all
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let registry = self.registry.registry(client);
        match preflight(&template, &all, &registry, &self.common.stack).await {
            Ok(Some(report)) if !report.ok => return Err(CliError::Refused(report)),
            Ok(_) => {}
            Err(error) => say::err(format_args!("preflight skipped: {}", chain(&error))),
        }
        Ok(Ready {
            aws,
            caller,
            template: Some(template),
            parameters,
        })
    }
}

impl Park {
    pub(super) fn subject(&self) -> Subject {
        Subject::Stack(self.common.stack.clone())
    }

    pub(super) async fn run(self) -> ExitCode {
        self.common.finish(self.common.set_parked("true").await)
    }
}

impl Unpark {
    pub(super) fn subject(&self) -> Subject {
        Subject::Stack(self.common.stack.clone())
    }

    pub(super) async fn run(self) -> ExitCode {
        self.common.finish(self.common.set_parked("false").await)
    }
}

impl Common {
    async fn set_parked(&self, is_parked: &str) -> Result<ByCaller<Applied>, CliError> {
        let ready = interrupt::unless_ended(self.ready_to_park(is_parked)).await?;
        self.apply(ready).await
    }

    async fn ready_to_park(&self, is_parked: &str) -> Result<Ready, CliError> {
        let Access { aws, caller, .. } = access_to_change().await?;
        if self.made(&aws).await?.is_none() {
            return Err(StackError::NoStack(self.stack.clone()).into());
        }
        let parked = vec![("Parked".to_owned(), is_parked.to_owned())];
        let parameters = self.with_image(&aws, false, parked).await?;
        Ok(Ready {
            aws,
            caller,
            template: None,
            parameters,
        })
    }

    /// The stack, unless there is none or no more than a plan of it.
    async fn made(&self, aws: &impl Cloud) -> Result<Option<Stack>, ApiError> {
        let stack = read(aws, &self.stack).await?;
        Ok(stack.filter(|stack| !stack.is_plan()))
    }

    /// The parameters with the image: the given one, or else the one that runs.
    async fn with_image(
        &self,
        aws: &impl Cloud,
        is_new: bool,
        mut parameters: Vec<(String, String)>,
    ) -> Result<Vec<(String, String)>, CliError> {
        if !parameters.iter().any(|(name, _)| name == "Image") {
            let image = running_image(aws, &self.stack).await?;
            if is_new && image.is_none() {
                return Err(StackError::NoImage.into());
            }
            parameters.extend(image.map(|image| ("Image".to_owned(), image)));
        }
        Ok(parameters)
    }

    async fn apply(&self, ready: Ready) -> Result<ByCaller<Applied>, CliError> {
        let Ready {
            aws,
            caller,
            template,
            parameters,
        } = ready;
        let plan = Plan {
            name: self.stack.clone(),
            template,
            parameters,
            change_set: super::change_set(),
            dry_run: self.dry_run,
            timeout: Duration::from_secs(self.timeout),
        };
        let agrees = async |changes: &[Change]| {
            if self.yes {
                say::err(in_words(changes));
            }
            self.yes || confirm(&in_words(changes)).await
        };
        let mut lines = Lines::new();
        let watched = lines.watched();
        let mut signals = Signals::listen();
        tokio::select! {
            applied = apply(&aws, &plan, agrees, &mut lines) => {
                let result = applied?;
                return Ok(ByCaller { result, caller });
            }
            _ = signals.next() => {}
        }
        Err(interrupt::leave(&aws, watched.stage(), &mut signals).await)
    }

    fn finish(&self, applied: Result<ByCaller<Applied>, CliError>) -> ExitCode {
        let applied = match applied {
            Ok(applied) => applied,
            Err(error) => return failed(&error, self.json),
        };
        if self.json {
            say::json(&applied);
        } else {
            self.tell(&applied.result);
        }
        let applied = applied.result;
        // Who says no gets to know that it was not done.
        let is_as_asked = applied.is_done || applied.changes.is_empty() || self.dry_run;
        if is_as_asked {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    fn tell(&self, applied: &Applied) {
        if applied.changes.is_empty() {
            say::out(format_args!("{} is already up to date", self.stack));
        } else if applied.is_done {
            let url = applied
                .url
                .as_ref()
                .map_or(String::new(), |url| format!(": {url}"));
            say::out(format_args!("{} is ready{url}", self.stack));
        } else if self.dry_run {
            say::out(format_args!(
                "{}nothing was changed",
                in_words(&applied.changes)
            ));
        } else {
            // Who was asked has seen the changes.
            say::err("nothing was changed");
        }
    }
}

/// The image that deployments have brought, which the stack's own parameter may not know.
async fn running_image(cloud: &impl Cloud, name: &str) -> Result<Option<String>, LiveError> {
    let service = match live::service(cloud, name, name).await {
        Err(LiveError::NoService { .. }) => return Ok(None),
        Err(LiveError::Api(error)) if error.code() == Some("ClusterNotFoundException") => {
            return Ok(None);
        }
        service => service?,
    };
    let definition = service.task_definition.as_deref().unwrap_or_default();
    let mut facts = live::attachments(&service)?;
    facts.definition = live::definition(cloud, definition).await?;
    Ok(facts.main_container().map(|main| main.image.clone()))
}

fn in_words(changes: &[Change]) -> String {
    changes.iter().map(|change| format!("{change}\n")).collect()
}
