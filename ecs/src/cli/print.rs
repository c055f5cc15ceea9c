//! Prints what a command has found: as JSON where that was asked for, and otherwise for people.

use super::paste::completed;
use super::say;
use serde::Serialize;
use std::fmt::Display;
use std::process::ExitCode;

/// Prints it, which is a success.
pub(super) fn print<T: Serialize + Display>(what: &T, is_json: bool) -> ExitCode {
    if is_json {
        say::json(what);
    } else {
        say::out(completed(&what.to_string()));
    }
    ExitCode::SUCCESS
}
