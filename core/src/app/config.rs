//! The example service's configuration.

use crate::config::Secret;
use serde::Deserialize;

/// The configuration of the example service: `APP_NAME`, `ENVIRONMENT` and `SECRET_KEY`, all required.
#[derive(Clone, Debug, Deserialize)]
pub struct AppConfig {
    /// What the service calls itself.
    pub app_name: String,
    /// Where it runs, such as `production`.
    pub environment: String,
    /// A secret of the service. Its two routes have no use for it; that it is required shows how a
    /// secret reaches a task.
    pub secret_key: Secret<String>,
}
