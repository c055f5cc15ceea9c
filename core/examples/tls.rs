//! A listener of one's own: TLS in front of the service, for a program with its own `main`.
//!
//! Behind a load balancer nobody needs this: it ends TLS, and speaks HTTP to the tasks.
//!
//! ```text
//! openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -keyout key.pem -out cert.pem
//! CERTIFICATE=cert.pem KEY=key.pem cargo run -p dualrun --example tls
//! curl --insecure https://localhost:8000/
//! ```

use axum::Router;
use axum::routing::get;
use dualrun::server::{Listener, Signals, serve};
use dualrun::{BoxError, Options, config};
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;

/// Connections of TCP, each with TLS around it.
pub(crate) struct TlsListener {
    pub(crate) tcp: TcpListener,
    pub(crate) acceptor: TlsAcceptor,
}

type Handshake = Pin<Box<dyn Future<Output = io::Result<TlsStream<TcpStream>>> + Send>>;

impl TlsListener {
    fn handshake(&self, tcp: <TcpListener as Listener>::Handshake) -> Handshake {
        let acceptor = self.acceptor.clone();
        Box::pin(async move { acceptor.accept(tcp.await?).await })
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Handshake = Handshake;

    fn poll_accept(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<(Handshake, IpAddr)>> {
        let accepted = Listener::poll_accept(&mut self.tcp, cx);
        accepted.map_ok(|(tcp, peer)| (self.handshake(tcp), peer))
    }

    fn try_accept(&mut self) -> io::Result<(Handshake, IpAddr)> {
        let (tcp, peer) = self.tcp.try_accept()?;
        Ok((self.handshake(tcp), peer))
    }

    fn has_unread(io: &Self::Io) -> bool {
        TcpListener::has_unread(io.get_ref().0)
    }

    fn poll_peek(io: &mut Self::Io, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        <TcpListener as Listener>::poll_peek(io.get_mut().0, cx)
    }
}

/// A certificate and its key, as files in PEM.
#[derive(serde::Deserialize)]
pub(crate) struct Config {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl Config {
    pub(crate) fn acceptor(&self) -> Result<TlsAcceptor, BoxError> {
        let certificates = CertificateDer::pem_file_iter(&self.certificate)?;
        let certificates = certificates.collect::<Result<_, _>>()?;
        let key = PrivateKeyDer::from_pem_file(&self.key)?;
        let mut config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(certificates, key)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

pub(crate) fn router() -> Router {
    Router::new()
        .route("/", get(|| async { "over TLS\n" }))
        .route("/health", get(|| async { "ok" }))
}

/// What `dualrun::server::run` does, as far as this program wants it.
#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let mut signals = Signals::register()?;
    let (config, options) = (config::load::<Config>()?, Options::from_env()?);
    let listener = TlsListener {
        tcp: TcpListener::bind(options.addr).await?,
        acceptor: config.acceptor()?,
    };
    let stop = async { signals.stop().await };
    serve(listener, router(), options, stop).await;
    Ok(())
}
