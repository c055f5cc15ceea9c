//! Where the program begins and ends: arguments that cannot be read, and output that nobody gets.

use super::defaults::{BadDefaults, Defaults};
use super::error::failed;
use super::{Cli, outcome, say, terminal};
use crate::aws::ecs::ServiceName;
use crate::deploy::Outcome;
use std::ffi::OsString;
use std::process::ExitCode;

/// The exit code for arguments that cannot be read, as of clap.
pub(super) const WRONG_ARGUMENTS: u8 = 2;

/// Reads the arguments and does what was asked.
pub async fn main() -> ExitCode {
    let arguments = super::arguments();
    let code = match Defaults::read() {
        Ok(defaults) => match Cli::asked(&arguments, defaults) {
            Ok(cli) => cli.run().await,
            Err(error) => unread(&error, &arguments),
        },
        Err(error) => without_defaults(error, &arguments).await,
    };
    say::ended(code)
}

/// Where the file with defaults cannot be used, only help and completions are to be had.
async fn without_defaults(error: BadDefaults, arguments: &[OsString]) -> ExitCode {
    match Cli::asked(arguments, Defaults::default()) {
        Err(help) if !help.use_stderr() => unread(&help, arguments),
        Ok(cli) if cli.is_without_defaults() => cli.run().await,
        _ => {
            let is_json = arguments.iter().any(|argument| argument == "--json");
            failed(&error.into(), is_json);
            ExitCode::from(WRONG_ARGUMENTS)
        }
    }
}

/// Help was asked for, or the arguments are wrong.
fn unread(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    let text = error.render().ansi().to_string();
    if !error.use_stderr() {
        say::out_styled(text, terminal::OF_CLAP);
        return ExitCode::SUCCESS;
    }
    say::err_styled(&text, terminal::OF_CLAP);
    let own = || arguments.iter().take_while(|argument| *argument != "--");
    if own().any(|argument| argument == "--json") {
        let plain = say::stripped(&text);
        let plain = plain.trim().to_owned();
        // Which service is meant is not known either.
        let is_outcome = |argument: &OsString| {
            let commands = ["deploy", "rollback", "continue", "wait"];
            commands.iter().any(|command| argument == command)
        };
        match own().find(|argument| is_outcome(argument)) {
            Some(_) => {
                let nobody = ServiceName {
                    cluster: "",
                    service: "",
                };
                outcome::json(&Outcome::of_error(nobody, plain));
            }
            None => say::json(&serde_json::json!({ "error": plain })),
        }
    }
    ExitCode::from(WRONG_ARGUMENTS)
}
