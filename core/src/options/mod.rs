//! The options of both runtimes: the variables with the prefix `DUALRUN_`.

mod base_path;
mod log_filter;
mod units;
mod url_path;
mod variables;

pub use self::base_path::BasePath;
pub use self::log_filter::{InvalidLogFilter, LogFilter};
pub use self::url_path::{InvalidPath, UrlPath};
pub use self::variables::{VARIABLES, Variable};

use crate::config::{ConfigError, Variables};
use serde::Deserialize;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::time::Duration;

/// The prefix of every option's variable.
pub const PREFIX: &str = "DUALRUN_";

/// The port that the service listens on, unless `DUALRUN_ADDR` says otherwise.
pub const DEFAULT_PORT: u16 = 8000;

/// The path of health checks, unless `DUALRUN_HEALTH_PATH` says otherwise.
pub const DEFAULT_HEALTH_PATH: &str = "/health";

/// The options of both runtimes, typed. [`VARIABLES`] has their variables, and the reasons for the defaults.
///
/// ```
/// use dualrun::Options;
/// use std::time::Duration;
///
/// let options = Options::default().with_drain_timeout(Duration::from_secs(5));
/// assert_eq!(options.addr.port(), 8000);
/// ```
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// `DUALRUN_ADDR`: the address and port to listen on, `0.0.0.0:8000` by default. [`server::run`] and
    /// `healthcheck` read it; [`server::serve`] has a listener instead.
    ///
    /// [`server::run`]: crate::server::run
    /// [`server::serve`]: crate::server::serve
    #[serde(deserialize_with = "units::socket_addr")]
    pub addr: SocketAddr,
    /// `DUALRUN_HEALTH_PATH`: the path of health checks, `/health` by default. They are exempt from
    /// `max_in_flight`, and are not logged while they succeed.
    pub health_path: UrlPath,
    /// `DUALRUN_READY_PATH`: the path on which the runtime tells of its readiness, none by default.
    #[serde(deserialize_with = "units::path_or_off")]
    pub ready_path: Option<UrlPath>,
    /// `DUALRUN_HEAD_TIMEOUT`: time for a request's head to arrive, 10 seconds by default.
    #[serde(deserialize_with = "units::timeout")]
    pub head_timeout: Duration,
    /// `DUALRUN_IDLE_TIMEOUT`: time that a connection may stay without a request, or a write without
    /// progress, 75 seconds by default.
    #[serde(deserialize_with = "units::timeout")]
    pub idle_timeout: Duration,
    /// `DUALRUN_REQUEST_TIMEOUT`: time from a request's head to the response's, 20 seconds by default.
    #[serde(deserialize_with = "units::timeout")]
    pub request_timeout: Duration,
    /// `DUALRUN_LAME_DUCK`: time after SIGTERM in which new connections are still served, 3 seconds by default.
    #[serde(deserialize_with = "units::duration")]
    pub lame_duck: Duration,
    /// `DUALRUN_DRAIN_TIMEOUT`: time after that for what is in flight, 22 seconds by default.
    #[serde(deserialize_with = "units::duration")]
    pub drain_timeout: Duration,
    /// `DUALRUN_MAX_CONNECTIONS`: how many connections may be open, 10,000 by default.
    pub max_connections: NonZeroUsize,
    /// `DUALRUN_MAX_IN_FLIGHT`: how many requests may be in flight, 1,024 by default.
    pub max_in_flight: NonZeroUsize,
    /// `DUALRUN_BODY_LIMIT`: the size of a request's body in bytes, 1 MiB by default.
    #[serde(deserialize_with = "units::bytes")]
    pub body_limit: u64,
    /// `DUALRUN_BUFFER_LIMIT`: bytes for the heads and bodies of all requests together. `None`, the
    /// default, is an eighth of the memory that the process may have.
    #[serde(deserialize_with = "units::bytes_or_auto")]
    pub buffer_limit: Option<u64>,
    /// `DUALRUN_TRUSTED_HOPS`: how many proxies are believed in `X-Forwarded-For`, 1 by default.
    pub trusted_hops: u8,
    /// `DUALRUN_BASE_PATH`: the path that a gateway puts before the service's own, none by default.
    pub base_path: BasePath,
    /// `DUALRUN_LAMBDA_RESPONSE`: how answers go back on Lambda, in one piece by default.
    pub lambda_response: LambdaResponse,
    /// `DUALRUN_ACCESS_LOG`: which requests get a log line, all but successful health checks by default.
    pub access_log: AccessLog,
    /// `DUALRUN_LOG`: which events are logged, those from `info` up by default.
    pub log: LogFilter,
    /// `DUALRUN_LOG_FORMAT`: how log lines are written, as text on a terminal and as JSON elsewhere by default.
    pub log_format: LogFormat,
    /// `DUALRUN_METRICS`: where metrics go, nowhere by default.
    pub metrics: Metrics,
    /// `DUALRUN_METRICS_ADDR`: the address and port of the page for Prometheus, `0.0.0.0:9090` by default.
    #[serde(deserialize_with = "units::socket_addr")]
    pub metrics_addr: SocketAddr,
    /// `DUALRUN_METRICS_NAMESPACE`: the namespace of metrics in CloudWatch, `dualrun` by default.
    #[serde(deserialize_with = "units::namespace")]
    pub metrics_namespace: String,
}

