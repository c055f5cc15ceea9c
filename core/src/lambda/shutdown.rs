//! The end of a function's environment: SIGTERM, which Lambda sends only to those who have an extension.
//!
//! So the function registers one that wants no events (AWS, "Lambda Extensions API"). Where there is no such
//! API, as under some emulators, Lambda ends the process without a word.

use crate::BoxError;
use crate::chain::chain;
use http::Request;
use http_body_util::BodyExt;
use lambda_runtime_api_client::Client;
use lambda_runtime_api_client::body::Body;
use std::io;
use tokio::signal::unix::{Signal, SignalKind, signal};

const NAME: &str = "dualrun-shutdown";
const IDENTIFIER: &str = "lambda-extension-identifier";

/// Tells when the environment is about to end.
pub(super) struct Shutdown {
    terminate: Signal,
    extension: Option<Extension>,
}

struct Extension {
    /// Kept, so that the second request needs no connection of its own.
    client: Client,
    /// The request that ends the extension's initialization, and is never answered.
    next: Request<Body>,
}

impl Shutdown {
    /// Registers. It has to be done before the first invocation is asked for.
    pub(super) async fn register() -> io::Result<Self> {
        let terminate = signal(SignalKind::terminate())?;
        let extension = match register().await {
            Ok(extension) => Some(extension),
            Err(error) => {
                tracing::debug!(
                    error = chain(error.as_ref()),
                    "no extension for the shutdown"
                );
                None
            }
        };
        Ok(Self {
            terminate,
            extension,
        })
    }

    /// Ready at SIGTERM.
    pub(super) async fn begins(mut self) {
        let waiting = async {
            if let Some(Extension { client, next }) = self.extension {
                // Whatever comes of it, it is the signal that counts.
                let _ = client.call(next).await;
            }
            std::future::pending::<()>().await;
        };
        tokio::select! {
            _ = self.terminate.recv() => {}
            () = waiting => {}
        }
    }
}

async fn register() -> Result<Extension, BoxError> {
    let client = Client::builder().build()?;
    let request = Request::post("/2020-01-01/extension/register")
        .header("lambda-extension-name", NAME)
        .body(Body::from(r#"{"events":[]}"#))?;
    let response = client.call(request).await?;
    let identifier = response.headers().get(IDENTIFIER).cloned();
    response.into_body().collect().await?;
    let identifier = identifier.ok_or("no identifier in the answer")?;
    let next = Request::get("/2020-01-01/extension/event/next").header(IDENTIFIER, identifier);
    let next = next.body(Body::empty())?;
    Ok(Extension { client, next })
}
