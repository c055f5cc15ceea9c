//! Listeners other than TCP: a Unix socket, and one of the program's own, with TLS.

#[allow(dead_code, reason = "its main is for `cargo run --example`")]
#[path = "../../examples/tls.rs"]
mod tls;

use crate::support::http1::{GET, read_until, rest, send};
use crate::support::server::Server;
use crate::support::{HOME, app};
use dualrun::Options;
use dualrun::server::{self, Drained, Stop};
use std::sync::Arc;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, UnixListener, UnixStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

#[tokio::test]
async fn a_unix_socket_is_served_drained_and_half_closed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let listener = UnixListener::bind(&path).unwrap();
    let service = server::Server::new(app(), Options::default());
    let mut server = Server::on(&path, listener, service);

    let mut client = UnixStream::connect(server.addr).await.unwrap();
    send(&mut client, GET).await;
    client.shutdown().await.unwrap();
    let answer = rest(client).await;
    assert!(answer.ends_with(HOME), "{answer}");

    let mut idle = UnixStream::connect(server.addr).await.unwrap();
    send(&mut idle, GET).await;
    idle.readable().await.unwrap();
    server.stop(Stop::Drain);
    let answer = rest(idle).await;
    assert!(answer.ends_with(HOME), "{answer}");
    assert_eq!(server.stopped().await, Drained::default());
}

#[tokio::test]
async fn tls_is_a_handshake_that_holds_nobody_up() {
    let folder = tempfile::tempdir().unwrap();
    let certified = rcgen::generate_simple_self_signed(["localhost".into()]).unwrap();
    let config = tls::Config {
        certificate: folder.path().join("cert.pem"),
        key: folder.path().join("key.pem"),
    };
    std::fs::write(&config.certificate, certified.cert.pem()).unwrap();
    std::fs::write(&config.key, certified.signing_key.serialize_pem()).unwrap();
    let tcp = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = tcp.local_addr().unwrap();
    let acceptor = config.acceptor().unwrap();
    let listener = tls::TlsListener { tcp, acceptor };
    let service = server::Server::new(tls::router(), Options::default());
    let mut server = Server::on(addr, listener, service);

    // It never says a word.
    let _silent = server.connect().await;
    let mut roots = RootCertStore::empty();
    roots.add(certified.cert.der().clone()).unwrap();
    let client = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let connector = TlsConnector::from(Arc::new(client));
    let tcp = server.connect().await;
    let name = ServerName::try_from("localhost").unwrap();
    let mut client = connector.connect(name, tcp).await.unwrap();
    send(&mut client, GET).await;
    read_until(&mut client, "over TLS\n").await;
    server.stop(Stop::Drain);
    assert_eq!(rest(client).await, "");
    assert_eq!(server.stopped().await, Drained::default());
}
