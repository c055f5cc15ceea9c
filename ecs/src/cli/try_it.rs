//! `cargo ecs try`.

use super::defaults::Defaults;
use super::drawing::{self, Drawing};
use super::error::{CliError, failed, read_template};
use super::signals::Signals;
use super::upwards::{TEMPLATE, found, looked_in, nearest};
use super::{say, terminal};
use crate::aws::Aws;
use crate::deploy::Progress;
use crate::files::Template;
use crate::http::{Limit, client};
use crate::image::Registry;
use crate::stack::StackError;
use crate::try_it::{
    Cache, Emulator, Engine, Guide, How, Images, Kept, Life, NAMES, TryError, Walk, WalkError,
    exports, kept, stop, walk,
};
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// The stack of this repository, for services that have none of their own.
const STACK: &str = include_str!("../../stack.yaml");
/// For each step: a container of the emulator starts within seconds.
const STEP: Duration = Duration::from_secs(300);

/// Walk the whole way on this machine, without an AWS account: made, broken, diagnosed, taken down
#[derive(Args, Debug)]
#[command(after_help = "\
An emulator of AWS runs the service's tasks as containers of this machine's Docker Engine. It is installed into the
user's cache on first use. The image is built from the nearest Dockerfile, or is a local one. No account is touched,
whatever the environment says, and nothing is left: docs/try-it.md has what is emulated, and how AWS differs.

Examples:
  cargo ecs try
  cargo ecs try --image shop:local
  eval \"$(cargo ecs try start)\"     # then every other command, against the emulator
  cargo ecs try stop")]
pub(super) struct Try {
    #[command(subcommand)]
    command: Option<TryCommand>,

    #[command(flatten)]
    image: LocalImage,
}

#[derive(Args, Debug)]
struct LocalImage {
    /// A local image, instead of one that is built from the nearest Dockerfile
    #[arg(long, value_name = "NAME")]
    image: Option<String>,
}

#[derive(Debug, Subcommand)]
enum TryCommand {
    /// Start the emulator and leave it running; prints what to export
    #[command(after_help = "Example:\n  eval \"$(cargo ecs try start)\"")]
    Start(LocalImage),
    /// End it, with all that runs in it
    Stop,
}

impl Try {
    pub(super) async fn run(self, defaults: &Defaults) -> ExitCode {
        let done = match &self.command {
            None => self.image.walk(defaults).await,
            Some(TryCommand::Start(image)) => image.start().await,
            Some(TryCommand::Stop) => stopped().await,
        };
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => failed(&error, false),
        }
    }
}

async fn stopped() -> Result<(), CliError> {
    let cache = Cache::of_user()?;
    let ports = stop(&cache, Engine::find().await?).await?;
    say::err(match ports.as_slice() {
        [] => "nothing is running",
        _ => "stopped, and nothing is left",
    });
    Ok(())
}

impl LocalImage {
    /// The whole way. However it ends, the emulator does too.
    async fn walk(&self, defaults: &Defaults) -> Result<(), CliError> {
        let (_, given) = defaults.parameters();
        let own = found(Path::new(TEMPLATE), TEMPLATE);
        let template = match own.exists() {
            true => read_template(&own)?,
            false => STACK.to_owned(),
        };
        let known = Template::parse(&template).map_err(StackError::from)?;
        let Kept {
            mut parameters,
            left_out,
        } = kept(given);
        parameters.retain(|(name, _)| known.parameters().any(|it| it == name));
        if !left_out.is_empty() {
            let names = left_out.join(", ");
            say::err(format_args!(
                "left out, since the emulator has none of an account's own: {names}"
            ));
        }

        let mut signals = Signals::listen();
        let started = tokio::select! {
            started = self.started(Life::Walk) => started?,
            _ = signals.next() => return Err(interrupted()),
        };
        let (emulator, images) = started;
        let endpoint = emulator.endpoint();
        let done = tokio::select! {
            done = go(&endpoint, (template, parameters), images) => done,
            _ = signals.next() => Err(interrupted()),
        };
        say::err("ending the emulator");
        let ended = emulator.end().await;
        done?;
        ended?;
        say::out("\nall of it is gone; by hand: eval \"$(cargo ecs try start)\"");
        Ok(())
    }

