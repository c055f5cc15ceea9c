//! The service's configuration.

use dualrun::config::Secret;
use serde::Deserialize;

#% if has_database
/// Read from `APP_NAME`, `ENVIRONMENT`, `SECRET_KEY` and `DATABASE_URL`. The service does not start without one of them, and
/// says which. An `Option` makes a variable optional.
#% else
/// Read from `APP_NAME`, `ENVIRONMENT` and `SECRET_KEY`. The service does not start without one of them, and says which.
/// An `Option` makes a variable optional.
#% endif
#[derive(Clone, Debug, Deserialize)]
pub struct AppConfig {
    /// What the service calls itself.
    pub app_name: String,
    /// Where it runs, such as `production`.
    pub environment: String,
    /// A secret of the service, which is never printed.
    pub secret_key: Secret<String>,
#% if has_database
    /// Where the database is, with the password for it.
    pub database_url: Secret<String>,
#% endif
}
