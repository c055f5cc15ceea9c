//! Strict, typed configuration from environment variables: every problem at once, never a value.
//!
//! [`load`] fills any struct that derives [`Deserialize`](serde::Deserialize), with [`envy`] doing the
//! conversion: the field `app_name` is read from the variable `APP_NAME`. What is added is the report.
//! A variable that is missing, blank, not UTF-8 or of the wrong type is a [`Problem`], all problems are
//! found in one go, each names its variable, and none shows a value.
//!
//! ```
//! use dualrun::config::{self, Secret};
//!
//! #[derive(serde::Deserialize)]
//! struct Config {
//!     greeting: String,
//!     api_key: Secret<String>,
//!     retries: Option<u8>,
//! }
//!
//! let error = config::load_from::<Config, _, _>([("GREETING", "hello"), ("RETRIES", "many")])
//!     .err()
//!     .expect("two problems");
//! assert_eq!(
//!     error.to_string(),
//!     "Missing required environment variables: API_KEY\n\
//!      RETRIES is not valid: expected a whole number from 0 to 255"
//! );
//! ```

mod error;
mod load;
mod probe;
mod secret;
mod variables;

pub use self::error::{ConfigError, Problem};
pub(crate) use self::load::{accepts, fields, from_pairs, load_prefixed, stand_in, variable_name};
pub(crate) use self::probe::expectation;
pub use self::secret::Secret;
pub(crate) use self::variables::Variables;

use serde::de::DeserializeOwned;
use std::ffi::OsString;

/// Loads `T` from the variables of this process.
///
/// Every field is required unless it is an [`Option`] or has `#[serde(default)]`. A variable that is set
/// must not be blank; unset it to get the default. Names are matched exactly: the field `app_name` is
/// `APP_NAME`, nothing else. Variables that no field asks for are not looked at, so they may hold
/// anything, also bytes that are not UTF-8.
///
/// `T` is a struct with named fields, or `()` for a service without configuration.
/// `#[serde(flatten)]` is refused, since values behind it lose their types.
///
/// # Errors
///
/// [`ConfigError`] with all problems, if there is any.
pub fn load<T: DeserializeOwned>() -> Result<T, ConfigError> {
    load_prefixed("", &Variables::of_process())
}

/// Loads `T` from the given variables: the seam for tests, which must not touch the process's own.
///
/// # Errors
///
/// [`ConfigError`] with all problems, if there is any.
///
/// ```
/// # #[derive(serde::Deserialize)] struct Config { port: u16 }
/// let config: Config = dualrun::config::load_from([("PORT", "8000")])?;
/// assert_eq!(config.port, 8000);
/// # Ok::<(), dualrun::config::ConfigError>(())
/// ```
pub fn load_from<T, K, V>(variables: impl IntoIterator<Item = (K, V)>) -> Result<T, ConfigError>
where
    T: DeserializeOwned,
    K: Into<OsString>,
    V: Into<OsString>,
{
    load_prefixed("", &variables.into_iter().collect())
}
