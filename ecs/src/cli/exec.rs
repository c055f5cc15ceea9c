//! `cargo ecs exec`.

use super::error::{CliError, failed};
use super::say;
use super::service::{RegistryArgs, ServiceArgs, access};
use super::signals::{Received, Signals};
use crate::aws::Cloud;
use crate::task::exec::{Place, Wanted, place};
use clap::Args;
use serde_json::{Value, json};
use std::io;
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{sleep, timeout};

/// What keeps up the session, as for the aws command.
const PLUGIN: &str = "session-manager-plugin";
/// Where it finds the session: an argument would show its token to all who list processes.
const SESSION: &str = "AWS_SSM_START_SESSION_RESPONSE";

/// How long the registry may take to say whether there is a shell.
const REGISTRY: Duration = Duration::from_secs(3);

/// Run a command in a task that runs, or open a shell there
#[derive(Args, Debug)]
#[command(after_help = "\
Needs the Session Manager plugin (1.2.497 or newer), a service with --enable-execute-command, and a task role that may
open the session; what is missing is told with how to change it. An image from scratch has no shell: name a program that
it has. The exit code is the plugin's, which does not get to know the command's: look at what is printed.

Examples:
  cargo ecs exec --service shop
  cargo ecs exec --service shop -- env
  cargo ecs exec --service shop --task 0f3a9c --container app -- /bin/bash")]
pub(super) struct Exec {
    #[command(flatten)]
    pub(super) service: ServiceArgs,

    /// A task's id, or its beginning [default: the one that started last]
    #[arg(long, value_name = "ID")]
    task: Option<String>,

    /// The container [default: the one that requests go to]
    #[arg(long, value_name = "NAME")]
    container: Option<String>,

    #[command(flatten)]
    registry: RegistryArgs,

    /// The command [default: /bin/sh]
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

impl Exec {
    pub(super) async fn run(self) -> ExitCode {
        match self.exec().await {
            Ok(status) => match status.code().and_then(|code| u8::try_from(code).ok()) {
                Some(code) => ExitCode::from(code),
                None => ExitCode::FAILURE,
            },
            Err(error) => failed(&error, false),
        }
    }

    async fn exec(&self) -> Result<ExitStatus, CliError> {
        let command = if self.command.is_empty() {
            "/bin/sh".to_owned()
        } else {
            let words = self.command.iter().map(String::as_str);
            let line = shlex::try_join(words);
            line.map_err(|_| CliError::Command(self.command.join(" ")))?
        };
        let (aws, client) = access().await?;
        let wanted = Wanted {
            name: self.service.name(),
            task: self.task.as_deref(),
            container: self.container.as_deref(),
        };
        let place = place(&aws, &wanted).await?;
        // Before a session is begun that nobody takes.
        has_plugin()?;
        say::err(format_args!(
            "running {command} in the container {} of the task {}",
            place.container, place.task
        ));
        if is_shell(&command) {
            let registry = self.registry.registry(client);
            let scratch = timeout(REGISTRY, place.is_from_scratch(&registry)).await;
            if scratch.unwrap_or_default() {
                say::err(
                    "warning: the image is built from scratch, and has no shell unless it was copied there: name a program that it has",
                );
            }
        }
        let session = place.begin(&aws, &command).await?;
        kept_up(plugin(&session, aws.region(), &place)).await
    }
}

/// Runs the plugin to its end. What keys send as signals is for the command there; the plugin gets them too, and passes
/// them on. SIGTERM is sent to this program alone, and ends both.
async fn kept_up(mut plugin: Command) -> Result<ExitStatus, CliError> {
    let mut signals = Signals::listen();
    let _keys = [SignalKind::quit(), SignalKind::from_raw(SUSPEND)].map(signal);
    let mut plugin = plugin.spawn().map_err(CliError::Plugin)?;
    loop {
        if let Some(status) = plugin.try_wait().map_err(CliError::Plugin)? {
            return Ok(status);
        }
        tokio::select! {
            () = sleep(LOOK) => {}
            received = signals.next() => if received == Received::Terminate {
                plugin.kill().and_then(|()| plugin.wait()).map_err(CliError::Plugin)?;
                return Err(CliError::Interrupted(LEFT.to_owned()));
            },
        }
    }
}

/// SIGTSTP, which Ctrl-Z sends.
const SUSPEND: i32 = if cfg!(any(target_os = "linux", target_os = "android")) {
    20
} else {
    18
};

/// Between two looks at whether the plugin has ended.
const LOOK: Duration = Duration::from_millis(50);

const LEFT: &str = "interrupted; the command may go on in the container";

/// If a command begins with a shell.
fn is_shell(command: &str) -> bool {
    let program = command.split_whitespace().next().unwrap_or_default();
    let name = program.rsplit('/').next().unwrap_or_default();
    ["sh", "ash", "bash", "dash", "zsh"].contains(&name)
}

fn has_plugin() -> Result<(), CliError> {
    let mut version = Command::new(PLUGIN);
    version.arg("--version").stdin(Stdio::null());
    let version = version.stdout(Stdio::null()).stderr(Stdio::null()).status();
    version.map(drop).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => CliError::NoPlugin,
        _ => CliError::Plugin(error),
    })
}

/// As `aws ecs execute-command` calls it.
fn plugin(session: &Value, region: &str, place: &Place) -> Command {
    let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
    let mut plugin = Command::new(PLUGIN);
    plugin.env(SESSION, session.to_string());
    plugin.args([SESSION, region, "StartSession", ""]);
    plugin.arg(json!({ "Target": place.target() }).to_string());
    plugin.arg(format!("https://ssm.{region}.amazonaws.com{suffix}"));
    plugin
}