    async fn start(&self) -> Result<(), CliError> {
        let mut signals = Signals::listen();
        let (emulator, images) = tokio::select! {
            started = self.started(Life::UntilStopped) => started?,
            _ = signals.next() => return Err(interrupted()),
        };
        say::out(exports(set_variables(), &emulator.endpoint(), &images));
        say::err(format_args!(
            "the emulator runs; with what is printed evaluated by the shell: \
             cargo ecs up --image \"$IMAGE:{}\" --parameter \"Architecture=$ARCHITECTURE\"\n\
             it ends by: cargo ecs try stop",
            NAMES[0]
        ));
        Ok(())
    }

    /// An emulator with the images in its registry.
    async fn started(&self, life: Life) -> Result<(Emulator, Images), CliError> {
        let engine = Engine::find().await?;
        let cache = Cache::of_user()?;
        let image = match &self.image {
            Some(image) => image.clone(),
            None => {
                let folder = folder_to_build()?;
                say::err(format_args!("building the image of {}", folder.display()));
                engine.build(&folder).await?
            }
        };
        let emulator = Emulator::start(&cache, engine, life, |text| say::err(text)).await?;
        match engine.push(&image, emulator.registry).await {
            Ok(images) => Ok((emulator, images)),
            Err(error) => {
                let _ = emulator.end().await;
                Err(error.into())
            }
        }
    }
}

/// The names of what this process's environment has, which is the shell's.
#[allow(
    clippy::disallowed_methods,
    reason = "whatever is about an account is to be unset, by whatever name"
)]
fn set_variables() -> impl Iterator<Item = String> {
    std::env::vars_os().filter_map(|(name, _)| name.into_string().ok())
}

fn interrupted() -> CliError {
    CliError::Interrupted("interrupted; nothing is left".into())
}

/// The one of the nearest Dockerfile.
fn folder_to_build() -> Result<PathBuf, CliError> {
    let here = std::env::current_dir().unwrap_or_default();
    let file = nearest(&here, std::env::home_dir().as_deref(), &["Dockerfile"]);
    let folder = file.and_then(|file| file.parent().map(Path::to_owned));
    let none = || TryError::NoDockerfile { place: looked_in() };
    Ok(folder.ok_or_else(none)?)
}

async fn go(
    endpoint: &str,
    (template, parameters): (String, Vec<(String, String)>),
    images: Images,
) -> Result<(), CliError> {
    let limit = Limit::DEFAULT;
    let client = client(limit)?;
    let aws = Aws::emulated(client.clone(), limit, endpoint);
    let registry = Registry::new(client, None);
    let plan = Walk {
        template,
        parameters,
        images,
        change_set: super::change_set,
        timeout: STEP,
    };
    let mut shown = Shown::new();
    walk(&aws, &registry, &plan, &mut shown).await?;
    Ok(())
}

/// The walk on the terminal: steps and what they find stay, what happens meanwhile is shown for as long as it does.
struct Shown {
    start: Instant,
    count: usize,
    _drawing: Drawing,
}

impl Shown {
    fn new() -> Self {
        let start = Instant::now();
        Self {
            start,
            count: 0,
            _drawing: Drawing::begin(start),
        }
    }
}

impl Progress for Shown {
    fn tell(&mut self, text: &str) {
        drawing::show(text);
    }

    fn line(&mut self, text: &str) {
        drawing::show(text);
    }
}

impl Guide for Shown {
    fn step(&mut self, what: &str, how: How<'_>) {
        self.count += 1;
        let seconds = self.start.elapsed().as_secs();
        let how = match how {
            How::Command(command) => format!("$ {command}"),
            How::Change(change) => change.to_owned(),
            How::Not(why) => format!("skipped: {why}"),
        };
        drawing::show(what);
        say::out(format_args!(
            "\n{}. {what} ({seconds} s)\n   {how}",
            self.count
        ));
    }

    fn found(&mut self, text: &str) {
        let lines = text.lines().map(|line| format!("   {line}"));
        let lines: Vec<String> = lines.collect();
        say::out_styled(lines.join("\n"), terminal::OWN);
    }
}

impl From<WalkError> for CliError {
    fn from(error: WalkError) -> Self {
        match error {
            WalkError::Api(error) => Self::Api(error),
            WalkError::Live(error) => Self::Live(error),
            WalkError::Stack(error) => Self::Stack(error),
            other => Self::Walk(other.to_string()),
        }
    }
}
