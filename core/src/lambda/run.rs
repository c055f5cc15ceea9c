//! A whole `main` for a function: configuration, log, build, and the loop of invocations.

use super::adapter::Adapter;
use super::logging;
use super::shutdown::Shutdown;
use crate::config::{ConfigError, Variables, load_prefixed};
use crate::context::Lifecycle;
use crate::log::Delivery;
use crate::metrics::{self, Exporter};
#[cfg(feature = "otel")]
use crate::otel;
use crate::service::HttpService;
use crate::start::{self, Loaded, StartError, fail};
use crate::{BoxError, Build};
use lambda_runtime::Runtime;
use lambda_runtime_api_client::body::Body;
use lambda_runtime_api_client::{Client, build_request};
use serde::Deserialize;
use std::process::ExitCode;
use std::time::Duration;
use tokio::time::timeout;

/// A function with so much memory has one vCPU, with less a part of one (AWS, "Configure Lambda function memory").
const MEGABYTES_OF_A_CPU: i32 = 1769;

/// What tasks have after SIGTERM. Lambda kills a process with an internal extension after 500 ms (AWS, "Understanding
/// the Lambda execution environment lifecycle"), and `main` may want some of that.
const FOR_TASKS: Duration = Duration::from_millis(400);

/// What Lambda sets, and its runtime panics without.
#[derive(Deserialize)]
#[allow(dead_code, reason = "the runtime reads them again by itself")]
struct LambdaEnv {
    runtime_api: String,
    function_name: String,
    function_memory_size: i32,
    function_version: String,
}

/// Why a function did not start, or ended.
#[derive(Debug, thiserror::Error)]
enum FunctionError {
    #[error("this is no Lambda function's environment; start it with `cargo lambda watch`\n{0}")]
    NotOnLambda(#[source] ConfigError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("the Lambda runtime has ended: {0}")]
    Runtime(#[source] BoxError),
}

/// Runs a service as a Lambda function's `main`: loads its configuration and the [`Options`](crate::Options)
/// from the environment, calls `build`, and answers invocations until Lambda ends the process.
///
/// If it cannot start, the reasons go to stderr and to the function's initialization error, and the exit
/// code is 1. On managed instances it answers as many invocations at a time as Lambda asks for.
///
/// It returns at SIGTERM, with half a second left before Lambda kills the process: `main` can use that to
/// clean up. To get the signal it registers an internal extension, `dualrun-shutdown`, that wants no events.
///
/// # Panics
///
/// If called from within a tokio runtime. There, use [`Adapter`].
pub fn run<A>(build: impl Build<A>) -> ExitCode {
    start(build).map_or_else(|error| fail(&error), |()| ExitCode::SUCCESS)
}

fn start<A>(build: impl Build<A>) -> Result<(), FunctionError> {
    let variables = Variables::of_process();
    let LambdaEnv {
        function_memory_size,
        ..
    } = load_prefixed("AWS_LAMBDA_", &variables).map_err(FunctionError::NotOnLambda)?;
    start::runtime(cpus(function_memory_size))?.block_on(async {
        let lifecycle = Lifecycle::new();
        let built = async {
            let Loaded {
                config,
                options,
                export,
            } = start::load(&variables).map_err(StartError::Config)?;
            options.check_lambda().map_err(StartError::Config)?;
            let format = logging::format(options.log_format, &variables);
            let filter = logging::filter(&options.log, &variables);
            let log = start::subscribe(export, format, filter, Delivery::Immediate)?;
            let exporter = Exporter::start(&options, &variables, log.as_ref());
            metrics::cold_start(&variables);
            let service = build
                .build(config, lifecycle.clone())
                .await
                .map_err(StartError::of_build)?;
            Ok(Adapter::new(service, &options)
                .with_lifecycle(&lifecycle)
                .with_exporter(exporter))
        };
        match built.await {
            Ok(adapter) => until_shutdown(adapter, &lifecycle).await,
            Err(error) => {
                report(&error).await;
                Err(FunctionError::Start(error))
            }
        }
    })
}

/// How many CPUs a function with so many megabytes has. Below one, Lambda shows more than it gives time of.
fn cpus(megabytes: i32) -> usize {
    if megabytes <= MEGABYTES_OF_A_CPU {
        1
    } else {
        start::cpus()
    }
}

/// Answers invocations until Lambda ends the environment.
async fn until_shutdown<S: HttpService>(
    adapter: Adapter<S>,
    lifecycle: &Lifecycle,
) -> Result<(), FunctionError> {
    let exporter = adapter.exporter();
    let shutdown = Shutdown::register().await.map_err(StartError::Runtime)?;
    let runtime = Runtime::new(adapter);
    #[cfg(feature = "otel")]
    let runtime = runtime.layer(super::flush::Flush);
    tokio::select! {
        // The first invocation is asked for before the extension waits.
        biased;
        ended = runtime.run_concurrent() => ended.map_err(FunctionError::Runtime),
        () = shutdown.begins() => {
            lifecycle.begin_drain();
            let ended = async {
                lifecycle.tasks_end().await;
                // Of tasks: those of invocations are sent.
                #[cfg(feature = "otel")]
                otel::shut_down(FOR_TASKS).await;
            };
            let tasks_cut = match timeout(FOR_TASKS, ended).await {
                Ok(()) => 0,
                Err(_) => lifecycle.tasks(),
            };
            tracing::info!(tasks_cut, "stopped");
            if let Some(exporter) = exporter {
                exporter.flush();
            }
            Ok(())
        }
    }
}

/// Tells Lambda why the function does not start. That it also stands on stderr is enough if nobody listens.
async fn report(error: &StartError) {
    let message = serde_json::json!({
        "errorType": "Runtime.InvalidConfiguration",
        "errorMessage": error.to_string(),
    });
    let request = build_request()
        .method("POST")
        .uri("/2018-06-01/runtime/init/error")
        .header(
            "lambda-runtime-function-error-type",
            "Runtime.InvalidConfiguration",
        )
        .body(Body::from(message.to_string()));
    let sent = async {
        let client = Client::builder().build()?;
        client.call(request?).await?;
        Ok::<(), BoxError>(())
    };
    let _ = sent.await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_of_less_than_a_cpu_has_one_thread() {
        assert_eq!(cpus(128), 1);
        assert_eq!(cpus(1769), 1);
        assert_eq!(cpus(1770), start::cpus());
    }
}
