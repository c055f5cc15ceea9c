//! A whole `main` for a container: arguments, configuration, log, signals, build, bind, serve, exit code.

use super::healthcheck::healthcheck;
use super::serve::Server;
use super::signals::Signals;
use super::stop_timeout;
use crate::config::Variables;
use crate::context::Lifecycle;
use crate::health;
use crate::log::Delivery;
use crate::metrics::Exporter;
#[cfg(feature = "otel")]
use crate::otel;
use crate::start::{self, Loaded, StartError, fail, say};
use crate::{BoxError, Build, Options};
use std::ffi::OsString;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpSocket};

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
enum ServerError {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("cannot listen on {addr}: {}", advice(.source, .option))]
    Bind {
        addr: SocketAddr,
        /// The variable that the address is from.
        option: &'static str,
        source: io::Error,
    },
}

/// Runs a service as the program's `main`: loads its configuration and the [`Options`] from the
/// environment, calls `build`, and serves what it returns until SIGTERM or SIGINT.
///
/// The program takes one argument: `healthcheck` asks the running server and exits with 0 or 1 within two
/// seconds, and `contract` prints the program's [`Contract`](crate::contract::Contract). It is no `async fn`, since it picks the tokio runtime itself: one thread if the process may
/// use one CPU (by its affinity and its cgroup's quota), otherwise a thread for each.
///
/// The exit code is 0 after a drain, also one that ran out of time; 1 if the server does not start, with
/// the reasons on stderr; 2 for an argument that it does not know; and 128 with the signal's number after
/// a second signal, which ends it at once.
///
/// # Panics
///
/// If called from within a tokio runtime. There, use [`serve`](super::serve()).
pub fn run<A>(build: impl Build<A>) -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    match arguments.as_slice() {
        [] => start(build).unwrap_or_else(|error| fail(&error)),
        [command] if command == "healthcheck" => {
            check().unwrap_or_else(|error| fail(error.as_ref()))
        }
        [command] if command == start::CONTRACT => start::tell_contract(&build),
        _ => {
            say(
                "usage: no argument to serve, `healthcheck` to ask the running server, or `contract` to print what it needs",
            );
            ExitCode::from(2)
        }
    }
}

fn start<A>(build: impl Build<A>) -> Result<ExitCode, ServerError> {
    let variables = Variables::of_process();
    let Loaded {
        config,
        options,
        export,
    } = start::load(&variables).map_err(StartError::Config)?;
    let (format, filter) = (options.log_format, options.log.clone());
    let log = start::subscribe(export, format, filter, Delivery::Batched)?;
    stop_timeout::tell(&options, &variables);
    let exporter = Exporter::start(&options, &variables, log.as_ref());
    // More connections than the usual soft limit of 1024 descriptors; where that is refused, the accept
    // loop copes.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let cpus = start::cpus();
    let runtime = start::runtime(cpus)?;
    let code = runtime.block_on(async {
        export_metrics(exporter.as_ref(), &options)?;
        until_stopped(build, config, options, cpus).await
    });
    if let Some(exporter) = exporter {
        exporter.flush();
    }
    // Whatever is still running was cut, and must not hold up the exit.
    runtime.shutdown_background();
    code
}

