//! The service: its configuration, its routes, and what makes one of the other. It does not know which runtime serves it.

mod config;
mod routes;
#[cfg(test)]
mod tests;

pub use self::config::AppConfig;

use axum::Router;
use dualrun::BoxError;

/// Builds the service. The runtime calls this once, at start, with the configuration that it has loaded; so do the tests.
///
/// # Errors
///
#% if has_database
/// None yet. This is the place to connect to the database of [`AppConfig::database_url`], which would be one.
#% else
/// None yet. This is the place to connect to what the service needs, which would be one.
#% endif
pub async fn build(config: AppConfig) -> Result<Router, BoxError> {
    Ok(routes::router(config))
}
