//! The options' variables: name, default and meaning, each written once.

use super::{Metrics, Options, PREFIX};
use crate::config::{ConfigError, Problem, Variables, load_prefixed};

/// An option's variable, as the table of `docs/options.md` has it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
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
        name: "DUALRUN_HEALTH_PATH",
        default: "/health",
        meaning: "Path that load balancers, ECS and `healthcheck` ask. Requests for it are never turned away for overload, and successful ones are not logged.",
    },
    Variable {
        name: "DUALRUN_READY_PATH",
        default: "off",
        meaning: "Path, such as `/ready`, on which the runtime itself says whether it wants traffic: 200, or 503 while the service has turned readiness off and from SIGTERM on.",
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
        meaning: "After the lame-duck time, time for requests in flight and background tasks to finish; the rest is cut. Both together stay under the 30 s that ECS waits before SIGKILL.",
    },
    Variable {
        name: "DUALRUN_MAX_CONNECTIONS",
        default: "10000",
        meaning: "Open connections. For one more, the connection that has been idle longest is closed; while none is idle, it waits in the kernel's queue.",
    },
    Variable {
        name: "DUALRUN_MAX_IN_FLIGHT",
        default: "1024",
        meaning: "Requests in flight, until the last byte of the response is with the kernel; more get a 503 with Retry-After. Health checks are exempt.",
    },
    Variable {
        name: "DUALRUN_BODY_LIMIT",
        default: "1MiB",
        meaning: "Size of a request's body; a larger one gets a 413.",
    },
    Variable {
        name: "DUALRUN_BUFFER_LIMIT",
        default: "auto",
        meaning: "Memory for the heads and bodies of all requests together, such as `64MiB`; `auto` is an eighth of what the cgroup (or the machine) has. Bodies wait for their share, or get a 503 over HTTP/2; heads that find none get a 503. HTTP/2 connections have half as much again for their windows.",
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
        name: "DUALRUN_LOG",
        default: "info",
        meaning: "Which events are logged: a level (`off`, `error`, `warn`, `info`, `debug`, `trace`), and levels for targets, such as `info,orders=debug,dualrun::access=off`; without a level of its own, such as `orders=debug`, nothing else is logged. Without the variable, a function on Lambda goes by its own log level.",
    },
    Variable {
        name: "DUALRUN_LOG_FORMAT",
        default: "auto",
        meaning: "`json`, `text`, or `auto`: text on a terminal, JSON elsewhere.",
    },
    Variable {
        name: "DUALRUN_METRICS",
        default: "off",
        meaning: "Where metrics go: `emf` (lines for CloudWatch on stdout, each minute; on Lambda after each invocation), `prometheus` (a page on a port of its own; not on Lambda) or `off`.",
    },
    Variable {
        name: "DUALRUN_METRICS_ADDR",
        default: "0.0.0.0:9090",
        meaning: "Address and port of `/metrics`, with `prometheus`. Never the port of the service, which clients reach.",
    },
    Variable {
        name: "DUALRUN_METRICS_NAMESPACE",
        default: "dualrun",
        meaning: "Namespace of the metrics in CloudWatch, with `emf`.",
    },
];

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
        let (options, ()): (Self, ()) = ConfigError::both(options, names)?;
        ConfigError::check(options.contradictions())?;
        Ok(options)
    }

    /// Values that are valid, but not together, or not in this program.
    fn contradictions(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        if self.ready_path.as_ref() == Some(&self.health_path) {
            // To be unready would be to be unhealthy.
            problems.push(invalid(
                "DUALRUN_READY_PATH",
                "another path than DUALRUN_HEALTH_PATH has",
            ));
        }
        let (port, public) = (self.metrics_addr.port(), self.addr.port());
        if self.metrics == Metrics::Prometheus && port == public && port != 0 {
            problems.push(invalid(
                "DUALRUN_METRICS_ADDR",
                "another port than DUALRUN_ADDR has",
            ));
        }
        if cfg!(not(feature = "metrics")) && self.metrics != Metrics::Off {
            problems.push(invalid(
                "DUALRUN_METRICS",
                "off, since this program is built without the feature `metrics` of dualrun",
            ));
        }
        problems
    }

    /// What is valid, but not on Lambda.
    #[cfg(feature = "lambda")]
    pub(crate) fn check_lambda(&self) -> Result<(), ConfigError> {
        let is_wrong = self.metrics == Metrics::Prometheus;
        let problem = || {
            invalid(
                "DUALRUN_METRICS",
                "off or emf on Lambda, where nobody can ask for a page",
            )
        };
        ConfigError::check(is_wrong.then(problem).into_iter().collect())
    }
}

fn invalid(name: &str, expected: &str) -> Problem {
    Problem::Invalid {
        name: name.into(),
        expected: Some(expected.into()),
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
            (row.name, strsim::normalized_levenshtein(a, b))
        })
        .filter(|(_, score)| *score >= ENOUGH)
        .max_by(|(_, a), (_, b)| a.total_cmp(b))
        .map(|(name, _)| name)
}
