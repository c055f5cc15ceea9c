//! What the server takes a path for, by the options in its container's definition.

use super::options::{BASE_PATH, HEALTH_PATH, READY_PATH, UnknownOption, option};
use crate::facts::Container;
use dualrun::options::{DEFAULT_HEALTH_PATH, UrlPath};

/// The path that the server takes for its health check, and how that is known.
pub(super) struct HealthPath {
    pub(super) path: String,
    pub(super) because: &'static str,
}

/// Whose a path is.
pub(super) enum Route<'a> {
    HealthCheck,
    Readiness,
    /// The service's own, as any other.
    Service {
        path: &'a str,
        health: HealthPath,
    },
}

/// Whether the server itself knows a path. What is unknown matters only if the rest does not tell.
pub(super) fn route<'a>(container: &Container, path: &'a str) -> Result<Route<'a>, UnknownOption> {
    let base = option::<UrlPath>(container, BASE_PATH);
    let path = match &base {
        Ok(Some(base)) => without(base, path),
        _ => path,
    };
    let ready = ready_path(container);
    if let Ok(Some(ready)) = &ready
        && ready.as_str() == path
    {
        return Ok(Route::Readiness);
    }
    let health = health_path(container)?;
    if health.path == path {
        return Ok(Route::HealthCheck);
    }
    ready.and(base)?;
    Ok(Route::Service { path, health })
}

pub(super) fn health_path(container: &Container) -> Result<HealthPath, UnknownOption> {
    let set = option::<UrlPath>(container, HEALTH_PATH)?;
    Ok(match set {
        Some(path) => HealthPath {
            path: path.to_string(),
            because: HEALTH_PATH,
        },
        None => match container.contract() {
            Some(contract) => HealthPath {
                path: contract.health_path.clone(),
                because: "its image's contract",
            },
            None => HealthPath {
                path: DEFAULT_HEALTH_PATH.into(),
                because: "the server's default",
            },
        },
    })
}

fn ready_path(container: &Container) -> Result<Option<UrlPath>, UnknownOption> {
    match container.variable(READY_PATH) {
        Some("off") => Ok(None),
        _ => option(container, READY_PATH),
    }
}

/// The path as the server sees it, which takes its base path off.
fn without<'a>(base: &UrlPath, path: &'a str) -> &'a str {
    match path.strip_prefix(base.as_str().trim_end_matches('/')) {
        Some("") => "/",
        Some(inside) if inside.starts_with('/') => inside,
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_path_is_taken_off_as_the_server_does() {
        let base: UrlPath = "/shop/".parse().unwrap();
        for (path, inside) in [
            ("/shop/health", "/health"),
            ("/shop", "/"),
            ("/shopping", "/shopping"),
            ("/health", "/health"),
        ] {
            assert_eq!(without(&base, path), inside, "{path}");
        }
    }
}
