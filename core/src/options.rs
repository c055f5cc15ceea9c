//! The options of both runtimes: the variables with the prefix `DUALRUN_`.

use crate::base_path::BasePath;
use crate::config::{ConfigError, Problem, Variables, load_prefixed};
use crate::units;
use serde::Deserialize;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::time::Duration;

/// The prefix of every option's variable.
pub const PREFIX: &str = "DUALRUN_";

/// The port that the service listens on, unless `DUALRUN_ADDR` says otherwise.
pub const DEFAULT_PORT: u16 = 8000;

/// An option's variable, as the README's table has it.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// The variable's whole name.
    pub name: &'static str,
    /// The value that stands for the variable when it is not set.
    pub default: &'static str,
    /// What it does, and why the default is what it is.
    pub meaning: &'static str,
}

/// Every option, with its default: the one place where these are written.
pub const VARIABLES: &[Variable] = &[
    Variable {
        name: "DUALRUN_ADDR",
        default: "0.0.0.0:8000",
        meaning: "Address and port to listen on.",
    },
    Variable {
        name: "DUALRUN_HEAD_TIMEOUT",
        default: "10s",
        meaning: "Time for a request's head to arrive, counted from the connection's start or the head's first byte.",
    },
    Variable {
        name: "DUALRUN_IDLE_TIMEOUT",
        default: "75s",
        meaning: "Time that a connection may stay without a request, or stuck in a write. Above the 60 s of an ALB, so that the ALB closes first and never sends into a closing connection.",
    },
    Variable {
        name: "DUALRUN_REQUEST_TIMEOUT",
        default: "20s",
        meaning: "Time for the service to answer, reading the request's body included; then the client gets a 504. Below the drain time, so that a drain cuts nothing that is in time.",
    },
    Variable {
        name: "DUALRUN_LAME_DUCK",
        default: "3s",
        meaning: "After SIGTERM, time in which new connections are still served, because a load balancer goes on routing for a moment.",
    },
    Variable {
        name: "DUALRUN_DRAIN_TIMEOUT",
        default: "22s",
        meaning: "After the lame-duck time, time for requests in flight to finish; the rest is cut. Both together stay under the 30 s that ECS waits before SIGKILL.",
    },
    Variable {
        name: "DUALRUN_MAX_CONNECTIONS",
        default: "10000",
        meaning: "Open connections; more wait in the kernel's queue.",
    },
    Variable {
        name: "DUALRUN_MAX_IN_FLIGHT",
        default: "1024",
        meaning: "Requests in flight; more get a 503 with Retry-After. Health checks are exempt.",
    },
    Variable {
        name: "DUALRUN_BODY_LIMIT",
        default: "1MiB",
        meaning: "Size of a request's body; a larger one gets a 413.",
    },
    Variable {
        name: "DUALRUN_TRUSTED_HOPS",
        default: "1",
        meaning: "Proxies whose entries in X-Forwarded-For are believed, counted from the right; 1 is the ALB alone, 0 takes the connection's peer.",
    },
    Variable {
        name: "DUALRUN_BASE_PATH",
        default: "/",
        meaning: "Path that a gateway puts before the service's own, such as `/shop`. It is taken off once, where it is a whole segment; `/` is none.",
    },
    Variable {
        name: "DUALRUN_LAMBDA_RESPONSE",
        default: "buffered",
        meaning: "How answers go back on Lambda: `buffered`, or `streamed` for function URLs and REST APIs that are set up for it.",
    },
    Variable {
        name: "DUALRUN_ACCESS_LOG",
        default: "requests",
        meaning: "Which requests get a log line: `requests` (all but successful health checks), `all`, `errors` (status 500 and above, and requests that were cut off) or `off`.",
    },
    Variable {
        name: "DUALRUN_LOG_FORMAT",
        default: "auto",
        meaning: "`json`, `text`, or `auto`: text on a terminal, JSON elsewhere.",
    },
];