async fn until_stopped<A, F: Build<A>>(
    build: F,
    config: F::Config,
    options: Options,
    cpus: usize,
) -> Result<ExitCode, ServerError> {
    let mut signals = Signals::register().map_err(StartError::Runtime)?;
    let lifecycle = Lifecycle::new();
    let service = tokio::select! {
        built = build.build(config, lifecycle.clone()) => built.map_err(StartError::of_build)?,
        code = signals.exit() => return Ok(code),
    };
    let addr = options.addr;
    let (listener, addr) = listen(addr, options.max_connections)
        .and_then(with_addr)
        .map_err(|source| ServerError::Bind {
            addr,
            option: "DUALRUN_ADDR",
            source,
        })?;
    tracing::info!(%addr, cpus, "listening");

    let (stop, stopped) = tokio::sync::oneshot::channel();
    tokio::spawn(health::check(service.clone(), options.clone()));
    let server = Server::new(service, options).with_lifecycle(lifecycle);
    let stopped = async { stopped.await.unwrap_or(super::Stop::Drain) };
    let served = async {
        let drained = server.serve(listener, stopped).await;
        #[cfg(feature = "otel")]
        otel::shut_down(otel::AT_THE_END).await;
        drained
    };
    let signalled = async {
        let first = signals.stop().await;
        let _ = stop.send(first);
        signals.exit().await
    };
    tokio::select! {
        drained = served => {
            tracing::info!(
                connections_cut = drained.connections_cut,
                requests_cut = drained.requests_cut,
                tasks_cut = drained.tasks_cut,
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

/// Has metrics taken to where they are wanted, until the runtime ends.
#[cfg(feature = "metrics")]
fn export_metrics(exporter: Option<&Arc<Exporter>>, options: &Options) -> Result<(), ServerError> {
    let Some(exporter) = exporter else {
        return Ok(());
    };
    tokio::spawn(Arc::clone(exporter).flush_each_minute());
    if let Some(recorder) = exporter.page() {
        let addr = options.metrics_addr;
        let (listener, addr) = listen(addr, super::metrics::QUEUE)
            .and_then(with_addr)
            .map_err(|source| ServerError::Bind {
                addr,
                option: "DUALRUN_METRICS_ADDR",
                source,
            })?;
        tracing::info!(%addr, "listening for metrics");
        tokio::spawn(super::metrics::serve(listener, recorder.clone()));
    }
    Ok(())
}

#[cfg(not(feature = "metrics"))]
fn export_metrics(_: Option<&Arc<Exporter>>, _: &Options) -> Result<(), ServerError> {
    Ok(())
}

/// With the port that the system has chosen, if that was left to it.
fn with_addr(listener: TcpListener) -> io::Result<(TcpListener, SocketAddr)> {
    let addr = listener.local_addr()?;
    Ok((listener, addr))
}

/// Lets as many wait to be accepted as may be connected (the kernel allows `net.core.somaxconn` of them). tokio's own
/// 1,024 are few for a load balancer that connects anew to all it has: who finds no place tries again a second later.
fn listen(addr: SocketAddr, waiting: NonZeroUsize) -> io::Result<TcpListener> {
    let socket = match addr {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    // As tokio's own listener does, so that a restart need not wait for connections that are long closed.
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    // The system takes it as an `int`.
    let most = i32::MAX.unsigned_abs();
    socket.listen(u32::try_from(waiting.get()).map_or(most, |waiting| waiting.min(most)))
}

fn check() -> Result<ExitCode, BoxError> {
    healthcheck(&Options::from_env()?)?;
    Ok(ExitCode::SUCCESS)
}

fn advice(error: &io::Error, option: &str) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => {
            format!("another process is using it; stop that, or set {option} to another port")
        }
        io::ErrorKind::AddrNotAvailable => {
            format!("this machine does not have that address; set {option} to one that it has")
        }
        io::ErrorKind::PermissionDenied => {
            format!("no permission; set {option} to a port from 1024 up")
        }
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpStream;
    use std::time::Duration;

    #[tokio::test]
    async fn many_can_connect_before_one_is_accepted() {
        let _ = rlimit::increase_nofile_limit(4096);
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = listen(any, Options::default().max_connections).unwrap();
        let addr = listener.local_addr().unwrap();
        let streams: Vec<TcpStream> = (0..1500)
            .map(|_| TcpStream::connect_timeout(&addr, Duration::from_millis(500)).unwrap())
            .collect();
        assert_eq!(streams.len(), 1500);
    }

    #[test]
    fn what_keeps_it_from_listening_is_one_line_that_says_what_to_do() {
        use io::ErrorKind::{AddrInUse, AddrNotAvailable, PermissionDenied};
        for kind in [AddrInUse, AddrNotAvailable, PermissionDenied] {
            let addr = Options::default().addr;
            let line = ServerError::Bind {
                addr,
                option: "DUALRUN_ADDR",
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
}
