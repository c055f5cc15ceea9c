//! What both runtimes do before they serve: load the configuration, make a tokio runtime, say what is wrong.

use crate::chain::chain;
use crate::config::{ConfigError, Variables, load_prefixed};
use crate::contract::Contract;
use crate::log::{self, Delivery, WorkerGuard};
use crate::options::{LogFilter, LogFormat};
#[cfg(feature = "otel")]
use crate::otel;
use crate::{BoxError, Build, Options};
use serde::de::DeserializeOwned;
use std::error::Error;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::thread::available_parallelism;
use tokio::runtime::{Builder, Runtime};

/// Why a program did not start. Its `Display` is what a person gets to see.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("{0}")]
    Config(#[from] ConfigError),
    #[error("cannot set up the runtime: {0}")]
    Runtime(#[source] io::Error),
    #[cfg(feature = "otel")]
    #[error("{}", chain(.0))]
    Traces(#[source] otel::StartError),
    #[error("cannot build the service: {}", chain(.0.as_ref()))]
    Build(#[source] BoxError),
}

impl StartError {
    /// Of an error that a service's `build` returned. Configuration errors of its own read like ours.
    pub(crate) fn of_build(error: BoxError) -> Self {
        match error.downcast::<ConfigError>() {
            Ok(error) => Self::Config(*error),
            Err(error) => Self::Build(error),
        }
    }
}

/// Whether traces are exported, and how.
#[cfg(feature = "otel")]
pub(crate) type Export = Option<otel::Settings>;
/// Nothing exports traces.
#[cfg(not(feature = "otel"))]
pub(crate) type Export = ();

/// What the environment says.
pub(crate) struct Loaded<C> {
    pub(crate) config: C,
    pub(crate) options: Options,
    pub(crate) export: Export,
}

/// The service's configuration and the runtime's, or one report with the problems of both.
pub(crate) fn load<C: DeserializeOwned>(variables: &Variables) -> Result<Loaded<C>, ConfigError> {
    #[cfg(feature = "otel")]
    let export = otel::Settings::load(variables);
    #[cfg(not(feature = "otel"))]
    let export = Ok(());
    let of_runtime = ConfigError::both(Options::load(variables), export);
    let (config, (options, export)) = ConfigError::both(load_prefixed("", variables), of_runtime)?;
    Ok(Loaded {
        config,
        options,
        export,
    })
}

/// Sets up the log, and the export of traces beside it. A program that has set a subscriber keeps it.
pub(crate) fn subscribe(
    export: Export,
    format: LogFormat,
    filter: LogFilter,
    delivery: Delivery,
) -> Result<Option<WorkerGuard>, StartError> {
    #[cfg(feature = "otel")]
    if let Some(settings) = export {
        return otel::try_init(settings, format, filter, delivery).map_err(StartError::Traces);
    }
    #[cfg(not(feature = "otel"))]
    let () = export;
    Ok(log::try_init(format, filter, delivery).ok())
}

/// How many CPUs the process may use, by its affinity and its cgroup's quota.
pub(crate) fn cpus() -> usize {
    available_parallelism().map_or(1, NonZeroUsize::get)
}

/// One thread for one CPU, otherwise a thread for each.
pub(crate) fn runtime(cpus: usize) -> Result<Runtime, StartError> {
    let mut builder = match cpus {
        1 => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    builder
        .worker_threads(cpus)
        .enable_all()
        .build()
        .map_err(StartError::Runtime)
}

/// The argument by which a program is asked for its contract.
pub(crate) const CONTRACT: &str = "contract";

/// Prints what the program needs that `_` belongs to.
pub(crate) fn tell_contract<A, F: Build<A>>(_: &F) -> ExitCode {
    let told = || -> Result<(), BoxError> {
        let mut text = serde_json::to_string(&Contract::of::<F::Config>()?)?;
        text.push('\n');
        Ok(io::stdout().write_all(text.as_bytes())?)
    };
    told().map_or_else(|error| fail(error.as_ref()), |()| ExitCode::SUCCESS)
}

/// Says on stderr why the program ends.
pub(crate) fn fail(error: &(dyn Error + 'static)) -> ExitCode {
    say(&error.to_string());
    ExitCode::FAILURE
}

#[allow(
    clippy::print_stderr,
    reason = "for the person who starts the program, log or no log"
)]
pub(crate) fn say(text: &str) {
    eprintln!("{text}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_error_of_the_services_own_reads_like_ours() {
        #[derive(Debug, serde::Deserialize)]
        #[expect(dead_code, reason = "it is never loaded")]
        struct Config {
            greeting: String,
        }
        let error = crate::config::load_from::<Config, &str, &str>([]).unwrap_err();
        let report = error.to_string();
        assert_eq!(StartError::of_build(error.into()).to_string(), report);
        let other = StartError::of_build("no database".into()).to_string();
        assert_eq!(other, "cannot build the service: no database");
    }
}
