//! Strict, typed configuration from environment variables: every problem at once, never a value.
//!
//! [`load`] fills any struct that derives [`Deserialize`](serde::Deserialize), with [`envy`] doing the
//! conversion: the field `app_name` is read from the variable `APP_NAME`, so fields are in lower-case ASCII letters. What is added is the report.
//! A variable that is missing, blank, not UTF-8 or of the wrong type is a [`Problem`], all problems are
//! found in one go, each names its variable, and none shows a value.
//!
//! | field | variable | what it takes |
//! |---|---|---|
//! | `String`, `char` | `NAME=shop` | the text as it is; it is not trimmed |
//! | `u8` to `u64`, `i8` to `i64`, `usize`, `isize`, `NonZero<…>` | `RETRIES=3` | a whole number in the range of the type |
//! | `f32`, `f64` | `RATIO=0.5` | a number |
//! | `bool` | `VERBOSE=true` | `true` or `false`, nothing else |
//! | [`Duration`] | `TIMEOUT=1m 30s` | units are required: `ms`, `s`, `m`, `h`, `d` and more |
//! | [`ByteSize`] | `CACHE=64MiB` | units are required: `B`, `KiB`, `MiB`, `kB`, `MB` and more |
//! | an enum without data | `STAGE=production` | a variant as serde writes it, so `rename_all` and `rename` count |
//! | `Vec<…>` and sets of these | `HOSTS=a, b` | items with commas between; white space around them is cut, and none may be empty |
//! | [`Secret`] of these | `API_KEY=…`, or `API_KEY_FILE=/run/secrets/key` | the value, or the file that holds it |
//! | a type with a `Deserialize` of its own | `ADDR=127.0.0.1:80` | what it makes of a text, such as [`SocketAddr`](std::net::SocketAddr) |
//! | a struct: a group | `DATABASE_URL=…` | the fields of `database`, each with `DATABASE_` before its name |
//! | `Option<…>` of any | | nothing, if the variable is not set |
//!
//! **Groups** may hold groups. An `Option` of a group is `None` if none of its variables is set; with one of them, the others are
//! required as always. `#[serde(default)]` on the field stands for a whole group, on the struct for each of its variables.
//! A struct behind `#[serde(flatten)]` is refused, since serde takes the types from the values there: leave `flatten` out and the
//! struct is a group, or list its fields. Maps, tuples, lists of structs and lists of lists are refused too, and so are two fields with the
//! same variable and a type that contains itself. These are mistakes in the program, so they are told whatever is set.
//!
//! **Secrets from files** are for containers, whose secrets are often mounted. It is one variable or the other, on Lambda as on a
//! server. One newline at the end of the file is cut. The file has at most 64 KiB of UTF-8, and a report tells neither its path nor what
//! is in it. Only fields of type [`Secret`], and lists of it, have this, and none whose name with `_file` behind is a field of its own.
//!
//! ```
//! use dualrun::config::{self, Duration, Secret};
//!
//! #[derive(serde::Deserialize)]
//! struct Config {
//!     hosts: Vec<String>,
//!     database: Database,
//! }
//!
//! #[derive(serde::Deserialize)]
//! struct Database {
//!     password: Secret<String>,
//!     timeout: Option<Duration>,
//! }
//!
//! let config: Config = config::load_from([
//!     ("HOSTS", "a.example, b.example"),
//!     ("DATABASE_PASSWORD", "hunter2"),
//!     ("DATABASE_TIMEOUT", "500ms"),
//! ])?;
//! assert_eq!(config.hosts, ["a.example", "b.example"]);
//! assert_eq!(config.database.timeout.map(|it| it.get().as_millis()), Some(500));
//! # let _ = config.database.password;
//! # Ok::<(), config::ConfigError>(())
//! ```
//!
//! What is wrong is told at once, by the variables' whole names:
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
mod expectation;
mod file;
mod layout;
mod list;
mod load;
mod probe;
mod secret;
mod through_envy;
mod units;
mod variables;

pub use self::error::{ConfigError, Problem};
pub(crate) use self::layout::{Layout, Role, Values};
pub(crate) use self::load::load_prefixed;
pub use self::secret::Secret;
pub(crate) use self::through_envy::Failure;
pub use self::units::{ByteSize, Duration};
pub(crate) use self::units::{BytesVisitor, DurationVisitor};
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
/// `T` is a struct with named fields, or `()` for a service without configuration. The table of the [module](self) has what fields
/// may be, and how they are written.
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
