//! `cargo ecs status --watch`: drawn again and again on a terminal, and only what changes everywhere else.

use super::drawing::has_cursor;
use super::error::CliError;
use super::paste::completed;
use super::say;
use super::signals::Signals;
use super::terminal::visible;
use crate::aws::Cloud;
use crate::aws::ecs::ServiceName;
use crate::chain::chain;
use crate::live::{LiveError, Status, changes, status};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, stdout};
use std::process::ExitCode;
use std::time::{Duration, SystemTime};
use tokio::time::sleep;

/// Between two looks. ECS itself takes seconds for each of its steps.
const POLL: Duration = Duration::from_secs(5);

/// Looks until Ctrl-C or SIGTERM, which are a success: nothing else ends it.
///
/// # Errors
///
/// If the service cannot be read at first, or if the credentials are of no use any more.
pub(super) async fn watch(
    aws: &impl Cloud,
    name: ServiceName<'_>,
    is_json: bool,
) -> Result<ExitCode, CliError> {
    let mut signals = Signals::listen();
    let mut screen = Screen::new(is_json);
    tokio::select! {
        looked = looks(aws, name, &mut screen) => looked.map(|()| ExitCode::SUCCESS).map_err(Into::into),
        _ = signals.next() => Ok(ExitCode::SUCCESS),
    }
}

/// Looks until nobody reads it, or that makes no sense any more.
async fn looks(
    aws: &impl Cloud,
    name: ServiceName<'_>,
    screen: &mut Screen,
) -> Result<(), LiveError> {
    while !say::is_closed() {
        match status(aws, name.cluster, name.service).await {
            Ok(status) => screen.show(status),
            Err(error) if screen.last.is_none() || is_final(&error) => return Err(error),
            Err(error) => screen.tell(&format!("cannot look for now: {}", chain(&error))),
        }
        sleep(POLL).await;
    }
    Ok(())
}

fn is_final(error: &LiveError) -> bool {
    match error {
        LiveError::Api(error) => error.is_lockout() || error.is_denied(),
        _ => true,
    }
}

/// Where it is shown, and what was shown last.
struct Screen {
    terminal: Option<ProgressBar>,
    is_json: bool,
    last: Option<Status>,
    told: Option<String>,
}

impl Screen {
    fn new(is_json: bool) -> Self {
        let has_terminal = !is_json && stdout().is_terminal() && has_cursor();
        let terminal = has_terminal.then(|| {
            // It knows the terminal's size, and draws no more than fits.
            let target = ProgressDrawTarget::stdout();
            let terminal = ProgressBar::with_draw_target(None, target);
            let style = ProgressStyle::with_template("{msg}");
            terminal.with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
        });
        Self {
            terminal,
            is_json,
            last: None,
            told: None,
        }
    }

    fn show(&mut self, status: Status) {
        self.told = None;
        if let Some(terminal) = &self.terminal {
            let text = completed(&status.to_string());
            terminal.set_message(visible(text.trim_end(), &[]));
            terminal.tick();
        } else {
            self.print(&status);
        }
        self.last = Some(status);
    }

    fn print(&self, status: &Status) {
        let new = changes(self.last.as_ref(), status);
        if self.is_json {
            if !new.is_empty() {
                say::json_line(status);
            }
            return;
        }
        let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
        for line in new {
            let line = completed(&line);
            // The first look is no change.
            match &self.last {
                None => say::out(line),
                Some(_) => say::out(format_args!("{now} {line}")),
            }
        }
    }

    /// Once, as long as it goes on.
    fn tell(&mut self, text: &str) {
        if self.told.as_deref() == Some(text) {
            return;
        }
        self.told = Some(text.to_owned());
        match &self.terminal {
            Some(terminal) => terminal.println(visible(text, &[])),
            None => say::err(text),
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        if let Some(terminal) = &self.terminal {
            terminal.abandon();
        }
    }
}