/// The options of both runtimes, typed. Each field is described by its row in [`VARIABLES`].
///
/// ```
/// use dualrun::Options;
/// use std::time::Duration;
///
/// let options = Options { drain_timeout: Duration::from_secs(5), ..Options::default() };
/// assert_eq!(options.addr.port(), 8000);
/// ```
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Options {
    /// `DUALRUN_ADDR`
    #[serde(deserialize_with = "units::socket_addr")]
    pub addr: SocketAddr,
    /// `DUALRUN_HEAD_TIMEOUT`
    #[serde(deserialize_with = "units::timeout")]
    pub head_timeout: Duration,
    /// `DUALRUN_IDLE_TIMEOUT`
    #[serde(deserialize_with = "units::timeout")]
    pub idle_timeout: Duration,
    /// `DUALRUN_REQUEST_TIMEOUT`
    #[serde(deserialize_with = "units::timeout")]
    pub request_timeout: Duration,
    /// `DUALRUN_LAME_DUCK`
    #[serde(deserialize_with = "units::duration")]
    pub lame_duck: Duration,
    /// `DUALRUN_DRAIN_TIMEOUT`
    #[serde(deserialize_with = "units::duration")]
    pub drain_timeout: Duration,
    /// `DUALRUN_MAX_CONNECTIONS`
    pub max_connections: NonZeroUsize,
    /// `DUALRUN_MAX_IN_FLIGHT`
    pub max_in_flight: NonZeroUsize,
    /// `DUALRUN_BODY_LIMIT`, in bytes
    #[serde(deserialize_with = "units::bytes")]
    pub body_limit: u64,
    /// `DUALRUN_TRUSTED_HOPS`
    pub trusted_hops: u8,
    /// `DUALRUN_BASE_PATH`
    pub base_path: BasePath,
    /// `DUALRUN_LAMBDA_RESPONSE`
    pub lambda_response: LambdaResponse,
    /// `DUALRUN_ACCESS_LOG`
    pub access_log: AccessLog,
    /// `DUALRUN_LOG_FORMAT`
    pub log_format: LogFormat,
}

/// How answers go back on Lambda.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum LambdaResponse {
    /// In one piece.
    Buffered,
    /// In pieces, as the service has them.
    Streamed,
}

/// Which requests get a line in the access log.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
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
pub enum LogFormat {
    /// Text on a terminal, JSON elsewhere.
    Auto,
    /// One JSON object a line.
    Json,
    /// Text for a person.
    Text,
}

impl Default for Options {
    /// The defaults of [`VARIABLES`]; nothing is read from the environment.
    fn default() -> Self {
        #[allow(clippy::expect_used, reason = "constants, and a test loads them")]
        Self::load(&Variables::default()).expect("the defaults are valid")
    }
}

impl Options {
    /// Loads the options from variables, the defaults standing in for those that are not set.
    pub(crate) fn load(variables: &Variables) -> Result<Self, ConfigError> {
        let with_defaults: Variables = VARIABLES
            .iter()
            .map(|row| {
                let value = variables.get(row.name);
                (row.name, value.unwrap_or(row.default.as_ref()))
            })
            .collect();
        let names = ConfigError::check(unknown(variables).collect());
        let options = load_prefixed(PREFIX, &with_defaults);
        ConfigError::both(options, names).map(|(options, ())| options)
    }
}

/// Variables with our prefix that are no option: typing errors, which would otherwise go unnoticed.
fn unknown(variables: &Variables) -> impl Iterator<Item = Problem> + '_ {
    variables
        .names()
        .filter(|name| name.as_encoded_bytes().starts_with(PREFIX.as_bytes()))
        .map(|name| name.to_string_lossy())
        .filter(|name| !VARIABLES.iter().any(|row| row.name == name))
        .map(|name| Problem::Unknown {
            suggestion: similar(&name),
            name: name.escape_debug().to_string(),
        })
}

fn similar(name: &str) -> Option<&'static str> {
    /// Below this, two names have little more in common than the prefix.
    const ENOUGH: f64 = 0.75;
    VARIABLES
        .iter()
        .map(|row| {
            let (a, b) = (&name[PREFIX.len()..], &row.name[PREFIX.len()..]);
            (row.name, strsim::normalized_damerau_levenshtein(a, b))
        })
        .filter(|(_, score)| *score >= ENOUGH)
        .max_by(|(_, a), (_, b)| a.total_cmp(b))
        .map(|(name, _)| name)
}
