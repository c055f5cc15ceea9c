//! Where the program begins and ends: arguments that cannot be read, and output that nobody gets.

use super::{Cli, outcome, say};
use crate::deploy::Outcome;
use clap::Parser;
use std::ffi::OsString;
use std::process::ExitCode;

/// The exit code for arguments that cannot be read, as of clap.
const WRONG_ARGUMENTS: u8 = 2;

/// Reads the arguments and does what was asked.
pub async fn main() -> ExitCode {
    let arguments = super::arguments();
    let code = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli.run().await,
        Err(error) => unread(&error, &arguments),
    };
    say::ended(code)
}

/// Help was asked for, or the arguments are wrong.
fn unread(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    let text = error.render().ansi().to_string();
    if !error.use_stderr() {
        say::out(text);
        return ExitCode::SUCCESS;
    }
    say::err(&text);
    let own = || arguments.iter().take_while(|argument| *argument != "--");
    if own().any(|argument| argument == "--json") {
        let plain = say::stripped(&text);
        let plain = plain.trim().to_owned();
        // Which service is meant is not known either.
        match own().nth(1).and_then(|command| command.to_str()) {
            Some("deploy" | "rollback" | "continue") => {
                outcome::json(&Outcome::of_error(("", ""), plain));
            }
            _ => say::json(&serde_json::json!({ "error": plain })),
        }
    }
    ExitCode::from(WRONG_ARGUMENTS)
}