/// How answers go back on Lambda.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum LambdaResponse {
    /// In one piece.
    Buffered,
    /// In pieces, as the service has them.
    Streamed,
}

/// Which requests get a line in the access log.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum AccessLog {
    /// All but successful health checks.
    Requests,
    /// All.
    All,
    /// Those answered with status 500 or above, and those cut off before their end.
    Errors,
    /// None.
    Off,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum LogFormat {
    /// Text on a terminal, JSON elsewhere.
    Auto,
    /// One JSON object a line.
    Json,
    /// Text for a person.
    Text,
}

/// Where metrics go, in a program with the feature `metrics`.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Metrics {
    /// Nowhere, or to the recorder that the program has set.
    Off,
    /// To stdout as lines in CloudWatch's embedded metric format.
    Emf,
    /// To a page for Prometheus. Not on Lambda, where nobody could ask for it.
    Prometheus,
}

impl Default for Options {
    /// The defaults of [`VARIABLES`]; nothing is read from the environment.
    fn default() -> Self {
        #[allow(clippy::expect_used, reason = "constants, and a test loads them")]
        Self::load(&Variables::default()).expect("the defaults are valid")
    }
}

impl Options {
    /// The options that the environment of this process sets.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] with all problems: values that are not valid, and variables with the prefix
    /// `DUALRUN_` that are not options.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::load(&Variables::of_process())
    }

    /// The options that these variables set: for tests, and for tools that look at another process's variables.
    ///
    /// # Errors
    ///
    /// As [`from_env`](Self::from_env).
    ///
    /// ```
    /// let error = dualrun::Options::load_from([("DUALRUN_ADR", "0.0.0.0:80")]).unwrap_err();
    /// assert_eq!(error.to_string(), "DUALRUN_ADR is unknown: did you mean DUALRUN_ADDR?");
    /// ```
    pub fn load_from<K, V>(variables: impl IntoIterator<Item = (K, V)>) -> Result<Self, ConfigError>
    where
        K: Into<OsString>,
        V: Into<OsString>,
    {
        Self::load(&variables.into_iter().collect())
    }
}

macro_rules! setters {
    ($($setter:ident $field:ident: $type:ty;)*) => {
        impl Options {
            $(
                #[doc = concat!("The same with another [`", stringify!($field), "`](Self::", stringify!($field), ").")]
                #[must_use]
                pub fn $setter(self, $field: $type) -> Self {
                    Self { $field, ..self }
                }
            )*
        }
    };
}

setters! {
    with_addr addr: SocketAddr;
    with_health_path health_path: UrlPath;
    with_ready_path ready_path: Option<UrlPath>;
    with_head_timeout head_timeout: Duration;
    with_idle_timeout idle_timeout: Duration;
    with_request_timeout request_timeout: Duration;
    with_lame_duck lame_duck: Duration;
    with_drain_timeout drain_timeout: Duration;
    with_max_connections max_connections: NonZeroUsize;
    with_max_in_flight max_in_flight: NonZeroUsize;
    with_body_limit body_limit: u64;
    with_buffer_limit buffer_limit: Option<u64>;
    with_trusted_hops trusted_hops: u8;
    with_base_path base_path: BasePath;
    with_lambda_response lambda_response: LambdaResponse;
    with_access_log access_log: AccessLog;
    with_log log: LogFilter;
    with_log_format log_format: LogFormat;
    with_metrics metrics: Metrics;
    with_metrics_addr metrics_addr: SocketAddr;
    with_metrics_namespace metrics_namespace: String;
}
