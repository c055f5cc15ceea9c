//! The requests to the collector: hyper on a runtime of its own, which the thread that empties the queue turns.

use super::losses::Losses;
use super::settings::Settings;
use crate::BoxError;
use crate::chain::chain;
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use opentelemetry_http::{HttpClient, HttpError};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

/// An answer says little more than that it went well.
const ANSWER_LIMIT: usize = 64 * 1024;
/// Below what collectors and load balancers allow.
const IDLE: Duration = Duration::from_secs(30);

pub(super) struct Client {
    /// Only while something is sent.
    runtime: Mutex<Runtime>,
    client: legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    headers: HeaderMap,
    timeout: Duration,
    losses: Arc<Losses>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

impl Client {
    pub(super) fn new(settings: &Settings, losses: Arc<Losses>) -> Result<Self, BoxError> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls(settings)?)
            .https_or_http()
            .enable_http1()
            .build();
        let client = legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(1)
            .build(connector);
        Ok(Self {
            runtime: Mutex::new(runtime),
            client,
            headers: settings.headers.clone(),
            timeout: settings.timeout,
            losses,
        })
    }

    fn send(&self, mut request: Request<Bytes>) -> Result<Response<Bytes>, BoxError> {
        request.headers_mut().extend(self.headers.clone());
        let answer = async {
            let answer = self.client.request(request.map(Full::new)).await?;
            let (parts, body) = answer.into_parts();
            let body = Limited::new(body, ANSWER_LIMIT).collect().await?;
            Ok(Response::from_parts(parts, body.to_bytes()))
        };
        let runtime = self.runtime.lock().unwrap_or_else(PoisonError::into_inner);
        runtime
            .block_on(async { timeout(self.timeout, answer).await })
            .unwrap_or_else(|_| Err("no answer in time".into()))
    }
}

impl HttpClient for Client {
    fn send_bytes<'s, 'f>(
        &'s self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'f>>
    where
        's: 'f,
        Self: 'f,
    {
        // It blocks. The thread that waits for it has nothing else to do.
        Box::pin(async move {
            self.send(request).inspect_err(|error| {
                self.losses.set_trouble(chain(error.as_ref()));
            })
        })
    }
}

fn tls(settings: &Settings) -> Result<ClientConfig, BoxError> {
    let mut roots = RootCertStore::empty();
    match &settings.certificates {
        Some(certificates) => {
            for certificate in certificates {
                roots.add(certificate.clone())?;
            }
        }
        // The image has no files with certificates.
        None => roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
    }
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots);
    Ok(config.with_no_client_auth())
}
