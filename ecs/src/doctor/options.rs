//! The server's options, as far as the definition of a container shows them.

use crate::facts::{Container, Facts};
use crate::placeholder;
use dualrun::Options;
use dualrun::options::PREFIX;
use std::fmt::Display;
use std::net::SocketAddr;
use std::str::FromStr;

pub(super) const ADDR: &str = "DUALRUN_ADDR";
pub(super) const BASE_PATH: &str = "DUALRUN_BASE_PATH";
pub(super) const DRAIN_TIMEOUT: &str = "DUALRUN_DRAIN_TIMEOUT";
pub(super) const HEALTH_PATH: &str = "DUALRUN_HEALTH_PATH";
pub(super) const LAME_DUCK: &str = "DUALRUN_LAME_DUCK";
const METRICS: &str = "DUALRUN_METRICS";
pub(super) const METRICS_ADDR: &str = "DUALRUN_METRICS_ADDR";
pub(super) const READY_PATH: &str = "DUALRUN_READY_PATH";

/// An option whose value is unknown.
#[derive(Debug)]
pub(super) struct UnknownOption {
    pub(super) name: &'static str,
    /// What its value does, such as "comes from secrets".
    pub(super) why: String,
}

/// What the definition sets an option to, if it does.
pub(super) fn option<T>(
    container: &Container,
    name: &'static str,
) -> Result<Option<T>, UnknownOption>
where
    T: FromStr<Err: Display>,
{
    let unknown = |why: String| UnknownOption { name, why };
    if let Some(value) = container.variable(name) {
        // Without the value, as in the server's own reports: it may be a secret in the wrong place.
        let value = value.parse().map(Some);
        return value.map_err(|error| unknown(format!("is {error}")));
    }
    if container.secret(name).is_some() {
        return Err(unknown("comes from secrets".into()));
    }
    if !container.environment_files.is_empty() {
        return Err(unknown("may come from environmentFiles".into()));
    }
    if container.may_have_more_variables() {
        return Err(unknown(
            "may be a variable whose name is not known here".into(),
        ));
    }
    Ok(None)
}

/// The port on which the server shows its metrics to Prometheus, if it does.
pub(super) fn metrics_port(container: &Container) -> Result<Option<u16>, UnknownOption> {
    if !takes_options(container) {
        return Ok(None);
    }
    let unknown = |why: &str| UnknownOption {
        name: METRICS,
        why: why.to_owned(),
    };
    match option::<String>(container, METRICS)?.as_deref() {
        Some("prometheus") => {}
        Some(value) if placeholder::first(value).is_some() => {
            return Err(unknown("has a value that is not known here"));
        }
        _ => return Ok(None),
    }
    port_for_metrics(container).map(Some)
}

/// The port on which it would show them.
pub(super) fn port_for_metrics(container: &Container) -> Result<u16, UnknownOption> {
    let set = option::<SocketAddr>(container, METRICS_ADDR)?;
    let addr = set.unwrap_or_else(|| Options::default().metrics_addr);
    Ok(addr.port())
}

/// If it runs the server of this repository, whose default port is known without its image.
pub(super) fn is_ours(container: &Container) -> bool {
    if container.contract().is_some() {
        return true;
    }
    let check = container.health_check.as_ref();
    check.is_some_and(|check| check.command.iter().any(|part| part == "/bin-fargate"))
}

/// If its service, perhaps another one than this repository's, is served by that server.
pub(super) fn takes_options(container: &Container) -> bool {
    let plain = container.environment.iter().map(|it| &it.name);
    let mut names = plain.chain(container.secrets.iter().map(|it| &it.name));
    is_ours(container) || names.any(|name| name.starts_with(PREFIX))
}

/// If requests go to that server, of this repository's service or of one that was made like it: that asks itself, and has a
/// name.
pub(crate) fn is_on_dualrun(facts: &Facts) -> bool {
    facts.main_container().is_some_and(|container| {
        let check = container.health_check.as_ref();
        let asks_itself = check.is_some_and(|check| {
            matches!(check.command.as_slice(), [kind, _, word] if kind == "CMD" && word == "healthcheck")
        });
        takes_options(container) || asks_itself && container.variable("APP_NAME").is_some()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use dualrun::options::VARIABLES;

    #[test]
    fn the_server_has_an_option_of_each_name() {
        for name in [
            ADDR,
            BASE_PATH,
            DRAIN_TIMEOUT,
            HEALTH_PATH,
            LAME_DUCK,
            METRICS,
            METRICS_ADDR,
            READY_PATH,
        ] {
            assert!(VARIABLES.iter().any(|row| row.name == name), "{name}");
        }
    }
}
