//! A whole `main` for a container: arguments, configuration, log, signals, build, bind, serve, exit code.

use super::healthcheck::healthcheck;
use super::serve::serve;
use super::signals::Signals;
use crate::chain::chain;
use crate::config::{ConfigError, Variables, load_prefixed};
use crate::service::HttpService;
use crate::{BoxError, Options, log};
use serde::de::DeserializeOwned;
use std::error::Error;
use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::thread::available_parallelism;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

/// Why a server did not start. Its `Display` is the one line that a person gets to see.
#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error("{0}")]
    Config(#[from] ConfigError),
    #[error("cannot set up the runtime: {0}")]
    Runtime(#[source] io::Error),
    #[error("cannot build the service: {}", chain(.0.as_ref()))]
    Build(#[source] BoxError),
    #[error("cannot listen on {addr}: {}", advice(.source))]
    Bind { addr: SocketAddr, source: io::Error },
}

/// Runs a service as the program's `main`: loads its configuration and the [`Options`] from the
/// environment, calls `build`, and serves what it returns until SIGTERM or SIGINT.
///
/// The program takes one argument: `healthcheck` asks the running server and exits with 0 or 1 within two
/// seconds. It is no `async fn`, since it picks the tokio runtime itself: one thread if the process may
/// use one CPU (by its affinity and its cgroup's quota), otherwise a thread for each.
///
/// The exit code is 0 after a drain, also one that ran out of time; 1 if the server does not start, with
/// the reasons on stderr; 2 for an argument that it does not know; and 128 with the signal's number after
/// a second signal, which ends it at once.
///
/// # Panics
///
/// If called from within a tokio runtime. There, use [`serve`].
pub fn run<C, F, Fut, S, E>(build: F) -> ExitCode
where
    C: DeserializeOwned,
    F: FnOnce(C) -> Fut,
    Fut: Future<Output = Result<S, E>>,
    S: HttpService,
    E: Into<BoxError>,
{
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    match arguments.as_slice() {
        [] => start(build).unwrap_or_else(|error| fail(&error)),
        [command] if command == "healthcheck" => {
            check().unwrap_or_else(|error| fail(error.as_ref()))
        }
        _ => {
            say("usage: no argument to serve, or `healthcheck` to ask the running server");
            ExitCode::from(2)
        }
    }
}

fn start<C, F, Fut, S, E>(build: F) -> Result<ExitCode, StartError>
where
    C: DeserializeOwned,
    F: FnOnce(C) -> Fut,
    Fut: Future<Output = Result<S, E>>,
    S: HttpService,
    E: Into<BoxError>,
{
    let variables = Variables::of_process();
    let config = load_prefixed("", &variables);
    let (config, options) = ConfigError::both(config, Options::load(&variables))?;
    let _flush = log::init(options.log_format);
    // More connections than the usual soft limit of 1024 descriptors; where that is refused, the accept
    // loop copes.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let cpus = available_parallelism().map_or(1, NonZeroUsize::get);
    let runtime = runtime(cpus).map_err(StartError::Runtime)?;
    let code = runtime.block_on(until_stopped(build, config, &options, cpus));
    // Whatever is still running was cut, and must not hold up the exit.
    runtime.shutdown_background();
    code
}

fn runtime(cpus: usize) -> io::Result<Runtime> {
    let mut builder = match cpus {
        1 => Builder::new_current_thread(),
        _ => Builder::new_multi_thread(),
    };
    builder.worker_threads(cpus).enable_all().build()
}

async fn until_stopped<C, F, Fut, S, E>(
    build: F,
    config: C,
    options: &Options,
    cpus: usize,
) -> Result<ExitCode, StartError>
where
    F: FnOnce(C) -> Fut,
    Fut: Future<Output = Result<S, E>>,
    S: HttpService,
    E: Into<BoxError>,
{
    let mut signals = Signals::register().map_err(StartError::Runtime)?;
    let service = tokio::select! {
        built = build(config) => built.map_err(|error| build_error(error.into()))?,
        code = signals.exit() => return Ok(code),
    };
    let addr = options.addr;
    let bind_error = |source| StartError::Bind { addr, source };
    let listener = TcpListener::bind(addr).await.map_err(bind_error)?;
    let addr = listener.local_addr().map_err(bind_error)?;
    tracing::info!(%addr, cpus, "listening");

    let (stop, stopped) = tokio::sync::oneshot::channel();
    let stopped = async { stopped.await.unwrap_or(super::Stop::Drain) };
    let signalled = async {
        let first = signals.stop().await;
        let _ = stop.send(first);
        signals.exit().await
    };
    tokio::select! {
        drained = serve(listener, service, options, stopped) => {
            tracing::info!(
                connections_cut = drained.connections_cut,
                requests_cut = drained.requests_cut,
                "stopped"
            );
            Ok(ExitCode::SUCCESS)
        }
        code = signalled => {
            tracing::warn!("stopped at once by a second signal");
            Ok(code)
        }
    }
}

/// A service's own configuration errors read like ours.
fn build_error(error: BoxError) -> StartError {
    match error.downcast::<ConfigError>() {
        Ok(error) => StartError::Config(*error),
        Err(error) => StartError::Build(error),
    }
}

fn check() -> Result<ExitCode, BoxError> {
    let options = Options::load(&Variables::of_process())?;
    healthcheck(options.addr)?;
    Ok(ExitCode::SUCCESS)
}

fn fail(error: &(dyn Error + 'static)) -> ExitCode {
    say(&error.to_string());
    ExitCode::FAILURE
}

#[allow(
    clippy::print_stderr,
    reason = "for the person who starts the program, log or no log"
)]
fn say(text: &str) {
    eprintln!("{text}");
}

fn advice(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            "another process is using it; stop that, or set DUALRUN_ADDR to another port".into()
        }
        io::ErrorKind::AddrNotAvailable => {
            "this machine does not have that address; set DUALRUN_ADDR to one that it has".into()
        }
        io::ErrorKind::PermissionDenied => {
            "no permission; set DUALRUN_ADDR to a port from 1024 up".into()
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_keeps_it_from_listening_is_one_line_that_says_what_to_do() {
        use io::ErrorKind::{AddrInUse, AddrNotAvailable, PermissionDenied};
        for kind in [AddrInUse, AddrNotAvailable, PermissionDenied] {
            let addr = Options::default().addr;
            let line = StartError::Bind {
                addr,
                source: kind.into(),
            }
            .to_string();
            assert!(
                line.starts_with("cannot listen on 0.0.0.0:8000: "),
                "{line}"
            );
            assert!(line.contains("set DUALRUN_ADDR to "), "{line}");
            assert_eq!(line.lines().count(), 1);
        }
    }

    #[test]
    fn a_configuration_error_of_the_services_own_reads_like_ours() {
        let error = crate::config::load_from::<crate::app::AppConfig, &str, &str>([]).unwrap_err();
        let report = error.to_string();
        assert_eq!(build_error(error.into()).to_string(), report);
        let other = build_error("no database".into()).to_string();
        assert_eq!(other, "cannot build the service: no database");
    }
}
