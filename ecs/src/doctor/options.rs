//! The server's options, as far as the definition of a container shows them.

use crate::facts::Container;
use dualrun::options::PREFIX;
use std::fmt::Display;
use std::str::FromStr;

pub(super) const ADDR: &str = "DUALRUN_ADDR";
pub(super) const BASE_PATH: &str = "DUALRUN_BASE_PATH";
pub(super) const DRAIN_TIMEOUT: &str = "DUALRUN_DRAIN_TIMEOUT";
pub(super) const HEALTH_PATH: &str = "DUALRUN_HEALTH_PATH";
pub(super) const LAME_DUCK: &str = "DUALRUN_LAME_DUCK";
pub(super) const READY_PATH: &str = "DUALRUN_READY_PATH";

/// An option whose value is unknown.
#[derive(Debug)]
pub(super) struct Unseen {
    pub(super) name: &'static str,
    /// What its value does, such as "comes from secrets".
    pub(super) why: String,
}

/// What the definition sets an option to, if it does.
pub(super) fn option<T>(container: &Container, name: &'static str) -> Result<Option<T>, Unseen>
where
    T: FromStr<Err: Display>,
{
    let unseen = |why: String| Unseen { name, why };
    if let Some(value) = container.variable(name) {
        // Without the value, as in the server's own reports: it may be a secret in the wrong place.
        let value = value.parse().map(Some);
        return value.map_err(|error| unseen(format!("is {error}")));
    }
    if container.secret(name).is_some() {
        return Err(unseen("comes from secrets".into()));
    }
    if !container.environment_files.is_empty() {
        return Err(unseen("may come from environmentFiles".into()));
    }
    Ok(None)
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
            READY_PATH,
        ] {
            assert!(VARIABLES.iter().any(|row| row.name == name), "{name}");
        }
    }
}
